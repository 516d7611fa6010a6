"""The money ledger of a billing account: every fact once, none ever changed.

Facts are never refused for what they say: what happened at Stripe happened. Only an *order* can be
refused, and there is one: to pay something back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, NotAllowed, Stale
from domain.money import events
from domain.money.facts import Actor, MoneyFact, MoneyKind, is_lost, key_of, require_sound
from domain.values import Money

_LEDGERS: Final = UUID("e4a5d2f6-9a43-5f6b-8f0d-0d1a5b7c2e90")


class FactDiffers(DomainError):
    """The same fact was told before with another amount; somebody has to look at both."""

    code = "money_ledger.fact_differs"


class OrderNotFact(DomainError):
    """A refund is ordered by people, not noted as if it had happened."""

    code = "money_ledger.order_not_fact"


class RefundTooLarge(DomainError):
    """More would be paid back than was paid."""

    code = "money_ledger.refund_too_large"


class RefundFrozen(DomainError):
    """The payer's bank is asking for the payment; paying back waits for its answer."""

    code = "money_ledger.refund_frozen"


class SecondPersonNeeded(NotAllowed):
    """A large refund is asked for by two people."""

    code = "money_ledger.second_person_needed"


class ProposalGone(Stale):
    """There is no such proposal any more: it was agreed to, or dropped."""

    code = "money_ledger.proposal_gone"


def money_ledger_id(account_id: UUID) -> UUID:
    """Return the id of a billing account's ledger."""
    return uuid5(_LEDGERS, str(account_id))


