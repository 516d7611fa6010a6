"""Whether an order still means something: people change their minds while Stripe is away.

An order is not the truth, it follows from it. So the truth is asked once more before anything is
sent: what nobody wants any more is left undone, whatever order the orders come in.
"""

from __future__ import annotations

from uuid import UUID

from domain.memberships.membership import Membership
from domain.memberships.rules import Wish
from domain.memberships.scholarships import Scholarship, scholarship_id
from domain.memberships.standings import MembershipState
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.orders import (
    ChangePlan,
    EndNow,
    EndWithPeriod,
    PauseDues,
    PayBack,
    PaymentOrder,
    ResumeDues,
    SetPercentOff,
    SetSeats,
)
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Streams, Work


def wish_of(order: PaymentOrder) -> Wish | None:
    """Return the wish that an order fulfils, if somebody waits for it."""
    match order:
        case PauseDues():
            return Wish.LEAVE
        case ResumeDues():
            return Wish.RETURN
        case ChangePlan():
            return Wish.PLAN
        case EndWithPeriod(ends=ends):
            return Wish.CANCEL if ends else Wish.KEEP
        case _:
            return None


async def is_overtaken(store: Streams, order: PaymentOrder, order_id: UUID) -> bool:
    """Tell whether nobody wants an order any more, or not this one."""
    work = Work(store, order_id)
    match order:
        case SetSeats():
            return await _seats_overtaken(work, order)
        case SetPercentOff():
            return await _percent_overtaken(work, order)
        case EndNow():
            return await _end_overtaken(work, order)
        case PayBack():
            return await _refund_overtaken(work, order)
        case _ if (wish := wish_of(order)) is not None:
            return await _wish_overtaken(work, order, wish)
        case _:
            return False


async def _wish_overtaken(work: Work, order: PaymentOrder, wish: Wish) -> bool:
    if not isinstance(order, (PauseDues, ResumeDues, ChangePlan, EndWithPeriod)):
        return False
    membership = await work.load(Membership, order.membership_id)
    if isinstance(order, ChangePlan) and membership.plan_wanted != order.plan:
        return True
    return wish not in membership.wishes


async def _seats_overtaken(work: Work, order: SetSeats) -> bool:
    practice = await work.load(Membership, order.membership_id)
    pool = await work.load(SeatPool, seat_pool_id(practice.holder_id))
    return pool.scheduled is None or pool.scheduled[0] != order.count


async def _percent_overtaken(work: Work, order: SetPercentOff) -> bool:
    membership = await work.load(Membership, order.membership_id)
    scholarship = await work.load(Scholarship, scholarship_id(membership.holder_id))
    return (scholarship.percent or 0) != order.percent


async def _refund_overtaken(work: Work, order: PayBack) -> bool:
    """Somebody may have given it up while another one wanted it to be tried again."""
    ledger = await work.load(MoneyLedger, money_ledger_id(order.account_id))
    return order.order_id in ledger.given_up


async def _end_overtaken(work: Work, order: EndNow) -> bool:
    """A second subscription may have become the only one; who lapsed may have paid after all."""
    membership = await work.load(Membership, order.membership_id)
    counts = membership.observed
    if order.subscription_id in membership.ends_ordered:
        return False  # whoever had it was forgotten: no payment changes that
    if order.pay_back:
        return counts is not None and counts.subscription_id == order.subscription_id
    return membership.state is not MembershipState.LAPSED
