"""The facts of a meeting, and what each leaves in its memory.

They stand apart from :mod:`domain.meetings.meeting`, which decides when they happen; in the code
they are ``Meeting.CheckedIn`` and so on. ``Scheduled`` alone is nested there, because it makes the
meeting.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.meetings.attendance import CheckInMethod, InferredEnd, ObservedPerson, ToolSource
from domain.meetings.leading import Lead
from domain.meetings.moves import Move
from domain.meetings.rules import MeetingState
from domain.personal import Personal
from domain.values import Interval

if TYPE_CHECKING:
    from domain.meetings.meeting import Meeting


class RosterSet(Root.Event):
    """Who belongs to the group now is expected; ``facilitator_id`` leads."""

    TOPIC = "peerhour.meeting.roster_set"
    roster: list[UUID]
    facilitator_id: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.roster = self.roster
        meeting.facilitator_id = self.facilitator_id


class Opened(Root.Event):
    """The meeting began."""

    TOPIC = "peerhour.meeting.opened"
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.state = MeetingState.OPEN


class CheckedIn(Root.Event):
    """Somebody is in the room since ``arrived_at``."""

    TOPIC = "peerhour.meeting.checked_in"
    member_id: UUID
    method: CheckInMethod
    by: UUID
    arrived_at: datetime

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.arrive(self.member_id, self.method, self.arrived_at)


class CheckedOut(Root.Event):
    """Somebody left the room at ``left_at``."""

    TOPIC = "peerhour.meeting.checked_out"
    member_id: UUID
    method: CheckInMethod
    by: UUID
    left_at: datetime

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.leave(self.member_id, self.left_at)


class CheckInRefused(Root.Event):
    """Somebody tried to check in and a rule said no; ``code`` names the rule."""

    TOPIC = "peerhour.meeting.check_in_refused"
    member_id: UUID
    code: str
    method: CheckInMethod

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.refused.add((self.member_id, self.code, self.method))


class TurnBegun(Root.Event):
    """Somebody presents to the group."""

    TOPIC = "peerhour.meeting.turn_begun"
    presenter_id: UUID
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.begin_turn(self.presenter_id, self.timestamp)


class TurnEnded(Root.Event):
    """The presenter's turn is over."""

    TOPIC = "peerhour.meeting.turn_ended"
    presenter_id: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.end_turn(self.timestamp)


class PresenceObserved(Root.Event):
    """A meeting tool's report says who was there; ``digest`` is the report's SHA-256."""

    TOPIC = "peerhour.meeting.presence_observed"
    source: ToolSource
    digest: str
    people: list[ObservedPerson]

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.observe(self.source, self.digest, self.people)


class ObservedPersonMatched(Root.Event):
    """Somebody in a report is this member."""

    TOPIC = "peerhour.meeting.observed_person_matched"
    person_key: str
    member_id: UUID
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.matches[self.person_key] = self.member_id


class ObservedPersonUnmatched(Root.Event):
    """Somebody in a report is, after all, not that member."""

    TOPIC = "peerhour.meeting.observed_person_unmatched"
    person_key: str
    member_id: UUID
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.matches[self.person_key] = None


class PresenceAttested(Root.Event):
    """A peer who was there says that a member was there."""

    TOPIC = "peerhour.meeting.presence_attested"
    member_id: UUID
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.attest(self.member_id, self.by)


class EvaluationGiven(Root.Event):
    """A member evaluated the meeting, in numbers from 1 to 5."""

    TOPIC = "peerhour.meeting.evaluation_given"
    member_id: UUID
    answers: dict[str, int]

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.evaluated[self.member_id] = self.timestamp


class Closed(Root.Event):
    """The meeting ended; stays that nobody ended end as ``inferred`` says."""

    TOPIC = "peerhour.meeting.closed"
    by: UUID
    inferred: list[InferredEnd]

    @override
    def apply(self, meeting: Meeting) -> None:
        for end in self.inferred:
            meeting.attendance.leave(end.member_id, end.left_at, inferred=True)
        meeting.state = MeetingState.CLOSED


class FacilitatorChanged(Root.Event):
    """Somebody else leads this meeting."""

    TOPIC = "peerhour.meeting.facilitator_changed"
    facilitator_id: UUID
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.facilitator_id = self.facilitator_id


class LeadRecorded(Root.Event):
    """Somebody says who led the meeting; the newest word holds."""

    TOPIC = "peerhour.meeting.lead_recorded"
    lead: Lead
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.lead = self.lead


class PresenceCorrected(Root.Event):
    """Somebody's presence was set right, beside what was recorded before."""

    TOPIC = "peerhour.meeting.presence_corrected"
    member_id: UUID
    stays: list[Interval]
    reason: Personal[str]
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.attendance.corrected[self.member_id] = self.stays


class Voided(Root.Event):
    """The meeting does not count for anything."""

    TOPIC = "peerhour.meeting.voided"
    reason: Personal[str]
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.state = MeetingState.VOIDED


class Postponed(Root.Event):
    """The meeting moved to another time."""

    TOPIC = "peerhour.meeting.postponed"
    starts_at: datetime
    ends_at: datetime
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.moved = Move(self.originator_version, meeting.scheduled)
        meeting.scheduled = Interval(self.starts_at, self.ends_at)


class Cancelled(Root.Event):
    """The meeting does not take place."""

    TOPIC = "peerhour.meeting.cancelled"
    reason: Personal[str]
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.state = MeetingState.CANCELLED


class Retitled(Root.Event):
    """The meeting is announced under another title."""

    TOPIC = "peerhour.meeting.retitled"
    title: str
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.title = self.title


class ProgramChanged(Root.Event):
    """The meeting is held under another program, or under none."""

    TOPIC = "peerhour.meeting.program_changed"
    program_id: UUID | None
    by: UUID

    @override
    def apply(self, meeting: Meeting) -> None:
        meeting.program_id = self.program_id
