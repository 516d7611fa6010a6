"""Questions to the view ``schedule``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from projections import Connection

_GROUP_COLUMNS: Final = """g.group_id, g.name, g.promise, g.style, g.zone, g.weekday, g.local_time,
                           g.every_weeks, g.minutes, g.starts_on, g.program_id, g.facilitator_id"""
_MEETING_COLUMNS: Final = """m.meeting_id, m.group_id, g.name AS group_name, m.title, m.starts_at,
                             m.ends_at, m.zone, m.modality, m.facilitator_id, m.state"""
_GROUPS_OF: Final = f"""SELECT {_GROUP_COLUMNS} FROM peer_group g JOIN belonging b USING (group_id)
                         WHERE b.member_id = $1 AND b.until_at IS NULL
                         ORDER BY g.name, g.group_id"""
_GROUP: Final = f"SELECT {_GROUP_COLUMNS} FROM peer_group g WHERE g.group_id = $1"
_MEMBERS: Final = """SELECT member_id FROM belonging WHERE group_id = $1 AND until_at IS NULL
                      ORDER BY from_at, member_id"""
_UPCOMING: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN expected e USING (meeting_id)
                         JOIN peer_group g USING (group_id)
                        WHERE e.member_id = $1 AND m.ends_at > $2
                          AND m.state IN ('scheduled', 'open')
                        ORDER BY m.starts_at, m.meeting_id LIMIT 20"""
_PAST: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN expected e USING (meeting_id)
                     JOIN peer_group g USING (group_id)
                    WHERE e.member_id = $1 AND (m.ends_at <= $2
                       OR m.state IN ('closed', 'voided', 'cancelled'))
                    ORDER BY m.starts_at DESC, m.meeting_id LIMIT 20"""
_OF_GROUP: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                        WHERE m.group_id = $1 ORDER BY m.starts_at DESC, m.meeting_id LIMIT 40"""
_MEETING: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                       WHERE m.meeting_id = $1"""
_AROUND: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                      WHERE m.group_id = $1 AND m.state <> 'cancelled'
                        AND $2 BETWEEN m.starts_at - interval '1 hour'
                                   AND m.ends_at + interval '2 hours'
                      ORDER BY abs(extract(epoch FROM m.starts_at - $2)), m.meeting_id LIMIT 1"""
_IS_EXPECTED: Final = "SELECT 1 FROM expected WHERE meeting_id = $1 AND member_id = $2"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A peer group and when it meets (local time of its zone)."""

    group_id: UUID
    name: str
    promise: str
    style: str
    zone: str
    weekday: int
    local_time: time
    every_weeks: int
    minutes: int
    starts_on: date
    program_id: UUID | None
    facilitator_id: UUID


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting: instants in UTC, and the zone in which people meet."""

    meeting_id: UUID
    group_id: UUID
    group_name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    facilitator_id: UUID
    state: str


async def groups_of(conn: Connection, member_id: UUID) -> list[GroupRow]:
    """Return the groups a member belongs to today."""
    return [GroupRow(**row) for row in await conn.fetch(_GROUPS_OF, member_id)]


async def group(conn: Connection, group_id: UUID) -> GroupRow | None:
    """Return a group, if there is one."""
    row = await conn.fetchrow(_GROUP, group_id)
    return None if row is None else GroupRow(**row)


async def members_of(conn: Connection, group_id: UUID) -> list[UUID]:
    """Return who belongs to a group today, longest first."""
    return [row["member_id"] for row in await conn.fetch(_MEMBERS, group_id)]


async def upcoming(conn: Connection, member_id: UUID, now: datetime) -> list[MeetingRow]:
    """Return the meetings a member is expected at, soonest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_UPCOMING, member_id, now)]


async def past(conn: Connection, member_id: UUID, now: datetime) -> list[MeetingRow]:
    """Return the meetings a member was expected at, newest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_PAST, member_id, now)]


async def meetings_of_group(conn: Connection, group_id: UUID) -> list[MeetingRow]:
    """Return a group's meetings, newest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_OF_GROUP, group_id)]


async def meeting(conn: Connection, meeting_id: UUID) -> MeetingRow | None:
    """Return a meeting, if there is one."""
    row = await conn.fetchrow(_MEETING, meeting_id)
    return None if row is None else MeetingRow(**row)


async def meeting_around(conn: Connection, group_id: UUID, at: datetime) -> MeetingRow | None:
    """Return the group's meeting that took place around an instant, the nearest one."""
    row = await conn.fetchrow(_AROUND, group_id, at)
    return None if row is None else MeetingRow(**row)


async def is_expected(conn: Connection, meeting_id: UUID, member_id: UUID) -> bool:
    """Tell whether a member is on a meeting's roster."""
    return await conn.fetchrow(_IS_EXPECTED, meeting_id, member_id) is not None
