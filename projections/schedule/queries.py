"""Questions to the view ``schedule``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from projections import Connection

_GROUP_COLUMNS: Final = """g.group_id, g.name, g.promise, g.style, g.zone, g.weekday, g.local_time,
                           g.every_weeks, g.minutes, g.starts_on, g.program_id, g.facilitator_id,
                           g.size_min"""
# A planned meeting whose facilitator left the group is led by the group's.
_MEETING_COLUMNS: Final = """m.meeting_id, m.group_id, g.name AS group_name, m.title, m.starts_at,
                             m.ends_at, m.zone, m.modality, m.state, m.moved_from,
                             m.called_off_because, m.program_id, m.first_title,
                             CASE WHEN m.state = 'scheduled' AND NOT EXISTS (
                                       SELECT 1 FROM belonging b
                                        WHERE b.group_id = m.group_id AND b.until_at IS NULL
                                          AND b.member_id = m.facilitator_id)
                                  THEN g.facilitator_id ELSE m.facilitator_id
                              END AS facilitator_id"""
_GROUPS_OF: Final = f"""SELECT {_GROUP_COLUMNS} FROM peer_group g JOIN belonging b USING (group_id)
                         WHERE b.member_id = $1 AND b.until_at IS NULL
                         ORDER BY g.name, g.group_id"""
_GROUPS: Final = f"SELECT {_GROUP_COLUMNS} FROM peer_group g ORDER BY g.name, g.group_id"
_GROUP: Final = f"SELECT {_GROUP_COLUMNS} FROM peer_group g WHERE g.group_id = $1"
# Of several groups the one they have belonged to longest; of none any more, the one they left last.
_ZONE_OF: Final = """SELECT g.zone FROM peer_group g JOIN belonging b USING (group_id)
                      WHERE b.member_id = $1
                      ORDER BY b.until_at DESC NULLS FIRST, b.from_at, g.group_id LIMIT 1"""
_ZONES_OF: Final = """SELECT DISTINCT ON (b.member_id) b.member_id, g.zone
                        FROM peer_group g JOIN belonging b USING (group_id)
                       WHERE b.member_id = ANY ($1)
                       ORDER BY b.member_id, b.until_at DESC NULLS FIRST, b.from_at, g.group_id"""
_MEMBERS: Final = """SELECT member_id FROM belonging WHERE group_id = $1 AND until_at IS NULL
                      ORDER BY from_at, member_id"""
_UPCOMING: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m
                         JOIN expected_today e USING (meeting_id) JOIN peer_group g USING (group_id)
                        WHERE e.member_id = $1 AND m.ends_at > $2
                          AND m.state IN ('scheduled', 'open')
                        ORDER BY m.starts_at, m.meeting_id LIMIT 20"""
_TO_COME: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                        WHERE m.group_id = $1 AND (m.starts_at > $2 OR m.moved_from > $2)
                        ORDER BY m.starts_at, m.meeting_id"""
_PAST: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN expected_today e USING (meeting_id)
                     JOIN peer_group g USING (group_id)
                    WHERE e.member_id = $1 AND (m.ends_at <= $2
                       OR m.state IN ('closed', 'voided', 'cancelled'))
                    ORDER BY m.starts_at DESC, m.meeting_id LIMIT 20"""
_EVERY: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m
                      JOIN expected_today e USING (meeting_id) JOIN peer_group g USING (group_id)
                     WHERE e.member_id = $1 ORDER BY m.starts_at, m.meeting_id"""
_OF_GROUP: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                        WHERE m.group_id = $1 ORDER BY m.starts_at DESC, m.meeting_id LIMIT 40"""
_BELONGINGS: Final = """SELECT group_id, name, promise, style, zone, facilitator_id, from_at,
                               until_at
                          FROM belonging JOIN peer_group USING (group_id)
                         WHERE member_id = $1 ORDER BY from_at, group_id"""
_MEETING: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                       WHERE m.meeting_id = $1"""
_AROUND: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                      WHERE m.group_id = $1 AND m.state <> 'cancelled'
                        AND $2 BETWEEN m.starts_at - interval '1 hour'
                                   AND m.ends_at + interval '2 hours'
                      ORDER BY abs(extract(epoch FROM m.starts_at - $2)), m.meeting_id LIMIT 1"""
