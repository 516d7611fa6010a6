"""A meeting for who leads it: the room's code, marking presence, closing, voiding."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post

from domain.errors import InvalidFields
from domain.meetings.attendance import CheckInMethod
from domain.meetings.rules import FacilitatorOnly
from services.meetings.commands import CheckIn, CheckOut, CloseMeeting, VoidMeeting
from services.web.pages.meetings.forms import MARK_FORM, REASON_FORM
from services.web.pages.meetings.visit import TheVisit
from services.web.signing_in.session import signed_in


class LeadingController(Controller):
    """``/meetings/{id}/…`` for the facilitator and administrators."""

    guards = (signed_in,)

    @get("/door")
    async def door(self, visit: TheVisit) -> Response[str]:
        """Show the room's code, big, for the wall; the page renews itself."""
        view, codes = visit.view, visit.house.door_codes
        if not (view.leads or view.may_show_code):
            raise FacilitatorOnly(f"The code is on the screen of {view.facilitator}, who leads.")
        code = codes.current(visit.meeting_id, view.now) if view.may_show_code else ""
        return await visit.page("meetings/door.html", door_code=code)

    @post("/roster")
    async def mark(self, visit: TheVisit) -> Response[Any]:
        """Mark somebody present, or gone."""
        form = MARK_FORM.read(await visit.request.form())
        if not form.ok:
            raise InvalidFields(**form.errors)
        kind = CheckIn if form["to"] == "here" else CheckOut
        command = kind(
            meeting_id=visit.meeting_id,
            member_id=form["member_id"],
            method=CheckInMethod.ROSTER,
            by=visit.person_id,
        )
        return await visit.act(command, visit.done("marked"))

    @get("/close")
    async def ask_to_close(self, visit: TheVisit) -> Response[str]:
        """Say what closing does, before the second tap."""
        visit.view.require_lead()
        return await visit.page("meetings/close.html")

    @post("/close")
    async def close(self, visit: TheVisit) -> Response[Any]:
        """End the meeting."""
        command = CloseMeeting(meeting_id=visit.meeting_id, by=visit.person_id)
        return await visit.act(command, visit.done("closed"), seen=visit.view.state)

    @get("/void")
    async def ask_to_void(self, visit: TheVisit) -> Response[str]:
        """Ask why the meeting does not count, before the second tap."""
        visit.view.require_lead()
        return await visit.page("meetings/void.html", form=REASON_FORM.blank())

    @post("/void")
    async def void(self, visit: TheVisit) -> Response[Any]:
        """Say that the meeting does not count."""
        visit.view.require_lead()
        form = REASON_FORM.read(await visit.request.form())
        if not form.ok:
            return await visit.page("meetings/void.html", status=400, form=form)
        command = VoidMeeting(
            meeting_id=visit.meeting_id, reason=form["reason"], by=visit.person_id
        )
        return await visit.act(command, visit.done("voided"), seen=visit.view.state)
