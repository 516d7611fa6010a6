"""When a peer group meets: a rule in local time that stays put when clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InvalidFields
from domain.values import check_instant, zone_named

_DAYS: Final = 7
_MOST_WEEKS: Final = 26
_MOST_MINUTES: Final = 12 * 60
_MOST_OCCURRENCES: Final = 520  # ten years of weeks
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2150
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The same weekday at the same local time, every so many weeks.

    Attributes:
        weekday: 0 for Monday to 6 for Sunday, in local time.
        local_time: wall clock of the zone, without a zone of its own.
        every_weeks: 1 for weekly, 2 for every second week, up to 26.
        zone: IANA name of the place whose wall clock counts.
        minutes: how long a meeting lasts.
        starts_on: a local date; the first meeting is on the first such weekday from it on, and
            the weeks are counted from there.

    Raises:
        InvalidFields: a field is out of its range.
        UnknownZone: there is no such place.
    """

    weekday: int
    local_time: time
    every_weeks: int
    zone: str
    minutes: int
    starts_on: date

    def __post_init__(self) -> None:
        zone_named(self.zone)
        faults = {
            "weekday": (0 <= self.weekday < _DAYS, "Choose a day from Monday to Sunday."),
            "local_time": (self._on_a_minute(), "Give the wall clock time in hours and minutes."),
            "every_weeks": (1 <= self.every_weeks <= _MOST_WEEKS, "Choose 1 to 26 weeks."),
            "minutes": (1 <= self.minutes <= _MOST_MINUTES, "Choose 1 to 720 minutes."),
            "starts_on": (
                _FIRST_YEAR <= self.starts_on.year <= _LAST_YEAR,
                "Choose a date between 2000 and 2150.",
            ),
        }
        found = {name: text for name, (fine, text) in faults.items() if not fine}
        if found:
            raise InvalidFields(**found)

    def occurrences(self, *, after: datetime, many: int) -> list[datetime]:
        """Return the next *many* starts later than *after*, as UTC instants in order.

        Where clocks jump forward over the local time, the meeting starts at the first instant
        that exists afterwards; where they go back over it, at the first of the two.

        Raises:
            UnusableInstant: *after* is not aware UTC.
        """
        check_instant(after)
        later = (at for at in self._starts(after) if at > after)
        return list(islice(later, min(many, _MOST_OCCURRENCES)))

    def _on_a_minute(self) -> bool:
        at = self.local_time
        return at.tzinfo is None and at.second == 0 and at.microsecond == 0

    def _starts(self, after: datetime) -> Iterator[datetime]:
        """Yield all starts, beginning shortly before *after*."""
        zone = zone_named(self.zone)
        step = timedelta(weeks=self.every_weeks)
        first = self.starts_on + timedelta(days=(self.weekday - self.starts_on.weekday()) % _DAYS)
        skipped = max(0, (after.date() - first) // step - 1)  # one spare: zones shift dates
        for place in count(skipped):
            yield instant_of(datetime.combine(first + place * step, self.local_time), zone)


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a wall clock reading.

    Args:
        local: without a zone; what the clock on the wall shows.
        zone: the wall's place.

    Returns:
        The first of two instants where the reading exists twice; the first instant after the
        jump where it does not exist.
    """
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late <= early:  # fold 0 is the first of two; they are equal on every ordinary day
        return late
    while late - early > _SECOND:  # in a gap the jump lies between: halve until it is found
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            early = middle
        else:
            late = middle
    return late
