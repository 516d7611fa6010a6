"""A visit to a meeting: its page, and how its forms act: do it and come back, or say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from typing_extensions import override

from projections.offers import queries as offers
from services.dispatch import Order
from services.web.door_tries import take_door_try
from services.web.forms.orders import Asking, Refused
from services.web.forms.reading import Filled
from services.web.pages.meetings.forms import CODE_FORM, EVALUATION_FORM
from services.web.pages.meetings.head_count import warnings_about
from services.web.pages.meetings.seeing import see_meeting
from services.web.pages.meetings.view import MeetingView
from services.web.pages.visits import PageVisit
from services.web.subjects import TheHouse, is_administrator, wait_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(PageVisit[MeetingView]):
    """Somebody on the pages of a meeting."""

    VIEWS = ("roster", "schedule")

    @property
    @override
    def stream_id(self) -> UUID:
        return self.meeting_id

    @property
    def meeting_id(self) -> UUID:
        """Which meeting it is."""
        return self.view.meeting.meeting_id

    def done(self, word: str) -> str:
        """Return where an order leads back to; the page then tells that it is done."""
        return f"/meetings/{self.meeting_id}?done={word}"

    @override
    async def once_more(self) -> Visit:
        return await visit_of(self.request, self.meeting_id, self.person_id, self.house)

    @override
    async def may_try(self, command: object, order: Order) -> None:
        await take_door_try(self.request, self.house, command, order)

    @override
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
            "meetings/meeting.html",
            left_open=await self.house.open_questions(self.meeting_id) if view.leads else (),
            status=status,
            refused=refused,
            door_code=codes.current(self.meeting_id, view.now) if view.may_show_code else "",
            code_form=code_form or CODE_FORM.blank(),
            evaluation_form=evaluation_form or EVALUATION_FORM.blank(),
            **await self._besides(),
        )

    async def _besides(self) -> dict[str, Any]:
        followed = self.view.meeting.program_id
        async with self.house.views() as conn:
            return {
                "warnings": await warnings_about(conn, self.house.rules(), self.view),
                "program": None if followed is None else await offers.program(conn, followed),
            }


TheVisit: TypeAlias = NamedDependency[SkipValidation[Visit]]
"""The visit as handlers ask for it; it is ours, so nothing is there to validate."""


async def visit_of(
    request: Asking, meeting_id: FromPath[UUID], person_id: NamedDependency[UUID], house: TheHouse
) -> Visit:
    """Let the signed-in person in.

    Raises:
        NotFound: there is no such meeting, or they are not on its roster.
    """
    await wait_for(request, house, *Visit.VIEWS)
    administrator = await is_administrator(request, person_id)
    regrets = await house.regrets.of_meetings([meeting_id])
    async with house.views() as conn:
        view = await see_meeting(
            conn,
            meeting_id,
            person_id,
            administrator=administrator,
            takes_dues=house.takes_dues,
            regrets=regrets,
            now=house.clock.now(),
        )
    return Visit(request=request, house=house, person_id=person_id, view=view)
