"""Lines of an invoice in today's shape, and what discounts and tax make of them."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing.discounts import taken_off
from tests.support.simulated_stripe.billing.money import share
from tests.support.simulated_stripe.world.world import Json, World


def of_item(
    world: World,
    item: Json,
    *,
    start: int,
    end: int,
    amount: int,
    proration: bool = False,
    **more: Any,
) -> Json:
    """A line for an item of a subscription.

    Args:
        world: the account.
        item: the subscription item.
        start, end: the period that is billed.
        amount: in minor units; negative for a credit.
        proration: whether it bills part of a period because of a change.
        more: fields that differ: ``price``, ``quantity``, ``description``, ``invoice_item``.
    """
    price = more.pop("price", item["price"])
    quantity = more.pop("quantity", item["quantity"])
    words = f"{quantity} × {product_name(world, price)}"
    details = {
        "invoice_item": more.pop("invoice_item", None),
        "proration": proration,
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    if proration:
        details["proration_details"] = {}
    return _line(
        world,
        amount=amount,
        currency=more.pop("currency", price["currency"]),
        description=more.pop("description", words),
        parent={"type": "subscription_item_details", "subscription_item_details": details},
        period={"start": start, "end": end},
        pricing=pricing(price),
        quantity=quantity,
        subscription=item["subscription"],
    )


def of_invoice_item(world: World, item: Json) -> Json:
    """A line for a pending invoice item: a proration, or something billed by hand."""
    parent = (item["parent"] or {}).get("subscription_details") or {}
    owner = world.objects.get("subscription_item", {}).get(parent.get("subscription_item") or "")
    details = {"invoice_item": item["id"], "proration": item["proration"]}
    details["subscription"] = parent.get("subscription")
    kind = "invoice_item_details"
    if owner:
        kind = "subscription_item_details"
        details["subscription_item"] = owner["id"]
    if item["proration"]:
        details["proration_details"] = {}
    return _line(
        world,
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discountable=item["discountable"],
        parent={"type": kind, kind: details},
        period=dict(item["period"]),
        pricing=item["pricing"],
        quantity=item["quantity"],
        subscription=parent.get("subscription"),
    )


def pricing(price: Json) -> Json:
    """Where an amount comes from."""
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def product_name(world: World, price: Json) -> str:
    return str(world.find("product", price["product"])["name"])


def unit_amount(world: World, price: Json, currency: str) -> int:
    """What one costs in that currency."""
    if currency == price["currency"]:
        return int(price["unit_amount"])
    return int(world.note(price["id"])["currencies"][currency]["unit_amount"])


def _line(world: World, **stated: Any) -> Json:
    stated = {"discountable": True, "metadata": {}} | stated
    return world.create("line_item", subtotal=stated["amount"], **stated)


def price_up(
    world: World, lines: list[Json], standing: list[Json], *, taxed: Json | None, behaviors: Json
) -> None:
    """Sets each line's discounts and taxes.

    Args:
        world: the account.
        lines: of one invoice; changed in place.
        standing: the discounts that apply, in their order.
        taxed: the customer when tax is collected, else None.
        behaviors: price id → ``inclusive`` or ``exclusive``.
    """
    left = {each["id"]: _coupon(world, each)["amount_off"] or 0 for each in standing}
    for line in lines:
        rest = line["amount"]
        line["discount_amounts"] = []
        line["discounts"] = []
        for discount in standing if line["discountable"] else []:
            off = taken_off(_coupon(world, discount), rest, left[discount["id"]])
            left[discount["id"]] -= off
            rest -= off
            line["discount_amounts"].append({"amount": off, "discount": discount["id"]})
        price = ((line["pricing"] or {}).get("price_details") or {}).get("price")
        behavior = behaviors.get(price or "", "exclusive")
        line["taxes"] = [_tax(world, rest, behavior, taxed)] if taxed else []


def _coupon(world: World, discount: Json) -> Json:
    return world.find("coupon", discount["source"]["coupon"])


def _tax(world: World, amount: int, behavior: str, customer: Json) -> Json:
    """Tax on what is left after discounts, rounded half up per line.

    A customer who is exempt or accounts for the tax owes none; the reason says so.
    """
    percent = world.settings.tax_percent
    reason = {"exempt": "customer_exempt", "reverse": "reverse_charge"}.get(
        customer["tax_exempt"], "standard_rated"
    )
    if reason != "standard_rated":
        tax = 0
    elif behavior == "inclusive":
        tax = amount - share(amount, 100, 100 + percent)
    else:
        tax = share(amount, percent)
    return {
        "amount": tax,
        "tax_behavior": behavior,
        "tax_rate_details": {"tax_rate": _rate(world, behavior, percent)["id"]},
        "taxability_reason": reason,
        "taxable_amount": amount - tax if behavior == "inclusive" else amount,
        "type": "tax_rate_details",
    }


def _rate(world: World, behavior: str, percent: int) -> Json:
    inclusive = behavior == "inclusive"
    ours = {"display_name": "Simulated tax", "inclusive": inclusive, "percentage": percent}
    for rate in world.every("tax_rate", **ours):
        return rate
    return world.create(
        "tax_rate",
        active=True,
        metadata={},
        **ours,
    )
