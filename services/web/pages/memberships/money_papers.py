"""Stories of money, invoices and payment confirmations, for whoever's account it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.response import Redirect

from domain.errors import NotFound
from domain.money.billing_accounts import billing_account_id
from domain.payments.invoices import Invoice
from domain.payments.papers import PaymentConfirmation, confirm
from domain.payments.refusals import PaymentsAway
from projections.memberships import queries as memberships
from services.days import zone_of
from services.house import House
from services.money.story import as_csv, as_json, fact_of, story_of
from services.web.context import web_of
from services.web.forms.orders import Asking, Refused, attempt
from services.web.forms.reading import Field, Filled, Form
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.payment_pages import lead
from services.web.subjects import subject_page

_FORM: Final = Form(
    Field(
        name="payer_name",
        label="Name on this paper",
        hint="As whoever gets it knows the payer. It stands on the paper only; nothing else "
        "changes.",
        missing="Write a name.",
        autocomplete="name",
    )
)
_LONGEST_ID: Final = 255  # as the service's ids
_PRIVATE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Whose papers are asked for, by whom, and on which pages.

    Attributes:
        payer_id: a person, or a practice.
        customer_id: under which id the payment service knows the payer, once it does.
        reader_id: who asks.
        here: address of the payer's pages.
        practice: the practice's name; empty for somebody's own dues.
    """

    payer_id: UUID
    customer_id: str | None
    reader_id: UUID
    here: str
    practice: str = ""


async def story_page(request: Asking, house: House, papers: Papers) -> Response[str]:
    """Tell every line, the newest first; our own record is enough for that."""
    lines = await story_of(house, papers.payer_id, reader=papers.reader_id)
    async with house.views() as conn:
        zone = await zone_of(conn, papers.reader_id)
    return await subject_page(
        request, "memberships/money.html", here="you", lines=lines[::-1], zone=zone, papers=papers
    )


async def story_file(house: House, papers: Papers, file_name: str) -> Response[bytes]:
    """Hand the same lines over as ``money.csv`` or ``money.json``.

    Raises:
        NotFound: there is no such file.
    """
    if file_name not in {"money.csv", "money.json"}:
        raise NotFound("There is no such file.")
    lines = await story_of(house, papers.payer_id, reader=papers.reader_id)
    if file_name == "money.csv":
        return _file(as_csv(lines), "text/csv", file_name)
    content = as_json(lines, made_at=house.clock.now())
    return _file(content, "application/json", file_name)


async def find_invoices(request: Asking, house: House, papers: Papers) -> list[Invoice] | None:
    """Return the payer's invoices; ``None`` while the payment service is away."""
    if papers.customer_id is None:
        return []
    await ask_service(request, papers.reader_id)
    try:
        return list(await desk_of(house).invoices(papers.customer_id))
    except PaymentsAway:
        return None


async def own_invoice(request: Asking, house: House, papers: Papers, invoice_id: str) -> Invoice:
    """Return an invoice of the payer's own account.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
    """
    desk = desk_of(house)
    not_there = f"There is no such invoice of {'this practice' if papers.practice else 'yours'}."
    fits = invoice_id.replace("_", "").isalnum() and len(invoice_id) <= _LONGEST_ID
    if papers.customer_id is None or not fits:
        raise NotFound(not_there)
    await ask_service(request, papers.reader_id)
    whose, invoice = await desk.invoice(invoice_id)
    if whose != papers.customer_id:
        raise NotFound(not_there)
    return invoice


def lead_to(request: Asking, url: str | None) -> Redirect:
    """Lead to a page of the service's own.

    Raises:
        NotFound: the invoice has none yet.
    """
    if url is None:
        raise NotFound("This invoice has no such page yet. Look again in an hour.")
    return lead(web_of(request).settings, url)


async def ask_for_name(
    request: Asking, house: House, papers: Papers, invoice_id: str, *, suggested: str
) -> Response[str]:
    """Ask under which name a payment is to be confirmed."""
    invoice = await own_invoice(request, house, papers, invoice_id)
    return await _name_page(request, papers, invoice, _FORM.blank(payer_name=suggested))


async def confirmation(
    request: Asking, house: House, papers: Papers, invoice_id: str
) -> Response[Any]:
    """Draw the paper with the name that was typed; nothing of it is kept."""
    invoice = await own_invoice(request, house, papers, invoice_id)
    form = _FORM.read(await request.form())
    if not form.ok:
        return await _name_page(request, papers, invoice, form)
    drawn: list[bytes] = []

    async def draw() -> None:
        paper = await _paper(house, papers, invoice, form["payer_name"])
        drawn.append(await asyncio.to_thread(house.draw_confirmation, paper))

    refused = await attempt(draw())
    if refused is not None:
        return await _name_page(request, papers, invoice, form, refused=refused)
    return _file(drawn[0], "application/pdf", f"payment-confirmation-{invoice.invoice_id}.pdf")


async def _paper(
    house: House, papers: Papers, invoice: Invoice, payer_name: str
) -> PaymentConfirmation:
    async with house.views() as conn:
        rows = await memberships.money_lines(conn, billing_account_id(papers.payer_id))
        zone = await zone_of(conn, papers.reader_id)
    return confirm(
        invoice,
        [fact_of(row) for row in rows],
        payer_name=payer_name,
        issued_at=house.clock.now(),
        zone=zone,
        house=house.origin.partition("://")[2],
    )


async def _name_page(
    request: Asking,
    papers: Papers,
    invoice: Invoice,
    form: Filled,
    *,
    refused: Refused | None = None,
) -> Response[str]:
    return await subject_page(
        request,
        "memberships/confirmation.html",
        status=refused.status if refused else 200 if form.ok else 400,
        here="you",
        invoice=invoice,
        papers=papers,
        form=form,
        problem=refused.sentence if refused else "",
    )


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(
        content,
        media_type=media_type,
        headers={**_PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )
