"""What a member reads about plans, prices and standings; the reasons stand in ``domain/``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.memberships.standings import MembershipState
from domain.money.currencies import written
from domain.payments.checkouts import Purpose
from domain.payments.invoices import Invoice
from domain.payments.prices import Every, Price

PLANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "membership-monthly": "Monthly",
        "membership-annual": "Annual",
        "seat-monthly": "Seats, monthly",
        "seat-annual": "Seats, annual",
    }
)
HEADLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        MembershipState.REQUESTED: "You began, and nothing is paid yet",
        MembershipState.TRIAL: "You are trying it out",
        MembershipState.ACTIVE: "You take part",
        MembershipState.GRACE: "You take part; a payment is missing",
        MembershipState.NARROWED: "Your groups go on; a payment is missing",
        MembershipState.ON_LEAVE: "You are on leave",
        MembershipState.LAPSED: "Your membership rests",
    }
)
WISHES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "leave": "A leave",
        "return": "To come back",
        "plan": "Another plan",
        "cancel": "To stop at the end of what is paid for",
        "keep": "To stay after all",
    }
)
_CONFIRM: Final = (
    "the bank wanted you to confirm the payment, which it cannot ask for from here; nothing was "
    "charged, and with another card it may go through"
)
_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "card_declined": "the bank declined the card",
        "generic_decline": "the bank declined the card",
        "insufficient_funds": "there was not enough on the account",
        "expired_card": "the card had expired",
        "authentication_required": _CONFIRM,
        "subscription_payment_intent_requires_action": _CONFIRM,
        "invoice_payment_intent_requires_action": _CONFIRM,
        "price_gone": "the plan is not offered any more",
        "price_changed": "what it costs changed after you had agreed; nothing was charged",
        "payments.price_gone": "the plan is not offered any more",
        "payment_not_confirmed": (
            "its payment was not confirmed, or not in time; it was taken back, and nothing changed"
        ),
        "paid_meanwhile": (
            "it was paid before it could be taken back, so it is the plan now; you can change again"
        ),
        "paused_meanwhile": (
            "the pause had begun by then; coming back from it shows first what that costs"
        ),
        "return_dearer": "what it costs changed at the last moment; nothing was charged",
        "resource_missing": "what it was about is not there any more",
    }
)
_INVOICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "being written",
        "open": "to be paid",
        "paid": "paid",
        "void": "taken back",
        "uncollectible": "not asked for any more",
    }
)
_EVERY: Final[Mapping[Every, str]] = MappingProxyType(
    {Every.MONTH: "each month", Every.YEAR: "each year"}
)


def plan_name(plan: str) -> str:
    """Return a plan as people call it; one that has no name here goes by its key."""
    return PLANS.get(plan, plan)


def headline(state: str) -> str:
    """Return where a membership stands, in a line."""
    return HEADLINES[MembershipState(state)]


def every(price_every: Every) -> str:
    """Return how often: ``each month``."""
    return _EVERY[price_every]


def tax_words(price: Price) -> str:
    """Return whether tax is in an amount."""
    return "tax included" if price.includes_tax else "plus tax where you live"


def price_words(price: Price) -> str:
    """Return a price with what it is for: ``29.00 EUR each month, tax included``."""
    return f"{written(price.amount)} {every(price.every)}, {tax_words(price)}"


def refused_words(why: str) -> str:
    """Return why the payment service did not do something; its own word where we have none."""
    return _REFUSED.get(why, f"its word for the reason is “{why}”")


def invoice_for(invoice: Invoice) -> str:
    """Return what an invoice is for, in the words of the page on which it was paid; dues: nothing.

    The paper itself says so neutrally: whoever sees it need not know what for.
    """
    match invoice.purpose:
        case Purpose.MONTHS:
            return f"Gift months: {invoice.count} {'month' if invoice.count == 1 else 'months'}"
        case Purpose.FUND:
            return "A gift to a scholarship fund"
        case _:
            return ""


def invoice_words(status: str) -> str:
    """Return what became of an invoice; a status nobody translated is shown as it is."""
    return _INVOICE.get(status, status)
