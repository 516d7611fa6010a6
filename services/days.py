"""Days as people read them: at a place, and in a member's own calendar."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from projections import Connection
from projections.schedule import queries as schedule

_NOWHERE: Final = "UTC"


def local_day_of(at: datetime, zone: str) -> date:
    """Return the day that people of a zone read at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


async def zone_of(conn: Connection, member_id: UUID, *, here: str = _NOWHERE) -> str:
    """Return the zone in which somebody reads days and times, on pages and in letters alike.

    Nobody asks members where they live. What the house does know is where they meet: the zone of
    the group that they have belonged to longest, or left last.

    Args:
        conn: a connection to the views.
        member_id: who reads.
        here: zone of the place that the text is about, for whoever never had a group; UTC where
            it is about none.

    Returns:
        An IANA name.
    """
    return await schedule.zone_of(conn, member_id) or here


async def zones_of(conn: Connection, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return for each of them what :func:`zone_of` does, in one question."""
    found = await schedule.zones_of(conn, member_ids)
    return {each: found.get(each, _NOWHERE) for each in member_ids}


async def own_day(conn: Connection, member_id: UUID, now: datetime) -> date:
    """Return the day that a member's calendar shows: a licence ends with the evening at home.

    Args:
        conn: a connection to the views.
        member_id: whose calendar, as :func:`zone_of` finds it.
        now: aware UTC.
    """
    return local_day_of(now, await zone_of(conn, member_id))
