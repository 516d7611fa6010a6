"""A licence period's account: caps never burst, more is never less, rows add up to the total."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.certificates.papers import CreditKind
from domain.rules.account import CapState, account
from domain.rules.cycles import Window
from domain.rules.entries import Entry, is_about
from domain.rules.model import Pack
from domain.rules.periods import Per
from domain.rules.spans import span_of
from domain.rules.ways import Bands
from domain.rules.worth import band
from domain.values import Modality
from tests.domain.rules.made import (
    YEAR,
    a_rule,
    an_entry,
    cap,
    counted,
    floor,
    these,
    with_cycle,
)

DAY = timedelta(days=1)
MARYLAND = {"steps": [[7, 1], [14, 2], [21, 3], [28, 4]], "unit": "CE hour"}
UNEVEN = Window(date(2024, 2, 29), date(2027, 2, 27))  # three years from a leap day
ETHICS = {"topics": ["ethics"]}


# Properties

kinds = st.sampled_from(list(CreditKind))
entries_ = st.lists(
    st.builds(
        Entry,
        key=st.uuids().map(str),
        day=st.dates(date(2024, 2, 1), date(2027, 4, 1)),
        amount=st.decimals(0, 9, places=2),
        rule=st.sampled_from(["", "hours", "talks", "duty"]),
        title=st.sampled_from(["Ethics", "ethics", "Sleep"]),
        topics=st.sampled_from([(), ("ethics",)]),
        modality=st.none() | st.sampled_from(list(Modality)),
        live=st.none() | st.booleans(),
        credit_kind=kinds,
        planned=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda entry: entry.key,
)
selections = st.fixed_dictionaries(
    {},
    optional={
        "rules": st.sampled_from([["hours"], ["hours", "talks"]]),
        "categories": st.just(["Hours"]),
        "topics": st.just(["ethics"]),
        "live": st.booleans(),
        "modalities": st.just(["in_room"]),
        "credit_kinds": kinds.map(lambda kind: [kind.value]),
    },
)
pers = st.sampled_from([each.value for each in Per])
caps_ = st.lists(st.builds(cap, st.integers(0, 15), per=pers, of=selections), max_size=4)
RULES = [
    a_rule(),
    a_rule(id="talks", name="Talks", bands=MARYLAND),
    a_rule(id="duty", counts_in_total=False, repeat="title"),
]
packs = st.builds(
    lambda caps, per: with_cycle(
        *RULES,
        cycle={"required": 20, "carry_over": 5},
        cap=caps,
        floor=[floor(1, per=per, of={"topics": ["ethics"]}, outside="any")],
    ),
    caps_,
    pers.filter(lambda per: per != "day"),
)
some = settings(max_examples=50)  # each draws a whole pack


@some
@given(packs, entries_, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(
    pack: Pack, entries: list[Entry], chance: random.Random
) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert account(pack, UNEVEN, shuffled) == account(pack, UNEVEN, entries)


@some
@given(packs, entries_)
def test_caps_are_never_exceeded_and_totals_are_the_sum_of_their_rows(
    pack: Pack, entries: list[Entry]
) -> None:
    found = account(pack, UNEVEN, entries, carried_in=Decimal(2))
    for one in pack.caps:
        used: defaultdict[date, Decimal] = defaultdict(Decimal)
        for row in found.rows:
            if is_about(pack, one.of, row.entry, unknown_fits=True):
                used[span_of(one.per, row.entry.day, UNEVEN)[0]] += row.counted
        assert all(amount <= one.at_most for amount in used.values())
        states = {each.span: each for each in found.caps if each.cap is one}
        assert all(states[span].used == amount for span, amount in used.items())
        assert all(0 <= state.left <= one.at_most for state in states.values())
    total = [row for row in found.rows if row.entry.rule != "duty"]
    assert found.counted == sum((row.counted for row in total), Decimal(2))
    assert found.earned == sum((row.worth for row in total), Decimal(0))
    assert found.cut == found.earned - found.counted + 2
    for row in found.rows:
        assert 0 <= row.counted <= row.worth
        assert (row.counted == row.entry.amount) or row.steps
        cuts = [Decimal(step.values["cut"]) for step in row.steps if step.code == "cap.cut"]
        assert sum(cuts, Decimal(0)) == row.worth - row.counted


@some
@given(packs, entries_)
def test_floors_see_every_counted_credit_in_one_span(pack: Pack, entries: list[Entry]) -> None:
    found = account(pack, UNEVEN, entries)
    ethics = [row.counted for row in found.rows if row.entry.topics and row.in_total]
    assert sum((state.have for state in found.floors), Decimal(0)) == sum(ethics, Decimal(0))
    assert found.floors[0].span == UNEVEN.from_day
    assert found.floors[-1].until == UNEVEN.until_day
    for former, later in zip(found.floors, found.floors[1:], strict=False):
        assert later.span == former.until + DAY
    assert found.carries_over is not None
    assert 0 <= found.carries_over <= 5


@some
@given(packs, entries_)
def test_no_floor_lacks_what_was_cut_in_favour_of_what_no_floor_needs(
    pack: Pack, entries: list[Entry]
) -> None:
    found = account(pack, UNEVEN, entries)
    for state in found.floors:
        for row in found.rows:
            inside = state.span <= row.entry.day <= state.until
            if not (inside and is_about(pack, state.floor.of, row.entry)) or not state.lacks:
                continue
            if row.counted < row.worth:  # every hour in the way fills this very floor
                assert any(
                    cap_state.left == 0
                    and all(
                        is_about(pack, state.floor.of, other.entry)
                        for other in found.rows
                        if other.counted
                        and is_about(pack, cap_state.cap.of, other.entry, unknown_fits=True)
                        and _in_span(cap_state, other.entry.day)
                    )
                    for cap_state in found.caps
                    if is_about(pack, cap_state.cap.of, row.entry, unknown_fits=True)
                    and _in_span(cap_state, row.entry.day)
                )


def _in_span(state: CapState, day: date) -> bool:
    return span_of(state.cap.per, day, UNEVEN)[0] == state.span


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 5), st.booleans()), max_size=9),
    st.integers(0, 12),
    st.integers(1, 12),
)
def test_a_floor_is_filled_as_far_as_entries_and_a_shared_cap_allow(
    hours: list[tuple[int, int, bool]], at_most: int, at_least: int
) -> None:
    pack = with_cycle(cap=[cap(at_most)], floor=[floor(at_least, of=ETHICS)])
    entries = [
        an_entry(
            number,
            day=YEAR.from_day + day * DAY,
            amount=Decimal(amount),
            topics=("ethics",) if ethics else (),
        )
        for number, (day, amount, ethics) in enumerate(hours)
    ]
    found = counted(pack, *entries)
    there = sum(amount for _, amount, ethics in hours if ethics)
    assert found.floors[0].have >= min(there, at_least, at_most)
    assert found.counted == min(at_most, sum(amount for _, amount, _ in hours))


LAMINAR = with_cycle(
    *RULES,
    cap=[
        cap(2, per="day", of={"rules": ["hours"]}),
        cap(5, per="month", of={"rules": ["hours"]}),
        cap(9, of={"rules": ["hours"]}),
        cap(12, of={"rules": ["hours", "talks"]}),
        cap(20),
    ],
)


@given(entries_, st.data())
def test_one_credit_less_is_never_more_where_caps_lie_inside_each_other(
    entries: list[Entry], data: st.DataObject
) -> None:
    in_total = [entry for entry in entries if entry.rule != "duty"]
    fewer = [entry for entry in in_total if data.draw(st.booleans())]
    whole = account(LAMINAR, UNEVEN, in_total)
    assert account(LAMINAR, UNEVEN, fewer).counted <= whole.counted


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1), st.data())
def test_bands_never_fall(rises: list[tuple[int, int]], data: st.DataObject) -> None:
    steps, at, credit = [], Decimal(0), Decimal(0)
    for more, worth in rises:
        at, credit = at + more, credit + worth
        steps.append((at, credit))
    bands = Bands(steps=tuple(steps), unit="CE hour")
    less = data.draw(st.decimals(0, 500, places=2))
    more_ = data.draw(st.decimals(less, 600, places=2))
    assert band(bands, less) <= band(bands, more_) <= credit


@given(
    st.sampled_from(list(Per)),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_spans_tile_a_cycle(per: Per, begins: date, lasts: int, into: int) -> None:
    window = Window(begins, begins + lasts * DAY)
    day = begins + min(into, lasts) * DAY
    first, last = span_of(per, day, window)
    assert window.from_day <= first <= day <= last <= window.until_day
    for other in (first, last):
        assert span_of(per, other, window) == (first, last)
    if first > window.from_day:
        assert span_of(per, first - DAY, window)[1] == first - DAY
    if last < window.until_day:
        assert span_of(per, last + DAY, window)[0] == last + DAY


@pytest.mark.parametrize(
    ("of", "unknown"),
    [
        ({"live": False}, {"live": None}),
        ({"credit_kinds": ["sponsored"]}, {"credit_kind": None}),
        ({"modalities": ["live_video"]}, {"modality": None}),
    ],
)
def test_what_nobody_knows_is_capped_and_fills_no_floor(
    of: dict[str, Any], unknown: dict[str, Any]
) -> None:
    pack = with_cycle(a_rule(), cap=[cap(1, of=of)], floor=[floor(1, of=of)])
    found = counted(pack, an_entry(0, amount=Decimal(3), **unknown))
    assert found.counted == 1
    (state,) = found.floors
    assert state.have == 0


def test_minutes_are_added_up_before_they_are_written_as_hours() -> None:
    pack = with_cycle(a_rule())
    each = [an_entry(day, amount=Decimal("1.16"), minutes=70) for day in range(6)]
    found = counted(pack, *each)
    assert found.counted == 7, "six times 70 minutes"
    assert sum(row.counted for row in found.rows) == 7
    assert [step.code for row in found.rows for step in row.steps].count("minutes.added_up") == 4
    banded = with_cycle(a_rule(bands={"steps": [[7, 1]], "unit": "CE hour"}, minutes_per_unit=60))
    assert counted(banded, *each).counted == 1
    rounded = with_cycle(a_rule(rounding={"step": Decimal("0.01"), "direction": "down"}))
    assert counted(rounded, *each).counted == Decimal("6.96"), "a text that rounds each meeting"


def test_a_duty_of_its_own_that_was_entered_does_not_count_in_the_total() -> None:
    pack = with_cycle(a_rule(), cycle={"not_in_total": {"credit_kinds": ["supervision record"]}})
    supervised = an_entry(0, rule="", elsewhere=True, credit_kind=CreditKind.SUPERVISION)
    unsaid = an_entry(1, rule="", elsewhere=True)
    assert counted(pack, supervised, unsaid, an_entry(2)).counted == 2


def test_what_just_fits_under_a_cap_is_not_said_to_be_cut() -> None:
    found = counted(with_cycle(a_rule(), cap=[cap(1)]), an_entry(0))
    (row,) = found.rows
    assert these(row.counted, row.steps) == (1, ())


def test_shares_of_a_meeting_are_not_added_up_by_the_presence_behind_them() -> None:
    pack = with_cycle(a_rule(share="equal"))
    alone = [an_entry(day, amount=Decimal("1.16"), minutes=70) for day in range(6)]
    assert counted(pack, *alone).counted == Decimal("6.96"), "their minutes are not known here"


def test_a_text_that_lets_one_cycle_make_up_for_another_says_so() -> None:
    for averaging, said in ((True, 1), (False, 0)):
        found = counted(with_cycle(a_rule(), cycle={"averaging": averaging}), an_entry(0))
        assert [step.code for step in found.steps].count("cycle.averaging") == said
