"""After a meeting, for who led it: reports of meeting tools, matches, corrections."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import DomainError, InvalidFields, NotAllowed, NotFound
from services.house import House, ReadReport
from services.meetings import CorrectPresence, MatchObservedPerson, ObservePresence
from services.web.forms import Filled
from services.web.orders import Asking, give, order_from_form, require_fresh
from services.web.pages.meeting_forms import CORRECTION_FORM, MATCH_FORM, read_correction, stays_of
from services.web.pages.meeting_page import VIEWS, act, view_of
from services.web.pages.meeting_view import MeetingView
from services.web.problems import to_problem
from services.web.refusals import LaterPlease
from services.web.requests import close_uploads
from services.web.session import signed_in
from services.web.settings import UPLOAD_LIMIT
from services.web.subjects import TheHouse, subject_page


class SettlingController(Controller):
    """``/meetings/{id}/…``: what is set right afterwards."""

    path = "/meetings/{meeting_id:uuid}"
    guards = (signed_in,)

    @get("/reports")
    async def ask_for_report(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask for the meeting tool's report."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        return await _report_page(request, view)

    @post("/reports", request_max_body_size=UPLOAD_LIMIT)
    async def take_report(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Read a report and keep what it says; the same report twice changes nothing."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        sent = await request.form()
        try:
            file = sent.get("report")
            if not isinstance(file, UploadFile) or not file.filename:
                return await _report_page(request, view, status=400, error="Choose a file.")
            report = await house.reports.read(
                meeting_id,
                await file.read(),
                name=file.filename,
                zone=view.meeting.zone,
                scheduled=(view.meeting.starts_at, view.meeting.ends_at),
            )
            await _keep_report(request, house, sent, person_id, meeting_id, report)
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            status = to_problem(refusal).status
            return await _report_page(request, view, status=status, error=refusal.message)
        finally:
            await close_uploads(sent)
        return await _report_page(request, view, report=report)

    @post("/matches")
    async def match(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Say which member somebody in a report is; nobody takes the match back."""
        view = await view_of(request, house, person_id, meeting_id)
        sent = await request.form()
        form = MATCH_FORM.read(sent)
        if form.ok and form["member_id"] is None and not form["take_back"]:
            form = form.with_errors({"member_id": "Choose somebody."})
        if not form.ok:
            raise InvalidFields(**form.errors)
        command = MatchObservedPerson(
            meeting_id=meeting_id,
            person_key=form["person_key"],
            member_id=form["member_id"],
            by=person_id,
        )
        return await act(
            request, house, view, sent=sent, person_id=person_id, doing=(command, "matched")
        )

    @get("/presence/{member_id:uuid}")
    async def ask_for_times(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask when somebody really was there, and why the record says otherwise."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        row, zone = view.attendee(member_id).row, ZoneInfo(view.meeting.zone)
        recorded = {
            name: f"{at.astimezone(zone):%H:%M}"
            for name, at in (("came", row.arrived_at), ("left", row.left_at))
            if at is not None
        }
        return await _times_page(request, view, member_id, CORRECTION_FORM.blank(**recorded))

    @post("/presence/{member_id:uuid}")
    async def correct(
        self,
        request: Asking,
        meeting_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Set somebody's presence right, beside what was recorded."""
        view = await view_of(request, house, person_id, meeting_id)
        view.require_lead()
        now = view.attendee(member_id)
        sent = await request.form()
        form = read_correction(sent)
        if not form.ok:
            return await _times_page(request, view, member_id, form, status=400)
        order = order_from_form(request, sent, person_id)
        try:
            stays, errors = stays_of(form, view.meeting.starts_at, view.meeting.zone)
            if errors:
                form = form.with_errors(errors)
                return await _times_page(request, view, member_id, form, status=400)
            async with house.views() as conn:
                await require_fresh(conn, sent, now.seen, stream_id=meeting_id, order=order)
            command = CorrectPresence(
                meeting_id=meeting_id,
                member_id=member_id,
                stays=stays,
                reason=form["reason"],
                by=person_id,
            )
            await give(house, command, order, *VIEWS)
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            status = to_problem(refusal).status
            return await _times_page(
                request, view, member_id, form, status=status, problem=refusal.message
            )
        return Redirect(f"/meetings/{meeting_id}?done=corrected", status_code=303)


async def _keep_report(
    request: Asking,
    house: House,
    sent: FormMultiDict,
    person_id: UUID,
    meeting_id: UUID,
    report: ReadReport,
) -> None:
    command = ObservePresence(
        meeting_id=meeting_id,
        source=report.source,
        digest=report.digest,
        people=list(report.people),
        by=person_id,
    )
    order = order_from_form(request, sent, person_id, file=report.digest)
    await give(house, command, order, *VIEWS)


async def _report_page(
    request: Asking,
    view: MeetingView,
    *,
    status: int = 200,
    error: str = "",
    report: ReadReport | None = None,
) -> Response[str]:
    return await subject_page(
        request,
        "meeting_report.html",
        status=status,
        here="groups",
        view=view,
        error=error,
        report=report,
    )


async def _times_page(
    request: Asking,
    view: MeetingView,
    member_id: UUID,
    form: Filled,
    *,
    status: int = 200,
    problem: str = "",
) -> Response[str]:
    return await subject_page(
        request,
        "meeting_presence.html",
        status=status,
        here="groups",
        view=view,
        who=view.attendee(member_id),
        form=form,
        problem=problem,
    )
