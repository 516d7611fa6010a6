"""Notices: mails about hours to come, and who wishes which.

Initiative runs out under load, so the house carries some of it: it says the evening before that
there is an hour, and at once when one is moved or called off. Nobody is asked why they stayed away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

EVENING: Final = time(18)
"""When, by their own clock, somebody reads of the next day's hour."""
TOO_LATE: Final = timedelta(hours=1)
"""So shortly before an hour nobody is reminded of it any more."""


class Notice(StrEnum):
    """What a mail tells."""

    TOMORROW = "tomorrow"
    MOVED = "moved"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Which mails somebody wishes; both, until they say otherwise.

    Attributes:
        member_id: who.
        reminders: the evening before an hour.
        changes: when an hour is moved or called off.
    """

    member_id: UUID
    reminders: bool = True
    changes: bool = True

    def want(self, notice: Notice) -> bool:
        """Tell whether they wish this one."""
        return self.reminders if notice is Notice.TOMORROW else self.changes


class WishShelf(Protocol):
    """Keeps wishes, beside the log."""

    async def put(self, wishes: Wishes) -> None:
        """Keep somebody's wishes instead of those they had."""
        ...

    async def of_member(self, member_id: UUID) -> Wishes:
        """Return somebody's wishes; of who never said any, what everybody begins with."""
        ...

    async def forget(self, subject_id: UUID) -> None:
        """Delete what somebody wished."""
        ...


def evening_before(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, the evening before the day on which an hour begins by somebody's clock."""
    local = starts_at.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=1), EVENING, tzinfo=zone).astimezone(UTC)


def reminded_at(starts_at: datetime, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when somebody is to be reminded of an hour.

    Args:
        starts_at: of the hour, aware UTC.
        zone: by whose clock they live.
        now: aware UTC; nothing is sent into the past.

    Returns:
        The evening before the hour's day by their own clock; now, where the hour was planned only
        after it; ``None`` where it begins too soon.
    """
    due = max(evening_before(starts_at, zone), now)
    return due if due <= starts_at - TOO_LATE else None
