"""Packs and attendances for tests of the credit engine: a test names only what it is about.

Packs are written as TOML and read by the parser, so that a test speaks the language of the files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.rules.account import Account, Entry, account
from domain.rules.cycles import Window
from domain.rules.facts import Attendance, Person
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.rules.parse import parse_pack
from domain.values import Interval, Modality
from tests.support.builders import MONDAY, span

FILE = "house.toml"
ABSENT = {"says": "Nobody came", "minutes": 0}  # a case that every pack passes
COUNSELOR = Person(professions=frozenset({"counseling"}), supervisor=False)
PSYCHOLOGIST = Person(professions=frozenset({"psychology"}), supervisor=False)
STRANGER = Person()
YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
TWO_YEARS = Window(date(2026, 1, 1), date(2027, 12, 31))


def a_rule(**changes: Any) -> dict[str, Any]:
    """Return a rule of 60 minutes an hour; ``None`` takes a key away."""
    return {
        "id": "hours",
        "name": "Hours",
        "credit_kind": "claimed peer activity",
        "unit": "hour",
        "minutes_per_unit": 60,
    } | changes


def a_text(*rules: Mapping[str, Any], **changes: Any) -> str:
    """Return the file of a pack, one key a line; inner tables are written in the line."""
    keys: dict[str, Any] = {
        "format": 1,
        "id": "house",
        "version": 1,
        "name": "House",
        "kind": "house",
        "source": {
            "address": "urn:house",
            "clause": "§ 1",
            "checked": date(2026, 1, 1),
            "confidence": "ours",
        },
        "rule": list(rules or [a_rule()]),
    } | changes
    return "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items() if value is not None)


def a_pack(*rules: Mapping[str, Any], **changes: Any) -> Pack:
    """Return a pack as it is read from its file."""
    return parse_pack(a_text(*rules, **changes), FILE)


def attended(*present: Interval, **changes: Any) -> Attendance:
    """Return 83 of 90 minutes by live video with two other counselors."""
    values: dict[str, Any] = {
        "meeting": "m",
        "scheduled": span(0, 90),
        "present": present or (span(0, 83),),
        "modality": Modality.LIVE_VIDEO,
        "me": COUNSELOR,
        "others": (COUNSELOR, COUNSELOR),
    }
    return Attendance(**values | changes)


def judged(rule: Mapping[str, Any], facts: Attendance | None = None, **changes: Any) -> Judgement:
    """Return what a pack with this one rule says."""
    licence_held = changes.pop("licence_held", True)
    found = judge(a_pack(rule, **changes), facts or attended(), licence_held=licence_held)
    assert len(found) == 1
    return found[0]


def an_entry(number: int = 0, **changes: Any) -> Entry:
    """Return one hour under the rule ``hours``."""
    values: dict[str, Any] = {
        "key": f"e{number}",
        "day": MONDAY,
        "amount": Decimal(1),
        "rule": "hours",
    }
    return Entry(**values | changes)


def counted(pack: Pack, *entries: Entry, window: Window = YEAR, **changes: Any) -> Account:
    """Return the account of a year."""
    return account(pack, window, entries, **changes)


def with_cycle(*rules: Mapping[str, Any], **changes: Any) -> Pack:
    """Return a pack with a cycle of a year; ``cycle`` adds to it."""
    cycle = {"unit": "hour", "months": 12} | changes.pop("cycle", {})
    return a_pack(*rules, cycle=cycle, **changes)


def these(*values: object) -> tuple[object, ...]:
    """Return values to compare: decimals equal whole numbers, which a type checker forbids."""
    return values


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        pairs = (f"{key} = {_toml(each)}" for key, each in value.items() if each is not None)
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return str(value)


def cap(at_most: Any, **changes: Any) -> dict[str, Any]:
    """Return a cap on everything, as a file says it."""
    return {"name": "Peers", "at_most": at_most} | changes


def floor(at_least: Any, **changes: Any) -> dict[str, Any]:
    """Return a floor, as a file says it."""
    return {"name": "Ethics", "at_least": at_least} | changes


def amounts(*values: Any, **changes: Any) -> list[Entry]:
    """Return entries a week apart."""
    return [
        an_entry(n, amount=Decimal(str(each)), day=MONDAY + timedelta(weeks=n), **changes)
        for n, each in enumerate(values)
    ]


def told(found: Account) -> list[tuple[str, str]]:
    """Return code and sentence of each step of an account."""
    return [(each.code, each.sentence) for each in found.steps]
