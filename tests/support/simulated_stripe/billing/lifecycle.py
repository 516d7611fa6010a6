"""Subscriptions pause, come back, and end."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    changes,
    collecting,
    invoices,
    items,
    methods,
    pending,
    returning,
    statuses,
    subscriptions,
)
from tests.support.simulated_stripe.billing.calendar import boundary_after
from tests.support.simulated_stripe.refusals import invalid, not_simulated
from tests.support.simulated_stripe.world.world import Json, World


def cancel(world: World, subscription: Json, given: Json) -> Json:
    """Ends a subscription now.

    Args:
        world: the account.
        subscription: not over yet.
        given: ``prorate`` gives back unused time, ``invoice_now`` bills what waits. "Pending
            prorations are removed if invoice_now and prorate are both set to false" (the SDK
            about ``SubscriptionService.cancel``).
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
    elif not given.get("prorate"):
        pending.forget_prorations(world, subscription)
    statuses.end(world, subscription, reason="cancellation_requested")
    return subscription


def _credit_unused(world: World, subscription: Json, since: int) -> None:
    start, end = items.period_of(subscription)
    for item in items.of(subscription):
        pending.prorate(world, subscription, item, sign=-1, start=since, end=end, whole=end - start)


def pause(world: World, subscription: Json, given: Json) -> Json:
    """Pauses a subscription: no period passes and nothing is billed until it resumes.

    The period ends with the pause.

    Raises:
        Refusal: it cannot be paused: in classic billing mode, in a trial, sent as an invoice, or
            not running.

    Source:
        docs.stripe.com/billing/subscriptions/pause, "Pause subscriptions".
    """
    if subscription["billing_mode"]["type"] != "flexible":
        raise invalid("Only subscriptions with billing_mode=flexible can be paused.")
    if subscription["collection_method"] != "charge_automatically":
        raise invalid("Only subscriptions that are charged automatically can be paused.")
    if subscription["status"] not in {"active", "past_due", "unpaid"}:
        raise invalid(f"You cannot pause a subscription that is {subscription['status']}.")
    now = world.now(subscription["test_clock"])
    since = given.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    paid = subscription["status"] == "active"
    if paid and since != "none":
        start, _ = items.period_of(subscription)
        _credit_unused(world, subscription, now if since == "now" else start)
    if given.get("invoicing_behavior") == "invoice":
        changes.bill_now(world, subscription, given)
    items.set_period(subscription, items.period_of(subscription)[0], now)
    statuses.rest(world, subscription, why="pause_requested")
    return subscription


def resume(world: World, subscription: Json, given: Json) -> Json:
    """Goes on after a pause, at once if nothing has to be paid for that.

    With the anchor ``now`` (the default) a new period begins and is billed, less what the pause
    gave back; ``unchanged`` bills the rest of the period that is running by the old anchor, with
    the next invoice.

    Raises:
        Refusal: it is not paused, or there is no card for a payment that is to be tried now.

    Source:
        docs.stripe.com/billing/subscriptions/pause. What a second request does while the first one
        waits for its payment is not said there; here it takes its place.
    """
    if subscription["status"] != "paused":
        raise invalid("You can only resume a subscription that is paused.")
    if subscription["collection_method"] != "charge_automatically":
        raise invalid("You can only resume a subscription that is charged automatically.")
    returning.give_up(world, subscription)
    if given.get("billing_cycle_anchor", {}).get("type", "now") == "now":
        _return_now(world, subscription, given.get("payment_behavior", returning.ON_ATTEMPT))
    else:
        _return_to_anchor(world, subscription, given)
    statuses.changed(world, subscription)
    return subscription


def _return_now(world: World, subscription: Json, behavior: str) -> None:
    tries = behavior == returning.ON_SUCCESS
    card = methods.default_of(world, subscription["customer"], subscription)
    if tries and card is None:
        message = "This customer has no attached payment source or default payment method."
        raise invalid(message, code="resource_missing")
    now = world.now(subscription["test_clock"])
    anchor, before = subscription["billing_cycle_anchor"], items.period_of(subscription)
    interval = items.one_interval(each["price"] for each in items.of(subscription))
    period = (now, boundary_after(now, now, interval))
    items.set_period(subscription, *period)
    reason = "subscription_update"
    invoice = subscriptions.bill_period(world, subscription, reason=reason, auto_advance=tries)
    items.set_period(subscription, *before)
    subscription["billing_cycle_anchor"] = anchor
    returning.wait(world, subscription, invoice, period=period, behavior=behavior)
    invoices.finalize(world, invoice)
    if invoice["status"] == "paid":
        statuses.paid(world, invoice)
    elif tries and invoice["status"] == "open":
        collecting.attempt(world, invoice, card, present=True)


def _return_to_anchor(world: World, subscription: Json, given: Json) -> None:
    now, anchor = world.now(subscription["test_clock"]), subscription["billing_cycle_anchor"]
    behavior = given.get("proration_behavior", "create_prorations")
    if behavior == "always_invoice":
        raise not_simulated("a return that bills the rest of a period at once")
    interval = items.one_interval(each["price"] for each in items.of(subscription))
    start = _last_boundary(now, anchor, interval)
    end = boundary_after(now, anchor, interval)
    items.set_period(subscription, start, end)
    for item in items.of(subscription) if behavior != "none" else []:
        pending.prorate(world, subscription, item, sign=1, start=now, end=end, whole=end - start)
    returning.begin(world, subscription, status="active")


def _last_boundary(now: int, anchor: int, interval: Json) -> int:
    boundary = anchor
    while (later := boundary_after(boundary, anchor, interval)) <= now:
        boundary = later
    return boundary


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
