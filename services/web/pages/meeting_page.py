"""The page of a meeting, and how its forms act: do it and come back, or show what stands now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from domain.errors import DomainError, NotAllowed, NotFound
from services.house import House
from services.web.forms import Filled
from services.web.orders import Asking, give, order_from_form, require_fresh
from services.web.pages.meeting_forms import CODE_FORM, EVALUATION_FORM
from services.web.pages.meeting_view import MeetingView, see_meeting
from services.web.problems import to_problem
from services.web.refusals import LaterPlease
from services.web.subjects import is_administrator, subject_page

VIEWS: Final = ("roster", "schedule")
Doing = tuple[object, str]  # a command, and the word for what it did


async def view_of(request: Asking, house: House, person_id: UUID, meeting_id: UUID) -> MeetingView:
    """Return the meeting as the person sees it.

    Raises:
        NotFound: there is none, or they are not on its roster.
    """
    administrator = await is_administrator(request, person_id)
    async with house.views() as conn:
        return await see_meeting(
            conn, meeting_id, person_id, administrator=administrator, now=house.clock.now()
        )


async def show(
    request: Asking,
    house: House,
    view: MeetingView,
    *,
    status: int = 200,
    problem: str = "",
    code_form: Filled | None = None,
    evaluation_form: Filled | None = None,
) -> Response[str]:
    """Answer with the page of a meeting.

    Args:
        request: the request.
        house: the house.
        view: what the reader sees.
        status: HTTP status.
        problem: why nothing was done, in a sentence.
        code_form: the check-in as it was sent.
        evaluation_form: the evaluation as it was sent.
    """
    meeting_id = view.meeting.meeting_id
    code = house.door_codes.current(meeting_id, view.now) if view.may_show_code else ""
    return await subject_page(
        request,
        "meeting.html",
        status=status,
        here="groups",
        view=view,
        problem=problem,
        door_code=code,
        code_form=code_form or CODE_FORM.blank(),
        evaluation_form=evaluation_form or EVALUATION_FORM.blank(),
    )


async def act(
    request: Asking,
    house: House,
    view: MeetingView,
    *,
    sent: FormMultiDict,
    person_id: UUID,
    doing: Doing,
    goal: str | None = None,
    form: Mapping[str, Filled] | None = None,
) -> Response[Any]:
    """Give the command of a form, then come back to the meeting.

    Args:
        request: the request.
        house: the house.
        view: what stands now.
        sent: the form; its ``seen`` field says what its page showed.
        person_id: who orders.
        doing: the command, and the word under which the page tells that it is done.
        goal: the state the command leads to; being there already makes no form stale.
        form: the form to show again if a rule says no, by the argument of :func:`show`.

    Returns:
        A redirect; or the meeting as it stands, with the reason why nothing was done.
    """
    command, word = doing
    meeting_id = view.meeting.meeting_id
    order = order_from_form(request, sent, person_id)
    try:
        if goal is not None:
            async with house.views() as conn:
                await require_fresh(conn, sent, view.state, stream_id=meeting_id, order=order)
        await give(house, command, order, *VIEWS)
    except (NotFound, NotAllowed, LaterPlease):
        raise
    except DomainError as refusal:
        now = await view_of(request, house, person_id, meeting_id)
        status = to_problem(refusal).status
        return await show(
            request, house, now, status=status, problem=refusal.message, **(form or {})
        )
    return Redirect(f"/meetings/{meeting_id}?done={word}", status_code=303)
