"""Claims and certificates from a terminal: prepared, answered, taken back, set aside, revoked."""

from __future__ import annotations

import calendar
import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from domain.values import Money
from projections.claims_board.queries import LineRow, SendingRow
from services.cli.claim_words import line_words, run_words, sending_words
from services.cli.main import main
from services.demo.story import ADMIN, PAYER
from tests.support.builders import SIX_PM
from tests.support.terminal import Terminal

BY = ("--by", ADMIN.id, "--yes")


def rows(package: Path, name: str) -> list[dict[str, str]]:
    with (package / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize(
    "path",
    [
        ("claims", "prepare"),
        ("claims", "export"),
        ("claims", "verify"),
        ("claims", "show"),
        ("claims", "decide"),
        ("claims", "correct-answer"),
        ("claims", "take-back"),
        ("claims", "set-aside"),
        ("certificate", "revoke"),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    told = run(*path, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 4


@pytest.mark.parametrize("line", ["L1", "L1=", "L1=1.5", "l1=5", "L1=5:"])
def test_an_answer_that_cannot_be_read_is_refused(line: str) -> None:
    told = run("claims", "decide", "PH-1", "--line", line, "--reference", "E", "--by", ADMIN.id)
    assert told.exit_code == 2
    assert "Write LINE=CENTS" in told.output


@pytest.mark.parametrize(
    ("currency", "amount"), [("USD", "50.00 USD"), ("JPY", "5,000 JPY"), ("BHD", "5.000 BHD")]
)
def test_amounts_are_written_as_their_currency_has_them(currency: str, amount: str) -> None:
    line = LineRow(
        line_id="PH-1-001",
        certificate_id=None,
        starts_at=SIX_PM,
        zone="Asia/Tokyo",
        minutes=60,
        units=2,
        rate_cents=2500,
        amount_cents=5000,
        strength="moderate",
        reverses=None,
        note="",
        sending=1,
        paid_cents=None,
        reason_code=None,
    )
    sent = SendingRow(1, "PH-1", 7, SIX_PM, "paid", 5000, None, "EFT-7", SIX_PM)
    told = (
        line_words(line, currency),
        sending_words(sent, currency),
        run_words(7, 1, Money(5000, currency)),
    )
    assert all(amount in each for each in told)
    assert not any("cents" in each for each in told)
    assert "(5000 minor units)" in told[0], "an answer is typed in them"


def test_lines_are_not_paid_and_denied_at_once() -> None:
    told = run("claims", "decide", "PH-1", "--paid", "--denied", "45", "--reference", "E", *BY[:2])
    assert told.exit_code == 2


def test_a_payer_answered_or_did_not() -> None:
    given = ("--why", "kept_wrongly", "--reason", "So.", *BY)
    told = run("claims", "correct-answer", "PH-1", "--none", "--paid", *given)
    assert told.exit_code == 2
    assert "Either the payer answered, or not." in told.output


def test_a_claim_is_answered_corrected_and_sent_again_from_a_terminal(terminal: Terminal) -> None:
    first = terminal.folder / "demo" / "run-00001"
    (claim, *_) = rows(first, "claims.csv")
    line = next(r for r in rows(first, "lines.csv") if r["claim_id"] == claim["claim_id"])
    number, day = claim["claim_id"], line["service_date"]
    period = ("--from", f"{day[:7]}-01", "--to", day)
    out, lost = terminal.folder / "out", terminal.folder / "lost"
    month = ("--from", f"{day[:7]}-01", "--to", last_of(day))
    prepared, decided, back, exported, shown, again, told = terminal.run(
        ("claims", "prepare", PAYER, *period),
        ("claims", "decide", number, "--paid", "--reference", "EFT-7", "--by", ADMIN.id),
        ("claims", "take-back", number, line["line_id"], "--reason", "Not there.", *BY),
        ("claims", "export", PAYER, *month, "--out", out),
        ("claims", "show", number),
        ("claims", "export", PAYER, *month, "--out", out),
        ("claims", "export", PAYER, *month, "--out", lost, "--run", 2),
    )
    assert prepared == "Nothing new to claim in this period.\n"
    assert (decided, back) == ("Kept.\n", "Taken back.\n")
    package = out / "run-00002"
    assert "Run 2: 1 claim," in exported
    assert "adds up" in run("claims", "verify", package).output
    assert "adds up" in run("claims", "verify", package.with_suffix(".zip")).output
    (correction,) = rows(package, "claims.csv")
    assert (correction["frequency"], correction["original_claim_id"]) == ("8", number)
    assert correction["payer_claim_number"] == "EFT-7"
    assert correction["claim_id"] in shown
    assert f"takes back {line['line_id']}" in shown
    assert "Run 2: 1 claim," in again
    assert told.startswith("Run 2: 1 claim,"), "nothing is prepared for it"
    files = {each.name: each.read_bytes() for each in package.iterdir()}
    assert {each.name: each.read_bytes() for each in (lost / package.name).iterdir()} == files
    no_folder = terminal.folder / "a file"
    no_folder.write_text("in the way")
    failed = terminal.attempt(("claims", "export", PAYER, *month, "--out", no_folder))
    assert failed.returncode != 0
    assert "Give the same command with --run 2" in failed.stderr


def test_an_answer_kept_wrongly_is_corrected_from_a_terminal(terminal: Terminal) -> None:
    number = rows(terminal.folder / "demo" / "run-00001", "claims.csv")[1]["claim_id"]
    why = ("--why", "kept_wrongly", "--reason", "It was another claim's.", *BY)
    kept, corrected, none, shown = terminal.run(
        ("claims", "decide", number, "--paid", "--reference", "EFT-8", "--by", ADMIN.id),
        ("claims", "correct-answer", number, "--denied", "29", "--reference", "EFT-9", *why),
        ("claims", "correct-answer", number, "--none", *why),
        ("claims", "show", number),
    )
    assert (kept, corrected, none) == ("Kept.\n", "Corrected.\n", "Corrected.\n")
    assert "no answer yet" in shown
    refused = terminal.attempt(("claims", "correct-answer", number, "--none", *why))
    assert "claim.sending_not_answered" in refused.stderr


def test_a_claim_that_was_sent_is_not_set_aside(terminal: Terminal) -> None:
    number = rows(terminal.folder / "demo" / "run-00001", "claims.csv")[1]["claim_id"]
    refused = terminal.attempt(("claims", "set-aside", number, "--reason", "paid_elsewhere", *BY))
    assert refused.returncode != 0
    assert "claim.already_sent" in refused.stderr


def test_a_certificate_is_revoked_and_the_claims_on_it_are_named(terminal: Terminal) -> None:
    line = rows(terminal.folder / "demo" / "run-00001", "lines.csv")[1]
    (code,) = re.findall(r"/v/(\S+)$", line["certificate_verify_url"])
    (told,) = terminal.run(("certificate", "revoke", code, "--reason", "issued_in_error", *BY))
    assert told.startswith("Revoked.\n")
    assert line["claim_id"] in told


def last_of(day: str) -> str:
    """Return the last day of a day's month."""
    year, month, _ = (int(part) for part in day.split("-"))
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
