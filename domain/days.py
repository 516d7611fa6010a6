"""Days and times as people read them, in sentences, letters and on pages alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from domain.values import zone_named
from domain.zone_names import zone_name

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


def clock(local: datetime) -> str:
    """Return ``6:30 PM`` of a time on the wall."""
    hour = local.hour % 12 or 12
    return f"{hour}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"  # noqa: PLR2004 - noon


def moment(at: datetime, zone: str, *, year: bool = False) -> str:
    """Return ``Monday 23 November, 6:30 PM (Mountain Standard Time)``.

    Args:
        at: aware.
        zone: IANA name of the place by whose clock it is told.
        year: as for :func:`day`.

    Raises:
        UnknownZone: there is no such place.
    """
    local = at.astimezone(UTC).astimezone(zone_named(zone))
    return f"{day(local.date(), year=year)}, {clock(local)} ({zone_name(local, zone)})"
