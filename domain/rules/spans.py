"""Spans of a cycle: the year, month or day in which a cap or a floor holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.rules.cycles import Window, months_after, months_between
from domain.rules.periods import Per


def span_of(per: Per, day: date, window: Window) -> tuple[date, date]:
    """Return the first and the last day of the span around *day*, inside the cycle."""
    one = date.resolution
    if per is Per.CYCLE:
        return window.from_day, window.until_day
    if per is Per.DAY:
        return day, day
    if per is Per.MONTH:
        begins = max(day.replace(day=1), window.from_day)
        ends = months_after(day.replace(day=1), 1) - one
        return begins, min(ends, window.until_day)
    year = months_between(window.from_day, day) // 12
    begins = months_after(window.from_day, 12 * year)
    return begins, min(months_after(window.from_day, 12 * (year + 1)) - one, window.until_day)


def spans_of(per: Per, window: Window) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of every span of a cycle."""
    day = window.from_day
    while day <= window.until_day:
        begins, ends = span_of(per, day, window)
        yield begins, ends
        day = ends + date.resolution
