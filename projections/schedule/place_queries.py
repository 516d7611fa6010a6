"""Questions to the view ``schedule`` about who holds which place, group by group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_PAGE: Final = """SELECT g.group_id, g.facilitator_id, array_agg(b.member_id) AS member_ids
                    FROM peer_group g JOIN belonging b USING (group_id)
                   WHERE b.until_at IS NULL AND g.group_id > $1
                   GROUP BY g.group_id ORDER BY g.group_id LIMIT $2"""
_PLANNED: Final = """SELECT meeting_id, facilitator_id FROM meeting
                      WHERE group_id = ANY ($1) AND state = 'scheduled' AND ends_at > $2
                      ORDER BY starts_at, meeting_id"""


@dataclass(frozen=True, slots=True)
class GroupPlaces:
    """A group, who holds it together, and who belongs to it today."""

    group_id: UUID
    facilitator_id: UUID
    member_ids: Sequence[UUID]


async def group_places(conn: Connection, after: UUID, *, limit: int) -> list[GroupPlaces]:
    """Return groups to which anybody belongs, by id, those behind *after*."""
    return [GroupPlaces(**row) for row in await conn.fetch(_PAGE, after, limit)]


async def planned_leads(
    conn: Connection, group_ids: Collection[UUID], now: datetime
) -> list[tuple[UUID, UUID]]:
    """Return meetings that some groups have planned and not held, each with who leads it."""
    rows = await conn.fetch(_PLANNED, list(group_ids), now)
    return [(row["meeting_id"], row["facilitator_id"]) for row in rows]
