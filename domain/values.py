"""Small values that several subjects share: instants, zones, intervals, money, ways of meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import DomainError

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

_NOT_PLACES: Final = ("posix/", "right/", "localtime", "posixrules", "Factory")


class UnusableInstant(DomainError):
    """A time is no UTC instant, or lies in a century nobody meets in."""

    code = "time.unusable"


class UnknownZone(DomainError):
    """The name is no place in the IANA time zone database."""

    code = "zone.unknown"


class BackwardsInterval(DomainError):
    """Something would end before, or at the moment, it begins."""

    code = "interval.backwards"


class DifferentCurrencies(DomainError):
    """Amounts of two currencies cannot be added."""

    code = "money.different_currencies"


class UnusableCurrency(DomainError):
    """A currency is three capital letters (ISO 4217)."""

    code = "money.currency_unusable"


class Modality(StrEnum):
    """How people meet; boards and approvals tell these apart."""

    IN_ROOM = "in_room"
    LIVE_VIDEO = "live_video"
    PHONE = "phone"


class Style(StrEnum):
    """What a peer group does with its hour."""

    CASE_CONSULTATION = "case_consultation"
    INTERVISION = "intervision"
    BALINT = "balint"
    READING = "reading"
    REFLECTIVE = "reflective"
    PEER_SUPERVISION = "peer_supervision"


def check_instant(at: datetime) -> datetime:
    """Return *at* if it is an instant we can keep.

    Raises:
        UnusableInstant: not aware, not in UTC, or not between the years 2000 and 2200 (beyond
            them, adding a quarter of an hour may leave the calendar).
    """
    if at.utcoffset() != timedelta(0):
        raise UnusableInstant("This time does not say its zone; give it in UTC.")
    if not EARLIEST <= at < LATEST:
        raise UnusableInstant("This time is not between the years 2000 and 2200.")
    return at


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as ``Europe/Berlin``.

    Raises:
        UnknownZone: no such place; abbreviations of hosts (``localtime``) are no places.
    """
    unknown = UnknownZone("This time zone is not known; choose a place such as Europe/Berlin.")
    if name.startswith(_NOT_PLACES):
        raise unknown
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise unknown from error


def local_text(at: datetime, zone: str) -> str:
    """Return a time as people of a zone read it: ``17:45 on 2026-03-02 (Europe/Berlin)``."""
    return f"{at.astimezone(zone_named(zone)):%H:%M on %Y-%m-%d} ({zone})"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """An unbroken span of time, half open: the end does not belong to it.

    Attributes:
        from_at: its beginning, aware UTC.
        to_at: its end, aware UTC, later than its beginning.

    Raises:
        BackwardsInterval: the end is not later than the beginning.
        UnusableInstant: one of them is no instant we can keep.
    """

    from_at: datetime
    to_at: datetime

    def __post_init__(self) -> None:
        if check_instant(self.to_at) <= check_instant(self.from_at):
            raise BackwardsInterval("The end must be later than the beginning.")

    @property
    def length(self) -> timedelta:
        """How long it lasts; never zero."""
        return self.to_at - self.from_at

    def clipped_to(self, window: Interval) -> Interval | None:
        """Return the part inside *window*, or nothing."""
        from_at, to_at = max(self.from_at, window.from_at), min(self.to_at, window.to_at)
        return Interval(from_at, to_at) if from_at < to_at else None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor unit of its currency.

    Attributes:
        cents: minor units; negative for reversals.
        currency: ISO 4217, three capital letters.
    """

    cents: int
    currency: str

    def __post_init__(self) -> None:
        check_currency(self.currency)

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise DifferentCurrencies("These amounts have different currencies.")
        return Money(self.cents + other.cents, self.currency)


def check_currency(currency: str) -> str:
    """Return *currency* if it has the form of an ISO 4217 code."""
    letters = currency.isascii() and currency.isalpha() and currency.isupper()
    if len(currency) != 3 or not letters:  # noqa: PLR2004 - ISO 4217 codes have three letters
        raise UnusableCurrency("A currency is three capital letters, such as USD.")
    return currency
