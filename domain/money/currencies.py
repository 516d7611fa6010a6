"""How amounts of each currency are written: ISO 4217 says how many digits are minor units."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.values import Money

_USUAL: Final = 2
# ISO 4217, table A.1, where the number is not two. Some payment services count a few of these
# (ISK, UGX) in hundredths all the same; whoever speaks to such a service converts at its door.
_PLACES: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
        **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
        **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    }
)


def minor_places(currency: str) -> int:
    """Return how many digits of an amount are minor units: 2 for dollars, 0 for yen, 3 for dinars.

    Args:
        currency: ISO 4217, three capital letters.
    """
    return _PLACES.get(currency, _USUAL)


def plain(amount: Money) -> str:
    """Return an amount as a form takes it: ``1234.50``; the currency is said elsewhere."""
    places = minor_places(amount.currency)
    whole, part = divmod(abs(amount.cents), 10**places)
    return f"{'-' if amount.cents < 0 else ''}{whole}{f'.{part:0{places}d}' if places else ''}"


def written(amount: Money) -> str:
    """Return an amount as people write it: ``1,234.50 USD``, ``-500 JPY``."""
    whole, point, part = plain(Money(abs(amount.cents), amount.currency)).partition(".")
    sign = "-" if amount.cents < 0 else ""
    return f"{sign}{int(whole):,}{point}{part} {amount.currency}"
