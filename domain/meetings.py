"""Meetings: who was expected, who was in the room, and what is set right afterwards.

One file for one aggregate's decisions, long because an hour holds many of them and each says what
it refuses. The rules stand in :mod:`domain.meeting_rules`, the facts in
:mod:`domain.meeting_events`, the memory of presence in :mod:`domain.attendance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain import meeting_events as events
from domain import meeting_rules as rules
from domain.attendance import (
    Attendance,
    CheckInMethod,
    InferredEnd,
    ObservedPerson,
    ToolSource,
)
from domain.base import AggregateCreated, Root
from domain.errors import InvalidFields
from domain.fields import require_lines, require_personal
from domain.intervals import union
from domain.meeting_rules import MeetingState
from domain.personal import Personal
from domain.presence import Presence, Stay, minutes_present
from domain.values import Interval, Modality, check_instant, zone_named


class Meeting(Root):
    """One dated hour of a peer group, with the roster of its day."""

    TOPIC = "peerhour.meeting"

    class Scheduled(Root.Event, AggregateCreated):
        """A meeting is planned; its roster is that of its day."""

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
    PresenceCorrected = events.PresenceCorrected
    Voided = events.Voided
    Postponed = events.Postponed
    Cancelled = events.Cancelled

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
        self.zone = zone
        self.modality = modality
        self.roster = roster
        self.facilitator_id = facilitator_id
        self.state = MeetingState.SCHEDULED
        self.attendance = Attendance()
        self.evaluated: set[UUID] = set()
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
            title: printed on papers; unique within a series where a board asks for that.
            starts_at: UTC.
            ends_at: UTC, at most twelve hours later.
            zone: IANA name of the place whose clock people read.
            modality: how people meet.
            roster: who is expected on that day; the facilitator is added if missing.
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

    # What people ask

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

    # Before

    def postpone(
        self,
        *,
        starts_at: datetime,
        ends_at: datetime,
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Move the meeting to another time.

        Raises:
            AlreadyBegun: it is open or closed.
            FacilitatorOnly: somebody else asks.
            BackwardsInterval: it would end before it starts.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_not_have_begun(self.state)
        if rules.window(starts_at, ends_at) != self.scheduled:
            self.record(self.Postponed, at=at, starts_at=starts_at, ends_at=ends_at, by=by)

    def cancel(
        self, *, reason: Personal[str], by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Say that the meeting does not take place; saying so twice changes nothing.

        Args:
            reason: free text of *by*, and erased with them.
            by: who decides.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            AlreadyBegun: it is open or closed.
            FacilitatorOnly: somebody else asks.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        if self.state is MeetingState.CANCELLED:
            return
        rules.must_not_have_begun(self.state)
        require_personal(by, reason=reason)
        self.record(self.Cancelled, at=at, reason=reason, by=by)

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

    # In the room

    def check_in(
        self,
        member_id: UUID,
        *,
        method: CheckInMethod,
        by: UUID,
        administrator: bool = False,
        arrived_at: datetime | None = None,
        at: datetime,
    ) -> None:
        """Record that a member is in the room; a second tap is no second fact.

        Args:
            member_id: who is there.
            method: by the code in the room, by the facilitator's roster, or noted by a device
                without signal.
            by: the member, or the facilitator for somebody.
            administrator: whether *by* looks after the whole house.
            arrived_at: the time a device noted (offline only); now by default.
            at: now.

        Raises:
            NotOnRoster: the member is not expected.
            TooEarly: check-in opens 15 minutes before the start.
            NotOpened, MeetingClosed, MeetingVoided, MeetingCancelled: the meeting is not open.
            MeetingOver: the scheduled time is over.
            FacilitatorOnly, OthersPresence: somebody else's to do.
        """
        rules.must_be_expected(member_id, self.roster)
        self._must_be_theirs(member_id, method, by, administrator=administrator)
        rules.must_stand(self.state)
        when = self._time_of(method, arrived_at, at)
        if self.state is not MeetingState.CLOSED:
            rules.must_be_in_time(self.scheduled, self.zone, when)
        rules.must_be_open(self.state)
        if member_id not in self.attendance.present:
            self.record(
                self.CheckedIn, at=at, member_id=member_id, method=method, by=by, arrived_at=when
            )

    def check_out(
        self,
        member_id: UUID,
        *,
        method: CheckInMethod,
        by: UUID,
        administrator: bool = False,
        left_at: datetime | None = None,
        at: datetime,
    ) -> None:
        """Record that a member left; leaving twice is no second fact.

        Raises:
            NotCheckedIn: the member never arrived.
            LeftBeforeArrival: the time lies before the arrival.
            NotOnRoster, NotOpened, MeetingClosed, MeetingVoided, MeetingCancelled,
            FacilitatorOnly, OthersPresence: as for a check-in.
        """
        rules.must_be_expected(member_id, self.roster)
        self._must_be_theirs(member_id, method, by, administrator=administrator)
        rules.must_be_open(self.state)
        when = self._time_of(method, left_at, at)
        arrival = self.attendance.present.get(member_id)
        if arrival is None:
            if self.attendance.has_been_here(member_id):
                return
            raise rules.NotCheckedIn("You are not checked in to this meeting.")
        if when < arrival.arrived_at:
            raise rules.LeftBeforeArrival("You cannot leave before you arrive; check the time.")
        self.record(self.CheckedOut, at=at, member_id=member_id, method=method, by=by, left_at=when)

    def record_refused_check_in(
        self, member_id: UUID, *, code: str, method: CheckInMethod, at: datetime
    ) -> None:
        """Keep that somebody was refused, so that a dispute finds it; the same refusal once.

        Args:
            member_id: who tried.
            code: the refusal's code.
            method: how they tried.
            at: now.
        """
        require_lines(code=code)
        if (member_id, code, method) not in self.refused:
            self.record(self.CheckInRefused, at=at, member_id=member_id, code=code, method=method)

    def begin_turn(
        self, presenter_id: UUID, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Let somebody present; whoever presented before, stops.

        Raises:
            NotOnRoster: the presenter is not expected.
            OthersPresence: a member may begin their own turn, the facilitator anybody's.
            NotCheckedIn: the presenter is not in the room.
        """
        rules.must_be_expected(presenter_id, self.roster)
        if by != self.facilitator_id and not administrator:
            rules.must_speak_for_self(by, presenter_id)
        rules.must_be_open(self.state)
        if presenter_id not in self.attendance.present:
            raise rules.NotCheckedIn("Check in first, then present.")
        turn = self.attendance.turn_since
        if turn is not None and turn[0] == presenter_id:
            return
        self._end_turn(at)
        self.record(self.TurnBegun, at=at, presenter_id=presenter_id, by=by)

    def end_turn(self, *, by: UUID, administrator: bool = False, at: datetime) -> None:
        """End the present turn, if there is one.

        Raises:
            OthersPresence: neither the presenter nor the facilitator asks.
        """
        rules.must_be_open(self.state)
        turn = self.attendance.turn_since
        if turn is None:
            return
        if by != self.facilitator_id and not administrator:
            rules.must_speak_for_self(by, turn[0])
        self._end_turn(at)

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

    # Evidence, during and after

    def observe_presence(
        self,
        *,
        source: ToolSource,
        digest: str,
        people: Sequence[ObservedPerson],
        at: datetime,
    ) -> None:
        """Keep what a meeting tool reported; the same report twice is no second fact.

        Args:
            source: which tool.
            digest: SHA-256 of the report, in hex.
            people: who the report names; members not expected are kept without their match.
            at: now.

        Raises:
            InvalidFields: the digest, a key or a total cannot be used.
            MeetingVoided, MeetingCancelled: the meeting does not count.
        """
        rules.must_stand(self.state)
        require_lines(digest=digest, **{f"people.{n}": p.person_key for n, p in enumerate(people)})
        if any((person.reported_minutes or 0) < 0 for person in people):
            raise InvalidFields(people="Minutes are never negative.")
        if digest in self.attendance.digests:
            return
        seen = [self._expected_or_unmatched(person) for person in people]
        self.record(self.PresenceObserved, at=at, source=source, digest=digest, people=seen)

    def match_observed_person(
        self,
        person_key: str,
        *,
        member_id: UUID,
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Say which member somebody in a report is.

        Raises:
            PersonUnknown: no report names this person.
            NotOnRoster: the member is not expected.
            FacilitatorOnly: somebody else asks.
        """
        self._must_know_person(person_key, by, administrator=administrator)
        rules.must_be_expected(member_id, self.roster)
        if self.attendance.matches.get(person_key) != member_id:
            self.record(
                self.ObservedPersonMatched,
                at=at,
                person_key=person_key,
                member_id=member_id,
                by=by,
            )

    def unmatch_observed_person(
        self, person_key: str, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Take a match back; what the report said stays.

        Raises:
            PersonUnknown: no report names this person.
            FacilitatorOnly: somebody else asks.
        """
        self._must_know_person(person_key, by, administrator=administrator)
        member_id = self.attendance.matches.get(person_key)
        if member_id is not None:
            self.record(
                self.ObservedPersonUnmatched,
                at=at,
                person_key=person_key,
                member_id=member_id,
                by=by,
            )

    def attest_presence(self, *, by: UUID, for_member: UUID, at: datetime) -> None:
        """Say that a peer was there; saying it twice changes nothing.

        Raises:
            NotOnRoster: one of the two is not expected.
            AttestsSelf: nobody is their own witness.
            AttesterAbsent: the witness never checked in.
        """
        rules.must_be_expected(by, self.roster)
        rules.must_be_expected(for_member, self.roster)
        if by == for_member:
            raise rules.AttestsSelf("You cannot attest your own presence; ask two peers.")
        rules.must_have_been_opened(self.state)
        if not self.attendance.has_been_here(by):
            raise rules.AttesterAbsent("You can attest a presence where you were there yourself.")
        if not self.attendance.has_attested(for_member, by):
            self.record(self.PresenceAttested, at=at, member_id=for_member, by=by)

    def give_evaluation(self, member_id: UUID, *, answers: Mapping[str, int], at: datetime) -> None:
        """Keep a member's evaluation; the first one stands.

        Args:
            member_id: who evaluates.
            answers: question name to a number from 1 to 5.
            at: now.

        Raises:
            NotOnRoster: the member is not expected.
            NotOpened: the meeting has not begun.
            InvalidFields: an answer cannot be used.
        """
        rules.must_be_expected(member_id, self.roster)
        rules.must_have_been_opened(self.state)
        rules.must_be_answers(answers)
        if member_id not in self.evaluated:
            self.record(self.EvaluationGiven, at=at, member_id=member_id, answers=dict(answers))

    def correct_presence(
        self,
        member_id: UUID,
        *,
        stays: Sequence[Interval],
        reason: Personal[str],
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Set somebody's presence right; what was recorded before stays beside it.

        Args:
            member_id: whose presence.
            stays: when they really were there; empty if they were not.
            reason: free text about the member, and erased with them.
            by: who decides.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            FacilitatorOnly: somebody else asks.
            NotOnRoster: the member is not expected.
            NotOpened: there is nothing to correct yet.
            ArrivalInFuture: a stay ends later than now.
            InvalidFields: the reason is missing.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_be_expected(member_id, self.roster)
        rules.must_have_been_opened(self.state)
        require_personal(member_id, reason=reason)
        set_right = union(stays)
        for stay in set_right:
            rules.must_have_happened(stay.to_at, at)
        if self.attendance.corrected.get(member_id) != set_right:
            self.record(
                self.PresenceCorrected,
                at=at,
                member_id=member_id,
                stays=set_right,
                reason=reason,
                by=by,
            )

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

    # Helpers of the decisions above

    def _must_be_theirs(
        self, member_id: UUID, method: CheckInMethod, by: UUID, *, administrator: bool
    ) -> None:
        if method is CheckInMethod.ROSTER:
            rules.must_lead(by, self.facilitator_id, administrator=administrator)
        else:  # graded as the member's own word, so nobody else may give it
            rules.must_speak_for_self(by, member_id)

    def _time_of(self, method: CheckInMethod, claimed: datetime | None, at: datetime) -> datetime:
        """Return when it happened: only a device without signal may say another time than now."""
        if claimed is None or method is not CheckInMethod.OFFLINE:
            return at
        rules.must_have_happened(check_instant(claimed), at)
        return claimed

    def _must_know_person(self, person_key: str, by: UUID, *, administrator: bool) -> None:
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_stand(self.state)
        if not self.attendance.knows_person(person_key):
            raise rules.PersonUnknown("No report of this meeting names this person.")

    def _expected_or_unmatched(self, person: ObservedPerson) -> ObservedPerson:
        if person.member_id is None or person.member_id in self.roster:
            return person
        return ObservedPerson(
            person.person_key, None, person.names, person.stays, person.reported_minutes
        )

    def _end_turn(self, at: datetime) -> None:
        turn = self.attendance.turn_since
        if turn is not None:
            self.record(self.TurnEnded, at=at, presenter_id=turn[0])
