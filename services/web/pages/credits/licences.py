"""The last day of one of my licences."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from projections.people import queries as people
from projections.people.queries import LicenceRow
from services.house import House
from services.members.commands import EndLicence
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import calendar_day
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

END_FORM: Final = Form(
    Field(
        name="last_day",
        label="Its last day",
        hint="The licence counts on this day, and not after it.",
        parse=calendar_day,
        kind="date",
        missing="Choose its last day.",
    ),
)


class LicenceController(Controller):
    """``/you/licences/{id}``."""

    path = "/you/licences/{licence_id:uuid}"
    guards = (signed_in,)

    @get("/end")
    async def ask(
        self,
        request: Asking,
        licence_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask for the last day."""
        licence = await _own(house, person_id, licence_id)
        return await _page(request, licence, END_FORM.blank(last_day=licence.valid_until))

    @post("/end")
    async def end(
        self,
        request: Asking,
        licence_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Record the last day; a later one lengthens a licence that was renewed."""
        licence = await _own(house, person_id, licence_id)
        sent = await request.form()
        form = END_FORM.read(sent)
        if not form.ok:
            return await _page(request, licence, form, status=400)
        command = EndLicence(member_id=person_id, licence_id=licence_id, last_day=form["last_day"])
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, "people")
        if refusal is not None:
            # The rule speaks of validities; here there is one day to set right.
            refused = with_refusal(form, refusal, "last_day")
            refused = form.with_errors({"last_day": next(iter(refused.errors.values()))})
            return await _page(request, licence, refused, status=to_problem(refusal).status)
        return Redirect("/you?done=licence_end", status_code=303)


async def _own(house: House, person_id: UUID, licence_id: UUID) -> LicenceRow:
    async with house.views() as conn:
        licences = await people.licences(conn, person_id)
    for licence in licences:
        if licence.licence_id == licence_id:
            return licence
    raise NotFound("There is no such licence, or it is not yours.")


async def _page(
    request: Asking, licence: LicenceRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "credits/licence_end.html",
        status=status,
        here="you",
        licence=licence,
        form=form,
    )
