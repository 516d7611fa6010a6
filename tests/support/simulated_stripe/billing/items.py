"""The items of a subscription: which price, how many, and the period each is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.support.simulated_stripe.billing.lines import unit_amount
from tests.support.simulated_stripe.refusals import invalid, not_simulated
from tests.support.simulated_stripe.schema.shapes import complete
from tests.support.simulated_stripe.world.world import Json, World


def price_of(world: World, wanted: Json, currency: str | None) -> Json:
    """The price that an item names, fit for a subscription.

    Raises:
        Refusal: no such price, not recurring, inactive, or not in the subscription's currency.
    """
    if "price_data" in wanted:
        raise not_simulated("items[price_data]")
    if "price" not in wanted:
        raise invalid("You must pass a price for each item.", param="items[0][price]")
    price = world.find("price", wanted["price"], param="items[0][price]")
    if price["type"] != "recurring":
        message = "The price specified is set to `type=one_time` but this field only accepts "
        raise invalid(message + "prices with `type=recurring`.", param="items[0][price]")
    if not price["active"]:
        raise invalid("The price specified is inactive. This field only accepts active prices.")
    if currency and currency not in world.note(price["id"])["currencies"]:
        message = f"The price specified only supports `{price['currency']}`."
        raise invalid(message, param="items[0][price]")
    return price


def make(world: World, subscription_id: str, wanted: Json, price: Json, **period: int) -> Json:
    """A new item; ``current_period_start`` and ``current_period_end`` are given."""
    item = world.create(
        "subscription_item",
        subscription=subscription_id,
        price=price,
        plan=plan_of(price),
        quantity=wanted.get("quantity", 1),
        metadata=wanted.get("metadata") or {},
        **period,
    )
    item["plan"] = plan_of(price)
    return item


def plan_of(price: Json) -> Json:
    """The same price in the older form that items still carry."""
    recurring = price["recurring"]
    return complete(
        "plan",
        {
            "id": price["id"],
            "active": price["active"],
            "amount": price["unit_amount"],
            "amount_decimal": price["unit_amount_decimal"],
            "billing_scheme": price["billing_scheme"],
            "created": price["created"],
            "currency": price["currency"],
            "interval": recurring["interval"],
            "interval_count": recurring["interval_count"],
            "metadata": price["metadata"],
            "product": price["product"],
            "usage_type": recurring["usage_type"],
        },
    )


def cost(world: World, item: Json, currency: str) -> int:
    """What an item costs for one whole period."""
    return unit_amount(world, item["price"], currency) * (item["quantity"] or 0)


def of(subscription: Json) -> list[Json]:
    found: list[Json] = subscription["items"]["data"]
    return found


def period_of(subscription: Json) -> tuple[int, int]:
    """The current period; all items of a simulated subscription share it."""
    first = of(subscription)[0]
    return first["current_period_start"], first["current_period_end"]


def set_period(subscription: Json, start: int, end: int) -> None:
    for item in of(subscription):
        item |= {"current_period_start": start, "current_period_end": end}


def one_interval(prices: Iterable[Json]) -> Json:
    """The interval that all prices share.

    Raises:
        Refusal: they differ, which Stripe's flexible mode takes and the simulation does not.
    """
    intervals = [price["recurring"] for price in prices]
    kinds = {(each["interval"], each["interval_count"]) for each in intervals}
    if len(kinds) > 1:
        raise not_simulated("items with different intervals")
    return dict(intervals[0])


def list_of(subscription_id: str, items: list[Json]) -> dict[str, Any]:
    url = f"/v1/subscription_items?subscription={subscription_id}"
    return {"object": "list", "data": items, "has_more": False, "url": url}
