"""What the fields of forms accept: each function takes trimmed text, or says why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, time
from typing import Final
from uuid import UUID

from services.web.forms.reading import Unusable

_ADDRESS: Final = re.compile(
    r"[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[^\s@.<>\"(),;:\\\[\]]+"
)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2})(?::00)?", re.ASCII)
LONGEST_ADDRESS: Final = 254  # RFC 5321, 4.5.3.1.3


def email(text: str) -> str:
    """Return a mail address in lower case. Whether it exists, only a mail can tell."""
    if len(text) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        raise Unusable("Write the address as name@example.org.")
    return text.lower()


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Accept whole numbers from *lowest* to *highest*."""

    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
            raise Unusable(f"Use a whole number from {lowest} to {highest}.")
        return int(text)

    return parse


def one_of(choices: Collection[str]) -> Callable[[str], str]:
    """Accept one of *choices*."""

    def parse(text: str) -> str:
        if text not in choices:
            raise Unusable("Choose one of these.")
        return text

    return parse


def ticked(text: str) -> bool:
    """Return whether a box is ticked; browsers send ``on``, or nothing at all."""
    return text.lower() in {"on", "yes", "true", "1"}


_YEARS: Final = range(1990, 2200)  # beyond them no zone can be reckoned with


def calendar_day(text: str) -> date:
    """Accept ``2026-11-23``, the form in which browsers send dates."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise Unusable("Write the day as year-month-day, for example 2026-11-23.")
    return day


def local_time(text: str) -> time:
    """Accept ``18:30``, a time on the wall where people meet."""
    found = _TIME.fullmatch(text)
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise Unusable("Write the time as 18:30.")


def identifier(text: str) -> UUID:
    """Accept an id from one of our own pages."""
    try:
        return UUID(text)
    except ValueError:
        raise Unusable("Choose one of these.") from None
