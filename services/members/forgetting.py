"""Whose keys have to go when somebody is forgotten: read from the log itself.

A report names people before anybody has recognised them, so its names are encrypted under ids of
their own. No view is asked for those: one that lags, or keeps only the newest report, would leave a
key behind. Whoever is recognised only after they were forgotten is forgotten again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.ports import Clock
from domain.recording import EventStore, Recorded
from services.dispatch import Work

_OF_REPORTS: Final = (
    Meeting.PresenceObserved,
    Meeting.ObservedPersonMatched,
    Meeting.ObservedPersonUnmatched,
)
_TOPICS: Final = tuple(event.TOPIC for event in _OF_REPORTS)
_BATCH: Final = 200  # events read between two turns of everybody else

_Seen = tuple[UUID, str]  # a meeting, and the key of somebody in its reports


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetNames:
    """Forget what a report calls somebody who was forgotten before anybody recognised them."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetNamesIn:
    """Forget what a meeting's newest report calls people who were forgotten before it came."""

    meeting_id: UUID


async def forget_names(cmd: ForgetNames, *, work: Work, clock: Clock) -> None:  # noqa: ARG001  as every handler
    """Ask for the person to be forgotten again, now that one more name is known to be theirs."""
    member = await work.find(Member, cmd.member_id)
    if member is not None and member.forgotten:
        work.effect("forget_person", subject_id=str(cmd.member_id))


async def forget_names_in(cmd: ForgetNamesIn, *, work: Work, clock: Clock) -> None:  # noqa: ARG001  as every handler
    """Ask for everybody to be forgotten again whom an earlier report, or a person, recognised."""
    meeting = await work.load(Meeting, cmd.meeting_id)
    recognised = {each for each in meeting.attendance.matches.values() if each is not None}
    for member_id in sorted(recognised):
        member = await work.find(Member, member_id)
        if member is not None and member.forgotten:
            work.effect("forget_person", subject_id=str(member_id))


async def observed_as(store: EventStore, member_id: UUID) -> list[UUID]:
    """Return the ids other than their own under which reports' names of a member are encrypted.

    Every report that stands when this is called is read. Somebody else's id is never among them,
    even where a name was first taken for that other member's.
    """
    people = _PeopleInReports(member_id)
    position = 0
    while batch := await store.read(position, _BATCH, _TOPICS):
        for recorded in batch:
            people.take(recorded)
        position = batch[-1].position
    members = Work(store, member_id)
    return [each for each in people.subjects() if await members.find(Member, each) is None]


@dataclass(slots=True)
class _PeopleInReports:
    """Who is who in the reports of all meetings, as far as it may be one member.

    Attributes:
        member_id: the member.
        names: the ids under which somebody's names are encrypted.
        recognised: those whom a report itself shows to be the member.
        matched: whether the newest word of a person says that somebody is the member.
    """

    member_id: UUID
    names: defaultdict[_Seen, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    recognised: set[_Seen] = field(default_factory=set)
    matched: dict[_Seen, bool] = field(default_factory=dict)

    def take(self, recorded: Recorded) -> None:
        """Take one event."""
        event = recorded.event
        meeting_id = event.originator_id
        match event:
            case Meeting.PresenceObserved(people=people):
                for person in people:
                    seen = meeting_id, person.person_key
                    self.names[seen].update(name.subject for name in person.names)
                    if person.member_id == self.member_id:
                        self.recognised.add(seen)
            case Meeting.ObservedPersonMatched(person_key=key, member_id=member_id):
                self.matched[meeting_id, key] = member_id == self.member_id
            case Meeting.ObservedPersonUnmatched(person_key=key):
                self.matched[meeting_id, key] = False

    def subjects(self) -> list[UUID]:
        """Return the ids of everybody who is the member, in a stable order."""
        mine = (seen for seen in self.names if self.matched.get(seen, seen in self.recognised))
        return sorted({subject for seen in mine for subject in self.names[seen]} - {self.member_id})
