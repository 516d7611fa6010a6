"""Meetings: planned, opened, closed, and sometimes voided.

The life of a meeting stands here; what may change before it begins is decided in
:mod:`domain.meetings.planning`, who is in the room in :mod:`domain.meetings.room`, and what else
shows who was there in :mod:`domain.meetings.evidence`. The rules stand in
:mod:`domain.meetings.rules`, the facts in :mod:`domain.meetings.events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.fields import require_lines, require_personal
from domain.meetings import events, rules
from domain.meetings.attendance import Attendance, CheckInMethod, InferredEnd
from domain.meetings.evidence import Evidence
from domain.meetings.leading import Lead
from domain.meetings.moves import Move
from domain.meetings.planning import Planned
from domain.meetings.room import InTheRoom
from domain.meetings.rules import MeetingState
from domain.personal import Personal
from domain.values import Interval, Modality, zone_named


class Meeting(Root, Planned, InTheRoom, Evidence):
    """One dated hour of a peer group, with the roster of its day."""

    TOPIC = "peerhour.meeting"

    class Scheduled(Root.Event, AggregateCreated):
        """A meeting is planned; who belongs to its group now is expected so far."""

        TOPIC = "peerhour.meeting.scheduled"
        group_id: UUID
        program_id: UUID | None
        title: str
        starts_at: datetime
        ends_at: datetime
        zone: str
        modality: Modality
        roster: list[UUID]
        facilitator_id: UUID

    RosterSet = events.RosterSet
    Opened = events.Opened
    CheckedIn = events.CheckedIn
    CheckedOut = events.CheckedOut
    CheckInRefused = events.CheckInRefused
    TurnBegun = events.TurnBegun
    TurnEnded = events.TurnEnded
    PresenceObserved = events.PresenceObserved
    ObservedPersonMatched = events.ObservedPersonMatched
    ObservedPersonUnmatched = events.ObservedPersonUnmatched
    PresenceAttested = events.PresenceAttested
    EvaluationGiven = events.EvaluationGiven
    Closed = events.Closed
    FacilitatorChanged = events.FacilitatorChanged
    LeadRecorded = events.LeadRecorded
    PresenceCorrected = events.PresenceCorrected
    Voided = events.Voided
    Postponed = events.Postponed
    Cancelled = events.Cancelled
    Retitled = events.Retitled
    ProgramChanged = events.ProgramChanged

    def __init__(
        self,
        *,
        group_id: UUID,
        program_id: UUID | None,
        title: str,
        starts_at: datetime,
        ends_at: datetime,
        zone: str,
        modality: Modality,
        roster: list[UUID],
        facilitator_id: UUID,
    ) -> None:
        self.group_id = group_id
        self.program_id = program_id
        self.title = title
        self.scheduled = Interval(starts_at, ends_at)
        self.moved: Move | None = None
        self.zone = zone
        self.modality = modality
        self.roster = roster
        self.facilitator_id = facilitator_id
        self.state = MeetingState.SCHEDULED
        self.attendance = Attendance()
        self.lead: Lead | None = None
        self.evaluated: dict[UUID, datetime] = {}
        self.refused: set[tuple[UUID, str, CheckInMethod]] = set()

    @classmethod
    def schedule(
        cls,
        meeting_id: UUID,
        *,
        group_id: UUID,
        program_id: UUID | None,
        title: str,
        starts_at: datetime,
        ends_at: datetime,
        zone: str,
        modality: Modality,
        roster: Sequence[UUID],
        facilitator_id: UUID,
        at: datetime,
    ) -> Meeting:
        """Plan a meeting.

        Args:
            meeting_id: chosen by the caller.
            group_id: whose hour it is.
            program_id: the sponsored program it follows, if any.
            title: printed on papers; unique within a series where a board asks for that, and read
                for its topic by some. It stays from the opening on (see :meth:`retitle`).
            starts_at: UTC.
            ends_at: UTC, at most twelve hours later.
            zone: IANA name of the place whose clock people read.
            modality: how people meet.
            roster: who is expected so far; the facilitator is added if missing. What the group
                does until the door opens is followed (see :meth:`expect`).
            facilitator_id: who leads.
            at: now.

        Raises:
            InvalidFields: the title is missing.
            BackwardsInterval: it would end before it starts.
            BadLength: it would last more than twelve hours.
            UnknownZone: there is no such place.
        """
        require_lines(title=title)
        rules.window(starts_at, ends_at)
        zone_named(zone)
        return cls.begin(
            cls.Scheduled,
            stream_id=meeting_id,
            at=at,
            group_id=group_id,
            program_id=program_id,
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            zone=zone,
            modality=modality,
            roster=list(dict.fromkeys([*roster, facilitator_id])),
            facilitator_id=facilitator_id,
        )

    # Before

    def expect(self, roster: Sequence[UUID], *, group_facilitator_id: UUID, at: datetime) -> None:
        """Follow the group while the meeting is planned; from its opening on the roster stands.

        The roster is that of its day: who belongs to the group when the door opens. Whoever was
        admitted since the planning is expected, whoever left or was removed is not, and what the
        group does later changes nothing. A meeting whose facilitator left is led by the group's.

        Args:
            roster: who belongs to the group now.
            group_facilitator_id: who holds the group together; one of *roster*.
            at: now.
        """
        if self.state is not MeetingState.SCHEDULED:
            return
        leads = self.facilitator_id if self.facilitator_id in roster else group_facilitator_id
        if set(roster) != set(self.roster) or leads != self.facilitator_id:
            self.record(
                self.RosterSet, at=at, roster=list(dict.fromkeys(roster)), facilitator_id=leads
            )

    def change_facilitator(
        self, facilitator_id: UUID, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Let another member of the roster lead.

        Raises:
            FacilitatorOnly: somebody else asks.
            NotOnRoster: the new facilitator is not expected.
            MeetingClosed: nothing is left to lead.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_be_expected(facilitator_id, self.roster)
        if self.state is not MeetingState.SCHEDULED:
            rules.must_be_open(self.state)
        if facilitator_id != self.facilitator_id:
            self.record(self.FacilitatorChanged, at=at, facilitator_id=facilitator_id, by=by)

    def open(self, *, by: UUID, administrator: bool = False, at: datetime) -> None:
        """Begin the meeting, from 15 minutes before its start on.

        Raises:
            FacilitatorOnly: the facilitator still has until five minutes after the start.
            NotOnRoster: somebody who is not expected.
            TooEarly: it is not time yet.
            MeetingOver: the scheduled time is over.
        """
        rules.must_stand(self.state)
        rules.may_open(
            by, self.facilitator_id, self.roster, self.scheduled, at, administrator=administrator
        )
        if self.state is not MeetingState.SCHEDULED:
            return
        rules.must_be_in_time(self.scheduled, self.zone, at)
        self.record(self.Opened, at=at, by=by)

    def close(self, *, by: UUID, administrator: bool = False, at: datetime) -> None:
        """End the meeting; closing twice changes nothing.

        Whoever did not check out is taken to have stayed until the scheduled end, or until now if
        that is earlier; the end is marked as inferred.

        Raises:
            FacilitatorOnly: somebody else asks.
            NotOpened: it never began.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_have_been_opened(self.state)
        if self.state is MeetingState.CLOSED:
            return
        self._end_turn(at)
        last_known = min(at, self.scheduled.to_at)
        inferred = [
            InferredEnd(member_id, max(arrival.arrived_at, last_known))
            for member_id, arrival in self.attendance.present.items()
        ]
        self.record(self.Closed, at=at, by=by, inferred=inferred)

    def void(
        self, *, reason: Personal[str], by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Say that the meeting does not count; saying so twice changes nothing.

        Args:
            reason: free text of *by*, and erased with them.
            by: who decides.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            FacilitatorOnly: somebody else asks.
            MeetingCancelled: it never took place.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        if self.state is MeetingState.VOIDED:
            return
        rules.must_stand(self.state)
        require_personal(by, reason=reason)
        self.record(self.Voided, at=at, reason=reason, by=by)
