"""The payment confirmation as an employer reads it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from domain.certificates.papers import PaperContradictsItself
from domain.payments.checkouts import Purpose
from domain.payments.papers import PaymentConfirmation
from domain.values import Money
from infra.papers.fonts import CharacterWithoutFont, ScriptNotSupported
from infra.papers.payment_confirmation_pdf import render


def a_paper(**changes: Any) -> PaymentConfirmation:
    values: dict[str, Any] = {
        "payer_name": "Nguyễn Thị Ánh",
        "invoice_number": "PH-0007",
        "total": Money(12_000, "EUR"),
        "tax": Money(1_916, "EUR"),
        "paid": Money(12_000, "EUR"),
        "paid_back": Money(0, "EUR"),
        "paid_at": datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
        "purpose": None,
        "count": 1,
        "period": (
            datetime(2026, 1, 31, 12, tzinfo=UTC),
            datetime(2027, 1, 31, 12, tzinfo=UTC),
        ),
        "issued_at": datetime(2026, 3, 2, 17, 0, tzinfo=UTC),
        "zone": "Europe/Berlin",
        "house": "peerhour.example",
    } | changes
    return PaymentConfirmation(**values)


def words(paper: PaymentConfirmation) -> str:
    reader = pypdf.PdfReader(io.BytesIO(render(paper)))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


def test_it_says_who_paid_what_when_for_what_and_what_it_is_not() -> None:
    shown = words(a_paper())
    for part in (
        "Payment confirmation Nguyễn Thị Ánh has paid dues",
        "120.00 EUR paid on 1 February 2026",  # where the payer is
        "Membership dues: taking part in peer groups of therapists.",
        "31 January 2026 to 31 January 2027",
        "Invoice number PH-0007",
        "Invoice total 120.00 EUR. Tax in it 19.16 EUR.",
        "This is a confirmation and not an invoice.",
        "As our record stood on 2 March 2026, 6:00 pm (Europe/Berlin). From peerhour.example.",
        "Page 1 of 1",
    ):
        assert part in shown
    assert "Paid back" not in shown


@pytest.mark.parametrize(
    ("purpose", "count", "said"),
    [
        (Purpose.MONTHS, 1, "Gift months: 1 month of taking part in peer groups of therapists"),
        (Purpose.MONTHS, 3, "has paid for months at Peerhour as a gift. Gift months"),
        (Purpose.MONTHS, 3, "Gift months: 3 months of taking part"),
        (Purpose.FUND, 1, "has given to a scholarship fund at Peerhour."),
        (Purpose.FUND, 1, "A gift to a scholarship fund, which carries dues"),
    ],
)
def test_what_is_no_dues_is_called_by_its_name(purpose: Purpose, count: int, said: str) -> None:
    shown = words(a_paper(purpose=purpose, count=count, period=None))
    assert said in shown.replace("120.00 EUR paid on 1 February 2026 ", "")
    assert "Membership dues" not in shown


def test_what_was_paid_back_and_what_had_no_tax_is_said() -> None:
    shown = words(a_paper(paid_back=Money(2_000, "EUR"), tax=Money(0, "EUR"), period=None))
    assert "Paid back since 20.00 EUR." in shown
    assert "Invoice total 120.00 EUR. Tax in it None." in shown
    assert "Period" not in shown


def test_the_same_facts_give_the_same_bytes_and_other_facts_others() -> None:
    paper = a_paper()
    assert render(paper) == render(a_paper())
    assert render(paper) != render(replace(paper, payer_name="Bo"))


@pytest.mark.parametrize(("currency", "wide"), [("EUR", 595), ("USD", 612)])
def test_the_sheet_is_that_of_the_currencys_offices(currency: str, wide: int) -> None:
    paper = a_paper(paid=Money(1_300, currency))
    page = pypdf.PdfReader(io.BytesIO(render(paper))).pages[0]
    assert int(page.mediabox.width) == wide


@pytest.mark.parametrize("name", ["\u0e01\u0e33", "\U0001f600"])
def test_a_name_that_cannot_be_set_is_refused_and_never_printed_as_boxes(name: str) -> None:
    with pytest.raises((ScriptNotSupported, CharacterWithoutFont)):
        render(a_paper(payer_name=name))


def test_a_house_whose_name_cannot_be_set_costs_nobody_their_paper() -> None:
    shown = words(a_paper(house="peerhour שלום"))
    assert "From peerhour […]" in shown


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(PaperContradictsItself):
        render(a_paper(zone="Nowhere/Land"))
