"""The hours to come of a group: those planned, and beyond them what its rhythm promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.groups.rhythms import Rhythm
from projections import Connection
from projections.schedule import queries as schedule
from services.days import local_day_of

_AT_ONCE: Final = 520  # meetings that a rhythm tells of in one answer: ten years of weeks


@dataclass(frozen=True, slots=True)
class HourToCome:
    """A meeting to come: one that is scheduled, or that the group's rhythm promises.

    Attributes:
        key: the same for the same hour.
        title: of the meeting; the group's name while nobody planned it.
        starts_at: aware UTC.
        ends_at: aware UTC.
        zone: by whose clock it was planned.
        modality: how people meet; empty while nobody planned it.
        program_id: what it teaches; the group's while nobody planned it.
        meeting_id: ``None`` while nobody planned it.
    """

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    program_id: UUID | None
    meeting_id: UUID | None = None


async def hours_to_come(
    conn: Connection, group: schedule.GroupRow, now: datetime, until: date
) -> list[HourToCome]:
    """Return what a group has planned, and after the last of it its usual hours.

    A usual hour that was planned and moved to an earlier time is not promised once more.

    Args:
        conn: a connection to the views.
        group: whose hours.
        now: aware UTC.
        until: the last local day of usual hours; what is planned later is told all the same.
    """
    scheduled = await schedule.to_come(conn, group.group_id, now)
    planned = [
        HourToCome(
            key=str(row.meeting_id),
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=row.zone,
            modality=row.modality,
            program_id=row.program_id,
            meeting_id=row.meeting_id,
        )
        for row in scheduled
        if row.state == "scheduled" and row.starts_at > now
    ]
    rhythm = Rhythm(
        group.weekday,
        group.local_time,
        group.every_weeks,
        group.zone,
        group.minutes,
        group.starts_on,
    )
    last = max([now, *(row.starts_at for row in scheduled)])
    moved = {row.moved_from for row in scheduled}
    for start in rhythm.occurrences(after=last, many=_AT_ONCE):
        if local_day_of(start, group.zone) > until:
            break
        if start in moved:
            continue
        ends = start + timedelta(minutes=group.minutes)
        key = f"{group.group_id}:{start.isoformat()}"
        planned.append(HourToCome(key, group.name, start, ends, group.zone, "", group.program_id))
    return planned
