"""What holds for every pack that ships, whatever its text says: of minutes, caps and sums."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import intervals as time
from domain.meetings.presence import Source, Stay, minutes_present
from domain.rules.account import account
from domain.rules.checking import attendance_of
from domain.rules.cycles import Window, months_after
from domain.rules.entries import Entry, in_total, is_about
from domain.rules.facts import Attendance
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.rules.spans import span_of
from domain.rules.worked_cases import Case
from domain.values import Interval, Modality
from infra.rule_files import load_rules
from tests.support.builders import SIX_PM

BOOK: Final = load_rules()
IN_FORCE: Final = sorted({pack.id for pack in BOOK.packs})
FEW: Final = settings(max_examples=12)  # for each of half a hundred packs
MINUTES: Final = 90
STARTS: Final = date(2026, 1, 1)

every_pack = pytest.mark.parametrize("pack_id", IN_FORCE)


def newest(pack_id: str) -> Pack:
    pack = BOOK.newest(pack_id)
    assert pack is not None
    return pack


@st.composite
def stays(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Return from which to which minute somebody was there; stays may overlap and stick out."""
    found = draw(st.lists(st.tuples(st.integers(-10, 89), st.integers(1, 100)), max_size=4))
    return [(begins, begins + lasts) for begins, lasts in found]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a meeting that most texts would credit, with what they ask for now and then changed."""
    return Case(
        says="A meeting",
        meeting_minutes=MINUTES,
        people=draw(st.sampled_from([4, 4, 4, 1, 2, 6, 9])),
        modality=draw(st.sampled_from([Modality.IN_ROOM, Modality.LIVE_VIDEO])),
        supervisor=draw(st.booleans()),
        facilitated=draw(st.booleans()),
        approved_by=draw(st.sampled_from([None, None, ()])),
        instruction_minutes=draw(st.sampled_from([90, 60])),
        topics=draw(st.sampled_from([(), ("ethics",)])),
        syllabus_first=True,
        post_test=True,
    )


def there(pack: Pack, case: Case, stays: list[tuple[int, int]]) -> Attendance:
    """Return an attendance with exactly these stays; half an hour was the member's own."""
    facts = attendance_of(pack, case)
    begins = facts.scheduled.from_at
    parts = (_span(begins, *stay).clipped_to(facts.scheduled) for stay in stays)
    present = tuple(part for part in parts if part is not None)
    return replace(facts, present=present, own=(_span(begins, 10, 40),))


def _span(begins: Any, first: int, last: int) -> Interval:
    return Interval(begins + timedelta(minutes=first), begins + timedelta(minutes=last))


def answers(pack: Pack, facts: Attendance) -> list[Judgement]:
    return judge(pack, facts, licence_held=True)


@FEW
@every_pack
@given(case=cases(), parts=stays(), chance=st.randoms(use_true_random=False))
def test_the_order_of_stays_does_not_matter(
    pack_id: str, case: Case, parts: list[tuple[int, int]], chance: random.Random
) -> None:
    pack = newest(pack_id)
    shuffled = chance.sample(parts, len(parts))
    assert answers(pack, there(pack, case, shuffled)) == answers(pack, there(pack, case, parts))


@FEW
@every_pack
@given(case=cases(), begins=st.integers(0, 60), lasts=st.integers(2, 30), data=st.data())
def test_splitting_a_stay_changes_nothing(
    pack_id: str, case: Case, begins: int, lasts: int, data: st.DataObject
) -> None:
    pack = newest(pack_id)
    ends = begins + lasts
    middle = data.draw(st.integers(begins + 1, ends - 1))
    halves = there(pack, case, [(middle, ends), (begins, middle)])
    assert answers(pack, halves) == answers(pack, there(pack, case, [(begins, ends)]))


@FEW
@every_pack
@given(case=cases(), parts=stays(), data=st.data())
def test_a_second_device_changes_nothing(
    pack_id: str, case: Case, parts: list[tuple[int, int]], data: st.DataObject
) -> None:
    pack = newest(pack_id)
    facts = there(pack, case, [])
    seen = [_span(facts.scheduled.from_at, *stay) for stay in parts]
    again = [each for each in seen if data.draw(st.booleans())]
    door, tool = (
        [Stay(e, source) for e in stays_]
        for stays_, source in ((seen, Source.DOOR_CODE), (again, Source.ZOOM))
    )
    one, two = (
        replace(facts, present=tuple(minutes_present(each, facts.scheduled).intervals))
        for each in (door, door + tool)
    )
    assert answers(pack, two) == answers(pack, one)


