"""Billing periods: a subscription's anchor, and the boundaries that follow from it."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def boundary_after(moment: int, anchor: int, recurring: dict[str, Any]) -> int:
    """The first boundary later than *moment*.

    Args:
        moment: seconds since 1970.
        anchor: a boundary, before or after; the 31st falls on a shorter month's last day.
        recurring: ``interval`` and ``interval_count`` of a price.

    Source:
        docs.stripe.com/billing/subscriptions/billing-cycle.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    step = 0
    if moment < anchor:
        while _stepped(start, step - 1, recurring) > moment:
            step -= 1
        return _stepped(start, step, recurring)
    while (boundary := _stepped(start, step, recurring)) <= moment:
        step += 1
    return boundary


def months_later(moment: int, months: int) -> int:
    """The same day and time some months later, or the last day of a shorter month."""
    return _stepped(datetime.fromtimestamp(moment, UTC), months, {"interval": "month"})


def _stepped(start: datetime, steps: int, recurring: dict[str, Any]) -> int:
    count = steps * int(recurring.get("interval_count") or 1)
    unit = recurring["interval"]
    if unit in _DAYS:
        return int((start + timedelta(days=_DAYS[unit] * count)).timestamp())
    months = start.year * 12 + start.month - 1 + _MONTHS[unit] * count
    year, month = divmod(months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())
