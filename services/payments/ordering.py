"""What a decision calls for at the payment service, stored with the decision itself.

Handlers call these before they save: an order is read off the events that an aggregate has just
decided, so nothing is ordered that was not decided, and nothing decided is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from domain.memberships import events as membership_facts
from domain.memberships.membership import Membership
from domain.memberships.rules import own_membership_id
from domain.memberships.scholarships import Scholarship
from domain.memberships.standings import LapseReason
from domain.money import events as money_facts
from domain.money.billing_accounts import BillingAccount
from domain.money.ledger import MoneyLedger
from domain.payments.orders import (
    ChangePlan,
    EndNow,
    EndWithPeriod,
    ForgetPayer,
    PauseDues,
    PayBack,
    PaymentOrder,
    ResumeDues,
    SetPercentOff,
    SetSeats,
    encoded,
)
from domain.practices import events as seat_facts
from domain.practices.seat_pool import SeatPool
from services.dispatch import Work

KIND: Final = "payment_order"
_FORGOTTEN: Final = "payer_forgotten"
TOLD_BEFORE: Final = timedelta(hours=2)


def order(work: Work, orders: Iterable[PaymentOrder]) -> None:
    """Ask for orders to be carried out once the events stand."""
    for each in orders:
        work.effect(KIND, **encoded(each))


def of_membership(membership: Membership) -> list[PaymentOrder]:
    """Return what a membership's new events call for."""
    return [
        found
        for event in membership.pending_events
        if (found := _of_membership(membership, event)) is not None
    ]


def _of_membership(membership: Membership, event: object) -> PaymentOrder | None:
    counts = membership.observed
    order: PaymentOrder | None = None
    if isinstance(event, membership_facts.SecondSubscriptionSeen):
        return EndNow(membership.id, event.subscription_id, pay_back=True)
    if isinstance(event, membership_facts.EndOrdered):
        return EndNow(membership.id, event.subscription_id, pay_back=event.pay_back, why=_FORGOTTEN)
    if counts is None:
        return None
    about = membership.id, counts.subscription_id
    match event:
        case membership_facts.LeaveAsked():
            order = PauseDues(*about)
        case membership_facts.ReturnAsked(agreed=agreed):
            order = ResumeDues(*about, agreed, at_no_cost=agreed is None)
        case membership_facts.PlanChangeAsked(plan=plan, agreed=prices):
            order = ChangePlan(*about, plan, (*prices,), takes_back=plan == membership.plan)
        case membership_facts.CancellationAsked():
            order = EndWithPeriod(*about, ends=True)
        case membership_facts.CancellationWithdrawn():
            order = EndWithPeriod(*about, ends=False)
        case membership_facts.Lapsed(why=LapseReason.UNPAID) if not counts.is_over:
            order = EndNow(*about, pay_back=False)
    return order


def of_seats(pool: SeatPool, practice: Membership) -> list[PaymentOrder]:
    """Return the order for another number of seats, if one was just asked for.

    More are ordered at once. Fewer are ordered shortly before the renewal, which is then billed for
    fewer: one that is drafted already would be billed as it was.
    """
    counts = practice.observed
    if counts is None:
        return []
    return [
        SetSeats(
            practice.id,
            counts.subscription_id,
            each.count,
            None if each.count > pool.bought else each.effective_at - TOLD_BEFORE,
        )
        for each in pool.pending_events
        if isinstance(each, seat_facts.CountChangeScheduled)
    ]


async def of_scholarship(work: Work, scholarship: Scholarship) -> list[PaymentOrder]:
    """Return what a scholarship's new events call for, while its holder pays dues.

    A scholarship carries the dues of a membership of one's own; a practice pays for its seats.
    """
    changes = Scholarship.Granted, Scholarship.Renewed, Scholarship.Ended
    if not any(isinstance(each, changes) for each in scholarship.pending_events):
        return []
    holder_id = scholarship.member_id
    own = await work.find(Membership, own_membership_id(holder_id))
    counts = None if own is None else own.observed
    if own is None or counts is None or not counts.is_live:
        return []
    percent = 0 if scholarship.percent is None else int(scholarship.percent)
    return [SetPercentOff(own.id, counts.subscription_id, percent, scholarship.until)]


def of_ledger(ledger: MoneyLedger) -> list[PaymentOrder]:
    """Return the refunds that were just ordered."""
    asked = [each for each in ledger.pending_events if isinstance(each, money_facts.RefundAsked)]
    return [
        PayBack(
            account_id=ledger.account_id,
            invoice_id=each.fact.concerns,
            order_id=each.fact.object_id,
            amount=each.fact.amount,
            reason=each.fact.reason or "requested_by_customer",
        )
        for each in asked
    ]


def of_account(account: BillingAccount) -> list[PaymentOrder]:
    """Return what an account's new events call for."""
    return [
        ForgetPayer(account.id, each.customer_id)
        for each in account.pending_events
        if isinstance(each, BillingAccount.PayerForgotten)
    ]
