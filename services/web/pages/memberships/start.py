"""Beginning a membership, and coming back to one that rests."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.money.billing_accounts import PayerKind
from domain.payments.checkouts import CheckoutPage
from services.house import House
from services.memberships.checkouts import (
    TRIAL_DAYS,
    Wanted,
    find_customer,
    find_membership,
    open_page,
    percent_carried,
)
from services.web.context import web_of
from services.web.forms.orders import SEEN, Asking, Refused, attempt, fresh_id, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of
from services.web.pages.memberships.beside import beside
from services.web.pages.memberships.start_offers import Offer, currency_at_home, offer_for
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.payment_pages import lead
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words.memberships import plan_name, price_words

_AWAY: Final = Refused(
    503,
    "Our payment service does not answer at the moment, so we cannot show what it costs. "
    "Nothing was charged. Try again in some minutes.",
    {},
)
_CHANGED: Final = Refused(
    409, "What it costs changed since you looked. Nothing was begun; here is how it is now.", {}
)


def _form(offer: Offer) -> Form:
    """Return the question which plan."""
    choices = [(each.plan, f"{plan_name(each.plan)}: {price_words(each)}") for each in offer.shown]
    plan = Field(
        name="plan",
        label="How would you like to pay?",
        kind="radio",
        choices=choices,
        parse=one_of([value for value, _ in choices]),
        missing="Choose one of these.",
    )
    return Form(plan)


class MembershipStartController(Controller):
    """``/membership/start``."""

    path = "/membership/start"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Show what it costs, and ask which plan."""
        if await _takes_part(house, person_id):
            return Redirect("/membership", status_code=303)
        if await find_customer(house, person_id) is not None:  # whose currency has to be asked
            await ask_service(request, person_id)
        currency = str(request.query_params.get("currency", ""))
        offer = await offer_for(
            house,
            PayerKind.PERSON,
            person_id,
            currency or await currency_at_home(house, person_id),
        )
        return await _page(request, house, person_id, offer)

    @post()
    async def begin(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Open the payment service's page for what was chosen, and lead there."""
        if await _takes_part(house, person_id):
            return Redirect("/membership", status_code=303)
        await ask_service(request, person_id)
        sent = await request.form()
        offer = await offer_for(house, PayerKind.PERSON, person_id, str(sent.get("currency", "")))
        if offer is None:
            return await _page(request, house, person_id, None)
        form = _form(offer).read(sent)
        refused = _CHANGED if sent.get(SEEN, offer.seen) != offer.seen else None
        if form.ok and refused is None:
            opened = await _begin(request, house, person_id, sent, (form["plan"], offer.currency))
            if isinstance(opened, CheckoutPage):
                return lead(web_of(request).settings, opened.url)
            refused = opened
            offer = await offer_for(
                house, PayerKind.PERSON, person_id, offer.currency
            )  # what is not offered any more is gone
            form = _form(offer).blank(plan=form["plan"]) if offer else form
        return await _page(request, house, person_id, offer, form=form, refused=refused)


async def _begin(
    request: Asking, house: House, person_id: UUID, sent: FormMultiDict, chosen: tuple[str, str]
) -> CheckoutPage | Refused:
    """Open the page; or tell why there is none."""
    plan, currency = chosen
    wanted = Wanted(person_id=person_id, plan=plan, currency=currency, fresh=fresh_id(request))
    order = order_from_form(request, sent, person_id)
    opened: list[CheckoutPage] = []

    async def open_it() -> None:
        opened.append(await open_page(house, desk_of(house), order, wanted))

    return await attempt(open_it()) or opened[0]


async def _takes_part(house: House, person_id: UUID) -> bool:
    membership = await find_membership(house, person_id)
    return membership is not None and not membership.can_begin


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    offer: Offer | None,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    membership = await find_membership(house, person_id)
    refused = refused or (_AWAY if offer is None else None)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "memberships/start.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        offer=offer,
        form=form or (_form(offer).blank() if offer else None),
        problem=refused.sentence if refused else "",
        again=membership is not None and membership.has_begun,
        trial_days=TRIAL_DAYS,
        percent=await percent_carried(house, person_id),
        beside=await beside(house, person_id),
    )
