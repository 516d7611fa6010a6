"""The events of the money ledger: one for each kind of fact, all of one shape.

They stand apart from :mod:`domain.money.ledger`, which decides when they happen; in the code they
are ``MoneyLedger.InvoicePaid`` and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.money.facts import MoneyFact, MoneyKind
from domain.values import Money

if TYPE_CHECKING:
    from domain.money.ledger import MoneyLedger


class Noted(Root.Event):
    """Base of every line of a ledger."""

    KIND: ClassVar[MoneyKind]
    fact: MoneyFact

    @override
    def apply(self, ledger: MoneyLedger) -> None:
        ledger.remember(self.KIND, self.fact)


class InvoiceIssued(Noted):
    """An invoice asks for an amount."""

    TOPIC = "peerhour.money_ledger.invoice_issued"
    KIND = MoneyKind.INVOICE_ISSUED


class InvoicePaid(Noted):
    """An invoice was paid."""

    TOPIC = "peerhour.money_ledger.invoice_paid"
    KIND = MoneyKind.INVOICE_PAID


class PaymentFailed(Noted):
    """One attempt to pay an invoice did not go through."""

    TOPIC = "peerhour.money_ledger.payment_failed"
    KIND = MoneyKind.PAYMENT_FAILED


class InvoiceVoided(Noted):
    """An invoice asks for nothing any more, as if it had never been sent."""

    TOPIC = "peerhour.money_ledger.invoice_voided"
    KIND = MoneyKind.INVOICE_VOIDED


class InvoiceWrittenOff(Noted):
    """Nobody expects an invoice to be paid any more."""

    TOPIC = "peerhour.money_ledger.invoice_written_off"
    KIND = MoneyKind.INVOICE_WRITTEN_OFF


class CreditNoteIssued(Noted):
    """An invoice asks for less."""

    TOPIC = "peerhour.money_ledger.credit_note_issued"
    KIND = MoneyKind.CREDIT_NOTE_ISSUED


class RefundAsked(Noted):
    """Somebody of the house asked Stripe to pay something back; ``second_id`` agreed."""

    TOPIC = "peerhour.money_ledger.refund_asked"
    KIND = MoneyKind.REFUND_ASKED
    second_id: UUID | None


class RefundProposed(Root.Event):
    """Somebody of the house would like to pay back so much that somebody else has to agree."""

    TOPIC = "peerhour.money_ledger.refund_proposed"
    order_id: str
    invoice_id: str
    amount: Money
    reason: str
    by: UUID

    @override
    def apply(self, ledger: MoneyLedger) -> None:
        ledger.proposals[self.order_id] = self


class RefundProposalDropped(Root.Event):
    """What was proposed is not paid back; ``by`` decided so."""

    TOPIC = "peerhour.money_ledger.refund_proposal_dropped"
    order_id: str
    by: UUID

    @override
    def apply(self, ledger: MoneyLedger) -> None:
        ledger.proposals.pop(self.order_id, None)


class RefundGivenUp(Root.Event):
    """What was ordered to be paid back was not carried out, and will not be."""

    TOPIC = "peerhour.money_ledger.refund_given_up"
    order_id: str
    by: UUID

    @override
    def apply(self, ledger: MoneyLedger) -> None:
        ledger.given_up.add(self.order_id)


class RefundDone(Noted):
    """What was asked for was paid back."""

    TOPIC = "peerhour.money_ledger.refund_done"
    KIND = MoneyKind.REFUND_DONE


class RefundFailed(Noted):
    """What was to be paid back came back to us; it may fail days later."""

    TOPIC = "peerhour.money_ledger.refund_failed"
    KIND = MoneyKind.REFUND_FAILED


class RefundExternal(Noted):
    """Something was paid back that nobody asked for here; a membership does not end by it."""

    TOPIC = "peerhour.money_ledger.refund_external"
    KIND = MoneyKind.REFUND_EXTERNAL


class InquiryOpened(Noted):
    """The payer's bank asks what a payment was for; it took nothing, and a refund can settle it."""

    TOPIC = "peerhour.money_ledger.inquiry_opened"
    KIND = MoneyKind.INQUIRY_OPENED


class DisputeOpened(Noted):
    """The payer's bank asks a payment back; refunds wait, access does not change."""

    TOPIC = "peerhour.money_ledger.dispute_opened"
    KIND = MoneyKind.DISPUTE_OPENED


class DisputeClosed(Noted):
    """The bank decided; the reason says how."""

    TOPIC = "peerhour.money_ledger.dispute_closed"
    KIND = MoneyKind.DISPUTE_CLOSED


class CreditBalanceMoved(Noted):
    """What the house owes the payer for later invoices changed; negative is in their favour."""

    TOPIC = "peerhour.money_ledger.credit_balance_moved"
    KIND = MoneyKind.CREDIT_BALANCE_MOVED
