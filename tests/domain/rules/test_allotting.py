"""Who gets the room under a cap: floors do not cost each other more than they must."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given as given_
from hypothesis import strategies as st

from domain.rules.account import Account
from domain.rules.entries import Entry
from tests.domain.rules.made import an_entry, counted, with_cycle

ETHICS, LAW = {"topics": ["ethics"]}, {"topics": ["law"]}


def cap(at_most: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "Peers", "at_most": at_most} | changes


def floor(at_least: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "Ethics", "at_least": at_least} | changes


def hours(number: int, amount: Any, *topics: str, live: bool | None = None) -> Entry:
    """Return an entry; the number says which comes first."""
    return an_entry(number, amount=Decimal(str(amount)), topics=topics, live=live)


def given(found: Account) -> list[Decimal]:
    return [row.counted for row in found.rows]


def test_a_cap_that_one_floor_has_filled_has_no_room_for_the_next() -> None:
    pack = with_cycle(cap=[cap(1)], floor=[floor(1, of=ETHICS), floor(1, of=LAW)])
    found = counted(pack, hours(0, 1, "ethics"), hours(1, 1, "law"))
    assert given(found) == [1, 0]
    assert [state.lacks for state in found.floors] == [0, 1]
    assert found.rows[0].steps == ()


def test_an_hour_that_fills_two_floors_uses_the_room_of_one_hour() -> None:
    pack = with_cycle(cap=[cap(3)], floor=[floor(1, of=ETHICS), floor(3, of=LAW, if_used=True)])
    found = counted(pack, hours(0, 2), hours(1, 1, "ethics", "law"), hours(2, 1, "law"))
    assert given(found) == [1, 1, 1]


def test_what_fills_a_floor_more_than_enough_without_a_limit_costs_no_other_floor() -> None:
    pack = with_cycle(
        cap=[cap(2, of={"live": True})],
        floor=[floor(2, of=ETHICS), floor(1, of=LAW, if_used=True)],
    )
    found = counted(
        pack,
        hours(0, "2.5", "ethics", live=False),
        hours(1, 1, live=True),
        *(hours(number, "0.5", "law", live=True) for number in (2, 3, 4)),
        hours(5, 1, "ethics", "law", live=True),
    )
    half = Decimal("0.5")
    assert given(found) == [2 + half, 1, half, half, 0, 0]


def test_a_floor_with_more_to_choose_from_waits_however_much_it_lacks() -> None:
    pack = with_cycle(cap=[cap(4)], floor=[floor(1, of=LAW), floor(4, of=ETHICS)])
    law = [hours(number, 1, "law") for number in range(3)]
    found = counted(pack, *law, hours(3, 4, "ethics"), hours(4, 1, "ethics"))
    assert given(found) == [0, 0, 0, 4, 0]


def test_a_floor_that_is_filled_already_puts_nothing_first() -> None:
    pack = with_cycle(
        cap=[cap(1, of={"live": True})], floor=[floor(1, of=ETHICS), floor(1, of=LAW)]
    )
    read = hours(0, 1, "law", live=False)
    found = counted(
        pack, read, hours(1, 1, "ethics", live=True), hours(2, 1, "ethics", "law", live=True)
    )
    assert given(found) == [1, 1, 0]


def test_spans_of_a_limit_are_told_in_order_whichever_was_filled_first() -> None:
    pack = with_cycle(cap=[cap(1, per="month")], floor=[floor(1, of=ETHICS)])
    months = [date(2026, month, 1) for month in range(1, 7)]
    late = an_entry(9, day=date(2026, 12, 1), topics=("ethics",))
    found = counted(pack, *(an_entry(n, day=day) for n, day in enumerate(months)), late)
    assert [state.span for state in found.caps] == [*months, late.day]


# Caps that cross each other

ONLINE, BOOKS = {"live": False}, {"topics": ["books"]}
CROSSING = [cap(10, of=ONLINE), cap(5, of=BOOKS)]


def test_an_hour_under_two_limits_takes_no_room_from_hours_under_one_of_them() -> None:
    """Who enters one more credit is not worse off than who does not."""
    pack = with_cycle(cap=CROSSING)
    both = hours(0, 5, "books", live=False)
    online, book = hours(1, 10, live=False), hours(2, 5, "books", live=True)
    assert given(counted(pack, online, book)) == [10, 5]
    found = counted(pack, both, online, book)
    assert given(found) == [0, 10, 5]
    assert [step.code for step in found.rows[0].steps] == ["cap.cut", "more.cap"]
    assert [(int(each.used), int(each.cut)) for each in found.caps] == [(10, 5), (5, 0)]


def test_where_limits_lie_inside_each_other_the_first_day_counts_first() -> None:
    pack = with_cycle(cap=[cap(3), cap(2, of=BOOKS)])
    assert given(counted(pack, hours(0, 2, "books"), hours(1, 3))) == [2, 1]


def test_what_is_left_where_limits_cross_is_given_by_day() -> None:
    pack = with_cycle(cap=CROSSING)
    first, second = hours(0, 4, "books", live=False), hours(1, 4, live=False)
    assert given(counted(pack, first, second, hours(2, 1, "books", live=True))) == [4, 4, 1]


@given_(st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.booleans()), max_size=7), st.data())
def test_one_more_credit_never_makes_less_count_where_two_limits_cross(
    entered: list[tuple[int, bool, bool]], data: st.DataObject
) -> None:
    entries = [
        hours(number, amount, *(("books",) if book else ()), live=live)
        for number, (amount, book, live) in enumerate(entered)
    ]
    fewer = [each for each in entries if data.draw(st.booleans())]
    pack = with_cycle(cap=CROSSING)
    assert counted(pack, *fewer).counted <= counted(pack, *entries).counted