_MEETINGS: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m JOIN peer_group g USING (group_id)
                        WHERE m.meeting_id = ANY ($1)"""
_CALLED_OFF: Final = f"""SELECT {_MEETING_COLUMNS} FROM meeting m
                           JOIN expected_today e USING (meeting_id)
                           JOIN peer_group g USING (group_id)
                          WHERE e.member_id = $1 AND m.state = 'cancelled'
                            AND m.ends_at > $2 AND m.starts_at < $3
                          ORDER BY m.starts_at, m.meeting_id"""
_OF_PROGRAMS: Final = """SELECT m.meeting_id FROM meeting m
                          WHERE m.program_id = ANY ($1) AND m.ends_at >= $2
                            AND m.state IN ('closed', 'voided')
                          ORDER BY m.starts_at, m.meeting_id"""
_CLOSED: Final = """SELECT meeting_id, starts_at FROM meeting
                     WHERE state = 'closed' AND (starts_at, meeting_id) > ($1, $2)
                     ORDER BY starts_at, meeting_id LIMIT 500"""
_HOW_MANY_CLOSED: Final = """SELECT count(*) FROM meeting
                              WHERE state = 'closed' AND starts_at >= $1"""
_EXPECTED: Final = "SELECT member_id FROM expected_today WHERE meeting_id = $1 ORDER BY member_id"
_IS_EXPECTED: Final = "SELECT 1 FROM expected_today WHERE meeting_id = $1 AND member_id = $2"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A peer group and when it meets (local time of its zone).

    Attributes:
        program_id: under which its next meetings are planned.
        size_min: below this it is too small to be what it promised.
    """

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
    size_min: int


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting: instants in UTC, and the zone in which people meet.

    Attributes:
        moved_from: when it was first planned to begin, if it was moved since.
        called_off_because: why it does not take place, in its facilitator's words.
        program_id: under which it is or was held.
        first_title: under which it was planned, if it has another now.
    """

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
    moved_from: datetime | None
    called_off_because: str | None
    program_id: UUID | None
    first_title: str | None


@dataclass(frozen=True, slots=True)
class BelongingRow:
    """A stretch of time for which a member belonged to a group; open while *until_at* is ``None``.

    Attributes:
        facilitator_id: who holds the group together today.
    """

    group_id: UUID
    name: str
    promise: str
    style: str
    zone: str
    facilitator_id: UUID
    from_at: datetime
    until_at: datetime | None


async def groups_of(conn: Connection, member_id: UUID) -> list[GroupRow]:
    """Return the groups a member belongs to today."""
    return [GroupRow(**row) for row in await conn.fetch(_GROUPS_OF, member_id)]


async def groups(conn: Connection) -> list[GroupRow]:
    """Return every group there is, by name."""
    return [GroupRow(**row) for row in await conn.fetch(_GROUPS)]


async def belongings_of(conn: Connection, member_id: UUID) -> list[BelongingRow]:
    """Return all groups a member belongs or belonged to, each time by itself, oldest first."""
    return [BelongingRow(**row) for row in await conn.fetch(_BELONGINGS, member_id)]


async def zone_of(conn: Connection, member_id: UUID) -> str | None:
    """Return the zone of the place where a member meets; ``None`` for who never had a group."""
    zone: str | None = await conn.fetchval(_ZONE_OF, member_id)
    return zone


async def zones_of(conn: Connection, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return for each of them what :func:`zone_of` does; who never had a group is left out."""
    rows = await conn.fetch(_ZONES_OF, list(member_ids))
    return {row["member_id"]: row["zone"] for row in rows}


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


async def every(conn: Connection, member_id: UUID) -> list[MeetingRow]:
    """Return all meetings a member was or is expected at, the oldest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_EVERY, member_id)]


async def meetings_of_group(conn: Connection, group_id: UUID) -> list[MeetingRow]:
    """Return a group's meetings, newest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_OF_GROUP, group_id)]


async def to_come(conn: Connection, group_id: UUID, after: datetime) -> list[MeetingRow]:
    """Return what a group has planned after an instant, called off or moved, soonest first."""
    return [MeetingRow(**row) for row in await conn.fetch(_TO_COME, group_id, after)]


async def meeting(conn: Connection, meeting_id: UUID) -> MeetingRow | None:
    """Return a meeting, if there is one."""
    row = await conn.fetchrow(_MEETING, meeting_id)
    return None if row is None else MeetingRow(**row)


async def meetings(conn: Connection, meeting_ids: Collection[UUID]) -> list[MeetingRow]:
    """Return those of the meetings that there are, in no order."""
    return [MeetingRow(**row) for row in await conn.fetch(_MEETINGS, list(meeting_ids))]


async def meetings_of_programs(
    conn: Connection, program_ids: Collection[UUID], since: datetime
) -> list[UUID]:
    """Return the meetings under these programs that ended since an instant, by start."""
    rows = await conn.fetch(_OF_PROGRAMS, list(program_ids), since)
    return [row["meeting_id"] for row in rows]


async def closed_since(conn: Connection, since: datetime) -> AsyncIterator[UUID]:
    """Yield the meetings that took place and began at an instant or later, page by page."""
    after = (since - timedelta(microseconds=1), UUID(int=(1 << 128) - 1))
    while page := await conn.fetch(_CLOSED, *after):
        for row in page:
            yield row["meeting_id"]
        after = (page[-1]["starts_at"], page[-1]["meeting_id"])


async def how_many_closed(conn: Connection, since: datetime) -> int:
    """Return how many meetings :func:`closed_since` yields."""
    return int(await conn.fetchval(_HOW_MANY_CLOSED, since))


async def called_off(
    conn: Connection, member_id: UUID, now: datetime, until: datetime
) -> list[MeetingRow]:
    """Return the meetings a member was expected at before *until* that do not take place."""
    return [MeetingRow(**row) for row in await conn.fetch(_CALLED_OFF, member_id, now, until)]


async def expected(conn: Connection, meeting_id: UUID) -> list[UUID]:
    """Return who is on a meeting's roster; of a planned one, who belongs to its group now."""
    return [row["member_id"] for row in await conn.fetch(_EXPECTED, meeting_id)]


async def meeting_around(conn: Connection, group_id: UUID, at: datetime) -> MeetingRow | None:
    """Return the group's meeting that took place around an instant, the nearest one."""
    row = await conn.fetchrow(_AROUND, group_id, at)
    return None if row is None else MeetingRow(**row)


async def is_expected(conn: Connection, meeting_id: UUID, member_id: UUID) -> bool:
    """Tell whether a member is on a meeting's roster."""
    return await conn.fetchrow(_IS_EXPECTED, meeting_id, member_id) is not None
