"""Questions to the view ``claims_board``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from projections import Connection

_COLUMNS: Final = """claim_id, claim_number, payer_id, member_id, period_from, period_to, currency,
                     line_count, total_cents, state, awaits_answer, run_number, paid_cents,
                     reason_code, reference, set_aside_for"""
_OF_PAYER: Final = f"""SELECT {_COLUMNS} FROM claim WHERE payer_id = $1
                        ORDER BY period_from DESC, claim_number"""
_OF_MEMBER: Final = f"""SELECT {_COLUMNS} FROM claim WHERE member_id = $1
                         ORDER BY period_from DESC, claim_number"""
_BY_ID: Final = f"SELECT {_COLUMNS} FROM claim WHERE claim_id = $1"
_BY_NUMBER: Final = f"""SELECT {_COLUMNS} FROM claim
    WHERE claim_number = $1
       OR claim_id IN (SELECT claim_id FROM sending WHERE number_as_sent = $1)"""
# Corrections do not wait for somebody who sends their own period again.
_TO_SEND: Final = """SELECT claim_id FROM claim
    WHERE payer_id = $1 AND period_to <= $3
      AND (state = 'ready' AND period_from >= $2
           OR state = 'correction_pending' AND NOT awaits_answer)
    ORDER BY claim_number"""
_LINES: Final = """SELECT line_id, certificate_id, starts_at, zone, minutes, units, rate_cents,
                          amount_cents, strength, reverses, note, sending, paid_cents, reason_code
                     FROM claim_line WHERE claim_id = $1 ORDER BY place"""
_SENDINGS: Final = """SELECT sending, number_as_sent, run_number, sent_at, outcome, paid_cents,
                             reason_code, reference, answered_at
                        FROM sending WHERE claim_id = $1 ORDER BY sending"""
_REVERSED: Final = """SELECT sending, outcome, paid_cents, reason_code, reference, answered_at,
                             reversed_at, why, reason, reversed_by
                        FROM reversed_answer WHERE claim_id = $1 ORDER BY sending, reversed_at"""
# Old lines do not name their certificate; whose they are and when the meeting began must do.
_RESTING: Final = f"""SELECT {_COLUMNS} FROM claim c WHERE EXISTS (
    SELECT FROM claim_line a
     WHERE a.claim_id = c.claim_id AND a.reverses IS NULL
       AND (a.certificate_id = $1 OR a.certificate_id IS NULL AND a.starts_at = $3)
       AND NOT EXISTS (SELECT FROM claim_line b
                        WHERE b.claim_id = a.claim_id AND b.reverses = a.line_id))
    AND member_id = $2 AND state <> 'set_aside' ORDER BY claim_number"""
_OF_BOTH: Final = "SELECT claim_id FROM claim WHERE payer_id = $1 AND member_id = $2"
_COVERED: Final = """SELECT DISTINCT member_id FROM enrolment
                      WHERE payer_id = $1 AND from_day <= $3
                        AND (until_day IS NULL OR until_day >= $2) ORDER BY member_id"""
_PAYERS: Final = "SELECT payer_id, name, currency FROM payer ORDER BY name, payer_id"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it stands; money in minor units of its currency.

    Attributes:
        total_cents: all lines, reversals included.
        awaits_answer: whether the payer has yet to answer what was sent last.
        run_number: of the last run it was in.
        paid_cents: the sum of all answers.
        reason_code: of the last answer, as is *reference*.
        set_aside_for: why it is not sent, in the words of the record.
    """

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
    awaits_answer: bool
    run_number: int | None
    paid_cents: int | None
    reason_code: str | None
    reference: str | None
    set_aside_for: str | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a claim.

    Attributes:
        certificate_id: what proves it; ``None`` on old lines.
        reverses: the line it takes back, for the reason in *note*.
        sending: in which sending it went out, if it did.
        paid_cents: what the payer answered to this line, if they answered by line.
    """

    line_id: str
    certificate_id: UUID | None
    starts_at: datetime
    zone: str
    minutes: int
    units: int
    rate_cents: int
    amount_cents: int
    strength: str
    reverses: str | None
    note: str
    sending: int | None
    paid_cents: int | None
    reason_code: str | None


@dataclass(frozen=True, slots=True)
class SendingRow:
    """A claim or its correction as it went to the payer, and their answer."""

    sending: int
    number_as_sent: str
    run_number: int
    sent_at: datetime
    outcome: str | None
    paid_cents: int | None
    reason_code: str | None
    reference: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReversedRow:
    """An answer to a sending that was kept and does not hold.

    Attributes:
        why: a :class:`domain.claims.rules.AnswerCorrection`, told in *reason*.
        reversed_by: the administrator who took it back.
    """

    sending: int
    outcome: str
    paid_cents: int
    reason_code: str | None
    reference: str
    answered_at: datetime
    reversed_at: datetime
    why: str
    reason: str
    reversed_by: UUID


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


async def by_id(conn: Connection, claim_id: UUID) -> ClaimRow | None:
    """Return a claim, if there is one."""
    row = await conn.fetchrow(_BY_ID, claim_id)
    return None if row is None else ClaimRow(**row)


async def by_number(conn: Connection, number: str) -> ClaimRow | None:
    """Return the claim that has, or was once sent under, a number."""
    row = await conn.fetchrow(_BY_NUMBER, number)
    return None if row is None else ClaimRow(**row)


async def lines(conn: Connection, claim_id: UUID) -> list[LineRow]:
    """Return a claim's lines in the order in which they came."""
    return [LineRow(**row) for row in await conn.fetch(_LINES, claim_id)]


async def sendings(conn: Connection, claim_id: UUID) -> list[SendingRow]:
    """Return what went to the payer, first the original, then its corrections."""
    return [SendingRow(**row) for row in await conn.fetch(_SENDINGS, claim_id)]


async def reversed_answers(conn: Connection, claim_id: UUID) -> list[ReversedRow]:
    """Return what was kept of the payer's answers and does not hold, the oldest first."""
    return [ReversedRow(**row) for row in await conn.fetch(_REVERSED, claim_id)]


async def ids_of_both(conn: Connection, payer_id: UUID, member_id: UUID) -> list[UUID]:
    """Return the ids of a member's claims to a payer, in order."""
    return sorted(row["claim_id"] for row in await conn.fetch(_OF_BOTH, payer_id, member_id))


async def resting_on(
    conn: Connection, certificate_id: UUID, *, member_id: UUID, starts_at: datetime
) -> list[ClaimRow]:
    """Return the claims that ask for something on the strength of a certificate.

    Args:
        conn: where the view is read.
        certificate_id: which certificate.
        member_id: its holder.
        starts_at: when its meeting began (UTC); by this, lines are found that name no certificate.
    """
    rows = await conn.fetch(_RESTING, certificate_id, member_id, starts_at)
    return [ClaimRow(**row) for row in rows]


async def to_send(conn: Connection, payer_id: UUID, first: date, last: date) -> list[UUID]:
    """Return a period's claims that are ready, and all corrections due up to its end."""
    return [row["claim_id"] for row in await conn.fetch(_TO_SEND, payer_id, first, last)]


async def covered(conn: Connection, payer_id: UUID, first: date, last: date) -> list[UUID]:
    """Return whom a payer covers on any day of a period."""
    return [row["member_id"] for row in await conn.fetch(_COVERED, payer_id, first, last)]
