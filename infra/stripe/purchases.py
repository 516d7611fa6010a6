"""What is paid once: Stripe's page for it, and what its invoice says that it was for.

The page makes an invoice, so that whoever paid has a paper and a refund has something to correct.
What it was for stands in the invoice's metadata: session, invoice and refund all lead there.
"""

from __future__ import annotations

from typing import Any

from domain.payments.checkouts import Purchase, PurchaseAsk, Purpose
from infra.stripe import marks
from infra.stripe.amounts import from_stripe, to_stripe


def page_params(
    ask: PurchaseAsk, customer_id: str, environment: str, *, taxes: bool
) -> dict[str, Any]:
    """Word a page; nothing in it depends on the clock, so that a repetition is the same page.

    Args:
        ask: what for.
        customer_id: who pays.
        environment: this house's.
        taxes: whether Stripe Tax reckons taxes; on a gift to a fund there is none.
    """
    known = {
        marks.ACCOUNT: str(ask.account_id),
        marks.ENVIRONMENT: environment,
        marks.PURPOSE: ask.purpose.value,
        marks.SUBJECT: str(ask.subject_id),
        marks.QUANTITY: str(ask.quantity),
    }
    price: dict[str, Any] = {
        "currency": ask.price.currency.lower(),
        "unit_amount": to_stripe(ask.price),
        "product_data": {"name": ask.line},
    }
    if ask.includes_tax is not None:
        price["tax_behavior"] = "inclusive" if ask.includes_tax else "exclusive"
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "customer": customer_id,
        "customer_update": {"address": "auto", "name": "auto"},
        "client_reference_id": str(ask.account_id),
        "line_items": [{"price_data": price, "quantity": ask.quantity}],
        "automatic_tax": {"enabled": taxes and ask.includes_tax is not None},
        "billing_address_collection": "required",
        "tax_id_collection": {"enabled": True},
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": known}},
        "payment_intent_data": {"metadata": known},
        "success_url": ask.done_url,
        "cancel_url": ask.back_url,
        "metadata": known,
    }


def purchase_of(
    told: object,
    *,
    invoice_id: str | None,
    paid: int | None,
    currency: str | None,
    environment: str,
) -> Purchase | None:
    """Return what an invoice, or the page that made it, was for; ``None`` for dues.

    Args:
        told: its metadata.
        invoice_id: of the invoice.
        paid: in Stripe's smallest units.
        currency: as Stripe writes it.
        environment: this house's.
    """
    words = marks.plain(told)
    subject_id = marks.read_id(words, marks.SUBJECT, environment=environment)
    purpose, quantity = words.get(marks.PURPOSE), words.get(marks.QUANTITY, "")
    if subject_id is None or purpose not in set(Purpose) or not quantity.isdecimal():
        return None
    if invoice_id is None or paid is None or currency is None:
        return None
    return Purchase(
        account_id=marks.read_id(words, marks.ACCOUNT, environment=environment),
        purpose=Purpose(purpose),
        subject_id=subject_id,
        quantity=int(quantity),
        invoice_id=invoice_id,
        paid=from_stripe(paid, currency),
    )
