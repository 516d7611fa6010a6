"""Practices: those somebody looks after, the seats somebody has, and opening another one."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from projections.patrons import queries as patrons
from services.house import House
from services.money.billing import OpenPractice
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.pages.memberships.view import desk_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

VIEW: Final = "patrons"
PRACTICE_FORM: Final = Form(
    Field(
        name="name",
        label="What its people call the practice",
        hint="It stands in invitations. Do not use the name of a client or a diagnosis.",
        missing="Write a name.",
        autocomplete="organization",
        longest=120,
    )
)


class PracticesController(Controller):
    """``/practices``."""

    path = "/practices"
    guards = (signed_in,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List what somebody looks after, and what they were given."""
        return await practices_page(request, house, person_id)

    @post()
    async def begin(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Open a practice; whoever opens it looks after its seats."""
        desk_of(house)
        sent = await request.form()
        form = PRACTICE_FORM.read(sent)
        if not form.ok:
            return await practices_page(request, house, person_id, form=form)
        order = order_from_form(request, sent, person_id)
        practice_id = uuid5(order.command_id, "practice")
        command = OpenPractice(practice_id=practice_id, name=form["name"], by=person_id)
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await practices_page(request, house, person_id, form=form, refused=refused)
        return Redirect(f"/practices/{practice_id}/start?done=practice_opened", status_code=303)


async def practices_page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    """Answer with the list; what was refused is told above it."""
    desk_of(house)
    async with house.views() as conn:
        managed = await patrons.practices_managed_by(conn, person_id)
        seats = await patrons.seats_of(conn, person_id)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "practices/practices.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        managed=managed,
        seats=seats,
        me=person_id,
        form=form or PRACTICE_FORM.blank(),
        problem=refused.sentence if refused else "",
    )
