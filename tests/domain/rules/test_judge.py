"""One attendance, every rule of a pack: nothing twice, nothing for nothing, always explained."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import intervals as time
from domain.meetings.presence import Source, Stay, minutes_present
from domain.rules.explain import Missing
from domain.rules.facts import Attendance
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.values import Interval
from tests.domain.rules.made import (
    COUNSELOR,
    PSYCHOLOGIST,
    STRANGER,
    a_pack,
    a_rule,
    attended,
    judged,
    these,
)
from tests.domain.strategies import intervals, many_intervals
from tests.support.builders import span

WINDOW = span(0, 90)
some = settings(max_examples=40)  # each draws whole packs
OWN_FIRST = a_pack(
    a_rule(id="own", share="own presentation"),
    a_rule(id="whole", attendance={"whole": True, "late_or_early_minutes": 10}),
    a_rule(id="rest"),
)

roundings = st.none() | st.fixed_dictionaries(
    {
        "step": st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal(1)]),
        "direction": st.sampled_from(["down", "nearest", "up"]),
    }
)
tolerances = st.none() | st.integers(0, 40)
attendance_rules = st.fixed_dictionaries(
    {}, optional={"minimum_minutes": st.integers(0, 90), "minimum_meeting_minutes": st.just(60)}
) | st.fixed_dictionaries(
    {"whole": st.just(True), "late_or_early_minutes": tolerances, "absence_minutes": tolerances}
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Return any rule that the minutes of a meeting decide about."""
    share = draw(st.sampled_from(["all", "own presentation", "equal"]))
    return a_rule(
        id=f"rule{draw(st.integers(0, 10**9))}",
        minutes_per_unit=draw(st.sampled_from([None, 1, 50, 60, 600])),
        instruction_minutes_per_unit=draw(st.sampled_from([None, 50])),
        counts=draw(st.sampled_from(["minutes", "meetings"])),
        share=share,
        half_share_up_to=draw(st.none() | st.integers(1, 5)) if share == "equal" else None,
        rounding=draw(roundings),
        attendance=draw(attendance_rules),
    )


Licence = bool | None  # held, not held, nobody knows
packs = st.lists(rules(), min_size=1, max_size=3, unique_by=lambda rule: rule["id"]).map(
    lambda drawn: a_pack(*drawn)
)


def facts(present: list[Interval], **changes: Any) -> Attendance:
    """Return an attendance whose presence lies inside the meeting."""
    inside = tuple(time.clipped(present, WINDOW))
    known = {"own": (span(10, 30), span(60, 70)), "instruction_minutes": 80}
    return replace_present(attended(**known | changes), inside)


def replace_present(attendance: Attendance, present: tuple[Interval, ...]) -> Attendance:
    values = {name: getattr(attendance, name) for name in attendance.__struct_fields__}
    return Attendance(**values | {"present": present})


def answers(pack: Pack, attendance: Attendance) -> list[Judgement]:
    return judge(pack, attendance, licence_held=True)


# Examples


def test_what_one_rule_credits_is_gone_for_the_next() -> None:
    own, whole, rest = answers(OWN_FIRST, attended(own=(span(10, 30),)))
    assert (own.minutes, own.intervals) == (20, (span(10, 30),))
    assert (whole.minutes, whole.amount) == (63, Decimal("1.05"))
    codes = [each.code for each in whole.steps]
    assert codes == ["minutes.left", "unit.divided", "more.minutes"]
    assert whole.steps[-1].sentence == "From start to end it would be 1.16.", "70 minutes were left"
    assert whole.steps[0].sentence == (
        "63 of 83 minutes of presence count; the others are credited already."
    )
    assert whole.steps[0].values == {"minutes": "63", "present": "83"}
    assert these(rest.amount, [each.code for each in rest.missing]) == (0, ["minutes.none"])
    assert rest.intervals == ()


