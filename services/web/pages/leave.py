"""Taking leave, and coming back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import NotFound
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.members import ComeBack, TakeLeave
from services.web.orders import Asking, give, order_from_form
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page


class LeaveController(Controller):
    """``/you/leave``."""

    path = "/you/leave"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Say what leave means before it is taken; or offer to come back."""
        async with house.views() as conn:
            person = await people.person(conn, person_id)
            groups = await schedule.groups_of(conn, person_id)
        if person is None:
            raise NotFound("You are not registered here any more.")
        led = [group for group in groups if group.facilitator_id == person_id]
        return await subject_page(
            request,
            "leave.html",
            here="you",
            person=person,
            led=led,
            takes_dues=house.takes_dues,
        )

    @post()
    async def take(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Take leave; somebody on leave already stays so."""
        order = order_from_form(request, await request.form(), person_id)
        await give(house, TakeLeave(member_id=person_id), order, "people")
        return Redirect("/you?done=leave", status_code=303)

    @post("/end")
    async def come_back(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Be expected again."""
        order = order_from_form(request, await request.form(), person_id)
        await give(house, ComeBack(member_id=person_id), order, "people")
        return Redirect("/you?done=back", status_code=303)
