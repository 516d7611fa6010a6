"""A licence period's account: minima, what fills them first, and duties of their own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.certificates.papers import CreditKind
from domain.rules.cycles import Window
from domain.values import Modality
from tests.domain.rules.made import (
    TWO_YEARS,
    YEAR,
    a_rule,
    amounts,
    an_entry,
    cap,
    counted,
    floor,
    these,
    with_cycle,
)

DAY = timedelta(days=1)
MARYLAND = {"steps": [[7, 1], [14, 2], [21, 3], [28, 4]], "unit": "CE hour"}
ETHICS = {"topics": ["ethics"]}


# Floors


def test_a_floor_lacks_what_is_not_there() -> None:
    pack = with_cycle(floor=[floor(3, of={"topics": ["ethics"]})])
    entries = [an_entry(0, topics=("ethics",)), an_entry(1)]
    (state,) = counted(pack, *entries).floors
    assert these(state.span, state.until, state.have, state.lacks) == (
        YEAR.from_day,
        YEAR.until_day,
        1,
        2,
    )
    (full,) = counted(pack, an_entry(0, topics=("ethics",), amount=Decimal(4))).floors
    assert these(full.have, full.lacks) == (4, 0)


def test_a_floor_only_if_used_lacks_nothing_until_then() -> None:
    pack = with_cycle(floor=[floor(2, if_used=True)])
    assert counted(pack).floors[0].lacks == 0
    assert counted(pack, an_entry()).floors[0].lacks == 1
    assert counted(with_cycle(floor=[floor(2)])).floors[0].lacks == 2


def test_a_floor_counts_what_caps_leave() -> None:
    pack = with_cycle(cap=[cap(1, of={"live": False})], floor=[floor(2)])
    assert counted(pack, *amounts(1, 1, live=False)).floors[0].have == 1


def test_no_month_makes_up_for_another() -> None:
    pack = with_cycle(floor=[floor("1.5", per="month")])
    entries = [an_entry(0, amount=Decimal(9), day=date(2026, 2, 28))]
    states = counted(pack, *entries).floors
    assert [state.span.month for state in states] == list(range(1, 13))
    assert [state.lacks for state in states] == [
        0 if n == 2 else Decimal("1.5") for n in range(1, 13)
    ]
    assert [state.until.day for state in states][:3] == [31, 28, 31]


def test_a_floor_holds_in_a_month_of_which_a_cycle_has_one_day() -> None:
    window = Window(date(2026, 1, 15), date(2026, 3, 1))
    states = counted(with_cycle(floor=[floor(1, per="month")]), window=window).floors
    assert [(state.span, state.until) for state in states] == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 1)),
    ]


def test_a_yearly_floor_holds_in_each_year_of_a_cycle() -> None:
    pack = with_cycle(floor=[floor(1, per="year")])
    days = [date(2026, 1, 1), date(2026, 12, 31)]
    found = counted(pack, *(an_entry(n, day=day) for n, day in enumerate(days)), window=TWO_YEARS)
    assert [these(state.span, state.until, state.have) for state in found.floors] == [
        (date(2026, 1, 1), date(2026, 12, 31), 2),
        (date(2027, 1, 1), date(2027, 12, 31), 0),
    ]


# Floors before caps


def test_what_fills_a_floor_is_counted_before_plain_hours_of_earlier_days() -> None:
    pack = with_cycle(cap=[cap(10)], floor=[floor(2, of=ETHICS)])
    late = an_entry(9, amount=Decimal(3), day=date(2026, 11, 1), topics=("ethics",))
    found = counted(pack, *amounts(5, 5, 5), late)
    assert [row.counted for row in found.rows] == [5, 3, 0, 2]
    assert these(found.counted, found.cut, found.floors[0].lacks) == (10, 8, 0)
    assert [(step.code, step.sentence) for step in found.rows[1].steps] == [
        ("cap.cut", "Peers: at most 10 hours a cycle; 2 too many."),
        ("cap.kept", "2 of these count first, for a minimum that has to be met."),
        (
            "more.cap",
            "There is room again from 2027-01-01 on; what this limit is not about can still count.",
        ),
    ]
    assert found.rows[1].steps[1].values == {"cap": "Peers", "kept": "2"}
    (state,) = found.caps
    assert these(state.used, state.cut) == (10, 8)


def test_one_hour_that_is_kept_for_a_floor_counts_and_two_count() -> None:
    pack = with_cycle(cap=[cap(10)], floor=[floor(1, of=ETHICS)])
    late = an_entry(9, amount=Decimal(1), day=date(2026, 11, 1), topics=("ethics",))
    said = [step.sentence for step in counted(pack, *amounts(5, 5), late).rows[1].steps]
    assert said[1] == "1 of these counts first, for a minimum that has to be met."


def test_no_room_is_kept_for_a_floor_that_is_filled_without_it() -> None:
    pack = with_cycle(cap=[cap(2, of={"live": True})], floor=[floor(2, of=ETHICS)])
    read = an_entry(8, amount=Decimal(2), live=False, topics=("ethics",))
    late = an_entry(9, amount=Decimal(2), day=date(2026, 11, 1), live=True, topics=("ethics",))
    found = counted(pack, read, *amounts(2, live=True), late)
    assert {row.entry.key: row.counted for row in found.rows} == {"e8": 2, "e0": 2, "e9": 0}
    assert "cap.kept" not in [step.code for step in found.rows[-1].steps]


def test_of_two_floors_the_one_with_less_to_choose_from_is_served_first() -> None:
    pack = with_cycle(
        cap=[cap(1, of={"modalities": ["phone"]})],
        floor=[floor(1, of=ETHICS), floor(1, name="Law", of={"topics": ["law"]})],
    )
    phone = an_entry(0, topics=("ethics",), modality=Modality.PHONE)
    room = an_entry(1, topics=("ethics",), modality=Modality.PHONE, amount=Decimal(2))
    only = an_entry(2, topics=("law",), modality=Modality.PHONE)
    there = an_entry(3, topics=("ethics",), modality=Modality.IN_ROOM)
    found = counted(pack, phone, room, only, there)
    assert [state.lacks for state in found.floors] == [0, 0]


def test_an_hour_that_fills_two_floors_goes_first() -> None:
    pack = with_cycle(
        cap=[cap(1)], floor=[floor(1, of=ETHICS), floor(1, name="Live", of={"live": True})]
    )
    found = counted(
        pack,
        an_entry(0, topics=("ethics",), live=False),
        an_entry(1, live=True),
        an_entry(2, topics=("ethics",), live=True),
    )
    assert [row.counted for row in found.rows] == [0, 0, 1]


def test_a_floor_that_is_wanted_only_if_used_waits_for_the_others() -> None:
    pack = with_cycle(
        cap=[cap(1)],
        floor=[floor(1, name="Peers", of={"live": True}, if_used=True), floor(1, of=ETHICS)],
    )
    found = counted(
        pack, an_entry(0, live=True), an_entry(1, live=False, topics=("ethics",), amount=Decimal(9))
    )
    assert [row.counted for row in found.rows] == [0, 1]
    assert [state.lacks for state in found.floors] == [0, 0]


def test_one_hour_fills_two_floors_at_once_and_never_counts_for_more_than_it_is_worth() -> None:
    used = floor(1, name="Peers", of={"live": True}, if_used=True)
    pack = with_cycle(cap=[cap(2)], floor=[floor(1, of=ETHICS), used])
    both = an_entry(9, amount=Decimal(2), day=date(2026, 9, 1), topics=("ethics",), live=True)
    found = counted(pack, *amounts(1, live=False), both)
    assert [row.counted for row in found.rows] == [1, 1]
    high = with_cycle(cap=[cap(9)], floor=[floor(1, of=ETHICS), used | {"at_least": 5}])
    assert [row.counted for row in counted(high, both).rows] == [2]


def test_more_than_enough_without_a_limit_takes_nothing_away_under_it() -> None:
    pack = with_cycle(cap=[cap(2, of={"live": True})], floor=[floor(2, of=ETHICS)])
    read = an_entry(0, amount=Decimal(5), live=False, topics=("ethics",))
    heard = an_entry(1, amount=Decimal(2), live=True, topics=("ethics",))
    found = counted(pack, read, heard)
    assert [row.counted for row in found.rows] == [5, 2]
    (state,) = found.caps
    assert these(state.used, state.cut) == (2, 0)
    late = an_entry(2, live=True, topics=("ethics",))
    assert "cap.kept" not in [step.code for step in counted(pack, read, heard, late).rows[2].steps]


def test_each_month_keeps_room_for_its_own_floor() -> None:
    pack = with_cycle(cap=[cap(2, per="month")], floor=[floor(1, of=ETHICS, per="month")])
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    plain_hours = [an_entry(n, day=day, amount=Decimal(3)) for n, day in enumerate(days)]
    ethics = [
        an_entry(n + 2, day=day + 9 * DAY, topics=("ethics",), amount=Decimal(n + 1))
        for n, day in enumerate(days)
    ]
    found = counted(pack, *plain_hours, *ethics)
    assert {row.entry.key: row.counted for row in found.rows} == {
        "e0": 1,
        "e1": 1,
        "e2": 1,
        "e3": 1,
    }


# Duties of their own


def test_a_duty_of_its_own_uses_up_no_cap_that_does_not_name_it() -> None:
    rules = [a_rule(), a_rule(id="duty", name="Duty", counts_in_total=False)]
    duty, hour = an_entry(0, rule="duty"), an_entry(1)
    for of, left in (({}, 1), ({"live": True}, 1), ({"rules": ["duty", "hours"]}, 0)):
        found = counted(with_cycle(*rules, cap=[cap(1, of=of)]), duty, hour)
        assert found.counted == left
    named = with_cycle(*rules, cap=[cap(0, of={"categories": ["Duty"]})])
    assert [row.counted for row in counted(named, duty, hour).rows] == [0, 1]
    kinds_named = cap(0, of={"credit_kinds": ["supervision record"]})
    supervised = an_entry(0, rule="duty", credit_kind=CreditKind.SUPERVISION)
    other = an_entry(1, credit_kind=CreditKind.CLAIMED)
    found = counted(with_cycle(*rules, cap=[kinds_named]), supervised, other)
    assert [row.counted for row in found.rows] == [0, 1]


def test_a_duty_of_its_own_fills_no_floor_that_does_not_name_it() -> None:
    rules = [a_rule(), a_rule(id="duty", counts_in_total=False)]
    pack = with_cycle(*rules, floor=[floor(1, of=ETHICS), floor(1, of={"rules": ["duty"]})])
    found = counted(pack, an_entry(0, rule="duty", topics=("ethics",)))
    assert [state.lacks for state in found.floors] == [1, 0]
    assert [row.in_total for row in found.rows] == [False]


def test_credit_under_no_rule_counts_as_it_is() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), an_entry(rule="", elsewhere=True))
    assert these(found.rows[0].worth, found.rows[0].steps) == (1, ())


@pytest.mark.parametrize(
    ("cycle", "earned", "carried"),
    [
        ({"required": 10}, [12], None),
        ({"required": 10, "carry_over": 0}, [12], 0),
        ({"carry_over": 0}, [12], 0),
        ({"carry_over": 5}, [12], None),
        ({"required": 10, "carry_over": 5}, [12], 2),
        ({"required": 10, "carry_over": 5}, [10], 0),
        ({"required": 10, "carry_over": 5}, [9], 0),
        ({"required": 10, "carry_over": 5}, [16], 5),
    ],
)
def test_so_much_passes_into_the_next_cycle(
    cycle: dict[str, Any], earned: list[int], carried: int | None
) -> None:
    assert counted(with_cycle(cycle=cycle), *amounts(*earned)).carries_over == carried


def test_only_late_credit_passes_on_where_the_text_says_so() -> None:
    cycle = {"required": 10, "carry_over": 5, "carry_over_from_last_months": 3}
    for day, carried in ((date(2026, 10, 1), 3), (date(2026, 9, 30), 0)):
        entries = [an_entry(0, amount=Decimal(11)), an_entry(1, day=day, amount=Decimal(3))]
        assert counted(with_cycle(cycle=cycle), *entries).carries_over == carried
