"""Dates, times and lengths as reports write them, before anybody knows the zone or the order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

_YEARS: Final = range(1990, 2200)  # anything else is damage, and would overflow in some zone
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_UNSEEN: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

_DATE: Final = (
    r"(?:(?P<n1>\d{1,4})(?P<sep>[/.-])(?P<n2>\d{1,2})(?P=sep)(?P<n3>\d{1,4})\.?"
    r"|(?P<mon1>[a-z]{3,9})\.? (?P<day1>\d{1,2}),? (?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})\.? (?P<mon2>[a-z]{3,9})\.?,? (?P<year2>\d{4}))"
)
_TIME: Final = (
    r"(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?(?: ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}))?"
)
_FULL: Final = re.compile(f"{_DATE}(?:(?:, ?| |t){_TIME})?", re.ASCII)
_OF_DAY: Final = re.compile(_TIME, re.ASCII)

_LENGTH_PART: Final = re.compile(r"(\d{1,6})\s*([^\W\d_]*)\.?", re.ASCII | re.IGNORECASE)
_CLOCK_LENGTH: Final = re.compile(r"(\d{1,4}):(\d{2}):(\d{2})", re.ASCII)
_HOUR_WORDS: Final = ("h", "st", "godz", "or", "u", "t")  # 1h, 1 Std., 1 godz., 1 ora, 1 uur, 1 t
_MINUTES: Final = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, a time or both, as written.

    Attributes:
        day: the date, when its writing leaves no choice.
        pair: first number, second number and year of a date that depends on the order.
        time: the time of day, or ``None`` for a bare date.
        offset: the distance from UTC when the stamp itself states it.
    """

    day: date | None = None
    pair: tuple[int, int, int] | None = None
    time: time | None = None
    offset: timedelta | None = None

    @property
    def dated(self) -> bool:
        """Whether there is a date at all."""
        return self.day is not None or self.pair is not None

    def in_utc(self) -> Stamp:
        """Return the stamp under a heading that says its times are UTC."""
        return self if self.offset is not None else replace(self, offset=timedelta(0))


def read_stamp(text: str) -> Stamp | None:
    """Return what a cell says about time, or ``None`` when it is no date and no time.

    Reads ``3/5/2026, 6:02:11 PM`` with any kind of space, ``05.03.2026 18:02``, ISO 8601 with or
    without zone, ``Mar 5, 2026 06:02 PM``, and bare times of day. Years have four digits or two
    (then of this century). Dates with dots are day first: no region writes them otherwise.
    """
    plain = _plain(text)
    if found := _FULL.fullmatch(plain):
        dated = _read_date(found)
        if dated is None:
            return None
    elif found := _OF_DAY.fullmatch(plain):
        dated = Stamp()
    else:
        return None
    if found["h"] is None:
        return dated
    of_day = _read_time(found)
    return None if of_day is None else replace(dated, time=of_day, offset=_offset(found["zone"]))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return " ".join(text.split()).lower()


def _read_date(found: re.Match[str]) -> Stamp | None:
    if found["n1"] is None:
        return _named_month(found)
    first, second, third = (int(found[part]) for part in ("n1", "n2", "n3"))
    if len(found["n1"]) == 4:  # noqa: PLR2004 - digits of a year
        return _certain(first, second, third)
    if len(found["n1"]) > 2 or len(found["n3"]) not in (2, 4):  # noqa: PLR2004 - as above
        return None
    year = third + 2000 if len(found["n3"]) == 2 else third  # noqa: PLR2004 - as above
    if found["sep"] == ".":
        return _certain(year, second, first)
    return Stamp(pair=(first, second, year)) if year in _YEARS else None


def _named_month(found: re.Match[str]) -> Stamp | None:
    name = found["mon1"] or found["mon2"]
    if name[:3] not in _MONTHS:
        return None
    year, day = int(found["year1"] or found["year2"]), int(found["day1"] or found["day2"])
    return _certain(year, _MONTHS.index(name[:3]) + 1, day)


def _certain(year: int, month: int, day: int) -> Stamp | None:
    if year not in _YEARS:
        return None
    try:
        return Stamp(day=date(year, month, day))
    except ValueError:
        return None


def _read_time(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if found["half"]:
        if hour not in range(1, 13):
            return None
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _offset(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone in {"z", "utc", "gmt"}:
        return timedelta(0)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return -ahead if zone[0] == "-" else ahead


def read_minutes(text: str) -> int | None:
    """Return the seconds in a cell that counts minutes, or ``None`` when it holds no number."""
    found = _MINUTES.fullmatch(text)
    if found is None:
        return None
    return int(found[1]) * 60 + int(60 * float(f"0.{found[2] or 0}"))


def read_length(text: str) -> int | None:
    """Return the seconds in a length such as ``1h 2m 3s``, ``1 Std. 2 Min.`` or ``01:02:03``.

    ``None`` when the unit words are not known: a length is a cross-check, never the proof.
    """
    plain = _plain(text)
    if found := _CLOCK_LENGTH.fullmatch(plain):
        hours, minutes, seconds = (int(part) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    total, end = 0, 0
    for found in _LENGTH_PART.finditer(plain):
        unit = _unit_seconds(found[2])
        if unit is None or plain[end : found.start()].strip():
            return None
        total, end = total + int(found[1]) * unit, found.end()
    return total if end and not plain[end:].strip() else None


def _unit_seconds(word: str) -> int | None:
    if word.startswith("m"):
        return 60
    if word.startswith(_HOUR_WORDS):
        return 3600
    return 1 if word.startswith("s") else None


def nearest_day(of_day: time, anchor: datetime) -> datetime:
    """Return when *of_day* comes closest to *anchor* (both local): before or after midnight."""
    same = datetime.combine(anchor.date(), of_day)
    days = (same - timedelta(days=1), same, same + timedelta(days=1))
    return min(days, key=lambda moment: abs(moment - anchor))
