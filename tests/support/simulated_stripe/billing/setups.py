"""Setup intents: a card is kept for later payments, and its bank is asked about that once.

Source: docs.stripe.com/payments/setup-intents.
"""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import cards, methods
from tests.support.simulated_stripe.refusals import Refusal, invalid
from tests.support.simulated_stripe.world.world import Json, World

_OVER = frozenset({"succeeded", "canceled"})


def intend(world: World, **stated: Any) -> Json:
    """A setup intent that waits for a card, or for its confirmation."""
    key = world.names.id_of("setup_intent")
    usual = {
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "requires_confirmation"
        if stated.get("payment_method")
        else "requires_payment_method",
        "usage": "off_session",
    }
    intent = world.create(
        "setup_intent",
        id=key,
        client_secret=world.names.client_secret(key),
        **(usual | stated),
    )
    world.journal.tell("setup_intent.created", intent)
    return intent


def confirm(world: World, intent: Json) -> Json:
    """Asks the bank of the intent's card whether it may be used later.

    Raises:
        Refusal: the bank says no, or the intent is over.
    """
    _must_be_open(intent, "confirm")
    method = world.find("payment_method", intent["payment_method"])
    card = methods.card_of(world, method)
    if card.refused_at_once:
        raise _failed(world, intent, method, card.decline or "generic_decline")
    if card.asks != "never" and not world.note(method["id"]).get("authenticated"):
        intent |= {
            "status": "requires_action",
            "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}},
        }
        world.journal.tell("setup_intent.requires_action", intent)
        return intent
    if intent["customer"] and not method["customer"]:
        methods.attach(world, method, world.find("customer", intent["customer"]))
    intent |= {"status": "succeeded", "last_setup_error": None, "next_action": None}
    world.journal.tell("setup_intent.succeeded", intent)
    return intent


def _failed(world: World, intent: Json, method: Json, decline_code: str) -> Refusal:
    refusal = methods.declined(decline_code, setup_intent=intent)
    intent |= {"status": "requires_payment_method", "payment_method": None}
    intent["last_setup_error"] = {
        "type": "card_error",
        "code": cards.Outcome("declined", decline_code).code,
        "decline_code": decline_code,
        "message": str(refusal),
        "payment_method": method,
    }
    world.journal.tell("setup_intent.setup_failed", intent)
    return refusal


def cancel(world: World, intent: Json, *, reason: str | None) -> Json:
    """Nobody waits for the card any more.

    Raises:
        Refusal: the intent is over.
    """
    _must_be_open(intent, "cancel")
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    world.journal.tell("setup_intent.canceled", intent)
    return intent


def _must_be_open(intent: Json, what: str) -> None:
    if intent["status"] in _OVER:
        message = f"You cannot {what} this SetupIntent because it has a status of "
        raise invalid(message + intent["status"], code="setup_intent_unexpected_state")
