"""A practice begins to pay: how many seats, by which plan; and the way back from paying."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import DomainError, NotFound
from domain.money.billing_accounts import PayerKind
from domain.payments.checkouts import CheckoutPage
from domain.payments.refusals import PaymentsAway
from domain.practices.rules import MOST_SEATS
from services.house import House
from services.payments.looking import look_at
from services.payments.tax_ids import note_tax_id
from services.practices.checkouts import (
    WantedSeats,
    find_account,
    find_dues,
    open_seats_page,
)
from services.web.context import web_of
from services.web.forms.orders import SEEN, Asking, Refused, attempt, fresh_id, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of, whole_number
from services.web.pages.memberships.start_offers import Offer, currency_at_home, offer_for
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.pages.practices.view import gather
from services.web.payment_pages import lead
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words.memberships import plan_name, price_words

_SESSION: Final = re.compile(r"cs_[A-Za-z0-9_]{1,250}", re.ASCII)
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
    """Return the questions: how many, and by which plan."""
    choices = [
        (each.plan, f"{plan_name(each.plan)}: {price_words(each)}, for each seat")
        for each in offer.shown
    ]
    return Form(
        Field(
            name="count",
            label="How many seats",
            hint="One for each person, yourself included if you take one. You can add seats at "
            "any time; fewer begin with the next renewal.",
            parse=whole_number(1, MOST_SEATS),
            inputmode="numeric",
            missing="Write how many.",
            longest=4,
        ),
        Field(
            name="plan",
            label="How would the practice like to pay?",
            kind="radio",
            choices=choices,
            parse=one_of([value for value, _ in choices]),
            missing="Choose one of these.",
        ),
    )


class PracticeStartController(Controller):
    """``/practices/{practice_id}/start`` and ``/return``."""

    path = "/practices/{practice_id:uuid}"
    guards = (signed_in,)

    @get("/start")
    async def ask(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Show what a seat costs, and ask how many."""
        if (await gather(house, practice_id, person_id)).lives:
            return Redirect(f"/practices/{practice_id}", status_code=303)
        if (await find_account(house, practice_id)).customer_id is not None:
            await ask_service(request, person_id)  # in which currency the practice pays
        currency = str(request.query_params.get("currency", ""))
        offer = await offer_for(
            house,
            PayerKind.PRACTICE,
            practice_id,
            currency or await currency_at_home(house, person_id),
        )
        return await _page(request, house, practice_id, person_id, offer)

    @post("/start")
    async def begin(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Open the payment service's page for what was chosen, and lead there."""
        if (await gather(house, practice_id, person_id)).lives:
            return Redirect(f"/practices/{practice_id}", status_code=303)
        await ask_service(request, person_id)
        sent = await request.form()
        offer = await offer_for(
            house, PayerKind.PRACTICE, practice_id, str(sent.get("currency", ""))
        )
        if offer is None:
            return await _page(request, house, practice_id, person_id, None)
        form = _form(offer).read(sent)
        refused = _CHANGED if sent.get(SEEN, offer.seen) != offer.seen else None
        if form.ok and refused is None:
            wanted = WantedSeats(
                practice_id=practice_id,
                by=person_id,
                plan=form["plan"],
                currency=offer.currency,
                count=form["count"],
                fresh=fresh_id(request),
            )
            opened = await _begin(request, house, sent, wanted)
            if isinstance(opened, CheckoutPage):
                return lead(web_of(request).settings, opened.url)
            refused = opened
        return await _page(
            request, house, practice_id, person_id, offer, form=form, refused=refused
        )

    @get("/return")
    async def come_back(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Look at what became of the page there and then; believe nothing in the address."""
        practice = await gather(house, practice_id, person_id)
        session_id = str(request.query_params.get("session_id", ""))
        if not _SESSION.fullmatch(session_id):
            raise NotFound("This payment page is not one of this practice.")
        await ask_service(request, person_id)
        here = f"/practices/{practice_id}"
        try:
            seen = await desk_of(house).checkout(session_id)
        except PaymentsAway:
            return Redirect(f"{here}?done=setting_up", status_code=303)
        if seen.account_id != practice.account.id:
            raise NotFound("This payment page is not one of this practice.")
        if not seen.complete or seen.subscription_id is None:
            return Redirect(f"{here}/start?done=turned_back", status_code=303)
        with suppress(DomainError):  # the worker looks again; the page says that it is on its way
            await look_at(house, seen.subscription_id)
        await note_tax_id(house, await find_account(house, practice_id))
        dues = await find_dues(house, practice_id)
        begun = dues is not None and not dues.can_begin
        done = "practice_begun" if begun else "setting_up"
        return Redirect(f"{here}?done={done}", status_code=303)


async def _begin(
    request: Asking, house: House, sent: FormMultiDict, wanted: WantedSeats
) -> CheckoutPage | Refused:
    order = order_from_form(request, sent, wanted.by)
    opened: list[CheckoutPage] = []

    async def open_it() -> None:
        opened.append(await open_seats_page(house, desk_of(house), order, wanted))

    return await attempt(open_it()) or opened[0]


async def _page(
    request: Asking,
    house: House,
    practice_id: UUID,
    person_id: UUID,
    offer: Offer | None,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    refused = refused or (_AWAY if offer is None else None)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "practices/start.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        practice=await gather(house, practice_id, person_id),
        offer=offer,
        form=form or (_form(offer).blank() if offer else None),
        problem=refused.sentence if refused else "",
    )
