"""A meeting for who leads it: the room's code, marking presence, closing, voiding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.attendance import CheckInMethod
from domain.errors import InvalidFields
from domain.meeting_rules import FacilitatorOnly
from services.meetings import CheckIn, CheckOut, CloseMeeting, VoidMeeting
from services.web.orders import Asking
from services.web.pages.meeting_forms import MARK_FORM, REASON_FORM
from services.web.pages.meeting_page import VIEWS, act, view_of
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page, wait_for


class LeadingController(Controller):
    """``/meetings/{id}/…`` for the facilitator and administrators."""

    path = "/meetings/{meeting_id:uuid}"
    guards = (signed_in,)

    @get("/door")
    async def door(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show the room's code, big, for the wall; the page renews itself."""
        await wait_for(request, house, *VIEWS)
        view = await view_of(request, house, person_id, meeting_id)
        if not (view.leads or view.may_show_code):
            raise FacilitatorOnly(f"The code is on the screen of {view.facilitator}, who leads.")
        code = house.door_codes.current(meeting_id, view.now) if view.may_show_code else ""
        return await subject_page(request, "door.html", here="groups", view=view, door_code=code)

    @post("/roster")
    async def mark(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Mark somebody present, or gone."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = MARK_FORM.read(sent)
        if not form.ok:
            raise InvalidFields(**form.errors)
        kind = CheckIn if form["to"] == "here" else CheckOut
        command = kind(
            meeting_id=meeting_id,
            member_id=form["member_id"],
            method=CheckInMethod.ROSTER,
            by=person_id,
        )
        return await act(
            request, house, view, sent=sent, person_id=person_id, doing=(command, "marked")
        )

    @get("/close")
    async def ask_to_close(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Say what closing does, before the second tap."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        return await subject_page(request, "meeting_close.html", here="groups", view=view)

    @post("/close")
    async def close(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """End the meeting."""
        view = await view_of(request, house, person_id, meeting_id)
        command = CloseMeeting(meeting_id=meeting_id, by=person_id)
        return await act(
            request, house, view, sent=await request.form(), person_id=person_id,
            doing=(command, "closed"), goal="closed",
        )  # fmt: skip

    @get("/void")
    async def ask_to_void(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask why the meeting does not count, before the second tap."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        return await subject_page(
            request, "meeting_void.html", here="groups", view=view, form=REASON_FORM.blank()
        )

    @post("/void")
    async def void(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Say that the meeting does not count."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        sent = await request.form()
        form = REASON_FORM.read(sent)
        if not form.ok:
            return await subject_page(
                request, "meeting_void.html", status=400, here="groups", view=view, form=form
            )
        command = VoidMeeting(meeting_id=meeting_id, reason=form["reason"], by=person_id)
        return await act(
            request, house, view, sent=sent, person_id=person_id,
            doing=(command, "voided"), goal="voided",
        )  # fmt: skip
