"""My groups: what we promised, when we meet, who we are; planning the next meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import DomainError, NotAllowed, NotFound
from domain.groups import GroupFacilitatorOnly
from domain.rhythms import Rhythm, instant_of
from domain.values import Modality
from projections.schedule import queries as schedule
from services.groups import AdmitMember
from services.house import House
from services.meetings import ScheduleMeeting
from services.web import words
from services.web.form_values import (
    LONGEST_ADDRESS,
    calendar_day,
    email,
    local_time,
    one_of,
    whole_number,
)
from services.web.forms import Field, Filled, Form
from services.web.orders import Asking, give, order_from_form
from services.web.problems import to_problem
from services.web.refusals import AdministratorsOnly, LaterPlease
from services.web.session import signed_in
from services.web.subjects import TheHouse, is_administrator, names_of, subject_page
from services.web.times import day

PLAN_FORM: Final = Form(
    Field(
        name="title", label="Title", hint="It stands on certificates.", missing="Give it a title."
    ),
    Field(name="day", label="Day", parse=calendar_day, kind="date", missing="Choose a day."),
    Field(name="time", label="Begins at", parse=local_time, kind="time", missing="Choose a time."),
    Field(
        name="minutes",
        label="Minutes",
        parse=whole_number(1, 720),
        inputmode="numeric",
        missing="Say how long it lasts.",
    ),
    Field(
        name="modality",
        label="How you meet",
        parse=one_of(tuple(Modality)),
        kind="radio",
        choices=tuple((value, text.capitalize()) for value, text in words.MODALITY.items()),
        missing="Choose how you meet.",
    ),
)
ADMIT_FORM: Final = Form(
    Field(
        name="email",
        label="Email address of a member",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address they sign in with.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group to one reader.

    Attributes:
        leads: whether the reader plans its meetings.
        administrator: whether the reader looks after the house.
    """

    group: schedule.GroupRow
    members: list[tuple[UUID, str]]
    meetings: list[schedule.MeetingRow]
    leads: bool
    administrator: bool
    now: datetime

    @property
    def coming(self) -> list[schedule.MeetingRow]:
        """Meetings still to be held, soonest first."""
        return [m for m in reversed(self.meetings) if self._is_coming(m)]

    @property
    def past(self) -> list[schedule.MeetingRow]:
        """The others, newest first."""
        return [m for m in self.meetings if not self._is_coming(m)]

    def next_occurrence(self) -> datetime:
        """Return when the rhythm proposes the next meeting, after all that are planned."""
        group = self.group
        rhythm = Rhythm(
            weekday=group.weekday,
            local_time=group.local_time,
            every_weeks=group.every_weeks,
            zone=group.zone,
            minutes=group.minutes,
            starts_on=group.starts_on,
        )
        after = max([self.now, *(meeting.starts_at for meeting in self.coming)])
        return rhythm.occurrences(after=after, many=1)[0]

    def _is_coming(self, meeting: schedule.MeetingRow) -> bool:
        return meeting.ends_at > self.now and meeting.state in {"scheduled", "open"}


class GroupController(Controller):
    """``/groups``."""

    path = "/groups"
    guards = (signed_in,)

    @get()
    async def index(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """List the groups I belong to."""
        async with house.views() as conn:
            groups = await schedule.groups_of(conn, person_id)
            coming = await schedule.upcoming(conn, person_id, house.clock.now())
        following = {meeting.group_id: meeting for meeting in reversed(coming)}
        return await subject_page(
            request, "groups.html", here="groups", groups=groups, following=following
        )

    @get("/{group_id:uuid}")
    async def show(
        self,
        request: Asking,
        group_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show a group to its members."""
        return await _group_page(request, await _view_of(request, house, person_id, group_id))

    @post("/{group_id:uuid}/meetings")
    async def plan(
        self,
        request: Asking,
        group_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Plan a meeting; its roster is the group's of today."""
        view = await _view_of(request, house, person_id, group_id)
        if not view.leads:
            raise GroupFacilitatorOnly("The facilitator plans the meetings of this group.")
        sent = await request.form()
        form = PLAN_FORM.read(sent)
        if not form.ok:
            return await _group_page(request, view, status=400, plan=form)
        starts_at = instant_of(
            datetime.combine(form["day"], form["time"]), ZoneInfo(view.group.zone)
        )
        ends_at = starts_at + timedelta(minutes=form["minutes"])
        if ends_at <= view.now:
            form = form.with_errors({"day": "This time is over. Choose one that comes."})
            return await _group_page(request, view, status=400, plan=form)
        order = order_from_form(request, sent, person_id)
        command = ScheduleMeeting(
            meeting_id=uuid5(order.command_id, "meeting"),
            group_id=group_id,
            title=form["title"],
            starts_at=starts_at,
            ends_at=ends_at,
            modality=Modality(form["modality"]),
            by=person_id,
        )
        try:
            await give(house, command, order, "schedule", "roster")
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            return await _group_page(
                request,
                view,
                status=to_problem(refusal).status,
                plan=form,
                problem=refusal.message,
            )
        return Redirect(f"/meetings/{command.meeting_id}?done=planned", status_code=303)

    @post("/{group_id:uuid}/members")
    async def admit(
        self,
        request: Asking,
        group_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take a member in; an administrator does, who knows the address."""
        view = await _view_of(request, house, person_id, group_id)
        if not view.administrator:
            raise AdministratorsOnly
        sent = await request.form()
        form = ADMIT_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["email"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"email": "Nobody here has this address."})
        if not form.ok or member_id is None:
            return await _group_page(request, view, status=400, admit=form)
        command = AdmitMember(group_id=group_id, member_id=member_id, by=person_id)
        try:
            await give(house, command, order_from_form(request, sent, person_id), "schedule")
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            form = form.with_errors({"email": refusal.message})
            status = to_problem(refusal).status
            return await _group_page(request, view, status=status, admit=form)
        return Redirect(f"/groups/{group_id}?done=admitted", status_code=303)


async def _view_of(request: Asking, house: House, person_id: UUID, group_id: UUID) -> GroupView:
    administrator = await is_administrator(request, person_id)
    async with house.views() as conn:
        group = await schedule.group(conn, group_id)
        members = await schedule.members_of(conn, group_id)
        if group is None or not (person_id in members or administrator):
            raise NotFound("There is no such group, or you do not belong to it.")
        names = await names_of(conn, members)
        return GroupView(
            group=group,
            members=[(each, names[each]) for each in members],
            meetings=await schedule.meetings_of_group(conn, group_id),
            leads=administrator or person_id == group.facilitator_id,
            administrator=administrator,
            now=house.clock.now(),
        )


def _proposal(view: GroupView) -> Filled:
    local = view.next_occurrence().astimezone(UTC).astimezone(ZoneInfo(view.group.zone))
    last = view.meetings[0].modality if view.meetings else Modality.LIVE_VIDEO.value
    return PLAN_FORM.blank(
        title=f"{view.group.name}, {day(local.date())}",
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        minutes=view.group.minutes,
        modality=last,
    )


async def _group_page(
    request: Asking,
    view: GroupView,
    *,
    status: int = 200,
    plan: Filled | None = None,
    admit: Filled | None = None,
    problem: str = "",
) -> Response[str]:
    return await subject_page(
        request,
        "group.html",
        status=status,
        here="groups",
        view=view,
        plan=plan or (_proposal(view) if view.leads else PLAN_FORM.blank()),
        planning=plan is not None,
        admit=admit or ADMIT_FORM.blank(),
        problem=problem,
    )
