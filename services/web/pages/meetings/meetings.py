"""A meeting for everybody expected: who is here, check in and out, attest, evaluate."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from domain.errors import InvalidFields
from domain.meetings.attendance import CheckInMethod
from services.meetings.commands import (
    AttestPresence,
    BeginTurn,
    CheckIn,
    CheckOut,
    EndTurn,
    GiveEvaluation,
    OpenMeeting,
)
from services.web.live import LiveHub, live_answer
from services.web.pages.meetings.forms import CODE_FORM, EVALUATION_FORM, WHO_FORM
from services.web.pages.meetings.visit import TheVisit
from services.web.signing_in.session import signed_in


class MeetingController(Controller):
    """``/meetings/{id}``."""

    guards = (signed_in,)

    @get()
    async def show(self, visit: TheVisit) -> Response[str]:
        """Show a meeting to the people on its roster."""
        return await visit.show()

    @get("/live")
    async def live(self, visit: TheVisit, hub: NamedDependency[LiveHub]) -> Response[Any]:
        """Tell an open page whenever the meeting was written."""
        return live_answer(hub, [visit.meeting_id])

    @post("/open")
    async def open(self, visit: TheVisit) -> Response[Any]:
        """Open the door: the facilitator, or anybody once they are five minutes late."""
        command = OpenMeeting(meeting_id=visit.meeting_id, by=visit.person_id)
        return await visit.act(command, visit.done("opened"), seen=visit.view.state)

    @post("/check-in")
    async def check_in(self, visit: TheVisit) -> Response[Any]:
        """Check in by the code in the room."""
        form = CODE_FORM.read(await visit.request.form())
        if not form.ok:
            return await visit.show(status=400, code_form=form)
        command = CheckIn(
            meeting_id=visit.meeting_id,
            member_id=visit.person_id,
            method=CheckInMethod.DOOR_CODE,
            door_code=form["door_code"],
            by=visit.person_id,
        )
        return await visit.act(
            command, visit.done("in"), again=lambda now, why: now.show(refused=why, code_form=form)
        )

    @post("/check-out")
    async def check_out(self, visit: TheVisit) -> Response[Any]:
        """Check out; no code is needed to leave."""
        command = CheckOut(
            meeting_id=visit.meeting_id,
            member_id=visit.person_id,
            # Leaving is the member's own word; as at the door, only roster marks are others'.
            method=CheckInMethod.DOOR_CODE,
            by=visit.person_id,
        )
        return await visit.act(command, visit.done("out"))

    @post("/attestations")
    async def attest(self, visit: TheVisit) -> Response[Any]:
        """Say that a peer was there."""
        form = WHO_FORM.read(await visit.request.form())
        if not form.ok:
            raise InvalidFields(**form.errors)
        command = AttestPresence(
            meeting_id=visit.meeting_id, for_member=form["member_id"], by=visit.person_id
        )
        return await visit.act(command, visit.done("attested"))

    @post("/evaluations")
    async def evaluate(self, visit: TheVisit) -> Response[Any]:
        """Keep the member's answers to the questions after a meeting."""
        form = EVALUATION_FORM.read(await visit.request.form())
        if not form.ok:
            return await visit.show(status=400, evaluation_form=form)
        command = GiveEvaluation(
            meeting_id=visit.meeting_id, member_id=visit.person_id, answers=dict(form.values)
        )
        return await visit.act(
            command,
            visit.done("evaluated"),
            again=lambda now, why: now.show(refused=why, evaluation_form=form),
        )

    @post("/turns")
    async def begin_turn(self, visit: TheVisit) -> Response[Any]:
        """Let somebody present: oneself, or anybody for the facilitator."""
        form = WHO_FORM.read(await visit.request.form())
        if not form.ok:
            raise InvalidFields(**form.errors)
        command = BeginTurn(
            meeting_id=visit.meeting_id, presenter_id=form["member_id"], by=visit.person_id
        )
        return await visit.act(command, visit.done("marked"))

    @post("/turns/end")
    async def end_turn(self, visit: TheVisit) -> Response[Any]:
        """End the present turn."""
        command = EndTurn(meeting_id=visit.meeting_id, by=visit.person_id)
        return await visit.act(command, visit.done("marked"))
