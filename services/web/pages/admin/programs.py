"""For administrators: a program, and retiring it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from projections.offers import queries as offers
from projections.offers.queries import ProgramRow
from services.house import House
from services.providers import RetireProgram
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.offer_forms import RETIREMENT_FORM
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page, zone_of_reader


class ProgramController(Controller):
    """``/admin/programs/{id}``."""

    path = "/admin/programs/{program_id:uuid}"
    guards = (administrator,)

    @get()
    async def show(
        self, request: Asking, program_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Show a program."""
        program = await _program(house, program_id)
        return await subject_page(
            request,
            "admin/program.html",
            here="you",
            program=program,
            zone=await zone_of_reader(request, house),
        )

    @get("/retire")
    async def ask(
        self, request: Asking, program_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask why it is retired, and say what that means."""
        program = await _program(house, program_id)
        return await _retire_page(request, program, RETIREMENT_FORM.blank())

    @post("/retire")
    async def retire(
        self,
        request: Asking,
        program_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Stop offering it; a second time changes nothing."""
        program = await _program(house, program_id)
        sent = await request.form()
        form = RETIREMENT_FORM.read(sent)
        if not form.ok:
            return await _retire_page(request, program, form, status=400)
        command = RetireProgram(program_id=program_id, by=person_id, **form.values)
        refusal = await attempt(house, command, order_from_form(request, sent, person_id), "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "reason")
            return await _retire_page(request, program, form, status=to_problem(refusal).status)
        return Redirect(f"/admin/programs/{program_id}?done=retired", status_code=303)


async def _program(house: House, program_id: UUID) -> ProgramRow:
    async with house.views() as conn:
        program = await offers.program(conn, program_id)
    if program is None:
        raise NotFound("There is no such program.")
    return program


async def _retire_page(
    request: Asking, program: ProgramRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "admin/program_retire.html",
        status=status,
        here="you",
        program=program,
        form=form,
    )
