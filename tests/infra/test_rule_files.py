"""Packs are read from files; one that cannot be used is refused by file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.rules.parse import PackFault
from infra.rule_files import load_rules, read_pack

GOOD = """\
format = 1
id = "house"
version = 1
name = "Haus für Fälle"
kind = "house"

[source]
address = "urn:house"
clause = "§ 1"
checked = 2026-01-01
confidence = "ours"

[[rule]]
id = "house"
name = "Hours"
credit_kind = "sponsored"
unit = "hour"
minutes_per_unit = 60

[[case]]
says = "83 minutes are 1.38 hours"
gives = { house = 1.38 }

[[case]]
says = "An hour is an hour"
minutes = 60
gives = { house = 1 }
"""


def file(folder: Path, data: str | bytes) -> Path:
    path = folder / "house.toml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refusal(path: Path) -> PackFault:
    with pytest.raises(PackFault) as refused:
        read_pack(path)
    return refused.value


def test_the_packs_that_ship_are_read() -> None:
    book = load_rules()
    assert len(book.packs) >= 30
    assert book.newest("contact-hour") is not None


def test_a_pack_is_read_with_its_cases_run(tmp_path: Path) -> None:
    pack = read_pack(file(tmp_path, GOOD))
    assert (pack.name, len(pack.cases)) == ("Haus für Fälle", 2)


def test_a_case_that_fails_is_refused_with_its_line(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, GOOD.replace("house = 1 }", "house = 2 }")))
    assert str(refused) == (
        "house.toml, line 24: case[1]: “An hour is an hour”: expected house gives 2, found 1."
    )
    assert refused.facts == {"where": "house.toml", "line": 24, "key": "case[1]"}


def test_a_key_that_nobody_knows_is_refused_with_its_line(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, GOOD.replace("minutes = 60\n", "minute = 60\n")))
    assert str(refused) == "house.toml, line 26: case[1].minute: No such key."


def test_a_date_that_does_not_exist_is_refused_with_its_line(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, GOOD.replace("2026-01-01", "2026-02-30")))
    assert refused.facts["line"] == 10


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, GOOD.encode("latin-1")))
    assert str(refused) == "house.toml, line 4: The file must be UTF-8."
    assert refused.facts == {"where": "house.toml", "line": 4, "key": ""}
