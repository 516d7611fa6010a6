"""For administrators: paying back through a credit note, alone or with somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.values import Money
from services.dispatch import Work
from services.house import House
from services.money.refunds import (
    AgreeToRefund,
    AskRefund,
    DropRefundProposal,
    ProposeRefund,
    alone_up_to,
)
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.billing.account import VIEWS, account_page
from services.web.pages.billing.forms import refund_form
from services.web.pages.billing.view import InvoiceView, invoices_of, ledger_of, payer_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page, zone_of_reader
from services.web.words import billing as billing_words

_NO_INVOICE: Final = "Nothing was paid for such an invoice here."


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """What a page about paying back shows.

    Attributes:
        account_id: whose money; *name* is what they are called.
        invoice: what was paid for it, and what can go back.
        alone: how much this administrator may pay back without somebody else.
    """

    account_id: UUID
    name: str
    invoice: InvoiceView
    alone: Money

    def needs_two(self, amount: Money) -> bool:
        """Tell whether somebody else has to agree to an amount."""
        return amount.cents > self.alone.cents


class BillingRefundController(Controller):
    """``/admin/billing/{account_id}/refunds`` and ``…/proposals``."""

    path = "/admin/billing/{account_id:uuid}"
    guards = (administrator,)

    @get("/refunds/{invoice_id:str}")
    async def ask(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask how much is to be paid back, and why."""
        view = await _refund_view(house, account_id, invoice_id, person_id)
        return await _page(request, house, view, refund_form(view.invoice.left).blank())

    @post("/refunds/{invoice_id:str}")
    async def order(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Order it; what takes two people is proposed by that."""
        view = await _refund_view(house, account_id, invoice_id, person_id)
        sent = await request.form()
        form = refund_form(view.invoice.left).read(sent)
        if not form.ok:
            return await _page(request, house, view, form)
        given = order_from_form(request, sent, person_id)
        kind = ProposeRefund if view.needs_two(form["amount"]) else AskRefund
        command = kind(
            account_id=account_id,
            order_id=f"refund-{given.command_id}",
            invoice_id=invoice_id,
            amount=form["amount"],
            reason=form["reason"],
            by=person_id,
        )
        refused = await attempt(give(house, command, given, *VIEWS))
        if refused is not None:
            return await _page(
                request,
                house,
                view,
                form.with_errors({"amount": refused.sentence}),
                refused=refused,
            )
        done = "refund_asked" if kind is AskRefund else "refund_proposed"
        return Redirect(f"/admin/billing/{account_id}?done={done}", status_code=303)

    @post("/proposals/agree")
    async def agree(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Agree to what another administrator proposed."""
        return await _decide(request, house, account_id, person_id, AgreeToRefund, "refund_agreed")

    @post("/proposals/drop")
    async def drop(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Drop a proposal."""
        kind = DropRefundProposal
        return await _decide(request, house, account_id, person_id, kind, "refund_dropped")


async def _decide(
    request: Asking,
    house: House,
    account_id: UUID,
    person_id: UUID,
    kind: type[AgreeToRefund | DropRefundProposal],
    done: str,
) -> Response[Any]:
    await payer_of(house, account_id)
    sent = await request.form()
    command = kind(account_id=account_id, order_id=str(sent.get("order_id", "")), by=person_id)
    order = order_from_form(request, sent, person_id)
    refused = await attempt(give(house, command, order, *VIEWS))
    if refused is not None:
        return await account_page(request, house, account_id, person_id, refused=refused)
    return Redirect(f"/admin/billing/{account_id}?done={done}", status_code=303)


async def _refund_view(
    house: House, account_id: UUID, invoice_id: str, person_id: UUID
) -> RefundView:
    """Return what there is to pay back.

    Raises:
        NotFound: there is no such account, or nothing was paid for such an invoice.
    """
    payer, name = await payer_of(house, account_id)
    for invoice in invoices_of(await ledger_of(house, account_id)):
        if invoice.invoice_id == invoice_id:
            currency = invoice.paid.currency
            work = Work(house.store, account_id)
            alone = await alone_up_to(
                work, house.refund_limits, payer.payer_id, by=person_id, currency=currency
            )
            return RefundView(account_id=account_id, name=name, invoice=invoice, alone=alone)
    raise NotFound(_NO_INVOICE)


async def _page(
    request: Asking,
    house: House,
    view: RefundView,
    form: Filled,
    *,
    refused: Refused | None = None,
) -> Response[str]:
    return await subject_page(
        request,
        "billing/refund.html",
        status=refused.status if refused else 200 if form.ok else 400,
        here="you",
        view=view,
        zone=await zone_of_reader(request, house),
        form=form,
        billing=billing_words,
    )