def test_forgiven_minutes_are_credited_once_whichever_meeting_comes_first() -> None:
    pack = a_pack(a_rule(attendance={"whole": True, "late_or_early_minutes": 10}))
    late = attended(span(5, 60), scheduled=span(0, 60))
    before = attended(span(-55, 5), scheduled=span(-55, 5))
    (first,) = judge(pack, late, licence_held=True)
    assert these(first.amount, first.minutes, first.intervals) == (1, 55, (span(0, 60),))
    (second,) = judge(pack, before, licence_held=True, taken=first.intervals)
    assert these(second.minutes, second.intervals) == (55, (span(-55, 0),))
    assert second.amount == Decimal("0.91")
    (first,) = judge(pack, before, licence_held=True)
    (second,) = judge(pack, late, licence_held=True, taken=first.intervals)
    assert these(first.amount, second.amount) == (1, Decimal("0.91"))
    assert second.intervals == (span(5, 60),)


def test_a_rule_that_credits_nothing_takes_no_minutes() -> None:
    own, whole, rest = answers(OWN_FIRST, attended(span(20, 83), own=()))
    assert [own.may_be_credited, whole.may_be_credited] == [False, False]
    assert whole.amount == Decimal("1.5")  # what it would come to
    assert (rest.minutes, rest.amount) == (63, Decimal("1.05"))


def test_an_amount_of_nothing_takes_no_minutes() -> None:
    down = a_rule(id="down", rounding={"step": 2, "direction": "down"})
    nothing, rest = answers(a_pack(down, a_rule()), attended())
    assert these(nothing.amount, nothing.may_be_credited) == (0, False)
    assert rest.minutes == 83


@pytest.mark.parametrize(
    ("rule", "facts", "needed", "values"),
    [
        pytest.param(
            {"rounding": {"step": 1, "direction": "down"}},
            {"present": (span(0, 59),)},
            "From 60 minutes on it would be 1.",
            {"minutes": "60", "amount": "1"},
            id="who left too early",
        ),
        pytest.param(
            {"rounding": {"step": 2, "direction": "down"}},
            {},
            "A longer meeting would count.",
            {},
            id="who stayed",
        ),
        pytest.param(
            {"share": "own presentation", "rounding": {"step": 1, "direction": "down"}},
            {"own": (span(0, 20),)},
            "More time on your own practice would count.",
            {},
            id="whose own practice took little",
        ),
        pytest.param(
            {"instruction_minutes_per_unit": 50},
            {"instruction_minutes": 0},
            "More minutes of instruction would count.",
            {},
            id="where nobody taught",
        ),
    ],
)
def test_an_hour_that_comes_to_nothing_says_what_would_come_to_something(
    rule: dict[str, object], facts: dict[str, object], needed: str, values: dict[str, str]
) -> None:
    judgement = judged(a_rule(**rule, clause="§ 7"), attended(**facts))
    assert judgement.amount == 0
    assert judgement.missing == (
        Missing(
            "amount.nothing",
            "Every condition is met, but it is less than the least that counts.",
            "§ 7",
            needed,
            values,
        ),
    )


def test_what_else_is_in_the_way_is_told_instead_of_the_least_that_counts() -> None:
    down = {"step": 1, "direction": "down"}
    rule = a_rule(rounding=down, attendance={"minimum_minutes": 60})
    judgement = judged(rule, attended(span(0, 59)))
    assert [each.code for each in judgement.missing] == ["minutes.too_few"]
    assert [each.code for each in judged(rule, attended(present=())).missing] == ["minutes.none"]


def test_time_that_another_meeting_uses_is_not_free() -> None:
    pack = a_pack()
    taken = [span(60, 100), span(-20, 10)]
    (found,) = judge(pack, attended(), licence_held=True, taken=taken)
    assert (found.minutes, found.intervals) == (50, (span(10, 60),))
    assert found.steps[0].code == "minutes.left"


def test_presence_is_joined_before_it_counts() -> None:
    found = judged(a_rule(), attended(span(40, 80), span(0, 50), span(10, 20)))
    assert (found.minutes, found.intervals) == (80, (span(0, 80),))


