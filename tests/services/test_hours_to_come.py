"""The hours to come of a group: those planned, and behind the last of them its usual times."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from infra.database import ConnectKwargs
from projections.schedule import queries as schedule
from services.groups.hours_to_come import HourToCome, hours_to_come
from services.meetings.commands import PostponeMeeting
from tests.support.house import RealHouse, open_real_house

UNTIL = date(2026, 5, 1)


async def test_an_hour_that_moved_earlier_and_is_over_is_neither_planned_nor_usual(
    database: ConnectKwargs, tmp_path: Path
) -> None:
    async with open_real_house(database, tmp_path) as real:
        story = real.story("hours to come")
        await story.begin()
        await real.drain()
        first, second, *_ = [hour.starts_at for hour in await coming(real, story.group)]
        meeting_id = await story.plan(start=first)
        earlier = first - timedelta(days=2)
        await story.do(
            PostponeMeeting(
                meeting_id=meeting_id,
                by=story.joy,
                starts_at=earlier,
                ends_at=earlier + timedelta(hours=1),
            )
        )
        await real.drain()
        found = await coming(real, story.group)
        assert [(each.meeting_id, each.starts_at) for each in found[:2]] == [
            (meeting_id, earlier),
            (None, second),
        ]
        found = await coming(real, story.group, now=earlier)
        assert (found[0].meeting_id, found[0].starts_at) == (None, second)


async def coming(
    real: RealHouse, group_id: UUID, *, now: datetime | None = None
) -> list[HourToCome]:
    async with real.house.views() as conn:
        group = await schedule.group(conn, group_id)
        assert group is not None
        return await hours_to_come(conn, group, now or real.clock.now(), UNTIL)
