"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.days import day
from domain.zone_names import _BY_ZONE
from services.web.words.times import brief, clock, until, when

SUMMER_NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
WINTER_NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOUNDS = tuple(datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1990, 2090))
CLOCKS_GO_BACK = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HALF_PAST_ONE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def test_the_reader_sees_their_own_zone_by_name_and_machines_the_instant() -> None:
    assert when(HALF_PAST_ONE, "America/Denver") == (
        '<time datetime="2026-11-24T01:30:00Z">'
        "Monday 23 November, 6:30 PM (Mountain Standard Time)</time>"
    )


def test_in_a_table_that_names_the_zone_a_time_is_brief() -> None:
    assert brief(HALF_PAST_ONE, "America/Denver") == (
        '<time datetime="2026-11-24T01:30:00Z">2026-11-23 18:30:00</time>'
    )
    assert "2026-11-24 01:30:00" in brief(HALF_PAST_ONE, "Nowhere/At_All")


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (SUMMER_NOON, "America/Denver", "6:00 AM (Mountain Daylight Time)"),
        (SUMMER_NOON, "America/Phoenix", "5:00 AM (Mountain Standard Time)"),
        (SUMMER_NOON, "Europe/London", "1:00 PM (British Summer Time)"),
        (SUMMER_NOON, "Europe/Dublin", "1:00 PM (Irish Standard Time)"),
        (WINTER_NOON, "Europe/Dublin", "12:00 PM (Greenwich Mean Time)"),
        (HALF_PAST_ONE, "Asia/Kolkata", "7:00 AM (India Standard Time)"),
        (HALF_PAST_ONE, "Asia/Kathmandu", "7:15 AM (UTC+05:45)"),
        (HALF_PAST_ONE, "America/Caracas", "9:30 PM (UTC-04:00)"),
        (HALF_PAST_ONE, "Nowhere/Land", "1:30 AM (Coordinated Universal Time)"),
        (HALF_PAST_ONE, "America", "1:30 AM (Coordinated Universal Time)"),
        (HALF_PAST_ONE, "../../etc/passwd", "1:30 AM (Coordinated Universal Time)"),
        (CLOCKS_GO_BACK, "America/Denver", "1:30 AM (Mountain Daylight Time)"),
        (CLOCKS_GO_BACK + HOUR, "America/Denver", "1:30 AM (Mountain Standard Time)"),
        (MIDNIGHT, "America/Denver", "12:00 AM (Mountain Standard Time)"),
    ],
)  # fmt: skip
def test_the_name_follows_the_day(moment: datetime, zone: str, words: str) -> None:
    assert words in when(moment, zone)


def test_the_year_is_named_where_it_may_be_far_away() -> None:
    assert "Monday 23 November 2026, 6:30 PM" in when(HALF_PAST_ONE, "America/Denver", year=True)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        when(datetime(2026, 11, 24, 1, 30), "UTC")  # noqa: DTZ001 - the very thing refused


def test_clock_and_day_alone() -> None:
    assert clock(HALF_PAST_ONE, "America/Denver").endswith(">6:30 PM</time>")
    assert day(date(2026, 11, 23)) == "Monday 23 November 2026"


@given(
    st.datetimes(BOUNDS[0], BOUNDS[1], timezones=st.just(UTC)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(sorted(_BY_ZONE)),
)
def test_the_zone_a_time_came_in_does_not_matter(moment: datetime, minutes: int, zone: str) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert when(elsewhere, zone) == when(moment, zone)


@pytest.mark.parametrize("zone", sorted(set(_BY_ZONE) & available_timezones()))
def test_every_named_zone_has_a_name_all_year(zone: str) -> None:
    for month in (1, 4, 7, 10):
        moment = datetime(2026, month, 15, 12, tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert "(UTC" not in when(moment, zone)


def test_the_end_names_its_zone_where_the_clocks_change_before_it() -> None:
    denver = "America/Denver"
    twice = until(CLOCKS_GO_BACK + HOUR, CLOCKS_GO_BACK, denver)
    assert "1:30 AM (Mountain Standard Time)" in twice
    assert until(HALF_PAST_ONE + HOUR, HALF_PAST_ONE, denver) == clock(HALF_PAST_ONE + HOUR, denver)
