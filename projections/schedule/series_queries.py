"""Questions to the view ``schedule`` about series of meetings, and about who led."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from projections import Connection

_LEAD: Final = """SELECT led_by, member_id, name, profession, qualification, supervisor
                    FROM meeting_lead WHERE meeting_id = $1"""
_LAST_LEAD: Final = """SELECT led_by, member_id, name, profession, qualification, supervisor
                         FROM meeting_lead JOIN meeting USING (meeting_id)
                        WHERE group_id = $1 AND state <> 'voided'
                        ORDER BY starts_at DESC, meeting_id LIMIT 1"""
_SERIES: Final = """SELECT series_id, title, parts, syllabus_on FROM series
                     WHERE group_id = $1 ORDER BY planned_at, series_id"""
_PARTS: Final = """SELECT p.series_id, p.part, p.meeting_id FROM series_part p
                     JOIN series s USING (series_id) WHERE s.group_id = $1
                    ORDER BY p.part"""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """Who led a meeting; see :class:`domain.meetings.leading.Lead`."""

    led_by: str
    member_id: UUID | None
    name: str | None
    profession: str | None
    qualification: str | None
    supervisor: bool | None


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """Meetings of a group that belong together.

    Attributes:
        syllabus_on: when its dates and topics were handed out, if anybody recorded it.
        meetings: which meeting is which part, counted from 1, by part.
    """

    series_id: UUID
    title: str
    parts: int
    syllabus_on: date | None
    meetings: Mapping[int, UUID]

    def part_of(self, meeting_id: UUID) -> int | None:
        """Return which part a meeting is, if it is one."""
        return next((part for part, each in self.meetings.items() if each == meeting_id), None)

    @property
    def free(self) -> Sequence[int]:
        """The parts that no meeting is yet."""
        return [part for part in range(1, self.parts + 1) if part not in self.meetings]


async def lead(conn: Connection, meeting_id: UUID) -> LeadRow | None:
    """Return who led a meeting, if anybody said so."""
    row = await conn.fetchrow(_LEAD, meeting_id)
    return None if row is None else LeadRow(**row)


async def last_lead(conn: Connection, group_id: UUID) -> LeadRow | None:
    """Return who led the newest meeting of a group of which anybody said so."""
    row = await conn.fetchrow(_LAST_LEAD, group_id)
    return None if row is None else LeadRow(**row)


async def series(conn: Connection, group_id: UUID) -> list[SeriesRow]:
    """Return the series of a group, in the order they were announced."""
    meetings: dict[UUID, dict[int, UUID]] = {}
    for row in await conn.fetch(_PARTS, group_id):
        meetings.setdefault(row["series_id"], {})[row["part"]] = row["meeting_id"]
    return [
        SeriesRow(**row, meetings=meetings.get(row["series_id"], {}))
        for row in await conn.fetch(_SERIES, group_id)
    ]
