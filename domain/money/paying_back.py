"""Paying back: what may be, who has to agree, and what is on its way.

A refund is the one thing in a ledger that people decide, so it is the one that can be refused. What
became of it is a fact like all others (:mod:`domain.money.ledger`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Root
from domain.money import events
from domain.money.facts import (
    Actor,
    FactDiffers,
    MoneyFact,
    MoneyKind,
    is_lost,
    key_of,
    require_sound,
)
from domain.money.refunds import ProposalGone, RefundFrozen, RefundTooLarge, SecondPersonNeeded
from domain.values import Money


class PayingBack(ABC):
    """What is decided about refunds.

    Attributes:
        lines: what happened with the money, by key, in the order in which it was known.
        proposals: refunds that wait for a second person.
        given_up: orders that will not be carried out.
    """

    lines: dict[str, tuple[MoneyKind, MoneyFact]]
    proposals: dict[str, events.RefundProposed]
    given_up: set[str]

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    def paid(self, invoice_id: str) -> list[Money]:
        """Return what was paid for an invoice; nothing, or one amount."""
        return [
            fact.amount
            for kind, fact in self.lines.values()
            if kind is MoneyKind.INVOICE_PAID and fact.concerns == invoice_id
        ]

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
        self.record(events.RefundAsked, at=at, fact=fact, second_id=second_id)

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
            self.record(events.RefundAsked, at=at, fact=fact, second_id=None)

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
            events.RefundProposed,
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
            events.RefundProposalDropped, at=at, order_id=self._proposed(order_id).order_id, by=by
        )

    def give_up_refund(self, order_id: str, *, by: UUID, at: datetime) -> None:
        """Remember that an ordered refund will not be carried out, so that another one may be.

        An order that nobody knows, and one that was given up already, changes nothing. Should the
        money have gone back all the same, that stays a fact and counts.
        """
        if self._was_asked(order_id) and order_id not in self.given_up:
            self.record(events.RefundGivenUp, at=at, order_id=order_id, by=by)

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
