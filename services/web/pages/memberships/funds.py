"""Scholarship funds: figures for everybody, gifts from members, opening one for administrators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.memberships.funds import Fund, FundFigures
from domain.money.billing_accounts import billing_account_id
from domain.money.currencies import minor_places
from domain.payments.checkouts import CheckoutPage, Purpose
from domain.payments.refusals import PaymentsAway
from domain.values import Money
from projections.patrons import queries as patrons
from services.dispatch import Work
from services.house import House
from services.memberships.scholarships import OpenFund
from services.money.buying import Wanted, open_purchase
from services.money.story import while_disputed
from services.web.context import web_of
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form, Unusable
from services.web.pages.memberships.purchase_returns import come_back_from
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.payment_pages import lead
from services.web.signing_in.session import administrator, signed_in
from services.web.subjects import TheHouse, subject_page

VIEW: Final = "patrons"
_AMOUNT: Final = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,3}))?", re.ASCII)
_LINE: Final = "Peerhour: gift to a scholarship fund"


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund with its public figures; never who."""

    fund_id: UUID
    name: str
    currency: str
    figures: FundFigures


class FundController(Controller):
    """``/funds``: the figures are open to everybody, a gift is a member's."""

    path = "/funds"

    @get()
    async def show(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what was given, promised and is free, and how many are carried."""
        return await _page(request, house)

    @post("/{fund_id:uuid}/gifts", guards=(signed_in,))
    async def feed(
        self,
        request: Asking,
        fund_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Lead to the page of the payment service on which the gift is paid."""
        desk = desk_of(house)
        await ask_service(request, person_id)
        fund = await Work(house.store, fund_id).load(Fund, fund_id)
        sent = await request.form()
        form = amount_form(fund.currency).read(sent)
        if not form.ok:
            return await _page(request, house, form=form, fund_id=fund_id)
        wanted = Wanted(
            person_id=person_id,
            purpose=Purpose.FUND,
            subject_id=fund_id,
            price=form["amount"],
            quantity=1,
            line=_LINE,
            includes_tax=None,
            done_path="/funds/return",
            back_path="/funds",
        )
        order = order_from_form(request, sent, person_id)
        opened: list[CheckoutPage] = []

        async def open_it() -> None:
            opened.append(await open_purchase(house, desk, order, wanted))

        refused = await attempt(open_it())
        if refused is not None:
            return await _page(request, house, form=form, fund_id=fund_id, refused=refused)
        return lead(web_of(request).settings, opened[0].url)

    @get("/return", guards=(signed_in,))
    async def come_back(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Take the gift in there and then, if it was paid."""
        await ask_service(request, person_id)
        done = await come_back_from(request, house, billing_account_id(person_id), "fund_fed")
        return Redirect(f"/funds?done={done}", status_code=303)


class AdminFundController(Controller):
    """``/admin/funds``."""

    path = "/admin/funds"
    guards = (administrator,)

    @get()
    async def index(self, request: Asking, house: TheHouse) -> Response[str]:
        """List the funds, and ask for another."""
        return await _admin_page(request, house)

    @post()
    async def begin(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Open a fund."""
        desk_of(house)
        sent = await request.form()
        form = FUND_FORM.read(sent)
        offered = await _offered(house)
        if form.ok and offered and form["currency"] not in offered:
            form = form.with_errors({"currency": f"Dues are offered in {', '.join(offered)} only."})
        if not form.ok:
            return await _admin_page(request, house, form=form)
        order = order_from_form(request, sent, person_id)
        command = OpenFund(
            fund_id=uuid5(order.command_id, "fund"),
            name=form["name"],
            currency=form["currency"],
            by=person_id,
        )
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _admin_page(request, house, form=form, refused=refused)
        return Redirect("/admin/funds?done=fund_opened", status_code=303)


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text, re.ASCII):
        raise Unusable("Write the three letters of a currency, for example EUR.")
    return text.upper()


FUND_FORM: Final = Form(
    Field(name="name", label="Name of the fund", missing="Write a name.", longest=120),
    Field(
        name="currency",
        label="Currency",
        hint="Three letters. It should be one that dues are offered in.",
        parse=_currency,
        missing="Write three letters.",
        longest=3,
    ),
)


def amount_form(currency: str) -> Form:
    """Return the question how much to give."""
    places = minor_places(currency)

    def parse(text: str) -> Money:
        found = _AMOUNT.fullmatch(text)
        cents = found[2] or "" if found else ""
        if found is None or len(cents) > places:
            raise Unusable(f"Write an amount as {'20.00' if places else '2000'}.")
        whole = int(found[1]) * 10**places + int(cents.ljust(places, "0") or 0)
        if whole < 10**places:
            raise Unusable(f"Give at least 1 {currency}.")
        return Money(whole, currency)

    return Form(
        Field(
            name="amount",
            label=f"How much would you like to give, in {currency}?",
            parse=parse,
            inputmode="decimal",
            missing="Write an amount.",
            longest=12,
        )
    )


async def fund_lines(house: House) -> list[FundLine]:
    """Return every fund with its figures, from its own events."""
    async with house.views() as conn:
        rows = await patrons.funds(conn)
    now, lines = house.clock.now(), []
    for row in rows:
        fund = await Work(house.store, row.fund_id).load(Fund, row.fund_id)
        lines.append(FundLine(row.fund_id, row.name, row.currency, fund.figures(now)))
    return lines


async def _page(
    request: Asking,
    house: House,
    *,
    form: Filled | None = None,
    fund_id: UUID | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    desk_of(house)
    lines = await fund_lines(house)
    forms = {each.fund_id: amount_form(each.currency).blank() for each in lines}
    if form is not None and fund_id is not None:
        forms[fund_id] = form
    session = await web_of(request).sessions.current(request)
    return await subject_page(
        request,
        "memberships/funds.html",
        status=refused.status if refused else 400 if form is not None else 200,
        here="you",
        funds=lines,
        forms=forms,
        known=session is not None,
        disputed=await while_disputed(house, session.person_id, Purpose.FUND) if session else "",
        problem=refused.sentence if refused else "",
    )


async def _offered(house: House) -> list[str]:
    """Return the currencies of dues; none while the payment service is away."""
    try:
        return sorted({each.amount.currency for each in await desk_of(house).prices()})
    except PaymentsAway:
        return []


async def _admin_page(
    request: Asking,
    house: House,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    offered = await _offered(house)
    return await subject_page(
        request,
        "admin/funds.html",
        status=refused.status if refused else 400 if form is not None else 200,
        here="you",
        funds=await fund_lines(house),
        offered=offered,
        form=form or FUND_FORM.blank(),
        problem=refused.sentence if refused else "",
    )
