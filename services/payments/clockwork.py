"""What comes again by the clock: each hour, each night, each month, once for all workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

import structlog

from domain.ports import Clock

log = structlog.get_logger()

_AGAIN_AFTER: Final = timedelta(minutes=10)
_NIGHT: Final = timedelta(hours=3, minutes=20)  # UTC; far from midnight, when periods turn
_MONTHLY_DAY: Final = 2  # the second: what happened on the last day has arrived


class Rhythm(StrEnum):
    """How often."""

    HOURLY = "hourly"
    NIGHTLY = "nightly"
    MONTHLY = "monthly"


class RegularChores(Protocol):
    """Says once, to one worker, that something is due."""

    async def claim(self, name: str, *, at: datetime) -> bool:
        """Take a chore that is due; nobody else has it for an hour."""
        ...

    async def done(self, name: str, *, at: datetime, due_at: datetime) -> None:
        """Give it back, done."""
        ...

    async def failed(self, name: str, *, due_at: datetime, problem: str) -> None:
        """Give it back, not done; *problem* is a word."""
        ...


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that comes again."""

    rhythm: Rhythm
    act: Callable[[], Awaitable[object]]


def next_due(rhythm: Rhythm, at: datetime) -> datetime:
    """Return when something is due again that was done at an instant."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    match rhythm:
        case Rhythm.HOURLY:
            return at + timedelta(hours=1)
        case Rhythm.NIGHTLY:
            tonight = midnight + _NIGHT
            return tonight if tonight > at else tonight + timedelta(days=1)
        case Rhythm.MONTHLY:
            this = midnight.replace(day=_MONTHLY_DAY) + _NIGHT
            following = (this + timedelta(days=31)).replace(day=_MONTHLY_DAY)
            return this if this > at else following


async def turn(chores: RegularChores, due: Mapping[str, Chore], clock: Clock) -> int:
    """Do what is due and nobody else is doing; return how much that was.

    Args:
        chores: shared by all workers.
        due: what there is, by name.
        clock: tells the time.
    """
    done = 0
    for name, chore in due.items():
        if not await chores.claim(name, at=clock.now()):
            continue
        try:
            await chore.act()
        except Exception as error:  # noqa: BLE001  whatever it met, it is due again soon
            problem = getattr(error, "code", type(error).__name__)
            log.warning("chore.failed", chore=name, problem=problem)
            await chores.failed(name, due_at=clock.now() + _AGAIN_AFTER, problem=problem)
        else:
            now = clock.now()
            await chores.done(name, at=now, due_at=next_due(chore.rhythm, now))
            done += 1
    return done
