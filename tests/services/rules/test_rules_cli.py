"""``peerhour rules``: packs checked, histories judged, two versions compared, from a terminal."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from domain.rules.explain import READ_THE_TEXT
from services.cli.main import main
from services.rules.diff import Tally
from tests.domain.rules.made import ABSENT, FILE, a_rule, a_text
from tests.support.repository import ROOT
from tests.support.terminal import Terminal

FACTS = ROOT / "docs" / "facts.example.json"
CALIFORNIA = (files("domain.rules") / "data" / "us-ca-psychology.toml").read_text("utf-8")
BACKWARDS = (
    '{"attendances": [{"meeting": "m", "present": [], "scheduled":'
    ' {"from_at": "2026-03-02T19:00:00Z", "to_at": "2026-03-02T18:00:00Z"}}]}'
)
UNKNOWN = (
    "in a way that nobody recorded, whose practice it was about is not recorded; "
    "nobody recorded who was there"
)
OTHERS = "what this limit is not about"
RIGHT = {"says": "An hour", "minutes": 60, "gives": {"hours": 1}}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", *(str(each) for each in arguments)])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A file of the test's own; it holds nothing yet."""
    return tmp_path / FILE


@pytest.mark.parametrize("command", ["check", "judge", "diff"])
def test_every_command_explains_itself(command: str) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 4


# check


def test_without_a_file_the_packs_in_use_are_checked() -> None:
    told = run("check")
    assert told.exit_code == 0
    many, cases = (int(word) for word in told.output.split() if word.isdigit())
    assert many == len(list((ROOT / "domain" / "rules" / "data").glob("*.toml")))
    assert cases > 2 * many


