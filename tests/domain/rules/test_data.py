"""The packs that ship: readable, sourced, dated, unique, and their own examples come out."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from domain.certificates.papers import is_bare_ceu
from domain.rules.book import RuleBook
from domain.rules.checking import failures
from domain.rules.model import BodyKind, Pack
from domain.rules.parse import parse_pack

DATA = sorted(Path(str(files("domain.rules"))).joinpath("data").glob("*.toml"))
WANTED = 30
NAMED = (  # by the issue that asked for packs
    *("us-ca-psychology", "us-md-psychology", "us-md-social-work", "us-md-counseling"),
    *("us-wa-psychology", "us-or-psychology", "us-mt-psychology", "us-mn-psychology"),
    *("us-dc-counseling", "us-me-counseling", "nysed-social-work", "us-fl-491", "us-oh-cswmft"),
    *("aswb-ace", "nbcc-acep", "apa-sponsor", "iacet-2018", "accme"),
    *("au-psyba", "au-pacfa", "au-aasw", "uk-bacp", "uk-babcp"),
    *("ca-on-crpo", "ca-on-cpbao", "ca-ccpa"),
)
NOT_TO_BE_BROWSED = {"us-mt-psychology"}  # its text was read on hosts that nobody should visit


@cache
def read(path: Path) -> Pack:
    return parse_pack(path.read_text(encoding="utf-8"), path.name)


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_a_pack_is_read_and_bears_its_name(path: Path) -> None:
    pack = read(path)
    assert path.stem in {pack.id, f"{pack.id}-{pack.version}"}
    units = [pack.cycle.unit] if pack.cycle else []
    units += [rule.unit for rule in pack.rules]
    assert not any(is_bare_ceu(unit) for unit in units)
    if pack.kind is not BodyKind.HOUSE and pack.id not in NOT_TO_BE_BROWSED:
        assert pack.source.address.startswith(("https://", "http://"))
    assert pack.source.clause.strip()
    assert all(rule.clause.strip() for rule in pack.rules)
    assert {rule.id for rule in pack.rules} & {pack.id} or all(
        rule.id.startswith(pack.id) for rule in pack.rules
    )


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_two_or_more_examples_of_a_pack_come_out_as_they_say(path: Path) -> None:
    pack = read(path)
    assert len(pack.cases) >= 2
    assert len({case.says for case in pack.cases}) == len(pack.cases)
    assert list(failures(pack)) == []


def test_no_two_texts_share_a_rule_or_a_version() -> None:
    packs = [read(path) for path in DATA]
    RuleBook(packs)
    newest = {pack.id: pack for pack in packs}.values()
    shared = Counter(rule.id for pack in newest for rule in pack.rules)
    assert [rule_id for rule_id, times in shared.items() if times > 1] == []


def test_no_text_puts_a_licence_period_on_everybody() -> None:
    packs = [read(path) for path in DATA]
    assert [pack.id for pack in packs if pack.cycle and not pack.professions] == []
    renewed = [p for p in packs if p.kind is BodyKind.ACCREDITOR and p.cycle and p.cycle.months]
    assert {pack.id: pack.professions for pack in renewed} == {
        "nbcc-ncc": ("national_certified_counselor",)  # that its holders alone enter
    }


def test_versions_of_one_text_follow_each_other() -> None:
    by_id: dict[str, list[Pack]] = {}
    for path in DATA:
        pack = read(path)
        by_id.setdefault(pack.id, []).append(pack)
    for versions in by_id.values():
        versions.sort(key=lambda pack: pack.version)
        assert [pack.version for pack in versions] == list(range(1, len(versions) + 1))


def test_the_packs_that_were_asked_for_are_there() -> None:
    found = {read(path).id for path in DATA}
    assert found >= set(NAMED)
    assert len(found) >= WANTED
