"""Amounts as Stripe counts them, and as ISO 4217 does: converted here and nowhere else.

Source: docs.stripe.com/currencies. Its list of currencies without minor units is not ISO's: ISK and
UGX are counted in hundredths all the same, and MGA, which has fifths, has none.
"""

from __future__ import annotations

from typing import Final

from domain.money.currencies import minor_places
from domain.values import Money

_PLACES: Final = {"ISK": 2, "UGX": 2, "MGA": 0}  # where Stripe's number is not ISO's


def from_stripe(amount: int, currency: str) -> Money:
    """Return an amount in ISO's minor units.

    Args:
        amount: in Stripe's smallest units; negative for what is given back.
        currency: ISO 4217 in small letters, as Stripe writes it.

    Returns:
        The amount; hundredths of a currency that has none are rounded half away from zero. Stripe
        charges none, but a proration may hold some until its invoice is made.
    """
    name = currency.upper()
    ours, theirs = _unit(minor_places(name)), _unit(_places(name))
    if ours >= theirs:
        return Money(amount * (ours // theirs), name)
    whole, part = divmod(abs(amount), theirs // ours)
    rounded = whole + (2 * part >= theirs // ours)
    return Money(-rounded if amount < 0 else rounded, name)


def to_stripe(amount: Money) -> int:
    """Return an amount in Stripe's smallest units.

    Raises:
        ValueError: Stripe cannot count parts so small (of ariary).
    """
    ours, theirs = _unit(minor_places(amount.currency)), _unit(_places(amount.currency))
    if theirs >= ours:
        return amount.cents * (theirs // ours)
    whole, part = divmod(amount.cents, ours // theirs)
    if part:
        raise ValueError(f"Stripe counts no part of {amount.currency}.")
    return whole


def _places(currency: str) -> int:
    return _PLACES.get(currency, minor_places(currency))


def _unit(places: int) -> int:
    """Return how many of the smallest units make a whole one: 1, 10, 100 or 1000."""
    return int("1" + "0" * places)
