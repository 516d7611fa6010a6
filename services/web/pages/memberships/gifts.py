"""Gift months: buying some, and handing their link on; and those that the house gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.memberships.gifts import MOST_MONTHS
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.currencies import written
from domain.payments.checkouts import CheckoutPage, Purpose
from domain.payments.prices import Every, Price
from domain.payments.refusals import PaymentsAway
from projections.patrons import queries as patrons
from services.days import zone_of
from services.house import House
from services.memberships.checkouts import find_customer
from services.memberships.gifts import GiveMonthsOfTheHouse
from services.money.buying import Wanted, open_purchase
from services.money.customers import find_payer
from services.money.story import while_disputed
from services.web.context import web_of
from services.web.forms.orders import SEEN, Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of, whole_number
from services.web.pages.memberships.purchase_returns import come_back_from
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.payment_pages import lead
from services.web.signing_in.session import administrator, signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words.memberships import tax_words

VIEW: Final = "patrons"
_LINE: Final = "Peerhour: gift months"
_AWAY: Final = Refused(
    503,
    "Our payment service does not answer at the moment, so we cannot show what it costs. "
    "Nothing was charged. Try again in some minutes.",
    {},
)
_CHANGED: Final = Refused(
    409, "What it costs changed since you looked. Nothing was begun; here is how it is now.", {}
)
_MONTHS: Final = Field(
    name="months",
    label="How many months",
    hint=f"1 to {MOST_MONTHS}. They run from the day on which somebody takes them.",
    parse=whole_number(1, MOST_MONTHS),
    inputmode="numeric",
    missing="Write how many.",
    longest=20,  # what is no number of months is told so, and not counted in characters
)
HOUSE_FORM: Final = Form(_MONTHS)


def gift_form(prices: Sequence[Price]) -> Form:
    """Return the questions how many months, and in which currency."""
    choices = [
        (each.amount.currency, f"{written(each.amount)} for each month, {tax_words(each)}")
        for each in prices
    ]
    currency = Field(
        name="currency",
        label="What a month costs",
        kind="radio",
        choices=choices,
        parse=one_of([value for value, _ in choices]),
        missing="Choose one of these.",
    )
    return Form(_MONTHS, currency)


class GiftController(Controller):
    """``/gifts``."""

    path = "/gifts"
    guards = (signed_in,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List what somebody gave, with the links that still wait; and sell more."""
        if await find_customer(house, person_id) is not None:  # whose currency has to be asked
            await ask_service(request, person_id)
        return await _page(request, house, person_id)

    @post()
    async def buy(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Lead to the page of the payment service on which the months are paid."""
        desk = desk_of(house)
        await ask_service(request, person_id)
        prices = await _prices(house, person_id)
        if prices is None:
            return await _page(request, house, person_id, refused=_AWAY)
        sent = await request.form()
        form = gift_form(prices).read(sent)
        if not form.ok:
            return await _page(request, house, person_id, form=form)
        if sent.get(SEEN, _seen(prices)) != _seen(prices):
            return await _page(request, house, person_id, form=form, refused=_CHANGED)
        price = next(each for each in prices if each.amount.currency == form["currency"])
        order = order_from_form(request, sent, person_id)
        wanted = Wanted(
            person_id=person_id,
            purpose=Purpose.MONTHS,
            subject_id=uuid5(order.command_id, "gift"),
            price=price.amount,
            quantity=form["months"],
            line=_LINE,
            includes_tax=price.includes_tax,
            done_path="/gifts/return",
            back_path="/gifts",
        )
        opened: list[CheckoutPage] = []

        async def open_it() -> None:
            opened.append(await open_purchase(house, desk, order, wanted))

        refused = await attempt(open_it())
        if refused is not None:
            return await _page(request, house, person_id, form=form, refused=refused)
        return lead(web_of(request).settings, opened[0].url)

    @get("/return")
    async def come_back(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Give the months there and then, if they were paid."""
        await ask_service(request, person_id)
        done = await come_back_from(request, house, billing_account_id(person_id), "months_given")
        return Redirect(f"/gifts?done={done}", status_code=303)


class AdminGiftController(Controller):
    """``/admin/gifts``: months that nobody pays for."""

    path = "/admin/gifts"
    guards = (administrator,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List what the house gave."""
        return await _admin_page(request, house, person_id)

    @post()
    async def grant(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Give months; the link is shown afterwards."""
        desk_of(house)
        sent = await request.form()
        form = HOUSE_FORM.read(sent)
        if not form.ok:
            return await _admin_page(request, house, person_id, form=form)
        order = order_from_form(request, sent, person_id)
        command = GiveMonthsOfTheHouse(
            gift_id=uuid5(order.command_id, "gift"), months=form["months"], by=person_id
        )
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _admin_page(request, house, person_id, form=form, refused=refused)
        return Redirect("/admin/gifts?done=months_given_by_house", status_code=303)


async def _prices(house: House, person_id: UUID) -> list[Price] | None:
    """Return what a month costs, by currency; ``None`` while the payment service is away.

    Whoever pays in a currency already is offered that one: the service takes one from each payer.
    """
    desk = desk_of(house)
    try:
        found = await desk.prices()
        payer = await find_payer(house, desk, billing_account_id(person_id))
    except PaymentsAway:
        return None
    monthly = [
        each for each in found if each.payer_kind is PayerKind.PERSON and each.every is Every.MONTH
    ]
    possible = [each for each in monthly if each.amount.currency == payer.currency]
    return sorted(possible or monthly, key=lambda each: each.amount.currency)


def _seen(prices: Sequence[Price]) -> str:
    return ";".join(f"{each.amount.cents} {each.amount.currency}" for each in prices)


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    prices = await _prices(house, person_id)
    async with house.views() as conn:
        given = await patrons.gifts_by(conn, person_id)
        zone = await zone_of(conn, person_id)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "memberships/gifts.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        given=given,
        disputed=await while_disputed(house, person_id, Purpose.MONTHS),
        links={each.gift_id: house.links.of_gift(each.gift_id) for each in given if each.waits},
        zone=zone,
        prices=prices,
        seen=_seen(prices or ()),
        form=form or gift_form(prices or ()).blank(),
        problem=refused.sentence if refused else "",
    )


async def _admin_page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    desk_of(house)
    async with house.views() as conn:
        given = await patrons.gifts_of_the_house(conn)
        zone = await zone_of(conn, person_id)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "admin/gifts.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        given=given,
        links={each.gift_id: house.links.of_gift(each.gift_id) for each in given if each.waits},
        zone=zone,
        form=form or HOUSE_FORM.blank(),
        problem=refused.sentence if refused else "",
    )
