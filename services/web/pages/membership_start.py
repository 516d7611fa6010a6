"""Beginning a membership, and coming back to one that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.billing_accounts import billing_account_id
from domain.payments import CheckoutPage, PaymentsAway, Price
from services.customers import find_payer
from services.house import House
from services.membership_checkouts import (
    TRIAL_DAYS,
    Wanted,
    find_customer,
    find_membership,
    open_page,
    percent_carried,
)
from services.web.context import web_of
from services.web.form_values import one_of
from services.web.forms import Field, Filled, Form
from services.web.membership_words import plan_name, price_words
from services.web.orders import SEEN, Asking, Refused, attempt, fresh_id, order_from_form
from services.web.pages.membership_view import ask_service, desk_of, prices_for_people
from services.web.payment_pages import lead
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page

_AWAY: Final = Refused(
    503,
    "Our payment service does not answer at the moment, so we cannot show what it costs. "
    "Nothing was charged. Try again in some minutes.",
    {},
)
_CHANGED: Final = Refused(
    409, "What it costs changed since you looked. Nothing was begun; here is how it is now.", {}
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, and in which currency somebody looks at it.

    Attributes:
        prices: everything for people, in the currencies that they can pay in.
        currency: one of those offered.
        bound: whether they pay in it already; the service takes one currency from each payer.
    """

    prices: Sequence[Price]
    currency: str
    bound: bool = False

    @property
    def currencies(self) -> list[str]:
        """Return every currency, in order."""
        return sorted({each.amount.currency for each in self.prices})

    @property
    def shown(self) -> list[Price]:
        """Return the plans in the currency."""
        return [each for each in self.prices if each.amount.currency == self.currency]

    @property
    def seen(self) -> str:
        """Return what a form sends back, so that nobody agrees to what they did not see."""
        return ";".join(f"{each.plan} {each.amount.cents}" for each in self.shown)

    def form(self) -> Form:
        """Return the question which plan."""
        choices = [
            (each.plan, f"{plan_name(each.plan)}: {price_words(each)}") for each in self.shown
        ]
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
        offer = await _offer(house, person_id, str(request.query_params.get("currency", "")))
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
        offer = await _offer(house, person_id, str(sent.get("currency", "")))
        if offer is None:
            return await _page(request, house, person_id, None)
        form = offer.form().read(sent)
        refused = _CHANGED if sent.get(SEEN, offer.seen) != offer.seen else None
        if form.ok and refused is None:
            opened = await _begin(request, house, person_id, sent, (form["plan"], offer.currency))
            if isinstance(opened, CheckoutPage):
                return lead(web_of(request).settings, opened.url)
            refused = opened
            offer = await _offer(
                house, person_id, offer.currency
            )  # what is not offered any more is gone
            form = offer.form().blank(plan=form["plan"]) if offer else form
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


async def _offer(house: House, person_id: UUID, currency: str) -> Offer | None:
    """Return what is offered to somebody; nothing while the payment service is away."""
    desk = desk_of(house)
    try:
        prices = await prices_for_people(desk)
        payer = await find_payer(house, desk, billing_account_id(person_id))
    except PaymentsAway:
        return None
    possible = [each for each in prices if each.amount.currency == payer.currency]
    offered = sorted({each.amount.currency for each in possible or prices})
    chosen = currency if currency in offered else next(iter(offered), "")
    return Offer(possible or prices, chosen, bound=bool(possible))


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
        "membership_start.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        offer=offer,
        form=form or (offer.form().blank() if offer else None),
        problem=refused.sentence if refused else "",
        again=membership is not None and membership.has_begun,
        trial_days=TRIAL_DAYS,
        percent=await percent_carried(house, person_id),
    )
