"""Reading a pack: what is wrong is refused by file, line and key, never with a traceback."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.model import BodyKind, Confidence
from domain.rules.parse import PackFault, parse_pack
from domain.rules.periods import Per
from domain.rules.ways import AttendanceRule, Counts, Direction, GroupRule, PostTest, Repeat, Share
from domain.values import Modality
from tests.domain.rules.made import FILE, a_pack, a_rule, a_text, with_cycle

WHOLE = {"attendance": {"whole": True}}
A_CAP = {"name": "Peers", "at_most": 1}
A_FLOOR = {"name": "Ethics", "at_least": 1}
A_PAST = {"amount": 1}
BIG = {"amount": 1, "times": 1000, "every_days": 1000, "after_days": 10_000}
CYCLE = {"unit": "hour"}
MUST_BE_ONE = "Must be 1 or more"
NEVER = "Is never negative"
SAY = "Say what comes of it: counted, cut, short, categories_short, required, carries_over"
EMPTY = "Is empty; leave the key out, or name it"
NAME = "Wants a name of small letters, digits and hyphens that stays"
UNIT = "Name the unit; a bare CEU says nothing"
ABSURD = "Is no amount between 0.000001 and 1000000"
MONTHS = "A cycle has 1 to 120 months"


class Bare:
    """A number as it stands in a file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def refusal(text: str) -> PackFault:
    with pytest.raises(PackFault) as refused:
        parse_pack(text, FILE)
    return refused.value


@dataclass(frozen=True)
class Wrong:
    """A pack with one fault."""

    key: str
    why: str
    rule: dict[str, Any] | None = None
    pack: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        return a_text(a_rule(**self.rule or {}), **self.pack or {})

    def __str__(self) -> str:
        return f"{self.key}: {self.why}"


def of_rule(key: str, why: str, **rule: Any) -> Wrong:
    return Wrong(f"rule[0].{key}", why, rule=rule)


def of_pack(key: str, why: str, **pack: Any) -> Wrong:
    return Wrong(key, why, pack=pack)


def of_cycle(key: str, why: str, **cycle: Any) -> Wrong:
    return Wrong(f"cycle.{key}", why, pack={"cycle": CYCLE | cycle})


def of_case(key: str, why: str, *, cycle: Any = CYCLE, **case: Any) -> Wrong:
    return Wrong(f"case[0].{key}", why, pack={"cycle": cycle, "case": [{"says": "so"} | case]})


def bands(*steps: list[Any], unit: str = "CE hour") -> dict[str, Any]:
    return {"steps": list(steps), "unit": unit}


SOURCE = {"address": "urn:x", "clause": "1", "checked": date(2026, 1, 1), "confidence": "ours"}

