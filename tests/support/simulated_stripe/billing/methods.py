"""Payment methods: made from a test card, attached to a customer, used for later payments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.support.simulated_stripe.billing import cards
from tests.support.simulated_stripe.refusals import Refusal, invalid, not_found
from tests.support.simulated_stripe.world.world import Json, World

DECLINED = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def make(world: World, card: cards.Card, **stated: Any) -> Json:
    """A payment method for a test card, attached to nobody."""
    expiry = stated.pop("expiry", None) or (12, datetime.fromtimestamp(world.now(), UTC).year + 4)
    details = {
        "brand": card.brand,
        "checks": {"cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": expiry[0],
        "exp_year": expiry[1],
        "fingerprint": f"fp{card.number}",
        "funding": "credit",
        "last4": card.number[-4:],
        "networks": {"available": [card.brand]},
        "three_d_secure_usage": {"supported": True},
    }
    stated = {"billing_details": {"address": {}}, "metadata": {}} | stated
    method = world.create("payment_method", type="card", card=details, **stated)
    world.note(method["id"])["card"] = card
    return method


def card_of(world: World, method: Json) -> cards.Card:
    card: cards.Card = world.note(method["id"])["card"]
    return card


def named(world: World, key: str, *, param: str | None = None) -> Json:
    """The payment method of that id; a ready-made one is made for the occasion, as at Stripe."""
    if card := cards.by_token(key):
        return make(world, card)
    return world.find("payment_method", key, param=param)


def attach(world: World, method: Json, customer: Json) -> Json:
    """Gives a customer a card.

    Raises:
        Refusal: the card is one of those that are declined at once, or was detached before:
            "once detached, a PaymentMethod can no longer be used for payments or re-attached".
    """
    if world.note(method["id"]).get("detached"):
        message = "This PaymentMethod was previously detached from a Customer, and may not be used."
        raise invalid(message, param="payment_method")
    card = card_of(world, method)
    if card.refused_at_once:
        raise declined(card.decline or "generic_decline")
    method["customer"] = customer["id"]
    world.journal.tell("payment_method.attached", method)
    return method


def detach(world: World, method: Json) -> Json:
    """Takes a card from its customer, and from every place that would use it."""
    customer = world.objects["customer"].get(method["customer"] or "")
    method["customer"] = None
    world.note(method["id"])["detached"] = True
    if customer and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        world.journal.tell_changes("customer.updated", customer)
    for subscription in world.every("subscription", default_payment_method=method["id"]):
        subscription["default_payment_method"] = None
    world.journal.tell("payment_method.detached", method)
    return method


def make_default(world: World, customer: Json, method: Json) -> None:
    """Uses a card for a customer's invoices from now on, also where another one stood by name."""
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    for subscription in world.every("subscription", customer=customer["id"]):
        if subscription["default_payment_method"] and not subscription["ended_at"]:
            subscription["default_payment_method"] = method["id"]
            world.journal.tell_changes("customer.subscription.updated", subscription)
    world.journal.tell_changes("customer.updated", customer)


def default_of(world: World, customer_id: str, subscription: Json | None) -> Json | None:
    """The card that an invoice would take."""
    customer = world.find("customer", customer_id)
    chosen = (subscription or {}).get("default_payment_method")
    key = chosen or customer["invoice_settings"]["default_payment_method"]
    return world.objects["payment_method"].get(key) if key else None


def owned(world: World, key: str, customer_id: str, *, param: str) -> Json:
    """A payment method that must belong to this customer."""
    method = world.find("payment_method", key, param=param)
    if method["customer"] != customer_id:
        raise not_found("PaymentMethod", key, param=param, status=400)
    return method


def declined(decline_code: str, **facts: Any) -> Refusal:
    """402: what a person reads whose bank says no."""
    code = cards.Outcome("declined", decline_code).code
    message = DECLINED.get(decline_code, "Your card was declined.")
    return Refusal(402, "card_error", message, code=code, decline_code=decline_code, **facts)
