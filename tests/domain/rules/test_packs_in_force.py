"""What holds for every pack that ships, whatever its text says: of minutes, caps and sums."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

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

DAY: Final = date(2026, 3, 2)
IN_FORCE: Final = tuple(load_rules().on(DAY))
FEW: Final = settings(max_examples=25)  # each asks half a hundred packs
MINUTES: Final = 90

Parts = Sequence[tuple[int, int]]
"""From which to which minute somebody was there; they may overlap and stick out of the meeting."""

parts_ = st.lists(st.tuples(st.integers(-10, 89), st.integers(1, 100)), max_size=4).map(
    lambda found: [(begins, begins + lasts) for begins, lasts in found]
)
cases = st.builds(
    Case,
    says=st.just("A meeting that most texts credit, and now and then something that some do not."),
    day=st.just(DAY.isoformat()),
    meeting_minutes=st.just(MINUTES),
    people=st.sampled_from([4, 4, 4, 1, 2, 6, 9]),
    modality=st.sampled_from([Modality.IN_ROOM, Modality.LIVE_VIDEO]),
    supervisor=st.booleans(),
    facilitated=st.booleans(),
    approved_by=st.sampled_from([None, None, ()]),
    instruction_minutes=st.sampled_from([90, 60]),
    topics=st.sampled_from([(), ("ethics",)]),
    syllabus_first=st.just(True),
    post_test=st.just(True),
)
BEST: Final = Case(
    says="A meeting with everything that a text asks for",
    day=DAY.isoformat(),
    meeting_minutes=MINUTES,
    people=4,
    modality=Modality.IN_ROOM,
    supervisor=True,
    instruction_minutes=90,
    topics=("ethics",),
    syllabus_first=True,
    post_test=True,
)


def there(pack: Pack, case: Case, parts: Parts) -> Attendance:
    """Return an attendance with exactly these stays; half an hour was the member's own."""
    facts = attendance_of(pack, case)
    begins = facts.scheduled.from_at
    clipped = (stay(begins, each).clipped_to(facts.scheduled) for each in parts)
    present = tuple(each for each in clipped if each is not None)
    return replace(facts, present=present, own=(stay(begins, (10, 40)),))


def stay(begins: datetime, part: tuple[int, int]) -> Interval:
    first, last = (begins + timedelta(minutes=each) for each in part)
    return Interval(first, last)


def answers(pack: Pack, facts: Attendance) -> list[Judgement]:
    return judge(pack, facts, licence_held=True)


def would_credit(judgement: Judgement) -> Decimal:
    """Return what a rule gives, or would once somebody reads what was not read."""
    known = [each for each in judgement.missing if not each.code.endswith("not_determined")]
    return Decimal(0) if known else judgement.amount


@FEW
@given(cases, parts_, st.randoms(use_true_random=False))
def test_the_order_of_stays_does_not_matter(
    case: Case, parts: Parts, chance: random.Random
) -> None:
    shuffled = chance.sample(parts, len(parts))
    for pack in IN_FORCE:
        assert answers(pack, there(pack, case, shuffled)) == answers(
            pack, there(pack, case, parts)
        ), pack.id


@FEW
@given(cases, st.lists(st.integers(0, MINUTES), min_size=3, max_size=3, unique=True).map(sorted))
def test_splitting_a_stay_changes_nothing(case: Case, moments: list[int]) -> None:
    begins, middle, ends = moments
    for pack in IN_FORCE:
        halves = there(pack, case, [(middle, ends), (begins, middle)])
        assert answers(pack, halves) == answers(pack, there(pack, case, [(begins, ends)])), pack.id


@FEW
@given(cases, parts_, st.data())
def test_a_second_device_changes_nothing(case: Case, parts: Parts, data: st.DataObject) -> None:
    again = [each for each in parts if data.draw(st.booleans())]
    for pack in IN_FORCE:
        facts = there(pack, case, [])
        door, tool = (
            [Stay(stay(facts.scheduled.from_at, each), source) for each in seen]
            for seen, source in ((parts, Source.DOOR_CODE), (again, Source.ZOOM))
        )
        one, two = (
            replace(facts, present=tuple(minutes_present(each, facts.scheduled).intervals))
            for each in (door, door + tool)
        )
        assert answers(pack, two) == answers(pack, one), pack.id


