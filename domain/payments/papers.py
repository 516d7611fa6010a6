"""The paper by which somebody shows an employer that their dues are paid.

It is no invoice: that one is the payment service's, with its number and its tax, and this paper
quotes it. It never says more than what is so today: what was paid back is said as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.errors import DomainError, InvalidFields
from domain.fields import is_showable
from domain.money.facts import MoneyFact, MoneyKind
from domain.payments.checkouts import Purpose
from domain.payments.invoices import Invoice
from domain.values import Money, check_instant

_LONGEST_NAME = 200
_GIVEN_BACK = frozenset({MoneyKind.REFUND_DONE, MoneyKind.REFUND_EXTERNAL})


class NothingToConfirm(DomainError):
    """A payment is confirmed once it was made, and while nobody asks it back."""

    code = "payment_confirmation.nothing_to_confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentConfirmation:
    """The facts of one confirmation.

    Attributes:
        payer_name: as the payer wants to be named.
        invoice_number: of the payment service's invoice.
        total: what was asked for; *tax* is the part of it that is tax, *paid* what was paid.
        paid_back: what was given back since; nothing, mostly.
        paid_at: when it was paid.
        purpose: what was paid once, such as gift months; ``None`` for dues. *count* says how many.
        period: what it was paid for, from when to when, if it was for a period.
        issued_at: when this paper was made; *zone* is where its days are counted.
        house: where the paper comes from.
    """

    payer_name: str
    invoice_number: str
    total: Money
    tax: Money
    paid: Money
    paid_back: Money
    paid_at: datetime
    purpose: Purpose | None
    count: int
    period: tuple[datetime, datetime] | None
    issued_at: datetime
    zone: str
    house: str


def confirm(
    invoice: Invoice,
    lines: list[tuple[MoneyKind, MoneyFact]],
    *,
    payer_name: str,
    issued_at: datetime,
    zone: str,
    house: str,
) -> PaymentConfirmation:
    """Return what can be confirmed about an invoice.

    Args:
        invoice: as the payment service shows it today.
        lines: all that our ledger knows of the payer's money.
        payer_name: as the payer wants to be named.
        issued_at: now.
        zone: IANA name; days are counted there.
        house: where the paper comes from.

    Raises:
        NothingToConfirm: nothing was paid, or the payer's bank asks for it, or took it back.
        InvalidFields: the name cannot be printed.
    """
    check_instant(issued_at)
    name = payer_name.strip()
    if not name or len(name) > _LONGEST_NAME or not is_showable(name):
        raise InvalidFields(payer_name="Write the name in at most 200 characters.")
    if invoice.status != "paid" or invoice.number is None or invoice.paid_at is None:
        raise NothingToConfirm(
            "There is nothing to confirm yet: this invoice is not paid.", status=invoice.status
        )
    if not invoice.paid.cents:
        raise NothingToConfirm("This invoice asked for nothing, so there is nothing to confirm.")
    about = [each for each in lines if each[1].concerns == invoice.invoice_id]
    if _is_asked_back(about):
        raise NothingToConfirm(
            "Your bank asks for this payment, or took it back, so we cannot confirm it."
        )
    return PaymentConfirmation(
        payer_name=name,
        invoice_number=invoice.number,
        total=invoice.total,
        tax=invoice.tax,
        paid=invoice.paid,
        paid_back=_given_back(about, invoice.paid.currency),
        paid_at=invoice.paid_at,
        purpose=invoice.purpose,
        count=invoice.count,
        period=invoice.period,
        issued_at=issued_at,
        zone=zone,
        house=house,
    )


def _is_asked_back(about: list[tuple[MoneyKind, MoneyFact]]) -> bool:
    """Tell whether a bank is deciding, or decided for the payer."""
    opened = {fact.object_id for kind, fact in about if kind is MoneyKind.DISPUTE_OPENED}
    closed = {
        fact.object_id: fact.reason for kind, fact in about if kind is MoneyKind.DISPUTE_CLOSED
    }
    return bool(opened - closed.keys()) or "lost" in closed.values()


def _given_back(about: list[tuple[MoneyKind, MoneyFact]], currency: str) -> Money:
    """Return what arrived back: refunds, less those that failed afterwards."""
    failed = {fact.object_id for kind, fact in about if kind is MoneyKind.REFUND_FAILED}
    back = sum(
        fact.amount.cents
        for kind, fact in about
        if kind in _GIVEN_BACK and fact.amount.currency == currency and fact.object_id not in failed
    )
    return Money(back, currency)
