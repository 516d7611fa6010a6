"""Times as people read them: their own zone, by name, with the instant beside it for machines."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from domain import days
from domain.zone_names import zone_name


def when(moment: datetime, zone: str, *, year: bool = False) -> Markup:
    """Return ``Monday 23 November, 6:30 PM (Mountain Standard Time)`` inside a time element.

    Args:
        moment: aware.
        zone: IANA name; an unknown one is read as UTC, and says so.
        year: whether to name the year too; wherever the day may lie far away.
    """
    _, known = _local(moment, zone)
    return _element(moment, days.moment(moment, known, year=year))


def until(ends_at: datetime, starts_at: datetime, zone: str) -> Markup:
    """Return ``7:30 PM``; with the zone's name where clocks change between the two."""
    begin, _ = _local(starts_at, zone)
    end, known = _local(ends_at, zone)
    changed = begin.utcoffset() != end.utcoffset()
    return _element(
        ends_at, f"{days.clock(end)} ({zone_name(end, known)})" if changed else days.clock(end)
    )


def clock(moment: datetime, zone: str) -> Markup:
    """Return ``6:30 PM`` inside a time element, for lists whose heading names day and zone."""
    local, _ = _local(moment, zone)
    return _element(moment, days.clock(local))


def day_in(moment: datetime, zone: str) -> Markup:
    """Return the day of an instant where somebody is, inside a time element.

    Args:
        moment: aware.
        zone: IANA name; an unknown one is read as UTC.
    """
    local, _ = _local(moment, zone)
    return _element(moment, days.day(local.date()))


def brief(moment: datetime, zone: str) -> Markup:
    """Return ``2026-11-23 18:30:05`` inside a time element; the table's heading names the zone.

    Args:
        moment: aware.
        zone: IANA name; an unknown one is read as UTC.
    """
    local, _ = _local(moment, zone)
    return _element(moment, local.strftime("%Y-%m-%d %H:%M:%S"))


def _local(moment: datetime, zone: str) -> tuple[datetime, str]:
    if moment.tzinfo is None:
        raise ValueError("Times on pages are aware.")
    try:
        return moment.astimezone(UTC).astimezone(ZoneInfo(zone)), zone
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        return moment.astimezone(UTC), "UTC"


def _element(moment: datetime, words: str) -> Markup:
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(stamp, words)
