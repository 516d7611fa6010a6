"""Questions to the view ``patrons``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.members.name_folding import folded
from projections import Connection

_MANAGED: Final = """SELECT p.practice_id, p.name FROM practice p
                       JOIN practice_manager m USING (pool_id)
                      WHERE m.member_id = $1 ORDER BY p.name, p.practice_id"""
_NAMED: Final = """SELECT practice_id, name FROM practice
                    WHERE strpos(folded, $1) > 0 ORDER BY name, practice_id LIMIT $2"""
_NAME: Final = "SELECT name FROM practice WHERE practice_id = $1"
_UNMANAGED: Final = """SELECT practice_id, name FROM practice p
                        WHERE NOT EXISTS (SELECT FROM practice_manager WHERE pool_id = p.pool_id)
                        ORDER BY name, practice_id"""
_ENTRIES: Final = """SELECT e.seat_id, p.practice_id, p.name, e.asked_at
                       FROM seat_entry e JOIN practice p USING (pool_id)
                      ORDER BY e.asked_at, e.seat_id LIMIT 200"""
_SEATS: Final = """SELECT p.practice_id, p.name, s.state FROM practice p
                     JOIN practice_seat s USING (pool_id)
                    WHERE s.member_id = $1 ORDER BY p.name, p.practice_id"""
_GIFT: Final = """SELECT gift_id, months, given_at, redeemed_at, taken_back_at, return_failed_at
                    FROM gift"""
_GIVEN: Final = f"{_GIFT} WHERE giver_id = $1 ORDER BY given_at DESC, gift_id"
_OF_HOUSE: Final = f"{_GIFT} WHERE giver_id IS NULL ORDER BY given_at DESC, gift_id LIMIT 200"
_FUNDS: Final = "SELECT fund_id, name, currency FROM fund ORDER BY opened_at, fund_id"
_WISHES: Final = """SELECT member_id FROM scholarship_wish WHERE tier IS NOT NULL
                     ORDER BY asked_at, scholarship_id LIMIT $1"""


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A practice that somebody looks after."""

    practice_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Somebody who is invited to a seat, asked to come in, and has no answer yet."""

    seat_id: UUID
    practice_id: UUID
    name: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Somebody's seat; *state* is a :class:`domain.practices.events.SeatState`."""

    practice_id: UUID
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class GiftRow:
    """Gift months, and what became of them.

    Attributes:
        gift_id: which.
        months: how many.
        given_at: when they were paid for.
        redeemed_at: when somebody took them.
        taken_back_at: when their payment was returned, and they ended by that.
        return_failed_at: when that money came back to the house, so that it is owed still.
    """

    gift_id: UUID
    months: int
    given_at: datetime
    redeemed_at: datetime | None
    taken_back_at: datetime | None
    return_failed_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether somebody can still take them."""
        return self.redeemed_at is None and self.taken_back_at is None


@dataclass(frozen=True, slots=True)
class FundRow:
    """A scholarship fund."""

    fund_id: UUID
    name: str
    currency: str


async def practices_managed_by(conn: Connection, member_id: UUID) -> list[PracticeRow]:
    """Return the practices whose seats somebody looks after."""
    return [PracticeRow(**row) for row in await conn.fetch(_MANAGED, member_id)]


async def unmanaged_practices(conn: Connection) -> list[PracticeRow]:
    """Return the practices whose seats nobody looks after any more, by name."""
    return [PracticeRow(**row) for row in await conn.fetch(_UNMANAGED)]


async def entries_asked(conn: Connection) -> list[EntryRow]:
    """Return who asks to come in and has no answer, whoever asked first before the others."""
    return [EntryRow(**row) for row in await conn.fetch(_ENTRIES)]


async def seats_of(conn: Connection, member_id: UUID) -> list[SeatRow]:
    """Return the seats that practices give somebody."""
    return [SeatRow(**row) for row in await conn.fetch(_SEATS, member_id)]


async def gifts_by(conn: Connection, giver_id: UUID) -> list[GiftRow]:
    """Return what somebody gave, the newest first."""
    return [GiftRow(**row) for row in await conn.fetch(_GIVEN, giver_id)]


async def gifts_of_the_house(conn: Connection) -> list[GiftRow]:
    """Return what the house gave, the newest first."""
    return [GiftRow(**row) for row in await conn.fetch(_OF_HOUSE)]


async def funds(conn: Connection) -> list[FundRow]:
    """Return every fund, the oldest first."""
    return [FundRow(**row) for row in await conn.fetch(_FUNDS)]


async def waiting_wishes(conn: Connection, *, limit: int) -> list[UUID]:
    """Return who waits for a scholarship, whoever asked first before the others."""
    return [row["member_id"] for row in await conn.fetch(_WISHES, limit)]


async def practices_named(conn: Connection, text: str, *, limit: int = 20) -> list[PracticeRow]:
    """Return the practices in whose names a text occurs, capitals and accents aside, by name."""
    wanted = folded(text)  # nothing where it was an accent alone, and that is in every name
    rows = await conn.fetch(_NAMED, wanted, limit) if wanted else []
    return [PracticeRow(**row) for row in rows]


async def practice_name(conn: Connection, practice_id: UUID) -> str | None:
    """Return what a practice is called, if there is one."""
    found: str | None = await conn.fetchval(_NAME, practice_id)
    return found
