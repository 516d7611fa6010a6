"""Questions to the view ``people``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.members.name_folding import folded
from projections import Connection

_PERSON: Final = """SELECT member_id, name, administrator, on_leave, forgotten FROM person
                     WHERE member_id = $1"""
_NAMES: Final = "SELECT member_id, name FROM person WHERE member_id = ANY ($1)"
_LICENCES: Final = """SELECT licence_id, profession, jurisdiction, number, valid_from, valid_until
                        FROM person_licence WHERE member_id = $1
                       ORDER BY valid_from, licence_id"""
_ADMINISTRATORS: Final = """SELECT member_id, name, administrator, on_leave, forgotten FROM person
                             WHERE administrator AND NOT forgotten ORDER BY name, member_id"""
_NAMED: Final = """SELECT member_id, name, administrator, on_leave, forgotten FROM person
                    WHERE NOT forgotten AND strpos(folded, $1) > 0
                    ORDER BY name, member_id LIMIT $2"""
_ON_LEAVE: Final = """SELECT DISTINCT member_id FROM person_leave
                       WHERE member_id = ANY ($1) AND from_at <= $2
                         AND (until_at IS NULL OR until_at > $2)"""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member as the house knows them."""

    member_id: UUID
    name: str
    administrator: bool
    on_leave: bool
    forgotten: bool


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence that a member holds."""

    licence_id: UUID
    profession: str
    jurisdiction: str
    number: str
    valid_from: date
    valid_until: date | None


async def person(conn: Connection, member_id: UUID) -> PersonRow | None:
    """Return a member, if there is one."""
    row = await conn.fetchrow(_PERSON, member_id)
    return None if row is None else PersonRow(**row)


async def administrators(conn: Connection) -> list[PersonRow]:
    """Return who looks after the house, by name."""
    return [PersonRow(**row) for row in await conn.fetch(_ADMINISTRATORS)]


async def on_leave(conn: Connection, member_ids: Sequence[UUID], at: datetime) -> set[UUID]:
    """Return which of some members were on leave at an instant."""
    rows = await conn.fetch(_ON_LEAVE, list(member_ids), at)
    return {row["member_id"] for row in rows}


async def names(conn: Connection, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of members as people may see them."""
    rows = await conn.fetch(_NAMES, list(member_ids))
    return {row["member_id"]: row["name"] for row in rows}


async def licences(conn: Connection, member_id: UUID) -> list[LicenceRow]:
    """Return a member's licences, oldest first."""
    return [LicenceRow(**row) for row in await conn.fetch(_LICENCES, member_id)]


async def named(conn: Connection, text: str, *, limit: int = 20) -> list[PersonRow]:
    """Return the members in whose names a text occurs, without regard to capitals and accents."""
    wanted = folded(text)  # nothing where it was an accent alone, and that is in every name
    return [PersonRow(**row) for row in await conn.fetch(_NAMED, wanted, limit)] if wanted else []
