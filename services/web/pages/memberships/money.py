"""What happened with my money: the story, its files, my invoices, and a paper for an employer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.days import zone_of
from services.house import House
from services.members.names import naming_of
from services.memberships.checkouts import find_customer
from services.money.story import story_of
from services.web.forms.orders import Asking
from services.web.pages.memberships import money_papers
from services.web.pages.memberships.money_papers import Papers, find_invoices, lead_to, own_invoice
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words


class MembershipMoneyController(Controller):
    """``/membership/money`` and ``/membership/invoices``."""

    path = "/membership"
    guards = (signed_in,)

    @get("/money")
    async def story(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell every line, the newest first."""
        return await money_papers.story_page(request, house, await _mine(house, person_id))

    @get("/money/{file_name:str}")
    async def file(
        self, file_name: FromPath[str], person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[bytes]:
        """Hand the same lines over as ``money.csv`` or ``money.json``."""
        return await money_papers.story_file(house, await _mine(house, person_id), file_name)

    @get("/invoices")
    async def invoices(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List my invoices; while the payment service is away, what our record knows of them."""
        found = await find_invoices(request, house, await _mine(house, person_id))
        lines = [] if found is not None else await story_of(house, person_id, reader=person_id)
        async with house.views() as conn:
            zone = await zone_of(conn, person_id)
        return await subject_page(
            request,
            "memberships/invoices.html",
            here="you",
            invoices=found,
            lines=lines[::-1],
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
        papers = await _mine(house, person_id)
        return lead_to(request, (await own_invoice(request, house, papers, invoice_id)).page_url)

    @get("/invoices/{invoice_id:str}/file")
    async def invoice_file(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the service's own PDF."""
        papers = await _mine(house, person_id)
        return lead_to(request, (await own_invoice(request, house, papers, invoice_id)).file_url)

    @get("/invoices/{invoice_id:str}/confirmation")
    async def ask_for_name(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask under which name the payment is to be confirmed; the one on papers is suggested."""
        named = await naming_of(house, person_id)
        return await money_papers.ask_for_name(
            request,
            house,
            await _mine(house, person_id),
            invoice_id,
            suggested=named.spelling or named.name,
        )

    @post("/invoices/{invoice_id:str}/confirmation", status_code=200)
    async def confirmation(
        self,
        request: Asking,
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Draw the paper with the name that was typed."""
        papers = await _mine(house, person_id)
        return await money_papers.confirmation(request, house, papers, invoice_id)


async def _mine(house: House, person_id: UUID) -> Papers:
    return Papers(
        payer_id=person_id,
        customer_id=await find_customer(house, person_id),
        reader_id=person_id,
        here="/membership",
    )
