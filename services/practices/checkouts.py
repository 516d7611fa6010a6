"""Beginning a practice's membership: the payment service's page for its first seats."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.errors import InvalidFields, NotFound
from domain.memberships.membership import Membership
from domain.memberships.rules import AlreadyTakingPart, own_membership_id
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.payments.checkouts import CheckoutAsk, CheckoutPage
from domain.payments.desk import PaymentDesk
from domain.practices.rules import MOST_SEATS
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Order, Work
from services.house import House
from services.memberships.checkouts import open_asked
from services.memberships.commands import RequestMembership
from services.money.customers import find_payer


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSeats:
    """What somebody chose for a practice.

    Attributes:
        practice_id: which.
        by: who chose; one of those who look after its seats.
        plan: which price, by its lookup key, in which *currency*.
        count: how many seats.
        fresh: an id nobody used before, for when a page of the same choice is of no use any more.
    """

    practice_id: UUID
    by: UUID
    plan: str
    currency: str
    count: int
    fresh: UUID


async def find_pool(house: House, practice_id: UUID, person_id: UUID) -> SeatPool:
    """Return a practice's seats to one of those who look after them.

    Raises:
        NotFound: there is no such practice, or it is none of theirs to see.
    """
    pool = await Work(house.store, person_id).find(SeatPool, seat_pool_id(practice_id))
    if pool is None or person_id not in pool.managers:
        raise NotFound("There is no such practice.")
    return pool


async def find_dues(house: House, practice_id: UUID) -> Membership | None:
    """Return the membership by which a practice pays, as it stands."""
    work = Work(house.store, practice_id)
    return await work.find(Membership, own_membership_id(practice_id))


async def find_account(house: House, practice_id: UUID) -> BillingAccount:
    """Return a practice's account."""
    work = Work(house.store, practice_id)
    return await work.load(BillingAccount, billing_account_id(practice_id))


async def open_seats_page(
    house: House, desk: PaymentDesk, order: Order, wanted: WantedSeats
) -> CheckoutPage:
    """Return the page on which a practice pays for its first seats, or comes back.

    Raises:
        AlreadyTakingPart: it pays already; another number is asked for on its own page.
        NotFound: somebody else asks.
        InvalidFields: this is no number of seats.
        PriceGone: the plan is not offered any more.
        PaymentsAway, PaymentRefused: no page was opened.
    """
    await find_pool(house, wanted.practice_id, wanted.by)
    if not 1 <= wanted.count <= MOST_SEATS:
        raise InvalidFields(count=f"Choose 1 to {MOST_SEATS} seats.")
    request = RequestMembership(
        payer_kind=PayerKind.PRACTICE,
        payer_id=wanted.practice_id,
        plan=wanted.plan,
        by=wanted.by,
    )
    await house.dispatch(request, order.step("request"))
    dues = await find_dues(house, wanted.practice_id)
    if dues is None:
        raise NotFound("There is no such membership.")
    if not dues.can_begin:
        raise AlreadyTakingPart("The practice pays already; choose another number on its page.")
    account_id = billing_account_id(wanted.practice_id)
    payer = await find_payer(house, desk, account_id)
    here = f"{house.origin}/practices/{wanted.practice_id}"
    ask = CheckoutAsk(
        account_id=account_id,
        membership_id=dues.id,
        customer_id=payer.customer_id,
        former_id=payer.former_id,
        plan=wanted.plan,
        currency=wanted.currency,
        quantity=wanted.count,
        trial_days=0,
        percent_off=0,
        done_url=f"{here}/return?session_id={{CHECKOUT_SESSION_ID}}",
        back_url=f"{here}/start?done=turned_back",
        key=str(uuid5(order.command_id, f"seats {payer.former_id or ''}".rstrip())),
    )
    return await open_asked(house, desk, order, ask, fresh=wanted.fresh)
