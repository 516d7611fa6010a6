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
                    ORDER BY m.starts_at, m.meeting_id"""


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


async def hours_of(conn: Connection, member_id: UUID, since: datetime) -> list[PlannedHour]:
    """Return the meetings a member was or is expected at that end after an instant, in order."""
    return [PlannedHour(**row) for row in await conn.fetch(_HOURS, member_id, since)]