FAULTS = [
    # shapes
    of_pack("surprise", "No such key", surprise=1),
    of_rule("surprise", "No such key", surprise=1),
    of_rule("needs.surprise", "No such key", needs={"surprise": True}),
    of_rule("rounding.surprise", "No such key", rounding={"surprise": True}),
    of_pack("cycle.surprise", "No such key", cycle={"unit": "hour", "surprise": 1}),
    of_pack("case[0].surprise", "No such key", case=[{"says": "so", "surprise": 1}]),
    of_rule("minutes_per_unit", "Expected `int | null`, got `str`", minutes_per_unit="sixty"),
    of_rule("credit_kind", "Invalid enum value 'CEU'", credit_kind="CEU"),
    of_rule(
        "rounding.direction",
        "Invalid enum value 'sideways'",
        rounding={"step": 1, "direction": "sideways"},
    ),
    of_rule("share", "Invalid enum value 'lion'", share="lion"),
    of_pack("", "Object missing required field `name`", name=None),
    of_pack("source", "Object missing required field `clause`", source=SOURCE | {"clause": None}),
    of_pack("effective_from", "Expected `date | null`, got `str`", effective_from="soon"),
    of_pack(
        "effective_from",
        "Expected `date | null`, got `datetime`",
        effective_from=Bare("2026-03-02T10:00:00Z"),
    ),
    # the pack
    of_pack("format", "This reader knows format 1", format=2),
    of_pack("id", NAME, id="US California"),
    of_pack("id", NAME, id="us--ca"),
    of_pack("version", "Versions count from 1", version=0),
    of_pack(
        "effective_until",
        "Lies before effective_from",
        effective_from=date(2026, 2, 2),
        effective_until=date(2026, 2, 1),
    ),
    of_pack("source.address", "Say where the text was read", source=SOURCE | {"address": "x"}),
    of_pack(
        "source.clause", "Say which clause, or where it stands", source=SOURCE | {"clause": " "}
    ),
    of_pack("rule", "A pack has a rule or more", rule=[]),
    of_pack("rule", "Two rules are called hours", rule=[a_rule(), a_rule()]),
    # its rules
    of_rule("id", NAME, id="Hours"),
    of_rule("unit", UNIT, unit="CEU"),
    of_rule("unit", UNIT, unit=" "),
    of_rule("minutes_per_unit", MUST_BE_ONE, minutes_per_unit=0),
    of_rule("instruction_minutes_per_unit", MUST_BE_ONE, instruction_minutes_per_unit=0),
    of_rule("half_share_up_to", MUST_BE_ONE, share="equal", half_share_up_to=0),
    of_rule("half_share_up_to", 'Goes with share = "equal" only', half_share_up_to=4),
    of_rule(
        "rounding.step", "A step is more than nothing", rounding={"step": 0, "direction": "up"}
    ),
    of_rule(
        "rounding.step", "A step is more than nothing", rounding={"step": -1, "direction": "up"}
    ),
    of_rule("attendance.minimum_minutes", NEVER, attendance={"minimum_minutes": -1}),
    of_rule(
        "attendance.minimum_meeting_minutes", NEVER, attendance={"minimum_meeting_minutes": -1}
    ),
    of_rule(
        "attendance.late_or_early_minutes",
        NEVER,
        attendance={"whole": True, "late_or_early_minutes": -1},
    ),
    of_rule("attendance.absence_minutes", NEVER, attendance={"whole": True, "absence_minutes": -1}),
    of_rule(
        "attendance.late_or_early_minutes",
        "Goes with whole = true only",
        attendance={"late_or_early_minutes": 15},
    ),
    of_rule(
        "attendance.absence_minutes",
        "Goes with whole = true only",
        attendance={"absence_minutes": 0},
    ),
    of_rule("group.max", "Less than group.min", group={"min": 4, "max": 3}),
    of_rule("group.min", MUST_BE_ONE, group={"min": 0}),
    of_rule("group.max", MUST_BE_ONE, group={"max": 0}),
    of_rule("group.others_min", MUST_BE_ONE, group={"others_min": 0}),
    of_rule(
        "group.others_professions",
        "Say how many with others_min",
        group={"others_professions": ["x"]},
    ),
    of_rule(
        "needs.approved_by",
        "Goes with approved_provider = true only",
        needs={"approved_by": ["ASWB"]},
    ),
    of_rule(
        "needs.approved_by_spelled",
        "Goes with approved_by only",
        needs={"approved_provider": True, "approved_by_spelled": ["Board of Lamps"]},
    ),
    of_rule(
        "needs.approved_by_unknown",
        "Goes with approved_provider = true only",
        needs={"approved_by_unknown": True},
    ),
    of_rule("needs.evaluation_within_hours", "Is 1 to 10000", needs={"evaluation_within_hours": 0}),
    of_rule(
        "needs.evaluation_within_hours", "Is 1 to 10000", needs={"evaluation_within_hours": 10_001}
    ),
    of_rule(
        "group.max",
        "Leaves no room for group.others_min and the member",
        group={"others_min": 3, "max": 3},
    ),
    of_rule("bands.steps", "The first band is worth more than nothing", bands=bands([7, -1])),
    of_rule(
        "bands.steps", "The first band is worth more than nothing", bands=bands([7, 0], [8, 1])
    ),
    of_rule("bands.steps", "The first band begins above nothing", bands=bands()),
    of_rule("bands.steps", "The first band begins above nothing", bands=bands([0, 1])),
    of_rule("bands.steps", "The first band begins above nothing", bands=bands([0, 1], [7, 2])),
    of_cycle(
        "first",
        "Say one of per_month, required, exempt and prorated",
        first={"exempt": True, "prorated": True},
    ),
    of_rule("bands.steps", "Band 7 does not rise above band 7", bands=bands([7, 1], [7, 2])),
    of_rule("bands.steps", "Band 14 does not rise above band 7", bands=bands([7, 1], [14, 1])),
    of_rule(
        "bands.steps",
        "Band 9 does not rise above band 14",
        bands=bands([7, 1], [14, 2], [9, 3]),
    ),
    of_rule("bands.unit", UNIT, bands=bands([7, 1], unit="CEUs")),
    # the cycle
    of_cycle("unit", UNIT, unit="c.e.u."),
    of_cycle("distinct_categories", MUST_BE_ONE, distinct_categories=0),
    of_cycle("categories", "Goes with distinct_categories only", categories=[["Talks"]]),
    of_cycle(
        "categories",
        "Name each category, the body's own name first",
        distinct_categories=1,
        categories=[["Talks"], []],
    ),
    of_cycle(
        "categories",
        "Name each category, the body's own name first",
        distinct_categories=1,
        categories=[["Talks", " "]],
    ),
    of_cycle("months", MONTHS, months=0),
    of_cycle("months", MONTHS, months=121),
    of_cycle("begins", "No such day; write month and day, such as 12-01", begins="1 December"),
    of_cycle("begins", "No such day; write month and day, such as 12-01", begins="13-01"),
    of_cycle("begins", "No such day; write month and day, such as 12-01", begins="02-30"),
    of_cycle("begins", "No such day; write month and day, such as 12-01", begins="02-00"),
    of_cycle("begins_in_year", "Goes with begins only", begins_in_year=2025),
    of_cycle("required", NEVER, required=-1),
    of_cycle("carry_over", NEVER, carry_over=-1),
    of_cycle("carry_over_from_last_months", MONTHS, carry_over_from_last_months=0),
    of_cycle("carry_over_from_last_months", MONTHS, carry_over_from_last_months=121),
    of_cycle("first", "Say one of per_month, required, exempt and prorated", first={}),
    of_cycle(
        "first", "Say one of per_month, required, exempt and prorated", first={"exempt": False}
    ),
    of_cycle(
        "first",
        "Say one of per_month, required, exempt and prorated",
        first={"exempt": True, "required": 0},
    ),
    of_cycle("first.per_month", NEVER, first={"per_month": -1}),
    of_cycle("first.required", NEVER, first={"required": -1}),
    of_cycle("begins_in_year", "No such year", begins="01-01", begins_in_year=0),
    of_cycle("begins_in_year", "No such year", begins="01-01", begins_in_year=2150),
    of_cycle("not_in_total.rules", "The pack has no rule other", not_in_total={"rules": ["other"]}),
    of_cycle(
        "categories[1]",
        "Two categories are called 'Peer  GROUP'",
        distinct_categories=2,
        categories=[["Groups", "Peer group"], ["Peer  GROUP"]],
    ),
    # caps and floors
    of_pack("cycle", "Caps and floors need a cycle, if only for its unit", cap=[A_CAP]),
    of_pack("cycle", "Caps and floors need a cycle, if only for its unit", floor=[A_FLOOR]),
    of_pack("cap[0].at_most", NEVER, cycle=CYCLE, cap=[A_CAP | {"at_most": -1}]),
    of_pack(
        "cap[1].of.rules",
        "The pack has no rule other",
        cycle=CYCLE,
        cap=[A_CAP, A_CAP | {"of": {"rules": ["hours", "other"]}}],
    ),
    of_pack(
        "floor[0].at_least", "Is more than nothing", cycle=CYCLE, floor=[A_FLOOR | {"at_least": 0}]
    ),
    of_pack(
        "floor[0].of.rules",
        "The pack has no rule other",
        cycle=CYCLE,
        floor=[A_FLOOR | {"of": {"rules": ["other"]}}],
    ),
    of_pack(
        "floor[0].at_least",
        "More than the cap 'Peers' allows",
        cycle=CYCLE,
        cap=[A_CAP],
        floor=[A_FLOOR | {"at_least": Decimal("1.01")}],
    ),
    # cases
    of_case("day", "No such day; write it such as 2026-03-02", day="2026-02-30"),
    of_case("day", "No such day; write it such as 2026-03-02", day="20260302"),
    of_case("day", "No such day; write it such as 2026-03-02", day="2150-01-01"),
    of_case("day", "No such day; write it such as 2026-03-02", day="1999-12-31"),
    of_pack("effective_from", "No such year", effective_from=date(2150, 1, 1)),
    of_pack("effective_from", "No such year", effective_from=date(1999, 12, 31)),
    of_pack("effective_until", "No such year", effective_until=date(2150, 1, 1)),
    of_pack("source.checked", "No such year", source=SOURCE | {"checked": date(9999, 1, 1)}),
    of_pack("effective_from", "Expected `date | null`, got `str`", effective_from="2026-01-01"),
    of_pack("source.checked", "Expected `date`, got `str`", source=SOURCE | {"checked": "2026"}),
    # names
    of_pack("name", EMPTY, name=" "),
    of_pack("professions[1]", EMPTY, professions=["psychology", ""]),
    of_rule("name", EMPTY, name=""),
    of_rule("evidence[0]", EMPTY, evidence=[" "]),
    of_pack("cap[0].name", EMPTY, cycle=CYCLE, cap=[A_CAP | {"name": ""}]),
    of_pack("floor[0].name", EMPTY, cycle=CYCLE, floor=[A_FLOOR | {"name": ""}]),
    of_pack(
        "floor[0].of.title_contains[0]",
        EMPTY,
        cycle=CYCLE,
        floor=[A_FLOOR | {"of": {"title_contains": [""]}}],
    ),
    of_rule("needs.approved_by[0]", EMPTY, needs={"approved_provider": True, "approved_by": [""]}),
    *(
        of_case(key, "Is 0 to 10000", **{key: wrong})
        for key in (
            "minutes",
            "late_minutes",
            "absent_minutes",
            "own_minutes",
            "people",
            "evaluated_after_hours",
            "instruction_minutes",
            "series_parts",
            "series_attended",
        )
        for wrong in (-1, 10_001)
    ),
    of_case("meeting_minutes", "Is 1 to 10000", meeting_minutes=0),
    of_case("meeting_minutes", "Is 1 to 10000", meeting_minutes=10_001),
    *(
        of_case(
            f"past[1].{key}", f"Is 0 to {most}", past=[A_PAST, A_PAST | {key: wrong}], counted=1
        )
        for key, most in (("times", 1_000), ("every_days", 1_000), ("after_days", 10_000))
        for wrong in (-1, most + 1)
    ),
    of_case("first_cycle_months", MONTHS, first_cycle_months=0),
    of_case("first_cycle_months", MONTHS, first_cycle_months=121),
    of_case("past", SAY, past=[A_PAST]),
    of_case("past", "The pack has no cycle", cycle=None, past=[A_PAST], counted=1),
    of_case(
        "past",
        "Goes without gives, would_give and missing; make two cases",
        past=[A_PAST],
        counted=1,
        gives={"hours": 1},
    ),
    of_case(
        "past",
        "Goes without gives, would_give and missing; make two cases",
        past=[A_PAST],
        counted=1,
        missing={"hours": []},
    ),
    *(of_case(key, "Goes with past only", **{key: 1}) for key in ("counted", "cut", "required")),
    of_case("short", "Goes with past only", short=[]),
    of_case("categories_short", "Goes with past only", categories_short=1),
    of_case("categories_short", "Is 0 to 10000", past=[A_PAST], categories_short=-1),
    of_case("categories_short", "Is 0 to 10000", past=[A_PAST], categories_short=10_001),
    of_case("cut", "Goes with past only", required=1, cut=1),
    of_case(
        "past",
        "Goes without gives, would_give and missing; make two cases",
        past=[A_PAST],
        counted=1,
        would_give={"hours": 1},
    ),
    of_case("gives", "The pack has no rule other", gives={"hours": 1, "other": 1}),
    of_case("missing", "The pack has no rule other", missing={"other": []}),
    of_case(
        "past[1].rule",
        "The pack has no rule other",
        past=[A_PAST, A_PAST | {"rule": "other"}],
        counted=1,
    ),
    # amounts
    *(
        of_cycle("required", ABSURD, required=Bare(text))
        for text in ("nan", "-inf", "1e99999999999999999999", "1000000.5", "0.0000001", "-1e9")
    ),
    of_cycle("first.per_month", ABSURD, first={"per_month": "NaN"}),
    of_rule("rounding.step", ABSURD, rounding={"step": "inf", "direction": "up"}),
    of_rule("bands.steps[1][0]", ABSURD, bands=bands([7, 1], ["nan", 2])),
    of_pack("cap[0].at_most", ABSURD, cycle=CYCLE, cap=[A_CAP | {"at_most": 1_000_001}]),
    of_case("gives.hours", ABSURD, gives={"hours": "inf"}),
]


