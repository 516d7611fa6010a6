"""A meeting while it lasts: who comes in, who goes out, who presents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.fields import require_lines
from domain.meetings import events, rules
from domain.meetings.attendance import CheckInMethod
from domain.meetings.memory import MeetingMemory
from domain.meetings.rules import MeetingState
from domain.values import check_instant


class InTheRoom(MeetingMemory):
    """What is decided at the door and in the room."""

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
        # What a device kept may come after its member was marked here, and left: no new stay then.
        known = method is CheckInMethod.OFFLINE and self.attendance.left_since(member_id, when)
        if member_id not in self.attendance.present and not known:
            self.record(
                events.CheckedIn, at=at, member_id=member_id, method=method, by=by, arrived_at=when
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
        self.record(
            events.CheckedOut, at=at, member_id=member_id, method=method, by=by, left_at=when
        )

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
            self.record(events.CheckInRefused, at=at, member_id=member_id, code=code, method=method)

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
        self.record(events.TurnBegun, at=at, presenter_id=presenter_id, by=by)

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
