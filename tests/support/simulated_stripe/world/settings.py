"""What an account holder sets in the dashboard, and what the simulation fixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HOUR = 3600
DAY = 24 * HOUR


@dataclass(slots=True)
class Settings:
    """The account's settings; every time is in seconds, unless its name says days.

    Args:
        draft_seconds: how long a renewal invoice stays a draft.
        retry_after_days: days from one failed attempt of an invoice to the next.
        when_exhausted: what becomes of a subscription whose invoice nobody paid.
        incomplete_seconds: how long a first payment may stay open.
        trial_warning_days: days before a trial's end at which ``trial_will_end`` is sent.
        checkout_seconds: how long a Checkout Session stays open unless it says otherwise.
        tax_percent: the one rate of automatic tax.
        fee_percent, fee_fixed: what Stripe keeps of a payment.
        retry_webhooks_after: seconds from one failed delivery to the next; then it is given up.
        webhook_timeout: seconds that an endpoint has for its answer.
    """

    draft_seconds: int = HOUR
    retry_after_days: tuple[int, ...] = (3, 5, 7)
    when_exhausted: Literal["cancel", "unpaid", "past_due"] = "cancel"
    incomplete_seconds: int = 23 * HOUR
    trial_warning_days: int = 3
    checkout_seconds: int = 24 * HOUR
    tax_percent: int = 20
    fee_percent: float = 2.9
    fee_fixed: int = 30
    retry_webhooks_after: tuple[float, ...] = (0.05, 0.2, 0.5, 1.0)
    webhook_timeout: float = 10.0
