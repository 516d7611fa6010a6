"""Spans of whole months from a moment, for what is given or promised by the month."""

from __future__ import annotations

from datetime import datetime

from domain.rules.cycles import months_after


def months_later(at: datetime, months: int) -> datetime:
    """Return the same time of day so many months later; a day that a month lacks is its last.

    Args:
        at: aware UTC.
        months: whole months, not negative.
    """
    return datetime.combine(months_after(at.date(), months), at.timetz())
