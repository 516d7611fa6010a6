"""The demo's story told on: corrections, a void, revocations, claims, and somebody forgotten.

Everything that can happen to a view happens here at least once, so that a rebuilt view has
something to disagree about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from domain.certificates.certificate import RevocationReason
from domain.certificates.checks import CheckChannel
from domain.certificates.papers import CreditKind
from domain.claims.lines import LineAnswer, Outcome
from domain.claims.rules import AnswerCorrection
from domain.evidence.documents import document_of
from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.meetings.leading import LedBy
from domain.members.member import ErasureBasis, Role
from domain.money.billing_accounts import billing_account_id
from domain.values import Interval, Modality, Money, Style
from projections.certificate_register import queries as register
from projections.claims_board import queries as board
from projections.roster import queries as roster
from services import providers
from services.certificates.checks import NoteCheck
from services.certificates.issuing import RevokeCertificate
from services.claims import answers as claim_answers
from services.claims import exports
from services.credits.outside import (
    Activity,
    CorrectOutsideCredit,
    EnterOutsideCredit,
    RemoveOutsideCredit,
)
from services.demo import story as demo
from services.demo.story import ADMIN, CAST, GROUP, PAYER, RHYTHM, STORY
from services.dispatch import Order
from services.groups import commands as groups
from services.groups import series
from services.groups.programs import ChooseGroupProgram
from services.meetings import commands as meetings
from services.meetings import plans
from services.meetings.leads import RecordLead
from services.members import commands as members
from services.money.refunds import ProposeRefund
from tests.support.builders import about, minutes
from tests.support.dues import tell_dues
from tests.support.house import RealHouse
from tests.support.outside import PDF
from tests.support.patrons import tell_patrons

JOY, ANA, BO, CHIDI = (person.id for person in CAST)
EVENING = datetime(2026, 11, 18, 18, 40, tzinfo=UTC)  # a Wednesday; the hour was on Tuesday


@dataclass(frozen=True)
class Told:
    """What the story left behind.

    Attributes:
        past: the meeting that was held and corrected.
        tonight: the meeting that was planned, refused at the door, and voided.
        called_off: the meeting that was moved and then called off.
    """

    past: UUID
    tonight: UUID
    called_off: UUID


async def tell(house: RealHouse) -> Told:
    """Tell the story and do all work that follows from it."""
    teller = _Teller(house)
    house.clock.at = EVENING
    played = await demo.play(house.house)
    await house.drain()
    await teller.match_chidi(played.past)
    await teller.two_places_at_once(played.past)
    await teller.money(played)
    await teller.set_right(played.past)
    await teller.a_void_evening(played.tonight)
    called_off = await teller.call_off()
    await teller.people_come_and_go()
    await tell_dues(house.story("dues"), JOY, ANA)
    await tell_patrons(house.story("patrons"), JOY, ANA, ADMIN.id)
    await teller.propose_a_refund()
    await teller.revoke_and_forget()
    return Told(played.past, played.tonight, called_off)


class _Teller:
    def __init__(self, house: RealHouse) -> None:
        self._house = house

    async def _do(self, *commands: object) -> None:
        for command in commands:
            await self._house.house.dispatch(command, Order(command_id=uuid4(), actor_id=ADMIN.id))
            self._house.clock.move(seconds=1)
        await self._house.drain()

    async def match_chidi(self, past: UUID) -> None:
        async with self._house.house.views() as connection:
            seen = await roster.observed(connection, past)
        key = next(each.person_key for each in seen if each.member_id is None)
        match = meetings.MatchObservedPerson(
            meeting_id=past, person_key=key, member_id=CHIDI, by=JOY
        )
        unmatch = meetings.MatchObservedPerson(
            meeting_id=past, person_key=key, member_id=None, by=JOY
        )
        await self._do(
            match,
            unmatch,
            match,
            meetings.GiveEvaluation(meeting_id=past, member_id=CHIDI, answers={"useful": 4}),
            meetings.AttestPresence(meeting_id=past, for_member=BO, by=ANA),
        )

    async def propose_a_refund(self) -> None:
        await self._do(
            ProposeRefund(
                account_id=billing_account_id(JOY),
                order_id="refund-1",
                invoice_id="in_1",
                amount=Money(500, "EUR"),
                reason="service_issue",
                by=ADMIN.id,
            )
        )

    async def two_places_at_once(self, past: UUID) -> None:
        """Let Bo be at another group's hour while the first one lasts."""
        group_id, meeting_id = uuid5(STORY, "other group"), uuid5(STORY, "other hour")
        start = (await self._house.story("-").meeting(past)).scheduled.from_at
        self._house.clock.at = start - minutes(10)
        await self._do(
            groups.FormGroup(
                group_id=group_id,
                name="Other lamp",
                promise="Another hour.",
                style=Style.READING,
                zone=demo.ZONE,
                rhythm=RHYTHM,
                program_id=None,
                size_min=2,
                size_max=4,
                facilitator_id=BO,
                by=BO,
            ),
            meetings.ScheduleMeeting(
                meeting_id=meeting_id,
                group_id=group_id,
                title="The other hour",
                starts_at=start,
                ends_at=start + minutes(60),
                modality=Modality.PHONE,
                by=BO,
            ),
            plans.RetitleMeeting(meeting_id=meeting_id, title="The other hour, told anew", by=BO),
            plans.ChooseMeetingProgram(meeting_id=meeting_id, program_id=demo.PROGRAM, by=BO),
            plans.ChooseMeetingProgram(meeting_id=meeting_id, program_id=None, by=BO),
            ChooseGroupProgram(group_id=group_id, program_id=demo.PROGRAM, by=BO),
            meetings.OpenMeeting(meeting_id=meeting_id, by=BO),
        )
        self._house.clock.at = start + minutes(50)
        await self._do(
            meetings.CorrectPresence(
                meeting_id=meeting_id,
                member_id=BO,
                stays=[Interval(start, start + minutes(45))],
                reason="He says so.",
                by=BO,
            ),
            meetings.CloseMeeting(meeting_id=meeting_id, by=BO),
        )
        await self._what_was_said(group_id, meeting_id)
        self._house.clock.at = EVENING

    async def _what_was_said(self, group_id: UUID, meeting_id: UUID) -> None:
        """Record who led the other hour, and that it begins a series with a syllabus."""
        series_id = uuid5(STORY, "series")
        about_it = {"group_id": group_id, "series_id": series_id, "by": BO}
        await self._do(
            RecordLead(
                meeting_id=meeting_id,
                led_by=LedBy.OUTSIDER,
                name="Kim Obi",
                profession="psychology",
                qualification="PhD",
                supervisor=True,
                by=BO,
            ),
            series.PlanSeries(title="Reading on", parts=3, **about_it),
            series.PlacePart(part=1, meeting_id=meeting_id, **about_it),
            series.HandOutSyllabus(day=date(2026, 11, 1), **about_it),
        )

    async def money(self, played: demo.Played) -> None:
        house = self._house.house
        await exports.prepare(house, PAYER, *played.month)
        await exports.export(house, PAYER, *played.month)
        async with house.views() as connection:
            claim, other = await board.of_payer(connection, PAYER)
        paid = claim_answers.DecideClaim(
            claim_id=claim.claim_id,
            outcome=Outcome.REDUCED,
            paid_cents=1,
            reason_code="45",
            reference="EFT-1",
            by=ADMIN.id,
        )
        lines = (await self._house.story("-").claim(claim.claim_id)).lines
        answers = [
            LineAnswer(line_id=each.line_id, paid_cents=2, reason_code="45") for each in lines
        ]
        corrected = claim_answers.CorrectAnswer(
            claim_id=claim.claim_id,
            sending=1,
            answers=answers,
            reference="EFT-2",
            why=AnswerCorrection.REVERSED_BY_PAYER,
            reason="Their letter of today.",
            by=ADMIN.id,
        )
        line = (await self._house.story("-").claim(other.claim_id)).lines[0]
        take_back = claim_answers.TakeBackLine(
            claim_id=other.claim_id, line_id=line.line_id, reason="Not there.", by=ADMIN.id
        )
        await self._do(paid, corrected, take_back)

    async def set_right(self, past: UUID) -> None:
        meeting = await self._house.story("-").meeting(past)
        start = meeting.scheduled.from_at
        half = [Interval(start, start + minutes(30))]
        for member_id, stays in ((ANA, half), (CHIDI, []), (CHIDI, half)):
            await self._do(
                meetings.CorrectPresence(
                    meeting_id=past, member_id=member_id, stays=stays, reason="Notes.", by=JOY
                )
            )

    async def a_void_evening(self, tonight: UUID) -> None:
        meeting = await self._house.story("-").meeting(tonight)
        self._house.clock.at = meeting.scheduled.from_at
        codes = self._house.house.door_codes
        await self._do(meetings.OpenMeeting(meeting_id=tonight, by=JOY))
        story = self._house.story("-")
        await story.refused(story.check_in(tonight, BO, door_code="000"))
        await story.refused(story.check_in(tonight, ADMIN.id))
        for member_id in (ANA, BO):
            now = self._house.clock.now()
            code = codes.current(tonight, now)
            await self._do(story.check_in(tonight, member_id, door_code=code))
        await self._do(
            meetings.BeginTurn(meeting_id=tonight, presenter_id=ANA, by=ANA),
            meetings.ChangeFacilitator(meeting_id=tonight, facilitator_id=BO, by=JOY),
        )
        self._house.clock.at = meeting.scheduled.to_at
        await self._do(
            meetings.CloseMeeting(meeting_id=tonight, by=BO),
            meetings.GiveEvaluation(meeting_id=tonight, member_id=ANA, answers={"useful": 1}),
        )
        await self._do(
            meetings.VoidMeeting(meeting_id=tonight, reason="It was a lunch.", by=BO),
        )

    async def call_off(self) -> UUID:
        meeting_id = uuid5(STORY, "called off")
        start = self._house.clock.now() + timedelta(days=7)
        await self._do(
            meetings.ScheduleMeeting(
                meeting_id=meeting_id,
                group_id=GROUP,
                title="Snow",
                starts_at=start,
                ends_at=start + minutes(60),
                modality=Modality.LIVE_VIDEO,
                by=JOY,
            ),
            meetings.PostponeMeeting(
                meeting_id=meeting_id,
                starts_at=start + minutes(60),
                ends_at=start + minutes(120),
                by=JOY,
            ),
            meetings.CancelMeeting(meeting_id=meeting_id, reason="Snow.", by=JOY),
        )
        return meeting_id

    async def people_come_and_go(self) -> None:
        licence_id = uuid5(STORY, "licence:bo")
        day = self._house.clock.now().date()
        await self._do(
            groups.LeaveGroup(group_id=GROUP, member_id=CHIDI),
            groups.AdmitMember(group_id=GROUP, member_id=CHIDI, by=JOY),
            groups.RemoveMember(group_id=GROUP, member_id=CHIDI, reason="Quarrel.", by=JOY),
            groups.ChangeRhythm(group_id=GROUP, rhythm=RHYTHM, by=JOY),
            groups.NameFacilitator(group_id=GROUP, member_id=BO, by=JOY),
            members.TakeLeave(member_id=JOY),
            members.ComeBack(member_id=JOY),
            members.TakeLeave(member_id=CHIDI),
            members.CorrectName(member_id=JOY, name_on_papers="Joy Lin", reason="Married.", by=JOY),
            members.EndLicence(member_id=BO, licence_id=licence_id, last_day=day),
            members.GrantRole(member_id=BO, role=Role.ADMINISTRATOR, by=ADMIN.id),
            members.WithdrawRole(member_id=BO, role=Role.ADMINISTRATOR, by=ADMIN.id),
            providers.RetireProgram(program_id=demo.PROGRAM, reason="A better one.", by=ADMIN.id),
            *an_approval_that_ends(),
        )

    async def revoke_and_forget(self) -> None:
        async with self._house.house.views() as connection:
            held = await register.of_member(connection, JOY)
        (standing,) = [each.certificate_id for each in held if each.stands]
        for channel in (CheckChannel.PAGE, CheckChannel.PROGRAM):
            await self._do(NoteCheck(certificate_id=standing, channel=channel))
            self._house.clock.at += timedelta(hours=1)
        await self._earned_elsewhere()
        await self._do(
            RevokeCertificate(
                certificate_id=standing,
                reason=RevocationReason.AT_HOLDERS_REQUEST,
                by=ADMIN.id,
            ),
            members.ForgetMember(member_id=ANA, basis=ErasureBasis.OWN_REQUEST, by=ADMIN.id),
            members.ForgetMember(member_id=CHIDI, basis=ErasureBasis.RETENTION_ENDED, by=ADMIN.id),
        )

    async def _earned_elsewhere(self) -> None:
        """Let Joy enter, correct and take back, and Ana enter what goes with her."""
        house = self._house.house
        document = document_of(uuid5(STORY, "document"), PDF)
        await house.documents.put(document.document_id, JOY, PDF)
        first, second, hers = (uuid5(STORY, f"outside:{n}") for n in range(3))
        said = _said("licence:joy", "us-ca-psychology", document=document)
        better = replace(said, amount=Decimal(2), category="Sponsored CE", document=None)
        other = _said("licence:ana", "us-md-counseling", topics=[])
        await self._do(
            EnterOutsideCredit(credit_id=first, member_id=JOY, activity=said, by=JOY),
            CorrectOutsideCredit(credit_id=first, activity=better, reason="A slip.", by=JOY),
            EnterOutsideCredit(credit_id=second, member_id=JOY, activity=better, by=JOY),
            RemoveOutsideCredit(credit_id=second, reason="Twice the same.", by=JOY),
            EnterOutsideCredit(credit_id=hers, member_id=ANA, activity=other, by=ANA),
        )


