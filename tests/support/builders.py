"""Invented people, and things made of them, for tests of the domain.

A builder makes the ordinary case; a test names only what it is about.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain import intervals as sets
from domain.base import Root
from domain.certificates.certificate import Certificate, CertificateFacts
from domain.certificates.papers import ApprovalLine, CreditKind
from domain.claims.claim import Claim
from domain.claims.lines import ClaimLine
from domain.claims.payers import Payer
from domain.credits.awards import AboutMeeting, Credited
from domain.credits.ledger import CreditLedger
from domain.credits.outside import OutsideCredit, OutsideFacts
from domain.evidence.documents import Document, DocumentKind
from domain.groups.group import PeerGroup
from domain.groups.rhythms import Rhythm
from domain.meetings.attendance import CheckInMethod
from domain.meetings.leading import Lead, LedBy, Outsider
from domain.meetings.meeting import Meeting
from domain.meetings.presence import EvidenceStrength
from domain.members.member import Member
from domain.personal import Personal
from domain.programs import Program
from domain.providers import Provider
from domain.rules.explain import Missing, Step
from domain.values import Interval, Modality, Style

ANA, BO, CHIDI, JOY, EVE = (UUID(int=n) for n in range(1, 6))  # Joy facilitates, Eve is a stranger
ADMIN = UUID(int=9)
GROUP, MEETING, OTHER_MEETING, PROGRAM = (UUID(int=n) for n in range(100, 104))
PROVIDER, APPROVAL, LICENCE, LEDGER = (UUID(int=n) for n in range(200, 204))
AWARD, OTHER_AWARD, CERTIFICATE, OTHER_CERTIFICATE = (UUID(int=n) for n in range(300, 304))
PAYER, CLAIM, RUN, OTHER_RUN = (UUID(int=n) for n in range(400, 404))
ADMINISTRATION, CHECK = (UUID(int=n) for n in range(500, 502))
OUTSIDE_CREDIT, DOCUMENT, OTHER_DOCUMENT = (UUID(int=n) for n in range(600, 603))

SIX_PM = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # a Monday
SEVEN_PM = SIX_PM + timedelta(hours=1)
MONDAY = date(2026, 3, 2)
SERIES, OUTSIDER = UUID(int=700), UUID(int=701)
DIGEST = "ab" * 32
CODE = "0" * 14  # twelve zeros have the check symbols 00

DOOR, ROSTER, OFFLINE = CheckInMethod.DOOR_CODE, CheckInMethod.ROSTER, CheckInMethod.OFFLINE


def minutes(many: float) -> timedelta:
    return timedelta(minutes=many)


def at(many: float) -> datetime:
    """Return so many minutes after six."""
    return SIX_PM + minutes(many)


def span(begins: float, ends: float) -> Interval:
    """Return an interval in minutes after six."""
    return Interval(at(begins), at(ends))


def about(subject: UUID, text: str) -> Personal[str]:
    return Personal(subject, text)


def led_from_outside(**changes: Any) -> Lead:
    values: dict[str, Any] = {
        "person_id": OUTSIDER,
        "name": about(OUTSIDER, "Kim Obi"),
        "profession": "psychology",
        "qualification": "PhD, licensed psychologist",
        "supervisor": True,
    } | changes
    return Lead(LedBy.OUTSIDER, outsider=Outsider(**values))


def facts(aggregate: Root) -> list[Root.Event]:
    """Return what was recorded since the last look."""
    events: list[Any] = list(aggregate.collect_events())
    return events


def known(aggregate: Any) -> Any:
    """Return an aggregate whose past has been looked at already."""
    aggregate.collect_events()
    return aggregate


def a_member(**changes: Any) -> Member:
    values: dict[str, Any] = {"name_on_papers": about(ANA, "Ana Ruiz"), "at": SIX_PM} | changes
    member: Member = known(Member.register(ANA, **values))
    return member


def a_licence(**changes: Any) -> dict[str, Any]:
    return {
        "profession": "psychology",
        "jurisdiction": "US-CA",
        "number": about(ANA, "PSY 12345"),
        "valid_from": date(2025, 1, 1),
        "valid_until": date(2026, 12, 31),
        "at": SIX_PM,
    } | changes


def a_provider(**changes: Any) -> Provider:
    values: dict[str, Any] = {
        "name": "Lamp House",
        "address": "1 Lamp Street\nSpringfield",
        "contact": "office@lamp.example",
        "authorising_name": about(JOY, "Joy Lin"),
        "authorising_role": "Director of education",
        "at": SIX_PM,
    } | changes
    provider: Provider = known(Provider.register(PROVIDER, **values))
    return provider


def an_approval(**changes: Any) -> dict[str, Any]:
    return {
        "body": "Board of Lamps",
        "number": "1234",
        "statement": "Approved by the Board of Lamps.",
        "responsibility_statement": "Lamp House is solely responsible.",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "modalities": [Modality.IN_ROOM],
        "at": SIX_PM,
    } | changes


def a_program(**changes: Any) -> Program:
    values: dict[str, Any] = {
        "provider_id": PROVIDER,
        "title": "Thinking together",
        "objectives": ["Name one thing to try."],
        "topics": ["endings"],
        "modality": Modality.IN_ROOM,
        "minutes": 60,
        "instructor_name": about(JOY, "Joy Lin"),
        "instructor_qualification": "PhD",
        "at": SIX_PM,
    } | changes
    program: Program = known(Program.publish(PROGRAM, **values))
    return program


def a_rhythm(**changes: Any) -> Rhythm:
    values: dict[str, Any] = {
        "weekday": 0,
        "local_time": time(18, 0),
        "every_weeks": 1,
        "zone": "UTC",
        "minutes": 60,
        "starts_on": MONDAY,
    } | changes
    return Rhythm(**values)


def a_group(**changes: Any) -> PeerGroup:
    values: dict[str, Any] = {
        "name": "Monday lamp",
        "promise": "Half the time is not cases.",
        "style": Style.INTERVISION,
        "zone": "UTC",
        "rhythm": a_rhythm(),
        "program_id": None,
        "size_min": 2,
        "size_max": 3,
        "facilitator_id": JOY,
        "at": SIX_PM,
    } | changes
    group: PeerGroup = known(PeerGroup.form(GROUP, **values))
    return group


def a_meeting(**changes: Any) -> Meeting:
    """Return a meeting from six to seven with Ana, Bo, Chidi, and Joy who facilitates."""
    values: dict[str, Any] = {
        "group_id": GROUP,
        "program_id": None,
        "title": "Monday lamp, 2 March",
        "starts_at": SIX_PM,
        "ends_at": SEVEN_PM,
        "zone": "Europe/Berlin",
        "modality": Modality.IN_ROOM,
        "roster": [ANA, BO, CHIDI, JOY],
        "facilitator_id": JOY,
        "at": SIX_PM - timedelta(days=7),
    } | changes
    meeting: Meeting = known(Meeting.schedule(MEETING, **values))
    return meeting


def an_open_meeting(*present: UUID, **changes: Any) -> Meeting:
    """Return a meeting opened at six, with people who checked in at six by the door code."""
    meeting = a_meeting(**changes)
    meeting.open(by=JOY, at=SIX_PM)
    for member_id in present:
        meeting.check_in(member_id, method=DOOR, by=member_id, at=SIX_PM)
    known(meeting)
    return meeting


def a_ledger() -> CreditLedger:
    ledger: CreditLedger = known(CreditLedger.open(LEDGER, member_id=ANA, at=SIX_PM))
    return ledger


def credited(*intervals: Interval, amount: str = "1") -> Credited:
    return Credited(
        intervals=sets.union(intervals),
        minutes=sets.minutes(intervals),
        amount=Decimal(amount),
        steps=[Step("unit.divided", "60 ÷ 60 minutes per contact hour = 1.", "1", {"exact": "1"})],
        strength=EvidenceStrength.STRONG,
        about=AboutMeeting(MONDAY, "Monday hour", ["ethics"], Modality.IN_ROOM, 60, 60, 20, 6),
    )


def an_award(*intervals: Interval, amount: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "meeting_id": MEETING,
        "pack_id": changes.get("rule_id", "contact-hour"),
        "rule_id": "contact-hour",
        "rule_version": 1,
        "credit_kind": CreditKind.SPONSORED,
        "licence_id": LICENCE,
        "unit_name": "contact hour",
        "credited": credited(*(intervals or (span(0, 60),)), amount=amount),
        "at": SEVEN_PM,
    } | changes


def a_hold(*missing: Missing, **changes: Any) -> dict[str, Any]:
    return {
        "rule_id": "contact-hour",
        "rule_version": 1,
        "licence_id": None,
        "unit_name": "contact hour",
        "amount": Decimal(1),
        "missing": list(missing),
        "at": SEVEN_PM,
    } | changes


def certificate_facts(**changes: Any) -> CertificateFacts:
    values: dict[str, Any] = {
        "holder_name": about(ANA, "Ana Ruiz"),
        "licence_kind": "psychology",
        "licence_jurisdiction": "US-CA",
        "licence_number": about(ANA, "PSY 12345"),
        "title": "Thinking together",
        "objectives": ["Name one thing to try."],
        "topics": ["endings"],
        "starts_at": SIX_PM,
        "ends_at": SEVEN_PM,
        "zone": "Europe/Berlin",
        "location": "The room under the stairs",
        "modality": Modality.IN_ROOM,
        "minutes": 60,
        "amount": Decimal(1),
        "unit_name": "contact hour",
        "credit_kind": CreditKind.SPONSORED,
        "rule_id": "contact-hour",
        "rule_name": "Contact hours of 60 minutes",
        "rule_version": 1,
        "rule_source": "urn:peerhour:rule:contact-hour",
        "arithmetic": ["60 ÷ 60 minutes per contact hour = 1."],
        "strength": EvidenceStrength.STRONG,
        "evidence": ["Two sources agree."],
        "presenter_name": about(JOY, "Joy Lin"),
        "presenter_qualification": "PhD",
        "provider_name": "Lamp House",
        "provider_address": "1 Lamp Street",
        "provider_contact": "office@lamp.example",
        "approvals": [
            ApprovalLine(
                body="Board of Lamps",
                number="1234",
                statement="Approved by the Board of Lamps.",
                sole_responsibility="Lamp House is solely responsible.",
            )
        ],
        "authorised_by": about(JOY, "Joy Lin"),
        "authorised_role": "Director of education",
    } | changes
    return CertificateFacts(**values)


def issue(**changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "serial": "LH-0001",
        "verification_code": CODE,
        "award_id": AWARD,
        "member_id": ANA,
        "facts": certificate_facts(),
        "judged": [],
        "meeting_closed": True,
        "at": SEVEN_PM,
    } | changes
    certificate: Certificate = known(Certificate.issue(CERTIFICATE, **values))
    return certificate


def a_payer(**changes: Any) -> Payer:
    values: dict[str, Any] = {
        "name": "Harbour Health",
        "currency": "USD",
        "service_code": "PSG60",
        "rate_cents_per_unit": 4500,
        "minutes_per_unit": 30,
        "cap_units_per_month": 8,
        "required_strength": EvidenceStrength.MODERATE,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "at": SIX_PM,
    } | changes
    payer: Payer = known(Payer.register(PAYER, **values))
    return payer


def a_line(line_id: str = "L1", **changes: Any) -> ClaimLine:
    values: dict[str, Any] = {
        "line_id": line_id,
        "meeting_id": MEETING,
        "certificate_id": CERTIFICATE,
        "starts_at": SIX_PM,
        "ends_at": SEVEN_PM,
        "zone": "Europe/Berlin",
        "minutes": 60,
        "units": 2,
        "rate_cents": 4500,
        "amount_cents": 9000,
        "strength": EvidenceStrength.STRONG,
    } | changes
    return ClaimLine(**values)


def a_claim(**changes: Any) -> Claim:
    values: dict[str, Any] = {
        "claim_number": "PH-2026-000001",
        "payer_id": PAYER,
        "member_id": ANA,
        "period_from": date(2026, 3, 1),
        "period_to": date(2026, 3, 31),
        "lines": [a_line()],
        "currency": "USD",
        "at": SEVEN_PM,
    } | changes
    claim: Claim = known(Claim.prepare(CLAIM, **values))
    return claim


def a_sent_claim(**changes: Any) -> Claim:
    claim = a_claim(**changes)
    claim.mark_exported(run_id=RUN, run_number=1, sha256=DIGEST, at=SEVEN_PM)
    known(claim)
    return claim


def a_document(document_id: UUID = DOCUMENT, **changes: Any) -> Document:
    values: dict[str, Any] = {"kind": DocumentKind.PDF, "size": 2048, "sha256": DIGEST} | changes
    return Document(document_id, **values)


def outside_facts(**changes: Any) -> OutsideFacts:
    """Return what Ana says about a course elsewhere."""
    values: dict[str, Any] = {
        "licence_id": LICENCE,
        "pack_id": "us-ca-psychology",
        "amount": Decimal("1.5"),
        "unit": "hour",
        "day": MONDAY,
        "title": about(ANA, "Law and ethics, a short course"),
        "provider_name": about(ANA, "Harbour Academy"),
        "category": about(ANA, "Sponsored continuing education"),
        "credit_kind": CreditKind.SPONSORED,
        "topics": ["ethics"],
        "live": True,
        "document": a_document(),
    } | changes
    return OutsideFacts(**values)


def an_outside_credit(**changes: Any) -> OutsideCredit:
    """Return a credit that Ana entered at seven."""
    values: dict[str, Any] = {
        "member_id": ANA,
        "facts": outside_facts(),
        "by": ANA,
        "at": SEVEN_PM,
    } | changes
    credit: OutsideCredit = known(OutsideCredit.enter(OUTSIDE_CREDIT, **values))
    return credit
