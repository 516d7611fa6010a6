"""Takes events about certificates into the view ``certificate_register``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.certificates.certificate import Certificate
from domain.members.member import Member
from domain.members.professions import label_of
from domain.personal import ERASED, shown
from domain.recording import Recorded
from projections import Connection

NAME: Final = "certificate_register"
VERSION: Final = 2
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    Certificate.Issued.TOPIC,
    Certificate.Sealed.TOPIC,
    Certificate.Superseded.TOPIC,
    Certificate.Revoked.TOPIC,
    Member.Forgotten.TOPIC,
)

_ISSUE: Final = """INSERT INTO certificate
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, 'issued', NULL, NULL, $30, NULL,
            NULL)"""
_SEAL: Final = """UPDATE certificate SET state = 'sealed', pdf_sha256 = $2
                   WHERE certificate_id = $1"""
_SUPERSEDE: Final = """UPDATE certificate SET state = 'superseded', reason = $2, changed_at = $3,
                       superseded_by = $4 WHERE certificate_id = $1"""
_REVOKE: Final = """UPDATE certificate SET state = 'revoked', reason = $2, changed_at = $3
                     WHERE certificate_id = $1"""
_FORGET: Final = """UPDATE certificate SET holder_name = $2,
                    licence = CASE licence WHEN '' THEN '' ELSE $2 END WHERE member_id = $1"""


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    match event:
        case Certificate.Issued():
            await _issue(event, conn)
        case Certificate.Sealed(originator_id=certificate_id, pdf_sha256=digest):
            await conn.execute(_SEAL, certificate_id, digest)
        case Certificate.Superseded(originator_id=certificate_id, reason=reason, timestamp=at):
            await conn.execute(
                _SUPERSEDE, certificate_id, reason.value, at, event.by_certificate_id
            )
        case Certificate.Revoked(originator_id=certificate_id, reason=reason, timestamp=at):
            await conn.execute(_REVOKE, certificate_id, reason.value, at)
        case Member.Forgotten(originator_id=member_id):
            await conn.execute(_FORGET, member_id, ERASED)


async def _issue(event: Certificate.Issued, conn: Connection) -> None:
    facts = event.facts
    licence = ""
    if facts.licence_kind is not None:
        number = shown(facts.licence_number)
        licence = (
            number
            if number == ERASED
            else (f"{label_of(facts.licence_kind)}, {facts.licence_jurisdiction} {number}")
        )
    await conn.execute(
        _ISSUE,
        event.originator_id,
        event.verification_code,
        event.serial,
        event.award_id,
        event.member_id,
        shown(facts.holder_name),
        licence,
        facts.title,
        facts.starts_at,
        facts.ends_at,
        facts.zone,
        facts.modality.value,
        facts.minutes,
        facts.amount,
        facts.unit_name,
        facts.rule_name,
        facts.rule_version,
        facts.rule_source,
        facts.arithmetic,
        facts.strength.value,
        facts.evidence,
        facts.provider_name,
        facts.provider_contact,
        facts.objectives,
        facts.topics,
        facts.location,
        f"{shown(facts.presenter_name)}, {facts.presenter_qualification}",
        [f"{each.body}, number {each.number}: {each.statement}" for each in facts.approvals],
        f"{shown(facts.authorised_by)}, {facts.authorised_role}",
        event.timestamp,
    )
