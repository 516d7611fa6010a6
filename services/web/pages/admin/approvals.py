"""For administrators: withdrawing an approval from a day on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from projections.offers import queries as offers
from projections.offers.queries import ApprovalRow
from services.house import House
from services.providers import WithdrawApproval
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.offer_forms import WITHDRAWAL_FORM
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page


class ApprovalController(Controller):
    """``/admin/providers/{id}/approvals/{id}/withdraw``."""

    path = "/admin/providers/{provider_id:uuid}/approvals/{approval_id:uuid}/withdraw"
    guards = (administrator,)

    @get()
    async def ask(
        self,
        request: Asking,
        provider_id: FromPath[UUID],
        approval_id: FromPath[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask from which day on it does not count, and why."""
        approval = await _approval(house, provider_id, approval_id)
        return await _page(request, approval, WITHDRAWAL_FORM.blank())

    @post()
    async def withdraw(
        self,
        request: Asking,
        provider_id: FromPath[UUID],
        approval_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Withdraw it."""
        approval = await _approval(house, provider_id, approval_id)
        sent = await request.form()
        form = WITHDRAWAL_FORM.read(sent)
        if not form.ok:
            return await _page(request, approval, form, status=400)
        command = WithdrawApproval(
            provider_id=provider_id, approval_id=approval_id, by=person_id, **form.values
        )
        refusal = await attempt(house, command, order_from_form(request, sent, person_id), "offers")
        if refusal is not None:
            form = with_refusal(form, refusal, "from_day")
            return await _page(request, approval, form, status=to_problem(refusal).status)
        return Redirect(f"/admin/providers/{provider_id}?done=approval_withdrawn", status_code=303)


async def _approval(house: House, provider_id: UUID, approval_id: UUID) -> ApprovalRow:
    async with house.views() as conn:
        for approval in await offers.approvals(conn, provider_id):
            if approval.approval_id == approval_id:
                return approval
    raise NotFound("There is no such approval.")


async def _page(
    request: Asking, approval: ApprovalRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "admin/approval_withdraw.html",
        status=status,
        here="you",
        approval=approval,
        form=form,
    )
