"""My name as papers show it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import NotFound
from projections.people import queries as people
from services.house import House
from services.members.commands import CorrectName
from services.web.attempts import attempt, with_refusal
from services.web.forms import Field, Filled, Form
from services.web.orders import Asking, order_from_form
from services.web.problems import to_problem
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page

NAME_FORM: Final = Form(
    Field(
        name="name_on_papers",
        label="Name on papers",
        hint="As it stands on your licence. Papers can print Latin, Greek, Cyrillic, Chinese, "
        "Japanese and Korean letters; for another script, write it in one of these.",
        missing="Write your name.",
        autocomplete="name",
        longest=120,
    ),
    Field(
        name="reason",
        label="Why it changes",
        hint="A few words, such as: a slip of the pen, or a new family name.",
        missing="Write why, in a few words.",
    ),
)


class NameController(Controller):
    """``/you/name``."""

    path = "/you/name"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask for the right name."""
        name = await _name_of(house, person_id)
        return await _page(request, name, NAME_FORM.blank(name_on_papers=name))

    @post()
    async def correct(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Correct the name; papers already issued keep theirs."""
        name = await _name_of(house, person_id)
        sent = await request.form()
        form = NAME_FORM.read(sent)
        if not form.ok:
            return await _page(request, name, form, status=400)
        command = CorrectName(member_id=person_id, by=person_id, **form.values)
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, "people")
        if refusal is not None:
            form = with_refusal(form, refusal, "name_on_papers")
            return await _page(request, name, form, status=to_problem(refusal).status)
        return Redirect("/you?done=name", status_code=303)


async def _name_of(house: House, person_id: UUID) -> str:
    async with house.views() as conn:
        person = await people.person(conn, person_id)
    if person is None:
        raise NotFound("You are not registered here any more.")
    return person.name


async def _page(request: Asking, name: str, form: Filled, *, status: int = 200) -> Response[str]:
    return await subject_page(
        request, "name.html", status=status, here="you", now_named=name, form=form
    )
