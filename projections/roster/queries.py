"""Questions to the view ``roster``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_ROSTER: Final = """SELECT member_id, arrived_at, left_at, method, inferred, presenting, evaluated,
                           corrected, witnesses, last_refusal
                      FROM roster WHERE meeting_id = $1
                     ORDER BY arrived_at NULLS LAST, member_id"""
_OBSERVED: Final = """SELECT person_key, source, names, seconds, member_id FROM observed
                       WHERE meeting_id = $1 ORDER BY names, person_key, source"""
_SUBJECTS: Final = """SELECT DISTINCT subject_id FROM observed
                       WHERE member_id = $1 AND subject_id IS NOT NULL ORDER BY subject_id"""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One expected member: when they came and left, and how that is known."""

    member_id: UUID
    arrived_at: datetime | None
    left_at: datetime | None
    method: str | None
    inferred: bool
    presenting: bool
    evaluated: bool
    corrected: bool
    witnesses: int
    last_refusal: str | None

    @property
    def here(self) -> bool:
        """Whether the member is in the room now."""
        return self.arrived_at is not None and self.left_at is None


@dataclass(frozen=True, slots=True)
class ObservedRow:
    """One person in a meeting tool's report, matched to a member or not."""

    person_key: str
    source: str
    names: str
    seconds: int
    member_id: UUID | None


async def roster(conn: Connection, meeting_id: UUID) -> list[RosterRow]:
    """Return who is here in order of arrival, then who is still expected."""
    return [RosterRow(**row) for row in await conn.fetch(_ROSTER, meeting_id)]


async def observed(conn: Connection, meeting_id: UUID) -> list[ObservedRow]:
    """Return whom meeting tools saw."""
    return [ObservedRow(**row) for row in await conn.fetch(_OBSERVED, meeting_id)]


async def observed_as(conn: Connection, member_id: UUID) -> list[UUID]:
    """Return the ids under which reports' names of a member are encrypted."""
    return [row["subject_id"] for row in await conn.fetch(_SUBJECTS, member_id)]
