"""What becomes of the places and leads of people whose access has ended.

A place is kept for 30 days after a lapse and then freed: the group reads that somebody left, and no
more. A group or a planned meeting that its facilitator cannot lead passes to whoever has belonged
longest and can. Each handler decides anew from the streams; who to ask about, a view has said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.groups.group import PeerGroup
from domain.meetings.rules import MeetingState
from domain.ports import Clock
from services.access.reading import AccessTo
from services.dispatch import Work
from services.meetings.commands import meeting_now
from services.members.commands import HOUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePlace:
    """Free the place of somebody who lapsed so long ago that it is kept no more."""

    group_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverGroup:
    """Hand a group over whose facilitator cannot lead."""

    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverMeeting:
    """Hand a planned meeting over whose facilitator cannot lead it."""

    meeting_id: UUID


def free_place(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`FreePlace`."""

    async def handle(cmd: FreePlace, *, work: Work, clock: Clock) -> None:
        """Let them go, unless they came back meanwhile."""
        now = clock.now()
        if (await access(work, cmd.member_id)).keeps_seat(now):
            return
        group = await work.load(PeerGroup, cmd.group_id)
        group.part_with(cmd.member_id, by=HOUSE, at=now)
        work.save(group)

    return handle


def hand_over_group(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`HandOverGroup`."""

    async def handle(cmd: HandOverGroup, *, work: Work, clock: Clock) -> None:
        """Hand it to whoever has belonged longest and can lead; if nobody can, it waits."""
        group = await work.load(PeerGroup, cmd.group_id)
        now = clock.now()
        if (await access(work, group.facilitator_id)).may_facilitate(group.created_on, now):
            return
        heir = await _first_able(access, work, group.members(), now)
        if heir is not None:
            group.name_facilitator(heir, by=HOUSE, administrator=True, at=now)
            work.save(group)

    return handle


def hand_over_meeting(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`HandOverMeeting`."""

    async def handle(cmd: HandOverMeeting, *, work: Work, clock: Clock) -> None:
        """Hand it to the group's facilitator, or else as a group is; if nobody can, it waits.

        What waits is lost to nobody: whoever comes and opens the door leads.
        """
        meeting = await meeting_now(work, cmd.meeting_id, clock)
        now = clock.now()
        leads = await access(work, meeting.facilitator_id)
        waits = meeting.state is MeetingState.SCHEDULED and now < meeting.scheduled.to_at
        if not waits or leads.may_facilitate(meeting.created_on, now):
            return
        group = await work.load(PeerGroup, meeting.group_id)
        heir = await _first_able(access, work, [group.facilitator_id, *group.members()], now)
        if heir is not None:
            meeting.change_facilitator(heir, by=HOUSE, administrator=True, at=now)
            work.save(meeting)

    return handle


async def _first_able(
    access: AccessTo, work: Work, member_ids: Sequence[UUID], at: datetime
) -> UUID | None:
    for member_id in member_ids:
        if (await access(work, member_id)).may_lead_anew(at):
            return member_id
    return None
