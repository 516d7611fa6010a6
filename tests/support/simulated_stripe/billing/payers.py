"""Who pays on a Checkout page: what they wrote, and the card and the customer that come of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.simulated_stripe.billing import cards, customers, methods
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.world import Json, World


@dataclass(frozen=True, slots=True)
class Payer:
    """What a person wrote on the page.

    Args:
        number: of the card; empty when none is asked for.
        expiry: month and year.
        name, email, country, postal_code: for the customer and the tax.
        tax_id: type and number, both empty for a private person.
        promotion_code: as the person knows it.
    """

    number: str = ""
    expiry: tuple[int, int] | None = None
    name: str = ""
    email: str = ""
    country: str = ""
    postal_code: str = ""
    tax_id: tuple[str, str] = ("", "")
    promotion_code: str = ""


def method_of(world: World, payer: Payer) -> Json | None:
    """The card that was written on the page; None without a number.

    Raises:
        Refusal: it is no test card, or is declined as soon as it is seen.
    """
    if not payer.number:
        return None
    card = cards.by_number(payer.number)
    if card is None:
        raise invalid("Your card number is invalid. The simulated Stripe knows test cards only.")
    if card.refused_at_once:
        raise methods.declined(card.decline or "generic_decline")
    address = {"country": payer.country or None, "postal_code": payer.postal_code or None}
    details = {"address": address, "name": payer.name or None, "email": payer.email or None}
    return methods.make(world, card, expiry=payer.expiry, billing_details=details)


def promotion_of(world: World, session: Json, written: str) -> Json:
    """The promotion code as the person knows it."""
    if not session["allow_promotion_codes"]:
        raise invalid("This page takes no promotion code.")
    for code in world.every("promotion_code", active=True):
        if code["code"].casefold() == written.strip().casefold():
            return code
    raise invalid("This promotion code is invalid.")


def customer_of(world: World, session: Json, payer: Payer) -> Json:
    """The session's customer, brought up to date; a new one where it names none."""
    address = {"country": payer.country, "postal_code": payer.postal_code or None}
    if not session["customer"]:
        given: Json = {"email": payer.email, "name": payer.name or None}
        customer = customers.create(world, given | ({"address": address} if payer.country else {}))
    else:
        customer = world.find("customer", session["customer"])
        updates = world.note(session["id"]).get("customer_update", {})
        if payer.country and updates.get("address") == "auto":
            customer["address"] = dict.fromkeys(_ADDRESS) | address
        if payer.name and updates.get("name") == "auto":
            customer["name"] = payer.name
        world.journal.tell_changes("customer.updated", customer)
    if all(payer.tax_id) and session["tax_id_collection"]:
        customers.add_tax_id(world, customer, *payer.tax_id)
    return customer


_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def details_of(world: World, customer: Json | None, payer: Payer) -> Json:
    """The payer as a completed session shows them."""
    ids = world.every("tax_id", customer=customer["id"]) if customer else []
    place = {"country": payer.country or None, "postal_code": payer.postal_code or None}
    known = customer or {"address": place, "email": None, "name": None, "tax_exempt": "none"}
    return {
        "address": known["address"],
        "business_name": None,
        "email": payer.email or known["email"],
        "individual_name": None,
        "name": payer.name or known["name"],
        "phone": None,
        "tax_exempt": known["tax_exempt"],
        "tax_ids": [{"type": each["type"], "value": each["value"]} for each in ids],
    }
