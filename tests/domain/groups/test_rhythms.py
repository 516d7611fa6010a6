"""Rhythms keep the time on the wall, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidFields
from domain.groups.rhythms import Rhythm, instant_of
from domain.values import UnknownZone, UnusableInstant
from tests.support.builders import MONDAY, SIX_PM, a_rhythm

FIRST, LAST = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2030-01-01")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


def test_the_first_meeting_is_on_the_first_such_weekday() -> None:
    rhythm = a_rhythm(weekday=2, starts_on=MONDAY)
    assert rhythm.occurrences(after=datetime(2020, 1, 1, tzinfo=UTC), many=1) == [
        datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
    ]


def test_the_next_meeting_is_later_than_now() -> None:
    assert a_rhythm().occurrences(after=SIX_PM, many=1) == [SIX_PM + timedelta(days=7)]


def test_a_meeting_later_today_is_the_next() -> None:
    week = timedelta(days=7)
    soon = a_rhythm().occurrences(after=SIX_PM + week - timedelta(hours=1), many=1)
    assert soon == [SIX_PM + week]


def test_the_hour_on_the_wall_stays_when_clocks_change() -> None:
    rhythm = a_rhythm(zone="Europe/Berlin", starts_on=date(2026, 3, 23))
    before, after = rhythm.occurrences(after=datetime(2026, 3, 1, tzinfo=UTC), many=2)
    assert (before, after) == (
        datetime(2026, 3, 23, 17, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 16, 0, tzinfo=UTC),
    )


def test_every_second_week_is_counted_from_the_first() -> None:
    rhythm = a_rhythm(every_weeks=2)
    later = rhythm.occurrences(after=SIX_PM + timedelta(days=8), many=2)
    assert later == [SIX_PM + timedelta(days=14), SIX_PM + timedelta(days=28)]


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        # 02:00 to 03:00 does not exist; the first instant afterwards is 01:00 UTC.
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00"),
        # 02:00 to 03:00 exists twice; the first is in summer time.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        # Clocks jump by half an hour only.
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),
        # A whole day that Samoa left out.
        ("2011-12-30T18:00", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_readings_that_exist_twice_or_never_have_one_instant(
    local: str, zone: str, instant: str
) -> None:
    reading, expected = datetime.fromisoformat(local), datetime.fromisoformat(f"{instant}Z")
    assert instant_of(reading, ZoneInfo(zone)) == expected


@given(
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    every=st.integers(1, 4),
    after=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
def test_meetings_come_in_order_and_show_the_promised_time(
    zone: str, weekday: int, hour: int, minute: int, every: int, after: datetime
) -> None:
    local = time(hour, minute)
    rhythm = Rhythm(weekday, local, every, zone, 60, date(2024, 1, 1))
    starts = rhythm.occurrences(after=after, many=30)
    assert starts == sorted(set(starts))
    assert starts[0] > after
    assert starts[0] - after <= timedelta(weeks=every, days=1)
    for start in starts:
        shown = start.astimezone(ZoneInfo(zone))
        assert shown.weekday() == weekday
        asked = datetime.combine(shown.date(), local)
        # Only a reading that does not exist may be shown later than asked, by the jump at most.
        exists = start == asked.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert exists or timedelta(0) < shown.replace(tzinfo=None) - asked <= timedelta(hours=1)


@given(after=st.datetimes(FIRST, LAST, timezones=st.just(UTC)))
def test_asking_later_continues_the_same_series(after: datetime) -> None:
    rhythm = a_rhythm(zone="America/New_York", every_weeks=2)
    series = rhythm.occurrences(after=after, many=5)
    assert rhythm.occurrences(after=series[1], many=3) == series[2:]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", 7),
        ("local_time", time(18, 0, 30)),
        ("local_time", time(18, 0, tzinfo=UTC)),
        ("every_weeks", 0),
        ("minutes", 0),
        ("starts_on", date(1999, 12, 31)),
    ],
)
def test_a_rhythm_names_the_field_that_cannot_be(field: str, value: Any) -> None:
    with pytest.raises(InvalidFields) as refused:
        a_rhythm(**{field: value})
    assert list(refused.value.fields) == [field]


def test_a_rhythm_needs_a_place_and_a_moment() -> None:
    with pytest.raises(UnknownZone):
        a_rhythm(zone="Nowhere")
    with pytest.raises(UnusableInstant):
        a_rhythm().occurrences(after=datetime(2026, 3, 2, 18, 0), many=1)  # noqa: DTZ001
