"""What no type can say about a pack: names, order, keys that need each other."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import fields

from domain.certificates.papers import is_bare_ceu
from domain.rules.model import FORMAT, Pack
from domain.rules.names_consistency import about_names
from domain.rules.periods import Cycle
from domain.rules.ways import Rule, Share
from domain.rules.worked_cases_consistency import YEARS, about_cases, outside, unknown_rules

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_MONTH_AND_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(\d\d)", re.ASCII)
_LEAP_YEAR: Final = 2024  # so that 29 February is a day
_MONTHS: Final = range(1, 121)  # of a cycle; the longest seen has five years

_LEAST: Final = Decimal("0.000001")  # of an amount that is not nothing
_MOST: Final = Decimal(1_000_000)
_HOURS: Final = 10_000  # for an evaluation; more than a year

_NAME = "Wants a name of small letters, digits and hyphens that stays"
_UNIT = "Name the unit; a bare CEU says nothing"
_NEGATIVE = "Is never negative"


def contradictions(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a pack whose shape is right.

    Returns:
        The path of the key, such as ``rule[0].group.max``, and why, a sentence without its stop.
    """
    absurd = [path for path, amount in _amounts(pack, "") if not _is_usable(amount)]
    if absurd:  # nothing can be compared with these
        yield absurd[0], "Is no amount between 0.000001 and 1000000"
        return
    yield from _about_pack(pack)
    yield from about_names(pack)
    for index, rule in enumerate(pack.rules):
        for key, wrong in _about_rule(rule):
            yield f"rule[{index}].{key}", wrong
    if pack.cycle is not None:
        for key, wrong in _about_cycle(pack.cycle):
            yield f"cycle.{key}", wrong
    yield from _about_limits(pack)
    yield from about_cases(pack)


def _amounts(value: object, path: str) -> Iterator[tuple[str, Decimal]]:
    """Yield every amount inside a pack with the path of its key."""
    if isinstance(value, Decimal):
        yield path, value
    elif isinstance(value, Struct):
        for name, key in _keys(type(value)):
            yield from _amounts(getattr(value, name), f"{path}.{key}".strip("."))
    elif isinstance(value, dict):
        for name, amount in value.items():
            yield from _amounts(amount, f"{path}.{name}")
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _amounts(each, f"{path}[{index}]")


