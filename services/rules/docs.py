"""The pages of ``docs/`` about rules: language, packs that ship, shapes of facts and answers."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.checking import judged
from domain.rules.explain import Missing, Step, of_unit
from domain.rules.facts import Attendance, Person, Series
from domain.rules.histories import History, LicenceFacts
from domain.rules.judge import Judgement
from domain.rules.model import Pack
from domain.rules.worked_cases import Case
from domain.values import Interval
from services.rules import answer_shapes as shapes
from services.rules.answers import answers_schema, facts_schema

_STANDARD: Final = Case(says="the standard meeting")
_AMONG_PEERS: Final = Case(says="the standard meeting, nobody vouches", approved_by=())
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*)$")
_WORDS: Final = {
    bool: "true or false",
    int: "whole number",
    Decimal: "number",
    str: "text",
    date: "day",
}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FACTS: Final = (History, Attendance, LicenceFacts, Entry, Person, Series, Interval)
_ANSWERS: Final = (
    *(shapes.TextAnswer, shapes.SourceAnswer, shapes.MeetingAnswer, shapes.FactsAnswer),
    *(shapes.RuleAnswer, shapes.AccountAnswer, shapes.RowAnswer, shapes.CapAnswer),
    *(shapes.FloorAnswer, Step, Missing),
)


def language() -> str:
    """Return the page of every key that a pack's file can have."""
    lines = [
        "# The language of packs, key by key",
        "",
        "Made by `make docs` from `domain/rules/`: `model.py`, `ways.py`, `periods.py` and",
        "`worked_cases.py`.",
        "[Rules](rules.md) says what a pack is and how to write one. A file is TOML with one key",
        "a line. A key that is not listed here is refused. A key that is left out says what stands",
        "in the last column; where nothing stands there, it is unknown or makes no condition.",
    ]
    for kind, paths in _tables().items():
        about = inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:")[0]
        lines += ["", f"## {_heading(paths)}", "", *about.split("\n"), ""]
        lines += ["| key | holds | says | if left out |", "| --- | --- | --- | --- |"]
        said, hints = attributes(kind), get_type_hints(kind)
        lines += [
            f"| `{each.encode_name}` | {_holds(hints[each.name])} | "
            f"{_cell(said.get(each.name) or _more(hints[each.name]))} | {_left_out(each)} |"
            for each in fields(kind)
        ]
    return "\n".join(lines) + "\n"


