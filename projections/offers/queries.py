"""Questions to the view ``offers``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from projections import Connection

_PROVIDER_COLUMNS: Final = """p.provider_id, p.name, p.address, p.contact, p.authorising_name,
                              p.authorising_role"""
_APPROVAL_COLUMNS: Final = """a.approval_id, a.provider_id, a.body, a.number, a.statement,
                              a.responsibility, a.valid_from, a.valid_until, a.modalities,
                              a.withdrawn_from, a.withdrawn_why"""
_PROGRAM_COLUMNS: Final = """g.program_id, g.provider_id, g.title, g.objectives, g.topics,
                             g.modality, g.minutes, g.instructor_name,
                             g.instructor_qualification, g.retired_at, g.retired_why"""
_PROVIDERS: Final = f"SELECT {_PROVIDER_COLUMNS} FROM provider p ORDER BY p.name, p.provider_id"
_PROVIDER: Final = f"SELECT {_PROVIDER_COLUMNS} FROM provider p WHERE p.provider_id = $1"
_APPROVALS: Final = f"""SELECT {_APPROVAL_COLUMNS} FROM approval a WHERE a.provider_id = $1
                         ORDER BY a.valid_from DESC, a.body, a.approval_id"""
_EVERY_APPROVAL: Final = f"""SELECT {_APPROVAL_COLUMNS} FROM approval a
                              ORDER BY a.valid_from, a.body, a.approval_id"""
_PROVIDER_OF: Final = "SELECT program_id, provider_id FROM program"
_PROGRAMS: Final = f"""SELECT {_PROGRAM_COLUMNS} FROM program g WHERE g.provider_id = $1
                        ORDER BY g.retired_at IS NOT NULL, g.title, g.program_id"""
_PROGRAM: Final = f"SELECT {_PROGRAM_COLUMNS} FROM program g WHERE g.program_id = $1"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider, as its papers show it."""

    provider_id: UUID
    name: str
    address: str
    contact: str
    authorising_name: str
    authorising_role: str


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """An approval; from ``withdrawn_from`` on (inclusive) it does not count."""

    approval_id: UUID
    provider_id: UUID
    body: str
    number: str
    statement: str
    responsibility: str
    valid_from: date
    valid_until: date | None
    modalities: Sequence[str]
    withdrawn_from: date | None
    withdrawn_why: str | None

    @property
    def last_day(self) -> date | None:
        """The last day that counts, or ``None`` while nobody said; a withdrawal may bring it on."""
        days = [] if self.valid_until is None else [self.valid_until]
        if self.withdrawn_from is not None:
            days.append(self.withdrawn_from - timedelta(days=1))
        return min(days, default=None)

    def covers(self, day: date, modality: str) -> bool:
        """Tell whether a meeting on *day*, held like this, is approved."""
        return modality in self.modalities and self.standing_on(day) == "counts"

    def standing_on(self, day: date) -> str:
        """Return ``withdrawn``, ``to come``, ``ended`` or ``counts``."""
        if self.withdrawn_from is not None and self.withdrawn_from <= day:
            return "withdrawn"
        if day < self.valid_from:
            return "to come"
        if self.valid_until is not None and self.valid_until < day:
            return "ended"
        return "counts"


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A program; once retired it is kept, and no longer offered."""

    program_id: UUID
    provider_id: UUID
    title: str
    objectives: Sequence[str]
    topics: Sequence[str]
    modality: str
    minutes: int
    instructor_name: str
    instructor_qualification: str
    retired_at: datetime | None
    retired_why: str | None


async def providers(conn: Connection) -> list[ProviderRow]:
    """Return every provider, by name."""
    return [ProviderRow(**row) for row in await conn.fetch(_PROVIDERS)]


async def provider(conn: Connection, provider_id: UUID) -> ProviderRow | None:
    """Return a provider, if there is one."""
    row = await conn.fetchrow(_PROVIDER, provider_id)
    return None if row is None else ProviderRow(**row)


async def approvals(conn: Connection, provider_id: UUID) -> list[ApprovalRow]:
    """Return a provider's approvals, the youngest first."""
    return [ApprovalRow(**row) for row in await conn.fetch(_APPROVALS, provider_id)]


async def every_approval(conn: Connection) -> list[ApprovalRow]:
    """Return the approvals of all providers, the oldest first."""
    return [ApprovalRow(**row) for row in await conn.fetch(_EVERY_APPROVAL)]


async def provider_of_programs(conn: Connection) -> dict[UUID, UUID]:
    """Return of every program whose it is."""
    return {row["program_id"]: row["provider_id"] for row in await conn.fetch(_PROVIDER_OF)}


async def programs(conn: Connection, provider_id: UUID) -> list[ProgramRow]:
    """Return a provider's programs, those still offered first."""
    return [ProgramRow(**row) for row in await conn.fetch(_PROGRAMS, provider_id)]


async def program(conn: Connection, program_id: UUID) -> ProgramRow | None:
    """Return a program, if there is one."""
    row = await conn.fetchrow(_PROGRAM, program_id)
    return None if row is None else ProgramRow(**row)