@FEW
@every_pack
@given(case=cases(), parts=stays(), gone=stays())
def test_less_attendance_is_never_more_credit_under_the_same_rule(
    pack_id: str, case: Case, parts: list[tuple[int, int]], gone: list[tuple[int, int]]
) -> None:
    pack = newest(pack_id)
    more = there(pack, case, parts)
    away = there(pack, case, gone).present
    less = replace(more, present=tuple(time.without(more.present, away)))
    for rule in pack.rules:
        alone = replace(pack, rules=(rule,))
        (was,), (now) = answers(alone, more), answers(alone, less)[0]
        assert _credited(now) <= _credited(was)
    assert _minutes(answers(pack, less)) <= _minutes(answers(pack, more))


def _credited(judgement: Judgement) -> Decimal:
    return judgement.amount if judgement.may_be_credited else Decimal(0)


def _minutes(judgements: list[Judgement]) -> int:
    return sum(each.minutes for each in judgements if each.may_be_credited)


@st.composite
def entries(draw: st.DrawFn, pack: Pack, window: Window) -> list[Entry]:
    """Return credits of a cycle: of the text's own rules, and entered under its categories."""
    assert pack.cycle is not None
    named = {name for cap in pack.caps for name in cap.of.categories} | {""}
    topics = {name for each in (*pack.caps, *pack.floors) for name in each.of.topics} | {"lamps"}
    days = (window.until_day - window.from_day).days
    found = []
    for number in range(draw(st.integers(1, 12))):
        rule = draw(st.sampled_from([*pack.rules, None]))
        found.append(
            Entry(
                key=str(number),
                day=window.from_day + timedelta(days=draw(st.integers(0, days))),
                amount=Decimal(draw(st.integers(1, 1200))) / 100,
                rule="" if rule is None else rule.id,
                category="" if rule is not None else draw(st.sampled_from(sorted(named))),
                title=draw(st.sampled_from(["Lamps", "Ethics of lamps", "Wicks"])),
                topics=(draw(st.sampled_from(sorted(topics))),),
                modality=draw(st.sampled_from([*Modality, None])),
                live=draw(st.sampled_from([True, False, None])),
                credit_kind=None if rule is None else rule.credit_kind,
                elsewhere=rule is None,
            )
        )
    return found


WITH_CYCLE: Final = [name for name in IN_FORCE if newest(name).cycle is not None]


@FEW
@pytest.mark.parametrize("pack_id", WITH_CYCLE)
@given(data=st.data())
def test_no_cap_is_exceeded_and_totals_are_the_sums_of_their_rows(
    pack_id: str, data: st.DataObject
) -> None:
    pack = newest(pack_id)
    assert pack.cycle is not None
    months = pack.cycle.months or 12
    window = Window(STARTS, months_after(STARTS, months) - timedelta(days=1))
    found = account(pack, window, data.draw(entries(pack, window)))
    for cap in pack.caps:
        used: defaultdict[date, Decimal] = defaultdict(Decimal)
        for row in found.rows:
            if is_about(pack, cap.of, row.entry, unknown_fits=True):
                used[span_of(cap.per, row.entry.day, window)[0]] += row.counted
        assert all(amount <= cap.at_most for amount in used.values())
    total = [row for row in found.rows if in_total(pack, row.entry)]
    assert found.counted == sum((row.counted for row in total), Decimal(0))
    assert found.earned == sum((row.worth for row in total), Decimal(0))
    assert found.cut == found.earned - found.counted
    assert all(0 <= row.counted <= row.worth for row in found.rows)


def test_the_meetings_above_are_such_that_most_packs_credit_one() -> None:
    """A property that looks at nothing but refusals would hold of anything."""
    assert SIX_PM  # the clock of the builders is not needed: packs have days of their own
    best = Case(
        says="The best of meetings",
        meeting_minutes=MINUTES,
        people=4,
        modality=Modality.IN_ROOM,
        supervisor=True,
        instruction_minutes=90,
        topics=("ethics",),
        syllabus_first=True,
        post_test=True,
    )
    credited = [
        name
        for name in IN_FORCE
        if any(
            judgement.may_be_credited
            for facilitated in (True, False)
            for judgement in answers(
                newest(name),
                there(newest(name), replace(best, facilitated=facilitated), [(0, MINUTES)]),
            )
        )
    ]
    assert len(credited) > len(IN_FORCE) / 2, sorted(set(IN_FORCE) - set(credited))
