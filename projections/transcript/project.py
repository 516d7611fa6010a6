"""Takes events of credit ledgers into the view ``transcript``."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from domain.credits import CreditLedger
from domain.recording import Recorded
from projections import Connection

NAME: Final = "transcript"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    CreditLedger.Opened.TOPIC,
    CreditLedger.OverlapFound.TOPIC,
    CreditLedger.Awarded.TOPIC,
    CreditLedger.Adjusted.TOPIC,
    CreditLedger.Withdrawn.TOPIC,
    CreditLedger.Held.TOPIC,
)

_OPEN: Final = "INSERT INTO ledger_owner VALUES ($1, $2)"
_OWNER: Final = "SELECT member_id FROM ledger_owner WHERE ledger_id = $1"
_AWARD: Final = """INSERT INTO award VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                                             false, '', $13)"""
_ADJUST: Final = """UPDATE award SET minutes = $2, amount = $3, arithmetic = $4, strength = $5,
                    note = $6 WHERE award_id = $1"""
_WITHDRAW: Final = "UPDATE award SET withdrawn = true, note = $2 WHERE award_id = $1"
_RELEASE: Final = """DELETE FROM held WHERE member_id = $1 AND meeting_id = $2 AND rule_id = $3
                        AND licence_id IS NOT DISTINCT FROM $4"""
_HOLD: Final = "INSERT INTO held VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
_OVERLAP: Final = "INSERT INTO overlap VALUES ($1, $2, $3, $4)"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    if isinstance(event, CreditLedger.Opened):
        await conn.execute(_OPEN, event.originator_id, event.member_id)
        return
    member_id: UUID = await conn.fetchval(_OWNER, event.originator_id)
    match event:
        case CreditLedger.Awarded(credited=credited):
            await conn.execute(
                _RELEASE, member_id, event.meeting_id, event.rule_id, event.licence_id
            )
            await conn.execute(
                _AWARD,
                event.award_id,
                member_id,
                event.meeting_id,
                event.rule_id,
                event.rule_version,
                event.credit_kind.value,
                event.licence_id,
                event.unit_name,
                credited.minutes,
                credited.amount,
                credited.arithmetic,
                credited.strength.value,
                event.timestamp,
            )
        case CreditLedger.Adjusted(award_id=award_id, credited=credited, reason=reason):
            await conn.execute(
                _ADJUST,
                award_id,
                credited.minutes,
                credited.amount,
                credited.arithmetic,
                credited.strength.value,
                reason,
            )
        case CreditLedger.Withdrawn(award_id=award_id, reason=reason):
            await conn.execute(_WITHDRAW, award_id, reason)
        case CreditLedger.Held(missing=missing):
            await conn.execute(
                _RELEASE, member_id, event.meeting_id, event.rule_id, event.licence_id
            )
            await conn.execute(
                _HOLD,
                member_id,
                event.meeting_id,
                event.rule_id,
                event.licence_id,
                event.unit_name,
                event.amount,
                [each.code for each in missing],
                [each.sentence for each in missing],
            )
        case CreditLedger.OverlapFound(
            meeting_id=meeting_id, other_meeting_id=other, minutes=minutes
        ):
            await conn.execute(_OVERLAP, member_id, meeting_id, other, minutes)
