"""Beginning a membership, and coming back: the payment service's page for a first payment.

However often a form arrives, and in however many windows, one page waits in the end: the newest
one. The older are closed, and whoever pays on two all the same is paid back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from domain.errors import NotFound
from domain.memberships.membership import Membership
from domain.memberships.rules import AlreadyTakingPart, own_membership_id
from domain.memberships.scholarships import Scholarship, Tier, scholarship_id
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.payments.checkouts import CheckoutAsk, CheckoutPage
from domain.payments.desk import PaymentDesk
from services.dispatch import Order, Work
from services.house import House
from services.memberships.commands import NoteCheckout, RequestMembership
from services.money.customers import find_payer

TRIAL_DAYS: Final = 14  # without a card, once, for whoever never took part
RETURN_PATH: Final = "/membership/return"
BACK_PATH: Final = "/membership/start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody chose.

    Attributes:
        person_id: who would like to take part, and pays.
        plan: which price, by its lookup key, in which *currency*.
        fresh: an id nobody used before, for when a page of the same choice is of no use any more.
    """

    person_id: UUID
    plan: str
    currency: str
    fresh: UUID


async def find_membership(house: House, person_id: UUID) -> Membership | None:
    """Return the membership that a person pays for themselves, as it stands."""
    work = Work(house.store, person_id)
    return await work.find(Membership, own_membership_id(person_id))


async def find_customer(house: House, person_id: UUID) -> str | None:
    """Return under which id the payment service knows a person, once it does."""
    work = Work(house.store, person_id)
    account = await work.find(BillingAccount, billing_account_id(person_id))
    return None if account is None else account.customer_id


async def percent_carried(house: House, person_id: UUID) -> int:
    """Return how many percent of a person's dues a scholarship carries now; 0 for none."""
    scholarship = await Work(house.store, person_id).find(Scholarship, scholarship_id(person_id))
    if scholarship is None or scholarship.percent is None or scholarship.until is None:
        return 0
    return int(scholarship.percent) if scholarship.until > house.clock.now() else 0


async def open_page(house: House, desk: PaymentDesk, order: Order, wanted: Wanted) -> CheckoutPage:
    """Return the page on which somebody pays, or begins their trial.

    Args:
        house: the house.
        desk: its payment service.
        order: the same for the same form; the page is the same, too.
        wanted: what was chosen.

    Raises:
        AlreadyTakingPart: there is a membership that lives, or a scholarship that carries it all.
        PriceGone: the plan is not offered any more.
        PaymentsAway, PaymentRefused: no page was opened.
        InvalidFields: this is no plan.
    """
    request = RequestMembership(
        payer_kind=PayerKind.PERSON,
        payer_id=wanted.person_id,
        plan=wanted.plan,
        by=wanted.person_id,
    )
    await house.dispatch(request, order.step("request"))
    ask = await _ask(house, desk, order, wanted)
    return await open_asked(house, desk, order, ask, fresh=wanted.fresh)


async def open_asked(
    house: House, desk: PaymentDesk, order: Order, ask: CheckoutAsk, *, fresh: UUID
) -> CheckoutPage:
    """Open a page and remember it; one that is of no use any more is opened anew.

    Args:
        house: the house.
        desk: its payment service.
        order: the same for the same form.
        ask: what the page is asked for.
        fresh: an id nobody used before.
    """
    page = await desk.begin(ask)
    if page.expires_at <= house.clock.now() or await _was_replaced(house, order, ask, page):
        page = await desk.begin(replace(ask, key=str(fresh)))
    await house.dispatch(_note(ask, page), order.step(page.session_id))
    return page


async def _ask(house: House, desk: PaymentDesk, order: Order, wanted: Wanted) -> CheckoutAsk:
    account_id = billing_account_id(wanted.person_id)
    membership = await find_membership(house, wanted.person_id)
    if membership is None:
        raise NotFound("There is no such membership.")
    percent = await percent_carried(house, wanted.person_id)
    if not membership.can_begin or percent == Tier.FULL:
        raise AlreadyTakingPart(
            "You take part already; nothing was charged, and nothing has to be."
        )
    trial_days = 0 if membership.has_begun else TRIAL_DAYS
    payer = await find_payer(house, desk, account_id)
    # else the same key would ask for two different things
    same = f"{trial_days} {percent} {payer.former_id or ''}".rstrip()
    return CheckoutAsk(
        account_id=account_id,
        membership_id=membership.id,
        customer_id=payer.customer_id,
        former_id=payer.former_id,
        plan=wanted.plan,
        currency=wanted.currency,
        quantity=1,
        trial_days=trial_days,
        percent_off=percent,
        done_url=f"{house.origin}{RETURN_PATH}?session_id={{CHECKOUT_SESSION_ID}}",
        back_url=f"{house.origin}{BACK_PATH}?done=turned_back",
        key=str(uuid5(order.command_id, same)),
    )


def _note(ask: CheckoutAsk, page: CheckoutPage) -> NoteCheckout:
    return NoteCheckout(
        membership_id=ask.membership_id,
        session_id=page.session_id,
        plan=ask.plan,
        expires_at=page.expires_at,
        customer_id=page.customer_id,
    )


async def _was_replaced(house: House, order: Order, ask: CheckoutAsk, page: CheckoutPage) -> bool:
    """Tell whether this page was opened before and closed since, in favour of another one."""
    membership = await Work(house.store, ask.account_id).find(Membership, ask.membership_id)
    if membership is None or (membership.checkout or ("",))[0] == page.session_id:
        return False
    note = _note(ask, page)
    fingerprint = house.dispatch.fingerprint(note, order.actor_id)
    step = order.step(page.session_id)
    return await house.store.outcome_of(step.command_id, fingerprint) is not None
