"""Everyday orders in a few words: people, an offer, a group, an hour, a payer.

A story is told through a dispatcher, so the same words play in memory and on a real database. Ids
are derived from the story's own, so that several stories share one database without meeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4, uuid5

import pytest

from domain.base import Root
from domain.certificates.certificate import Certificate
from domain.claims.claim import Claim
from domain.claims.payers import Payer
from domain.credits.awards import Award
from domain.credits.ledger import CreditLedger
from domain.errors import DomainError
from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.meetings.presence import EvidenceStrength
from domain.members.member import Role
from domain.ports import DoorCodes
from domain.recording import EventStore, Outcome
from domain.values import Interval, Modality, Style
from services import providers
from services.certificates.issuing import certificate_id_of
from services.claims import commands as claims
from services.credits.judging import award_id_of, ledger_id_of
from services.dispatch import Dispatcher, Order, Work
from services.groups import commands as groups
from services.meetings import commands as meetings
from services.members import commands as members
from tests.support.builders import SIX_PM, a_rhythm, minutes
from tests.support.fakes import FixedClock

A = TypeVar("A", bound=Root)

CONTACT_HOUR: Final = "contact-hour"
CALIFORNIA: Final = "us-ca-psychology"
NAMES: Final = {
    "ana": "Nguyễn Thị Ánh",
    "bo": "Søren Ægir",
    "chidi": "Chidi Anozie",
    "joy": "Joy Okafor",
    "eve": "Eve Invented",
    "admin": "Priyanka Rao",
}


class Story:
    """People and what they order.

    Args:
        dispatch: where commands go.
        store: where the outcome is read.
        clock: the time of the story; every step moves it.
        codes: what the room shows.
        name: of the story; stories of different names share nothing.
    """

    def __init__(
        self,
        dispatch: Dispatcher,
        store: EventStore,
        clock: FixedClock,
        codes: DoorCodes,
        name: str = "story",
    ) -> None:
        self.dispatch = dispatch
        self.store = store
        self.clock = clock
        self.codes = codes
        self._root = uuid5(members.HOUSE, name)
        self.ana, self.bo, self.chidi, self.joy, self.eve, self.admin = map(self.id, NAMES)
        self.provider, self.program, self.group = map(self.id, ("provider", "program", "group"))
        self.payer = self.id("payer")

    def id(self, name: str) -> UUID:
        return uuid5(self._root, name)

    def licence(self, key: str) -> UUID:
        return self.id(f"licence:{key}")

    # Orders

    async def do(
        self, command: object, *, command_id: UUID | None = None, actor: UUID | None = None
    ) -> Outcome:
        return await self.dispatch(command, Order(command_id=command_id or uuid4(), actor_id=actor))

    async def refused(self, command: object, *, actor: UUID | None = None) -> DomainError:
        """Return the refusal that a command gets."""
        with pytest.raises(DomainError) as caught:
            await self.do(command, actor=actor)
        return caught.value

    async def known(self, kind: type[A], stream_id: UUID) -> A:
        return await Work(self.store, uuid4()).load(kind, stream_id)

    # People and what they offer each other

    async def people(self, *keys: str) -> None:
        """Register people, all by default; the administrator gets the role."""
        for key in keys or NAMES:
            await self.do(members.RegisterMember(member_id=self.id(key), name_on_papers=NAMES[key]))
        if not keys:
            await self.do(
                members.GrantRole(member_id=self.admin, role=Role.ADMINISTRATOR, by=members.HOUSE)
            )

    async def psychologist(self, key: str, **changes: Any) -> UUID:
        """Give somebody a Californian licence."""
        values: dict[str, Any] = {
            "member_id": self.id(key),
            "licence_id": self.licence(key),
            "profession": "psychology",
            "jurisdiction": "US-CA",
            "number": f"PSY {key}",
            "valid_from": date(2025, 1, 1),
            "valid_until": None,
        } | changes
        await self.do(members.AddLicence(**values))
        licence_id: UUID = values["licence_id"]
        return licence_id

    async def offer(self, **changes: Any) -> None:
        """Let an approved provider publish a program."""
        await self.do(
            providers.RegisterProvider(
                provider_id=self.provider,
                name="Lamp House",
                address="1 Lamp Street\nSpringfield",
                contact="office@lamp.example",
                authorising_name="Joy Lin",
                authorising_role="Director of education",
            )
        )
        approval: dict[str, Any] = {
            "provider_id": self.provider,
            "approval_id": self.id("approval"),
            "body": "Board of Lamps",
            "number": "1234",
            "statement": "Approved by the Board of Lamps.",
            "responsibility_statement": "Lamp House is solely responsible.",
            "valid_from": date(2026, 1, 1),
            "valid_until": None,
            "modalities": [Modality.IN_ROOM],
        } | changes
        await self.do(providers.RecordApproval(**approval))
        await self.do(
            providers.PublishProgram(
                program_id=self.program,
                provider_id=self.provider,
                title="Thinking together",
                objectives=["Name one thing to try."],
                topics=["endings"],
                modality=Modality.IN_ROOM,
                minutes=60,
                instructor_name="Joy Okafor",
                instructor_qualification="PhD",
            )
        )

    async def peer_group(self, *, sponsored: bool = True, name: str = "group") -> UUID:
        """Let Joy form a group with Ana, Bo and Chidi."""
        group_id = self.id(name)
        await self.do(
            groups.FormGroup(
                group_id=group_id,
                name="Monday lamp",
                promise="Half the time is not cases.",
                style=Style.INTERVISION,
                zone="Europe/Berlin",
                rhythm=a_rhythm(),
                program_id=self.program if sponsored else None,
                size_min=2,
                size_max=6,
                facilitator_id=self.joy,
                by=self.joy,
            )
        )
        for member_id in (self.ana, self.bo, self.chidi):
            await self.do(groups.AdmitMember(group_id=group_id, member_id=member_id, by=self.joy))
        return group_id

    async def begin(self, *, sponsored: bool = True) -> None:
        """Tell everything up to the first meeting: two psychologists among the members."""
        self.clock.at = SIX_PM - timedelta(days=30)
        await self.people()
        await self.psychologist("ana")
        await self.psychologist("bo")
        if sponsored:
            await self.offer()
        await self.peer_group(sponsored=sponsored)

    # The hour

    async def plan(
        self,
        name: str = "meeting",
        *,
        start: datetime = SIX_PM,
        lasts: float = 60,
        group: str = "group",
    ) -> UUID:
        meeting_id = self.id(name)
        self.clock.at = min(self.clock.at, start - timedelta(days=1))
        await self.do(
            meetings.ScheduleMeeting(
                meeting_id=meeting_id,
                group_id=self.id(group),
                title=f"Evening of {start:%d %B %Y}",
                starts_at=start,
                ends_at=start + minutes(lasts),
                modality=Modality.IN_ROOM,
                by=self.joy,
            )
        )
        return meeting_id

    def check_in(self, meeting_id: UUID, member_id: UUID, **changes: Any) -> meetings.CheckIn:
        """Return the order of somebody who types the code that the room shows now."""
        values: dict[str, Any] = {
            "meeting_id": meeting_id,
            "member_id": member_id,
            "method": CheckInMethod.DOOR_CODE,
            "by": member_id,
            "door_code": self.codes.current(meeting_id, self.clock.now()),
        } | changes
        return meetings.CheckIn(**values)

    async def opened(self, name: str = "meeting", *, start: datetime = SIX_PM, **how: Any) -> UUID:
        """Plan a meeting and open its door at its start."""
        meeting_id = await self.plan(name, start=start, **how)
        self.clock.at = start
        await self.do(meetings.OpenMeeting(meeting_id=meeting_id, by=self.joy))
        return meeting_id

    async def held(
        self,
        present: Mapping[UUID, tuple[float, float]],
        *,
        name: str = "meeting",
        start: datetime = SIX_PM,
        evaluated: Sequence[UUID] = (),
        lasts: float = 60,
        group: str = "group",
    ) -> UUID:
        """Hold a meeting: who came and went when (minutes after the start), and who evaluates.

        Nobody sits in a peer group alone: with one person named, Joy (or Chidi for her) is there
        from start to end. For somebody who really is alone there is :meth:`held_alone`.
        """
        present = dict(present)
        if len(present) == 1:
            company = self.chidi if self.joy in present else self.joy
            present[company] = (0, lasts)
        return await self._held(present, name, start, evaluated, lasts, group)

    async def held_alone(self, member_id: UUID, *, name: str = "meeting") -> UUID:
        """Hold a meeting to which nobody else came."""
        return await self._held({member_id: (0, 60)}, name, SIX_PM, [member_id], 60, "group")

    async def _held(
        self,
        present: Mapping[UUID, tuple[float, float]],
        name: str,
        start: datetime,
        evaluated: Sequence[UUID],
        lasts: float,
        group: str,
    ) -> UUID:
        meeting_id = await self.opened(name, start=start, lasts=lasts, group=group)
        comings = [(minute, True, who) for who, (minute, _) in present.items()]
        goings = [(minute, False, who) for who, (_, minute) in present.items()]
        for minute, comes, member_id in sorted(comings + goings):
            self.clock.at = start + minutes(minute)
            move = self.check_in if comes else check_out
            await self.do(move(meeting_id, member_id))
        self.clock.at = start + minutes(lasts + 1)
        await self.do(meetings.CloseMeeting(meeting_id=meeting_id, by=self.joy))
        for member_id in evaluated:
            await self.evaluate(meeting_id, member_id)
        return meeting_id

    async def evaluate(self, meeting_id: UUID, member_id: UUID) -> None:
        await self.do(
            meetings.GiveEvaluation(
                meeting_id=meeting_id, member_id=member_id, answers={"useful": 5}
            )
        )

    async def correct(self, meeting_id: UUID, member_id: UUID, *stays: Interval) -> None:
        await self.do(
            meetings.CorrectPresence(
                meeting_id=meeting_id,
                member_id=member_id,
                stays=list(stays),
                reason="Joy looked at her notes.",
                by=self.joy,
            )
        )

    async def void(self, meeting_id: UUID) -> None:
        await self.do(
            meetings.VoidMeeting(meeting_id=meeting_id, reason="It was a lunch.", by=self.joy)
        )

    # The payer

    async def covered(self, *keys: str, **changes: Any) -> None:
        """Register the payer, who covers people from January on."""
        values: dict[str, Any] = {
            "payer_id": self.payer,
            "name": "Harbour Fund",
            "currency": "USD",
            "service_code": "PSG60",
            "rate_cents_per_unit": 4500,
            "minutes_per_unit": 30,
            "cap_units_per_month": 8,
            "required_strength": EvidenceStrength.MODERATE,
            "valid_from": date(2026, 1, 1),
            "valid_until": None,
        } | changes
        await self.do(claims.RegisterPayer(**values))
        for key in keys:
            await self.do(
                claims.EnrolMember(
                    payer_id=self.payer,
                    member_id=self.id(key),
                    payer_member_ref=f"HWF-{key}",
                    from_day=date(2026, 1, 1),
                )
            )

    # What came of it

    async def meeting(self, meeting_id: UUID) -> Meeting:
        return await self.known(Meeting, meeting_id)

    async def ledger(self, member_id: UUID) -> CreditLedger:
        return await self.known(CreditLedger, ledger_id_of(member_id))

    async def award(
        self,
        meeting_id: UUID,
        key: str,
        rule_id: str = CONTACT_HOUR,
        *,
        number: int = 1,
        licence_id: UUID | None = None,
    ) -> Award | None:
        """Return somebody's award for a meeting; California's is for their licence."""
        member_id = self.id(key)
        if rule_id == CALIFORNIA:
            licence_id = licence_id or self.licence(key)
        ledger = await Work(self.store, uuid4()).find(CreditLedger, ledger_id_of(member_id))
        award_id = award_id_of(meeting_id, member_id, rule_id, licence_id, number)
        return None if ledger is None else ledger.awards.get(award_id)

    async def certificates(self, meeting_id: UUID, key: str, number: int = 1) -> list[Certificate]:
        """Return the certificates of somebody's sponsored award, oldest first."""
        award_id = award_id_of(meeting_id, self.id(key), CONTACT_HOUR, None, number)
        work = Work(self.store, uuid4())
        found: list[Certificate] = []
        while (
            next_one := await work.find(Certificate, certificate_id_of(award_id, len(found) + 1))
        ) is not None:
            found.append(next_one)
        return found

    async def claim(self, claim_id: UUID) -> Claim:
        return await self.known(Claim, claim_id)

    async def payer_now(self) -> Payer:
        return await self.known(Payer, self.payer)


def check_out(meeting_id: UUID, member_id: UUID, **changes: Any) -> meetings.CheckOut:
    """Return the order of somebody who leaves."""
    values: dict[str, Any] = {
        "meeting_id": meeting_id,
        "member_id": member_id,
        "method": CheckInMethod.DOOR_CODE,
        "by": member_id,
    } | changes
    return meetings.CheckOut(**values)
