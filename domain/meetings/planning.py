"""A meeting before it begins: moved, called off, given another title or another program."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.fields import require_lines, require_personal
from domain.meetings import events, rules
from domain.meetings.memory import MeetingMemory
from domain.meetings.rules import MeetingState
from domain.personal import Personal


class Planned(MeetingMemory):
    """What may change about an hour until its door opens."""

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
            self.record(events.Postponed, at=at, starts_at=starts_at, ends_at=ends_at, by=by)

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
        self.record(events.Cancelled, at=at, reason=reason, by=by)

    def retitle(self, title: str, *, by: UUID, administrator: bool = False, at: datetime) -> None:
        """Announce the meeting under another title; the old one stays in its story.

        From the opening on the title stands: some boards read the topic from what was announced,
        and it is printed on papers.

        Raises:
            AlreadyBegun: it is open or closed.
            FacilitatorOnly: somebody else asks.
            InvalidFields: the title is missing.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_not_have_begun(self.state)
        require_lines(title=title)
        if title != self.title:
            self.record(events.Retitled, at=at, title=title, by=by)

    def change_program(
        self, program_id: UUID | None, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Hold the meeting under another program than it was announced with, or under none.

        Args:
            program_id: the sponsored program; ``None`` for an hour that nobody sponsors.
            by: who decides.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            AlreadyBegun: it is open or closed.
            FacilitatorOnly: somebody else asks.
        """
        rules.must_lead(by, self.facilitator_id, administrator=administrator)
        rules.must_not_have_begun(self.state)
        if program_id != self.program_id:
            self.record(events.ProgramChanged, at=at, program_id=program_id, by=by)
