"""What an invoice's fate does to its subscription."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import invoices, methods, returning
from tests.support.simulated_stripe.world.world import Json, World

ENDED = frozenset({"canceled", "incomplete_expired"})
_MENDED_BY_PAYMENT = frozenset({"incomplete", "past_due", "unpaid"})


def subscription_of(world: World, invoice: Json) -> Json | None:
    """The subscription that an invoice bills."""
    details = (invoice["parent"] or {}).get("subscription_details")
    if not details:
        return None
    return world.objects["subscription"].get(details["subscription"])


def changed(world: World, subscription: Json) -> None:
    """Tells what changed about a subscription, if anything did."""
    world.journal.tell_changes("customer.subscription.updated", subscription)


def paid(world: World, invoice: Json) -> None:
    """An invoice is paid: a subscription that waited for it goes on."""
    subscription = subscription_of(world, invoice)
    if subscription is None:
        return
    if returning.is_asked_by(world, subscription, invoice):
        returning.begin(world, subscription, status="active")
    latest = subscription["latest_invoice"] == invoice["id"]
    if subscription["status"] in _MENDED_BY_PAYMENT and latest:
        subscription["status"] = "trialing" if _in_trial(world, subscription) else "active"
    changed(world, subscription)


def _in_trial(world: World, subscription: Json) -> bool:
    return (subscription["trial_end"] or 0) > world.now(subscription["test_clock"])


def payment_failed(world: World, invoice: Json) -> None:
    """An attempt failed: past due, or the end when no attempt is left."""
    subscription = subscription_of(world, invoice)
    if subscription is None or subscription["status"] in ENDED | {"incomplete"}:
        return
    if subscription["status"] == "paused":
        _return_failed(world, subscription, invoice)
        return
    if subscription["status"] == "active":
        subscription["status"] = "past_due"
    exhausted = invoice["attempt_count"] > len(world.settings.retry_after_days)
    if exhausted and world.settings.when_exhausted == "cancel":
        end(world, subscription, reason="payment_failed")
        return
    if exhausted and world.settings.when_exhausted == "unpaid":
        subscription["status"] = "unpaid"
    changed(world, subscription)


def _return_failed(world: World, subscription: Json, invoice: Json) -> None:
    """Who comes back with a card that fails is past due, or stays away, as was asked."""
    asked = returning.is_asked_by(world, subscription, invoice)
    if asked and returning.begins_with_an_attempt(world, subscription):
        returning.begin(world, subscription, status="past_due")
        changed(world, subscription)


def written_off(world: World, invoice: Json) -> None:
    """An invoice is written off: a return that waited for it begins."""
    subscription = subscription_of(world, invoice)
    if subscription is not None and returning.is_asked_by(world, subscription, invoice):
        returning.begin(world, subscription, status="active")
        changed(world, subscription)


def end(world: World, subscription: Json, *, reason: str | None) -> None:
    """A subscription is over: ``customer.subscription.deleted`` is told.

    Args:
        world: the account.
        subscription: not over yet.
        reason: for ``cancellation_details``; None keeps the one that is there.
    """
    now = world.now(subscription["test_clock"])
    subscription["status"] = "canceled"
    subscription["ended_at"] = now
    subscription["canceled_at"] = subscription["canceled_at"] or now
    if reason:
        subscription["cancellation_details"]["reason"] = reason
    for invoice in world.every("invoice", status="open", auto_advance=True):
        if subscription_of(world, invoice) is subscription:
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
            world.journal.tell_changes("invoice.updated", invoice)
    world.journal.tell("customer.subscription.deleted", subscription)


def rest(world: World, subscription: Json, *, why: str) -> None:
    """Marks a subscription as paused, and tells why."""
    now = world.now(subscription["test_clock"])
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {"subscription": {"type": why}, "transitioned_at": now, "type": "subscription"}
    }
    changed(world, subscription)
    world.journal.tell("customer.subscription.paused", subscription)


def trial_is_over_without_card(world: World, subscription: Json) -> bool:
    """At the end of a trial without a card, what was agreed for that case happens.

    Returns:
        Whether it did; otherwise the first period begins and is billed.
    """
    wish = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if wish == "create_invoice" or methods.default_of(
        world, subscription["customer"], subscription
    ):
        return False
    if wish == "cancel":
        end(world, subscription, reason=None)
    else:
        rest(world, subscription, why="trial_end_without_payment_method")
    return True


def expire(world: World, subscription: Json) -> None:
    """Nobody made the first payment in time: the subscription never began."""
    subscription["status"] = "incomplete_expired"
    subscription["ended_at"] = world.now(subscription["test_clock"])
    first = world.objects["invoice"].get(subscription["latest_invoice"] or "")
    if first and first["status"] == "open":
        invoices.void(world, first)
    changed(world, subscription)
