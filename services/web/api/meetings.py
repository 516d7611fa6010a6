"""Meetings for programs: read them, check in and out, lead them, evaluate."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from domain.errors import InvalidFields
from domain.meetings.attendance import CheckInMethod
from projections.schedule import queries as schedule
from projections.schedule.series_queries import LeadRow
from services.dispatch import Order
from services.meetings.commands import (
    CancelMeeting,
    ChangeFacilitator,
    CheckIn,
    CheckOut,
    CloseMeeting,
    GiveEvaluation,
    OpenMeeting,
    PostponeMeeting,
)
from services.web.api.shapes import (
    COMMANDS,
    READS,
    SIGNED_IN,
    TOO_OFTEN,
    Accepted,
    Attendance,
    CancellationBody,
    CheckInBody,
    CheckOutBody,
    EvaluationBody,
    FacilitatorBody,
    Led,
    Meeting,
    MeetingWithRoster,
    PostponementBody,
)
from services.web.door_tries import take_door_try
from services.web.forms.orders import give
from services.web.pages.meetings.view import Attendee
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse


class MeetingApi(Controller):
    """``/api/v1/meetings``."""

    path = "/meetings"
    guards = (signed_in,)
    tags = ("Meetings",)

    @get(operation_id="ListMeetings", responses=SIGNED_IN)
    async def index(self, person_id: NamedDependency[UUID], house: TheHouse) -> list[Meeting]:
        """The meetings I am expected at, soonest first; then past ones, newest first."""
        async with house.views() as conn:
            now = house.clock.now()
            coming = await schedule.upcoming(conn, person_id, now)
            past = await schedule.past(conn, person_id, now)
        return [_meeting(row) for row in (*coming, *past)]

    @get("/{meeting_id:uuid}", operation_id="GetMeeting", responses=READS)
    async def show(self, visit: TheVisit) -> MeetingWithRoster:
        """A meeting with the roster of its day, for the people on it."""
        return MeetingWithRoster(
            **msgspec.structs.asdict(_meeting(visit.view.meeting)),
            roster=[_attendance(each) for each in visit.view.people],
            led=_led(visit.view.lead),
            regret_id=None if visit.view.regret is None else visit.view.regret.regret_id,
        )

    @post(
        "/{meeting_id:uuid}/check-ins",
        operation_id="CheckIn",
        status_code=200,
        responses={**COMMANDS, **TOO_OFTEN},
    )
    async def check_in(
        self, visit: TheVisit, data: JSONBody[CheckInBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Record an arrival; a second one of somebody in the room is no second fact."""
        command = CheckIn(
            meeting_id=visit.meeting_id,
            member_id=data.member_id or visit.person_id,
            method=_method(data.method),
            by=visit.person_id,
            door_code=data.door_code,
            arrived_at=instant(arrived_at=data.arrived_at),
        )
        await take_door_try(visit.request, visit.house, command, order)
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/check-outs",
        operation_id="CheckOut",
        status_code=200,
        responses=COMMANDS,
    )
    async def check_out(
        self, visit: TheVisit, data: JSONBody[CheckOutBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Record a departure."""
        command = CheckOut(
            meeting_id=visit.meeting_id,
            member_id=data.member_id or visit.person_id,
            method=_method(data.method),
            by=visit.person_id,
            left_at=instant(left_at=data.left_at),
        )
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/openings",
        operation_id="OpenMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def open(self, visit: TheVisit, order: NamedDependency[Order]) -> Accepted:
        """Open the door."""
        command = OpenMeeting(meeting_id=visit.meeting_id, by=visit.person_id)
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/closings",
        operation_id="CloseMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def close(self, visit: TheVisit, order: NamedDependency[Order]) -> Accepted:
        """End the meeting."""
        command = CloseMeeting(meeting_id=visit.meeting_id, by=visit.person_id)
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/postponements",
        operation_id="PostponeMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def postpone(
        self, visit: TheVisit, data: JSONBody[PostponementBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Move a meeting that has not begun."""
        command = PostponeMeeting(
            meeting_id=visit.meeting_id,
            starts_at=_utc(starts_at=data.starts_at),
            ends_at=_utc(ends_at=data.ends_at),
            by=visit.person_id,
        )
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/cancellations",
        operation_id="CancelMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def cancel(
        self, visit: TheVisit, data: JSONBody[CancellationBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Call off a meeting that has not begun."""
        command = CancelMeeting(meeting_id=visit.meeting_id, reason=data.reason, by=visit.person_id)
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/facilitators",
        operation_id="ChangeFacilitator",
        status_code=200,
        responses=COMMANDS,
    )
    async def change_facilitator(
        self, visit: TheVisit, data: JSONBody[FacilitatorBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Let another member of the roster lead this one meeting."""
        command = ChangeFacilitator(
            meeting_id=visit.meeting_id, facilitator_id=data.member_id, by=visit.person_id
        )
        return await done(visit, command, order)

    @post(
        "/{meeting_id:uuid}/evaluations",
        operation_id="GiveEvaluation",
        status_code=200,
        responses=COMMANDS,
    )
    async def evaluate(
        self, visit: TheVisit, data: JSONBody[EvaluationBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Keep my answers; the first ones stand."""
        command = GiveEvaluation(
            meeting_id=visit.meeting_id, member_id=visit.person_id, answers=data.answers
        )
        return await done(visit, command, order)


async def done(visit: Visit, command: object, order: Order) -> Accepted:
    """Give a command about a meeting; the answer comes once its page would show it."""
    outcome = await give(visit.house, command, order, *Visit.VIEWS)
    return Accepted(position=outcome.position, repeated=outcome.repeated)


def _method(name: str) -> CheckInMethod:
    try:
        return CheckInMethod(name)
    except ValueError:
        names = ", ".join(CheckInMethod)
        raise InvalidFields(method=f"Send one of: {names}.") from None


def instant(**field: datetime | None) -> datetime | None:
    """Return a time in UTC, if one was sent; refuse one without its offset, by its field."""
    sent = {name: value for name, value in field.items() if value is not None}
    return _utc(**sent) if sent else None


def _utc(**field: datetime) -> datetime:
    """Return a time in UTC; its field's name is told if it has no zone or no place in time."""
    ((name, value),) = field.items()
    try:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    except OverflowError:
        pass
    raise InvalidFields(**{name: "Send an instant with its offset, as 2026-11-23T18:00:00Z."})


def _meeting(row: schedule.MeetingRow) -> Meeting:
    return Meeting(
        meeting_id=row.meeting_id,
        group_id=row.group_id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        modality=row.modality,
        facilitator_id=row.facilitator_id,
        state=row.state,
        moved_from=row.moved_from,
        first_title=row.first_title,
        program_id=row.program_id,
        called_off_because=row.called_off_because,
    )


def _led(row: LeadRow | None) -> Led | None:
    if row is None:
        return None
    return Led(
        led_by=row.led_by,
        member_id=row.member_id,
        name=row.name,
        qualification=row.qualification,
    )


def _attendance(each: Attendee) -> Attendance:
    row = each.row
    return Attendance(
        member_id=row.member_id,
        name=each.name,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
        method=row.method,
        inferred=row.inferred,
        presenting=row.presenting,
        evaluated=row.evaluated,
        corrected=row.corrected,
        witnesses=row.witnesses,
        cannot_come=each.kind == "absent",
    )
