"""Questions to the view ``roster``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_ROSTER: Final = """SELECT member_id, arrived_at, left_at, method, inferred, presenting, evaluated,
                           corrected, witnesses, last_refusal, comings, goings
                      FROM roster WHERE meeting_id = $1
                     ORDER BY arrived_at NULLS LAST, member_id"""
_OBSERVED: Final = """SELECT person_key, source, names, seconds, member_id FROM observed
                       WHERE meeting_id = $1 ORDER BY names, person_key, source"""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One expected member: when they came and left, and how that is known.

    Attributes:
        arrived_at: as first recorded at the door, whatever was corrected.
        left_at: as last recorded at the door; ``None`` while they are here.
        comings: when each stay that counts began: the correction's, or the door's.
        goings: when each of them ended; one fewer while the member is here.
    """

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
    comings: list[datetime]
    goings: list[datetime]

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


def nothing_about(member_id: UUID) -> RosterRow:
    """Return the row of somebody expected of whom nothing is recorded yet."""
    return RosterRow(
        member_id=member_id,
        arrived_at=None,
        left_at=None,
        method=None,
        inferred=False,
        presenting=False,
        evaluated=False,
        corrected=False,
        witnesses=0,
        last_refusal=None,
        comings=[],
        goings=[],
    )


async def roster(conn: Connection, meeting_id: UUID) -> list[RosterRow]:
    """Return whom the meeting itself named: who is here in order of arrival, then the others.

    Of a planned meeting the view ``schedule`` says who is expected today.
    """
    return [RosterRow(**row) for row in await conn.fetch(_ROSTER, meeting_id)]


async def observed(conn: Connection, meeting_id: UUID) -> list[ObservedRow]:
    """Return whom meeting tools saw."""
    return [ObservedRow(**row) for row in await conn.fetch(_OBSERVED, meeting_id)]
