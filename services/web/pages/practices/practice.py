"""One practice: its seats, its managers, its card, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from services.house import House
from services.memberships.commands import AskToCancel, WithdrawCancellation
from services.money.accounts import ChangeContact, CloseAccount
from services.money.customers import find_payer
from services.payments.tax_ids import note_tax_id
from services.web.context import web_of
from services.web.forms.orders import Asking, attempt, give, order_from_form
from services.web.pages.memberships.view import VIEW, ask_service, desk_of
from services.web.pages.practices.view import CONTACT_FORM, gather, practice_page
from services.web.payment_pages import lead
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse


class PracticeController(Controller):
    """``/practices/{practice_id}``, for those who look after its seats."""

    path = "/practices/{practice_id:uuid}"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Show who sits and who is invited; nothing of what anybody does."""
        if request.query_params.get("done") == "card_seen":
            practice = await gather(house, practice_id, person_id)
            await note_tax_id(house, practice.account)
        return await practice_page(request, house, practice_id, person_id)

    @post("/card")
    async def card(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the page where the practice's card is changed."""
        practice = await gather(house, practice_id, person_id)
        if practice.account.customer_id is None:
            return Redirect(f"/practices/{practice_id}?done=no_card_yet", status_code=303)
        await ask_service(request, person_id)
        back = f"{house.origin}/practices/{practice_id}?done=card_seen"
        opened: list[str] = []

        async def open_page() -> None:
            payer = await find_payer(house, desk_of(house), practice.account.id)
            if payer.customer_id is not None:  # deleted meanwhile: a new one has no card yet
                opened.append(await desk_of(house).card_page(payer.customer_id, back_url=back))

        refused = await attempt(open_page())
        if refused is not None:
            return await practice_page(request, house, practice_id, person_id, refused=refused)
        if not opened:
            return Redirect(f"/practices/{practice_id}?done=no_card_yet", status_code=303)
        return lead(web_of(request).settings, opened[0])

    @post("/contact")
    async def contact(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let invoices go to another address; it is told to the payment service, and kept there."""
        practice = await gather(house, practice_id, person_id)
        sent = await request.form()
        form = CONTACT_FORM.read(sent)
        customer_id = practice.account.customer_id
        if not form.ok or customer_id is None:
            return await practice_page(request, house, practice_id, person_id, contact_form=form)
        await ask_service(request, person_id)
        order = order_from_form(request, sent, person_id)
        contact_id = uuid5(order.command_id, "contact")
        command = ChangeContact(account_id=practice.account.id, contact_id=contact_id, by=person_id)

        async def change() -> None:
            await desk_of(house).send_papers_to(customer_id, form["contact"])
            await give(house, command, order)

        refused = await attempt(change())
        if refused is not None:
            return await practice_page(
                request, house, practice_id, person_id, contact_form=form, refused=refused
            )
        return Redirect(f"/practices/{practice_id}?done=papers_to", status_code=303)

    @post("/end")
    async def end(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Ask to stop at the end of what is paid for."""
        practice = await _paying(house, practice_id, person_id)
        command = AskToCancel(membership_id=practice, reason=None, by=person_id)
        return await _ask(request, house, practice_id, command, "practice_end_asked")

    @post("/end/undo")
    async def keep(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Go on after all."""
        practice = await _paying(house, practice_id, person_id)
        command = WithdrawCancellation(membership_id=practice, by=person_id)
        return await _ask(request, house, practice_id, command, "practice_keep_asked")

    @post("/close")
    async def close(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Close the account once nobody takes part through it."""
        practice = await gather(house, practice_id, person_id)
        command = CloseAccount(account_id=practice.account.id, by=person_id)
        return await _ask(request, house, practice_id, command, "account_closed")


async def _paying(house: House, practice_id: UUID, person_id: UUID) -> UUID:
    """Return the id of the membership by which a practice pays."""
    practice = await gather(house, practice_id, person_id)
    if practice.dues is None:
        raise NotFound("This practice pays for nothing yet.")
    return practice.dues.id


async def _ask(
    request: Asking,
    house: House,
    practice_id: UUID,
    command: AskToCancel | WithdrawCancellation | CloseAccount,
    done: str,
) -> Response[Any]:
    order = order_from_form(request, await request.form(), command.by)
    refused = await attempt(give(house, command, order, VIEW))
    if refused is not None:
        return await practice_page(request, house, practice_id, command.by, refused=refused)
    return Redirect(f"/practices/{practice_id}?done={done}", status_code=303)
