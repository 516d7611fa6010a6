"""Ordering mails about hours: at once for what changed, each hour for tomorrow's.

What waits holds ids and the time that an hour had. Whether a mail still fits is looked at when it
goes: an hour that moved again, or somebody who cannot come, needs no reminder of the old one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from domain.notices.notice import Notice, reminded_at
from domain.ports import Clock
from domain.values import zone_named
from projections.schedule import calendar_queries as hours
from services.days import zone_of
from services.dispatch import Work
from services.house import House
from services.meetings.commands import meeting_now

KIND: Final = "hour_notice"
_AHEAD: Final = timedelta(hours=54)
"""An hour's evening before is at most 42 hours before it, on any clock; and a chore may wait."""


class Later(Protocol):
    """Has effects carried out at their time."""

    async def __call__(
        self, effect_id: UUID, kind: str, payload: Any, *, due: datetime | None = None
    ) -> None:
        """Ask for an effect; the same id again is the same effect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfChange:
    """Tell those who are expected that an hour moved or is called off.

    Attributes:
        meeting_id: which.
        notice: what to tell.
        by: who did it, and need not be told.
    """

    meeting_id: UUID
    notice: Notice
    by: UUID


async def tell_of_change(cmd: TellOfChange, *, work: Work, clock: Clock) -> None:
    """Leave it to the worker, mail by mail; about an hour that is over there is nothing to tell."""
    meeting = await meeting_now(work, cmd.meeting_id, clock)
    if meeting.scheduled.from_at <= clock.now():
        return
    for member_id in meeting.roster:
        if member_id != cmd.by:
            work.effect(
                KIND, **_about(cmd.notice, meeting.id, member_id, meeting.scheduled.from_at)
            )


def reminding(house: House, later: Later) -> Callable[[], Awaitable[int]]:
    """Return the chore that orders reminders of the hours to come, each once."""

    async def remind() -> int:
        now, many = house.clock.now(), 0
        async with house.views() as conn:
            expected = await hours.expected_between(conn, now, now + _AHEAD)
            zones = {each: await zone_of(conn, each) for each in {who for _, who, _ in expected}}
        for meeting_id, member_id, starts_at in expected:
            due = reminded_at(starts_at, zone_named(zones[member_id]), now)
            if due is None:
                continue
            # Of another time, another reminder; of the same time, the same one.
            effect_id = uuid5(meeting_id, f"{Notice.TOMORROW}:{member_id}:{starts_at.isoformat()}")
            payload = _about(Notice.TOMORROW, meeting_id, member_id, starts_at)
            await later(effect_id, KIND, payload, due=due)
            many += 1
        return many

    return remind


def _about(
    notice: Notice, meeting_id: UUID, member_id: UUID, starts_at: datetime
) -> dict[str, str]:
    return {
        "notice": notice.value,
        "meeting_id": str(meeting_id),
        "to": str(member_id),
        "starts_at": starts_at.isoformat(),
    }
