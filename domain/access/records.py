"""Access records: beside each member, what their access may come from, and their first meeting.

A decision reads streams, never a view that may lag. A seat lies in its practice's stream and a
gift in its own; this record, written with them, says which of them concern the person. It also
holds what is nobody else's to know: that they were turned away at a door. No peer sees any of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from typing_extensions import override

from domain.access.union import GrantKind
from domain.base import AggregateCreated, Root

_RECORDS: Final = UUID("1d6b0c2e-7c0f-5a56-9d0e-3f5d4b8a6e17")


def access_record_id(member_id: UUID) -> UUID:
    """Return the id of a member's one access record."""
    return uuid5(_RECORDS, str(member_id))


class AccessRecord(Root):
    """What one member's access may come from."""

    TOPIC = "peerhour.access_record"

    class Opened(Root.Event, AggregateCreated):
        """There is something to note about a member's access."""

        TOPIC = "peerhour.access_record.opened"
        member_id: UUID

    class SourceNoted(Root.Event):
        """A stream grants the member something: a pool of seats, a gift, a membership."""

        TOPIC = "peerhour.access_record.source_noted"
        kind: GrantKind
        source_id: UUID

        @override
        def apply(self, record: AccessRecord) -> None:
            record.sources.append((self.kind, self.source_id))

    class FirstMeetingAttended(Root.Event):
        """For the first time the member was at a meeting that took place."""

        TOPIC = "peerhour.access_record.first_meeting_attended"
        meeting_id: UUID

        @override
        def apply(self, record: AccessRecord) -> None:
            record.first_meeting = (self.meeting_id, self.timestamp)

    class FirstMeetingGivenBack(Root.Event):
        """That meeting does not count, or the member was not there: a first one is still theirs."""

        TOPIC = "peerhour.access_record.first_meeting_given_back"
        meeting_id: UUID

        @override
        def apply(self, record: AccessRecord) -> None:
            record.first_meeting = None

    class TurnedAway(Root.Event):
        """The member could not check in to ``meeting_id``; kept for them, and told to no peer."""

        TOPIC = "peerhour.access_record.turned_away"
        meeting_id: UUID

        @override
        def apply(self, record: AccessRecord) -> None:
            record.turned_away[self.meeting_id] = self.timestamp

    def __init__(self, *, member_id: UUID) -> None:
        self.member_id = member_id
        self.sources: list[tuple[GrantKind, UUID]] = []
        self.first_meeting: tuple[UUID, datetime] | None = None  # which, and when it was noted
        self.turned_away: dict[UUID, datetime] = {}

    @classmethod
    def open(cls, member_id: UUID, *, at: datetime) -> AccessRecord:
        """Begin a member's record."""
        return cls.begin(
            cls.Opened, stream_id=access_record_id(member_id), at=at, member_id=member_id
        )

    def sources_of(self, kind: GrantKind) -> list[UUID]:
        """Return what grants of a kind may come from, in the order it was noted."""
        return [source_id for each, source_id in self.sources if each is kind]

    def note_source(self, kind: GrantKind, source_id: UUID, *, at: datetime) -> None:
        """Remember that something grants the member access; twice is one fact."""
        if (kind, source_id) not in self.sources:
            self.record(self.SourceNoted, at=at, kind=kind, source_id=source_id)

    def note_meeting(self, meeting_id: UUID, *, attended: bool, at: datetime) -> None:
        """Take what stands about a meeting that took place; the first attended one counts.

        Args:
            meeting_id: which; one that is not the first changes nothing.
            attended: whether the member was there, and the meeting counts.
            at: now.
        """
        first = self.first_meeting
        if attended and first is None:
            self.record(self.FirstMeetingAttended, at=at, meeting_id=meeting_id)
        elif not attended and first is not None and first[0] == meeting_id:
            self.record(self.FirstMeetingGivenBack, at=at, meeting_id=meeting_id)

    def note_turned_away(self, meeting_id: UUID, *, at: datetime) -> None:
        """Keep that somebody was refused at a door, so that a dispute finds it; once a meeting."""
        if meeting_id not in self.turned_away:
            self.record(self.TurnedAway, at=at, meeting_id=meeting_id)
