"""Takes events about payers and claims into the view ``claims_board``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.claims import Claim
from domain.payers import Payer
from domain.recording import Recorded
from projections import Connection

NAME: Final = "claims_board"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    Payer.Registered.TOPIC,
    Payer.MemberEnrolled.TOPIC,
    Payer.EnrolmentEnded.TOPIC,
    Payer.ExportStarted.TOPIC,
    Payer.ExportMade.TOPIC,
    Claim.Prepared.TOPIC,
    Claim.Exported.TOPIC,
    Claim.Decided.TOPIC,
    Claim.Corrected.TOPIC,
)

_PAYER: Final = "INSERT INTO payer VALUES ($1, $2, $3)"
_ENROL: Final = "INSERT INTO enrolment VALUES ($1, $2, $3, $4)"
_END: Final = """UPDATE enrolment SET until_day = $3 WHERE payer_id = $1 AND member_id = $2
                    AND from_day <= $3 AND (until_day IS NULL OR until_day >= $3)"""
_START: Final = "INSERT INTO export_run VALUES ($1, $2, $3, $4, NULL, NULL)"
_MADE: Final = "UPDATE export_run SET made_at = $2, claims = $3 WHERE run_id = $1"
_PREPARE: Final = """INSERT INTO claim VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'ready',
                                               NULL, NULL, NULL, NULL, $10)"""
_SENT: Final = """UPDATE claim SET state = 'submitted', run_number = $2, changed_at = $3
                   WHERE claim_id = $1"""
_DECIDED: Final = """UPDATE claim SET state = $2, paid_cents = $3, reason_code = $4,
                     reference = $5, changed_at = $6 WHERE claim_id = $1"""
_CORRECTED: Final = """UPDATE claim SET total_cents = total_cents + $2,
                       line_count = line_count + $3, changed_at = $4,
                       state = CASE state WHEN 'ready' THEN 'ready' ELSE 'correction_pending' END
                        WHERE claim_id = $1"""


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    stream_id, at = event.originator_id, event.timestamp
    match event:
        case Payer.Registered(name=name, currency=currency):
            await conn.execute(_PAYER, stream_id, name, currency)
        case Payer.MemberEnrolled(enrolment=each):
            await conn.execute(_ENROL, stream_id, each.member_id, each.from_day, each.until_day)
        case Payer.EnrolmentEnded(member_id=member_id, last_day=last_day):
            await conn.execute(_END, stream_id, member_id, last_day)
        case Payer.ExportStarted(run_id=run_id, run_number=number):
            await conn.execute(_START, run_id, stream_id, number, at)
        case Payer.ExportMade(run_id=run_id, claim_ids=claim_ids):
            await conn.execute(_MADE, run_id, at, len(claim_ids))
        case Claim.Prepared(lines=lines):
            await conn.execute(
                _PREPARE,
                stream_id,
                event.claim_number,
                event.payer_id,
                event.member_id,
                event.period_from,
                event.period_to,
                event.currency,
                len(lines),
                sum(line.amount_cents for line in lines),
                at,
            )
        case Claim.Exported(run_number=number):
            await conn.execute(_SENT, stream_id, number, at)
        case Claim.Decided(outcome=outcome, paid_cents=cents, reason_code=code, reference=ref):
            await conn.execute(_DECIDED, stream_id, outcome.value, cents, code, ref, at)
        case Claim.Corrected(reversal=reversal, replacement=replacement):
            added = [line for line in (reversal, replacement) if line is not None]
            cents = sum(line.amount_cents for line in added)
            await conn.execute(_CORRECTED, stream_id, cents, len(added), at)
