"""What happened with my money: the story, its files, my invoices, and a paper for an employer."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.billing_accounts import billing_account_id
from domain.errors import NotFound
from domain.payment_papers import PaymentConfirmation, confirm
from domain.payments import Invoice, PaymentsAway
from projections.memberships import queries as memberships
from projections.people import queries as people
from services.house import House
from services.membership_checkouts import find_customer
from services.money_story import as_csv, as_json, fact_of, story_of
from services.web import membership_words
from services.web.context import web_of
from services.web.forms import Field, Filled, Form
from services.web.orders import Asking, Refused, attempt
from services.web.pages.membership_view import ask_service, desk_of, zone_of
from services.web.payment_pages import lead
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page

_FORM: Final = Form(
    Field(
        name="payer_name",
        label="Your name on this paper",
        hint="As whoever gets it knows you. It stands on the paper only; nothing else changes.",
        missing="Write your name.",
        autocomplete="name",
    )
)
_NO_INVOICE: Final = "There is no such invoice of yours."
_PRIVATE: Final = {"Cache-Control": "no-store"}


class MembershipMoneyController(Controller):
    """``/membership/money`` and ``/membership/invoices``."""

    path = "/membership"
    guards = (signed_in,)

    @get("/money")
    async def story(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell every line, the newest first; our own record is enough for that."""
        lines = await story_of(house, person_id)
        async with house.views() as conn:
            zone = await zone_of(conn, person_id)
        return await subject_page(
            request, "membership_money.html", here="you", lines=lines[::-1], zone=zone
        )

    @get("/money/{file_name:str}")
    async def file(
        self, file_name: FromPath[str], person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[bytes]:
        """Hand the same lines over as ``money.csv`` or ``money.json``."""
        if file_name not in {"money.csv", "money.json"}:
            raise NotFound("There is no such file.")
        lines = await story_of(house, person_id)
        if file_name == "money.csv":
            return _file(as_csv(lines), "text/csv; charset=utf-8", file_name)
        content = as_json(lines, made_at=house.clock.now())
        return _file(content, "application/json", file_name)

    @get("/invoices")
    async def invoices(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List my invoices; while the payment service is away, what our record knows of them."""
        found: list[Invoice] | None = []
        customer_id = await find_customer(house, person_id)
        if customer_id is not None:
            await ask_service(request, person_id)
            try:
                found = list(await desk_of(house).invoices(customer_id))
            except PaymentsAway:
                found = None
        async with house.views() as conn:
            zone = await zone_of(conn, person_id)
        return await subject_page(
            request,
            "membership_invoices.html",
            here="you",
            invoices=found,
            lines=[] if found is not None else (await story_of(house, person_id))[::-1],
            dues=membership_words,
            zone=zone,
        )

    @get("/invoices/{invoice_id:str}/page")
    async def invoice_page(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the service's own page, where an open invoice can be paid."""
        invoice = await _own_invoice(request, house, person_id, invoice_id)
        return _lead(request, invoice.page_url)

    @get("/invoices/{invoice_id:str}/file")
    async def invoice_file(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the service's own PDF."""
        invoice = await _own_invoice(request, house, person_id, invoice_id)
        return _lead(request, invoice.file_url)

    @get("/invoices/{invoice_id:str}/confirmation")
    async def ask_for_name(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask under which name the payment is to be confirmed."""
        invoice = await _own_invoice(request, house, person_id, invoice_id)
        async with house.views() as conn:
            person = await people.person(conn, person_id)
        name = "" if person is None else person.name
        return await _confirmation_page(request, invoice, _FORM.blank(payer_name=name))

    @post("/invoices/{invoice_id:str}/confirmation", status_code=200)
    async def confirmation(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Draw the paper with the name that was typed; nothing of it is kept."""
        invoice = await _own_invoice(request, house, person_id, invoice_id)
        form = _FORM.read(await request.form())
        if not form.ok:
            return await _confirmation_page(request, invoice, form)
        papers: list[bytes] = []

        async def draw() -> None:
            paper = await _paper(house, person_id, invoice, form["payer_name"])
            papers.append(await asyncio.to_thread(house.draw_confirmation, paper))

        refused = await attempt(draw())
        if refused is not None:
            return await _confirmation_page(request, invoice, form, refused=refused)
        name = f"payment-confirmation-{invoice.invoice_id}.pdf"
        return _file(papers[0], "application/pdf", name)


def _lead(request: Asking, url: str | None) -> Redirect:
    if url is None:
        raise NotFound("This invoice has no such page yet. Look again in an hour.")
    return lead(web_of(request).settings, url)


async def _own_invoice(request: Asking, house: House, person_id: UUID, invoice_id: str) -> Invoice:
    """Return an invoice of the person's own account.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
    """
    desk = desk_of(house)
    customer_id = await find_customer(house, person_id)
    if customer_id is None or not invoice_id.replace("_", "").isalnum() or len(invoice_id) > 255:  # noqa: PLR2004 - as the service's ids
        raise NotFound(_NO_INVOICE)
    await ask_service(request, person_id)
    whose, invoice = await desk.invoice(invoice_id)
    if whose != customer_id:
        raise NotFound(_NO_INVOICE)
    return invoice


async def _paper(
    house: House, person_id: UUID, invoice: Invoice, payer_name: str
) -> PaymentConfirmation:
    async with house.views() as conn:
        rows = await memberships.money_lines(conn, billing_account_id(person_id))
        zone = await zone_of(conn, person_id)
    return confirm(
        invoice,
        [fact_of(row) for row in rows],
        payer_name=payer_name,
        issued_at=house.clock.now(),
        zone=zone,
        house=house.origin.partition("://")[2],
    )


async def _confirmation_page(
    request: Asking, invoice: Invoice, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await subject_page(
        request,
        "membership_confirmation.html",
        status=refused.status if refused else 200 if form.ok else 400,
        here="you",
        invoice=invoice,
        form=form,
        problem=refused.sentence if refused else "",
    )


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(
        content,
        media_type=media_type,
        headers={**_PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )
