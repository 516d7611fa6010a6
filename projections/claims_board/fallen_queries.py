"""Questions to the view ``claims_board`` about what payers have and nothing certifies any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

# Old lines do not name their certificate; whose they are, when the meeting began and its minutes
# must do. A reversal that went out has told the payer; what never went out, they never saw. Each
# set of what fell is hashed once: one EXISTS for both ways compares every line with all of it.
_SENT: Final = """
    WITH fallen AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[])
                           AS f (certificate_id, member_id, starts_at, minutes)),
         line AS (SELECT c.claim_id, r.line_id AS reversal
                    FROM claim c JOIN claim_line a USING (claim_id)
                    LEFT JOIN claim_line r ON r.claim_id = a.claim_id AND r.reverses = a.line_id
                   WHERE a.reverses IS NULL AND a.sending IS NOT NULL AND r.sending IS NULL
                     AND (a.certificate_id IN (SELECT certificate_id FROM fallen)
                          OR a.certificate_id IS NULL AND (c.member_id, a.starts_at, a.minutes)
                             IN (SELECT member_id, starts_at, minutes FROM fallen)))
    SELECT c.claim_id, c.claim_number, c.awaits_answer, count(*) FILTER (WHERE reversal IS NULL)
           AS standing, count(reversal) AS taken_back
      FROM line JOIN claim c USING (claim_id)
     GROUP BY c.claim_id ORDER BY c.period_from, c.claim_number"""


@dataclass(frozen=True, slots=True)
class FallenClaimRow:
    """A claim that a payer has, with lines that nothing certifies any more.

    Attributes:
        awaits_answer: whether the payer has yet to answer what was sent last; until then no
            correction goes out.
        standing: how many such lines nobody took back.
        taken_back: of how many the payer was not told yet.
    """

    claim_id: UUID
    claim_number: str
    awaits_answer: bool
    standing: int
    taken_back: int


async def resting_on_fallen(
    conn: Connection, fallen: Sequence[tuple[UUID, UUID, datetime, int]]
) -> list[FallenClaimRow]:
    """Return the claims that payers have, and that rest on certificates which fell.

    Args:
        conn: where the view is read.
        fallen: of each certificate its id, its holder, when its meeting began (UTC), its minutes.
    """
    columns = [list(column) for column in zip(*fallen, strict=True)] or [[], [], [], []]
    return [FallenClaimRow(**row) for row in await conn.fetch(_SENT, *columns)]
