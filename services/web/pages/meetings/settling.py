"""After a meeting, for who led it: reports of meeting tools, matches, corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath

from domain.errors import InvalidFields
from domain.meetings.so_far import so_far
from services.house import ReadReport
from services.meetings.commands import CorrectPresence, MatchObservedPerson, ObservePresence
from services.web.edge.requests import close_uploads
from services.web.forms.orders import Refused, attempt, give, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.meetings.forms import (
    MATCH_FORM,
    correction_of,
    read_correction,
    stays_of,
)
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.settings import UPLOAD_LIMIT
from services.web.signing_in.session import signed_in

_AHEAD: Final = (
    "Some of its times have not come yet: the tool's clock may be ahead, or the meeting is not "
    "over. What lies before now is kept. Add the report again after the meeting for the rest."
)
_NOBODY_CHOSEN: Final = "Choose who it is. Nothing was changed."


class SettlingController(Controller):
    """``/meetings/{id}/…``: what is set right afterwards."""

    guards = (signed_in,)

    @get("/reports")
    async def ask_for_report(self, visit: TheVisit) -> Response[str]:
        """Ask for the meeting tool's report."""
        visit.view.require_lead()
        return await visit.page("meetings/report.html", report=None)

    @post("/reports", request_max_body_size=UPLOAD_LIMIT)
    async def take_report(self, visit: TheVisit) -> Response[str]:
        """Read a report and keep what it says; the same report twice changes nothing."""
        visit.view.require_lead()
        sent = await visit.request.form()
        read: list[ReadReport] = []
        try:
            refused = await attempt(_keep_report(visit, sent, read))
        finally:
            await close_uploads(sent)
        report = None if refused else read[0]
        return await visit.page(
            "meetings/report.html", refused=refused, report=report, ahead=_is_ahead(report)
        )

    @post("/matches")
    async def match(self, visit: TheVisit) -> Response[Any]:
        """Say which member somebody in a report is; nobody takes the match back."""
        form = MATCH_FORM.read(await visit.request.form())
        if not form.ok:
            raise InvalidFields(**form.errors)
        if form["member_id"] is None and not form["take_back"]:
            return await visit.show(refused=Refused(400, _NOBODY_CHOSEN, {}))
        command = MatchObservedPerson(
            meeting_id=visit.meeting_id,
            person_key=form["person_key"],
            member_id=form["member_id"],
            by=visit.person_id,
        )
        return await visit.act(command, visit.done("matched"))

    @get("/presence/{member_id:uuid}")
    async def ask_for_times(self, visit: TheVisit, member_id: FromPath[UUID]) -> Response[str]:
        """Ask when somebody really was there, and why the record says otherwise."""
        visit.view.require_lead()
        who = visit.view.attendee(member_id)
        form = correction_of(who.stays, visit.view.meeting.zone, corrected=who.row.corrected)
        return await _times_page(visit, member_id, form)

    @post("/presence/{member_id:uuid}")
    async def correct(self, visit: TheVisit, member_id: FromPath[UUID]) -> Response[Any]:
        """Set somebody's presence right, beside what was recorded."""
        visit.view.require_lead()
        seen = visit.view.attendee(member_id).seen
        form = read_correction(await visit.request.form())
        if not form.ok:
            return await _times_page(visit, member_id, form)
        stays, errors = stays_of(form, visit.view.meeting.starts_at, visit.view.meeting.zone)
        if errors:
            return await _times_page(visit, member_id, form.with_errors(errors))
        command = CorrectPresence(
            meeting_id=visit.meeting_id,
            member_id=member_id,
            stays=stays,
            reason=form["reason"],
            by=visit.person_id,
        )
        return await visit.act(
            command,
            visit.done("corrected"),
            seen=seen,
            again=lambda now, why: _times_page(now, member_id, form, refused=why),
        )


def _is_ahead(report: ReadReport | None) -> bool:
    return report is not None and _AHEAD in report.questions


async def _keep_report(visit: Visit, sent: FormMultiDict, read: list[ReadReport]) -> None:
    file = sent.get("report")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidFields("Choose a file.")
    meeting = visit.view.meeting
    report = await visit.house.reports.read(
        visit.meeting_id,
        await file.read(),
        name=file.filename,
        zone=meeting.zone,
        scheduled=(meeting.starts_at, meeting.ends_at),
    )
    command = ObservePresence(
        meeting_id=visit.meeting_id,
        source=report.source,
        digest=report.digest,
        people=list(report.people),
        by=visit.person_id,
    )
    order = order_from_form(visit.request, sent, visit.person_id, file=report.digest)
    await give(visit.house, command, order, *Visit.VIEWS)
    now = visit.house.clock.now()
    over = meeting.state == "closed" or now >= meeting.ends_at
    if so_far(report.people, at=now, over=over) != list(report.people):
        report = replace(report, questions=[*report.questions, _AHEAD])
    read.append(report)


async def _times_page(
    visit: Visit, member_id: UUID, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "meetings/presence.html",
        status=200 if form.ok else 400,
        refused=refused,
        who=visit.view.attendee(member_id),
        form=form,
    )
