"""For administrators: providers, with their approvals by date and their programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from projections.offers import queries as offers
from services.house import House
from services.providers import PublishProgram, RecordApproval, RegisterProvider
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.offer_forms import APPROVAL_FORM, PROGRAM_FORM, PROVIDER_FORM
from services.web.pages.admin.printable import printable
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page


class ProviderController(Controller):
    """``/admin/providers``."""

    path = "/admin/providers"
    guards = (administrator,)

    @get()
    async def index(self, request: Asking, house: TheHouse) -> Response[str]:
        """List the providers, with what counts today."""
        return await _index_page(request, house)

    @post()
    async def register(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Make a provider known."""
        sent = await request.form()
        form = await printable(house, PROVIDER_FORM.read(sent))
        if not form.ok:
            return await _index_page(request, house, form=form, status=400)
        order = order_from_form(request, sent, person_id)
        provider_id = uuid5(order.command_id, "provider")
        command = RegisterProvider(provider_id=provider_id, **form.values)
        refusal = await attempt(house, command, order, "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "name")
            status = to_problem(refusal).status
            return await _index_page(request, house, form=form, status=status)
        return Redirect(f"/admin/providers/{provider_id}?done=provider", status_code=303)

    @get("/{provider_id:uuid}")
    async def show(
        self, request: Asking, provider_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Show a provider."""
        return await _page(request, house, provider_id)

    @post("/{provider_id:uuid}/approvals")
    async def approve(
        self,
        request: Asking,
        provider_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Record an approval."""
        sent = await request.form()
        form = await printable(house, APPROVAL_FORM.read(sent))
        if not form.ok:
            return await _page(request, house, provider_id, approval=form, status=400)
        order = order_from_form(request, sent, person_id)
        command = RecordApproval(
            provider_id=provider_id,
            approval_id=uuid5(order.command_id, "approval"),
            **{**form.values, "number": form["number"] or ""},
        )
        refusal = await attempt(house, command, order, "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "body")
            status = to_problem(refusal).status
            return await _page(request, house, provider_id, approval=form, status=status)
        return Redirect(f"/admin/providers/{provider_id}?done=approval", status_code=303)

    @post("/{provider_id:uuid}/programs")
    async def publish(
        self,
        request: Asking,
        provider_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Offer a program."""
        sent = await request.form()
        form = await printable(house, PROGRAM_FORM.read(sent))
        if not form.ok:
            return await _page(request, house, provider_id, program=form, status=400)
        order = order_from_form(request, sent, person_id)
        command = PublishProgram(
            program_id=uuid5(order.command_id, "program"),
            provider_id=provider_id,
            **{**form.values, "topics": form["topics"] or []},
        )
        refusal = await attempt(house, command, order, "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "title")
            status = to_problem(refusal).status
            return await _page(request, house, provider_id, program=form, status=status)
        return Redirect(f"/admin/programs/{command.program_id}?done=program", status_code=303)


async def _index_page(
    request: Asking, house: House, *, form: Filled | None = None, status: int = 200
) -> Response[str]:
    today = house.clock.now().date()
    async with house.views() as conn:
        rows = []
        for provider in await offers.providers(conn):
            approvals = await offers.approvals(conn, provider.provider_id)
            programs = await offers.programs(conn, provider.provider_id)
            counting = [each for each in approvals if each.standing_on(today) == "counts"]
            offered = [each for each in programs if each.retired_at is None]
            rows.append((provider, counting, offered))
    return await subject_page(
        request,
        "admin/providers.html",
        status=status,
        here="you",
        rows=rows,
        form=form or PROVIDER_FORM.blank(),
        adding=form is not None,
    )


async def _page(
    request: Asking,
    house: House,
    provider_id: UUID,
    *,
    approval: Filled | None = None,
    program: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    async with house.views() as conn:
        provider = await offers.provider(conn, provider_id)
        if provider is None:
            raise NotFound("There is no such provider.")
        approvals = await offers.approvals(conn, provider_id)
        programs = await offers.programs(conn, provider_id)
    return await subject_page(
        request,
        "admin/provider.html",
        status=status,
        here="you",
        provider=provider,
        approvals=approvals,
        programs=programs,
        today=house.clock.now().date(),
        approval_form=approval or APPROVAL_FORM.blank(),
        approving=approval is not None,
        program_form=program or PROGRAM_FORM.blank(),
        publishing=program is not None,
    )
