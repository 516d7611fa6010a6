"""Commands: announce a planned meeting under another title, or hold it under another program."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.ports import Clock
from services.dispatch import Work
from services.groups.programs import require_offered
from services.meetings.commands import led


@dataclass(frozen=True, slots=True, kw_only=True)
class RetitleMeeting:
    """Announce a meeting that has not begun under another title."""

    meeting_id: UUID
    title: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseMeetingProgram:
    """Hold a meeting that has not begun under another program than was announced, or under none."""

    meeting_id: UUID
    program_id: UUID | None
    by: UUID


async def retitle_meeting(cmd: RetitleMeeting, *, work: Work, clock: Clock) -> None:
    """Announce it anew."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.retitle(cmd.title, by=cmd.by, administrator=administrator, at=clock.now())
    work.save(meeting)


async def choose_meeting_program(cmd: ChooseMeetingProgram, *, work: Work, clock: Clock) -> None:
    """Choose its program; one that is offered."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    before = meeting.program_id
    meeting.change_program(cmd.program_id, by=cmd.by, administrator=administrator, at=clock.now())
    await require_offered(work, cmd.program_id, already=before)
    work.save(meeting)
