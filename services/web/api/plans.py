"""Plans of a meeting for programs: its title and program, who cannot come, its part, who led."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from domain.errors import InvalidFields
from domain.meetings.leading import LedBy
from services.dispatch import Order
from services.groups.series import ClearPart, PlacePart
from services.meetings.leads import RecordLead
from services.meetings.plans import ChooseMeetingProgram, RetitleMeeting
from services.meetings.regrets import SendRegrets, take_regrets_back
from services.web.api.meetings import done, instant
from services.web.api.plan_shapes import (
    Kept,
    LeadBody,
    PartBody,
    ProgramBody,
    RegretBody,
    TitleBody,
)
from services.web.api.shapes import COMMANDS, TOO_OFTEN, Accepted
from services.web.pages.meetings.regrets import keep, regret_id_of
from services.web.pages.meetings.visit import TheVisit
from services.web.signing_in.session import signed_in
from services.web.words.professions import choices


class MeetingPlanApi(Controller):
    """``/api/v1/meetings/{id}/…``: what is said about an hour besides who is there."""

    path = "/meetings/{meeting_id:uuid}"
    guards = (signed_in,)
    tags = ("Meetings",)

    @post("/titles", operation_id="RetitleMeeting", status_code=200, responses=COMMANDS)
    async def retitle(
        self, visit: TheVisit, data: JSONBody[TitleBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Announce a meeting that has not begun under another title."""
        command = RetitleMeeting(
            meeting_id=visit.meeting_id, title=data.title.strip(), by=visit.person_id
        )
        return await done(visit, command, order)

    @post("/programs", operation_id="ChooseMeetingProgram", status_code=200, responses=COMMANDS)
    async def choose_program(
        self, visit: TheVisit, data: JSONBody[ProgramBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Hold this one meeting under another program, or under none."""
        command = ChooseMeetingProgram(
            meeting_id=visit.meeting_id, program_id=data.program_id, by=visit.person_id
        )
        return await done(visit, command, order)

    @post(
        "/regrets",
        operation_id="SendRegrets",
        status_code=200,
        responses={**COMMANDS, **TOO_OFTEN},
    )
    async def send_regrets(
        self, visit: TheVisit, data: JSONBody[RegretBody], order: NamedDependency[Order]
    ) -> Kept:
        """Say that I cannot come; a plan, outside the record, and deleted when the hour is over."""
        said = SendRegrets(
            regret_id=regret_id_of(visit, order),
            meeting_id=visit.meeting_id,
            member_id=visit.person_id,
            starts_at=instant(starts_at=data.starts_at),
        )
        return Kept(id=await keep(visit, said))

    @post(
        "/regrets/{regret_id:uuid}/withdrawals",
        operation_id="TakeRegretsBack",
        status_code=200,
        responses=COMMANDS,
    )
    async def take_regrets_back(self, visit: TheVisit, regret_id: FromPath[UUID]) -> Kept:
        """Say that I can come after all."""
        await take_regrets_back(visit.house, visit.meeting_id, regret_id, member_id=visit.person_id)
        return Kept(id=regret_id)

    @post("/parts", operation_id="PlacePart", status_code=200, responses=COMMANDS)
    async def place(
        self, visit: TheVisit, data: JSONBody[PartBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Say which part of a series of its group the meeting is, or that it is none."""
        visit.view.require_lead()
        about = {
            "group_id": visit.view.meeting.group_id,
            "meeting_id": visit.meeting_id,
            "by": visit.person_id,
        }
        if data.series_id is None:
            return await done(visit, ClearPart(**about), order)
        if data.part is None:
            raise InvalidFields(part="Say which part it is, counted from 1.")
        command = PlacePart(series_id=data.series_id, part=data.part, **about)
        return await done(visit, command, order)

    @post("/leads", operation_id="RecordLead", status_code=200, responses=COMMANDS)
    async def record_lead(
        self, visit: TheVisit, data: JSONBody[LeadBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Say who led a meeting that took place; the newest word holds."""
        visit.view.require_lead()
        led_by = _led_by(data.led_by)
        known = {name for name, _ in choices(visit.house.rules())}
        if led_by is LedBy.OUTSIDER and data.profession not in known:
            raise InvalidFields(profession=f"Send one of: {', '.join(sorted(known))}.")
        command = RecordLead(
            meeting_id=visit.meeting_id,
            led_by=led_by,
            by=visit.person_id,
            member_id=data.member_id,
            name=data.name,
            profession=data.profession,
            qualification=data.qualification.strip(),
            supervisor=data.supervisor,
        )
        return await done(visit, command, order)


def _led_by(name: str) -> LedBy:
    try:
        return LedBy(name)
    except ValueError:
        raise InvalidFields(led_by=f"Send one of: {', '.join(LedBy)}.") from None
