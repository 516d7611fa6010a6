"""Questions to the view ``certificate_register``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.meetings.presence import EvidenceStrength
from projections import Connection

_COLUMNS: Final = """c.certificate_id, c.verification_code, c.serial, c.award_id, c.member_id,
    c.holder_name, c.licence, c.title, c.starts_at, c.ends_at, c.zone, c.modality, c.minutes,
    c.amount, c.unit_name, c.rule_name, c.rule_version, c.rule_source, c.arithmetic, c.strength,
    c.evidence, c.provider_name, c.provider_contact, c.objectives, c.topics, c.location,
    c.presenter, c.approvals, c.authorised_by, c.state, c.reason, c.changed_at, c.issued_at,
    c.pdf_sha256, n.verification_code AS replaced_by_code"""
_FROM: Final = "FROM certificate c LEFT JOIN certificate n ON n.certificate_id = c.superseded_by"
_BY_CODE: Final = f"SELECT {_COLUMNS} {_FROM} WHERE c.verification_code = $1"
_BY_ID: Final = f"SELECT {_COLUMNS} {_FROM} WHERE c.certificate_id = $1"
_OF_MEMBER: Final = f"""SELECT {_COLUMNS} {_FROM} WHERE c.member_id = $1
                         ORDER BY c.starts_at DESC, c.issued_at DESC, c.certificate_id"""
_OF_MEMBERS: Final = f"""SELECT {_COLUMNS} {_FROM} WHERE c.member_id = ANY ($1)
                          ORDER BY c.issued_at DESC, c.certificate_id LIMIT $2"""
_STANDING: Final = """SELECT certificate_id FROM certificate
                       WHERE member_id = $1 AND state IN ('issued', 'sealed')
                         AND (starts_at AT TIME ZONE zone)::date BETWEEN $2 AND $3
                       ORDER BY starts_at, certificate_id"""

# One in whose place another certifies the same, no weaker shown, has not fallen: only a name did.
_FALLEN: Final = """SELECT c.certificate_id, c.member_id, c.starts_at, c.minutes FROM certificate c
    WHERE c.state IN ('superseded', 'revoked') AND NOT EXISTS (
          SELECT FROM certificate s
           WHERE s.member_id = c.member_id AND s.starts_at = c.starts_at AND s.ends_at = c.ends_at
             AND s.minutes = c.minutes AND s.state IN ('issued', 'sealed')
             AND array_position($1::text[], s.strength) <= array_position($1::text[], c.strength))
    ORDER BY c.starts_at, c.certificate_id"""


@dataclass(frozen=True, slots=True)
class FallenRow:
    """A certificate that stands no more, whose hour no other certifies like it."""

    certificate_id: UUID
    member_id: UUID
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate: what it states, and whether it stands."""

    certificate_id: UUID
    verification_code: str
    serial: str
    award_id: UUID
    member_id: UUID
    holder_name: str
    licence: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    minutes: int
    amount: Decimal
    unit_name: str
    rule_name: str
    rule_version: int
    rule_source: str
    arithmetic: Sequence[str]
    strength: str
    evidence: Sequence[str]
    provider_name: str
    provider_contact: str
    objectives: Sequence[str]
    topics: Sequence[str]
    location: str
    presenter: str
    approvals: Sequence[str]
    authorised_by: str
    state: str
    reason: str | None
    changed_at: datetime | None
    issued_at: datetime
    pdf_sha256: str | None
    replaced_by_code: str | None

    @property
    def stands(self) -> bool:
        """Whether a board may rely on it today."""
        return self.state in {"issued", "sealed"}


async def by_code(conn: Connection, code: str) -> CertificateRow | None:
    """Return the certificate with a verification code (stored form), if there is one."""
    row = await conn.fetchrow(_BY_CODE, code)
    return None if row is None else CertificateRow(**row)


async def by_id(conn: Connection, certificate_id: UUID) -> CertificateRow | None:
    """Return a certificate, if there is one."""
    row = await conn.fetchrow(_BY_ID, certificate_id)
    return None if row is None else CertificateRow(**row)


async def of_member(conn: Connection, member_id: UUID) -> list[CertificateRow]:
    """Return a member's certificates, newest meeting first."""
    return [CertificateRow(**row) for row in await conn.fetch(_OF_MEMBER, member_id)]


async def of_members(
    conn: Connection, member_ids: Sequence[UUID], *, limit: int
) -> list[CertificateRow]:
    """Return some members' certificates, the one issued last first."""
    rows = await conn.fetch(_OF_MEMBERS, list(member_ids), limit)
    return [CertificateRow(**row) for row in rows]


async def standing_in(conn: Connection, member_id: UUID, first: date, last: date) -> list[UUID]:
    """Return the ids of a member's standing certificates for meetings in a period (local days)."""
    rows = await conn.fetch(_STANDING, member_id, first, last)
    return [row["certificate_id"] for row in rows]


async def fallen(conn: Connection) -> list[FallenRow]:
    """Return the certificates whose hours are not certified any more as they say, by hour."""
    strengths = [each.value for each in EvidenceStrength]
    return [FallenRow(**row) for row in await conn.fetch(_FALLEN, strengths)]