def test_a_pack_that_is_right_is_told_with_its_cases(pack: Path) -> None:
    pack.write_text(a_text(case=[RIGHT]))
    told = run("check", pack)
    assert told.exit_code == 0
    assert told.output == "house.toml: house, version 1: 1 case passes.\n"


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        pytest.param(b"", 1, "Object missing required field `format`", id="empty"),
        pytest.param(b"format = 1\n\xff\xfe\x00", 2, "The file must be UTF-8", id="no text"),
        pytest.param(bytes(64), 1, "Invalid", id="zeros"),
        pytest.param(b"# ...\n" * 200_000, 1, "The file is larger than a pack can be", id="huge"),
        pytest.param(b"dear board,", 1, "Expected '=' after a key", id="a letter"),
        pytest.param(b"a = " + b"[" * 50_000, 1, "", id="a deep hole"),
        pytest.param(
            (a_text() + "colour = 'red'\n").encode(), 8, "colour: No such key", id="an unknown key"
        ),
        pytest.param(
            a_text(
                a_rule(bands={"steps": [[7, 2], [14, 1]], "unit": "hour"}), case=[RIGHT]
            ).encode(),
            7,
            "rule[0].bands.steps: Band 14 does not rise above band 7",
            id="a contradictory band",
        ),
        pytest.param(
            (a_text() + "effective_from = 2026-02-30\n").encode(), 8, "Invalid", id="no such day"
        ),
        pytest.param(
            a_text(cycle={"unit": "hour", "begins": "02-30"}).encode(),
            8,
            "cycle.begins: No such day",
            id="no such day in any year",
        ),
        pytest.param(
            a_text(case=[RIGHT, RIGHT | {"says": "Two", "minutes": 59}]).encode(),
            8,
            "case[1]: “Two”: expected hours gives 1, found 0.98.",
            id="a failing case",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_line_and_reason(
    pack: Path, written: bytes, line: int, said: str
) -> None:
    pack.write_bytes(written)
    told = run("check", pack)
    assert told.exit_code == 1
    assert told.stdout == ""
    assert told.stderr.startswith(f"house.toml, line {line}: ")
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_file_with_an_editors_mark_at_its_beginning_is_read(pack: Path) -> None:
    pack.write_text(a_text(case=[RIGHT]), "utf-8-sig")
    told = run("check", pack)
    assert (told.exit_code, told.output) == (0, "house.toml: house, version 1: 1 case passes.\n")


def test_a_pack_without_an_example_of_its_text_shows_nothing_and_is_refused(pack: Path) -> None:
    pack.write_text(a_text())
    told = run("check", pack)
    assert told.exit_code == 1
    assert told.stderr == (
        "house.toml, line 1: It has no case; give at least one of the text's own examples.\n"
    )


def test_a_pipe_is_no_pack_and_is_not_waited_for(pack: Path) -> None:
    os.mkfifo(pack)
    told = run("check", pack)
    assert (told.exit_code, told.stderr) == (1, "house.toml, line 1: It is no file.\n")


def test_every_file_is_told_about_and_one_fault_is_enough_to_fail(pack: Path) -> None:
    pack.write_text(a_text(case=[RIGHT]))
    wrong = pack.with_name("wrong.toml")
    wrong.write_text(a_text(version=0))
    told = run("check", wrong, pack, wrong)
    assert told.exit_code == 1
    assert told.stdout == "house.toml: house, version 1: 1 case passes.\n"
    assert told.stderr == 2 * "wrong.toml, line 3: version: Versions count from 1.\n"


def test_a_file_that_is_not_there_is_a_slip_of_the_hand(tmp_path: Path) -> None:
    assert run("check", tmp_path / "nowhere.toml").exit_code == 2
    assert run("check", tmp_path).exit_code == 2


def test_the_operators_own_folder_is_part_of_what_is_in_use(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = run("check").output
    monkeypatch.setenv("PEERHOUR_RULES_DIR", str(pack.parent))
    pack.write_text(a_text(case=[RIGHT]))
    assert run("check").output != shipped
    pack.write_text(a_text(case=[RIGHT | {"minutes": 61}]))
    told = run("check")
    assert told.exit_code == 2
    assert "house.toml, line 8: case[0]: “An hour”" in told.output
    assert "[rules.file_fault]" in told.output


# judge


def test_a_described_history_is_judged_in_words() -> None:
    told = run("judge", "au-psyba", "--facts", FACTS)
    assert told.exit_code == 0
    assert (
        "2026-03-02, Tuesday: 83 of 90 minutes present by live video, "
        "20 of them on your own practice; 6 people; strong evidence." in told.output
    )
    assert "Peer consultation: 0.33 hours of peer consultation" in told.output
    assert "Other CPD activity: 1.05 hours of other CPD" in told.output
    assert "30 required, 28.62 to go." in told.output
    assert "Peer consultation, 2025-12-01 to 2026-11-30: 0.33 of at least 10." in told.output


def test_an_answer_in_words_names_clause_source_and_what_every_limit_did(
    pack: Path, tmp_path: Path
) -> None:
    """Whoever reads the terminal learns what was cut by which cap, as who reads the JSON does."""
    cycle = {"unit": "hour", "months": 12, "begins": "01-01", "distinct_categories": 2}
    peers = {"name": "Peers", "at_most": 1, "clause": "§ 9"}
    empty = {"name": "Books", "at_most": 5, "of": {"categories": ["Books"]}}
    text = a_text(a_rule(clause="§ 7"), cycle=cycle, cap=[peers, empty], case=[ABSENT])
    pack.write_text(text)
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"attendances": [SOUND]}))
    told = run("judge", pack, "--facts", facts).output.splitlines()
    assert told == [
        "House (house, version 1)",
        "  § 1, read 2026-01-01 (ours source)",
        "  urn:house",
        f"  2026-03-02, m: 90 of 90 minutes present {UNKNOWN}; strong evidence.",
        "    Hours: 1.5 hours (claimed peer activity, evidence pack)",
        "      90 minutes of presence count.",
        "      90 ÷ 60 minutes per hour = 1.5 (§ 7).",
        "  Cycle 2026-01-01 to 2026-12-31:",
        "    2026-03-02, m:hours: 1 of 1.5",
        "      Peers: at most 1 hour a cycle; 0.5 too many.",
        f"      There is room again from 2027-01-01 on; {OTHERS} can still count (§ 9).",
        "    1.5 hours earned, 1 counts.",
        "    Peers, from 2026-01-01: 1 of at most 1, 0.5 cut.",
        "    Categories: 1 of at least 2 (Hours).",
        f"    Not determined, because the text does not say how much. {READ_THE_TEXT}",
    ]


