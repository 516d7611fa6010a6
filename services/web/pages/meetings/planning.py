"""Before a meeting, for who leads it: another time, title, program or leader; or call it off."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post

from services.meetings.commands import CancelMeeting, ChangeFacilitator, PostponeMeeting
from services.meetings.plans import ChooseMeetingProgram, RetitleMeeting
from services.web.forms.orders import Refused
from services.web.forms.reading import Filled
from services.web.pages.groups.program_choice import Programs, programs_to_choose
from services.web.pages.meetings.forms import (
    CANCEL_FORM,
    MOVE_FORM,
    TITLE_FORM,
    plan_faults,
    plan_of,
    planned_times,
    who_leads,
)
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.signing_in.session import signed_in


class PlanningController(Controller):
    """``/meetings/{id}/…``: what changes about an hour that is planned."""

    guards = (signed_in,)

    @get("/move")
    async def ask_when(self, visit: TheVisit) -> Response[str]:
        """Ask for another time."""
        visit.view.require_lead()
        meeting = visit.view.meeting
        form = plan_of(meeting.starts_at, meeting.ends_at, meeting.zone)
        return await _page(visit, "meetings/move.html", form)

    @post("/move")
    async def move(self, visit: TheVisit) -> Response[Any]:
        """Move the meeting to another time that comes."""
        visit.view.require_lead()
        form = MOVE_FORM.read(await visit.request.form())
        if not form.ok:
            return await _page(visit, "meetings/move.html", form)
        zone = visit.view.meeting.zone
        if errors := plan_faults(form, zone, visit.view.now):
            return await _page(visit, "meetings/move.html", form.with_errors(errors))
        starts_at, ends_at = planned_times(form, zone)
        command = PostponeMeeting(
            meeting_id=visit.meeting_id, starts_at=starts_at, ends_at=ends_at, by=visit.person_id
        )
        return await _act(
            visit, command, "meetings/move.html", form, done="moved", seen=visit.view.plan_seen
        )

    @get("/call-off")
    async def ask_why(self, visit: TheVisit) -> Response[str]:
        """Ask why the meeting does not take place, before the second tap."""
        visit.view.require_lead()
        return await _page(visit, "meetings/call_off.html", CANCEL_FORM.blank())

    @post("/call-off")
    async def call_off(self, visit: TheVisit) -> Response[Any]:
        """Say that the meeting does not take place."""
        visit.view.require_lead()
        form = CANCEL_FORM.read(await visit.request.form())
        if not form.ok:
            return await _page(visit, "meetings/call_off.html", form)
        command = CancelMeeting(
            meeting_id=visit.meeting_id, reason=form["reason"], by=visit.person_id
        )
        return await _act(
            visit,
            command,
            "meetings/call_off.html",
            form,
            done="called_off",
            seen=visit.view.plan_seen,
        )

    @get("/title")
    async def ask_title(self, visit: TheVisit) -> Response[str]:
        """Ask for another title."""
        visit.view.require_lead()
        form = TITLE_FORM.blank(title=visit.view.meeting.title)
        return await _page(visit, "meetings/title.html", form)

    @post("/title")
    async def retitle(self, visit: TheVisit) -> Response[Any]:
        """Announce the meeting under another title."""
        visit.view.require_lead()
        form = TITLE_FORM.read(await visit.request.form())
        if not form.ok:
            return await _page(visit, "meetings/title.html", form)
        command = RetitleMeeting(
            meeting_id=visit.meeting_id, title=form["title"], by=visit.person_id
        )
        return await _act(
            visit, command, "meetings/title.html", form, done="retitled", seen=visit.view.title_seen
        )

    @get("/program")
    async def ask_program(self, visit: TheVisit) -> Response[str]:
        """Ask under which program the hour is held."""
        visit.view.require_lead()
        programs = await _programs(visit)
        form = programs.form().blank(program=programs.now)
        return await _page(visit, "meetings/program.html", form, programs=programs)

    @post("/program")
    async def choose_program(self, visit: TheVisit) -> Response[Any]:
        """Hold this one meeting under another program, or under none."""
        visit.view.require_lead()
        programs = await _programs(visit)
        form = programs.form().read(await visit.request.form())
        if not form.ok:
            return await _page(visit, "meetings/program.html", form, programs=programs)
        command = ChooseMeetingProgram(
            meeting_id=visit.meeting_id, program_id=form["program"], by=visit.person_id
        )
        return await _act(
            visit,
            command,
            "meetings/program.html",
            form,
            done="program_chosen",
            seen=programs.now,
            programs=programs,
        )

    @get("/facilitator")
    async def ask_who(self, visit: TheVisit) -> Response[str]:
        """Ask who leads this one meeting."""
        visit.view.require_lead()
        form = who_leads(visit.view.others())
        return await _page(visit, "meetings/facilitator.html", form.blank())

    @post("/facilitator")
    async def hand_over(self, visit: TheVisit) -> Response[Any]:
        """Let another member lead this one meeting."""
        form = who_leads(visit.view.others()).read(await visit.request.form())
        if not form.ok:
            visit.view.require_lead()
            return await _page(visit, "meetings/facilitator.html", form)
        command = ChangeFacilitator(
            meeting_id=visit.meeting_id, facilitator_id=form["member_id"], by=visit.person_id
        )
        return await _act(
            visit,
            command,
            "meetings/facilitator.html",
            form,
            done="handed_over",
            seen=str(visit.view.meeting.facilitator_id),
        )


async def _programs(visit: Visit) -> Programs:
    async with visit.house.views() as conn:
        return await programs_to_choose(conn, visit.view.meeting.program_id)


async def _act(
    visit: Visit,
    command: object,
    template: str,
    form: Filled,
    *,
    done: str,
    seen: str,
    **values: Any,
) -> Response[Any]:
    """Give the command; where a rule says no, show the form again with what was typed."""
    return await visit.act(
        command,
        visit.done(done),
        seen=seen,
        again=lambda now, why: _page(now, template, form, refused=why, **values),
    )


async def _page(
    visit: Visit, template: str, form: Filled, *, refused: Refused | None = None, **values: Any
) -> Response[str]:
    return await visit.page(
        template, status=200 if form.ok else 400, refused=refused, form=form, **values
    )
