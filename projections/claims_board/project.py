"""Takes events about payers and claims into the view ``claims_board``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from domain.base import Root
from domain.claims import events as claim_events
from domain.claims.claim import Claim
from domain.claims.lines import Answer, ClaimLine
from domain.claims.payers import Payer
from domain.claims.rules import number_of_sending
from domain.recording import Recorded
from projections import Connection

NAME: Final = "claims_board"
VERSION: Final = 3
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
    Claim.AnswerCorrected.TOPIC,
    Claim.Corrected.TOPIC,
    Claim.SetAside.TOPIC,
)

_PAYER: Final = "INSERT INTO payer VALUES ($1, $2, $3)"
_ENROL: Final = "INSERT INTO enrolment VALUES ($1, $2, $3, $4)"
_END: Final = """UPDATE enrolment SET until_day = $3 WHERE payer_id = $1 AND member_id = $2
                    AND from_day <= $3 AND (until_day IS NULL OR until_day >= $3)"""
_START: Final = "INSERT INTO export_run VALUES ($1, $2, $3, $4)"
_MADE: Final = "UPDATE export_run SET made_at = $2, claims = $3, made_by = $4 WHERE run_id = $1"
_PREPARE: Final = """INSERT INTO claim VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 'ready', false,
                                               NULL, NULL, NULL, NULL, NULL, $8)"""
_LINE: Final = """INSERT INTO claim_line
    SELECT $1, count(*), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
      FROM claim_line WHERE claim_id = $1"""
_COUNT: Final = """UPDATE claim SET line_count = line_count + 1, total_cents = total_cents + $2
                    WHERE claim_id = $1"""
_SEND: Final = "INSERT INTO sending VALUES ($1, $2, $3, $4, $5)"
_SENT: Final = """UPDATE claim SET state = 'submitted', awaits_answer = true, run_number = $2,
                  changed_at = $3 WHERE claim_id = $1"""
_LINES_SENT: Final = "UPDATE claim_line SET sending = $2 WHERE claim_id = $1 AND sending IS NULL"
_SENDINGS: Final = "SELECT count(*) FROM sending WHERE claim_id = $1"
_NUMBER: Final = "SELECT claim_number FROM claim WHERE claim_id = $1"
_DECIDED: Final = """UPDATE claim
    SET state = CASE state WHEN 'correction_pending' THEN state ELSE $2 END, awaits_answer = false,
        changed_at = $3 WHERE claim_id = $1"""
_ANSWERED: Final = """UPDATE sending SET outcome = $3, paid_cents = $4, reason_code = $5,
    reference = $6, answered_at = $7 WHERE claim_id = $1 AND sending = $2"""
_UNANSWERED: Final = """UPDATE sending SET outcome = NULL, paid_cents = NULL, reason_code = NULL,
    reference = NULL, answered_at = NULL WHERE claim_id = $1 AND sending = $2"""
_LINE_ANSWERED: Final = """UPDATE claim_line SET paid_cents = $3, reason_code = $4
                            WHERE claim_id = $1 AND line_id = $2"""
_LINES_UNANSWERED: Final = """UPDATE claim_line SET paid_cents = NULL, reason_code = NULL
                               WHERE claim_id = $1 AND sending = $2"""
_REVERSED: Final = """INSERT INTO reversed_answer
    SELECT claim_id, sending, outcome, paid_cents, reason_code, reference, answered_at, $3, $4, $5,
           $6 FROM sending WHERE claim_id = $1 AND sending = $2"""
_ANSWER_CORRECTED: Final = """UPDATE claim
    SET state = CASE WHEN state = 'correction_pending' OR $2 < (SELECT max(sending) FROM sending
                                                                 WHERE claim_id = $1)
                     THEN state ELSE coalesce($3, 'submitted') END,
        awaits_answer = awaits_answer OR $3 IS NULL, changed_at = $4 WHERE claim_id = $1"""
# What was sent before, and answered, stays paid: an answer to a correction adds to it.
_SUMS: Final = """UPDATE claim
    SET paid_cents = (SELECT sum(paid_cents) FROM sending WHERE claim_id = $1),
        (reason_code, reference) = (SELECT reason_code, reference FROM sending
            WHERE claim_id = $1 AND outcome IS NOT NULL ORDER BY sending DESC LIMIT 1)
  WHERE claim_id = $1"""
_CORRECTED: Final = """UPDATE claim
    SET changed_at = $2, state = CASE WHEN state <> 'ready' THEN 'correction_pending'
                                      WHEN total_cents = 0 THEN 'set_aside' ELSE 'ready' END
  WHERE claim_id = $1"""
_SET_ASIDE: Final = """UPDATE claim SET state = 'set_aside', set_aside_for = $2, changed_at = $3
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
        case Payer.ExportMade(run_id=run_id, claim_ids=claim_ids, by=by):
            await conn.execute(_MADE, run_id, at, len(claim_ids), by)
        case _:
            await _about_claim(event, conn)