def test_a_described_history_is_judged_in_json_by_a_file_of_ones_own(pack: Path) -> None:
    pack.write_text(a_text(case=[RIGHT]))
    told = run("judge", pack, "us-ca-psychology", "--facts", FACTS, "--json")
    assert told.exit_code == 0
    ours, californian = json.loads(told.stdout)
    assert (ours["pack"], ours["licence"]) == ("house", None)
    (attendance,) = ours["attendances"]
    (rule,) = attendance["rules"]
    assert attendance["facts"] == {
        "scheduled_minutes": 90,
        "minutes": 83,
        "own_minutes": 20,
        "people": 6,
        "modality": "live_video",
        "strength": "strong",
    }
    assert (rule["amount"], rule["unit"], rule["minutes"]) == ("1.38", "hour", 83)
    assert rule["credited"] is True
    assert (californian["pack"], californian["licence"]) == ("us-ca-psychology", "California")
    (cycle,) = californian["cycles"]
    assert (cycle["counted"], cycle["required"]) == ("5.38", "36")


def test_categories_and_what_passes_on_are_told_in_json(pack: Path, tmp_path: Path) -> None:
    cycle = {"unit": "hour", "months": 12, "begins": "01-01", "required": 1, "carry_over": 5}
    pack.write_text(a_text(cycle=cycle | {"distinct_categories": 2}, case=[ABSENT]))
    facts = tmp_path / "facts.json"
    entry = {"key": "x", "day": "2026-03-02", "amount": "3", "category": "Books"}
    facts.write_text(json.dumps({"elsewhere": [entry]}))
    (answer,) = json.loads(run("judge", pack, "--facts", facts, "--json").output)
    (told,) = answer["cycles"]
    assert (told["categories"], told["categories_wanted"]) == (["Books"], 2)
    assert told["carries_over"] == "2"


def test_all_packs_in_use_are_asked_where_none_is_named() -> None:
    told = run("judge", "--facts", FACTS, "--json")
    asked = {answer["pack"] for answer in json.loads(told.stdout)}
    assert asked >= {"us-ca-psychology", "au-psyba", "iacet-2018", "contact-hour"}
    assert "us-md-psychology" not in asked  # no licence of the history is about it


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("", "Input data was truncated"),
        ("{", "Input data was truncated"),
        ("[]", "Expected `object`, got `array`"),
        ('{"attendances": [{"meeting": 7}]}', "attendances[0].meeting"),
        ('{"attendances": [{"meeting": "m", "scheduled": {}}]}', "attendances[0].scheduled"),
        ('{"nothing": 1}', "unknown field `nothing`"),
        (BACKWARDS, "attendances[0].scheduled"),
        ("[" * 100_000, ""),
    ],
)
def test_facts_that_cannot_be_read_are_refused_with_their_field(
    tmp_path: Path, facts: str, said: str
) -> None:
    file = tmp_path / "facts.json"
    file.write_text(facts)
    told = run("judge", "contact-hour", "--facts", file)
    assert told.exit_code == 2
    assert "facts.json" in told.output
    assert said in told.output
    assert "[rules.facts_fault]" in told.output


