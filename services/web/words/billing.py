"""What administrators read about money: neutral words, amounts and ids, and nobody's card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from domain.money.currencies import written
from domain.money.facts import MoneyKind
from domain.money.refunds import RefundReason
from domain.payments import orders
from domain.values import Money

STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "requested": "asked for, not begun",
        "trial": "trying it out",
        "active": "paid for",
        "grace": "a payment is missing; nothing changes yet",
        "narrowed": "a payment is missing for more than two weeks",
        "on_leave": "on leave",
        "lapsed": "ended",
    }
)
MONEY: Final[Mapping[str, str]] = MappingProxyType(
    {
        MoneyKind.INVOICE_ISSUED: "Invoice written",
        MoneyKind.INVOICE_PAID: "Invoice paid",
        MoneyKind.PAYMENT_FAILED: "Payment did not go through",
        MoneyKind.INVOICE_VOIDED: "Invoice taken back",
        MoneyKind.INVOICE_WRITTEN_OFF: "Invoice written off",
        MoneyKind.CREDIT_NOTE_ISSUED: "Credit note",
        MoneyKind.REFUND_ASKED: "Refund ordered here",
        MoneyKind.REFUND_DONE: "Refund paid",
        MoneyKind.REFUND_FAILED: "Refund came back",
        MoneyKind.REFUND_EXTERNAL: "Refund made at Stripe, not ordered here",
        MoneyKind.INQUIRY_OPENED: "Bank asks about the payment, took nothing",
        MoneyKind.DISPUTE_OPENED: "Bank asks the payment back",
        MoneyKind.DISPUTE_CLOSED: "Bank decided",
        MoneyKind.CREDIT_BALANCE_MOVED: "Credit balance moved",
    }
)
REFUND_REASONS: Final[Mapping[RefundReason, str]] = MappingProxyType(
    {
        RefundReason.REQUESTED: "They asked for it",
        RefundReason.DUPLICATE: "The same was paid twice",
        RefundReason.SERVICE: "Something on our side had gone wrong",
        RefundReason.CHANGED: "What they pay for had changed",
        RefundReason.NOT_CONTENT: "They were not content",
        RefundReason.FRAUD: "It was not they who paid",
    }
)
_ORDERS: Final[Mapping[type, str]] = MappingProxyType(
    {
        orders.PauseDues: "Pause the dues",
        orders.ResumeDues: "Resume the dues",
        orders.ChangePlan: "Change the plan",
        orders.EndWithPeriod: "Renew, or not",
        orders.EndNow: "End at once",
        orders.SetSeats: "Set the number of seats",
        orders.SetPercentOff: "Let a scholarship carry a part",
        orders.PayBack: "Pay back",
        orders.ExpireCheckout: "Close a payment page",
        orders.ForgetPayer: "Forget name, mail and cards",
    }
)
MESSAGE_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"waiting": "waits", "done": "handled", "dead": "stuck"}
)
CAME_BY: Final[Mapping[str, str]] = MappingProxyType(
    {"webhook": "sent to us", "reconcile": "read from the list", "manual": "at this desk"}
)
QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status": "Stripe uses a status that is not known here",
        "pause": "It is paused for a reason that is not known here",
        "dates": "A date is missing",
        "customer": "It belongs to another customer at Stripe than this account",
    }
)
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def order_words(order: orders.PaymentOrder | None) -> str:
    """Return what an order is to do, with its amount."""
    if order is None:
        return "An order that can be read no more"
    words = _ORDERS[type(order)]
    return f"{words} {written(order.amount)}" if isinstance(order, orders.PayBack) else words


def money(cents: int, currency: str) -> str:
    """Return an amount as people write it."""
    return written(Money(cents, currency))


def reason_words(word: str | None) -> str:
    """Return a reason; a word of Stripe's own is shown as it is."""
    if word is None:
        return ""
    return REFUND_REASONS.get(RefundReason(word), word) if word in set(RefundReason) else word


def age(time: timedelta | None) -> str:
    """Return how long something takes already, in its largest unit."""
    if time is None:
        return "never"
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if time >= unit:
            many = time // unit
            return f"{many} {name if many == 1 else name + 's'}"
    return "under a minute" if time else "nothing waits"
