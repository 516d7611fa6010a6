"""Stripe's test cards: the number decides what happens, as in its sandbox.

Source: docs.stripe.com/testing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]
Asks = Literal["never", "once", "always"]
Disputes = Literal["never", "loses", "inquires"]


@dataclass(frozen=True, slots=True)
class Card:
    """How one test card behaves.

    Args:
        number: sixteen digits.
        tokens: the names of its ready-made payment methods.
        brand: as Stripe writes it.
        decline: the decline code of each charge; None when charges succeed.
        refused_at_once: whether it is declined as soon as it is attached, too.
        asks: when its bank asks for a second factor.
        refunds: whether a refund succeeds, or fails days later.
        disputes: whether its holder takes each payment back, or has the bank ask about it.
    """

    number: str
    tokens: tuple[str, ...]
    brand: str = "visa"
    decline: str | None = None
    refused_at_once: bool = False
    asks: Asks = "never"
    refunds: Literal["succeed", "fail_later"] = "succeed"
    disputes: Disputes = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bank says to one charge."""

    verdict: Literal["paid", "declined", "asks"]
    decline_code: str | None = None

    @property
    def code(self) -> str:
        """Stripe's error code: three declines have a code of their own."""
        own = {"expired_card", "incorrect_cvc", "authentication_required"}
        return self.decline_code if self.decline_code in own else "card_declined"


CARDS = (
    Card("4242424242424242", ("pm_card_visa",)),
    Card("5555555555554444", ("pm_card_mastercard",), brand="mastercard"),
    Card(
        "4000000000000002",
        ("pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"),
        decline="generic_decline",
        refused_at_once=True,
    ),
    Card(
        "4000000000009995",
        ("pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"),
        decline="insufficient_funds",
        refused_at_once=True,
    ),
    Card(
        "4000000000000069",
        ("pm_card_chargeDeclinedExpiredCard", "pm_card_visa_chargeDeclinedExpiredCard"),
        decline="expired_card",
        refused_at_once=True,
    ),
    Card("4000000000000341", ("pm_card_chargeCustomerFail",), decline="generic_decline"),
    Card("4000002500003155", ("pm_card_authenticationRequiredOnSetup",), asks="once"),
    Card(
        "4000002760003184",
        ("pm_card_authenticationRequired", "pm_card_threeDSecure2Required"),
        asks="always",
    ),
    Card("4000000000005126", ("pm_card_refundFail",), refunds="fail_later"),
    Card("4000000000000259", ("pm_card_createDispute",), disputes="loses"),
    Card("4000000000001976", ("pm_card_createDisputeInquiry",), disputes="inquires"),
    Card("4000000000000077", ("pm_card_bypassPending",)),
)
_BY_NUMBER = {card.number: card for card in CARDS}
_BY_TOKEN = {token: card for card in CARDS for token in card.tokens}


def by_number(number: str) -> Card | None:
    """The test card of that number, written with or without spaces."""
    return _BY_NUMBER.get("".join(filter(str.isdigit, number)))


def by_token(token: str) -> Card | None:
    """The test card behind ``pm_card_visa``, or behind ``tok_visa`` of the days before."""
    return _BY_TOKEN.get(token.replace("tok_", "pm_card_", 1) if token[:4] == "tok_" else token)


def outcome(card: Card, method: Json, *, now: int, present: bool, authenticated: bool) -> Outcome:
    """What the bank says.

    Args:
        card: how the card behaves.
        method: the payment method: its ``card`` says when it expires.
        now: seconds since 1970.
        present: whether its holder is there to confirm.
        authenticated: whether the holder has confirmed this payment, or this card for later ones.
    """
    if card.decline:
        return Outcome("declined", card.decline)
    today = datetime.fromtimestamp(now, UTC)
    if (method["card"]["exp_year"], method["card"]["exp_month"]) < (today.year, today.month):
        return Outcome("declined", "expired_card")
    if card.asks != "never" and not authenticated:
        return Outcome("asks") if present else Outcome("declined", "authentication_required")
    return Outcome("paid")