SOUND = {
    "meeting": "m",
    "scheduled": {"from_at": "2026-03-02T18:00:00Z", "to_at": "2026-03-02T19:30:00Z"},
    "present": [{"from_at": "2026-03-02T18:00:00Z", "to_at": "2026-03-02T19:30:00Z"}],
}
EARLY = [{"from_at": "2026-03-02T17:59:00Z", "to_at": "2026-03-02T19:30:00Z"}]
LAMPS = {"id": "l", "profession": "lamps"}
BOOK = {"key": "x", "day": "2026-03-02", "amount": "1"}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"attendances": [SOUND | {"present": EARLY}]}, "attendances[0].present"),
        ({"attendances": [SOUND, SOUND | {"zone": "Mars/Olympus"}]}, "attendances[1].zone"),
        ({"attendances": [SOUND | {"zone": "../etc"}]}, "attendances[0].zone"),
        (
            {"attendances": [SOUND | {"evaluated_at": "2026-03-02T20:00:00"}]},
            "attendances[0].evaluated_at",
        ),
        (
            {"attendances": [SOUND | {"instruction_minutes": -1}]},
            "attendances[0].instruction_minutes",
        ),
        ({"elsewhere": [{"key": "x", "day": "2026-03-02", "amount": "NaN"}]}, "elsewhere[0]"),
        ({"elsewhere": [{"key": "x", "day": "2026-03-02", "amount": "-5"}]}, "elsewhere[0].amount"),
        ({"elsewhere": [{"key": "x", "day": "2026-03-02", "amount": "0"}]}, "elsewhere[0].amount"),
        ({"elsewhere": [BOOK | {"amount": "1e99999999"}]}, "elsewhere[0].amount"),
        ({"elsewhere": [BOOK, BOOK | {"amount": "1000000.01"}]}, "elsewhere[1].amount"),
        ({"elsewhere": [BOOK | {"day": "9999-12-31"}]}, "elsewhere[0].day: No such year."),
        ({"elsewhere": [BOOK | {"day": "1989-12-31"}]}, "elsewhere[0].day: No such year."),
        ({"elsewhere": [BOOK | {"minutes": -1}]}, "elsewhere[0].minutes"),
        (
            {"attendances": [SOUND | {"series": {"parts": 1_000_000_000, "attended": []}}]},
            "attendances[0].series.parts",
        ),
        (
            {"attendances": [SOUND | {"series": {"parts": 0, "attended": []}}]},
            "attendances[0].series.parts",
        ),
        (
            {"attendances": [SOUND | {"series": {"parts": 3, "attended": [1, 4]}}]},
            "attendances[0].series.attended",
        ),
        (
            {"attendances": [SOUND | {"series": {"parts": 3, "attended": [0]}}]},
            "attendances[0].series.attended",
        ),
        (
            {"licences": [LAMPS | {"valid_from": "2026-01-02", "valid_until": "2026-01-01"}]},
            "licences[0].valid_until: Lies before valid_from.",
        ),
        ({"licences": [LAMPS | {"valid_until": "9999-12-31"}]}, "licences[0].valid_until"),
        ({"licences": [LAMPS, LAMPS | {"valid_from": "0001-01-01"}]}, "licences[1].valid_from"),
    ],
)
def test_facts_that_cannot_be_are_refused_with_their_field(
    tmp_path: Path, facts: dict[str, object], said: str
) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts))
    told = run("judge", "contact-hour", "--facts", file)
    assert told.exit_code == 2
    assert f"facts.json: {said}" in told.output
    assert "[rules.facts_fault]" in told.output


