"""What a meeting remembers, and what people ask it; the parts that decide stand on this.

A meeting is one aggregate told in five files: :mod:`domain.meetings.meeting` plans, opens and ends
it, :mod:`domain.meetings.planning` changes its plan, :mod:`domain.meetings.room` says who is in the
room, :mod:`domain.meetings.evidence` what else shows who was there. All of them share this memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Root
from domain.meetings import events
from domain.meetings.attendance import Attendance, CheckInMethod
from domain.meetings.leading import Lead
from domain.meetings.moves import Move
from domain.meetings.presence import Presence, Stay, minutes_present
from domain.meetings.rules import MeetingState
from domain.values import Interval


class MeetingMemory(ABC):
    """The memory that every part of a meeting looks at.

    Attributes:
        program_id: the sponsored program that it follows, if any.
        title: as announced.
        scheduled: from when to when it is planned.
        moved: how it last got that time; ``None`` while it was never moved.
        zone: IANA name of the place whose clock people read.
        roster: who is expected; fixed when the meeting opens.
        facilitator_id: who leads.
        lead: who led, as somebody said; ``None`` where nobody did.
        evaluated: who answered the questions, and when.
        refused: which refusals at the door are on record: who, which rule, how they tried.
    """

    program_id: UUID | None
    title: str
    scheduled: Interval
    moved: Move | None
    zone: str
    roster: list[UUID]
    facilitator_id: UUID
    state: MeetingState
    attendance: Attendance
    lead: Lead | None
    evaluated: dict[UUID, datetime]
    refused: set[tuple[UUID, str, CheckInMethod]]

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    def is_over(self, at: datetime) -> bool:
        """Tell whether the meeting was ended, or its time is."""
        return self.state is MeetingState.CLOSED or at >= self.scheduled.to_at

    def presence_of(self, member_id: UUID) -> list[Stay]:
        """Return the stays that hold for a member, with their sources.

        A correction replaces what was recorded. Somebody still in the room has no stay yet.
        """
        return self.attendance.stays_of(member_id, self.scheduled)

    def recorded_presence_of(self, member_id: UUID) -> list[Stay]:
        """Return what the sources recorded, also where a correction replaced it."""
        return self.attendance.recorded_stays(member_id, self.scheduled)

    def minutes_of(self, member_id: UUID) -> Presence:
        """Return a member's minutes within the scheduled time and how well they are shown."""
        witnesses = self.attendance.attesters_of(member_id)
        stays = self.presence_of(member_id)
        return minutes_present(stays, self.scheduled, attested_by=len(witnesses))

    def people_present(self) -> list[UUID]:
        """Return, in the order of the roster, who was there for a minute or longer."""
        return [each for each in self.roster if self.minutes_of(each).minutes > 0]

    def had(self, member_id: UUID) -> bool:
        """Tell whether a member was one of those present: for half of the time, or more."""
        return self.minutes_of(member_id).is_of(self.scheduled)

    def _end_turn(self, at: datetime) -> None:
        turn = self.attendance.turn_since
        if turn is not None:
            self.record(events.TurnEnded, at=at, presenter_id=turn[0])
