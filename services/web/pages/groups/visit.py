"""A visit to a group: its page, and how its forms act: do it and come back, or say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from typing_extensions import override

from domain.days import day
from domain.values import Modality
from projections.offers import queries as offers
from projections.offers.queries import ProgramRow
from services.web.forms.orders import Asking, Refused
from services.web.forms.reading import Filled
from services.web.pages.groups.forms import ADMIT_FORM, PLAN_FORM
from services.web.pages.groups.view import GroupView, see_group
from services.web.pages.visits import PageVisit
from services.web.subjects import TheHouse, is_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupVisit(PageVisit[GroupView]):
    """Somebody on the pages of a group."""

    VIEWS = ("schedule", "roster")

    @property
    @override
    def stream_id(self) -> UUID:
        return self.group_id

    @property
    def group_id(self) -> UUID:
        """Which group it is."""
        return self.view.group.group_id

    @override
    async def once_more(self) -> GroupVisit:
        return await group_visit_of(self.request, self.group_id, self.person_id, self.house)

    @override
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
            "groups/group.html",
            status=status,
            refused=refused,
            plan=plan or (_proposal(self.view) if self.view.leads else PLAN_FORM.blank()),
            planning=plan is not None,
            admit=admit or ADMIT_FORM.blank(),
            program=await self._program(),
        )

    async def _program(self) -> ProgramRow | None:
        followed = self.view.group.program_id
        if followed is None:
            return None
        async with self.house.views() as conn:
            return await offers.program(conn, followed)


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
            conn,
            group_id,
            person_id,
            administrator=administrator,
            takes_dues=house.takes_dues,
            regrets_about=house.regrets.of_meetings,
            now=house.clock.now(),
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
