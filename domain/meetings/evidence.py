"""What shows who was there, during a meeting and after it: reports, peers, answers, corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import InvalidFields
from domain.fields import require_lines, require_personal
from domain.intervals import union
from domain.meetings import events, rules
from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.meetings.leading import Lead, check_outsider
from domain.meetings.memory import MeetingMemory
from domain.meetings.so_far import so_far
from domain.personal import Personal
from domain.values import Interval


class Evidence(MeetingMemory):
    """What is kept beside the door's own record, and what sets it right."""

    def observe_presence(
        self,
        *,
        source: ToolSource,
        digest: str,
        people: Sequence[ObservedPerson],
        at: datetime,
    ) -> None:
        """Keep what a meeting tool reported until now; the same report twice is no second fact.

        A report that reached ahead of now when it came first says more when it comes again.

        Args:
            source: which tool.
            digest: SHA-256 of the report, in hex.
            people: who the report names; members not expected are kept without their match.
            at: now.

        Raises:
            InvalidFields: the digest, a key or a total cannot be used.
            MeetingVoided, MeetingCancelled: the meeting does not count.
            ArrivalInFuture: nothing that the report tells of has come yet.
        """
        rules.must_stand(self.state)
        require_lines(digest=digest, **{f"people.{n}": p.person_key for n, p in enumerate(people)})
        if any((person.reported_minutes or 0) < 0 for person in people):
            raise InvalidFields(people="Minutes are never negative.")
        told = so_far(people, at=at, over=self.is_over(at))
        if self.attendance.has_been_told(digest, told):
            return
        seen = [self._expected_or_unmatched(person) for person in told]
        self.record(events.PresenceObserved, at=at, source=source, digest=digest, people=seen)

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
                events.ObservedPersonMatched,
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
                events.ObservedPersonUnmatched,
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
            self.record(events.PresenceAttested, at=at, member_id=for_member, by=by)

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
            self.record(events.EvaluationGiven, at=at, member_id=member_id, answers=dict(answers))

    def record_lead(
        self, lead: Lead, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Say who led the meeting; saying the same twice changes nothing.

        Args:
            lead: nobody, one of the roster, or somebody from outside.
            by: who says so.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            FacilitatorOnly: somebody else asks.
            NotOpened, MeetingVoided, MeetingCancelled: nobody led anything that counts.
            NotOnRoster: the member is not expected.
            InvalidFields: words about an outsider cannot be used.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_have_been_opened(self.state)
        if lead.member_id is not None and lead.member_id not in self.roster:
            raise rules.NotOnRoster("Whoever led as a member is on the roster; choose again.")
        if lead.outsider is not None:
            check_outsider(lead.outsider)
        if lead != self.lead:
            self.record(events.LeadRecorded, at=at, lead=lead, by=by)

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
                events.PresenceCorrected,
                at=at,
                member_id=member_id,
                stays=set_right,
                reason=reason,
                by=by,
            )

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
