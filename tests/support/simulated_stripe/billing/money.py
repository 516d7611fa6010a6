"""Shares of amounts in minor units, rounded half away from zero: never in binary fractions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def share(amount: int, numerator: float | Decimal, denominator: int = 100) -> int:
    """``amount × numerator ÷ denominator``, as a whole number of minor units."""
    exact = Decimal(amount) * Decimal(str(numerator)) / Decimal(denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
