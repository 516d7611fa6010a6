"""Certificates: proof of credit that is issued, sealed, superseded or revoked, never edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.certificates import verification_code as codes
from domain.certificates.papers import ApprovalLine, CreditKind, is_bare_ceu
from domain.errors import DomainError, InvalidFields
from domain.fields import require_lines
from domain.meetings.presence import EvidenceStrength
from domain.personal import Personal
from domain.rules.explain import Missing
from domain.values import Interval, Modality, zone_named

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class CertificateConditionsMissing(DomainError):
    """Something a certificate needs is missing; ``facts["missing"]`` lists the codes."""

    code = "certificate.conditions_missing"


class CertificateNotStanding(DomainError):
    """The certificate was superseded or revoked before."""

    code = "certificate.not_standing"


class SealedDifferently(DomainError):
    """The certificate was sealed with other bytes before."""

    code = "certificate.sealed_differently"


class RevocationReason(StrEnum):
    """Why a certificate stops standing; the list is closed and public."""

    ATTENDANCE_CORRECTED = "attendance_corrected"
    IDENTITY_CORRECTED = "identity_corrected"
    ISSUED_IN_ERROR = "issued_in_error"
    PROVIDER_APPROVAL_LAPSED = "provider_approval_lapsed"
    FRAUD = "fraud"
    AT_HOLDERS_REQUEST = "at_holders_request"


class SupersessionReason(StrEnum):
    """Why a new certificate takes the place of this one."""

    ATTENDANCE_CORRECTED = "attendance_corrected"
    IDENTITY_CORRECTED = "identity_corrected"
    ISSUED_IN_ERROR = "issued_in_error"


class CertificateState(StrEnum):
    """Where a certificate stands."""

    ISSUED = "issued"
    SEALED = "sealed"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """Everything a certificate states, fixed on the day it is issued.

    Source: the project's notes on regulation, §3.3 (what boards were seen to demand).

    Attributes:
        holder_name: as printed, about the holder.
        licence_kind: profession of the licence the credit is for, with its *licence_jurisdiction*
            and *licence_number*; ``None`` where the rule is about no licence.
        title: of the meeting or its program.
        objectives: of the program; may be empty for claimed peer activity.
        topics: tags only, never what was said.
        starts_at: the meeting's scheduled start, UTC; *ends_at* its end; *zone* IANA.
        location: place or meeting tool, as boards ask for it.
        modality: how people met.
        minutes: whole minutes attended and credited.
        amount: credit in *unit_name* under *rule_id* (*rule_name*), *rule_version*.
        rule_source: where the rule was read; printed.
        arithmetic: how the amount was counted, a sentence a step.
        strength: how well the presence is shown, and *evidence* says why.
        presenter_name: instructor, or facilitator of a claimed peer activity.
        provider_name: who issues, with address and contact as printed.
        approvals: in the words each body prescribes; needed for sponsored credit.
        authorised_by: who signs, in which *authorised_role*.
    """

    holder_name: Personal[str]
    licence_kind: str | None
    licence_jurisdiction: str | None
    licence_number: Personal[str] | None
    title: str
    objectives: list[str]
    topics: list[str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    location: str
    modality: Modality
    minutes: int
    amount: Decimal
    unit_name: str
    credit_kind: CreditKind
    rule_id: str
    rule_name: str
    rule_version: int
    rule_source: str
    arithmetic: list[str]
    strength: EvidenceStrength
    evidence: list[str]
    presenter_name: Personal[str]
    presenter_qualification: str
    provider_name: str
    provider_address: str
    provider_contact: str
    approvals: list[ApprovalLine]
    authorised_by: Personal[str]
    authorised_role: str


class Certificate(Root):
    """One paper about one award."""

    TOPIC = "peerhour.certificate"

    class Issued(Root.Event, AggregateCreated):
        """A certificate was issued; its facts never change."""

        TOPIC = "peerhour.certificate.issued"
        serial: str
        verification_code: str
        award_id: UUID
        member_id: UUID
        supersedes: UUID | None
        facts: CertificateFacts

    class Sealed(Root.Event):
        """The paper exists; these are its bytes."""

        TOPIC = "peerhour.certificate.sealed"
        pdf_sha256: str
        size: int

        @override
        def apply(self, certificate: Certificate) -> None:
            certificate.pdf_sha256 = self.pdf_sha256
            certificate.state = CertificateState.SEALED

    class Superseded(Root.Event):
        """Another certificate stands in its place."""

        TOPIC = "peerhour.certificate.superseded"
        by_certificate_id: UUID
        reason: SupersessionReason

        @override
        def apply(self, certificate: Certificate) -> None:
            certificate.superseded_by = self.by_certificate_id
            certificate.state = CertificateState.SUPERSEDED

    class Revoked(Root.Event):
        """The certificate does not stand any more."""

        TOPIC = "peerhour.certificate.revoked"
        reason: RevocationReason
        by: UUID

        @override
        def apply(self, certificate: Certificate) -> None:
            certificate.revoked_for = self.reason
            certificate.revoked_by = self.by
            certificate.state = CertificateState.REVOKED

    def __init__(
        self,
        *,
        serial: str,
        verification_code: str,
        award_id: UUID,
        member_id: UUID,
        supersedes: UUID | None,
        facts: CertificateFacts,
    ) -> None:
        self.serial = serial
        self.verification_code = verification_code
        self.award_id = award_id
        self.member_id = member_id
        self.supersedes = supersedes
        self.facts = facts
        self.state = CertificateState.ISSUED
        self.pdf_sha256: str | None = None
        self.superseded_by: UUID | None = None
        self.revoked_for: RevocationReason | None = None
        self.revoked_by: UUID | None = None

    @classmethod
    def issue(
        cls,
        certificate_id: UUID,
        *,
        serial: str,
        verification_code: str,
        award_id: UUID,
        member_id: UUID,
        facts: CertificateFacts,
        judged: Sequence[Missing],
        meeting_closed: bool,
        supersedes: UUID | None = None,
        at: datetime,
    ) -> Certificate:
        """Issue a certificate, if nothing it needs is missing.

        Args:
            certificate_id: derived by the caller, so that a rerun gives the same.
            serial: the provider's number.
            verification_code: fourteen symbols, the stored form.
            award_id: the credit it proves.
            member_id: whose.
            facts: what it states.
            judged: what the rule's judgement found missing.
            meeting_closed: whether the meeting is closed and stands.
            supersedes: the certificate it replaces, if any.
            at: now.

        Raises:
            CertificateConditionsMissing: the refusal says what.
            MalformedCode: the verification code is none.
            InvalidFields: the serial cannot be printed.
        """
        require_lines(serial=serial)
        missing = conditions_for_issue(facts, judged=judged, meeting_closed=meeting_closed)
        if missing:
            sentences = " ".join(each.sentence for each in missing)
            raise CertificateConditionsMissing(
                f"You do not have this certificate yet. {sentences}",
                missing=[each.code for each in missing],
            )
        return cls.begin(
            cls.Issued,
            stream_id=certificate_id,
            at=at,
            serial=serial,
            verification_code=codes.normalise(verification_code),
            award_id=award_id,
            member_id=member_id,
            supersedes=supersedes,
            facts=facts,
        )

    @property
    def stands(self) -> bool:
        """Whether a board may rely on it today."""
        return self.state in {CertificateState.ISSUED, CertificateState.SEALED}

    def seal(self, *, pdf_sha256: str, size: int, at: datetime) -> None:
        """Remember the bytes of the paper; the same bytes twice are no second fact.

        Args:
            pdf_sha256: in hex.
            size: bytes.
            at: now.

        Raises:
            SealedDifferently: other bytes were sealed before.
            CertificateNotStanding: it was superseded or revoked.
            InvalidFields: no digest, or no size.
        """
        if not _SHA256.fullmatch(pdf_sha256):
            raise InvalidFields(pdf_sha256="A SHA-256 has 64 hexadecimal digits.")
        if size < 1:
            raise InvalidFields(size="A paper has a byte or more.")
        if self.pdf_sha256 == pdf_sha256:
            return
        if self.pdf_sha256 is not None:
            raise SealedDifferently("This certificate is sealed; issue another one instead.")
        self._must_stand()
        self.record(self.Sealed, at=at, pdf_sha256=pdf_sha256, size=size)

    def supersede(
        self, *, by_certificate_id: UUID, reason: SupersessionReason, at: datetime
    ) -> None:
        """Let another certificate stand in its place.

        Raises:
            CertificateNotStanding: it was revoked, or superseded by yet another one.
        """
        if self.superseded_by == by_certificate_id:
            return
        self._must_stand()
        self.record(self.Superseded, at=at, by_certificate_id=by_certificate_id, reason=reason)

    def revoke(self, *, reason: RevocationReason, by: UUID, at: datetime) -> None:
        """End the certificate; revoking twice changes nothing.

        Raises:
            CertificateNotStanding: it was superseded; revoke the one that stands.
        """
        if self.state is CertificateState.REVOKED:
            return
        self._must_stand()
        self.record(self.Revoked, at=at, reason=reason, by=by)

    def _must_stand(self) -> None:
        if not self.stands:
            raise CertificateNotStanding(
                "This certificate was replaced or revoked; it stays as it is.", state=self.state
            )


def conditions_for_issue(
    facts: CertificateFacts, *, judged: Sequence[Missing] = (), meeting_closed: bool
) -> list[Missing]:
    """Return everything that stands in the way of a certificate; nothing means it may be issued.

    Args:
        facts: what it would state.
        judged: what the rule's judgement found missing.
        meeting_closed: whether the meeting is closed and stands.

    Raises:
        UnknownZone, BackwardsInterval: the facts come from no meeting of ours.
    """
    zone_named(facts.zone)
    found = list(judged)
    if not meeting_closed:
        found.append(Missing("meeting.not_closed", "The meeting is not closed yet."))
    found.extend(_about_credit(facts))
    found.extend(
        Missing(f"{field}.missing", f"{what} is still needed.")
        for field, (what, value) in _printed(facts).items()
        if not (value or "").strip()
    )
    return list(dict.fromkeys(found))


def _about_credit(facts: CertificateFacts) -> Iterator[Missing]:
    length = Interval(facts.starts_at, facts.ends_at).length.total_seconds() / 60
    if facts.amount <= 0 or not 0 < facts.minutes <= length:
        yield Missing("credit.none", "There is no credit to certify.")
    if is_bare_ceu(facts.unit_name):
        yield Missing("unit.not_named", "The unit of the credit needs its full name.")
    if not facts.arithmetic:
        yield Missing("arithmetic.missing", "How the credit was counted is still needed.")
    if facts.credit_kind is CreditKind.SPONSORED:
        if not facts.approvals:
            yield Missing(
                "provider_approval.missing",
                "A provider approved for that day and way of meeting is needed.",
            )
        if not facts.objectives:
            yield Missing("objectives.missing", "The objectives of the program are still needed.")


def _printed(facts: CertificateFacts) -> dict[str, tuple[str, str | None]]:
    """Return the single texts every certificate shows, with their names for people."""
    texts = {
        "holder_name": ("Your name as it should be printed", facts.holder_name.value),
        "title": ("The title", facts.title),
        "location": ("The place or meeting tool", facts.location),
        "unit_name": ("The name of the unit", facts.unit_name),
        "presenter_name": ("The presenter's name", facts.presenter_name.value),
        "presenter_qualification": ("The presenter's degree", facts.presenter_qualification),
        "provider_name": ("The provider's name", facts.provider_name),
        "provider_address": ("The provider's address", facts.provider_address),
        "provider_contact": ("A way to reach the provider", facts.provider_contact),
        "authorised_by": ("The name of who signs", facts.authorised_by.value),
        "authorised_role": ("The role of who signs", facts.authorised_role),
    }
    if facts.licence_kind is not None:
        number = facts.licence_number
        texts["licence_number"] = ("Your licence number", number.value if number else None)
    return texts
