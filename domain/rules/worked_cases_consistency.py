"""What no type can say about a worked case: days, numbers, keys that need each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from domain.rules.model import Pack
from domain.rules.worked_cases import Case

_MOST: Final = 10_000  # of a case's numbers: minutes, people, parts
_PAST: Final = {"times": 1_000, "every_days": 1_000, "after_days": 10_000}  # inside the calendar
YEARS: Final = range(2000, 2150)  # in which people meet
_NUMBERS: Final = {  # with the least each may be
    "minutes": 0,
    "late_minutes": 0,
    "absent_minutes": 0,
    "meeting_minutes": 1,
    "own_minutes": 0,
    "people": 0,
    "evaluated_after_hours": 0,
    "instruction_minutes": 0,
    "series_parts": 0,
    "series_attended": 0,
}
_ACCOUNT: Final = ("counted", "cut", "short", "categories_short", "required", "carries_over")


def about_cases(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield the path of a key of a case, and what is wrong with it, a sentence without its stop."""
    for index, case in enumerate(pack.cases):
        for key, wrong in (*_about_facts(case), *_about_account(pack, case)):
            yield f"case[{index}].{key}", wrong
        yield from unknown_rules(pack, case.gives, f"case[{index}].gives")
        yield from unknown_rules(pack, case.would_give, f"case[{index}].would_give")
        yield from unknown_rules(pack, case.missing, f"case[{index}].missing")
        for number, past in enumerate(case.past):
            named = [past.rule] if past.rule else []
            yield from unknown_rules(pack, named, f"case[{index}].past[{number}].rule")


def unknown_rules(pack: Pack, named: Iterable[str], path: str) -> Iterator[tuple[str, str]]:
    """Yield every id that is no rule of the pack."""
    for rule_id in named:
        if pack.rule(rule_id) is None:
            yield path, f"The pack has no rule {rule_id}"


def outside(value: int | None, least: int, most: int) -> bool:
    """Tell whether a number that is there lies outside its bounds."""
    return value is not None and not least <= value <= most


def _about_facts(case: Case) -> Iterator[tuple[str, str]]:
    if case.day and not _is_day(case.day):
        yield "day", "No such day; write it such as 2026-03-02"
    for key, least in _NUMBERS.items():
        if outside(getattr(case, key), least, _MOST):
            yield key, f"Is {least} to {_MOST}"
    for number, past in enumerate(case.past):
        for key, most in _PAST.items():
            if outside(getattr(past, key), 0, most):
                yield f"past[{number}].{key}", f"Is 0 to {most}"


def _about_account(pack: Pack, case: Case) -> Iterator[tuple[str, str]]:
    if outside(case.first_cycle_months, 1, 120):
        yield "first_cycle_months", "A cycle has 1 to 120 months"
    if outside(case.categories_short, 0, _MOST):
        yield "categories_short", f"Is 0 to {_MOST}"
    answers = [key for key in _ACCOUNT if getattr(case, key) is not None]
    if case.past:
        for wrong, why in (
            (pack.cycle is None, "The pack has no cycle"),
            (not answers, f"Say what comes of it: {', '.join(_ACCOUNT)}"),
            (
                case.gives or case.would_give or case.missing,
                "Goes without gives, would_give and missing; make two cases",
            ),
        ):
            if wrong:
                yield "past", why
    elif answers:
        yield answers[0], "Goes with past only"


def _is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and day.year in YEARS
