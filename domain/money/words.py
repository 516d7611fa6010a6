"""What happened with somebody's money, told to them: each fact in a title and what it means.

A person reads of themselves; whoever looks after a practice reads of the practice. The ledger keeps
words for reasons and never prose; here they become sentences. A word nobody translated yet is shown
as it is, and said to be the payment service's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.money.billing_accounts import PayerKind
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
        MoneyKind.REFUND_DONE: "Money was paid back to {payer}",
        MoneyKind.REFUND_FAILED: "A refund did not arrive",
        MoneyKind.REFUND_EXTERNAL: "Money was paid back to {payer}",
        MoneyKind.INQUIRY_OPENED: "{Whose} bank asked about a payment",
        MoneyKind.DISPUTE_OPENED: "{Whose} bank asked a payment back",
        MoneyKind.DISPUTE_CLOSED: "{Whose} bank decided about a payment",
        MoneyKind.CREDIT_BALANCE_MOVED: "What is kept for later invoices changed",
    }
)
_MEANINGS: Final[Mapping[MoneyKind, str]] = MappingProxyType(
    {
        MoneyKind.INVOICE_ISSUED: "{amount} was asked for. Nothing had been charged by that yet.",
        MoneyKind.INVOICE_PAID: "{amount} was charged to {payer}, for {whose} {dues}.",
        MoneyKind.PAYMENT_FAILED: (
            "{amount} was to be charged, and nothing was. It was try number {attempt}."
        ),
        MoneyKind.INVOICE_VOIDED: (
            "{amount} is not asked for any more, as if the invoice had never been sent."
        ),
        MoneyKind.INVOICE_WRITTEN_OFF: (
            "Nobody expects {amount} from {payer} any more, and nothing was charged."
        ),
        MoneyKind.CREDIT_NOTE_ISSUED: (
            "The invoice asks for {amount} less. Where it was paid already, a refund or a credit "
            "stands in a line of its own."
        ),
        MoneyKind.REFUND_ASKED: "We told our payment service to pay {amount} back to {payer}.",
        MoneyKind.REFUND_DONE: (
            "{amount} is on its way to where {payer} paid from. A bank takes some days to show it."
        ),
        MoneyKind.REFUND_FAILED: (
            "{amount} could not be paid back to where {payer} paid from, and came back to us. "
            "We owe it to {payer}; write to us if nobody has written to you yet."
        ),
        MoneyKind.REFUND_EXTERNAL: (
            "{amount} is on its way to where {payer} paid from, ordered at our payment "
            "service's own desk. {Nothing_ends} by that."
        ),
        MoneyKind.INQUIRY_OPENED: (
            "{Whose} bank asks what {amount} was for, and has taken nothing back. It can still be "
            "refunded by us, and {nothing_changes}."
        ),
        MoneyKind.DISPUTE_OPENED: (
            "{Whose} bank holds {amount} until it has decided. Until then nothing is refunded by "
            "us, and {nothing_changes}."
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
        "subscription_create": "It is the first one of {whose} {membership}.",
        "subscription_cycle": "It is for the next period.",
        "subscription_update": "What is paid for had changed.",
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
        "authentication_required": "The bank wanted the payment to be confirmed.",
        "processing_error": "Something went wrong between the banks.",
        # why something was given back, or could not be
        "requested_by_customer": "{Payer} asked for it.",
        "duplicate": "The same was paid twice.",
        "fraudulent": "The payment was taken for one that {payer} did not make.",
        "order_change": "What is paid for had changed.",
        "product_unsatisfactory": "{Payer} {were} not content.",
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
        "lost": "The bank gave the payment back to {payer}.",
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

_PAID_ONCE: Final = frozenset({"fund", "months"})  # as domain.payments.checkouts.Purpose names them
WHILE_DISPUTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fund": (
            "It was a gift to a scholarship fund. The fund keeps it, and may promise it, until the "
            "bank has decided. If the bank gives it back, it leaves the fund."
        ),
        "months": (
            "It was for gift months. Their link works until the bank has decided. If the bank "
            "gives it back, months that nobody took end; months that somebody took stay theirs."
        ),
    }
)
_OF_A_PERSON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "payer": "you",
        "Payer": "You",
        "whose": "your",
        "Whose": "Your",
        "were": "were",
        "dues": "membership dues",
        "membership": "membership",
        "Nothing_ends": "Your membership does not end",
        "nothing_changes": "your access does not change",
    }
)
_OF_A_PRACTICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "payer": "the practice",
        "Payer": "The practice",
        "whose": "the practice's",
        "Whose": "The practice's",
        "were": "was",
        "dues": "seats",
        "membership": "seats",
        "Nothing_ends": "No seat ends",
        "nothing_changes": "no seat changes",
    }
)
_VOICES: Final = MappingProxyType(
    {PayerKind.PERSON: _OF_A_PERSON, PayerKind.PRACTICE: _OF_A_PRACTICE}
)


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


def told(
    kind: MoneyKind,
    fact: MoneyFact,
    *,
    reader: UUID,
    payer: PayerKind = PayerKind.PERSON,
    paid_for: str | None = None,
) -> Told:
    """Tell a fact to the person whose money it is about, or to who looks after the practice's.

    Args:
        kind: what happened.
        fact: how much, and why.
        reader: who reads; what they did themselves is told as theirs.
        payer: whether it is a person's money or a practice's.
        paid_for: what its payment was for, where that was paid once: ``fund`` or ``months``.
    """
    voice = _VOICES[payer]
    parts = [_meaning(kind, fact, voice), _reason(fact.reason).format(**voice)]
    if kind is MoneyKind.DISPUTE_OPENED:
        parts.append(WHILE_DISPUTED.get(paid_for or "", ""))
    return Told(
        _TITLES[kind].format(**voice),
        " ".join(each for each in parts if each),
        _who(fact, reader),
    )


def purpose_of(kind: MoneyKind, fact: MoneyFact) -> str | None:
    """Return what an invoice was for, if it was paid once: ``fund`` or ``months``."""
    told_by = kind in {MoneyKind.INVOICE_ISSUED, MoneyKind.INVOICE_PAID}
    return fact.reason if told_by and fact.reason in _PAID_ONCE else None


def _meaning(kind: MoneyKind, fact: MoneyFact, voice: Mapping[str, str]) -> str:
    if kind is MoneyKind.CREDIT_BALANCE_MOVED:
        return _balance(fact.amount).format(**voice)
    if not fact.amount.cents and kind in _OF_NOTHING:
        return _OF_NOTHING[kind]
    if kind is MoneyKind.INVOICE_PAID and fact.reason in _PAID_ONCE:
        return f"{written(fact.amount)} was charged to {voice['payer']}, once."
    return _MEANINGS[kind].format(amount=written(fact.amount), attempt=fact.attempt, **voice)


def _balance(amount: Money) -> str:
    """Say which way a balance moved; less than nothing is in the payer's favour."""
    size = written(Money(abs(amount.cents), amount.currency))
    if amount.cents <= 0:
        return f"{size} more is kept for {{payer}}, and taken off {{whose}} next invoices."
    return f"{size} of what was kept for {{payer}} was used, or is added to {{whose}} next invoice."


def _reason(word: str | None) -> str:
    if word is None:
        return ""
    unknown = f"Our payment service's word for the reason is “{word}”."
    return _REASONS.get(word, unknown)  # a word has no braces, so all of them may be filled in


def _who(fact: MoneyFact, reader: UUID) -> str:
    if fact.person_id == reader:
        return "you"
    if fact.actor is Actor.STRIPE:
        return "our payment service"
    return "somebody of the house" if fact.actor is Actor.PERSON else "the house, by itself"
