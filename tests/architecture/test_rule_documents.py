"""What ``docs/`` says of rules: its pack works, its commands answer so, no key is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from msgspec import Struct
from msgspec.structs import fields

from domain.rules import model, periods, ways, worked_cases
from domain.rules.book import RuleBook
from infra.rule_files import load_rules
from services.cli.main import main
from services.rules.answers import answers_for, read_history
from services.rules.docs import (
    attributes,
    language,
    packs,
    schema_of_answers,
    schema_of_facts,
)
from tests.domain.rules.made import a_pack, a_rule
from tests.support.repository import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "rules.md").read_text("utf-8")
PACK = "xa-lamps.toml"
TABLES = [
    kind
    for module in (model, ways, periods, worked_cases)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__ == module.__name__
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """Return every command of the page that needs no house, with what the page shows of it."""
    told = "".join(blocks("console")).split("$ peerhour ")[1:]
    commands = [each.partition("\n")[::2] for each in told]
    return [each for each in commands if not each[0].startswith("rules diff")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the page's pack, two that are wrong, and the example of facts."""
    (written,) = blocks("toml")
    for name, text in {
        PACK: written,
        "wrong.toml": written.replace("gives = { xa-lamps = 1.5 }", "gives = { xa-lamps = 1.75 }"),
        "misspelt.toml": written.replace("minutes_per_unit", "minutes_per_hour"),
        "facts.example.json": (DOCS / "facts.example.json").read_text("utf-8"),
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "output"), shown(), ids=lambda text: text[:40])
@pytest.mark.usefixtures("folder")
def test_every_command_answers_as_the_page_shows(command: str, output: str) -> None:
    told = CliRunner().invoke(main, command.split())
    assert told.output == output


def test_the_page_shows_every_command_and_two_faults() -> None:
    assert [command.split()[1] for command, _ in shown()] == ["check", "check", "check", "judge"]
    assert "$ peerhour rules diff" in PAGE


@pytest.mark.usefixtures("folder")
def test_what_is_wrong_ends_with_another_status() -> None:
    for name, status in ((PACK, 0), ("wrong.toml", 1), ("misspelt.toml", 1)):
        assert CliRunner().invoke(main, ["rules", "check", name]).exit_code == status


def test_every_key_of_the_language_is_named_and_said() -> None:
    page = language()
    assert len(TABLES) > 10
    for kind in TABLES:
        said = attributes(kind)
        assert {each.name for each in fields(kind)} == set(said), kind.__name__
        assert all(said.values())
        for each in fields(kind):
            assert f"| `{each.encode_name}` |" in page


def test_a_key_says_what_it_holds_and_what_stands_in_its_place() -> None:
    page = language()
    for row in (
        "| `effective_until` | day | last day, absent while no end is known. |  |",
        "| `checked` | day | on which day somebody read it. | must be there |",
        "| `minimum_minutes` | whole number | the shortest presence that counts. |  |",
        "| `exempt` | true or false | nothing. | `false` |",
        "| `per` | `cycle` or `year` or `month` or `day` | in which span. | `cycle` |",
        "## `[cycle.not_in_total]` and `[cap.of]` and `[floor.of]`",
    ):
        assert row in page


def test_the_list_of_packs_says_what_each_makes_of_the_standard_meeting() -> None:
    rule = a_rule(needs={"approved_provider": True})
    assert packs_row(a_pack(rule, id="one", name="One | two")) == [
        "`one`, version 1",
        "One \\| two",
        "not told",
        "ours",
        "This rule needs a provider approved for that day and way of meeting.",
        "1.38 hours",
    ]
    second = a_rule(id="rest", share="own presentation")
    both = a_pack(second, a_rule(), effective_until=date(2027, 1, 1))
    assert packs_row(both)[2:] == [
        "until 2027-01-01",
        "ours",
        "0.33 hours and 1.05 hours",
        "the same",
    ]


def packs_row(pack: model.Pack) -> list[str]:
    (row,) = [line for line in packs(RuleBook([pack])).splitlines() if line.startswith("| `")]
    return re.split(r"(?<!\\) \| ", row.strip("| "))


@pytest.mark.parametrize("schema", [schema_of_facts, schema_of_answers])
def test_every_field_of_facts_and_answers_is_described(schema: Callable[[], str]) -> None:
    tables = json.loads(schema())["$defs"]
    described = {name: table for name, table in tables.items() if "properties" in table}
    assert len(described) > 5
    for name, table in described.items():
        assert table["description"], name
        for field, shape in table["properties"].items():
            assert shape.get("description"), f"{name}.{field}"


def test_the_example_of_facts_fits_its_schema_and_its_answers_fit_theirs() -> None:
    data = (DOCS / "facts.example.json").read_bytes()
    history = read_history(data, "facts.example.json")
    assert [each.id for each in history.licences] == ["California", "Australia"]
    judge = CliRunner().invoke(
        main, ["rules", "judge", "--facts", str(DOCS / "facts.example.json"), "--json"]
    )
    assert judge.exit_code == 0
    answers = json.loads(judge.output)
    assert len(answers) > 5
    for found, schema in ((json.loads(data), schema_of_facts()), (answers, schema_of_answers())):
        shape = json.loads(schema)
        Draft202012Validator.check_schema(shape)
        assert list(Draft202012Validator(shape).iter_errors(found)) == []


def test_an_answer_has_no_field_that_its_schema_does_not_name() -> None:
    """A schema of ours allows more fields, so that a newer answer is read by an older program."""
    shape = json.loads(schema_of_answers())
    closed = {
        **shape,
        "$defs": {
            name: {**table, "additionalProperties": False} if "properties" in table else table
            for name, table in shape["$defs"].items()
        },
    }
    book = load_rules()
    history = read_history((DOCS / "facts.example.json").read_bytes(), "facts.example.json")
    answers = answers_for(book, history)
    assert list(Draft202012Validator(closed).iter_errors(answers)) == []
    answers[0]["more"] = 1
    assert list(Draft202012Validator(closed).iter_errors(answers))
