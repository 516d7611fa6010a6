"""What is bought once on a Checkout page: its prices, its payment, and the invoice for it."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    collecting,
    invoices,
    lines,
    methods,
    payments,
    pending,
)
from tests.support.simulated_stripe.refusals import invalid, missing, not_simulated
from tests.support.simulated_stripe.world.world import Json, World


def check(given: Json) -> None:
    """Refuse what a session of mode payment does not take, or no other does.

    Raises:
        Refusal: see above; or the simulation does not take it.
    """
    if given.get("mode", "subscription") != "payment":
        if "invoice_creation" in given:
            message = "You can only use `invoice_creation` in `payment` mode."
            raise invalid(message, param="invoice_creation")
        return
    for name in ("subscription_data", "payment_method_collection"):
        if name in given:
            message = f"You can only use `{name}` in `subscription` mode."
            raise invalid(message, param=name)
    if given.get("discounts") or given.get("allow_promotion_codes"):
        raise not_simulated("discounts on what is bought once")
    invoiced = given.get("invoice_creation", {}).get("enabled")
    if given.get("automatic_tax", {}).get("enabled") and not invoiced:
        raise not_simulated("tax on what is bought without an invoice")


def price_of(world: World, wanted: Json, currency: str | None) -> Json:
    """The price of something that is bought once; one that is given with it is made for it.

    Raises:
        Refusal: no such price, one that recurs, or another currency than the session's.
    """
    if "price_data" in wanted:
        price = _inline(world, wanted["price_data"])
    elif "price" in wanted:
        price = world.find("price", wanted["price"], param="line_items[0][price]")
        if price["type"] != "one_time":
            message = (
                "You specified `payment` mode but passed a recurring price. Either switch to "
                "`subscription` mode or use only one-time prices."
            )
            raise invalid(message)
        if not price["active"]:
            raise invalid("The price specified is inactive. This field only accepts active prices.")
    else:
        raise missing("line_items[0][price_data]")
    if currency and currency != price["currency"]:
        raise invalid(f"The price specified only supports `{price['currency']}`.")
    return price


def _inline(world: World, data: Json) -> Json:
    """A price of the occasion: nobody can use it again."""
    if "recurring" in data:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices."
        )
    if "unit_amount" not in data:
        raise missing("line_items[0][price_data][unit_amount]")
    product = data.get("product")
    if product is None:
        if "product_data" not in data:
            raise missing("line_items[0][price_data][product]")
        stated = {"active": False, "type": "service", "metadata": {}} | data["product_data"]
        product = world.create("product", updated=world.now(), **stated)["id"]
    world.find("product", product, param="line_items[0][price_data][product]")
    return world.create(
        "price",
        active=False,
        billing_scheme="per_unit",
        currency=data["currency"],
        metadata={},
        product=product,
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="one_time",
        unit_amount=data["unit_amount"],
        unit_amount_decimal=str(data["unit_amount"]),
    )


def pay(world: World, session: Json, customer: Json, method: Json) -> Json:
    """Takes the money at once, and makes the invoice that says what for.

    Returns:
        The invoice; it is open still if the card was declined.
    """
    note = world.note(session["id"])
    waiting = [
        pending.add(
            world,
            customer,
            amount=row["amount_subtotal"],
            currency=row["currency"],
            description=row["description"],
            pricing=lines.pricing(row["price"]),
            quantity=row["quantity"],
        )
        for row in note["line_items"]
    ]
    data = note["invoice_data"]
    invoice = invoices.draft(
        world,
        customer,
        pending.take(world, waiting),
        reason="manual",
        auto_advance=False,
        currency=session["currency"],
        description=data.get("description"),
        metadata=data.get("metadata", {}),
        taxed=session["automatic_tax"]["enabled"],
    )
    pending.bind(waiting, invoice)
    invoices.finalize(world, invoice)
    methods.attach(world, method, customer)
    if intent := payments.intent_of(world, invoice):
        describe(intent, note["payment_intent_data"])
    collecting.attempt(world, invoice, method, present=True)
    return invoice


def describe(intent: Json, data: Json) -> None:
    """Puts on a payment what the session said about it."""
    intent["metadata"] = data.get("metadata", {})
    intent["description"] = data.get("description", intent["description"])


_OF_INTENT = ("receipt_email", "setup_future_usage", "shipping")


def pay_without_invoice(world: World, session: Json, customer: Json | None, method: Json) -> Json:
    """Takes the money at once, for nobody in particular if *customer* is None.

    Returns:
        The payment intent; it waits for another card if this one was declined.
    """
    data = world.note(session["id"])["payment_intent_data"]
    intent = payments.intend(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer["id"] if customer else None,
        metadata={},
        **{name: data[name] for name in _OF_INTENT if name in data},
    )
    describe(intent, data)
    if customer and intent["setup_future_usage"]:
        methods.attach(world, method, customer)
    collecting.confirm(world, intent, method, present=True)
    return intent
