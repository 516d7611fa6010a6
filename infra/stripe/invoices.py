"""Invoices, as Stripe shows them; the paper with legal force is Stripe's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import stripe

from domain.payments.checkouts import Purpose
from domain.payments.invoices import Invoice
from infra.stripe import marks
from infra.stripe.amounts import from_stripe
from infra.stripe.connection import Connection
from infra.stripe.readings import id_of, instant, moment

_LONGEST_COUNT: Final = 6  # digits
_MOST: Final = 100  # of monthly dues: eight years; older ones stand on Stripe's own page


async def invoices(connection: Connection, customer_id: str) -> Sequence[Invoice]:
    """Return a payer's invoices, newest first."""
    found = await connection.ask(
        lambda: connection.client.v1.invoices.list_async({"customer": customer_id, "limit": _MOST})
    )
    return [_read(each) for each in found.data]


async def invoice(connection: Connection, invoice_id: str) -> tuple[str, Invoice]:
    """Return whose an invoice is, and the invoice.

    Raises:
        NotFound: there is no such invoice.
    """
    found = await connection.ask(lambda: connection.client.v1.invoices.retrieve_async(invoice_id))
    return id_of(found.customer) or "", _read(found)


def _read(row: stripe.Invoice) -> Invoice:
    moments = row.status_transitions
    return Invoice(
        invoice_id=row.id,
        number=row.number,
        status=row.status or "unknown",
        total=from_stripe(row.total, row.currency),
        tax=from_stripe(sum(each.amount for each in row.total_taxes or []), row.currency),
        paid=from_stripe(row.amount_paid, row.currency),
        issued_at=moment(moments.finalized_at),
        paid_at=moment(moments.paid_at),
        period=_period(row),
        purpose=_purpose(row),
        count=_count(row),
        page_url=getattr(row, "hosted_invoice_url", None),
        file_url=getattr(row, "invoice_pdf", None),
    )


def _purpose(row: stripe.Invoice) -> Purpose | None:
    """Return what was paid once, as the page that made the invoice left it there."""
    word = marks.plain(row.metadata).get(marks.PURPOSE)
    return Purpose(word) if word in set(Purpose) else None


def _count(row: stripe.Invoice) -> int:
    word = marks.plain(row.metadata).get(marks.QUANTITY, "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < _LONGEST_COUNT else 1


def _period(row: stripe.Invoice) -> tuple[datetime, datetime] | None:
    """Return what an invoice's dues are for; its own period is the one before, at Stripe.

    Where it has none it is for what changed: from the first change on, to the end of the period.
    """
    for line in row.lines.data:
        if is_dues(line):
            return instant(line.period.start), instant(line.period.end)
    parts = [each.period for each in row.lines.data if _is_part(each)]
    if not parts:
        return None
    return instant(min(each.start for each in parts)), instant(max(each.end for each in parts))


def _is_part(line: stripe.InvoiceLineItem) -> bool:
    """Tell whether a line is a part of a period, because what is paid for changed."""
    details = line.parent.subscription_item_details if line.parent is not None else None
    return details is not None and details.proration


def is_dues(line: stripe.InvoiceLineItem) -> bool:
    """Tell whether a line is a whole period's dues, and no part that a change made."""
    details = line.parent.subscription_item_details if line.parent is not None else None
    return details is not None and not details.proration
