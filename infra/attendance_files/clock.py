"""From stamps to instants: zone, order of day and month, hours that exist twice or never.

Nothing here guesses. Where a file does not settle an instant, the clock answers with the code of
the question that would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InvalidFields
from infra.attendance_files import questions
from infra.attendance_files.model import DateOrder, Doubt, Window
from infra.attendance_files.stamps import Stamp

_ZONE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_LAST_MONTH: Final = 12
_LOCAL_FILES: Final = frozenset({"localtime", "posixrules", "Factory"})  # no zones of a place


class ImpossibleDate(ValueError):
    """A date that no reading makes possible: a 13th month, a 31st of April."""


def read_zone(name: str | None) -> ZoneInfo | None:
    """Return the zone called *name* in the time zone database, or ``None`` for ``None``.

    Raises:
        InvalidFields: there is no such zone; names the field ``zone``.
    """
    if name is None:
        return None
    try:
        if _ZONE_NAME.fullmatch(name) and name not in _LOCAL_FILES:
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    raise InvalidFields(zone="There is no such time zone. Use a name such as Europe/Lisbon.")


def to_utc(local: datetime, zone: ZoneInfo) -> datetime | str:
    """Return the one instant at which a clock in *zone* shows *local*, or the question's code."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    instant = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return instant
    exists = instant.astimezone(zone).replace(tzinfo=None) == local
    return questions.HOUR_TWICE if exists else questions.HOUR_NEVER


def settle_order(stamps: Iterable[Stamp], asked: DateOrder | None) -> DateOrder | None:
    """Return the order of day and month that every date of a file allows.

    Args:
        stamps: all stamps of the file.
        asked: the order the person named, or ``None``.

    Returns:
        The order; ``mdy`` when it makes no difference; ``None`` when both can be read and differ.

    Raises:
        ImpossibleDate: no single order fits every date.
        InvalidFields: the order the person named does not fit; names the field ``date_order``.
    """
    orders: set[DateOrder] = {"mdy", "dmy"}
    differs = False
    for first, second, _ in (stamp.pair for stamp in stamps if stamp.pair is not None):
        if first > _LAST_MONTH:
            orders.discard("mdy")
        if second > _LAST_MONTH:
            orders.discard("dmy")
        differs = differs or first != second
    if not orders:
        raise ImpossibleDate
    if asked is not None:
        if asked not in orders:
            raise InvalidFields(
                date_order="The file holds a date that cannot be read in this order."
            )
        return asked
    if len(orders) == 1:
        return orders.pop()
    return None if differs else "mdy"


@dataclass(frozen=True, slots=True)
class FileClock:
    """Turns the stamps of one file into instants.

    Attributes:
        zone: where local times are meant, if known.
        order: how dates are read, if known.
        doubts: what stands in the way for the file as a whole.
        absolute: whether the file's times are instants and need no zone.
    """

    zone: ZoneInfo | None
    order: DateOrder | None
    doubts: frozenset[Doubt]
    absolute: bool

    @classmethod
    def of(cls, stamps: list[Stamp], zone: ZoneInfo | None, asked: DateOrder | None) -> FileClock:
        """Look at all stamps of a file before reading any of them.

        Raises:
            ImpossibleDate: no single order fits every date.
            InvalidFields: the order the person named does not fit.
        """
        order = settle_order(stamps, asked)
        local = any(stamp.offset is None and stamp.time is not None for stamp in stamps)
        codes = set()
        if local and zone is None:
            codes.add(questions.ZONE_MISSING)
        if order is None:
            codes.add(questions.DATE_ORDER_AMBIGUOUS)
        absolute = not local and any(stamp.offset is not None for stamp in stamps)
        return cls(zone, order, frozenset(Doubt(code) for code in codes), absolute)

    @property
    def zones(self) -> frozenset[str]:
        """The zone of the file's times: the one given, ``UTC`` for instants, or none known."""
        if self.zone is not None:
            return frozenset({self.zone.key})
        return frozenset({"UTC"} if self.absolute else ())

    def day(self, stamp: Stamp) -> date | None:
        """Return the date of a stamp, or ``None`` when it has none or its order is open.

        Raises:
            ImpossibleDate: the calendar has no such day.
        """
        if stamp.pair is None or self.order is None:
            return stamp.day
        first, second, year = stamp.pair
        month, day = (first, second) if self.order == "mdy" else (second, first)
        try:
            return date(year, month, day)
        except ValueError:
            raise ImpossibleDate from None

    def wall(self, stamp: Stamp) -> datetime | None:
        """Return what a clock on the wall shows at *stamp*, as far as the file settles it."""
        day = self.day(stamp)
        return None if day is None else datetime.combine(day, stamp.time or time.min)

    def instant(self, wall: datetime, stamp: Stamp) -> datetime | str:
        """Return the instant at which the clock of *stamp* shows *wall*, or a question's code."""
        if stamp.offset is not None:
            return (wall - stamp.offset).replace(tzinfo=UTC)
        return questions.ZONE_MISSING if self.zone is None else to_utc(wall, self.zone)

    def exact(self, stamp: Stamp | None) -> datetime | None:
        """Return the instant of a complete stamp, or ``None`` when anything is open."""
        if stamp is None or stamp.time is None:
            return None
        wall = self.wall(stamp)
        found = None if wall is None else self.instant(wall, stamp)
        return found if isinstance(found, datetime) else None


def parse_scheduled(text: str, *, zone: str | None = None) -> Window:
    """Read the scheduled time of a meeting.

    Args:
        text: ``START/END`` in ISO 8601, each with its distance from UTC (``Z`` or ``+01:00``).
        zone: where times without such a distance are meant, if they may have none.

    Returns:
        Start and end, aware UTC.

    Raises:
        InvalidFields: names the field ``scheduled`` (or ``zone``).
    """
    where = read_zone(zone)
    start, slash, end = text.partition("/")
    if not slash:
        raise InvalidFields(scheduled="Write the start and the end with a slash between them.")
    return check_scheduled((_scheduled_time(start, where), _scheduled_time(end, where)))


def _scheduled_time(text: str, zone: ZoneInfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        example = "2026-03-05T18:00:00Z/2026-03-05T19:00:00Z"
        raise InvalidFields(scheduled=f"Write two times such as {example}.") from None
    if found.tzinfo is not None or zone is None:
        return found
    instant = to_utc(found, zone)
    if isinstance(instant, str):
        raise InvalidFields(scheduled="This hour exists twice or never on that night.")
    return instant


def check_scheduled(window: Window) -> Window:
    """Return the window in UTC.

    Raises:
        InvalidFields: a time without zone, or an end that is not after its start.
    """
    if any(at.utcoffset() is None for at in window):
        raise InvalidFields(
            scheduled="Say with each time how far it is from UTC, or name the zone."
        )
    try:
        start, end = (at.astimezone(UTC) for at in window)
    except OverflowError:
        raise InvalidFields(scheduled="This time lies outside the calendar.") from None
    if end <= start:
        raise InvalidFields(scheduled="The end is not after the start.")
    return start, end