@pytest.mark.parametrize("wrong", FAULTS, ids=str)
def test_a_faulty_pack_is_refused_by_file_line_and_key(wrong: Wrong) -> None:
    said = refusal(wrong.text)
    top = wrong.key.split("[")[0].split(".")[0]
    lines = wrong.text.splitlines()
    line = next((n for n, text in enumerate(lines, 1) if top and text.startswith(f"{top} ")), 1)
    assert said.facts == {"where": FILE, "line": line, "key": wrong.key}
    key = f" {wrong.key}:" if wrong.key else ""
    assert str(said) == f"{FILE}, line {line}:{key} {wrong.why}."
    assert said.code == "rules.file_fault"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("format = 1\nid = \n", 2, "Invalid value"),
        ("format = 1\nformat = 1\n", 2, "Cannot overwrite a value"),
        ("a = 1\nb = 2026-02-30\n", 2, "Invalid date or datetime"),
        ("a = 1\nb = 'open", 2, 'Expected "\'" (at end of document)'),
        ("a = " + "[" * 5000, 1, ""),
        ("a = " + "9" * 5000, 1, ""),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    refused = refusal(text)
    assert refused.facts == {"where": FILE, "line": line, "key": ""}
    assert str(refused).startswith(f"{FILE}, line {line}: {said}")
    assert str(refused).endswith(".")


