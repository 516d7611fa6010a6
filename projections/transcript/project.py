"""Takes events of credit ledgers into the view ``transcript``."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.credits.awards import Credited
from domain.credits.ledger import CreditLedger
from domain.recording import Recorded
from projections import Connection

NAME: Final = "transcript"
VERSION: Final = 3
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
_AWARD: Final = """INSERT INTO award (award_id, member_id, meeting_id, pack_id, rule_id,
                                      rule_version, credit_kind, licence_id, unit_name,
                                      awarded_at, minutes, amount, steps, strength, day, title,
                                      topics, modality, meeting_minutes, present_minutes,
                                      own_minutes, people)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                           $17, $18, $19, $20, $21, $22)"""
_ADJUST: Final = """UPDATE award SET note = $2, minutes = $3, amount = $4, steps = $5,
                                     strength = $6, day = $7, title = $8, topics = $9,
                                     modality = $10, meeting_minutes = $11, present_minutes = $12,
                                     own_minutes = $13, people = $14 WHERE award_id = $1"""
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
                event.pack_id,
                event.rule_id,
                event.rule_version,
                event.credit_kind.value,
                event.licence_id,
                event.unit_name,
                event.timestamp,
                *_columns(credited),
            )
        case CreditLedger.Adjusted(award_id=award_id, credited=credited, reason=reason):
            await conn.execute(_ADJUST, award_id, reason, *_columns(credited))
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
                [each.told for each in missing],
            )
        case CreditLedger.OverlapFound(
            meeting_id=meeting_id, other_meeting_id=other, minutes=minutes
        ):
            await conn.execute(_OVERLAP, member_id, meeting_id, other, minutes)


def _columns(credited: Credited) -> tuple[object, ...]:
    """Return what an adjustment replaces, in the order of the statements above."""
    about = credited.about
    return (
        credited.minutes,
        credited.amount,
        msgspec.json.encode(credited.steps).decode(),
        credited.strength.value,
        *(
            (None,) * 8
            if about is None
            else (
                about.day,
                about.title,
                about.topics,
                None if about.modality is None else about.modality.value,
                about.meeting_minutes,
                about.present_minutes,
                about.own_minutes,
                about.people,
            )
        ),
    )
