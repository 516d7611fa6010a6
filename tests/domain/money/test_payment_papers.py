"""A payment confirmation says what is so today, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import InvalidFields
from domain.money.facts import MoneyFact, MoneyKind
from domain.payments.invoices import Invoice
from domain.payments.papers import NothingToConfirm, PaymentConfirmation, confirm
from domain.values import Money
from tests.support.billing import fact
from tests.support.builders import SIX_PM

Lines = list[tuple[MoneyKind, MoneyFact]]


def an_invoice(**changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "invoice_id": "in_1",
        "number": "PH-0007",
        "status": "paid",
        "total": Money(12_000, "EUR"),
        "tax": Money(1_916, "EUR"),
        "paid": Money(12_000, "EUR"),
        "issued_at": SIX_PM,
        "paid_at": SIX_PM,
        "period": (SIX_PM, SIX_PM + timedelta(days=365)),
        "page_url": None,
        "file_url": None,
    } | changes
    return Invoice(**values)


def confirmed(
    lines: Lines | None = None, *, payer_name: str = "Ana Lind", **changes: Any
) -> PaymentConfirmation:
    return confirm(
        an_invoice(**changes),
        lines or [],
        payer_name=payer_name,
        issued_at=SIX_PM + timedelta(days=1),
        zone="Europe/Berlin",
        house="peerhour.example",
    )


def test_it_quotes_the_invoice_and_names_the_payer_as_they_wish() -> None:
    paper = confirmed(payer_name="  Ana Lind ")
    assert (paper.payer_name, paper.invoice_number) == ("Ana Lind", "PH-0007")
    assert (paper.total, paper.tax, paper.paid) == (
        Money(12_000, "EUR"),
        Money(1_916, "EUR"),
        Money(12_000, "EUR"),
    )
    assert paper.paid_back == Money(0, "EUR")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "open", "paid_at": None},
        {"status": "void"},
        {"status": "draft", "number": None},
        {"paid": Money(0, "EUR"), "total": Money(0, "EUR")},
    ],
)
def test_what_was_not_paid_is_not_confirmed(changes: dict[str, Any]) -> None:
    with pytest.raises(NothingToConfirm):
        confirmed(**changes)


def test_what_was_paid_back_is_said_once_and_a_failed_refund_is_not() -> None:
    lines: Lines = [
        (MoneyKind.REFUND_DONE, fact("re_1", 500, about="in_1", order_id="order-1")),
        (MoneyKind.REFUND_EXTERNAL, fact("re_2", 300, about="in_1")),
        (MoneyKind.REFUND_DONE, fact("re_3", 100, about="in_1", order_id="order-3")),
        (MoneyKind.REFUND_FAILED, fact("re_3", 100, about="in_1", order_id="order-3")),
        (MoneyKind.REFUND_DONE, fact("re_9", 900, about="in_other", order_id="order-9")),
        (MoneyKind.REFUND_ASKED, fact("order-1", 500, about="in_1")),
    ]
    assert confirmed(lines).paid_back == Money(800, "EUR")


@pytest.mark.parametrize("end", [None, "lost"])
def test_a_payment_that_a_bank_asks_or_took_back_is_not_confirmed(end: str | None) -> None:
    lines: Lines = [(MoneyKind.DISPUTE_OPENED, fact("dp_1", about="in_1"))]
    if end:
        lines.append((MoneyKind.DISPUTE_CLOSED, fact("dp_1", about="in_1", reason=end)))
    with pytest.raises(NothingToConfirm):
        confirmed(lines)


def test_a_payment_that_a_bank_left_as_it_was_is_confirmed() -> None:
    lines: Lines = [
        (MoneyKind.DISPUTE_OPENED, fact("dp_1", about="in_1")),
        (MoneyKind.DISPUTE_CLOSED, fact("dp_1", about="in_1", reason="won")),
    ]
    assert confirmed(lines).paid == Money(12_000, "EUR")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "A\nB", "A\x00B"])
def test_a_name_that_cannot_stand_on_paper_is_refused(name: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        confirmed(payer_name=name)
    assert set(caught.value.fields) == {"payer_name"}
