"""What happened with a practice's money, for those who look after its seats and nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.house import House
from services.money.story import story_of
from services.practices.checkouts import find_account, find_pool
from services.web.forms.orders import Asking
from services.web.pages.memberships import money_papers
from services.web.pages.memberships.money_papers import Papers, find_invoices, lead_to, own_invoice
from services.web.pages.practices.view import gather
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words


class PracticeMoneyController(Controller):
    """``/practices/{practice_id}/money`` and ``/practices/{practice_id}/invoices``."""

    path = "/practices/{practice_id:uuid}"
    guards = (signed_in,)

    @get("/money")
    async def story(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Tell every line, the newest first."""
        papers = await _papers(house, practice_id, person_id)
        return await money_papers.story_page(request, house, papers)

    @get("/money/{file_name:str}")
    async def file(
        self,
        practice_id: FromPath[UUID],
        file_name: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[bytes]:
        """Hand the same lines over as ``money.csv`` or ``money.json``."""
        papers = await _papers(house, practice_id, person_id)
        return await money_papers.story_file(house, papers, file_name)

    @get("/invoices")
    async def invoices(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """List the practice's invoices; while the service is away, what our record knows."""
        practice = await gather(house, practice_id, person_id)
        found = await find_invoices(request, house, await _papers(house, practice_id, person_id))
        lines = [] if found is not None else await story_of(house, practice_id, reader=person_id)
        return await subject_page(
            request,
            "practices/invoices.html",
            here="you",
            practice=practice,
            invoices=found,
            lines=lines[::-1],
            dues=membership_words,
        )

    @get("/invoices/{invoice_id:str}/page")
    async def invoice_page(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the service's own page, where an open invoice can be paid."""
        papers = await _papers(house, practice_id, person_id)
        return lead_to(request, (await own_invoice(request, house, papers, invoice_id)).page_url)

    @get("/invoices/{invoice_id:str}/file")
    async def invoice_file(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the service's own PDF."""
        papers = await _papers(house, practice_id, person_id)
        return lead_to(request, (await own_invoice(request, house, papers, invoice_id)).file_url)

    @get("/invoices/{invoice_id:str}/confirmation")
    async def ask_for_name(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask under which name the payment is to be confirmed; the practice's is suggested."""
        papers = await _papers(house, practice_id, person_id)
        return await money_papers.ask_for_name(
            request, house, papers, invoice_id, suggested=papers.practice
        )

    @post("/invoices/{invoice_id:str}/confirmation", status_code=200)
    async def confirmation(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        invoice_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Draw the paper with the name that was typed."""
        papers = await _papers(house, practice_id, person_id)
        return await money_papers.confirmation(request, house, papers, invoice_id)


async def _papers(house: House, practice_id: UUID, person_id: UUID) -> Papers:
    """Return a practice's papers; its story is there in a house that takes no dues any more, too.

    Raises:
        NotFound: there is no such practice, or it is none of theirs to see.
    """
    pool = await find_pool(house, practice_id, person_id)
    account = await find_account(house, practice_id)
    return Papers(
        payer_id=practice_id,
        customer_id=account.customer_id,
        reader_id=person_id,
        here=f"/practices/{practice_id}",
        practice=pool.name,
    )
