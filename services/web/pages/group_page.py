"""A visit to a group: its page, and how its forms act: do it and come back, or say why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect

from domain.values import Modality
from services.dispatch import Order
from services.house import House
from services.web.forms import Filled
from services.web.orders import Asking, Refused, attempt, give, order_from_form, require_fresh
from services.web.pages.group_forms import ADMIT_FORM, PLAN_FORM
from services.web.pages.group_view import GroupView, see_group
from services.web.subjects import TheHouse, is_administrator, subject_page
from services.web.times import day

VIEWS: Final = ("schedule", "roster")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupVisit:
    """Somebody on the pages of a group.

    Attributes:
        person_id: who asks.
        view: the group as they see it.
    """

    request: Asking
    house: House
    person_id: UUID
    view: GroupView

    @property
    def group_id(self) -> UUID:
        """Which group it is."""
        return self.view.group.group_id

    async def page(
        self, template: str, *, status: int = 200, refused: Refused | None = None, **values: Any
    ) -> Response[str]:
        """Answer with a page about the group.

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
        plan: Filled | None = None,
        admit: Filled | None = None,
    ) -> Response[str]:
        """Answer with the group's own page, and forms on it as they were sent."""
        return await self.page(
            "group.html",
            status=status,
            refused=refused,
            plan=plan or (_proposal(self.view) if self.view.leads else PLAN_FORM.blank()),
            planning=plan is not None,
            admit=admit or ADMIT_FORM.blank(),
        )

    async def order(self) -> Order:
        """Return the order that the form of this request gives."""
        return order_from_form(self.request, await self.request.form(), self.person_id)

    async def act(
        self,
        command: object,
        back: str,
        *,
        seen: str | None = None,
        again: Again | None = None,
    ) -> Response[Any]:
        """Give the command of a form, then go where it leads.

        Args:
            command: what the form orders.
            back: where to go once it is done.
            seen: what the form's page must have shown, if the form says what it did show.
            again: what to answer if a rule says no; the group's own page by default.

        Returns:
            A redirect; or the group as it stands now, with the reason why nothing was done.
        """
        sent = await self.request.form()
        refused = await attempt(self._give(command, await self.order(), sent, seen))
        if refused is None:
            return Redirect(back, status_code=303)
        now = await group_visit_of(self.request, self.group_id, self.person_id, self.house)
        return await (again(now, refused) if again else now.show(refused=refused))

    async def _give(
        self, command: object, order: Order, sent: FormMultiDict, seen: str | None
    ) -> None:
        if seen is not None:
            async with self.house.views() as conn:
                await require_fresh(conn, sent, seen, stream_id=self.group_id, order=order)
        await give(self.house, command, order, *VIEWS)


Again: TypeAlias = Callable[[GroupVisit, Refused], Awaitable[Response[str]]]
TheGroupVisit: TypeAlias = NamedDependency[SkipValidation[GroupVisit]]
"""The visit as handlers ask for it; it is ours, so nothing is there to validate."""


async def group_visit_of(
    request: Asking, group_id: FromPath[UUID], person_id: NamedDependency[UUID], house: TheHouse
) -> GroupVisit:
    """Let the signed-in person in.

    Raises:
        NotFound: there is no such group, or they do not belong to it.
    """
    administrator = await is_administrator(request, person_id)
    async with house.views() as conn:
        view = await see_group(
            conn, group_id, person_id, administrator=administrator, now=house.clock.now()
        )
    return GroupVisit(request=request, house=house, person_id=person_id, view=view)


def _proposal(view: GroupView) -> Filled:
    local = view.next_occurrence().astimezone(ZoneInfo(view.group.zone))
    last = view.meetings[0].modality if view.meetings else Modality.LIVE_VIDEO.value
    return PLAN_FORM.blank(
        title=f"{view.group.name}, {day(local.date())}",
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        minutes=view.group.minutes,
        modality=last,
    )
