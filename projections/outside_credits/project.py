"""Takes events of credits earned elsewhere into the view ``outside_credits``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from domain.credits.outside import OutsideCredit, OutsideFacts
from domain.members.member import Member
from domain.personal import Personal, shown
from domain.recording import Recorded
from projections import Connection

NAME: Final = "outside_credits"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    OutsideCredit.Entered.TOPIC,
    OutsideCredit.Corrected.TOPIC,
    OutsideCredit.Removed.TOPIC,
    Member.Forgotten.TOPIC,
)

_ENTER: Final = "INSERT INTO outside_credit VALUES ($1, $2, $3)"
_SAY: Final = """INSERT INTO outside_credit_version
                 SELECT $1, 1 + count(*), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                        $15, $16, $17, $18
                   FROM outside_credit_version WHERE credit_id = $1"""
_REMOVE: Final = """UPDATE outside_credit SET removed_at = $2, removed_because = $3
                     WHERE credit_id = $1"""
# Nobody but the member reads this view: of somebody forgotten it keeps nothing.
_FORGET: Final = "DELETE FROM outside_credit WHERE member_id = $1"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    match recorded.event:
        case OutsideCredit.Entered(originator_id=credit_id, timestamp=at) as event:
            await conn.execute(_ENTER, credit_id, event.member_id, at)
            await _say(conn, credit_id, event.facts, at, reason=None)
        case OutsideCredit.Corrected(originator_id=credit_id, timestamp=at) as event:
            await _say(conn, credit_id, event.facts, at, reason=event.reason)
        case OutsideCredit.Removed(originator_id=credit_id, timestamp=at, reason=reason):
            await conn.execute(_REMOVE, credit_id, at, shown(reason))
        case Member.Forgotten(originator_id=member_id):
            await conn.execute(_FORGET, member_id)


async def _say(
    conn: Connection,
    credit_id: UUID,
    facts: OutsideFacts,
    at: datetime,
    *,
    reason: Personal[str] | None,
) -> None:
    document = facts.document
    await conn.execute(
        _SAY,
        credit_id,
        at,
        None if reason is None else shown(reason),
        facts.licence_id,
        facts.pack_id,
        facts.amount,
        facts.unit,
        facts.day,
        shown(facts.title),
        shown(facts.provider_name),
        None if facts.category is None else shown(facts.category),
        None if facts.credit_kind is None else facts.credit_kind.value,
        facts.topics,
        facts.live,
        *(
            (None,) * 4
            if document is None
            else (document.document_id, document.kind.value, document.size, document.sha256)
        ),
    )
