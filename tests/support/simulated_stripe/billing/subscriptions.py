"""Subscriptions begin and renew."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import (
    collecting,
    discounts,
    gathering,
    invoices,
    items,
    lines,
    methods,
    pending,
    statuses,
)
from tests.support.simulated_stripe.billing.calendar import boundary_after
from tests.support.simulated_stripe.refusals import Refusal, invalid
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json, World


def start(world: World, given: Json, *, present: bool = True) -> Json:
    """Creates a subscription, its first invoice, and tries to have that paid.

    Args:
        world: the account.
        given: the parameters of Stripe's create call, converted.
        present: whether the customer is there to confirm a payment.

    Raises:
        Refusal: a price, a card or a place is missing; or the first payment fails and
            ``payment_behavior`` says that then nothing shall be.
    """
    behavior = given.get("payment_behavior", "allow_incomplete")
    if behavior == "error_if_incomplete":
        with world.rehearsal():
            tried = _start(world, given, present=present, pay=True)
        if tried["status"] == "incomplete":
            raise Refusal(402, "card_error", "Your card was declined.", code="card_declined")
    return _start(world, given, present=present, pay=behavior != "default_incomplete")


def _start(world: World, given: Json, *, present: bool, pay: bool) -> Json:
    if "customer" not in given:
        raise invalid("Must provide customer.", code="parameter_missing", param="customer")
    customer = world.find("customer", given["customer"], param="customer")
    wanted = given.get("items", [])
    if not wanted:
        message = "Missing required param: items."
        raise invalid(message, code="parameter_missing", param="items")
    prices = [items.price_of(world, each, given.get("currency")) for each in wanted]
    interval = items.one_interval(prices)
    now = world.now(customer["test_clock"])
    trial_end = _trial_end(given, now)
    anchor = trial_end or now
    end = trial_end or boundary_after(now, anchor, interval)
    subscription = _new(world, customer, given, prices[0], trial_end=trial_end, anchor=anchor)
    rows = [
        items.make(
            world, subscription["id"], each, price, current_period_start=now, current_period_end=end
        )
        for each, price in zip(wanted, prices, strict=True)
    ]
    subscription["items"] = items.list_of(subscription["id"], rows)
    gathering.agree(world, subscription, given)
    customer["currency"] = customer["currency"] or subscription["currency"]
    _check_ready(world, customer, subscription, pay=pay)
    invoice_id = world.names.id_of("invoice")
    subscription["latest_invoice"] = invoice_id
    world.journal.tell("customer.subscription.created", subscription)
    _first_invoice(world, customer, subscription, invoice_id, present=present, pay=pay)
    return subscription


def _trial_end(given: Json, now: int) -> int | None:
    if "trial_end" in given:
        end = given["trial_end"]
        return None if end == "now" else int(end)
    days = given.get("trial_period_days")
    return now + days * DAY if days else None


def _new(
    world: World, customer: Json, given: Json, price: Json, *, trial_end: int | None, anchor: int
) -> Json:
    now = world.now(customer["test_clock"])
    key = world.names.id_of("subscription")
    tax = given.get("automatic_tax", {}).get("enabled", False)
    mode = given.get("billing_mode", {"type": "flexible"})["type"]
    method = given.get("default_payment_method")
    if method:
        methods.owned(world, method, customer["id"], param="default_payment_method")
    ends = given.get("trial_settings", {}).get("end_behavior", {})
    subscription = world.create(
        "subscription",
        id=key,
        automatic_tax={"enabled": tax, "liability": {"type": "self"} if tax else None},
        billing_cycle_anchor=anchor,
        billing_mode={
            "type": mode,
            "flexible": {"proration_discounts": "included"} if mode == "flexible" else None,
        },
        cancel_at=given.get("cancel_at"),
        cancel_at_period_end=given.get("cancel_at_period_end", False),
        cancellation_details={},
        collection_method=given.get("collection_method", "charge_automatically"),
        currency=given.get("currency", price["currency"]),
        customer=customer["id"],
        days_until_due=given.get("days_until_due"),
        default_payment_method=method,
        default_tax_rates=[],
        description=given.get("description"),
        discounts=discounts.give(
            world,
            given.get("discounts") or [],
            now=now,
            customer=customer["id"],
            subscription=key,
        ),
        invoice_settings={"issuer": {"type": "self"}},
        items=items.list_of(key, []),
        metadata=given.get("metadata") or {},
        payment_settings={
            "save_default_payment_method": given.get("payment_settings", {}).get(
                "save_default_payment_method", "off"
            )
        },
        start_date=now,
        status="trialing" if trial_end else "incomplete",
        test_clock=customer["test_clock"],
        trial_start=now if trial_end else None,
        trial_end=trial_end,
        trial_settings={
            "end_behavior": {
                "missing_payment_method": ends.get("missing_payment_method", "create_invoice")
            }
        },
    )
    if subscription["cancel_at_period_end"]:
        subscription["canceled_at"] = now
    return subscription


def _check_ready(world: World, customer: Json, subscription: Json, *, pay: bool) -> None:
    tax = subscription["automatic_tax"]["enabled"]
    if tax and not invoices.located(customer):
        _undo(world, subscription)
        message = "The customer's location isn't recognized. Set a valid customer address."
        raise invalid(message, code="customer_tax_location_invalid", param="automatic_tax")
    automatic = subscription["collection_method"] == "charge_automatically"
    if subscription["status"] == "trialing" or not automatic or not pay:
        return
    due = sum(items.cost(world, item, subscription["currency"]) for item in items.of(subscription))
    if due and not methods.default_of(world, customer["id"], subscription):
        free = [
            world.find("coupon", world.find("discount", key)["source"]["coupon"])
            for key in subscription["discounts"]
        ]
        if not any(coupon["percent_off"] == 100 for coupon in free):
            _undo(world, subscription)
            message = "This customer has no attached payment source or default payment method."
            raise invalid(message, code="resource_missing")


def _undo(world: World, subscription: Json) -> None:
    del world.objects["subscription"][subscription["id"]]
    for key in subscription["discounts"]:
        del world.objects["discount"][key]


def _first_invoice(
    world: World, customer: Json, subscription: Json, key: str, *, present: bool, pay: bool
) -> None:
    begin, end = items.period_of(subscription)
    trial = subscription["status"] == "trialing"
    rows = [
        _line(world, subscription, each, begin, end, free=trial) for each in items.of(subscription)
    ]
    automatic = subscription["collection_method"] == "charge_automatically"
    invoice = invoices.draft(
        world,
        customer,
        rows,
        reason="subscription_create",
        subscription=subscription,
        id=key,
        collection_method=subscription["collection_method"],
        auto_advance=pay,
        due_date=_due_date(subscription, begin),
    )
    if not trial:
        _use_up(world, subscription)
    collecting.finalize(world, invoice, present=present)
    if not automatic and subscription["status"] == "incomplete":
        subscription["status"] = "active"
    statuses.changed(world, subscription)


def _due_date(subscription: Json, now: int) -> int | None:
    days = subscription["days_until_due"]
    return now + days * DAY if days else None


def _line(
    world: World, subscription: Json, item: Json, begin: int, end: int, *, free: bool = False
) -> Json:
    amount = 0 if free else items.cost(world, item, subscription["currency"])
    more: dict[str, Any] = {"currency": subscription["currency"]}
    if free:
        more["description"] = f"Trial period for {lines.product_name(world, item['price'])}"
    return lines.of_item(world, item, start=begin, end=end, amount=amount, **more)


def _use_up(world: World, subscription: Json) -> None:
    """Discounts that hold once, or whose time is over, leave the subscription."""
    now = world.now(subscription["test_clock"])

    def holds(key: str) -> bool:
        discount = world.find("discount", key)
        coupon = world.find("coupon", discount["source"]["coupon"])
        return coupon["duration"] != "once" and (discount["end"] or now + 1) > now

    subscription["discounts"] = [key for key in subscription["discounts"] if holds(key)]


def renew(world: World, subscription: Json) -> Json:
    """The next period begins: its invoice is drafted, and finalized an hour later.

    Returns:
        The draft.
    """
    begin = items.period_of(subscription)[1]
    interval = items.one_interval(each["price"] for each in items.of(subscription))
    end = boundary_after(begin, subscription["billing_cycle_anchor"], interval)
    previous = items.period_of(subscription)[0]
    items.set_period(subscription, begin, end)
    waits = subscription["status"] == "unpaid"
    later = begin + world.settings.draft_seconds
    invoice = bill_period(
        world,
        subscription,
        reason="subscription_cycle",
        period_start=previous,
        period_end=begin,
        auto_advance=not waits,
        automatically_finalizes_at=None if waits else later,
    )
    statuses.changed(world, subscription)
    return invoice


def bill_period(world: World, subscription: Json, *, reason: str, **more: Any) -> Json:
    """Drafts an invoice for the current period and everything that waits for it."""
    customer = world.find("customer", subscription["customer"])
    begin, end = items.period_of(subscription)
    waiting = pending.of(world, customer["id"], subscription["id"])
    rows = pending.take(world, waiting)
    rows += [_line(world, subscription, each, begin, end) for each in items.of(subscription)]
    _use_up_expired(world, subscription)
    invoice = invoices.draft(
        world,
        customer,
        rows,
        reason=reason,
        subscription=subscription,
        collection_method=subscription["collection_method"],
        due_date=_due_date(subscription, begin),
        **more,
    )
    pending.bind(waiting, invoice)
    _use_up(world, subscription)
    return invoice


def _use_up_expired(world: World, subscription: Json) -> None:
    now = world.now(subscription["test_clock"])
    found = discounts.standing(world, subscription["discounts"], now=now)
    subscription["discounts"] = [each["id"] for each in found]
