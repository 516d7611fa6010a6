"""Subscriptions and their items."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import in_range, page
from tests.support.simulated_stripe.billing import (
    changes,
    items,
    lifecycle,
    statuses,
    subscriptions,
)
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.metadata import merged
from tests.support.simulated_stripe.world.world import Json

_SHARED = (
    "automatic_tax cancel_at cancel_at_period_end collection_method days_until_due "
    "default_payment_method description discounts items metadata off_session payment_behavior "
    "payment_settings pending_invoice_item_interval proration_behavior trial_end trial_settings"
)


@simulates("post /v1/subscriptions", f"{_SHARED} billing_mode currency customer trial_period_days")
def create_subscription(call: Call) -> Json:
    given = call.given
    return subscriptions.start(call.world, given, present=not given.get("off_session", False))


@simulates("get /v1/subscriptions/{}")
def read_subscription(call: Call) -> Json:
    return call.world.find("subscription", call.key)


@simulates(
    "post /v1/subscriptions/{}",
    f"{_SHARED} billing_cycle_anchor cancellation_details proration_date",
)
def update_subscription(call: Call) -> Json:
    subscription, given = call.world.find("subscription", call.key), call.given
    if subscription["status"] in statuses.ENDED and given.keys() <= {"metadata"}:
        subscription["metadata"] = merged(subscription["metadata"], given.get("metadata", {}))
        statuses.changed(call.world, subscription)
        return subscription
    return changes.change(call.world, subscription, given)


@simulates("delete /v1/subscriptions/{}", "cancellation_details invoice_now prorate")
def cancel_subscription(call: Call) -> Json:
    return lifecycle.cancel(call.world, call.world.find("subscription", call.key), call.given)


@simulates("post /v1/subscriptions/{}/pause", "bill_for invoicing_behavior type")
def pause_subscription(call: Call) -> Json:
    return lifecycle.pause(call.world, call.world.find("subscription", call.key), call.given)


@simulates(
    "post /v1/subscriptions/{}/resume", "billing_cycle_anchor payment_behavior proration_behavior"
)
def resume_subscription(call: Call) -> Json:
    return lifecycle.resume(call.world, call.world.find("subscription", call.key), call.given)


@simulates(
    "get /v1/subscriptions",
    f"collection_method current_period_end current_period_start customer price status test_clock "
    f"{PAGING}",
)
def list_subscriptions(call: Call) -> Json:
    """Without a status, those that are over are left out, as at Stripe."""
    given = call.given
    equal = {name: given.get(name) for name in ("customer", "test_clock", "collection_method")}
    found = call.world.every("subscription", **equal)
    return page(call, [each for each in found if _status_fits(each, given) and _fits(each, given)])


def _status_fits(each: Json, given: Json) -> bool:
    wanted = given.get("status")
    if wanted == "all":
        return True
    if wanted == "ended":
        return each["status"] in statuses.ENDED
    return each["status"] == wanted if wanted else each["status"] not in statuses.ENDED


def _fits(each: Json, given: Json) -> bool:
    start, end = items.period_of(each)
    prices = {item["price"]["id"] for item in items.of(each)}
    return (
        in_range(start, given.get("current_period_start"))
        and in_range(end, given.get("current_period_end"))
        and given.get("price", next(iter(prices))) in prices
    )


@simulates("delete /v1/subscriptions/{}/discount")
def delete_discount(call: Call) -> Json:
    subscription = call.world.find("subscription", call.key)
    if not subscription["discounts"]:
        raise invalid("This subscription has no discount.", code="resource_missing")
    last = subscription["discounts"][-1]
    changes.change(call.world, subscription, {"discounts": ""})
    return {"id": last, "object": "discount", "deleted": True}


@simulates("get /v1/subscription_items", f"subscription {PAGING.replace(' created', '')}")
def list_items(call: Call) -> Json:
    key = call.given["subscription"]
    subscription = call.world.find("subscription", key, param="subscription")
    return page(call, items.of(subscription), newest_first=False)


@simulates("get /v1/subscription_items/{}")
def read_item(call: Call) -> Json:
    return call.world.find("subscription_item", call.key)


@simulates(
    "post /v1/subscription_items/{}",
    "metadata off_session payment_behavior price proration_behavior proration_date quantity",
)
def update_item(call: Call) -> Json:
    """The same change as one of the whole subscription, said of one item."""
    item = call.world.find("subscription_item", call.key)
    of_item = {
        name: v for name, v in call.given.items() if name in {"metadata", "price", "quantity"}
    }
    rest = {name: v for name, v in call.given.items() if name not in of_item}
    subscription = call.world.find("subscription", item["subscription"])
    changes.change(call.world, subscription, {"items": [{"id": item["id"]} | of_item]} | rest)
    return item