async def _about_claim(event: Root.Event, conn: Connection) -> None:
    stream_id, at = event.originator_id, event.timestamp
    match event:
        case Claim.Prepared():
            await _prepare(event, conn)
        case Claim.Exported(run_number=number):
            await _send(stream_id, number, at, conn)
        case Claim.Decided():
            await _answer(event, conn)
        case Claim.AnswerCorrected():
            await _correct_answer(event, conn)
        case Claim.Corrected(reversal=reversal, replacement=replacement, reason=reason):
            await _add(stream_id, reversal, reason, conn)
            if replacement is not None:
                await _add(stream_id, replacement, "", conn)
            await conn.execute(_CORRECTED, stream_id, at)
        case Claim.SetAside(reason=reason):
            await conn.execute(_SET_ASIDE, stream_id, reason.value, at)


async def _prepare(event: Claim.Prepared, conn: Connection) -> None:
    await conn.execute(
        _PREPARE,
        event.originator_id,
        event.claim_number,
        event.payer_id,
        event.member_id,
        event.period_from,
        event.period_to,
        event.currency,
        event.timestamp,
    )
    for line in event.lines:
        await _add(event.originator_id, line, "", conn)


async def _add(claim_id: UUID, line: ClaimLine, note: str, conn: Connection) -> None:
    await conn.execute(
        _LINE,
        claim_id,
        line.line_id,
        line.certificate_id,
        line.starts_at,
        line.zone,
        line.minutes,
        line.units,
        line.rate_cents,
        line.amount_cents,
        line.strength.value,
        line.reverses,
        note,
    )
    await conn.execute(_COUNT, claim_id, line.amount_cents)


async def _send(claim_id: UUID, run_number: int, at: datetime, conn: Connection) -> None:
    sending = 1 + await conn.fetchval(_SENDINGS, claim_id)
    number = number_of_sending(claim_id, await conn.fetchval(_NUMBER, claim_id), sending)
    await conn.execute(_SEND, claim_id, sending, number, run_number, at)
    await conn.execute(_LINES_SENT, claim_id, sending)
    await conn.execute(_SENT, claim_id, run_number, at)


async def _answer(event: claim_events.Decided, conn: Connection) -> None:
    claim_id, at = event.originator_id, event.timestamp
    answer = Answer(
        outcome=event.outcome,
        paid_cents=event.paid_cents,
        reason_code=event.reason_code,
        reference=event.reference,
        lines=event.answers,
    )
    await conn.execute(_DECIDED, claim_id, event.outcome.value, at)
    await _keep(claim_id, await conn.fetchval(_SENDINGS, claim_id), answer, at, conn)
    await conn.execute(_SUMS, claim_id)


async def _correct_answer(event: claim_events.AnswerCorrected, conn: Connection) -> None:
    claim_id, sending, at = event.originator_id, event.sending, event.timestamp
    right = event.replacement
    why = event.why.value, event.reason, event.by
    await conn.execute(_REVERSED, claim_id, sending, at, *why)
    await conn.execute(_UNANSWERED, claim_id, sending)
    await conn.execute(_LINES_UNANSWERED, claim_id, sending)
    if right is not None:
        await _keep(claim_id, sending, right, at, conn)
    outcome = None if right is None else right.outcome.value
    await conn.execute(_ANSWER_CORRECTED, claim_id, sending, outcome, at)
    await conn.execute(_SUMS, claim_id)


async def _keep(
    claim_id: UUID, sending: int, answer: Answer, at: datetime, conn: Connection
) -> None:
    await conn.execute(
        _ANSWERED,
        claim_id,
        sending,
        answer.outcome.value,
        answer.paid_cents,
        answer.reason_code,
        answer.reference,
        at,
    )
    for each in answer.lines:
        await conn.execute(
            _LINE_ANSWERED, claim_id, each.line_id, each.paid_cents, each.reason_code
        )
