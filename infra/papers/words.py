"""How every paper names days and times: where people met, with the zone and its offset.

English throughout, spelled out here rather than by the machine's locale, because the same paper
must have the same bytes wherever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.certificates.papers import LicenceLine, PaperContradictsItself

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled row of a paper, and one paragraph or more.

    Attributes:
        field: the field of the paper, named when it cannot be printed.
    """

    field: str
    label: str
    paragraphs: tuple[str, ...]


def licence_line(licence: LicenceLine) -> str:
    """Return a licence on one line."""
    parts = [licence.kind, licence.jurisdiction]
    if licence.number:
        parts.append(f"licence number {licence.number}")
    return ", ".join(parts)


def local(at: datetime, zone: str) -> datetime:
    """Return an instant on the clocks of a zone.

    Raises:
        PaperContradictsItself: the zone is unknown.
    """
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError, OverflowError) as reason:  # whatever the key names
        raise PaperContradictsItself(
            "You need to look at the time zone again: we do not know it.", fields=["zone"]
        ) from reason


def dates(begin: datetime, end: datetime) -> str:
    """Return the day, or the days where midnight lies in between."""
    if begin.date() == end.date():
        return weekday(begin)
    return f"{weekday(begin)} to {weekday(end)}"


def times(begin: datetime, end: datetime, zone: str) -> str:
    """Name the offset once, or twice where the clocks changed in between."""
    if begin.utcoffset() == end.utcoffset():
        return f"{clock(begin)} to {clock(end)}, {zone} ({_offset(begin)})"
    spans = f"{clock(begin)} ({_offset(begin)}) to {clock(end)} ({_offset(end)})"
    return f"{spans}, {zone}"


def weekday(at: date) -> str:
    """Return ``Thursday, 19 November 2026``."""
    return f"{_DAYS[at.weekday()]}, {day(at)}"


def day(at: date) -> str:
    """Return ``19 November 2026``."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def clock(at: datetime) -> str:
    """Return ``6:00 pm``."""
    half = "am" if at.hour < _NOON else "pm"
    return f"{at.hour % _NOON or _NOON}:{at.minute:02} {half}"


def _offset(at: datetime) -> str:
    text = at.strftime("%z")
    sign = "−" if text.startswith("-") else "+"
    return f"UTC{sign}{text[1:3]}:{text[3:5]}"