def _said(licence: str, pack_id: str, **changes: Any) -> Activity:
    values: dict[str, Any] = {
        "licence_id": uuid5(STORY, licence),
        "pack_id": pack_id,
        "amount": Decimal("1.5"),
        "day": date(2026, 10, 3),
        "title": "Law and ethics",
        "provider_name": "Harbour Academy",
        "category": None,
        "credit_kind": CreditKind.SPONSORED,
        "topics": ["ethics"],
        "live": None,
        "document": None,
    } | changes
    return Activity(**values)


def an_approval_that_ends() -> tuple[object, ...]:
    """Return the orders that record an approval and withdraw it from a day on."""
    approval_id = uuid5(STORY, "approval that ends")
    return (
        providers.RecordApproval(
            provider_id=demo.PROVIDER,
            approval_id=approval_id,
            body="Another Invented Board",
            number="",
            statement="Approved by an invented board.",
            responsibility_statement="Lamplight is responsible.",
            valid_from=date(2025, 6, 1),
            valid_until=date(2027, 6, 1),
            modalities=[Modality.PHONE],
        ),
        providers.WithdrawApproval(
            provider_id=demo.PROVIDER,
            approval_id=approval_id,
            from_day=date(2026, 6, 1),
            reason="It was not renewed.",
            by=ADMIN.id,
        ),
    )


def a_late_report(meeting_id: UUID) -> meetings.ObservePresence:
    """Return a report that names people, some of them forgotten meanwhile."""
    start = EVENING - timedelta(days=1)
    stays = [Interval(start, start + minutes(5))]
    return meetings.ObservePresence(
        meeting_id=meeting_id,
        source=ToolSource.TEAMS,
        digest="ef" * 32,
        people=[
            ObservedPerson("late-1", BO, [about(BO, "Søren"), about(BO, "Bo")], stays),
            ObservedPerson("late-2", None, [about(uuid5(STORY, "phone"), "A phone")], stays),
        ],
        by=JOY,
    )