def test_a_pack_is_about_some_licences() -> None:
    pack = a_pack(jurisdiction="US-CA", professions=["psychology", "mft"])
    assert pack.is_about("mft", "US-CA")
    assert not pack.is_about("mft", "US-MD")
    assert not pack.is_about("counseling", "US-CA")
    assert a_pack().is_about("anything", "anywhere")
    assert a_pack(professions=["mft"]).is_about("mft", "anywhere")
    assert not a_pack(professions=["mft"]).is_about("counseling", "anywhere")


def test_a_countrys_regulator_speaks_for_its_parts_and_nobody_else_does() -> None:
    board = a_pack(jurisdiction="AU", professions=["psychology"], kind="regulator")
    assert board.is_about("psychology", "AU")
    assert board.is_about("psychology", "AU-VIC")
    assert not board.is_about("counseling", "AU-VIC")
    assert not board.is_about("psychology", "NZ")
    assert not board.is_about("psychology", "AUX")
    assert not a_pack(jurisdiction="AU-VIC", kind="regulator").is_about("psychology", "AU")
    assert not a_pack(jurisdiction="AU", kind="association").is_about("psychology", "AU-VIC")


@pytest.mark.parametrize(("day", "told"), [(1, False), (2, True), (3, True), (4, False)], ids=str)
def test_a_version_is_in_force_from_its_first_to_its_last_day(day: int, *, told: bool) -> None:
    pack = a_pack(effective_from=date(2026, 3, 2), effective_until=date(2026, 3, 3))
    assert pack.in_force_on(date(2026, 3, day)) is told


def test_a_rule_is_found_by_its_name() -> None:
    pack = a_pack(a_rule(), a_rule(id="more"))
    assert pack.rule("more") is pack.rules[1]
    assert pack.rule("other") is None


def test_every_step_has_a_code_and_a_used_clause_is_named() -> None:
    rule = a_rule(
        share="equal",
        half_share_up_to=4,
        instruction_minutes_per_unit=50,
        rounding={"step": Decimal("0.25"), "direction": "down"},
    )
    steps = judged(rule, attended(span(0, 30), instruction_minutes=90)).steps
    assert [(each.code, each.clause) for each in steps] == [
        ("minutes.present", ""),
        ("share.equal", "§ 1"),
        ("share.presence", ""),
        ("unit.instruction", "§ 1"),
        ("unit.divided", "§ 1"),
        ("rounding.applied", "§ 1"),
        ("more.minutes", "§ 1"),
    ]


# Properties


@some
@given(packs, many_intervals(), st.randoms(use_true_random=False))
def test_the_order_of_stays_does_not_matter(
    pack: Pack, present: list[Interval], chance: random.Random
) -> None:
    shuffled = chance.sample(present, len(present))
    base = facts([])
    ordered = replace_present(base, tuple(time.clipped(present, WINDOW)))
    raw = tuple(part for each in shuffled if (part := each.clipped_to(WINDOW)) is not None)
    assert answers(pack, replace_present(base, raw)) == answers(pack, ordered)


@some
@given(packs, intervals(), st.floats(0, 1))
def test_splitting_a_stay_changes_nothing(pack: Pack, stay: Interval, where: float) -> None:
    inside = stay.clipped_to(WINDOW)
    if inside is None:
        return
    middle = inside.from_at + inside.length * where
    if not inside.from_at < middle < inside.to_at:
        return
    halves = (Interval(middle, inside.to_at), Interval(inside.from_at, middle))
    base = facts([])
    assert answers(pack, replace_present(base, halves)) == answers(
        pack, replace_present(base, (inside,))
    )


@some
@given(packs, many_intervals(), st.data())
def test_a_second_device_changes_nothing(
    pack: Pack, present: list[Interval], data: st.DataObject
) -> None:
    devices = [Source.DOOR_CODE, Source.ZOOM]
    stays = [Stay(each, devices[0]) for each in present]
    again = [Stay(each, devices[1]) for each in present if data.draw(st.booleans())]
    one, two = (minutes_present(each, WINDOW) for each in (stays, stays + again))
    assert answers(pack, facts(list(one.intervals))) == answers(pack, facts(list(two.intervals)))


