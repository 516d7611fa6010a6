"""Licence periods tile the calendar, whatever month ends and leap years do."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.cycles import Window, cycle_on, months_after, months_between, required_in
from domain.rules.explain import Missing
from domain.rules.periods import Cycle, FirstCycle

DAY = timedelta(days=1)
YEAR = date(2026, 1, 1)
days = st.dates(date(2001, 1, 1), date(2150, 12, 31))
month_ends = st.builds(
    lambda year, month: date(year, month, 1) - DAY, st.integers(2001, 2100), st.integers(1, 12)
)
tricky_days = days | month_ends | st.sampled_from([date(2024, 2, 29), date(2028, 2, 28)])


def window(
    day: date, *, licence_from: date | None = None, licence_until: date | None = None, **cycle: Any
) -> Window:
    found = cycle_on(
        Cycle(unit="hour", **cycle), day, licence_from=licence_from, licence_until=licence_until
    )
    assert isinstance(found, Window)
    return found


def refusal(**cycle: Any) -> Missing:
    found = cycle_on(
        Cycle(unit="hour", **cycle), date(2026, 3, 2), licence_from=None, licence_until=None
    )
    assert isinstance(found, Missing)
    return found


def ends(found: Window) -> tuple[str, str]:
    return found.from_day.isoformat(), found.until_day.isoformat()


# Where a cycle lies


def test_a_cycle_ends_with_the_licence() -> None:
    until = date(2027, 6, 30)
    for day, expected in (
        (date(2027, 6, 30), ("2025-07-01", "2027-06-30")),
        (date(2025, 7, 1), ("2025-07-01", "2027-06-30")),
        (date(2025, 6, 30), ("2023-07-01", "2025-06-30")),
        (date(2027, 7, 1), ("2027-07-01", "2029-06-30")),
        (date(2031, 7, 1), ("2031-07-01", "2033-06-30")),
        (date(2017, 7, 1), ("2017-07-01", "2019-06-30")),
    ):
        assert ends(window(day, months=24, licence_until=until)) == expected


def test_a_cycle_from_the_end_of_a_month_comes_back_to_it() -> None:
    until = date(2026, 8, 30)  # the next one begins on the 31st
    for day, expected in (
        (date(2026, 8, 30), ("2026-02-28", "2026-08-30")),
        (date(2026, 2, 27), ("2025-08-31", "2026-02-27")),
        (date(2026, 8, 31), ("2026-08-31", "2027-02-27")),
    ):
        assert ends(window(day, months=6, licence_until=until)) == expected


def test_the_text_may_name_the_day_on_which_all_cycles_begin() -> None:
    for day, expected in (
        (date(2026, 12, 1), ("2026-12-01", "2027-11-30")),
        (date(2026, 11, 30), ("2025-12-01", "2026-11-30")),
        (date(2026, 1, 1), ("2025-12-01", "2026-11-30")),
    ):
        found = window(day, months=12, begins="12-01", licence_until=date(2026, 6, 30))
        assert ends(found) == expected


@pytest.mark.parametrize("in_year", [2015, 2025, 2033])
def test_a_cycle_of_several_years_begins_in_the_years_that_the_text_names(in_year: int) -> None:
    for day, expected in (
        (date(2025, 7, 1), ("2025-07-01", "2027-06-30")),
        (date(2027, 6, 30), ("2025-07-01", "2027-06-30")),
        (date(2025, 6, 30), ("2023-07-01", "2025-06-30")),
    ):
        found = window(day, months=24, begins="07-01", begins_in_year=in_year)
        assert ends(found) == expected


def test_29_february_is_the_28th_in_other_years() -> None:
    for day, expected in (
        (date(2028, 2, 28), ("2027-02-28", "2028-02-28")),
        (date(2028, 2, 29), ("2028-02-29", "2029-02-27")),
        (date(2029, 2, 28), ("2029-02-28", "2030-02-27")),
    ):
        assert ends(window(day, months=12, begins="02-29")) == expected


def test_a_month_that_stands_alone_is_one_of_the_calendar() -> None:
    assert ends(window(date(2026, 2, 28), months=1)) == ("2026-02-01", "2026-02-28")
    assert ends(window(date(2026, 12, 31), months=1, licence_until=date(2026, 12, 15))) == (
        "2026-12-01",
        "2026-12-31",
    )


@pytest.mark.parametrize(
    ("cycle", "code", "because"),
    [
        ({}, "cycle.months", "the text does not say how long a cycle is"),
        (
            {"months": 24, "begins": "12-01"},
            "cycle.begins",
            "the text does not say in which years a cycle begins",
        ),
        (
            {"months": 1, "begins": "12-01"},
            "cycle.begins",
            "the text does not say in which years a cycle begins",
        ),
        (
            {"months": 6, "begins": "12-01"},
            "cycle.begins",
            "the text does not say in which years a cycle begins",
        ),
        (
            {"months": 18, "begins": "12-01", "begins_in_year": 2025},
            "cycle.begins",
            "the text does not say in which years a cycle begins",
        ),
        (
            {"months": 24},
            "cycle.licence_until",
            "your cycle ends with your licence, and its last day is not recorded",
        ),
    ],
)
def test_what_the_text_does_not_say_is_not_determined(
    cycle: dict[str, Any], code: str, because: str
) -> None:
    found = refusal(**cycle)
    assert found.code == f"{code}.not_determined"
    assert found.sentence == f"Not determined, because {because}."


@pytest.mark.parametrize(
    ("licence_from", "months"),
    [
        (None, None),
        (date(2025, 7, 1), None),
        (date(2025, 6, 30), None),
        (date(2025, 7, 2), 23),
        (date(2025, 8, 1), 23),
        (date(2027, 5, 31), 1),
        (date(2027, 6, 2), 0),
        (date(2027, 6, 30), 0),
        (date(2027, 7, 1), None),
    ],
)
def test_a_first_cycle_has_the_whole_months_since_the_licence_began(
    licence_from: date | None, months: int | None
) -> None:
    found = window(
        date(2026, 1, 1), months=24, licence_from=licence_from, licence_until=date(2027, 6, 30)
    )
    assert found.first_months == months


def test_a_window_holds_its_first_and_its_last_day() -> None:
    held = Window(date(2026, 1, 2), date(2026, 1, 3))
    assert [held.holds(date(2026, 1, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]


# What a cycle requires


def test_a_full_cycle_requires_what_the_text_says() -> None:
    full = Window(date(2026, 1, 1), date(2026, 12, 31))
    first = FirstCycle(exempt=True)
    assert required_in(Cycle(unit="hour", required=Decimal(30), first=first), full) == (
        Decimal(30),
        "",
    )
    assert required_in(Cycle(unit="hour"), full) == (None, "")


@pytest.mark.parametrize(
    ("first", "required", "why"),
    [
        (
            None,
            30,
            "Your licence began in this cycle; whether less is required is not determined.",
        ),
        (
            FirstCycle(exempt=True),
            0,
            "Your licence began in this cycle, so nothing is required yet.",
        ),
        (
            FirstCycle(required=Decimal(5)),
            5,
            "Your licence began in this cycle, so less is required.",
        ),
        (
            FirstCycle(per_month=Decimal("2.50")),
            Decimal("17.5"),
            "Your licence began in this cycle: 2.5 for each of its 7 whole months.",
        ),
    ],
)
def test_a_first_cycle_may_require_less(
    first: FirstCycle | None, required: Decimal, why: str
) -> None:
    cycle = Cycle(unit="hour", required=Decimal(30), first=first)
    assert required_in(cycle, Window(date(2026, 1, 1), date(2026, 12, 31), 7)) == (required, why)


def test_a_first_cycle_of_one_month_is_told_as_one() -> None:
    cycle = Cycle(unit="hour", required=Decimal(30), first=FirstCycle(per_month=Decimal(2)))
    window = Window(date(2026, 12, 1), date(2026, 12, 31), 1)
    said = "Your licence began in this cycle: 2 for its 1 whole month."
    assert required_in(cycle, window) == (Decimal(2), said)


@pytest.mark.parametrize(
    ("months", "share"), [(0, "0"), (1, "1.25"), (7, "8.75"), (23, "28.75"), (24, "30")]
)
def test_a_first_cycle_may_require_its_share_and_is_never_written_too_low(
    months: int, share: str
) -> None:
    cycle = Cycle(unit="hour", months=24, required=Decimal("30.0"), first=FirstCycle(prorated=True))
    found = required_in(cycle, Window(date(2026, 1, 1), date(2027, 12, 31), months))
    assert found[1] == f"Your licence began in this cycle: {months} of 24 months of 30."
    assert found[0] == Decimal(share)
    third = Cycle(unit="hour", months=3, required=Decimal(1), first=FirstCycle(prorated=True))
    assert required_in(third, Window(YEAR, YEAR, 1))[0] == Decimal("0.34")


def test_a_share_of_what_nobody_knows_is_not_determined() -> None:
    window = Window(date(2026, 1, 1), date(2027, 12, 31), 7)
    for known in ({"months": 24}, {"required": Decimal(30)}):
        cycle = Cycle(unit="hour", first=FirstCycle(prorated=True), **known)
        assert required_in(cycle, window) == (
            None,
            "Your licence began in this cycle; the share of it is not determined.",
        )


# The calendar


def test_months_end_where_the_calendar_ends_them() -> None:
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_after(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert months_after(date(2026, 11, 5), 1) == date(2026, 12, 5)
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert months_between(date(2026, 1, 15), date(2026, 3, 14)) == 1
    assert months_between(date(2026, 1, 15), date(2027, 3, 15)) == 14


@given(tricky_days, st.integers(0, 400), st.integers(0, 40))
def test_months_between_undoes_months_after(day: date, months: int, more: int) -> None:
    later = months_after(day, months) + more * DAY
    found = months_between(day, later)
    assert months_after(day, found) <= later < months_after(day, found + 1)


def check_tiles(day: date, **cycle: Any) -> None:
    found = window(day, **cycle)
    assert found.from_day <= day <= found.until_day
    assert found.holds(day)
    for other in (found.from_day, found.until_day):
        assert window(other, **cycle) == found
    assert window(found.until_day + DAY, **cycle).from_day == found.until_day + DAY
    assert window(found.from_day - DAY, **cycle).until_day == found.from_day - DAY


@given(tricky_days, tricky_days, st.sampled_from([1, 3, 6, 12, 18, 24, 36, 60]))
def test_cycles_of_a_licence_tile_the_calendar(day: date, until: date, months: int) -> None:
    check_tiles(day, months=months, licence_until=until)


@given(tricky_days, tricky_days, st.sampled_from([12, 24, 36, 60]), st.integers(1990, 2050))
def test_cycles_from_a_day_of_the_year_tile_the_calendar(
    day: date, begins: date, months: int, in_year: int
) -> None:
    check_tiles(day, months=months, begins=f"{begins:%m-%d}", begins_in_year=in_year)
    if months == 12:
        check_tiles(day, months=months, begins=f"{begins:%m-%d}")
    found = window(day, months=months, begins=f"{begins:%m-%d}", begins_in_year=in_year)
    assert (found.from_day.year - in_year) % (months // 12) == 0
