"""Questions to the view ``claims_board``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from projections import Connection

_COLUMNS: Final = """claim_id, claim_number, payer_id, member_id, period_from, period_to, currency,
                     line_count, total_cents, state, run_number, paid_cents, reason_code,
                     reference"""
_OF_PAYER: Final = f"""SELECT {_COLUMNS} FROM claim WHERE payer_id = $1
                        ORDER BY period_from DESC, claim_number"""
_OF_MEMBER: Final = f"""SELECT {_COLUMNS} FROM claim WHERE member_id = $1
                         ORDER BY period_from DESC, claim_number"""
_TO_SEND: Final = """SELECT claim_id FROM claim
                      WHERE payer_id = $1 AND state = 'ready' AND period_from >= $2
                        AND period_to <= $3 ORDER BY claim_number"""
_COVERED: Final = """SELECT DISTINCT member_id FROM enrolment
                      WHERE payer_id = $1 AND from_day <= $3
                        AND (until_day IS NULL OR until_day >= $2) ORDER BY member_id"""
_PAYERS: Final = "SELECT payer_id, name, currency FROM payer ORDER BY name, payer_id"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it stands; money in minor units of its currency."""

    claim_id: UUID
    claim_number: str
    payer_id: UUID
    member_id: UUID
    period_from: date
    period_to: date
    currency: str
    line_count: int
    total_cents: int
    state: str
    run_number: int | None
    paid_cents: int | None
    reason_code: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class PayerRow:
    """A payer."""

    payer_id: UUID
    name: str
    currency: str


async def payers(conn: Connection) -> list[PayerRow]:
    """Return all payers by name."""
    return [PayerRow(**row) for row in await conn.fetch(_PAYERS)]


async def of_payer(conn: Connection, payer_id: UUID) -> list[ClaimRow]:
    """Return a payer's claims, newest period first."""
    return [ClaimRow(**row) for row in await conn.fetch(_OF_PAYER, payer_id)]


async def of_member(conn: Connection, member_id: UUID) -> list[ClaimRow]:
    """Return a member's claims, newest period first."""
    return [ClaimRow(**row) for row in await conn.fetch(_OF_MEMBER, member_id)]


async def to_send(conn: Connection, payer_id: UUID, first: date, last: date) -> list[UUID]:
    """Return the claims of a period that are ready and were never sent."""
    return [row["claim_id"] for row in await conn.fetch(_TO_SEND, payer_id, first, last)]


async def covered(conn: Connection, payer_id: UUID, first: date, last: date) -> list[UUID]:
    """Return whom a payer covers on any day of a period."""
    return [row["member_id"] for row in await conn.fetch(_COVERED, payer_id, first, last)]
