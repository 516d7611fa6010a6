"""Certificates: issued for sponsored awards, sealed, replaced when the facts change, revoked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from domain.certificates import verification_code as codes
from domain.certificates.certificate import (
    Certificate,
    CertificateFacts,
    CertificateState,
    RevocationReason,
    SupersessionReason,
)
from domain.certificates.papers import ApprovalLine, CreditKind
from domain.credits.awards import Award
from domain.credits.ledger import CreditLedger
from domain.errors import NotFound
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.members.member import Member
from domain.ports import Clock, Randomness
from domain.programs import Program
from domain.providers import Provider
from domain.rules.book import RuleBook
from domain.rules.model import BodyKind, Pack
from domain.values import Modality
from services.dispatch import Work
from services.meetings.attendance_facts import local_day
from services.members.commands import HOUSE, require_administrator

_LOCATION: Final = {
    Modality.IN_ROOM: "In person",
    Modality.LIVE_VIDEO: "Online, live video",
    Modality.PHONE: "By telephone",
}

# Whose rule a provider's certificate can state; a board's rule counts hours that one certifies.
_ISSUING: Final = frozenset({BodyKind.ACCREDITOR, BodyKind.HOUSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleCertificate:
    """Bring the certificate of an award to what the award says now."""

    ledger_id: UUID
    award_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleUndrawn:
    """Bring a member's certificates that were never drawn to how the member is named now."""

    ledger_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCertificate:
    """Remember the bytes of a certificate's paper."""

    certificate_id: UUID
    pdf_sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCertificate:
    """End a certificate, for a reason from the public list."""

    certificate_id: UUID
    reason: RevocationReason
    by: UUID


def certificate_id_of(award_id: UUID, number: int) -> UUID:
    """Return the id of an award's first, second, … certificate."""
    return uuid5(award_id, f"certificate:{number}")


def settle_certificate(
    rules: Callable[[], RuleBook], randomness: Randomness
) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`SettleCertificate`.

    Args:
        rules: for the rule's name and source on the paper.
        randomness: makes verification codes nobody can guess.
    """

    async def handle(cmd: SettleCertificate, *, work: Work, clock: Clock) -> None:
        """Issue, replace or revoke; a claimed peer activity ends in no certificate."""
        ledger = await work.load(CreditLedger, cmd.ledger_id)
        award = ledger.awards.get(cmd.award_id)
        if award is None:
            raise NotFound("There is no such award.", id=cmd.award_id)
        await _settle(ledger, award, rules(), randomness, work=work, clock=clock)

    return handle


def settle_undrawn(
    rules: Callable[[], RuleBook], randomness: Randomness
) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`SettleUndrawn`; its arguments are :func:`settle_certificate`'s.

    A certificate whose paper exists keeps the name that is printed on it. One without a paper,
    mostly because no font has its holder's letters, has nothing to keep.
    """

    async def handle(cmd: SettleUndrawn, *, work: Work, clock: Clock) -> None:
        """Replace what was issued and not drawn."""
        ledger = await work.find(CreditLedger, cmd.ledger_id)
        if ledger is None:
            return
        for award in ledger.awards.values():
            _, newest = await _latest(work, award.award_id)
            if newest is not None and newest.state is CertificateState.ISSUED:
                await _settle(ledger, award, rules(), randomness, work=work, clock=clock)

    return handle


async def seal_certificate(cmd: SealCertificate, *, work: Work, clock: Clock) -> None:
    """Remember the paper's bytes; one replaced in the meantime is left as it is."""
    certificate = await work.load(Certificate, cmd.certificate_id)
    if certificate.state in {CertificateState.SUPERSEDED, CertificateState.REVOKED}:
        return
    certificate.seal(pdf_sha256=cmd.pdf_sha256, size=cmd.size, at=clock.now())
    work.save(certificate)


async def revoke_certificate(cmd: RevokeCertificate, *, work: Work, clock: Clock) -> None:
    """End a certificate."""
    await require_administrator(work, cmd.by)
    certificate = await work.load(Certificate, cmd.certificate_id)
    certificate.revoke(reason=cmd.reason, by=cmd.by, at=clock.now())
    work.save(certificate)


