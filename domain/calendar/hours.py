"""What a calendar program reads: hours as entries of a calendar, whatever file they end in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How sure an hour is."""

    PLANNED = "planned"
    USUAL = "usual"
    """Nobody planned it yet: it is the time at which the group meets."""
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarHour:
    """One entry.

    Attributes:
        uid: the same for the same hour, whatever becomes of it.
        starts_at: aware UTC.
        ends_at: aware UTC.
        title: what the calendar writes.
        words: what it tells of the hour; may be empty.
        address: of its page; ``None`` where the calendar says no more than "busy".
        standing: how sure it is.
        free: whether its time is free for something else.
        changes: how often its plan changed; never falls.
        changed_at: when it changed last, aware UTC.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    words: str
    address: str | None
    standing: Standing
    free: bool
    changes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All entries of one feed.

    Attributes:
        name: what the program calls the calendar.
        hours: in the order of their beginning.
    """

    name: str
    hours: Sequence[CalendarHour]
