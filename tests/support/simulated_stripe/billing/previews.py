"""What an invoice would say: the change is made, looked at and forgotten."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    changes,
    gathering,
    items,
    lifecycle,
    pending,
    subscriptions,
)
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.world import Json, World

_OF_CHANGE = (
    "billing_cycle_anchor",
    "cancel_at_period_end",
    "items",
    "proration_behavior",
    "proration_date",
    "trial_end",
)


def preview(world: World, given: Json) -> Json:
    """The next invoice of a subscription, as it is or as a change would make it.

    Args:
        world: the account; nothing in it changes.
        given: the parameters of Stripe's create_preview, converted.

    Returns:
        An invoice in the state of a draft: one made at once by the change, if it makes one, else
        the next one, for what waits or for a period. ``preview_mode=recurring`` asks for that of
        the period, without what waits.

    Raises:
        Refusal: neither a customer nor a subscription is named, or the change is refused.
    """
    with world.rehearsal():
        if given.get("subscription_details", {}).get("resume_at") == "now":
            return _shown(_of_return(world, given))
        if "subscription" in given:
            return _shown(_of_running(world, given))
        if "customer" not in given and "customer_details" not in given:
            raise invalid("You must provide customer or subscription.", param="customer")
        return _shown(_of_new(world, given))


def _of_return(world: World, given: Json) -> Json:
    """The invoice that is made if a paused subscription resumes now."""
    subscription = world.find("subscription", given["subscription"], param="subscription")
    lifecycle.resume(world, subscription, {})
    return world.find("invoice", subscription["latest_invoice"])


def _of_running(world: World, given: Json) -> Json:
    subscription = world.find("subscription", given["subscription"], param="subscription")
    before = subscription["latest_invoice"]
    recurring = given.get("preview_mode") == "recurring"
    details = given.get("subscription_details", {})
    change = {name: details[name] for name in _OF_CHANGE if name in details}
    if given.get("discounts"):
        change["discounts"] = given["discounts"]
    if change:
        changes.change(world, subscription, change)
        if subscription["latest_invoice"] != before and not recurring:
            return world.find("invoice", subscription["latest_invoice"])
    if subscription["cancel_at_period_end"] or subscription["status"] == "canceled":
        raise invalid("No upcoming invoices for customer.", code="invoice_upcoming_none")
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    if recurring:
        for each in pending.of(world, subscription["customer"], subscription["id"]):
            del world.objects["invoiceitem"][each["id"]]
    gathers_at = subscription["next_pending_invoice_item_invoice"]
    if gathers_at is not None and gathers_at < items.period_of(subscription)[1]:
        gathered = gathering.bill(world, subscription)
        if gathered is not None:
            return gathered
    return subscriptions.renew(world, subscription)


def _of_new(world: World, given: Json) -> Json:
    details = given.get("subscription_details", {})
    customer = _customer(world, given)
    new = {
        "customer": customer["id"],
        "items": details.get("items", []),
        "discounts": given.get("discounts") or [],
        "automatic_tax": given.get("automatic_tax", {}),
        "payment_behavior": "default_incomplete",
    }
    if "currency" in given:
        new["currency"] = given["currency"]
    if "trial_end" in details:
        new["trial_end"] = details["trial_end"]
    subscription = subscriptions.start(world, new)
    return world.find("invoice", subscription["latest_invoice"])


def _customer(world: World, given: Json) -> Json:
    if "customer" in given:
        return world.find("customer", given["customer"], param="customer")
    details = given["customer_details"]
    customer = world.create(
        "customer",
        balance=0,
        invoice_prefix="PREVIEW",
        invoice_settings={},
        next_invoice_sequence=1,
    )
    customer["address"] = details.get("address") or None
    customer["tax_exempt"] = details.get("tax_exempt") or "none"
    return customer


def _shown(invoice: Json) -> Json:
    """A preview is a draft that nobody can pay, under an id that says so."""
    return invoice | {
        "id": invoice["id"].replace("in_", "upcoming_in_", 1),
        "status": "draft",
        "number": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "amount_paid": 0,
        "amount_remaining": invoice["amount_due"],
        "billing_reason": invoice["billing_reason"],
    }
