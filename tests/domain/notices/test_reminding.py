"""When somebody is reminded of an hour: the evening before, by their own clock, never too late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notices.notice import EVENING, TOO_LATE, Notice, Wishes, reminded_at
from tests.support.builders import SIX_PM

SOMEBODY = uuid4()
BERLIN, DENVER, KIRITIMATI = map(
    ZoneInfo, ("Europe/Berlin", "America/Denver", "Pacific/Kiritimati")
)


@pytest.mark.parametrize(
    ("starts_at", "zone", "due"),
    [
        (datetime(2026, 3, 10, 18, tzinfo=UTC), BERLIN, datetime(2026, 3, 9, 17, tzinfo=UTC)),
        (datetime(2026, 3, 10, 18, tzinfo=UTC), DENVER, datetime(2026, 3, 10, 0, tzinfo=UTC)),
        # Monday evening in Denver is Tuesday in Berlin: each is told on the eve of their own day.
        (datetime(2026, 3, 10, 1, tzinfo=UTC), DENVER, datetime(2026, 3, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 10, 1, tzinfo=UTC), BERLIN, datetime(2026, 3, 9, 17, tzinfo=UTC)),
        # The clocks of Berlin went forward on 29 March 2026, those of Denver on 8 March.
        (datetime(2026, 3, 29, 8, tzinfo=UTC), BERLIN, datetime(2026, 3, 28, 17, tzinfo=UTC)),
        (datetime(2026, 3, 8, 20, tzinfo=UTC), DENVER, datetime(2026, 3, 8, 1, tzinfo=UTC)),
    ],
)
def test_it_is_the_evening_before_the_day_on_which_its_reader_meets(
    starts_at: datetime, zone: ZoneInfo, due: datetime
) -> None:
    assert reminded_at(starts_at, zone, starts_at - timedelta(days=30)) == due


def test_an_hour_that_is_planned_late_is_told_at_once_and_one_about_to_begin_is_not() -> None:
    for before in (timedelta(hours=20), timedelta(hours=2), TOO_LATE):
        assert reminded_at(SIX_PM, BERLIN, SIX_PM - before) == SIX_PM - before
    late = SIX_PM - TOO_LATE + timedelta(seconds=1)
    assert reminded_at(SIX_PM, BERLIN, late) is None
    assert reminded_at(SIX_PM, BERLIN, SIX_PM + timedelta(days=1)) is None


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  made aware
    st.sampled_from([BERLIN, DENVER, KIRITIMATI]),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_nobody_is_reminded_of_the_past_or_twice_as_time_goes_by(
    starts_at: datetime, zone: ZoneInfo, ahead: timedelta
) -> None:
    now = starts_at - ahead
    due = reminded_at(starts_at, zone, now)
    if due is None:
        assert ahead < TOO_LATE
        return
    assert now <= due <= starts_at - TOO_LATE
    if due > now:
        evening = due.astimezone(zone)
        assert evening.time() == EVENING == time(18)
        assert evening.date() == starts_at.astimezone(zone).date() - timedelta(days=1)
        assert starts_at - due < timedelta(hours=31)
        assert reminded_at(starts_at, zone, due) == due


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("reminders", [True, False])
@pytest.mark.parametrize("changes", [True, False])
def test_wishes_are_about_reminders_and_about_changes(
    notice: Notice, *, reminders: bool, changes: bool
) -> None:
    wishes = Wishes(member_id=SOMEBODY, reminders=reminders, changes=changes)
    assert wishes.want(notice) is (reminders if notice is Notice.TOMORROW else changes)
    assert Wishes(member_id=SOMEBODY).want(notice)
