"""Templates: every page is built on one frame, which says that all this is simulated."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).with_name("templates")
#: Currencies without minor units, of those a test may use.
_WHOLE = frozenset({"jpy", "krw", "vnd"})


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    made.filters["money"] = money
    made.filters["day"] = day
    return made


def page(template: str, **facts: Any) -> str:
    """A whole page."""
    return _environment().get_template(template).render(**facts)


def money(amount: int, currency: str) -> str:
    """An amount for a person: ``12.00 EUR``."""
    if currency in _WHOLE:
        return f"{amount} {currency.upper()}"
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02} {currency.upper()}"


def day(moment: int) -> str:
    """A date for a person: ``1 March 2027``."""
    when = datetime.fromtimestamp(moment, UTC)
    return f"{when.day} {when:%B %Y}"