async def _settle(
    ledger: CreditLedger,
    award: Award,
    book: RuleBook,
    randomness: Randomness,
    *,
    work: Work,
    clock: Clock,
) -> None:
    """Issue, replace or revoke the certificate of one award."""
    if award.credit_kind is not CreditKind.SPONSORED:
        return
    number, standing = await _latest(work, award.award_id)
    pack = book.of_rule(award.rule_id, award.rule_version)
    if standing is None and pack is not None and pack.kind not in _ISSUING:
        return  # a board counts the provider's certificate; it is no second paper
    if award.withdrawn:
        if standing is not None and standing.stands:
            reason = RevocationReason.ATTENDANCE_CORRECTED
            standing.revoke(reason=reason, by=HOUSE, at=clock.now())
            work.save(standing)
        return
    forgotten = (await work.load(Member, ledger.member_id)).forgotten
    if forgotten or await _revoked_by_a_person(work, ledger, award):
        return  # no name is left to print; or a person decides about a new one
    meeting = await work.load(Meeting, award.meeting_id)
    facts = await _facts(work, ledger, award, meeting, pack)
    if standing is not None and (not standing.stands or _says(standing.facts, facts, award)):
        return  # it says what is true, or a person revoked it
    certificate_id = certificate_id_of(award.award_id, number + 1)
    code = codes.make(randomness.token_bytes(codes.RANDOM_BYTES))
    # The serial stands in lists; it must not give away any of the code.
    number_of_paper = codes.make(randomness.token_bytes(codes.RANDOM_BYTES))[:8]
    certificate = Certificate.issue(
        certificate_id,
        serial=f"PH-{local_day(meeting).year}-{number_of_paper}",
        verification_code=code,
        award_id=award.award_id,
        member_id=ledger.member_id,
        facts=facts,
        judged=(),
        meeting_closed=meeting.state is MeetingState.CLOSED,
        supersedes=None if standing is None else standing.id,
        at=clock.now(),
    )
    if standing is not None:
        reason_why = (
            SupersessionReason.IDENTITY_CORRECTED
            if standing.facts.holder_name != facts.holder_name
            else SupersessionReason.ATTENDANCE_CORRECTED
        )
        standing.supersede(by_certificate_id=certificate_id, reason=reason_why, at=clock.now())
        work.save(standing)
    work.save(certificate)
    work.effect("seal_certificate", certificate_id=str(certificate_id))


def _says(printed: CertificateFacts, facts: CertificateFacts, award: Award) -> bool:
    """Tell whether a paper says what is true; older ones count alike without naming clauses.

    How its provider was called, could be reached and signed when it was issued stays true of it.
    """
    facts = replace(
        facts,
        provider_name=printed.provider_name,
        provider_address=printed.provider_address,
        provider_contact=printed.provider_contact,
        authorised_by=printed.authorised_by,
        authorised_role=printed.authorised_role,
    )
    return printed in (facts, replace(facts, arithmetic=award.credited.arithmetic))


async def _latest(work: Work, award_id: UUID) -> tuple[int, Certificate | None]:
    """Return how many certificates an award has had, and the newest."""
    number, newest = 0, None
    while (
        found := await work.find(Certificate, certificate_id_of(award_id, number + 1))
    ) is not None:
        number, newest = number + 1, found
    return number, newest


async def _revoked_by_a_person(work: Work, ledger: CreditLedger, award: Award) -> bool:
    """Tell whether somebody revoked a certificate of the same hour."""
    for other in ledger.awards.values():
        if other.meeting_id == award.meeting_id and other.credit_kind is CreditKind.SPONSORED:
            _, newest = await _latest(work, other.award_id)
            if newest is not None and newest.revoked_by not in {None, HOUSE}:
                return True
    return False


async def _facts(
    work: Work, ledger: CreditLedger, award: Award, meeting: Meeting, pack: Pack | None
) -> CertificateFacts:
    member = await work.load(Member, ledger.member_id)
    assert meeting.program_id is not None, "sponsored credit has a program"
    program = await work.load(Program, meeting.program_id)
    provider = await work.load(Provider, program.provider_id)
    licence = member.licences.get(award.licence_id) if award.licence_id else None
    day = local_day(meeting)
    return CertificateFacts(
        holder_name=member.printed_name,
        licence_kind=None if licence is None else licence.profession,
        licence_jurisdiction=None if licence is None else licence.jurisdiction,
        licence_number=None if licence is None else licence.number,
        title=f"{program.title}: {meeting.title}",
        objectives=list(program.objectives),
        topics=list(program.topics),
        starts_at=meeting.scheduled.from_at,
        ends_at=meeting.scheduled.to_at,
        zone=meeting.zone,
        location=_LOCATION[meeting.modality],
        modality=meeting.modality,
        minutes=award.credited.minutes,
        amount=award.credited.amount,
        unit_name=award.unit_name,
        credit_kind=award.credit_kind,
        rule_id=award.rule_id,
        rule_name=award.rule_id if pack is None else pack.name,
        rule_version=award.rule_version,
        rule_source=f"urn:peerhour:rule:{award.rule_id}" if pack is None else pack.source.address,
        arithmetic=award.credited.explanation,
        strength=award.credited.strength,
        evidence=list(meeting.minutes_of(member.id).reasons),
        presenter_name=program.instructor_name,
        presenter_qualification=program.instructor_qualification,
        provider_name=provider.name,
        provider_address=provider.address,
        provider_contact=provider.contact,
        approvals=[
            ApprovalLine(
                body=each.body,
                number=each.number,
                statement=each.statement,
                sole_responsibility=each.responsibility_statement,
            )
            for each in provider.approvals_on(day, meeting.modality)
        ],
        authorised_by=provider.authorising_name,
        authorised_role=provider.authorising_role,
    )