@some
@given(packs, many_intervals(), many_intervals())
def test_no_minute_is_credited_twice(
    pack: Pack, present: list[Interval], taken: list[Interval]
) -> None:
    attendance = facts(present)
    found = judge(pack, attendance, licence_held=True, taken=taken)
    credited = [each.intervals for each in found if each.may_be_credited]
    for one, other in combinations(credited, 2):
        assert time.common(one, other) == []
    free = time.without([attendance.scheduled], taken)
    together = [part for each in credited for part in each]
    assert time.common(together, free) == time.union(together)
    assert sum(time.minutes(each) for each in credited) <= time.minutes(free)
    for each in found:
        whole = each.rule.attendance.whole and each.intervals == (attendance.scheduled,)
        used = attendance.present if whole else each.intervals
        assert each.minutes == time.minutes(time.common(each.intervals, used))
        assert each.amount >= 0
        assert list(each.intervals) == time.union(each.intervals)


@some
@given(rules(), many_intervals(), many_intervals(), st.integers(0, 5))
def test_nobody_earns_more_under_a_rule_by_being_there_less(
    rule: dict[str, Any], present: list[Interval], gone: list[Interval], others: int
) -> None:
    def credited(there: list[Interval]) -> Decimal:
        (found,) = answers(pack, facts(there, others=(COUNSELOR,) * others))
        return found.amount if found.may_be_credited else Decimal(0)

    pack = a_pack(rule)
    assert credited(time.without(present, gone)) <= credited(present)


@given(st.integers(2, 60), st.integers(1, 30), tolerances, tolerances)
def test_looking_in_never_costs_a_whole_meeting(
    begins: int, lasts: int, late: int | None, absent: int | None
) -> None:
    """A minute more at the start, before arriving late, is never less credit."""
    stay = span(begins, begins + lasts)
    tolerated = {"whole": True, "late_or_early_minutes": late, "absence_minutes": absent}
    pack = a_pack(a_rule(attendance=tolerated))
    (alone,) = answers(pack, facts([stay]))
    (more,) = answers(pack, facts([span(0, 1), stay]))
    assert alone.may_be_credited <= more.may_be_credited


@some
@given(packs, many_intervals())
def test_what_is_not_rounded_up_is_never_more_than_was_there(
    pack: Pack, present: list[Interval]
) -> None:
    for found in answers(pack, facts(present)):
        rule = found.rule
        exact = rule.rounding is None or rule.rounding.direction == "down"
        if exact and rule.minutes_per_unit and rule.counts == "minutes":
            most = 90 if rule.attendance.whole else found.minutes
            assert found.amount * rule.minutes_per_unit <= most


@some
@given(packs, many_intervals(), st.none() | st.booleans())
def test_every_answer_is_explained(pack: Pack, present: list[Interval], licence: Licence) -> None:
    for found in judge(pack, facts(present, own=None), licence_held=licence):
        assert found.steps
        assert found.missing or found.amount > 0, "nothing comes of nothing without a reason"
        said = [(each.code, each.sentence) for each in found.steps]
        said += [(each.code, each.sentence) for each in found.missing]
        for code, sentence in said:
            assert code.count(".") in {1, 2}
            assert sentence.endswith(".")
            assert sentence[0].isupper() or sentence[0].isdigit()


@some
@given(st.permutations([COUNSELOR, PSYCHOLOGIST, STRANGER, COUNSELOR]), packs)
def test_the_order_of_the_others_does_not_matter(others: list[Any], pack: Pack) -> None:
    usual = facts([span(0, 80)], others=(COUNSELOR, PSYCHOLOGIST, STRANGER, COUNSELOR))
    assert answers(pack, facts([span(0, 80)], others=tuple(others))) == answers(pack, usual)
