"""Me: my name on papers, my licences, what is recorded about me."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import DomainError, InvalidFields, NotAllowed, NotFound
from domain.members.places import meant_by, name_of, unmistakable
from domain.rules.book import RuleBook
from projections.people import queries as people
from services.house import House
from services.members.commands import AddLicence
from services.members.names import naming_of
from services.web.edge.problems import to_problem
from services.web.edge.refusals import LaterPlease
from services.web.forms.orders import Asking, give, order_from_form
from services.web.forms.reading import Field, Filled, Form, Unusable
from services.web.forms.values import calendar_day, one_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, is_administrator, subject_page
from services.web.words import professions


def place(text: str) -> str:
    """Accept a place by its name or code, and keep its code: ``US-CA``, ``AU``."""
    match meant_by(text):
        case [code]:
            return code
        case []:
            raise Unusable(
                "We know no such place. Write a country; for the United States, Canada and "
                "Australia the state or province: California, or US-CA."
            )
        case several:
            names = " or ".join(name_of(each) for each in several)
            ways = " or ".join(unmistakable(each) for each in several)
            raise Unusable(f"This can be {names}. Write {ways}.")


# Nothing is chosen for anybody: a wrong profession would count by a wrong board's rules.
_NONE_YET: Final = ("", "Choose")
_FIELDS: Final = (
    Field(
        name="jurisdiction",
        label="Where it is valid",
        hint="The country; in the United States, Canada and Australia the state or province, if "
        "that is whose licence it is. California and US-CA are the same to us.",
        parse=place,
        missing="Write where your licence is valid.",
        longest=100,
    ),
    Field(
        name="number",
        label="Licence number",
        hint="Exactly as your board's database shows it.",
        missing="Write the number.",
        longest=60,
    ),
    Field(
        name="valid_from",
        label="Valid from",
        hint="The day you were first licensed, not the day of the card you hold now.",
        parse=calendar_day,
        kind="date",
        missing="Choose the first day.",
    ),
    Field(
        name="valid_until",
        label="Valid until",
        hint="Your next renewal. Without it nobody can say which cycle an hour belongs to.",
        parse=calendar_day,
        kind="date",
        required=False,
    ),
)


def licence_form(book: RuleBook) -> Form:
    """Return the form of a licence; it offers the professions that the packs in use know."""
    choices = professions.choices(book)
    profession = Field(
        name="profession",
        label="Profession",
        hint="As your board calls it; below stands what each of them says.",
        parse=one_of([value for value, _ in choices]),
        kind="select",
        choices=(_NONE_YET, *choices),
        missing="Choose your profession.",
    )
    return Form(profession, *_FIELDS)


class YouController(Controller):
    """``/you``."""

    path = "/you"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show what Peerhour knows of me."""
        return await _you_page(request, house, person_id)

    @post("/licences")
    async def add_licence(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Add a licence."""
        sent = await request.form()
        form = licence_form(house.rules()).read(sent)
        if not form.ok:
            return await _you_page(request, house, person_id, status=400, form=form)
        order = order_from_form(request, sent, person_id)
        command = AddLicence(
            member_id=person_id, licence_id=uuid5(order.command_id, "licence"), **form.values
        )
        try:
            await give(house, command, order, "people")
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            errors = refusal if isinstance(refusal, InvalidFields) else {"number": refusal.message}
            return await _you_page(
                request,
                house,
                person_id,
                status=to_problem(refusal).status,
                form=form.with_errors(errors),
            )
        return Redirect("/you?done=licence", status_code=303)


async def _you_page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    status: int = 200,
    form: Filled | None = None,
) -> Response[str]:
    book = house.rules()
    async with house.views() as conn:
        person = await people.person(conn, person_id)
        licences = await people.licences(conn, person_id)
    if person is None:
        raise NotFound("You are not registered here any more.")
    return await subject_page(
        request,
        "you/you.html",
        status=status,
        here="you",
        person=person,
        named=await naming_of(house, person_id),
        licences=licences,
        places=professions.by_place(book),
        form=form or licence_form(book).blank(),
        adding=form is not None,
        administrator=await is_administrator(request, person_id),
        takes_dues=house.payments is not None,
    )
