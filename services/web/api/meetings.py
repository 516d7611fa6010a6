"""Meetings for programs: read them, check in and out, open, close, evaluate."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from domain.attendance import CheckInMethod
from domain.errors import InvalidFields
from projections.schedule import queries as schedule
from services.dispatch import Order
from services.house import House
from services.meetings import CheckIn, CheckOut, CloseMeeting, GiveEvaluation, OpenMeeting
from services.web.api.shapes import (
    COMMANDS,
    READS,
    SIGNED_IN,
    Accepted,
    Attendance,
    CheckInBody,
    CheckOutBody,
    EvaluationBody,
    Meeting,
    MeetingWithRoster,
)
from services.web.orders import Asking, give
from services.web.pages.meeting_page import VIEWS, view_of
from services.web.pages.meeting_view import Attendee
from services.web.session import signed_in
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
    async def show(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> MeetingWithRoster:
        """A meeting with the roster of its day, for the people on it."""
        view = await view_of(request, house, person_id, meeting_id)
        return MeetingWithRoster(
            **msgspec.structs.asdict(_meeting(view.meeting)),
            roster=[_attendance(each) for each in view.people],
        )

    @post(
        "/{meeting_id:uuid}/check-ins", operation_id="CheckIn", status_code=200, responses=COMMANDS
    )
    async def check_in(
        self,
        meeting_id: FromPath[UUID],
        data: JSONBody[CheckInBody],
        person_id: NamedDependency[UUID],
        order: NamedDependency[Order],
        house: TheHouse,
    ) -> Accepted:
        """Record an arrival; a second one of somebody in the room is no second fact."""
        return await _done(
            house,
            CheckIn(
                meeting_id=meeting_id,
                member_id=data.member_id or person_id,
                method=_method(data.method),
                by=person_id,
                door_code=data.door_code,
                arrived_at=_instant(arrived_at=data.arrived_at),
            ),
            order,
        )

    @post(
        "/{meeting_id:uuid}/check-outs",
        operation_id="CheckOut",
        status_code=200,
        responses=COMMANDS,
    )
    async def check_out(
        self,
        meeting_id: FromPath[UUID],
        data: JSONBody[CheckOutBody],
        person_id: NamedDependency[UUID],
        order: NamedDependency[Order],
        house: TheHouse,
    ) -> Accepted:
        """Record a departure."""
        return await _done(
            house,
            CheckOut(
                meeting_id=meeting_id,
                member_id=data.member_id or person_id,
                method=_method(data.method),
                by=person_id,
                left_at=_instant(left_at=data.left_at),
            ),
            order,
        )

    @post(
        "/{meeting_id:uuid}/openings",
        operation_id="OpenMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def open(
        self,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        order: NamedDependency[Order],
        house: TheHouse,
    ) -> Accepted:
        """Open the door."""
        return await _done(house, OpenMeeting(meeting_id=meeting_id, by=person_id), order)

    @post(
        "/{meeting_id:uuid}/closings",
        operation_id="CloseMeeting",
        status_code=200,
        responses=COMMANDS,
    )
    async def close(
        self,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        order: NamedDependency[Order],
        house: TheHouse,
    ) -> Accepted:
        """End the meeting."""
        return await _done(house, CloseMeeting(meeting_id=meeting_id, by=person_id), order)

    @post(
        "/{meeting_id:uuid}/evaluations",
        operation_id="GiveEvaluation",
        status_code=200,
        responses=COMMANDS,
    )
    async def evaluate(
        self,
        meeting_id: FromPath[UUID],
        data: JSONBody[EvaluationBody],
        person_id: NamedDependency[UUID],
        order: NamedDependency[Order],
        house: TheHouse,
    ) -> Accepted:
        """Keep my answers; the first ones stand."""
        command = GiveEvaluation(meeting_id=meeting_id, member_id=person_id, answers=data.answers)
        return await _done(house, command, order)


async def _done(house: House, command: object, order: Order) -> Accepted:
    outcome = await give(house, command, order, *VIEWS)
    return Accepted(position=outcome.position, repeated=outcome.repeated)


def _method(name: str) -> CheckInMethod:
    try:
        return CheckInMethod(name)
    except ValueError:
        names = ", ".join(CheckInMethod)
        raise InvalidFields(method=f"Send one of: {names}.") from None


def _instant(**field: datetime | None) -> datetime | None:
    """Return a time in UTC; its field's name is told if it has no zone or no place in time."""
    ((name, value),) = field.items()
    if value is None:
        return None
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
    )
