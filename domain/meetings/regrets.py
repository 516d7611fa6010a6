"""Regrets: somebody says before an hour that they cannot come. A plan, and never evidence.

A regret is no event. Who was there is decided by who was there, and somebody who said no and comes
simply comes. So it lies outside the record and goes with its hour: kept for years it would tell how
often somebody stayed away, and that can tell of their health. See
``docs/decisions/0021-a-plan-is-no-record.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from domain.errors import DomainError, NotFound
from domain.meetings.meeting import Meeting
from domain.meetings.rules import LONGEST, MeetingState, must_be_expected, must_stand

KEPT_AFTER_START: Final[timedelta] = LONGEST
"""A regret is deleted so long after the hour that it is about began: no hour lasts longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """Somebody cannot come to a meeting at the time that it had when they said so.

    Why is never asked.

    Attributes:
        regret_id: made from the form that it came with, so that a form sent twice says it once.
        group_id: whose meeting it is.
        meeting_id: which.
        member_id: who cannot come.
        starts_at: when the meeting was planned to begin; of another time it says nothing.
        said_at: when, UTC.
    """

    regret_id: UUID
    group_id: UUID
    meeting_id: UUID
    member_id: UUID
    starts_at: datetime
    said_at: datetime


class RegretShelf(Protocol):
    """Where regrets lie until their hour is over."""

    async def put(self, regret: Regret) -> None:
        """Keep a regret; the first one under an id stays, and one of a person about an hour."""
        ...

    async def of_meetings(self, meeting_ids: Collection[UUID]) -> Sequence[Regret]:
        """Return what stands about these meetings, in the order it was said."""
        ...

    async def of_member(self, member_id: UUID) -> Sequence[Regret]:
        """Return what somebody said and did not take back, in the order it was said."""
        ...

    async def take_back(self, regret_id: UUID, *, meeting_id: UUID, member_id: UUID) -> bool:
        """Take somebody's own regret back; tell whether there is such a one, taken back or not."""
        ...

    async def drop(self, group_id: UUID, member_id: UUID, *, until: datetime) -> None:
        """Delete what somebody said about a group's meetings until they left it."""
        ...


class TooLateForRegrets(DomainError):
    """Once the door is open, who is there is all that counts."""

    code = "meeting.too_late_for_regrets"

    def __init__(self) -> None:
        super().__init__(
            "The door is open, or the hour is over: only who comes counts now. "
            "If you are not there, you need do nothing."
        )


class RegretGone(NotFound):
    """There is no such regret, or somebody else's it is."""

    code = "meeting.regret_gone"

    def __init__(self) -> None:
        super().__init__("You did not say that you cannot come, or it is over.")


def require_before(meeting: Meeting, member_id: UUID, *, at: datetime) -> None:
    """Let somebody expected say that they cannot come, until the door is open.

    Raises:
        NotOnRoster: they are not expected.
        MeetingCancelled, MeetingVoided: the meeting does not take place, or does not count.
        TooLateForRegrets: it has begun, or its time is over.
    """
    must_be_expected(member_id, meeting.roster)
    must_stand(meeting.state)
    if meeting.state is not MeetingState.SCHEDULED or at >= meeting.scheduled.to_at:
        raise TooLateForRegrets


def absent(
    regrets: Iterable[Regret], meeting_id: UUID | None, starts_at: datetime
) -> frozenset[UUID]:
    """Return who cannot come to a meeting that begins at *starts_at*.

    What was said about another time of it does not hold: whoever could not come then may be able
    to now, and nobody is taken to be away who did not say so. Moved back, it holds again.
    """
    return frozenset(
        each.member_id
        for each in regrets
        if each.meeting_id == meeting_id and each.starts_at == starts_at
    )
