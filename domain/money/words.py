"""What happened with somebody's money, told to them: each fact in a title and what it means.

The ledger keeps words for reasons and never prose; here they become sentences. A word nobody
translated yet is shown as it is, and said to be the payment service's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.money.currencies import written
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.values import Money

_TITLES: Final[Mapping[MoneyKind, str]] = MappingProxyType(
    {
        MoneyKind.INVOICE_ISSUED: "An invoice was written",
        MoneyKind.INVOICE_PAID: "An invoice was paid",
        MoneyKind.PAYMENT_FAILED: "A payment did not go through",
        MoneyKind.INVOICE_VOIDED: "An invoice was taken back",
        MoneyKind.INVOICE_WRITTEN_OFF: "An invoice is not asked for any more",
        MoneyKind.CREDIT_NOTE_ISSUED: "An invoice was lowered",
        MoneyKind.REFUND_ASKED: "A refund was ordered",
        MoneyKind.REFUND_DONE: "Money was paid back to you",
        MoneyKind.REFUND_FAILED: "A refund did not arrive",
        MoneyKind.REFUND_EXTERNAL: "Money was paid back to you",
        MoneyKind.DISPUTE_OPENED: "Your bank asked a payment back",
        MoneyKind.DISPUTE_CLOSED: "Your bank decided about a payment",
        MoneyKind.CREDIT_BALANCE_MOVED: "What is kept for your later invoices changed",
    }
)
_MEANINGS: Final[Mapping[MoneyKind, str]] = MappingProxyType(
    {
        MoneyKind.INVOICE_ISSUED: "{amount} were asked for. Nothing had been charged by that yet.",
        MoneyKind.INVOICE_PAID: "{amount} were charged to you, for your membership dues.",
        MoneyKind.PAYMENT_FAILED: (
            "{amount} were to be charged, and nothing was. It was try number {attempt}."
        ),
        MoneyKind.INVOICE_VOIDED: (
            "{amount} are not asked for any more, as if the invoice had never been sent."
        ),
        MoneyKind.INVOICE_WRITTEN_OFF: (
            "Nobody expects {amount} from you any more, and nothing was charged."
        ),
        MoneyKind.CREDIT_NOTE_ISSUED: (
            "The invoice asks for {amount} less. Where it was paid already, a refund or a credit "
            "stands in a line of its own."
        ),
        MoneyKind.REFUND_ASKED: "We told our payment service to pay {amount} back to you.",
        MoneyKind.REFUND_DONE: (
            "{amount} are on their way to where you paid from. A bank takes some days to show it."
        ),
        MoneyKind.REFUND_FAILED: (
            "{amount} could not be paid back to where you paid from, and came back to us. "
            "We owe them to you; write to us if nobody has written to you yet."
        ),
        MoneyKind.REFUND_EXTERNAL: (
            "{amount} are on their way to where you paid from, ordered at our payment service's "
            "own desk. Your membership does not end by that."
        ),
        MoneyKind.DISPUTE_OPENED: (
            "Your bank holds {amount} until it has decided. Until then nothing is refunded by us, "
            "and your access does not change."
        ),
        MoneyKind.DISPUTE_CLOSED: "It was about {amount}.",
    }
)
_OF_NOTHING: Final[Mapping[MoneyKind, str]] = MappingProxyType(
    {
        MoneyKind.INVOICE_ISSUED: "It asks for nothing.",
        MoneyKind.INVOICE_PAID: "It asked for nothing, so nothing was charged.",
    }
)
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # why an invoice was written
        "subscription_create": "It is the first one of your membership.",
        "subscription_cycle": "It is for the next period.",
        "subscription_update": "What you pay for had changed.",
        "automatic_pending_invoice_item_invoice": "It is for what had changed within the period.",
        "manual": "It was written by hand.",
        "fund": "It is your gift to a scholarship fund.",
        "months": "It is for months that you give to somebody.",
        # why a payment failed
        "card_declined": "The bank declined the card.",
        "generic_decline": "The bank declined the card and did not say why.",
        "do_not_honor": "The bank declined the card and did not say why.",
        "insufficient_funds": "There was not enough on the account.",
        "expired_card": "The card had expired.",
        "lost_card": "The bank does not take this card any more.",
        "stolen_card": "The bank does not take this card any more.",
        "incorrect_cvc": "The security code of the card was not right.",
        "authentication_required": "The bank wanted you to confirm the payment.",
        "processing_error": "Something went wrong between the banks.",
        # why something was given back, or could not be
        "requested_by_customer": "You asked for it.",
        "duplicate": "The same was paid twice.",
        "fraudulent": "The payment was taken for one that you did not make.",
        "order_change": "What you pay for had changed.",
        "product_unsatisfactory": "You were not content.",
        "service_issue": "Something on our side had gone wrong.",
        "second_subscription": "The same membership was paid for twice.",
        "payer_forgotten": "Whoever paid it had asked to be forgotten.",
        "lost_or_stolen_card": "The bank does not take that card any more.",
        "expired_or_canceled_card": "That card had ended.",
        "declined": "The bank declined it.",
        # why a bank asks for a payment, and how it decided
        "general": "The bank did not say why.",
        "unrecognized": "The payment was not recognised.",
        "subscription_canceled": "The membership was taken for one that had ended.",
        "credit_not_processed": "A refund was expected.",
        "product_not_received": "What was paid for was taken for missing.",
        "won": "It stays paid: the bank decided that the payment was right.",
        "lost": "The bank gave the payment back to you.",
        "warning_closed": "It was only an inquiry; nothing moved.",
        "prevented": "It was settled before the bank had to decide.",
        # why a balance moved
        "adjustment": "It was set by hand.",
        "applied_to_invoice": "It was used for an invoice.",
        "unapplied_from_invoice": "An invoice that had used it was taken back.",
        "credit_note": "An invoice was lowered.",
        "invoice_too_small": "The sum was too small to be charged.",
        "invoice_too_large": "The sum was too large to be charged at once.",
    }
)

_PAID_ONCE: Final = frozenset({"fund", "months"})  # as domain.payments.desk.Purpose names them


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story of somebody's money.

    Attributes:
        title: what happened, in a few words.
        meaning: what it means for the person, amount included.
        who: who made it happen, in a word that names nobody else.
    """

    title: str
    meaning: str
    who: str


