"""Looks at Stripe, memberships and money facts for tests; days are counted from the trial's first.

A builder makes the ordinary case; a test names only what it is about.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.memberships.membership import Membership
from domain.memberships.observations import DeclineKind, Observation, PaymentTrouble, PlanWaiting
from domain.money.billing_accounts import billing_account_id
from domain.money.facts import Actor, MoneyFact
from domain.practices.seat_pool import SeatPool
from domain.values import Money
from tests.support.builders import ANA, JOY, SIX_PM, known

CUSTOMER, SUBSCRIPTION = "cus_ana", "sub_1"
MONTHLY, ANNUAL = "membership-monthly", "membership-annual"
ACCOUNT = billing_account_id(ANA)
PRACTICE, FUND, GIFT = (UUID(int=n) for n in range(700, 703))


def day(number: float) -> datetime:
    """Return the beginning of a day; the membership's first is number 0."""
    return SIX_PM + timedelta(days=number)


def observation(seen: float, **changes: Any) -> Observation:
    """Return what a refetch said that was begun on day *seen*."""
    began = changes.pop("began", 0)
    values: dict[str, Any] = {
        "subscription_id": SUBSCRIPTION,
        "customer_id": CUSTOMER,
        "status": "active",
        "began_at": day(began),
        "period_end_at": day(44),
        "trial_end_at": None,
        "price": MONTHLY,
        "latest_invoice": ("in_1", "paid"),
        "observed_at": day(seen),
        "source_event_id": "evt_1",
        "request_id": "req_1",
    } | changes
    return Observation(**values)


def trialing(seen: float, until: float = 14, **changes: Any) -> Observation:
    ends = {"period_end_at": day(until), "trial_end_at": day(until)}
    return observation(seen, status="trialing", **(ends | changes))


def active(seen: float, *, through: float = 44, ends: bool = False, **changes: Any) -> Observation:
    return observation(seen, period_end_at=day(through), ends_at_period_end=ends, **changes)


def trouble(attempt: int = 1, **changes: Any) -> PaymentTrouble:
    values: dict[str, Any] = {
        "invoice_id": "in_1",
        "attempt": attempt,
        "next_try_at": None,
        "kind": DeclineKind.SOFT,
        "needs_second_factor": False,
    } | changes
    return PaymentTrouble(**values)


def waiting(seen: float, *, until: float, **changes: Any) -> PlanWaiting:
    """Return another plan that waits for its payment since day *seen*."""
    values: dict[str, Any] = {
        "invoice_id": f"in_of_day_{int(seen)}",
        "until": day(until),
        "needs_second_factor": True,
    } | changes
    return PlanWaiting(**values)


def unpaid(seen: float, *, since: float, **changes: Any) -> Observation:
    """Return a look at a subscription whose dues have been open since a day."""
    values: dict[str, Any] = {
        "status": "past_due",
        "unpaid_since": day(since),
        "trouble": trouble(),
    } | changes
    return observation(seen, **values)


def paused(seen: float, reason: str | None = "pause_requested", **changes: Any) -> Observation:
    return observation(seen, status="paused", paused_for=reason, **changes)


def ended(seen: float, reason: str = "cancellation_requested", **changes: Any) -> Observation:
    return observation(seen, status="canceled", ended_for=reason, **changes)


def requested() -> Membership:
    return Membership.request(account_id=ACCOUNT, holder_id=ANA, plan=MONTHLY, at=day(0))


def a_membership(*looks: Observation) -> Membership:
    """Return Ana's membership after Stripe was looked at, each time at once."""
    membership = requested()
    for look in looks:
        membership.observe(look, at=max(look.observed_at, day(0)))
    known(membership)
    return membership


def a_pool(bought: int = 3, *seated: UUID) -> SeatPool:
    """Return Joy's practice with some seats, and people on them."""
    pool = SeatPool.open(PRACTICE, name="Harbour practice", manager_id=JOY, at=day(0))
    pool.observe_count(bought, observed_at=day(0), at=day(0))
    for number, who in enumerate(seated):
        seat_id = UUID(int=800 + number)
        pool.offer(seat_id, by=JOY, at=day(0))
        pool.accept(seat_id, member_id=who, at=day(0))
    known(pool)
    return pool


def fact(object_id: str, cents: int = 2_000, **changes: Any) -> MoneyFact:
    values: dict[str, Any] = {
        "object_id": object_id,
        "amount": Money(cents, "EUR"),
        "actor": Actor.STRIPE,
        "true_at": SIX_PM,
        "source_event_id": "evt_1",
        "request_id": "req_1",
    } | changes
    return MoneyFact(**values)


def a_refund(**changes: Any) -> dict[str, Any]:
    return {
        "invoice_id": "in_1",
        "amount": Money(500, "EUR"),
        "reason": "requested_by_customer",
        "second_id": None,
        "alone_up_to": Money(10_000, "EUR"),
    } | changes
