"""A story in which every kind of event happens at least once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from domain.base import Root
from domain.certificates.certificate import Certificate, RevocationReason, SupersessionReason
from domain.certificates.checks import CertificateCheck, CheckChannel
from domain.claims.claim import Claim
from domain.claims.lines import LineAnswer
from domain.claims.payers import Payer
from domain.claims.rules import AnswerCorrection, SetAsideReason
from domain.credits.ledger import CreditLedger
from domain.credits.outside import OutsideCredit
from domain.groups.group import PeerGroup
from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.meetings.meeting import Meeting
from domain.meetings.presence import EvidenceStrength
from domain.members.administration import Administration
from domain.members.member import ErasureBasis, Member, Role
from domain.programs import Program
from domain.providers import Provider
from domain.rules.explain import Missing
from domain.troubles import Place, Trouble
from domain.values import Modality, Style
from tests.support import builders as b
from tests.support.every_billing_event import BILLING_STORIES


def member_events() -> list[Root.Event]:
    member = Member.register(b.ANA, name_on_papers=b.about(b.ANA, "Ana Ruiz"), at=b.SIX_PM)
    member.add_licence(b.LICENCE, **b.a_licence())
    member.end_licence(b.LICENCE, last_day=date(2026, 6, 30), at=b.SIX_PM)
    member.correct_name(
        b.about(b.ANA, "Ana Ruiz-Lee"), reason=b.about(b.ANA, "Married."), by=b.ANA, at=b.SIX_PM
    )
    member.spell_for_papers(b.about(b.ANA, "Ana Ruiz Lee"), by=b.ANA, at=b.SIX_PM)
    member.grant_role(Role.ADMINISTRATOR, by=b.ADMIN, at=b.SIX_PM)
    member.withdraw_role(Role.ADMINISTRATOR, by=b.ADMIN, at=b.SIX_PM)
    member.take_leave(at=b.SIX_PM)
    member.come_back(at=b.SIX_PM)
    member.forget(by=b.ANA, basis=ErasureBasis.OWN_REQUEST, at=b.SIX_PM)
    return b.facts(member)


def administration_events() -> list[Root.Event]:
    row = Administration.begin_at(b.ADMINISTRATION, at=b.SIX_PM)
    row.note_role_taken(b.ANA, by=b.ADMIN, at=b.SIX_PM)
    return b.facts(row)


def provider_events() -> list[Root.Event]:
    provider = Provider.register(
        b.PROVIDER,
        name="Lamp House",
        address="1 Lamp Street",
        contact="office@lamp.example",
        authorising_name=b.about(b.JOY, "Joy Lin"),
        authorising_role="Director of education",
        at=b.SIX_PM,
    )
    provider.correct(
        name="Lamp House Education",
        address="2 Lamp Street",
        contact="office@lamp.example",
        authorising_name=b.about(b.JOY, "Joy Lin"),
        authorising_role="Director of education",
        reason="It moved.",
        at=b.SIX_PM,
    )
    provider.record_approval(b.APPROVAL, **b.an_approval())
    provider.withdraw_approval(b.APPROVAL, from_day=b.MONDAY, reason="It ended.", at=b.SEVEN_PM)
    return b.facts(provider)


def program_events() -> list[Root.Event]:
    what: dict[str, Any] = {
        "title": "Thinking together",
        "objectives": ["Name one thing to try."],
        "topics": ["endings"],
        "minutes": 60,
        "instructor_name": b.about(b.JOY, "Joy Lin"),
        "instructor_qualification": "PhD",
        "at": b.SIX_PM,
    }
    program = Program.publish(b.PROGRAM, provider_id=b.PROVIDER, modality=Modality.IN_ROOM, **what)
    program.revise(**(what | {"minutes": 90}))
    program.retire(reason="Nobody came.", at=b.SEVEN_PM)
    return b.facts(program)


def group_events() -> list[Root.Event]:
    group = PeerGroup.form(
        b.GROUP,
        name="Monday lamp",
        promise="Half the time is not cases.",
        style=Style.INTERVISION,
        zone="Europe/Berlin",
        rhythm=b.a_rhythm(),
        program_id=b.PROGRAM,
        size_min=2,
        size_max=6,
        facilitator_id=b.JOY,
        at=b.SIX_PM,
    )
    group.admit(b.ANA, by=b.JOY, at=b.at(1))
    group.admit(b.BO, by=b.JOY, at=b.at(2))
    group.leave(b.BO, at=b.at(3))
    group.name_facilitator(b.ANA, by=b.JOY, at=b.at(4))
    group.remove(b.JOY, reason=b.about(b.JOY, "Moved away."), by=b.ANA, at=b.at(5))
    group.change_rhythm(b.a_rhythm(weekday=2), by=b.ANA, at=b.at(6))
    group.plan_series(b.SERIES, title="Endings", parts=3, by=b.ANA, at=b.at(7))
    group.place_part(b.SERIES, 1, b.MEETING, by=b.ANA, at=b.at(8))
    group.clear_part(b.MEETING, by=b.ANA, at=b.at(9))
    group.hand_out_syllabus(b.SERIES, b.MONDAY, today=b.MONDAY, by=b.ANA, at=b.at(10))
    group.change_program(None, by=b.ANA, at=b.at(11))
    return b.facts(group)


def meeting_events() -> list[Root.Event]:
    meeting = _scheduled()
    meeting.postpone(starts_at=b.SIX_PM + timedelta(0), ends_at=b.at(90), by=b.JOY, at=b.at(-60))
    meeting.retitle("Endings, once more", by=b.JOY, at=b.at(-50))
    meeting.change_program(None, by=b.JOY, at=b.at(-45))
    meeting.expect([b.ANA, b.BO, b.CHIDI, b.JOY], group_facilitator_id=b.JOY, at=b.at(-30))
    meeting.record_refused_check_in(b.EVE, code="meeting.not_on_roster", method=b.DOOR, at=b.at(0))
    meeting.open(by=b.JOY, at=b.at(0))
    for each in (b.ANA, b.BO):
        meeting.check_in(each, method=b.DOOR, by=each, at=b.at(1))
    meeting.begin_turn(b.ANA, by=b.ANA, at=b.at(5))
    meeting.end_turn(by=b.ANA, at=b.at(25))
    meeting.check_out(b.ANA, method=b.DOOR, by=b.ANA, at=b.at(59))
    meeting.attest_presence(by=b.ANA, for_member=b.BO, at=b.at(59))
    meeting.give_evaluation(b.ANA, answers={"useful": 4}, at=b.at(59))
    meeting.change_facilitator(b.BO, by=b.JOY, at=b.at(60))
    meeting.close(by=b.BO, at=b.at(61))
    people = [
        ObservedPerson("p1", None, [b.about(b.ANA, "Ana's phone")], [b.span(0, 58)]),
        ObservedPerson("p2", b.BO, [], [], reported_minutes=55),
    ]
    meeting.observe_presence(source=ToolSource.ZOOM, digest=b.DIGEST, people=people, at=b.at(70))
    meeting.match_observed_person("p1", member_id=b.ANA, by=b.BO, at=b.at(71))
    meeting.unmatch_observed_person("p1", by=b.BO, at=b.at(72))
    meeting.correct_presence(
        b.ANA, stays=[b.span(1, 58)], reason=b.about(b.ANA, "Clock."), by=b.BO, at=b.at(73)
    )
    meeting.record_lead(b.led_from_outside(), by=b.BO, at=b.at(74))
    meeting.void(reason=b.about(b.BO, "It was a test."), by=b.BO, at=b.at(80))
    return b.facts(meeting)


def cancelled_meeting_events() -> list[Root.Event]:
    meeting = _scheduled()
    meeting.cancel(reason=b.about(b.JOY, "Snow."), by=b.JOY, at=b.at(-60))
    return b.facts(meeting)


def ledger_events() -> list[Root.Event]:
    ledger = CreditLedger.open(b.LEDGER, member_id=b.ANA, at=b.SIX_PM)
    ledger.note_presence(b.MEETING, intervals=[b.span(0, 60)], at=b.SEVEN_PM)
    ledger.note_presence(b.OTHER_MEETING, intervals=[b.span(50, 110)], at=b.SEVEN_PM)
    ledger.award(b.AWARD, **b.an_award())
    ledger.adjust(
        b.AWARD,
        credited=b.credited(b.span(0, 45), amount="0.75"),
        reason="Left early.",
        at=b.SEVEN_PM,
    )
    ledger.withdraw(b.AWARD, reason="Voided.", at=b.SEVEN_PM)
    alone = Missing("group.too_small", "Two are wanted.", "§ 1", "Come with another.", {"min": "2"})
    ledger.hold(b.OTHER_MEETING, **b.a_hold(alone))
    return b.facts(ledger)


def outside_credit_events() -> list[Root.Event]:
    credit = OutsideCredit.enter(
        b.OUTSIDE_CREDIT, member_id=b.ANA, facts=b.outside_facts(), by=b.ANA, at=b.SEVEN_PM
    )
    facts = b.outside_facts(category=None, live=None, credit_kind=None, document=None)
    reason = b.about(b.ANA, "It was another course.")
    credit.correct(facts, reason=reason, by=b.ANA, at=b.at(70))
    credit.remove(reason=b.about(b.ANA, "The board does not count it."), by=b.ANA, at=b.at(80))
    return b.facts(credit)


def certificate_events() -> list[Root.Event]:
    certificate = _issued()
    certificate.seal(pdf_sha256=b.DIGEST, size=20_000, at=b.SEVEN_PM)
    certificate.supersede(
        by_certificate_id=b.OTHER_CERTIFICATE,
        reason=SupersessionReason.IDENTITY_CORRECTED,
        at=b.SEVEN_PM,
    )
    return b.facts(certificate)


def revoked_certificate_events() -> list[Root.Event]:
    certificate = _issued()
    certificate.revoke(reason=RevocationReason.AT_HOLDERS_REQUEST, by=b.ADMIN, at=b.SEVEN_PM)
    return b.facts(certificate)


def certificate_check_events() -> list[Root.Event]:
    check = CertificateCheck.note(
        b.CHECK, certificate_id=b.CERTIFICATE, channel=CheckChannel.PAGE, at=b.SEVEN_PM
    )
    return b.facts(check)


def payer_events() -> list[Root.Event]:
    payer = Payer.register(
        b.PAYER,
        name="Harbour Health",
        currency="USD",
        service_code="PSG60",
        rate_cents_per_unit=4500,
        minutes_per_unit=30,
        cap_units_per_month=8,
        required_strength=EvidenceStrength.MODERATE,
        valid_from=date(2026, 1, 1),
        valid_until=None,
        at=b.SIX_PM,
    )
    payer.enrol_member(
        b.ANA, payer_member_ref=b.about(b.ANA, "HH-778"), from_day=b.MONDAY, at=b.SIX_PM
    )
    payer.end_enrolment(b.ANA, last_day=date(2026, 6, 30), at=b.SIX_PM)
    payer.start_export(b.RUN, at=b.SEVEN_PM)
    payer.finish_export(
        b.RUN,
        claim_ids=[b.CLAIM],
        sha256s={"claims.csv": b.DIGEST},
        period=(b.MONDAY, date(2026, 3, 31)),
        by=b.ADMIN,
        at=b.SEVEN_PM,
    )
    return b.facts(payer)


def claim_events() -> list[Root.Event]:
    claim = _prepared()
    claim.mark_exported(run_id=b.RUN, run_number=1, sha256=b.DIGEST, at=b.SEVEN_PM)
    answer = LineAnswer(line_id="L1", paid_cents=4500, reason_code="45")
    claim.decide_lines([answer], reference="EFT-1", at=b.SEVEN_PM)
    claim.correct_answer(
        1,
        [LineAnswer(line_id="L1", paid_cents=4000, reason_code="45")],
        reference="EFT-2",
        why=AnswerCorrection.KEPT_WRONGLY,
        reason="Two letters were mixed up.",
        by=b.ADMIN,
        at=b.SEVEN_PM,
    )
    claim.correct(
        "L1",
        reversal_line_id="L2",
        replacement=b.a_line("L3", minutes=40, units=1, amount_cents=4500),
        reason="Left early.",
        at=b.SEVEN_PM,
    )
    return b.facts(claim)


def set_aside_claim_events() -> list[Root.Event]:
    claim = _prepared()
    claim.set_aside(reason=SetAsideReason.PAID_ELSEWHERE, at=b.SEVEN_PM)
    return b.facts(claim)


def trouble_events() -> list[Root.Event]:
    trouble = Trouble.take_up(Place.READER, "process.judge_meetings/7", at=b.SIX_PM)
    trouble.try_again(problem="OSError", by=b.ADMIN, at=b.SIX_PM)
    reason = b.about(b.ADMIN, "Judged by hand.")
    trouble.settle(problem="OSError", reason=reason, by=b.ADMIN, at=b.SEVEN_PM)
    return b.facts(trouble)


STORIES: tuple[Callable[[], list[Root.Event]], ...] = (
    member_events,
    administration_events,
    provider_events,
    program_events,
    group_events,
    meeting_events,
    cancelled_meeting_events,
    ledger_events,
    outside_credit_events,
    certificate_events,
    revoked_certificate_events,
    certificate_check_events,
    payer_events,
    claim_events,
    set_aside_claim_events,
    trouble_events,
    *BILLING_STORIES,
)


def _scheduled() -> Meeting:
    return Meeting.schedule(
        b.MEETING,
        group_id=b.GROUP,
        program_id=b.PROGRAM,
        title="Monday lamp, 2 March",
        starts_at=b.SIX_PM,
        ends_at=b.SEVEN_PM,
        zone="Europe/Berlin",
        modality=Modality.LIVE_VIDEO,
        roster=[b.ANA, b.BO],
        facilitator_id=b.JOY,
        at=b.SIX_PM - timedelta(days=7),
    )


def _prepared() -> Claim:
    return Claim.prepare(
        b.CLAIM,
        claim_number="PH-2026-000001",
        payer_id=b.PAYER,
        member_id=b.ANA,
        period_from=date(2026, 3, 1),
        period_to=date(2026, 3, 31),
        lines=[b.a_line()],
        currency="USD",
        at=b.SEVEN_PM,
    )


def _issued() -> Certificate:
    return Certificate.issue(
        b.CERTIFICATE,
        serial="LH-0001",
        verification_code=b.CODE,
        award_id=b.AWARD,
        member_id=b.ANA,
        facts=b.certificate_facts(),
        judged=[],
        meeting_closed=True,
        at=b.SEVEN_PM,
    )