class MoneyLedger(Root):
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

    def paid(self, invoice_id: str) -> list[Money]:
        """Return what was paid for an invoice; nothing, or one amount."""
        return self._amounts(invoice_id, {MoneyKind.INVOICE_PAID})

    def refundable(self, invoice_id: str, currency: str) -> Money:
        """Return what could still be paid back: paid, less what is or may yet be paid back."""
        left = sum(each.cents for each in self.paid(invoice_id) if each.currency == currency)
        return Money(max(0, left - self._going_back(invoice_id, currency)), currency)

    def is_disputed(self, invoice_id: str) -> bool:
        """Tell whether the payer's bank is asking for a payment, and has not decided."""
        opened, closed = (
            {
                fact.object_id
                for kind, fact in self.lines.values()
                if kind is wanted and fact.concerns == invoice_id
            }
            for wanted in (MoneyKind.DISPUTE_OPENED, MoneyKind.DISPUTE_CLOSED)
        )
        return bool(opened - closed)

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

    def ask_refund(
        self,
        order_id: str,
        *,
        invoice_id: str,
        amount: Money,
        reason: str,
        by: UUID,
        second_id: UUID | None,
        alone_up_to: Money,
        at: datetime,
    ) -> None:
        """Order that something be paid back; the same order twice is one.

        Args:
            order_id: ours, unique; goes to Stripe as metadata, so that the refund finds its order.
            invoice_id: whose payment.
            amount: more than nothing, at most what can still be paid back.
            reason: a word, see :class:`domain.money.facts.MoneyFact`.
            by: who orders it.
            second_id: who else agreed, if somebody did.
            alone_up_to: the largest amount that one person may order.
            at: now.

        Raises:
            SecondPersonNeeded: it is large, and nobody else agreed.
            RefundFrozen: the payer's bank is asking for the payment.
            RefundTooLarge: so much was not paid, or was paid back.
            FactDiffers: the order is known with another amount.
            InvalidFields, DifferentCurrencies: a value cannot be used.
        """
        fact = MoneyFact(
            object_id=order_id,
            amount=amount,
            about=invoice_id,
            order_id=order_id,
            actor=Actor.PERSON,
            person_id=by,
            reason=reason,
            true_at=at,
        )
        require_sound(MoneyKind.REFUND_ASKED, fact)
        known = self.lines.get(key_of(MoneyKind.REFUND_ASKED, fact))
        if known is not None:
            if known[1].amount != amount:
                raise FactDiffers("This order was given before with another amount.")
            return
        if (amount + Money(0, alone_up_to.currency)).cents > alone_up_to.cents and (
            second_id is None or second_id == by
        ):
            raise SecondPersonNeeded("A refund of this size needs somebody else to agree as well.")
        self._must_be_refundable(invoice_id, amount)
        self.record(self.RefundAsked, at=at, fact=fact, second_id=second_id)

    def refund_by_itself(
        self, order_id: str, *, invoice_id: str, amount: Money, reason: str, at: datetime
    ) -> None:
        """Order what the house pays back without a person: what nobody ought to have paid.

        It is told before it is sent, so that the refund finds its order; the same one twice is one.
        The payment itself may not be known here yet.

        Args:
            order_id: as in :meth:`ask_refund`, like all others.
            invoice_id: whose payment.
            amount: how much.
            reason: a word.
            at: now.

        Raises:
            InvalidFields: a value cannot be used.
        """
        fact = MoneyFact(
            object_id=order_id,
            amount=amount,
            about=invoice_id,
            order_id=order_id,
            actor=Actor.SYSTEM,
            reason=reason,
            true_at=at,
        )
        require_sound(MoneyKind.REFUND_ASKED, fact)
        if not self._was_asked(order_id):
            self.record(self.RefundAsked, at=at, fact=fact, second_id=None)

    def propose_refund(
        self,
        order_id: str,
        *,
        invoice_id: str,
        amount: Money,
        reason: str,
        by: UUID,
        at: datetime,
    ) -> None:
        """Propose a refund to which somebody else has to agree; the same one twice is one.

        Nothing is kept back for it: whether it can be paid is asked again when somebody agrees.

        Args:
            order_id: as in :meth:`ask_refund`, like all others.
            invoice_id: whose payment.
            amount: how much.
            reason: a word.
            by: who proposes.
            at: now.

        Raises:
            RefundFrozen, RefundTooLarge, InvalidFields: as in :meth:`ask_refund`.
        """
        fact = MoneyFact(
            object_id=order_id,
            amount=amount,
            about=invoice_id,
            actor=Actor.PERSON,
            person_id=by,
            reason=reason,
            true_at=at,
        )
        require_sound(MoneyKind.REFUND_ASKED, fact)
        if order_id in self.proposals or self._was_asked(order_id):
            return
        self._must_be_refundable(invoice_id, amount)
        self.record(
            self.RefundProposed,
            at=at,
            order_id=order_id,
            invoice_id=invoice_id,
            amount=amount,
            reason=reason,
            by=by,
        )

    def agree_to_refund(self, order_id: str, *, by: UUID, at: datetime) -> None:
        """Agree to what somebody else proposed; it is ordered by that.

        Args:
            order_id: of the proposal.
            by: who agrees.
            at: now.

        Raises:
            ProposalGone: nothing of this id waits.
            SecondPersonNeeded: whoever proposed it agrees with themselves.
            RefundFrozen, RefundTooLarge: it cannot be paid back any more, or not yet.
        """
        proposed = self._proposed(order_id)
        self.ask_refund(
            order_id,
            invoice_id=proposed.invoice_id,
            amount=proposed.amount,
            reason=proposed.reason,
            by=proposed.by,
            second_id=by,
            alone_up_to=Money(-1, proposed.amount.currency),  # whatever it is, it takes two
            at=at,
        )

    def drop_refund_proposal(self, order_id: str, *, by: UUID, at: datetime) -> None:
        """Decide that what was proposed is not paid back; also for whoever proposed it.

        Raises:
            ProposalGone: nothing of this id waits.
        """
        self.record(
            self.RefundProposalDropped, at=at, order_id=self._proposed(order_id).order_id, by=by
        )

    def give_up_refund(self, order_id: str, *, by: UUID, at: datetime) -> None:
        """Remember that an ordered refund will not be carried out, so that another one may be.

        An order that nobody knows, and one that was given up already, changes nothing. Should the
        money have gone back all the same, that stays a fact and counts.
        """
        if self._was_asked(order_id) and order_id not in self.given_up:
            self.record(self.RefundGivenUp, at=at, order_id=order_id, by=by)

    # Helpers of the decisions above, and of events

    def remember(self, kind: MoneyKind, fact: MoneyFact) -> None:
        """Remember a line (for events; decides nothing)."""
        self.lines[key_of(kind, fact)] = (kind, fact)
        if kind is MoneyKind.REFUND_ASKED:
            self.proposals.pop(fact.object_id, None)

    def _proposed(self, order_id: str) -> events.RefundProposed:
        if order_id not in self.proposals:
            raise ProposalGone("This proposal was agreed to or dropped already; nothing was done.")
        return self.proposals[order_id]

    def _must_be_refundable(self, invoice_id: str, amount: Money) -> None:
        if self.is_disputed(invoice_id):
            raise RefundFrozen("The bank is deciding about this payment; wait for its answer.")
        if not 0 < amount.cents <= self.refundable(invoice_id, amount.currency).cents:
            raise RefundTooLarge("You can pay back at most what was paid and not paid back yet.")

    def _was_asked(self, order_id: str | None) -> bool:
        return order_id is not None and f"{order_id}/asked" in self.lines

    def _amounts(self, invoice_id: str, kinds: set[MoneyKind]) -> list[Money]:
        return [
            fact.amount
            for kind, fact in self.lines.values()
            if kind in kinds and fact.concerns == invoice_id
        ]

    def _going_back(self, invoice_id: str, currency: str) -> int:
        """Return the cents that are back or on their way, by us or by a bank; each once."""
        failed = {
            fact.object_id for kind, fact in self.lines.values() if kind is MoneyKind.REFUND_FAILED
        }
        answered: set[str | None] = {*self.given_up}
        cents = 0
        for kind, fact in self.lines.values():
            ours = fact.concerns == invoice_id and fact.amount.currency == currency
            if ours and kind in {MoneyKind.REFUND_DONE, MoneyKind.REFUND_EXTERNAL}:
                cents += 0 if fact.object_id in failed else fact.amount.cents
                answered.add(fact.order_id)
            if ours and is_lost(kind, fact):
                cents += fact.amount.cents
            if kind is MoneyKind.REFUND_FAILED:
                answered.add(fact.order_id)
        for kind, fact in self.lines.values():
            if kind is MoneyKind.REFUND_ASKED and fact.concerns == invoice_id:
                cents += 0 if fact.order_id in answered else fact.amount.cents
        return cents


_EVENT_OF: Final[Mapping[MoneyKind, type[events.Noted]]] = MappingProxyType(
    {
        each.KIND: each
        for each in vars(events).values()
        if isinstance(each, type) and issubclass(each, events.Noted) and each is not events.Noted
    }
)
