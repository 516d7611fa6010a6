"""Takes events about providers and programs into the view ``offers``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.base import Root
from domain.personal import shown
from domain.programs import Program
from domain.providers import Provider
from domain.recording import Recorded
from projections import Connection

NAME: Final = "offers"
VERSION: Final = 2
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    Provider.Registered.TOPIC,
    Provider.Corrected.TOPIC,
    Provider.ApprovalRecorded.TOPIC,
    Provider.ApprovalWithdrawn.TOPIC,
    Program.Published.TOPIC,
    Program.Revised.TOPIC,
    Program.Retired.TOPIC,
)

_REGISTER: Final = "INSERT INTO provider VALUES ($1, $2, $3, $4, $5, $6)"
_CORRECT: Final = """UPDATE provider SET name = $2, address = $3, contact = $4,
                     authorising_name = $5, authorising_role = $6 WHERE provider_id = $1"""
_APPROVE: Final = "INSERT INTO approval VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_WITHDRAW: Final = """UPDATE approval SET withdrawn_from = $2, withdrawn_why = $3
                       WHERE approval_id = $1"""
_PUBLISH: Final = "INSERT INTO program VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_REVISE: Final = """UPDATE program SET title = $2, objectives = $3, topics = $4, minutes = $5,
                    instructor_name = $6, instructor_qualification = $7 WHERE program_id = $1"""
_RETIRE: Final = "UPDATE program SET retired_at = $2, retired_why = $3 WHERE program_id = $1"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    await _take_provider(recorded.event, conn)
    await _take_program(recorded.event, conn)


async def _take_provider(event: Root.Event, conn: Connection) -> None:
    match event:
        case Provider.Registered() | Provider.Corrected():
            await conn.execute(
                _REGISTER if isinstance(event, Provider.Registered) else _CORRECT,
                event.originator_id,
                event.name,
                event.address,
                event.contact,
                shown(event.authorising_name),
                event.authorising_role,
            )
        case Provider.ApprovalRecorded(originator_id=provider_id, approval=approval):
            await conn.execute(
                _APPROVE,
                approval.approval_id,
                provider_id,
                approval.body,
                approval.number,
                approval.statement,
                approval.responsibility_statement,
                approval.valid_from,
                approval.valid_until,
                [each.value for each in approval.modalities],
            )
        case Provider.ApprovalWithdrawn(approval_id=approval_id, from_day=day, reason=reason):
            await conn.execute(_WITHDRAW, approval_id, day, reason)


async def _take_program(event: Root.Event, conn: Connection) -> None:
    match event:
        case Program.Published(originator_id=program_id):
            await conn.execute(
                _PUBLISH,
                program_id,
                event.provider_id,
                event.title,
                event.objectives,
                event.topics,
                event.modality.value,
                event.minutes,
                shown(event.instructor_name),
                event.instructor_qualification,
            )
        case Program.Revised(originator_id=program_id):
            await conn.execute(
                _REVISE,
                program_id,
                event.title,
                event.objectives,
                event.topics,
                event.minutes,
                shown(event.instructor_name),
                event.instructor_qualification,
            )
        case Program.Retired(originator_id=program_id, timestamp=at, reason=reason):
            await conn.execute(_RETIRE, program_id, at, reason)
