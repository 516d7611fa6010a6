"""What calendars ask the view ``schedule``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_HOURS: Final = """SELECT m.meeting_id, m.starts_at, m.ends_at, m.zone, m.modality, m.state,
                          m.title, m.changes, m.changed_at, g.name AS group_name
                     FROM meeting m JOIN expected_today e USING (meeting_id)
                     JOIN peer_group g USING (group_id)
                    WHERE e.member_id = $1 AND m.ends_at > $2
                      AND (m.state <> 'cancelled' OR EXISTS (
                           SELECT 1 FROM belonging b
                            WHERE b.group_id = m.group_id AND b.member_id = $1
                              AND b.from_at <= m.ends_at
                              AND (b.until_at IS NULL OR b.until_at > m.ends_at)))
                    ORDER BY m.starts_at, m.meeting_id"""

# OFFSET 0 has each of the few meetings looked up by itself; else the whole history is gone through.
_EXPECTED: Final = """SELECT meeting_id, member_id, starts_at,
                             CASE WHEN moved_from IS NULL THEN NULL ELSE changed_at END AS moved_at
                        FROM meeting m CROSS JOIN LATERAL (
                             SELECT e.member_id FROM expected_today e
                              WHERE e.meeting_id = m.meeting_id OFFSET 0) AS who
                       WHERE state = 'scheduled' AND starts_at > $1 AND starts_at <= $2
                       ORDER BY starts_at, meeting_id, member_id"""


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """A meeting as its plan stands.

    Attributes:
        changes: how often the plan changed.
        changed_at: when it did last, or was made.
    """

    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    state: str
    title: str
    changes: int
    changed_at: datetime
    group_name: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody is expected at an hour to come.

    Attributes:
        moved_at: when the plan of an hour that was moved changed last; ``None`` if it never was.
    """

    meeting_id: UUID
    member_id: UUID
    starts_at: datetime
    moved_at: datetime | None


async def hours_of(conn: Connection, member_id: UUID, since: datetime) -> list[PlannedHour]:
    """Return the meetings a member was or is expected at that end after an instant, in order.

    What a group called off after they left it is none of theirs.
    """
    return [PlannedHour(**row) for row in await conn.fetch(_HOURS, member_id, since)]


async def expected_between(conn: Connection, after: datetime, until: datetime) -> list[Expected]:
    """Return which meetings are planned to begin within a time, whom they expect, and when."""
    return [Expected(**row) for row in await conn.fetch(_EXPECTED, after, until)]
