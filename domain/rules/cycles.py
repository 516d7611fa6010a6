"""Licence periods: from which day to which a cycle runs, and what a first one requires."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Final

from domain.rules.explain import READ_THE_TEXT, Missing, how_many, not_determined, plain
from domain.rules.periods import Cycle

_DAY: Final = timedelta(days=1)
_YEAR: Final = 12
_WRITTEN: Final = Decimal("0.01")  # a share of what is required is never written too low


@dataclass(frozen=True, slots=True)
class Window:
    """One cycle of one licence.

    Attributes:
        from_day: its first day.
        until_day: its last day.
        first_months: whole months from the licence's beginning to the end, if the licence began
            inside the cycle; ``None`` for a full cycle.
    """

    from_day: date
    until_day: date
    first_months: int | None = None

    def holds(self, day: date) -> bool:
        """Tell whether *day* belongs to it."""
        return self.from_day <= day <= self.until_day


def cycle_on(
    cycle: Cycle, day: date, *, licence_from: date | None, licence_until: date | None
) -> Window | Missing:
    """Return the cycle that a day belongs to.

    Args:
        cycle: what the text says of it.
        day: any day.
        licence_from: the licence's first day, if known.
        licence_until: its last day, if known: the end of a cycle, unless the text names the day on
            which all cycles begin.

    Returns:
        The window, or why it is not determined.
    """
    if cycle.months is None:
        because = "the text does not say how long a cycle is"
        return not_determined("cycle.months", because, needed=READ_THE_TEXT)
    if cycle.begins is None and cycle.months == 1:
        begins = day.replace(day=1)  # a month that stands alone is one of the calendar
        after = months_after(begins, 1)
    elif cycle.begins is not None:
        if cycle.months % _YEAR or (cycle.months > _YEAR and cycle.begins_in_year is None):
            because = "the text does not say in which years a cycle begins"
            return not_determined("cycle.begins", because, needed=READ_THE_TEXT)
        begins, after = _fixed(cycle.begins, cycle.begins_in_year, cycle.months, day)
    elif licence_until is not None:
        begins, after = _counted_back(licence_until + _DAY, cycle.months, day)
    else:
        return not_determined(
            "cycle.licence_until",
            "your cycle ends with your licence, and its last day is not recorded",
            needed="Enter the last day of your licence.",
        )
    first = None
    if licence_from is not None and begins < licence_from < after:
        first = months_between(licence_from, after)
    return Window(begins, after - _DAY, first)


def required_in(cycle: Cycle, window: Window) -> tuple[Decimal | None, str]:
    """Return what a cycle requires, ``None`` where it is not determined, and why in words."""
    rule = cycle.first
    if window.first_months is None:
        return cycle.required, ""
    if rule is None:
        return cycle.required, (
            "Your licence began in this cycle; whether less is required is not determined."
        )
    if rule.exempt:
        return Decimal(0), "Your licence began in this cycle, so nothing is required yet."
    if rule.required is not None:
        return rule.required, "Your licence began in this cycle, so less is required."
    if rule.prorated:
        return _prorated(cycle, window.first_months)
    assert rule.per_month is not None, "one of the four is told"
    months = how_many(window.first_months, "whole month")
    its = f"its {months}" if window.first_months == 1 else f"each of its {months}"
    return rule.per_month * window.first_months, (
        f"Your licence began in this cycle: {plain(rule.per_month)} for {its}."
    )


def _prorated(cycle: Cycle, months: int) -> tuple[Decimal | None, str]:
    if cycle.required is None or cycle.months is None:
        return None, "Your licence began in this cycle; the share of it is not determined."
    share = (cycle.required * months / cycle.months).quantize(_WRITTEN, rounding=ROUND_UP)
    return share, (
        f"Your licence began in this cycle: {months} of {cycle.months} months of "
        f"{plain(cycle.required)}."
    )


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; the 31st becomes the month's last day."""
    years, month = divmod(day.month - 1 + months, _YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_between(from_day: date, to_day: date) -> int:
    """Return the whole months from one day to another, which does not belong to them."""
    months = (to_day.year - from_day.year) * _YEAR + to_day.month - from_day.month
    return months if months_after(from_day, months) <= to_day else months - 1


def _fixed(begins: str, in_year: int | None, months: int, day: date) -> tuple[date, date]:
    """Return the first day of the cycle of *day*, and of the next one, where the text names it."""
    month, of_month = (int(part) for part in begins.split("-"))
    every = months // _YEAR

    def begin(year: int) -> date:
        """29 February is the 28th in other years."""
        return date(year, month, min(of_month, calendar.monthrange(year, month)[1]))

    year = day.year if begin(day.year) <= day else day.year - 1
    year -= (year - (in_year or year)) % every
    return begin(year), begin(year + every)


def _counted_back(end: date, months: int, day: date) -> tuple[date, date]:
    """Return the first day of the cycle of *day*, and of the next one, where one begins on *end*.

    Every beginning is counted from *end* itself: from the 31st, over a short month, one comes back
    to the 31st.
    """
    apart = (day.year - end.year) * _YEAR + day.month - end.month
    number = apart // months
    if months_after(end, number * months) > day:
        number -= 1
    return months_after(end, number * months), months_after(end, (number + 1) * months)
