"""Coming back after a pause: what was agreed waits for the payment of its invoice.

The subscription stays paused until the invoice of the return is paid or written off. Whether the
request to resume tries to collect it, and what a card that fails leads to, is the request's choice.

Source: docs.stripe.com/billing/subscriptions/pause, "Resume subscriptions" and "Payment behavior".
"""

from __future__ import annotations

from tests.support.simulated_stripe.billing import gathering, invoices, items
from tests.support.simulated_stripe.world.settings import DAY, HOUR
from tests.support.simulated_stripe.world.world import Json, World

ON_SUCCESS = "resume_on_payment_success"
ON_ATTEMPT = "resume_on_payment_attempt"
_WAITS_FOR = {ON_ATTEMPT: 23 * HOUR, ON_SUCCESS: 365 * DAY}  # seconds
_NOTE = "returns"


def wait(
    world: World, subscription: Json, invoice: Json, *, period: tuple[int, int], behavior: str
) -> None:
    """Notes what happens once the invoice of a return is paid."""
    now = world.now(subscription["test_clock"])
    world.note(subscription["id"])[_NOTE] = {
        "invoice": invoice["id"],
        "period": list(period),
        "behavior": behavior,
        "expires_at": now + _WAITS_FOR[behavior],
    }


def is_asked_by(world: World, subscription: Json, invoice: Json) -> bool:
    """Whether a return waits for this invoice."""
    waits = world.note(subscription["id"]).get(_NOTE)
    return bool(waits and waits["invoice"] == invoice["id"])


def begins_with_an_attempt(world: World, subscription: Json) -> bool:
    """Whether the return that waits begins also with a payment that fails."""
    return bool(world.note(subscription["id"])[_NOTE]["behavior"] == ON_ATTEMPT)


def begin(world: World, subscription: Json, *, status: str) -> None:
    """The pause is over; a period begins where one was agreed."""
    waits = world.note(subscription["id"]).pop(_NOTE, None)
    subscription |= {"status": status, "status_details": None}
    if waits:
        start, end = waits["period"]
        subscription["billing_cycle_anchor"] = start
        items.set_period(subscription, start, end)
    gathering.plan_next(world, subscription)
    world.journal.tell_changes("customer.subscription.updated", subscription)
    world.journal.tell("customer.subscription.resumed", subscription)


def expires_at(world: World, subscription: Json) -> int | None:
    """When a return that waits is given up; None if none waits."""
    waits = world.note(subscription["id"]).get(_NOTE)
    return waits["expires_at"] if waits else None


def give_up(world: World, subscription: Json) -> None:
    """Nobody paid in time, or somebody asks anew: the invoice is void, and the pause goes on."""
    waits = world.note(subscription["id"]).pop(_NOTE, None)
    invoice = world.objects["invoice"].get(waits["invoice"]) if waits else None
    if invoice and invoice["status"] == "open":
        invoices.void(world, invoice)
