"""Invoices, as the payment service shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.payments.checkouts import Purpose
from domain.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice, as the service shows it; the paper with legal force is the service's own.

    Attributes:
        invoice_id: the service's id.
        number: as printed; ``None`` for a draft.
        status: the service's word: draft, open, paid, void, uncollectible.
        total: with tax; *tax* is the part that is tax, *paid* what was paid of it.
        issued_at: when it was made final.
        paid_at: when it was paid.
        period: from when to when it is for, if it is for a period.
        purpose: what was paid for once; ``None`` for dues, and for what was made by hand.
        count: how many months, where *purpose* counts them.
        page_url: the service's page for it, where it can be paid; *file_url* its PDF.
    """

    invoice_id: str
    number: str | None
    status: str
    total: Money
    tax: Money
    paid: Money
    issued_at: datetime | None
    paid_at: datetime | None
    period: tuple[datetime, datetime] | None
    purpose: Purpose | None = None
    count: int = 1
    page_url: str | None
    file_url: str | None
