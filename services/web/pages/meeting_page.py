"""A visit to a meeting: its page, and how its forms act: do it and come back, or say why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect

from services.dispatch import Order
from services.house import House
from services.web.door_tries import take_door_try
from services.web.forms import Filled
from services.web.orders import Asking, Refused, attempt, give, order_from_form, require_fresh
from services.web.pages.meeting_forms import CODE_FORM, EVALUATION_FORM
from services.web.pages.meeting_view import MeetingView, see_meeting
from services.web.subjects import TheHouse, is_administrator, subject_page, wait_for

VIEWS: Final = ("roster", "schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody on the pages of a meeting.

    Attributes:
        person_id: who asks.
        view: the meeting as they see it.
    """

    request: Asking
    house: House
    person_id: UUID
    view: MeetingView

    @property
    def meeting_id(self) -> UUID:
        """Which meeting it is."""
        return self.view.meeting.meeting_id

    async def page(
        self, template: str, *, status: int = 200, refused: Refused | None = None, **values: Any
    ) -> Response[str]:
        """Answer with a page about the meeting.

        Args:
            template: file name.
            status: HTTP status, unless a rule said no.
            refused: why nothing was done.
            values: what the template shows besides.
        """
        return await subject_page(
            self.request,
            template,
            status=refused.status if refused else status,
            headers=refused.headers if refused else None,
            here="groups",
            view=self.view,
            problem=refused.sentence if refused else "",
            **values,
        )

    async def show(
        self,
        *,
        status: int = 200,
        refused: Refused | None = None,
        code_form: Filled | None = None,
        evaluation_form: Filled | None = None,
    ) -> Response[str]:
        """Answer with the meeting's own page, and forms on it as they were sent."""
        codes, view = self.house.door_codes, self.view
        return await self.page(
            "meeting.html",
            left_open=await self.house.open_questions(self.meeting_id) if view.leads else (),
            status=status,
            refused=refused,
            door_code=codes.current(self.meeting_id, view.now) if view.may_show_code else "",
            code_form=code_form or CODE_FORM.blank(),
            evaluation_form=evaluation_form or EVALUATION_FORM.blank(),
        )

    async def act(
        self,
        command: object,
        done: str,
        *,
        seen: str | None = None,
        again: Again | None = None,
    ) -> Response[Any]:
        """Give the command of a form, then come back to the meeting.

        Args:
            command: what the form orders.
            done: the word under which the page tells that it is done.
            seen: what the form's page must have shown, if the form says what it did show.
            again: what to answer if a rule says no; the meeting's own page by default.

        Returns:
            A redirect; or the meeting as it stands now, with the reason why nothing was done.
        """
        sent = await self.request.form()
        order = order_from_form(self.request, sent, self.person_id)
        refused = await attempt(self._give(command, order, sent, seen))
        if refused is None:
            return Redirect(f"/meetings/{self.meeting_id}?done={done}", status_code=303)
        now = await visit_of(self.request, self.meeting_id, self.person_id, self.house)
        return await (again(now, refused) if again else now.show(refused=refused))

    async def _give(
        self, command: object, order: Order, sent: FormMultiDict, seen: str | None
    ) -> None:
        if seen is not None:
            async with self.house.views() as conn:
                await require_fresh(conn, sent, seen, stream_id=self.meeting_id, order=order)
        await take_door_try(self.request, self.house, command, order)
        await give(self.house, command, order, *VIEWS)


Again: TypeAlias = Callable[[Visit, Refused], Awaitable[Response[str]]]
TheVisit: TypeAlias = NamedDependency[SkipValidation[Visit]]
"""The visit as handlers ask for it; it is ours, so nothing is there to validate."""


async def visit_of(
    request: Asking, meeting_id: FromPath[UUID], person_id: NamedDependency[UUID], house: TheHouse
) -> Visit:
    """Let the signed-in person in.

    Raises:
        NotFound: there is no such meeting, or they are not on its roster.
    """
    await wait_for(request, house, *VIEWS)
    administrator = await is_administrator(request, person_id)
    async with house.views() as conn:
        view = await see_meeting(
            conn, meeting_id, person_id, administrator=administrator, now=house.clock.now()
        )
    return Visit(request=request, house=house, person_id=person_id, view=view)
