"""Customers: who pays, where they are, under which tax ids."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import methods
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import CLOCK, Json, World

_PLAIN = ("description", "email", "name", "phone", "individual_name", "business_name")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(world: World, given: Json) -> Json:
    """A new customer, with a card of its own if one is named."""
    clock = given.get("test_clock")
    if clock:
        world.find(CLOCK, clock, param="test_clock")
    customer = world.create(
        "customer",
        balance=given.get("balance", 0),
        delinquent=False,
        invoice_prefix=given.get("invoice_prefix") or world.names.letters(8).upper(),
        invoice_settings={},
        metadata=given.get("metadata") or {},
        next_invoice_sequence=given.get("next_invoice_sequence", 1),
        preferred_locales=given.get("preferred_locales", []),
        tax_exempt=given.get("tax_exempt") or "none",
        test_clock=clock,
        **{name: given[name] or None for name in _PLAIN if name in given},
    )
    _place(customer, given)
    world.journal.tell("customer.created", customer)
    for each in given.get("tax_id_data", []):
        add_tax_id(world, customer, each["type"], each["value"])
    settings = dict(given.get("invoice_settings", {}))
    if named := given.get("payment_method"):
        method = methods.attach(world, methods.named(world, named), customer)
        if settings.get("default_payment_method") == named:  # a ready-made card has an id now
            settings["default_payment_method"] = method["id"]
    _set_default(world, customer, {"invoice_settings": settings})
    return customer


def update(world: World, customer: Json, given: Json) -> Json:
    """Stripe's update call."""
    plain = (*_PLAIN, "tax_exempt", "preferred_locales", "balance", "next_invoice_sequence")
    edit(customer, {name: given[name] for name in (*plain, "metadata") if name in given})
    customer["tax_exempt"] = customer["tax_exempt"] or "none"
    _place(customer, given)
    _set_default(world, customer, given)
    world.journal.tell_changes("customer.updated", customer)
    return customer


def _place(customer: Json, given: Json) -> None:
    for name in ("address", "shipping"):
        if name in given:
            customer[name] = given[name] or None
    if customer["address"]:
        customer["address"] = dict.fromkeys(_ADDRESS) | customer["address"]


def _set_default(world: World, customer: Json, given: Json) -> None:
    wanted = given.get("invoice_settings", {})
    if "default_payment_method" in wanted:
        key = wanted["default_payment_method"] or None
        if key:
            name = "invoice_settings[default_payment_method]"
            methods.owned(world, key, customer["id"], param=name)
        customer["invoice_settings"]["default_payment_method"] = key
    if "footer" in wanted:
        customer["invoice_settings"]["footer"] = wanted["footer"] or None


def add_tax_id(world: World, customer: Json, kind: str, value: str) -> Json:
    """Records a tax id; one that cannot be one is refused, as at Stripe."""
    if not value or not any(letter.isdigit() for letter in value):
        raise invalid(f"Invalid value for {kind}.", code="tax_id_invalid", param="value")
    made = world.create(
        "tax_id",
        country=value[:2].upper() if value[:2].isalpha() else None,
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"]},
        type=kind,
        value=value,
        verification={"status": "verified", "verified_name": customer["name"]},
    )
    world.journal.tell("customer.tax_id.created", made)
    return made
