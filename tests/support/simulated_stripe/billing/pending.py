"""Invoice items that wait for the next invoice: prorations, and what was added by hand."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import items, lines
from tests.support.simulated_stripe.billing.money import share
from tests.support.simulated_stripe.world.world import Json, World


def add(world: World, customer: Json, *, amount: int, currency: str, **more: Any) -> Json:
    """Something to bill with the next invoice; negative for a credit."""
    now = world.now(customer["test_clock"])
    quantity = more.pop("quantity", 1)
    item = world.create(
        "invoiceitem",
        amount=amount,
        currency=currency,
        customer=customer["id"],
        date=now,
        discountable=more.pop("discountable", True),
        metadata=more.pop("metadata", {}),
        net_amount=amount,
        period=more.pop("period", None) or {"start": now, "end": now},
        proration=more.pop("proration", False),
        quantity=quantity,
        quantity_decimal=str(quantity),
        test_clock=customer["test_clock"],
        **more,
    )
    world.journal.tell("invoiceitem.created", item)
    return item


def prorate(
    world: World, subscription: Json, item: Json, *, sign: int, start: int, end: int, whole: int
) -> Json:
    """Bills, or credits, an item for a part of a period.

    Args:
        world: the account.
        subscription: the item's.
        item: with the price and quantity to bill.
        sign: 1 bills, -1 credits.
        start, end: the part.
        whole: seconds of the whole period.
    """
    customer = world.find("customer", subscription["customer"])
    amount = sign * share(items.cost(world, item, subscription["currency"]), end - start, whole)
    name = lines.product_name(world, item["price"])
    verb = "Remaining" if sign > 0 else "Unused"
    return add(
        world,
        customer,
        amount=amount,
        currency=subscription["currency"],
        description=f"{verb} time on {item['quantity']} × {name}",
        parent={
            "type": "subscription_details",
            "subscription_details": {
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
        },
        period={"start": start, "end": end},
        pricing=lines.pricing(item["price"]),
        proration=True,
        proration_details={"discount_amounts": []},
        quantity=item["quantity"],
    )


def of(world: World, customer_id: str, subscription_id: str | None) -> list[Json]:
    """What waits for a subscription's next invoice, or (None) for one made by hand."""

    def belongs(item: Json) -> bool:
        parent = (item["parent"] or {}).get("subscription_details")
        return (parent["subscription"] if parent else subscription_id) == subscription_id

    waiting = world.every("invoiceitem", customer=customer_id)
    return [each for each in waiting if each["invoice"] is None and belongs(each)]


def forget_prorations(world: World, subscription: Json) -> None:
    """Nobody pays for, or is paid back, the parts of a period that still wait."""
    for each in of(world, subscription["customer"], subscription["id"]):
        if each["proration"]:
            world.journal.tell("invoiceitem.deleted", each)
            world.forget("invoiceitem", each["id"])


def take(world: World, waiting: list[Json]) -> list[Json]:
    """Their lines; :func:`bind` says on which invoice they went."""
    return [lines.of_invoice_item(world, each) for each in waiting]


def bind(waiting: list[Json], invoice: Json) -> None:
    for each in waiting:
        each["invoice"] = invoice["id"]