def test_numbers_as_large_as_amounts_may_be_are_read_exactly() -> None:
    for text in ("1000000", "0.000001", "0", "0.1"):
        pack = parse_pack(a_text(cycle=CYCLE | {"required": Bare(text)}), FILE)
        assert pack.cycle is not None
        assert pack.cycle.required == Decimal(text)


# What is right


def test_of_several_absurd_amounts_the_first_is_named() -> None:
    absurd = CYCLE | {"required": 10**7, "carry_over": 10**7}
    assert refusal(a_text(cycle=absurd)).facts["key"] == "cycle.required"


def test_boundaries_that_are_still_right() -> None:
    for begins in ("12-01", "01-31", "02-29"):
        with_cycle(cycle={"begins": begins})
    for first in ({"prorated": True}, {"exempt": True}, {"per_month": 0}, {"required": 0}):
        with_cycle(cycle={"first": first})
    a_pack(a_rule(bands=bands([1, 1])))
    with_cycle(case=[{"says": "so", "past": [A_PAST], "counted": 1, "first_cycle_months": 1}])
    a_pack(a_rule(bands=bands([Decimal("0.5"), 1])))
    a_pack(
        a_rule(
            minutes_per_unit=1,
            instruction_minutes_per_unit=1,
            share="equal",
            half_share_up_to=1,
            attendance={
                "whole": True,
                "late_or_early_minutes": 0,
                "absence_minutes": 0,
                "minimum_minutes": 0,
                "minimum_meeting_minutes": 0,
            },
            group={"min": 3, "max": 3},
            needs={"evaluation_within_hours": 1},
        ),
        effective_from=date(2026, 2, 1),
        effective_until=date(2026, 2, 1),
        cycle=CYCLE
        | {
            "months": 120,
            "begins": "02-29",
            "begins_in_year": 2024,
            "required": 0,
            "carry_over": 0,
            "carry_over_from_last_months": 120,
            "first": {"required": 0},
        },
        cap=[
            A_CAP | {"at_most": 0, "per": "day"},
            A_CAP,
            A_CAP | {"at_most": 0, "of": {"live": True}},
        ],
        floor=[A_FLOOR, A_FLOOR | {"at_least": 2, "outside": "on paper only"}],
        case=[
            {"says": "so", "day": "2000-01-01"},
            {"says": "so", "day": "2149-12-31", "past": [BIG], "counted": 1000},
            {"says": "so", "day": "2024-02-29", "meeting_minutes": 1, "minutes": 10_000},
            {"says": "so", "past": [A_PAST | {"times": 0}], "short": [], "first_cycle_months": 120},
        ],
    )
    with_cycle(cycle={"months": 1, "carry_over_from_last_months": 1, "distinct_categories": 1})
    a_pack(a_rule(group={"min": 1, "max": 2, "others_min": 1}))
    a_pack(a_rule(group={"max": 1, "others_min": 1, "leader_counts": False}))  # one of them leads