@cache
def _keys(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a part of packs: our name, and the key in the file."""
    return tuple((each.name, each.encode_name) for each in fields(kind))


def _is_usable(amount: Decimal) -> bool:
    return amount.is_finite() and (not amount or _LEAST <= abs(amount) <= _MOST)


def _about_pack(pack: Pack) -> Iterator[tuple[str, str]]:
    begins, ends = pack.effective_from, pack.effective_until
    backwards = begins is not None and ends is not None and ends < begins
    for key, wrong, why in (
        ("format", pack.format != FORMAT, f"This reader knows format {FORMAT}"),
        ("id", not _ID.fullmatch(pack.id), _NAME),
        ("version", pack.version < 1, "Versions count from 1"),
        ("effective_from", begins is not None and begins.year not in YEARS, "No such year"),
        ("effective_until", backwards, "Lies before effective_from"),
        ("effective_until", ends is not None and ends.year not in YEARS, "No such year"),
        ("source.checked", pack.source.checked.year not in YEARS, "No such year"),
        (
            "source.address",
            not pack.source.address.startswith(("https://", "http://", "urn:")),
            "Say where the text was read",
        ),
        ("source.clause", not pack.source.clause.strip(), "Say which clause, or where it stands"),
        ("rule", not pack.rules, "A pack has a rule or more"),
    ):
        if wrong:
            yield key, why
    for name, number in Counter(rule.id for rule in pack.rules).items():
        if number > 1:
            yield "rule", f"Two rules are called {name}"


def _about_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    attendance, group = rule.attendance, rule.group
    shrinks = group.min is not None and group.max is not None and group.max < group.min
    others = group.others_min if group.leader_counts else None
    crowded = others is not None and _below(group.max, others + 1)
    for key, wrong, why in (
        ("id", not _ID.fullmatch(rule.id), _NAME),
        ("unit", _says_nothing(rule.unit), _UNIT),
        ("minutes_per_unit", _below(rule.minutes_per_unit, 1), "Must be 1 or more"),
        (
            "instruction_minutes_per_unit",
            _below(rule.instruction_minutes_per_unit, 1),
            "Must be 1 or more",
        ),
        ("half_share_up_to", _below(rule.half_share_up_to, 1), "Must be 1 or more"),
        (
            "half_share_up_to",
            rule.half_share_up_to is not None and rule.share is not Share.EQUAL,
            'Goes with share = "equal" only',
        ),
        (
            "rounding.step",
            rule.rounding is not None and rule.rounding.step <= 0,
            "A step is more than nothing",
        ),
        ("attendance.minimum_minutes", _below(attendance.minimum_minutes, 0), _NEGATIVE),
        (
            "attendance.minimum_meeting_minutes",
            _below(attendance.minimum_meeting_minutes, 0),
            _NEGATIVE,
        ),
        ("group.min", _below(group.min, 1), "Must be 1 or more"),
        ("group.max", _below(group.max, 1), "Must be 1 or more"),
        ("group.others_min", _below(group.others_min, 1), "Must be 1 or more"),
        ("group.max", shrinks, "Less than group.min"),
        ("group.max", crowded, "Leaves no room for group.others_min and the member"),
        (
            "needs.evaluation_within_hours",
            outside(rule.needs.evaluation_within_hours, 1, _HOURS),
            f"Is 1 to {_HOURS}",
        ),
        (
            "group.others_professions",
            bool(group.others_professions) and group.others_min is None,
            "Say how many with others_min",
        ),
        (
            "needs.approved_by",
            bool(rule.needs.approved_by) and not rule.needs.approved_provider,
            "Goes with approved_provider = true only",
        ),
        (
            "needs.approved_by_spelled",
            bool(rule.needs.approved_by_spelled) and not rule.needs.approved_by,
            "Goes with approved_by only",
        ),
        (
            "needs.approved_by_unknown",
            rule.needs.approved_by_unknown and not rule.needs.approved_provider,
            "Goes with approved_provider = true only",
        ),
    ):
        if wrong:
            yield key, why
    yield from _about_tolerance(rule)
    yield from _about_bands(rule)


def _about_tolerance(rule: Rule) -> Iterator[tuple[str, str]]:
    for key in ("late_or_early_minutes", "absence_minutes"):
        tolerated: int | None = getattr(rule.attendance, key)
        if _below(tolerated, 0):
            yield f"attendance.{key}", _NEGATIVE
        if tolerated is not None and not rule.attendance.whole:
            yield f"attendance.{key}", "Goes with whole = true only"


def _about_bands(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.bands is None:
        return
    steps = rule.bands.steps
    if not steps or steps[0][0] <= 0:
        yield "bands.steps", "The first band begins above nothing"
    elif steps[0][1] <= 0:
        yield "bands.steps", "The first band is worth more than nothing"
    for former, later in pairwise(steps):
        if later[0] <= former[0] or later[1] <= former[1]:
            yield "bands.steps", f"Band {later[0]} does not rise above band {former[0]}"
    if _says_nothing(rule.bands.unit):
        yield "bands.unit", _UNIT


def _about_cycle(cycle: Cycle) -> Iterator[tuple[str, str]]:
    first = cycle.first
    told = (
        ()
        if first is None
        else (first.per_month, first.required, first.exempt or None, first.prorated or None)
    )
    for key, wrong, why in (
        ("unit", _says_nothing(cycle.unit), _UNIT),
        (
            "months",
            outside(cycle.months, _MONTHS[0], _MONTHS[-1]),
            "A cycle has 1 to 120 months",
        ),
        (
            "begins",
            cycle.begins is not None and not _is_month_and_day(cycle.begins),
            "No such day; write month and day, such as 12-01",
        ),
        (
            "begins_in_year",
            cycle.begins_in_year is not None and cycle.begins is None,
            "Goes with begins only",
        ),
        (
            "begins_in_year",
            cycle.begins_in_year is not None and cycle.begins_in_year not in YEARS,
            "No such year",
        ),
        (
            "carry_over_from_last_months",
            outside(cycle.carry_over_from_last_months, _MONTHS[0], _MONTHS[-1]),
            "A cycle has 1 to 120 months",
        ),
        ("required", _is_negative(cycle.required), _NEGATIVE),
        ("distinct_categories", _below(cycle.distinct_categories, 1), "Must be 1 or more"),
        (
            "categories",
            bool(cycle.categories) and cycle.distinct_categories is None,
            "Goes with distinct_categories only",
        ),
        (
            "categories",
            not all(names and all(name.strip() for name in names) for names in cycle.categories),
            "Name each category, the body's own name first",
        ),
        ("carry_over", _is_negative(cycle.carry_over), _NEGATIVE),
        (
            "first",
            first is not None and sum(each is not None for each in told) != 1,
            "Say one of per_month, required, exempt and prorated",
        ),
        ("first.per_month", first is not None and _is_negative(first.per_month), _NEGATIVE),
        ("first.required", first is not None and _is_negative(first.required), _NEGATIVE),
    ):
        if wrong:
            yield key, why


def _about_limits(pack: Pack) -> Iterator[tuple[str, str]]:
    if (pack.caps or pack.floors) and pack.cycle is None:
        yield "cycle", "Caps and floors need a cycle, if only for its unit"
    apart = None if pack.cycle is None else pack.cycle.not_in_total
    if apart is not None:
        yield from unknown_rules(pack, apart.rules, "cycle.not_in_total.rules")
    for index, cap in enumerate(pack.caps):
        if cap.at_most < 0:
            yield f"cap[{index}].at_most", _NEGATIVE
        yield from unknown_rules(pack, cap.of.rules, f"cap[{index}].of.rules")
    for index, floor in enumerate(pack.floors):
        if floor.at_least <= 0:
            yield f"floor[{index}].at_least", "Is more than nothing"
        yield from unknown_rules(pack, floor.of.rules, f"floor[{index}].of.rules")
        for cap in pack.caps:
            same = floor.of == cap.of and floor.per is cap.per and not floor.outside
            if same and floor.at_least > cap.at_most:
                yield f"floor[{index}].at_least", f"More than the cap {cap.name!r} allows"


def _below(value: int | None, least: int) -> bool:
    return value is not None and value < least


def _is_negative(amount: Decimal | None) -> bool:
    return amount is not None and amount < 0


def _says_nothing(unit: str) -> bool:
    return not unit.strip() or is_bare_ceu(unit)


def _is_month_and_day(text: str) -> bool:
    found = _MONTH_AND_DAY.fullmatch(text)
    return found is not None and (
        1 <= int(found[2]) <= calendar.monthrange(_LEAP_YEAR, int(found[1]))[1]
    )
