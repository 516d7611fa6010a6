"""Questions to the view ``claims_board`` about the runs in which claims went to payers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

# A claim and its corrections are sent one by one, so a run holds one sending of each. What came and
# went between two sendings is in neither: its lines come to nothing, and are not counted.
_RUNS: Final = """
    SELECT r.payer_id, r.run_number, r.made_at, r.made_by, p.currency, count(*) AS claims,
           coalesce(sum(l.lines), 0)::integer AS lines, coalesce(sum(l.cents), 0)::bigint AS cents,
           count(s.outcome) AS answered, sum(s.paid_cents)::bigint AS paid_cents
      FROM export_run r
      JOIN payer p USING (payer_id)
      JOIN claim c USING (payer_id)
      JOIN sending s ON s.claim_id = c.claim_id AND s.run_number = r.run_number
     CROSS JOIN LATERAL (
           SELECT count(*) AS lines, sum(amount_cents) AS cents FROM claim_line a
            WHERE a.claim_id = s.claim_id AND a.sending = s.sending
              AND (s.sending = 1 OR NOT EXISTS (
                  SELECT FROM claim_line b
                   WHERE b.claim_id = a.claim_id AND b.sending = a.sending
                     AND (b.reverses = a.line_id OR b.line_id = a.reverses)))) l
     WHERE r.made_at IS NOT NULL AND r.payer_id = $1 AND ($2::integer IS NULL OR r.run_number = $2)
     GROUP BY r.run_id, p.currency ORDER BY r.run_number DESC"""
_IN_RUN: Final = """SELECT c.claim_id, s.sending, s.number_as_sent, s.outcome, s.paid_cents
                      FROM sending s JOIN claim c USING (claim_id)
                     WHERE c.payer_id = $1 AND s.run_number = $2 ORDER BY s.number_as_sent"""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run that went to a payer; money in minor units of *currency*.

    Attributes:
        made_at: when its files were made.
        made_by: the administrator who made it; nobody where it was made at the terminal.
        claims: how many claims and corrections it holds, in so many *lines*.
        cents: what they ask for; negative where more is taken back.
        answered: to how many of them an answer is kept; they come to *paid_cents*.
    """

    payer_id: UUID
    run_number: int
    made_at: datetime
    made_by: UUID | None
    currency: str
    claims: int
    lines: int
    cents: int
    answered: int
    paid_cents: int | None


@dataclass(frozen=True, slots=True)
class SentRow:
    """A claim, or one of its corrections, as a run holds it, and what the payer answered to it."""

    claim_id: UUID
    sending: int
    number_as_sent: str
    outcome: str | None
    paid_cents: int | None


async def runs_to(conn: Connection, payer_id: UUID) -> list[RunRow]:
    """Return the runs that went to a payer, the newest first."""
    return [RunRow(**row) for row in await conn.fetch(_RUNS, payer_id, None)]


async def run_to(conn: Connection, payer_id: UUID, run_number: int) -> RunRow | None:
    """Return one run, if it was made."""
    row = await conn.fetchrow(_RUNS, payer_id, run_number)
    return None if row is None else RunRow(**row)


async def in_run(conn: Connection, payer_id: UUID, run_number: int) -> list[SentRow]:
    """Return what a run holds, by number."""
    return [SentRow(**row) for row in await conn.fetch(_IN_RUN, payer_id, run_number)]