def told(kind: MoneyKind, fact: MoneyFact, *, reader: UUID) -> Told:
    """Tell a fact to the person whose money it is about.

    Args:
        kind: what happened.
        fact: how much, and why.
        reader: who reads; what they did themselves is told as theirs.
    """
    meaning = _meaning(kind, fact)
    reason = _reason(fact.reason)
    return Told(_TITLES[kind], f"{meaning} {reason}".strip(), _who(fact, reader))


def _meaning(kind: MoneyKind, fact: MoneyFact) -> str:
    if kind is MoneyKind.CREDIT_BALANCE_MOVED:
        return _balance(fact.amount)
    if not fact.amount.cents and kind in _OF_NOTHING:
        return _OF_NOTHING[kind]
    if kind is MoneyKind.INVOICE_PAID and fact.reason in _PAID_ONCE:
        return f"{written(fact.amount)} were charged to you, once."
    return _MEANINGS[kind].format(amount=written(fact.amount), attempt=fact.attempt)


def _balance(amount: Money) -> str:
    """Say which way a balance moved; less than nothing is in the payer's favour."""
    size = written(Money(abs(amount.cents), amount.currency))
    if amount.cents <= 0:
        return f"{size} more are kept for you, and taken off your next invoices."
    return f"{size} of what was kept for you were used, or are added to your next invoice."


def _reason(word: str | None) -> str:
    if word is None:
        return ""
    return _REASONS.get(word, f"Our payment service's word for the reason is “{word}”.")


def _who(fact: MoneyFact, reader: UUID) -> str:
    if fact.person_id == reader:
        return "you"
    if fact.actor is Actor.STRIPE:
        return "our payment service"
    return "somebody of the house" if fact.actor is Actor.PERSON else "the house, by itself"
