"""Subscriptions pause, come back, and end."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    changes,
    collecting,
    gathering,
    items,
    pending,
    statuses,
    subscriptions,
)
from tests.support.simulated_stripe.billing.calendar import boundary_after
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.world import Json, World


def cancel(world: World, subscription: Json, given: Json) -> Json:
    """Ends a subscription now.

    Args:
        world: the account.
        subscription: not over yet.
        given: ``prorate`` gives back unused time, ``invoice_now`` bills what waits.
    """
    if subscription["status"] in statuses.ENDED:
        message = f"No such subscription: '{subscription['id']}'"
        raise invalid(message, code="resource_missing", param="id")
    details = given.get("cancellation_details", {})
    subscription["cancellation_details"] |= {name: v or None for name, v in details.items()}
    if given.get("prorate") and subscription["status"] in {"active", "past_due"}:
        _credit_unused(world, subscription, world.now(subscription["test_clock"]))
    if given.get("invoice_now"):
        changes.bill_now(world, subscription, given)
    statuses.end(world, subscription, reason="cancellation_requested")
    return subscription


def _credit_unused(world: World, subscription: Json, since: int) -> None:
    start, end = items.period_of(subscription)
    for item in items.of(subscription):
        pending.prorate(world, subscription, item, sign=-1, start=since, end=end, whole=end - start)


def pause(world: World, subscription: Json, given: Json) -> Json:
    """Pauses a subscription: no period passes and nothing is billed until it resumes.

    Source:
        docs.stripe.com/changelog/endive/2026-09-30: needs the flexible billing mode.
    """
    if subscription["billing_mode"]["type"] != "flexible":
        raise invalid("Only subscriptions with billing_mode=flexible can be paused.")
    if subscription["status"] not in {"active", "trialing", "past_due"}:
        raise invalid(f"You cannot pause a subscription that is {subscription['status']}.")
    now = world.now(subscription["test_clock"])
    since = given.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    paid = subscription["status"] == "active"
    if paid and since != "none":
        start, _ = items.period_of(subscription)
        _credit_unused(world, subscription, now if since == "now" else start)
    if given.get("invoicing_behavior") == "invoice":
        changes.bill_now(world, subscription, given)
    statuses.rest(world, subscription, why="pause_requested")
    return subscription


def resume(world: World, subscription: Json, given: Json) -> Json:
    """Goes on after a pause.

    With the anchor ``now`` (the default) a new period begins and is billed at once, less what the
    pause gave back; ``unchanged`` bills the rest of the period that is running by the old anchor.
    """
    if subscription["status"] != "paused":
        raise invalid("You can only resume a subscription that is paused.")
    now = world.now(subscription["test_clock"])
    anchor = given.get("billing_cycle_anchor", {}).get("type", "now")
    interval = items.one_interval(each["price"] for each in items.of(subscription))
    if anchor == "now":
        subscription["billing_cycle_anchor"] = now
    gathering.plan_next(world, subscription)
    if anchor == "now":
        items.set_period(subscription, now, boundary_after(now, now, interval))
        invoice = subscriptions.bill_period(world, subscription, reason="subscription_update")
        waits = given.get("payment_behavior") == "resume_on_payment_success"
        _go_on(world, subscription, waits_for=invoice["id"] if waits else None)
        collecting.finalize(world, invoice, present=True)
        statuses.changed(world, subscription)
        return subscription
    start, end = items.period_of(subscription)
    if end <= now:
        start = _last_boundary(now, subscription["billing_cycle_anchor"], interval)
        end = boundary_after(now, subscription["billing_cycle_anchor"], interval)
        items.set_period(subscription, start, end)
    behavior = given.get("proration_behavior", "create_prorations")
    for item in items.of(subscription) if behavior != "none" else []:
        pending.prorate(world, subscription, item, sign=1, start=now, end=end, whole=end - start)
    _go_on(world, subscription, waits_for=None)
    if behavior == "always_invoice":
        changes.bill_now(world, subscription, given)
    statuses.changed(world, subscription)
    return subscription


def _last_boundary(now: int, anchor: int, interval: Json) -> int:
    boundary = anchor
    while (later := boundary_after(boundary, anchor, interval)) <= now:
        boundary = later
    return boundary


def _go_on(world: World, subscription: Json, *, waits_for: str | None) -> None:
    if waits_for:
        world.note(subscription["id"])["resumes_with"] = waits_for
        return
    subscription |= {"status": "active", "status_details": None}
    world.journal.tell("customer.subscription.resumed", subscription)


def end_trial(world: World, subscription: Json) -> None:
    """A trial is over: the first period begins, or what was agreed for want of a card happens."""
    if not statuses.trial_is_over_without_card(world, subscription):
        subscription["status"] = "active"
        subscriptions.renew(world, subscription)


def end_period(world: World, subscription: Json) -> None:
    """A period is over: the next one begins, or the subscription ends as planned."""
    if _ends_now(world, subscription):
        end_as_planned(world, subscription)
    else:
        subscriptions.renew(world, subscription)


def _ends_now(world: World, subscription: Json) -> bool:
    planned = subscription["cancel_at"]
    due = planned is not None and planned <= world.now(subscription["test_clock"])
    return bool(subscription["cancel_at_period_end"] or due)


def end_as_planned(world: World, subscription: Json) -> None:
    """Ends a subscription that was to end, and bills what still waits."""
    changes.bill_now(world, subscription, {"off_session": True})
    statuses.end(world, subscription, reason="cancellation_requested")
