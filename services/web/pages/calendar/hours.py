"""What stands in a member's calendar: words, no person, and no more than the member allows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain import days
from domain.calendar.feed import Feed, Shows
from domain.calendar.hours import Calendar, CalendarHour, Standing
from domain.meetings.regrets import absent
from projections import Connection
from projections.people import queries as people
from projections.schedule import calendar_queries
from projections.schedule import queries as schedule
from services.days import local_day_of
from services.groups.hours_to_come import HourToCome, hours_to_come
from services.house import House
from services.web.words import record as words

_BACK: Final = timedelta(days=60)
_AHEAD: Final = timedelta(weeks=12)  # of usual hours; what is planned is told however far ahead
_STANDING: Final = {"cancelled": Standing.CALLED_OFF}


async def calendar_of(house: House, feed: Feed) -> Calendar:
    """Return the hours of a feed: two months back, and ahead what is planned and what is usual.

    Somebody on leave is expected nowhere, so nothing to come stands in their calendar.
    """
    now = house.clock.now()
    async with house.views() as conn:
        person = await people.person(conn, feed.member_id)
        planned = await calendar_queries.hours_of(conn, feed.member_id, now - _BACK)
        usual = await _usual(conn, feed.member_id, now)
    if person is None or person.forgotten:
        return Calendar(name="Peerhour", hours=())
    regrets = await house.regrets.of_meetings([row.meeting_id for row in planned])
    hours = [
        _planned(house, feed, row, absent(regrets, row.meeting_id, row.starts_at))
        for row in planned
    ]
    hours += [_usual_hour(feed, hour) for hour in usual]
    if person.on_leave:
        hours = [hour for hour in hours if hour.starts_at <= now]
    return Calendar(name="Peerhour", hours=sorted(hours, key=lambda hour: hour.starts_at))


async def _usual(conn: Connection, member_id: UUID, now: datetime) -> list[HourToCome]:
    """Return when the member's groups meet after the last hour that each has planned."""
    found: list[HourToCome] = []
    for group in await schedule.groups_of(conn, member_id):
        until = local_day_of(now + _AHEAD, group.zone)
        coming = await hours_to_come(conn, group, now, until)
        found += [hour for hour in coming if hour.meeting_id is None]
    return found


def _planned(
    house: House, feed: Feed, row: calendar_queries.PlannedHour, away: Collection[UUID]
) -> CalendarHour:
    standing = _STANDING.get(row.state, Standing.PLANNED)
    called_off, stays_away = standing is Standing.CALLED_OFF, feed.member_id in away
    title = _title(feed, row.group_name)
    clock = days.moment(row.starts_at, row.zone, year=True)
    told = [
        f"{row.title}, {words.MODALITY[row.modality]}.",
        "It is called off." if called_off else f"By the group’s clock: {clock}.",
        "You said that you cannot come." if stays_away else "",
    ]
    return CalendarHour(
        uid=str(row.meeting_id),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=f"Called off: {title}" if called_off else title,
        words="" if feed.shows is Shows.BUSY else "\n".join(filter(None, told)),
        address=None if feed.shows is Shows.BUSY else f"{house.origin}/meetings/{row.meeting_id}",
        standing=standing,
        free=called_off or stays_away,
        changes=row.changes,
        changed_at=row.changed_at,
    )


def _usual_hour(feed: Feed, hour: HourToCome) -> CalendarHour:
    clock = days.moment(hour.starts_at, hour.zone, year=True)
    told = f"The usual time of the group; nobody has planned it yet.\nBy its clock: {clock}."
    return CalendarHour(
        uid=hour.key,
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
        title=_title(feed, hour.title),
        words="" if feed.shows is Shows.BUSY else told,
        address=None,
        standing=Standing.USUAL,
        free=False,
        changes=0,
        changed_at=feed.made_at,
    )


def _title(feed: Feed, group_name: str) -> str:
    if feed.shows is Shows.BUSY:
        return "Busy"
    return group_name if feed.shows is Shows.GROUP else "Peer group"
