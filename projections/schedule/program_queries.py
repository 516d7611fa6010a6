"""Questions to the view ``schedule`` about the hours of programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from projections import Connection

# By days and ways of meeting, since that is what an approval is about; groups share programs.
_HOURS: Final = """SELECT m.program_id, (m.starts_at AT TIME ZONE m.zone)::date AS day, m.modality,
                          m.state = 'closed' AS held, count(*) AS many
                     FROM meeting m
                    WHERE m.program_id IS NOT NULL
                      AND (m.state = 'closed' AND m.ends_at >= $1
                           OR m.state IN ('scheduled', 'open') AND m.ends_at >= $2)
                    GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4"""


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Meetings of one program on one day, in one way.

    Attributes:
        day: on the calendar where people meet.
        held: whether they took place; planned otherwise.
        many: how many.
    """

    program_id: UUID
    day: date
    modality: str
    held: bool
    many: int


async def hours(conn: Connection, *, held_since: datetime, now: datetime) -> list[HoursRow]:
    """Return what groups with a program held since an instant, and have planned; by day."""
    return [HoursRow(**row) for row in await conn.fetch(_HOURS, held_since, now)]
