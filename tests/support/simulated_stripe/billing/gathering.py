"""What waits is billed at an interval of its own, and not only with the next period."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import invoices, pending
from tests.support.simulated_stripe.billing.calendar import boundary_after
from tests.support.simulated_stripe.world.world import Json, World


def agree(world: World, subscription: Json, given: Json) -> None:
    """Takes ``pending_invoice_item_interval`` from a call; the empty string ends it."""
    if "pending_invoice_item_interval" not in given:
        return
    interval = given["pending_invoice_item_interval"] or None
    if interval is not None:
        interval = {"interval_count": 1} | interval
    subscription["pending_invoice_item_interval"] = interval
    plan_next(world, subscription)


def plan_next(world: World, subscription: Json) -> None:
    """Says when what waits is billed next: the intervals are counted from the anchor.

    Source:
        docs.stripe.com/api/subscriptions/object: ``next_pending_invoice_item_invoice``. Where the
        intervals begin is not said there; the anchor makes the last one of a year its renewal.
    """
    interval = subscription["pending_invoice_item_interval"]
    now = world.now(subscription["test_clock"])
    subscription["next_pending_invoice_item_invoice"] = (
        boundary_after(now, subscription["billing_cycle_anchor"], interval) if interval else None
    )


def bill(world: World, subscription: Json) -> Json | None:
    """Drafts one invoice for all that waits, finalized an hour later; none if nothing does."""
    at = subscription["next_pending_invoice_item_invoice"]
    plan_next(world, subscription)
    customer = world.find("customer", subscription["customer"])
    waiting = pending.of(world, customer["id"], subscription["id"])
    if not waiting:
        return None
    waits = subscription["status"] == "unpaid"
    invoice = invoices.draft(
        world,
        customer,
        pending.take(world, waiting),
        reason="automatic_pending_invoice_item_invoice",
        subscription=subscription,
        collection_method=subscription["collection_method"],
        auto_advance=not waits,
        automatically_finalizes_at=None if waits else at + world.settings.draft_seconds,
    )
    pending.bind(waiting, invoice)
    return invoice
