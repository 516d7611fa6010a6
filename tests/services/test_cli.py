"""The command line, as somebody at a terminal meets it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner, Result

from infra.database import ConnectKwargs
from services.bootstrap import PROJECTIONS
from services.cli.main import main
from services.demo.story import ADMIN
from tests.support.terminal import Terminal

REPORT = """Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Ana Ruiz,ana@example.org,03/02/2026 06:00:00 PM,03/02/2026 07:00:00 PM,60,No
Bo Berg,,03/02/2026 06:05:00 PM,03/02/2026 07:00:00 PM,55,No
"""


# Without a database


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("serve",),
        ("demo",),
        ("rebuild",),
        ("status",),
        ("stuck", "retry"),
        ("stuck", "settle"),
        ("doctor",),
        ("attendance", "read"),
        ("member", "add"),
        ("member", "forget"),
        ("claims", "export"),
        ("claims", "verify"),
        ("docs",),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(path: Sequence[str]) -> None:
    told = run(*path, "--help")
    assert told.exit_code == 0
    assert told.output.startswith("Usage: ")
    assert len(told.output.splitlines()) > 4


def test_an_attendance_report_is_read_into_json(tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_text(REPORT)
    told = run(
        "attendance",
        "read",
        report,
        "--zone",
        "America/Denver",
        "--date-order",
        "mdy",
        "--scheduled",
        "2026-03-02T18:00/2026-03-02T18:30",
        "--json",
    )
    assert told.exit_code == 0, told.output
    answer = json.loads(told.output)
    assert answer["zone"] == "America/Denver"
    assert [(each["names"], each["seconds"]) for each in answer["people"]] == [
        (["Ana Ruiz"], 3600),
        (["Bo Berg"], 3300),
    ]
    assert [each["seconds_in_window"] for each in answer["people"]] == [1800, 1500]
    assert answer["people"][0]["stays"] == [
        {"from": "2026-03-03T01:00:00Z", "to": "2026-03-03T02:00:00Z"}
    ]


def test_an_attendance_report_is_told_in_words_with_its_questions(tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_text(REPORT)
    told = run("attendance", "read", report)
    assert told.exit_code == 0
    assert "Ana Ruiz (person)" in told.output
    assert "  ? " in told.output  # which zone?


def test_a_file_that_is_no_report_is_refused_with_a_sentence_and_a_code(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ana,\nthe room is booked.\n")
    told = run("attendance", "read", letter, "--json")
    assert told.exit_code == 2
    assert told.output.startswith("Error: ")
    assert "[attendance_file." in told.output


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    told = run("attendance", "read", tmp_path / name, "--json")
    assert told.exit_code == 2
    assert "[not_found]" in told.output


@pytest.mark.parametrize("scheduled", ["soon", "2026-03-02T19:00/2026-03-02T18:00", "/"])
def test_a_window_that_is_none_is_refused(tmp_path: Path, scheduled: str) -> None:
    report = tmp_path / "report.csv"
    report.write_text(REPORT)
    told = run("attendance", "read", report, "--zone", "UTC", "--scheduled", scheduled)
    assert told.exit_code == 2
    assert told.output.startswith("Error: ")


def test_a_folder_that_is_no_package_does_not_verify(tmp_path: Path) -> None:
    told = run("claims", "verify", tmp_path)
    assert told.exit_code == 1
    assert told.output.startswith("payer_package.manifest_missing: ")


def test_a_folder_of_folders_is_looked_into_only_for_a_package(tmp_path: Path) -> None:
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "one.pdf").write_bytes(b"%PDF")
    assert run("claims", "verify", tmp_path).output.startswith("payer_package.manifest_missing: ")
    (tmp_path / "manifest.json").write_text("{}")
    assert run("claims", "verify", tmp_path).output.startswith("payer_package.manifest_unread")


def test_a_file_that_is_no_zip_is_refused_in_a_sentence(tmp_path: Path) -> None:
    report = tmp_path / "package.zip"
    report.write_text(REPORT)
    told = run("claims", "verify", report)
    assert (told.exit_code, told.output.startswith("Error: ")) == (2, True)


def test_a_refusal_names_the_fields_that_it_is_about(tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_text(REPORT)
    told = run("attendance", "read", report, "--zone", "Mars")
    assert told.exit_code == 2
    assert "\n  zone: " in told.output


def test_settings_that_cannot_be_used_are_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PEERHOUR_PORT", "many")
    monkeypatch.setenv("PEERHOUR_ORIGIN", "nowhere")
    told = CliRunner().invoke(main, ["migrate"])
    assert told.exit_code == 2
    assert "PEERHOUR_PORT" in told.output
    assert "PEERHOUR_ORIGIN" in told.output
    assert "[settings.unusable]" in told.output


# With one


@pytest.fixture(scope="module")
def database(demo_database: ConnectKwargs) -> ConnectKwargs:
    """The one that the terminal works on."""
    return demo_database


def test_the_demos_package_verifies_and_one_that_was_touched_does_not(
    terminal: Terminal,
) -> None:
    package = terminal.folder / "demo" / "run-00001"
    assert "adds up" in run("claims", "verify", package).output
    lines = package / "lines.csv"
    lines.write_bytes(lines.read_bytes().replace(b"1250", b"1251", 1))
    told = run("claims", "verify", package)
    assert told.exit_code == 1
    assert "payer_package." in told.output


def test_a_house_in_order_is_rebuilt_examined_and_takes_people_in_and_forgets_them(
    terminal: Terminal,
) -> None:
    rebuilt, status, findings, added = terminal.run(
        ("rebuild", "--all"),
        ("status", "--json"),
        ("doctor", "--json"),
        ("member", "add", "--name", "Dana דנה", "--mail", "dana@example.org"),
    )
    assert rebuilt.endswith("Rebuilt.\n")

    figures = json.loads(status)
    assert figures["head"] > 40
    assert figures["lag"].items() >= {f"view.{each.NAME}": 0 for each in PROJECTIONS}.items()
    assert figures["waiting"] == {"outbox": 0, "inbox": 0}
    assert figures["stuck"] == []
    assert (figures["money"]["drift"], figures["money"]["dead_letters"]) == (0, 0)

    found = {each["name"]: each["level"] for each in json.loads(findings)}
    assert set(found.values()) <= {"ok", "warn"}
    assert found["database"] == "ok"

    member_id = UUID(added.strip())
    name = ("--name", "Dana דנה", "--spelling", "Dana 😀", "--reason", "Her own.")
    renamed, forgotten, status = terminal.run(
        ("member", "rename", member_id, *name, "--by", ADMIN.id),
        ("member", "forget", member_id, "--by", ADMIN.id, "--yes"),
        ("status",),
    )
    assert renamed.startswith("Corrected. Papers cannot print 😀 yet.")
    assert forgotten == "Forgotten.\n"
    assert "Nothing is stuck." in status


async def test_something_stuck_is_tried_again_or_settled_from_a_terminal(
    terminal: Terminal, conn: asyncpg.Connection[Any]
) -> None:
    retried, settled = uuid4(), uuid4()
    payload = json.dumps({"place": "inbox", "key": "zoom/nothing"})
    await conn.executemany(
        "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at, state)"
        " VALUES ($1, 'try_again', $2, $1, now(), now(), 'dead')",
        [(retried, payload), (settled, payload)],
    )
    by = ("--by", ADMIN.id)
    before, again, done, after = await asyncio.to_thread(
        terminal.run,
        ("status", "--json"),
        ("stuck", "retry", "outbox", retried, *by),
        ("stuck", "settle", "outbox", settled, "--reason", "By post.", *by),
        ("status", "--json"),
    )
    assert stuck_keys(before) >= {str(retried), str(settled)}
    assert again == "It is not stuck any more.\n"
    assert done == "It is recorded how you dealt with it.\n"
    assert stuck_keys(after).isdisjoint({str(retried), str(settled)})
    topics = await conn.fetch("SELECT topic FROM events WHERE topic LIKE 'peerhour.trouble.%'")
    assert sorted(row["topic"].rpartition(".")[2] for row in topics) == [
        "settled",
        "taken_up",
        "taken_up",
        "tried_again",
    ]


def stuck_keys(status: str) -> set[str]:
    return {each["key"] for each in json.loads(status)["stuck"]}
