"""For administrators: setting right what papers say of a provider."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.personal import ERASED
from projections.offers import queries as offers
from projections.offers.queries import ProviderRow
from services.house import House
from services.providers import CorrectProvider
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.offer_forms import CORRECTION_FORM
from services.web.pages.admin.printable import printable
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page


class ProviderCorrectionController(Controller):
    """``/admin/providers/{id}/correct``."""

    path = "/admin/providers/{provider_id:uuid}/correct"
    guards = (administrator,)

    @get()
    async def ask(
        self, request: Asking, provider_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Show what papers say, to be set right."""
        row = await _provider(house, provider_id)
        signs = None if row.authorising_name == ERASED else row.authorising_name
        form = CORRECTION_FORM.blank(
            name=row.name,
            address=row.address,
            contact=row.contact,
            authorising_name=signs,
            authorising_role=row.authorising_role,
        )
        return await _page(request, row, form)

    @post()
    async def correct(
        self,
        request: Asking,
        provider_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Set it right, for papers to come."""
        row = await _provider(house, provider_id)
        sent = await request.form()
        form = await printable(house, CORRECTION_FORM.read(sent))
        if not form.ok:
            return await _page(request, row, form, status=400)
        command = CorrectProvider(provider_id=provider_id, by=person_id, **form.values)
        refusal = await attempt(house, command, order_from_form(request, sent, person_id), "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "name")
            return await _page(request, row, form, status=to_problem(refusal).status)
        return Redirect(f"/admin/providers/{provider_id}?done=provider_corrected", status_code=303)


async def _provider(house: House, provider_id: UUID) -> ProviderRow:
    async with house.views() as conn:
        row = await offers.provider(conn, provider_id)
    if row is None:
        raise NotFound("There is no such provider.")
    return row


async def _page(
    request: Asking, row: ProviderRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request, "admin/provider_correct.html", status=status, here="you", provider=row, form=form
    )
