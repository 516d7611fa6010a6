"""Ordering mails about hours: at once for what changed, each hour for tomorrow's.

What waits holds ids and the time that an hour had. Whether a mail still fits is looked at when it
goes: an hour that moved again, or somebody who cannot come, needs no reminder of the old one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from domain.notices.notice import Notice, evening_before, reminded_at
from domain.ports import Clock
from domain.values import zone_named
from projections.schedule import calendar_queries as hours
from services.days import zones_of
from services.dispatch import Work
from services.house import House
from services.meetings.commands import meeting_now

KIND: Final = "hour_notice"
NOTICES: Final = frozenset({KIND})
"""Mails about hours: of an evening there are many, so they have a worker's loop of their own."""
_AHEAD: Final = timedelta(hours=54)
"""The evening before is at most 31 hours before an hour, where clocks go back; a chore may wait."""


class Later(Protocol):
    """Has effects carried out at their time."""

    async def __call__(self, kind: str, asked: Mapping[UUID, tuple[datetime, Any]]) -> None:
        """Ask for effects, each at its time; the same id again is the same effect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfChange:
    """Tell those who are expected that an hour moved or is called off.

    Attributes:
        meeting_id: which.
        notice: what to tell.
        by: who did it, and need not be told.
        version: of the meeting's story in which it happened.
    """

    meeting_id: UUID
    notice: Notice
    by: UUID
    version: int


async def tell_of_change(cmd: TellOfChange, *, work: Work, clock: Clock) -> None:
    """Leave it to the worker, mail by mail; about an hour that is over there is nothing to tell."""
    meeting = await meeting_now(work, cmd.meeting_id, clock)
    if meeting.scheduled.from_at <= clock.now():
        return
    for member_id in meeting.roster:
        if member_id != cmd.by:
            work.effect(
                KIND,
                **_about(cmd.notice, meeting.id, member_id, meeting.scheduled.from_at),
                version=cmd.version,
            )


def reminding(house: House, later: Later) -> Callable[[], Awaitable[int]]:
    """Return the chore that orders reminders of the hours to come, each once."""

    async def remind() -> int:
        now = house.clock.now()
        async with house.views() as conn:
            expected = await hours.expected_between(conn, now, now + _AHEAD)
            zones = await zones_of(conn, {each.member_id for each in expected})
        asked: dict[UUID, tuple[datetime, Any]] = {}
        for each in expected:
            zone = zone_named(zones[each.member_id])
            due = reminded_at(each.starts_at, zone, now)
            if due is None:
                continue
            # Of another time, another reminder; of the same time, the same one.
            effect_id = uuid5(
                each.meeting_id,
                f"{Notice.TOMORROW}:{each.member_id}:{each.starts_at.isoformat()}",
            )
            moved_since = each.moved_at is not None and each.moved_at >= evening_before(
                each.starts_at, zone
            )
            about = _about(Notice.TOMORROW, each.meeting_id, each.member_id, each.starts_at)
            asked[effect_id] = due, {**about, "moved_since": moved_since}
        await later(KIND, asked)
        return len(asked)

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
