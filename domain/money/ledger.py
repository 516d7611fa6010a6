"""The money ledger of a billing account: every fact once, none ever changed.

Facts are never refused for what they say: what happened at Stripe happened. Only an *order* can be
refused, and there is one: to pay something back (:mod:`domain.money.paying_back`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from domain.base import AggregateCreated, Root
from domain.errors import DomainError
from domain.money import events
from domain.money.facts import FactDiffers, MoneyFact, MoneyKind, key_of, require_sound
from domain.money.paying_back import PayingBack

_LEDGERS: Final = UUID("e4a5d2f6-9a43-5f6b-8f0d-0d1a5b7c2e90")


class OrderNotFact(DomainError):
    """A refund is ordered by people, not noted as if it had happened."""

    code = "money_ledger.order_not_fact"


def money_ledger_id(account_id: UUID) -> UUID:
    """Return the id of a billing account's ledger."""
    return uuid5(_LEDGERS, str(account_id))


class MoneyLedger(Root, PayingBack):
    """All that happened with the money of one account."""

    TOPIC = "peerhour.money_ledger"

    class Opened(Root.Event, AggregateCreated):
        """The ledger of an account begins."""

        TOPIC = "peerhour.money_ledger.opened"
        account_id: UUID

    InvoiceIssued = events.InvoiceIssued
    InvoicePaid = events.InvoicePaid
    PaymentFailed = events.PaymentFailed
    InvoiceVoided = events.InvoiceVoided
    InvoiceWrittenOff = events.InvoiceWrittenOff
    CreditNoteIssued = events.CreditNoteIssued
    RefundProposed = events.RefundProposed
    RefundProposalDropped = events.RefundProposalDropped
    RefundAsked = events.RefundAsked
    RefundGivenUp = events.RefundGivenUp
    RefundDone = events.RefundDone
    RefundFailed = events.RefundFailed
    RefundExternal = events.RefundExternal
    InquiryOpened = events.InquiryOpened
    DisputeOpened = events.DisputeOpened
    DisputeClosed = events.DisputeClosed
    CreditBalanceMoved = events.CreditBalanceMoved

    def __init__(self, *, account_id: UUID) -> None:
        self.account_id = account_id
        self.lines: dict[str, tuple[MoneyKind, MoneyFact]] = {}  # by key, in the order known
        self.proposals: dict[str, events.RefundProposed] = {}  # that wait for a second person
        self.given_up: set[str] = set()  # orders that will not be carried out

    @classmethod
    def open(cls, account_id: UUID, *, at: datetime) -> MoneyLedger:
        """Begin the ledger of an account, which gives it its id."""
        stream_id = money_ledger_id(account_id)
        return cls.begin(cls.Opened, stream_id=stream_id, at=at, account_id=account_id)

    # What people ask

    def sums(self) -> dict[tuple[MoneyKind, str], int]:
        """Return the sum of each kind in each currency, for the monthly comparison with payouts."""
        sums: dict[tuple[MoneyKind, str], int] = {}
        for kind, fact in self.lines.values():
            key = (kind, fact.amount.currency)
            sums[key] = sums.get(key, 0) + fact.amount.cents
        return sums

    # What happened

    def note(self, kind: MoneyKind, fact: MoneyFact, *, at: datetime) -> None:
        """Take a fact in; a fact that is known changes nothing, whoever brings it again.

        A refund that answers no order of ours becomes an external one.

        Args:
            kind: what happened.
            fact: how much, why, and how we know.
            at: now.

        Raises:
            FactDiffers: it is known with another amount.
            OrderNotFact: refunds are asked for with :meth:`ask_refund`.
            InvalidFields, UnusableInstant: it could not be kept or read.
        """
        require_sound(kind, fact)
        if kind is MoneyKind.REFUND_ASKED:
            raise OrderNotFact("Ask for a refund; it cannot be noted as if it had happened.")
        key = key_of(kind, fact)
        known = self.lines.get(key)
        if known is not None:
            if known[1].amount != fact.amount:
                raise FactDiffers(
                    "This was recorded with another amount before; compare both at Stripe.", key=key
                )
            return
        if kind is MoneyKind.REFUND_DONE and not self._was_asked(fact.order_id):
            kind = MoneyKind.REFUND_EXTERNAL
        self.record(_EVENT_OF[kind], at=at, fact=fact)

    # Helpers of the decisions above, and of events

    def remember(self, kind: MoneyKind, fact: MoneyFact) -> None:
        """Remember a line (for events; decides nothing)."""
        self.lines[key_of(kind, fact)] = (kind, fact)
        if kind is MoneyKind.REFUND_ASKED:
            self.proposals.pop(fact.object_id, None)


_EVENT_OF: Final[Mapping[MoneyKind, type[events.Noted]]] = MappingProxyType(
    {
        each.KIND: each
        for each in vars(events).values()
        if isinstance(each, type) and issubclass(each, events.Noted) and each is not events.Noted
    }
)