def packs(book: RuleBook) -> str:
    """Return the page of the packs of a book, with what each says of the standard meeting."""
    lines = [
        "# The packs that ship",
        "",
        "Made by `make docs` from `domain/rules/data/`. Each is one body's text as it was read, no",
        "legal advice: the file names its source, the day it was read, and what it leaves open.",
        "**primary** was read in the body's own text, **secondary** in somebody's account of it,",
        "**mixed** in both.",
        "",
        "The standard meeting lasts 90 minutes by live video. Six people of the pack's first",
        "profession are there, among them a member with a licence of the kind that the pack is",
        "about, for 83 minutes, 20 of them on the member's own practice. The fifth column is what",
        "it is worth among peers alone, the sixth where a provider vouches that is approved by a",
        "body which the pack names, or by any body where it names none.",
        "",
        "| pack | body | in force | read | among peers | with an approved provider |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for pack in book.packs:
        alone, vouched = (_worth(judged(pack, case)) for case in (_AMONG_PEERS, _STANDARD))
        lines.append(
            f"| `{pack.id}`, version {pack.version} | {_cell(pack.name)} | {_in_force(pack)} | "
            f"{pack.source.confidence.value} | {_cell(alone)} | "
            f"{'the same' if alone == vouched else _cell(vouched)} |"
        )
    return "\n".join(lines) + "\n"


def schema_of_facts() -> str:
    """Return the JSON schema of a described history, each field with its own description."""
    return _described(facts_schema(), _FACTS)


def schema_of_answers() -> str:
    """Return the JSON schema of what is answered, each field with its own description."""
    return _described(answers_schema(), _ANSWERS)


def _described(schema: dict[str, Any], kinds: Iterable[type]) -> str:
    shape = {"$schema": _DIALECT, **schema}
    for kind in kinds:
        table = shape["$defs"][kind.__name__]
        table["description"] = _first_sentence(kind)
        names = {each.name: each.encode_name for each in fields(kind)} if _is_table(kind) else {}
        for name, said in attributes(kind).items():
            written = names.get(name, name)
            if written in table["properties"]:
                told = table["properties"][written]
                table["properties"][written] = {"description": said, **told}
    for table in shape["$defs"].values():
        if "description" in table:
            table["description"] = table["description"].partition("\n")[0]
    return json.dumps(shape, indent=2, ensure_ascii=False) + "\n"


def _is_table(kind: type) -> bool:
    return issubclass(kind, Struct)


def attributes(kind: type) -> dict[str, str]:
    """Return what a class's docstring says of each attribute."""
    found: dict[str, str] = {}
    name = ""
    section = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    for line in section.split("\n"):
        if line and not line.startswith(" "):
            break  # the next section
        begins = _ATTRIBUTE.match(line)
        if begins is not None:
            name = begins[1]
            found[name] = begins[2]
        elif line.strip():
            found[name] += f" {line.strip()}"
    return found


def _tables() -> dict[type[Struct], list[str]]:
    """Return every kind of table with the paths where it stands, outer ones first."""
    found: dict[type[Struct], list[str]] = {Pack: [""]}
    waiting: list[tuple[str, type[Struct]]] = [("", Pack)]
    while waiting:
        outer, kind = waiting.pop(0)
        hints = get_type_hints(kind)
        for each in fields(kind):
            inner, many = _table_in(hints[each.name])
            if inner is None:
                continue
            name = f"{outer}.{each.encode_name}".strip(".")
            if inner not in found:
                waiting.append((name, inner))
            found.setdefault(inner, []).append(f"[[{name}]]" if many else f"[{name}]")
    return found


def _heading(paths: Iterable[str]) -> str:
    named = [f"`{path}`" for path in paths if path]
    return " and ".join(named) if named else "The pack itself"


def _table_in(hint: Any) -> tuple[type[Struct] | None, bool]:
    """Return the kind of table that a key holds, and whether it holds several."""
    hint = _without_none(hint)
    many = get_origin(hint) is tuple
    inner = get_args(hint)[0] if many else hint
    return (inner if isinstance(inner, type) and issubclass(inner, Struct) else None), many


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, UnionType}:
        return next(each for each in get_args(hint) if each is not NoneType)
    return hint


def _holds(hint: Any) -> str:
    """Return what a key holds, in words."""
    hint = _without_none(hint)
    inner, many = _table_in(hint)
    if inner is not None:
        return "tables" if many else "table"
    if get_origin(hint) is tuple:
        each = get_args(hint)[0]
        return "list of pairs" if get_origin(each) is tuple else f"list: {_holds(each)}"
    if get_origin(hint) is dict:
        return f"by rule: {_holds(get_args(hint)[1])}"
    if issubclass(hint, StrEnum):
        return " or ".join(f"`{each.value}`" for each in hint)
    return _WORDS[hint]


def _more(hint: Any) -> str:
    inner, _ = _table_in(hint)
    return "" if inner is None else _first_sentence(inner)


def _left_out(each: FieldInfo) -> str:
    if each.required:
        return "must be there"
    value = each.default
    if value is NODEFAULT or value in {None, ""} or value == ():
        return ""
    if isinstance(value, StrEnum):
        return f"`{value.value}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _first_sentence(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def _in_force(pack: Pack) -> str:
    begins = "" if pack.effective_from is None else f"from {pack.effective_from}"
    ends = "" if pack.effective_until is None else f"until {pack.effective_until}"
    return f"{begins} {ends}".strip() or "not told"


def _worth(judgements: Iterable[Judgement]) -> str:
    """Return what a meeting is worth, or what stands in the way of the rule that is nearest."""
    answers = list(judgements)
    credited = [each for each in answers if each.may_be_credited]
    if credited:
        return " and ".join(of_unit(each.amount, each.rule.unit) for each in credited)
    nearest = min(answers, key=lambda each: len(each.missing))
    return " ".join(_reasons(nearest))


def _reasons(judgement: Judgement) -> Iterator[str]:
    yield from (missing.sentence for missing in judgement.missing)
