"""A meeting for everybody expected: who is here, check in and out, attest, evaluate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.attendance import CheckInMethod
from domain.errors import InvalidFields
from services.meetings import (
    AttestPresence,
    BeginTurn,
    CheckIn,
    CheckOut,
    EndTurn,
    GiveEvaluation,
    OpenMeeting,
)
from services.web.live import LiveHub, live_answer
from services.web.orders import Asking
from services.web.pages.meeting_forms import CODE_FORM, EVALUATION_FORM, WHO_FORM
from services.web.pages.meeting_page import VIEWS, act, show, view_of
from services.web.session import signed_in
from services.web.subjects import TheHouse, wait_for


class MeetingController(Controller):
    """``/meetings/{id}``."""

    path = "/meetings/{meeting_id:uuid}"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show a meeting to the people on its roster."""
        await wait_for(request, house, *VIEWS)
        return await show(request, house, await view_of(request, house, person_id, meeting_id))

    @get("/live")
    async def live(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
        hub: NamedDependency[LiveHub],
    ) -> Response[Any]:
        """Tell an open page whenever the meeting was written."""
        await view_of(request, house, person_id, meeting_id)
        return live_answer(hub, [meeting_id])

    @post("/open")
    async def open(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Open the door: the facilitator, or anybody once they are five minutes late."""
        view = await view_of(request, house, person_id, meeting_id)
        command = OpenMeeting(meeting_id=meeting_id, by=person_id)
        return await act(
            request, house, view, sent=await request.form(), person_id=person_id,
            doing=(command, "opened"), goal="open",
        )  # fmt: skip

    @post("/check-in")
    async def check_in(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Check in by the code in the room."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = CODE_FORM.read(sent)
        if not form.ok:
            return await show(request, house, view, status=400, code_form=form)
        command = CheckIn(
            meeting_id=meeting_id,
            member_id=person_id,
            method=CheckInMethod.DOOR_CODE,
            door_code=form["door_code"],
            by=person_id,
        )
        return await act(
            request, house, view, sent=sent, person_id=person_id,
            doing=(command, "in"), form={"code_form": form},
        )  # fmt: skip

    @post("/check-out")
    async def check_out(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Check out; no code is needed to leave."""
        view = await view_of(request, house, person_id, meeting_id)
        command = CheckOut(
            meeting_id=meeting_id,
            member_id=person_id,
            # Leaving is the member's own word; as at the door, only roster marks are others'.
            method=CheckInMethod.DOOR_CODE,
            by=person_id,
        )
        return await act(
            request, house, view, sent=await request.form(), person_id=person_id,
            doing=(command, "out"),
        )  # fmt: skip

    @post("/attestations")
    async def attest(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Say that a peer was there."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = WHO_FORM.read(sent)
        if not form.ok:
            raise InvalidFields(**form.errors)
        command = AttestPresence(meeting_id=meeting_id, for_member=form["member_id"], by=person_id)
        return await act(
            request, house, view, sent=sent, person_id=person_id, doing=(command, "attested")
        )

    @post("/evaluations")
    async def evaluate(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Keep the member's answers to the questions after a meeting."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = EVALUATION_FORM.read(sent)
        if not form.ok:
            return await show(request, house, view, status=400, evaluation_form=form)
        command = GiveEvaluation(
            meeting_id=meeting_id, member_id=person_id, answers=dict(form.values)
        )
        return await act(
            request, house, view, sent=sent, person_id=person_id,
            doing=(command, "evaluated"), form={"evaluation_form": form},
        )  # fmt: skip

    @post("/turns")
    async def begin_turn(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let somebody present: oneself, or anybody for the facilitator."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = WHO_FORM.read(sent)
        if not form.ok:
            raise InvalidFields(**form.errors)
        command = BeginTurn(meeting_id=meeting_id, presenter_id=form["member_id"], by=person_id)
        return await act(
            request, house, view, sent=sent, person_id=person_id, doing=(command, "marked")
        )

    @post("/turns/end")
    async def end_turn(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """End the present turn."""
        view = await view_of(request, house, person_id, meeting_id)
        command = EndTurn(meeting_id=meeting_id, by=person_id)
        return await act(
            request, house, view, sent=await request.form(), person_id=person_id,
            doing=(command, "marked"),
        )  # fmt: skip
