"""For administrators: one payer's account, and what can be done about it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import DomainError, NotFound
from domain.recording import Outcome
from projections.billing_desk import queries as desk
from projections.memberships import queries as memberships
from services.house import House
from services.money.desk_records import OrderLook, OrderReplay, SettleQuestion
from services.payments.looking import look_at
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.billing.forms import REPLAY_FORM
from services.web.pages.billing.view import account_view
from services.web.pages.memberships.view import ask_service
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page, zone_of_reader
from services.web.words import billing as billing_words

VIEWS: Final = ("memberships", "billing_desk")
_NOT_OURS: Final = "Stripe knows this subscription no more, or says that it is nobody's here."


class NotAtStripe(DomainError):
    """What we wanted to look at is not there any more, or not ours."""

    code = "payments.not_there"


class BillingAccountController(Controller):
    """``/admin/billing/{account_id}``."""

    path = "/admin/billing/{account_id:uuid}"
    guards = (administrator,)

    @get()
    async def show(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show the account: what was observed, what happened, what waits, what differs."""
        return await account_page(request, house, account_id, person_id)

    @post("/look")
    async def look(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Fetch a subscription anew, now."""
        sent = await request.form()
        subscription_id = await _subscription(house, account_id, sent)
        await ask_service(request, person_id)
        command = OrderLook(account_id=account_id, subscription_id=subscription_id, by=person_id)
        await house.dispatch(command, order_from_form(request, sent, person_id))
        refused = await attempt(_look(house, subscription_id))
        if refused is not None:
            return await account_page(request, house, account_id, person_id, refused=refused)
        return _back(account_id, "looked")

    @post("/replay")
    async def replay(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Have an event handled once more: from our inbox, or fetched anew."""
        sent = await request.form()
        form = REPLAY_FORM.read(sent)
        if not form.ok:
            return await account_page(request, house, account_id, person_id, replay=form)
        command = OrderReplay(account_id=account_id, message_id=form["message_id"], by=person_id)
        await give(house, command, order_from_form(request, sent, person_id), *VIEWS)
        return _back(account_id, "replayed")

    @post("/questions/settle")
    async def settle_question(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Say that somebody looked into what Stripe said; the last answer stands."""
        sent = await request.form()
        subscription_id = await _subscription(house, account_id, sent)
        membership_id = await _asked_about(house, account_id, sent)
        command = SettleQuestion(
            membership_id=membership_id, subscription_id=subscription_id, by=person_id
        )
        order = order_from_form(request, sent, person_id)
        refused = await attempt(give(house, command, order, *VIEWS))
        if refused is not None:
            return await account_page(request, house, account_id, person_id, refused=refused)
        return _back(account_id, "question_settled")


async def account_page(
    request: Asking,
    house: House,
    account_id: UUID,
    person_id: UUID,
    *,
    refused: Refused | None = None,
    replay: Filled | None = None,
) -> Response[str]:
    """Answer with an account, and with why nothing was done where something was asked for."""
    faulty = replay is not None and not replay.ok
    zone = await zone_of_reader(request, house)
    return await subject_page(
        request,
        "billing/account.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        view=await account_view(house, account_id, zone),
        zone=zone,
        me=person_id,
        replay=replay or REPLAY_FORM.blank(),
        problem=refused.sentence if refused else "",
        billing=billing_words,
        takes_dues=house.takes_dues,
    )


def _back(account_id: UUID, done: str) -> Redirect:
    return Redirect(f"/admin/billing/{account_id}?done={done}", status_code=303)


async def _look(house: House, subscription_id: str) -> None:
    try:
        await look_at(house, subscription_id)
    except NotFound:
        raise NotAtStripe(_NOT_OURS) from None
    await house.shown(Outcome(await house.store.head()), VIEWS)


async def _subscription(house: House, account_id: UUID, sent: FormMultiDict) -> str:
    """Return the subscription that a form is about, if it belongs to the account.

    Raises:
        NotFound: it does not.
    """
    typed = str(sent.get("subscription_id", ""))
    async with house.views() as conn:
        if typed not in await desk.references_of(conn, account_id):
            raise NotFound("This account has no such subscription.")
    return typed


async def _asked_about(house: House, account_id: UUID, sent: FormMultiDict) -> UUID:
    """Return the membership that a question is about, if the account pays for it.

    Raises:
        NotFound: it does not.
    """
    async with house.views() as conn:
        held = await memberships.memberships_of_account(conn, account_id)
    for each in held:
        if str(each.membership_id) == sent.get("membership_id"):
            return each.membership_id
    raise NotFound("This account pays for no such membership.")
