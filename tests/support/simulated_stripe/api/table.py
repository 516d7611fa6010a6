"""Loads every module that simulates calls, so that the table is whole."""

from __future__ import annotations

from tests.support.simulated_stripe.api import (
    account,
    catalogue,
    checkout,
    customers,
    intents,
    invoices,
    money,
    portal,
    subscriptions,
    tax_rates,
)
from tests.support.simulated_stripe.api.calls import CALLS, answer

__all__ = ["CALLS", "MODULES", "answer"]

MODULES = (
    account,
    catalogue,
    checkout,
    customers,
    intents,
    invoices,
    money,
    portal,
    subscriptions,
    tax_rates,
)
