"""Texts whose months stand alone: every month ahead, and what to know before it is too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.facts import Attendance, Person
from domain.rules.forecast import Forecast, forecast
from domain.rules.histories import LicenceFacts
from domain.rules.model import Pack
from domain.rules.months import looked_ahead, months_ahead
from domain.values import Interval
from tests.domain.rules.made import a_pack, a_rule, these

TODAY = date(2026, 11, 10)
LICENCE = LicenceFacts(id="ana", profession="counseling", valid_until=date(2030, 1, 1))
OTHERS = (Person(),) * 3


def monthly(**changes: Any) -> Pack:
    cycle = {"unit": "hour", "months": 1, "required": 2, "averaging": False} | changes
    return a_pack(a_rule(), cycle=cycle)


def evening(day: date, hours: int = 1) -> Attendance:
    begins = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    window = Interval(begins, begins + timedelta(hours=hours))
    return Attendance(meeting=f"on {day}", scheduled=window, present=(window,), others=OTHERS)


def foreseen(
    pack: Pack,
    *planned: Attendance,
    earned: tuple[Entry, ...] = (),
    licence: LicenceFacts = LICENCE,
    today: date = TODAY,
) -> Forecast:
    return forecast(RuleBook([pack]), pack, licence, earned, planned, today=today)


def told(found: Forecast, code: str = "months.too_little") -> list[str]:
    return [each.sentence for each in found.warnings if each.code == code]


def test_each_of_twelve_months_says_what_the_plan_gives_it() -> None:
    plan = [evening(date(2026, 11, 16)), evening(date(2026, 12, 7)), evening(date(2026, 12, 14))]
    earned = Entry(key="e", day=date(2026, 11, 2), amount=Decimal(1), rule="hours", minutes=60)
    months = foreseen(monthly(), *plan, earned=(earned,)).months
    assert len(months) == 12
    assert (months[0].name, months[-1].name) == ("November 2026", "October 2027")
    found = [these(each.meetings, each.now, each.then, each.lacks) for each in months[:3]]
    assert found == [(1, 1, 2, 0), (2, 0, 2, 0), (0, 0, 0, 2)]


def test_the_months_that_will_miss_the_minimum_are_named_while_they_can_still_change() -> None:
    plan = [evening(date(2026, 12, 7), 2), evening(date(2027, 1, 4), 1)]
    licence = LicenceFacts(id="ana", profession="counseling", valid_until=date(2027, 2, 14))
    found = foreseen(monthly(), *plan, licence=licence)
    assert [each.name for each in found.months][-1] == "February 2027"
    expected = (
        "Your schedule gives too little in 2 of the 3 months after this one: January 2027 (1 of "
        "2), February 2027 (0 of 2). No month makes up for another."
    )
    assert told(found) == [expected]
    assert any("must come from elsewhere" in each for each in told(found, "total.too_little"))


def test_enough_in_every_month_is_nothing_to_tell() -> None:
    licence = LicenceFacts(id="ana", profession="counseling", valid_until=date(2026, 12, 31))
    plan = [evening(date(2026, 11, 16), 2), evening(date(2026, 12, 7), 2)]
    found = foreseen(monthly(), *plan, licence=licence)
    assert len(found.months) == 2
    assert found.warnings == ()


@pytest.mark.parametrize(("hours", "warned"), [(3, True), (4, False)])
def test_where_one_month_may_make_up_for_another_all_of_them_are_looked_at(
    hours: int, *, warned: bool
) -> None:
    licence = LicenceFacts(id="ana", profession="counseling", valid_until=date(2026, 12, 31))
    found = foreseen(monthly(averaging=True), evening(date(2026, 12, 7), hours), licence=licence)
    expected = (
        "Over these 2 months your schedule comes to 3 of 4 hours. One month may make up for "
        "another, over how long is not determined; all of them together are too little."
    )
    assert told(found) == ([expected] if warned else [])


def test_a_month_of_which_nobody_knows_what_it_wants_lacks_nothing() -> None:
    found = foreseen(monthly(required=None))
    assert {(each.required, each.lacks) for each in found.months} == {(None, Decimal(0))}
    assert told(found) == []


def test_a_longer_cycle_has_no_months_and_is_looked_at_to_its_end() -> None:
    pack = a_pack(a_rule(), cycle={"unit": "hour", "months": 60, "required": 100})
    assert looked_ahead(pack, LICENCE, TODAY) == date(2030, 1, 1)
    found = foreseen(pack, evening(date(2029, 12, 31)), evening(date(2030, 1, 2)))
    assert found.months == ()
    assert found.gain == 1


def test_nobody_looks_ahead_where_the_cycle_is_not_determined() -> None:
    unknown = LicenceFacts(id="ana", profession="counseling")
    assert looked_ahead(a_pack(a_rule()), LICENCE, TODAY) is None
    pack = a_pack(a_rule(), cycle={"unit": "hour", "months": 24})
    assert looked_ahead(pack, unknown, TODAY) is None
    assert looked_ahead(monthly(), unknown, TODAY) == date(2027, 10, 31)


def test_more_than_enough_lacks_nothing_and_every_month_has_its_name() -> None:
    months = foreseen(monthly(), evening(date(2026, 11, 16), 4)).months
    assert these(months[0].wanted, months[0].then, months[0].lacks) == (2, 4, 0)
    assert [each.name for each in months] == [
        "November 2026",
        "December 2026",
        "January 2027",
        "February 2027",
        "March 2027",
        "April 2027",
        "May 2027",
        "June 2027",
        "July 2027",
        "August 2027",
        "September 2027",
        "October 2027",
    ]


def test_the_last_day_of_the_last_month_still_belongs_to_it() -> None:
    licence = LicenceFacts(id="ana", profession="counseling", valid_until=date(2026, 11, 30))
    found = foreseen(monthly(), licence=licence, today=date(2026, 11, 30))
    assert [each.name for each in found.months] == ["November 2026"]


def test_of_a_licence_that_is_over_only_the_running_month_is_told() -> None:
    licence = LicenceFacts(id="ana", profession="counseling", valid_until=date(2026, 9, 30))
    assert looked_ahead(monthly(), licence, TODAY) == date(2026, 11, 30)
    assert [each.name for each in foreseen(monthly(), licence=licence).months] == ["November 2026"]


def test_a_licence_that_lasts_longer_than_a_year_ahead_adds_no_months() -> None:
    for until in (date(2027, 10, 31), date(2027, 11, 1)):
        licence = LicenceFacts(id="ana", profession="counseling", valid_until=until)
        assert looked_ahead(monthly(), licence, TODAY) == date(2027, 10, 31)


def test_there_are_no_months_without_a_cycle_or_where_it_is_not_determined() -> None:
    since = {"unit": "hour", "months": 1, "begins": "12-01"}
    for pack in (a_pack(a_rule()), a_pack(a_rule(), cycle=since)):
        assert months_ahead(pack, LICENCE, (), (), today=TODAY) == []


def test_averaging_adds_up_what_is_known_of_each_month() -> None:
    licence = LicenceFacts(
        id="ana",
        profession="counseling",
        valid_from=date(2026, 11, 5),
        valid_until=date(2026, 12, 31),
    )
    pack = monthly(averaging=True, required=None, first={"required": 2})
    (said,) = told(foreseen(pack, evening(date(2026, 12, 7), 1), licence=licence))
    assert said.startswith("Over these 2 months your schedule comes to 1 of 2 hours.")
    assert told(foreseen(monthly(averaging=True, required=None))) == []