def test_an_amount_is_what_the_file_says_to_the_last_digit() -> None:
    pack = a_pack(a_rule(rounding={"step": Decimal("0.1"), "direction": "nearest"}))
    assert pack.rules[0].rounding is not None
    assert pack.rules[0].rounding.step == Decimal("0.1")


def test_a_rule_without_a_clause_has_that_of_its_pack() -> None:
    pack = a_pack(a_rule(), a_rule(id="talks", clause="§ 9"))
    assert [rule.clause for rule in pack.rules] == ["§ 1", "§ 9"]


def test_what_a_file_does_not_say_is_unknown_or_the_usual() -> None:
    (rule,) = a_pack(a_rule(minutes_per_unit=None)).rules
    assert rule.minutes_per_unit is None
    assert (rule.rounding, rule.bands, rule.repeat) == (None, None, None)
    assert (rule.counts, rule.share, rule.counts_in_total) == (Counts.MINUTES, Share.ALL, True)
    assert (rule.attendance, rule.group) == (AttendanceRule(), GroupRule())
    pack = a_pack()
    assert (pack.jurisdiction, pack.cycle, pack.caps, pack.floors, pack.cases) == (
        None,
        None,
        (),
        (),
        (),
    )


def test_every_word_of_the_language_is_read() -> None:
    words: list[tuple[type[StrEnum], str]] = [
        (CreditKind, "credit_kind"),
        (Counts, "counts"),
        (Share, "share"),
        (Repeat, "repeat"),
    ]
    for kind, key in words:
        for word in kind:
            assert getattr(a_pack(a_rule(**{key: word.value})).rules[0], key) is word
    for direction in Direction:
        (rule,) = a_pack(a_rule(rounding={"step": 1, "direction": direction.value})).rules
        assert rule.rounding is not None
        assert rule.rounding.direction is direction
    for key, word in (
        *(("post_test", each) for each in PostTest),
        *(("strength", each) for each in EvidenceStrength),
    ):
        (rule,) = a_pack(a_rule(needs={key: word.value})).rules
        assert getattr(rule.needs, key) is word
    (rule,) = a_pack(a_rule(needs={"modalities": [each.value for each in Modality]})).rules
    assert rule.needs.modalities == tuple(Modality)
    for per in Per:
        assert with_cycle(cap=[A_CAP | {"per": per.value}]).caps[0].per is per
    for body in BodyKind:
        assert a_pack(kind=body.value).kind is body
    for confidence in Confidence:
        source = a_pack(source=SOURCE | {"confidence": confidence.value}).source
        assert source.confidence is confidence


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused = refusal(text)
    assert refused.facts["where"] == FILE


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.sampled_from(["nan", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "step", "rules", "of", "unit"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["format", "id", "source", "rule", "cycle", "cap", "floor", "case", "effective_from"]


@given(st.sampled_from(KEYS), junk)
def test_any_value_in_place_of_another_is_read_or_refused(key: str, value: Any) -> None:
    text = a_text(**{key: value})
    try:
        tomllib.loads(text)
        parse_pack(text, FILE)
    except (tomllib.TOMLDecodeError, PackFault):
        pass