@FEW
@given(cases, parts_, parts_, st.integers(0, 9))
def test_less_attendance_is_never_more_credit_under_the_same_rule(
    case: Case, parts: Parts, gone: Parts, looked_in: int
) -> None:
    for pack in IN_FORCE:
        more = there(pack, case, parts)
        away = there(pack, case, gone).present
        less = replace(more, present=tuple(time.without(more.present, away)))
        first = there(pack, case, [(0, looked_in)] if looked_in else []).present
        least = replace(less, present=tuple(time.common(less.present, first)))
        chain = (least, less, more)
        for rule in pack.rules:
            alone = replace(pack, rules=(rule,))
            credited = [would_credit(each) for facts in chain for each in answers(alone, facts)]
            assert credited == sorted(credited), rule.id
        minutes = [
            sum(each.minutes for each in answers(pack, facts) if each.may_be_credited)
            for facts in chain
        ]
        assert minutes == sorted(minutes), pack.id


def test_in_the_best_of_meetings_only_what_was_not_read_is_in_the_way() -> None:
    """So the properties above look at amounts, and not at refusals alone."""
    for pack in IN_FORCE:
        credited = [
            would_credit(each)
            for facilitated in (True, False)
            for each in answers(
                pack, there(pack, replace(BEST, facilitated=facilitated), [(0, MINUTES)])
            )
            if all(code.endswith("not_determined") for code in [m.code for m in each.missing])
        ]
        assert credited, pack.id


@FEW
@given(st.lists(st.tuples(*(st.integers(0, 1_000_000) for _ in range(5))), min_size=1, max_size=12))
def test_no_cap_is_exceeded_and_totals_are_the_sums_of_their_rows(
    drawn: list[tuple[int, int, int, int, int]],
) -> None:
    for pack in IN_FORCE:
        if pack.cycle is None:
            continue
        begins = date(2026, 1, 1)
        window = Window(begins, months_after(begins, pack.cycle.months or 12) - timedelta(days=1))
        entries = [entry(pack, window, number, *each) for number, each in enumerate(drawn)]
        found = account(pack, window, entries)
        for cap in pack.caps:
            used: defaultdict[date, Decimal] = defaultdict(Decimal)
            for row in found.rows:
                if is_about(pack, cap.of, row.entry, unknown_fits=True):
                    used[span_of(cap.per, row.entry.day, window)[0]] += row.counted
            assert all(amount <= cap.at_most for amount in used.values()), (pack.id, cap.name)
        total = [row for row in found.rows if in_total(pack, row.entry)]
        assert found.counted == sum((row.counted for row in total), Decimal(0)), pack.id
        assert found.earned == sum((row.worth for row in total), Decimal(0)), pack.id
        assert found.cut == found.earned - found.counted, pack.id
        assert all(0 <= row.counted <= row.worth for row in found.rows), pack.id


def entry(
    pack: Pack, window: Window, number: int, day: int, amount: int, rule: int, about: int, way: int
) -> Entry:
    """Return a credit of one of the text's rules, or entered under one of its categories."""
    limits = [*(cap.of for cap in pack.caps), *(floor.of for floor in pack.floors)]
    names = sorted({name for of in limits for name in of.categories} | {""})
    tags = sorted({tag for of in limits for tag in of.topics} | {""})
    ours = (*pack.rules, None)[rule % (len(pack.rules) + 1)]
    days = (window.until_day - window.from_day).days + 1
    return Entry(
        key=str(number),
        day=window.from_day + timedelta(days=day % days),
        amount=Decimal(1 + amount % 1200) / 100,
        rule="" if ours is None else ours.id,
        category=names[about % len(names)] if ours is None else "",
        title=("Lamps", "Ethics of lamps", "Wicks")[about % 3],
        topics=(tags[about % len(tags)],),
        modality=(*Modality, None)[way % (len(Modality) + 1)],
        live=(True, False, None)[way % 3],
        credit_kind=None if ours is None else ours.credit_kind,
        elsewhere=ours is None,
    )
