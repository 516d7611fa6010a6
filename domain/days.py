"""Days as people read them, in sentences and on pages alike."""

from __future__ import annotations

from datetime import date
from typing import Final

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(value: date, *, year: bool = True) -> str:
    """Return ``Monday 23 November 2026``.

    Args:
        value: the day.
        year: whether to name the year too; wherever the day may lie far away.
    """
    words = f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]}"
    return f"{words} {value.year}" if year else words