def test_facts_at_the_edge_of_what_can_be_are_judged(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    edge = SOUND | {"instruction_minutes": 0, "evaluated_at": "2026-03-02T20:00:00Z"}
    series = {"parts": 10_000, "attended": [1, 10_000]}
    licence = LAMPS | {"valid_from": "1990-01-01", "valid_until": "2199-12-31"}
    one_day = LAMPS | {"valid_from": "2026-01-01", "valid_until": "2026-01-01"}
    entry = BOOK | {"amount": "0.01", "day": "1990-01-01", "minutes": 0}
    many = BOOK | {"amount": "1000000", "day": "2199-12-31"}
    file.write_text(
        json.dumps(
            {
                "attendances": [edge, SOUND | {"series": series}],
                "licences": [licence, one_day],
                "elsewhere": [entry, many],
            }
        )
    )
    assert run("judge", "contact-hour", "--facts", file).exit_code == 0


def test_facts_of_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(b'{"attendances": "\xff"}')
    told = run("judge", "contact-hour", "--facts", file)
    assert told.exit_code == 2
    assert "[rules.facts_fault]" in told.output


@pytest.mark.parametrize("name", ["us-nowhere", "nowhere.toml", "tests"])
def test_a_pack_that_nobody_knows_is_refused(name: str) -> None:
    told = run("judge", name, "--facts", FACTS)
    assert told.exit_code == 2
    assert name in told.output
    assert "Traceback" not in told.output


# diff


def test_two_versions_are_compared_over_a_houses_meetings(
    terminal: Terminal, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(CALIFORNIA)
    new.write_text(
        CALIFORNIA.replace("minutes_per_unit = 60", "minutes_per_unit = 50").replace(
            "gives = { us-ca-psychology = 1.38 }", "gives = { us-ca-psychology = 1.66 }"
        )
    )
    gained, lost, later = terminal.run(
        ("rules", "diff", old, new, "--since", "2020-01-01"),
        ("rules", "diff", new, old, "--since", "2020-01-01"),
        ("rules", "diff", old, new, "--since", "2100-01-01"),
    )
    *lines, total, in_all = gained.splitlines()
    assert total == "2 attendances compared: 2 people gain in 2, 0 lose in 0."
    assert in_all == "2 licence periods compared: 2 people gain in 2, 0 lose in 0."
    assert sorted(line.partition(" gains: ")[2].partition(" (")[0] for line in lines[:2]) == [
        "0.83 -> 1 hour of peer consultation",
        "1 -> 1.2 hours of peer consultation",
    ]
    assert "60 ÷ 60 minutes per hour of peer consultation = 1." in gained
    assert sorted(
        line.partition(" gains: ")[2].partition(" Still wanted")[0] for line in lines[2:]
    ) == ["0.83 -> 1 hour count.", "1 -> 1.2 hours count."]
    assert "2 attendances compared: 0 people gain in 0, 2 lose in 2.\n" in lost
    assert lost.endswith("2 licence periods compared: 0 people gain in 0, 2 lose in 2.\n")
    assert later == (
        "0 attendances compared: 0 people gain in 0, 0 lose in 0.\n"
        "0 licence periods compared: 0 people gain in 0, 0 lose in 0.\n"
    )


def test_one_person_gains_and_two_gain() -> None:
    tally = Tally()
    assert str(tally) == "0 people gain in 0, 0 lose in 0."
    tally.add("ana", gains=True)
    tally.add("bo", gains=False)
    assert str(tally) == "1 person gains in 1, 1 loses in 1."
    tally.add("ana", gains=True)
    tally.add("chidi", gains=True)
    tally.add("joy", gains=False)
    assert str(tally) == "2 people gain in 3, 2 lose in 2."


def test_a_comparison_comes_as_json_lines_with_its_total_beside_them(
    terminal: Terminal, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(CALIFORNIA)
    by_phone = CALIFORNIA.replace("licence = true", 'licence = true\nmodalities = ["phone"]')
    absent = '[[case]]\nsays = "Nobody came"\nminutes = 0\n'
    new.write_text(by_phone.partition("[[case]]")[0] + absent)
    done = terminal.attempt(("rules", "diff", old, new, "--since", "2020-01-01", "--json"))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.rstrip("\0").splitlines()]
    assert {row["after"] for row in rows} == {"0"}
    assert {row["before"] for row in rows} == {"1", "0.83"}
    meetings, periods = ([row for row in rows if (key in row)] for key in ("meeting", "from"))
    assert all("You must take part by phone" in row["why"][0] for row in meetings)
    assert len(meetings) == len(periods) == 2
    assert all(row["short_after"][-1] == "in all: 36" for row in periods)
    assert "2 attendances compared: 0 people gain in 0, 2 lose in 2." in done.stderr
    assert "2 licence periods compared: 0 people gain in 0, 2 lose in 2." in done.stderr


def test_a_version_that_cannot_be_used_is_refused_before_anything_is_read(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgresql://localhost:1/nothing")
    pack.write_text(a_text(version=0))
    told = run("diff", pack, pack, "--since", "2026-01-01")
    assert told.exit_code == 2
    assert "[rules.file_fault]" in told.output
    assert run("diff", pack, pack, "--since", "2026-02-30").exit_code == 2
    assert run("diff", pack, pack).exit_code == 2
