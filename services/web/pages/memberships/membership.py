"""My membership: where it stands, why, and the ways to change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.money.billing_accounts import billing_account_id
from services.memberships.checkouts import find_customer
from services.money.customers import find_payer
from services.web.context import web_of
from services.web.forms.orders import Asking, attempt
from services.web.pages.memberships.next_charge import find_next_charge
from services.web.pages.memberships.view import ask_service, desk_of, stand
from services.web.payment_pages import lead
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words


class MembershipController(Controller):
    """``/membership``."""

    path = "/membership"
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell where it stands; without the payment service, from our own record."""
        return await _overview(request, person_id, house)

    @post("/card")
    async def card(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Lead to the page where a card is changed, whatever the membership's standing."""
        desk = desk_of(house)
        if await find_customer(house, person_id) is None:
            return Redirect("/membership?done=no_card_yet", status_code=303)
        await ask_service(request, person_id)
        opened: list[str] = []

        async def open_page() -> None:
            payer = await find_payer(house, desk, billing_account_id(person_id))
            if payer.customer_id is not None:  # deleted meanwhile: a new one has no card yet
                back = f"{house.origin}/membership?done=card_seen"
                opened.append(await desk.card_page(payer.customer_id, back_url=back))

        refused = await attempt(open_page())
        if refused is not None:
            return await _overview(
                request, person_id, house, status=refused.status, problem=refused.sentence
            )
        if not opened:
            return Redirect("/membership?done=no_card_yet", status_code=303)
        return lead(web_of(request).settings, opened[0])


async def _overview(
    request: Asking, person_id: UUID, house: TheHouse, *, status: int = 200, problem: str = ""
) -> Response[str]:
    standing = await stand(house, person_id)
    return await subject_page(
        request,
        "memberships/membership.html",
        status=status,
        here="you",
        standing=standing,
        next_charge=await find_next_charge(request, house, person_id, standing.membership),
        dues=membership_words,
        problem=problem,
    )
