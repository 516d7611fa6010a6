"""Commands that keep access records: what grants somebody access, and their first meeting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from domain.access.records import AccessRecord, access_record_id
from domain.access.union import GrantKind
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.members.member import Member
from domain.ports import Clock
from services.dispatch import Work

_COUNTS_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAccessSource:
    """Remember that something grants a member access."""

    member_id: UUID
    kind: GrantKind
    source_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFirstMeetings:
    """Take what stands about who was at a meeting: for some of them it was the first."""

    meeting_id: UUID


async def note_access_source(cmd: NoteAccessSource, *, work: Work, clock: Clock) -> None:
    """Remember a source; twice is one fact. A practice pays for seats, and has no record."""
    if await work.find(Member, cmd.member_id) is not None:
        await note_source(work, cmd.member_id, cmd.kind, cmd.source_id, clock)


def note_first_meetings(*, takes_dues: bool) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`NoteFirstMeetings`.

    Where the house takes no dues nothing is counted, so that on the day on which it begins to,
    everybody still has a free meeting before them and nobody finds a door shut. For the same reason
    no old meeting begins anything, when its events are read anew or somebody corrects it.
    """

    async def handle(cmd: NoteFirstMeetings, *, work: Work, clock: Clock) -> None:
        """Note it for whoever was there, and give it back to whoever, after all, was not."""
        if not takes_dues:
            return
        now = clock.now()
        meeting = await work.load(Meeting, cmd.meeting_id)
        recent = now - meeting.scheduled.to_at <= _COUNTS_WITHIN
        present = meeting.people_present() if meeting.state is MeetingState.CLOSED else []
        for member_id in meeting.roster:
            attended = member_id in present
            record = await work.find(AccessRecord, access_record_id(member_id))
            if record is None and not (attended and recent):
                continue
            record = record or AccessRecord.open(member_id, at=now)
            if recent or not attended:
                record.note_meeting(meeting.id, attended=attended, at=now)
            work.save(record)

    return handle


async def note_source(
    work: Work, member_id: UUID, kind: GrantKind, source_id: UUID, clock: Clock
) -> None:
    """Note a source in the unit of work that makes it one, so that it counts at once."""
    record = await record_of(work, member_id, clock)
    record.note_source(kind, source_id, at=clock.now())
    work.save(record)


async def record_of(work: Work, member_id: UUID, clock: Clock) -> AccessRecord:
    """Return a member's access record, a new one if there is none; the caller saves it."""
    known = await work.find(AccessRecord, access_record_id(member_id))
    return known or AccessRecord.open(member_id, at=clock.now())
