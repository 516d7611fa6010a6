"""Commands about meetings: planned, opened, attended, closed, set right afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import DomainError, NotAllowed, NotFound
from domain.groups.group import PeerGroup
from domain.meetings.attendance import CheckInMethod, ObservedPerson, ToolSource
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.personal import Personal
from domain.ports import Clock
from domain.programs import Program
from domain.values import Interval, Modality
from services.access.reading import AccessTo, require_able_to_lead
from services.dispatch import Work
from services.members.commands import is_administrator


class WrongDoorCode(DomainError):
    """The code is not the one that the room shows now."""

    code = "meeting.wrong_door_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMeeting:
    """Plan a meeting of a group; its roster is the group's when it opens."""

    meeting_id: UUID
    group_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    modality: Modality
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeeting:
    """Open the door."""

    meeting_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Record that a member is in the room."""

    meeting_id: UUID
    member_id: UUID
    method: CheckInMethod
    by: UUID
    door_code: str | None = None
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOut:
    """Record that a member left the room."""

    meeting_id: UUID
    member_id: UUID
    method: CheckInMethod
    by: UUID
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTurn:
    """Let somebody present."""

    meeting_id: UUID
    presenter_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTurn:
    """End the present turn."""

    meeting_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMeeting:
    """End the meeting."""

    meeting_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservePresence:
    """Keep what a meeting tool reported.

    Attributes:
        by: who imports it; ``None`` for the tool's own messages.
        digest: content id of the report; the same report twice is no second fact.
    """

    meeting_id: UUID
    source: ToolSource
    digest: str
    people: list[ObservedPerson]
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchObservedPerson:
    """Say which member somebody in a report is; ``None`` takes the match back."""

    meeting_id: UUID
    person_key: str
    member_id: UUID | None
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestPresence:
    """Say that a peer was there."""

    meeting_id: UUID
    for_member: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveEvaluation:
    """Answer the questions after a meeting."""

    meeting_id: UUID
    member_id: UUID
    answers: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPresence:
    """Set somebody's presence right, beside what was recorded."""

    meeting_id: UUID
    member_id: UUID
    stays: list[Interval]
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidMeeting:
    """Say that a meeting does not count."""

    meeting_id: UUID
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeMeeting:
    """Move a meeting that has not begun."""

    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting:
    """Call off a meeting that has not begun."""

    meeting_id: UUID
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacilitator:
    """Let another member lead this one meeting."""

    meeting_id: UUID
    facilitator_id: UUID
    by: UUID


def schedule_meeting(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`ScheduleMeeting`, which asks *access* who may plan ahead."""

    async def handle(cmd: ScheduleMeeting, *, work: Work, clock: Clock) -> None:
        """Plan a meeting."""
        group = await work.load(PeerGroup, cmd.group_id)
        now = clock.now()
        if not await is_administrator(work, cmd.by):
            if cmd.by != group.facilitator_id:
                raise NotAllowed("The facilitator plans the meetings of this group.")
            (await access(work, cmd.by)).require_to_facilitate(None, now)
        await work.require_new(cmd.meeting_id)
        work.save(
            Meeting.schedule(
                cmd.meeting_id,
                group_id=cmd.group_id,
                program_id=await _offered(work, group.program_id),
                title=cmd.title,
                starts_at=cmd.starts_at,
                ends_at=cmd.ends_at,
                zone=group.zone,
                modality=cmd.modality,
                roster=group.members(),
                facilitator_id=group.facilitator_id,
                at=now,
            )
        )

    return handle


async def _offered(work: Work, program_id: UUID | None) -> UUID | None:
    """Return the program of a new meeting: a retired one sponsors nothing planned after it."""
    program = None if program_id is None else await work.load(Program, program_id)
    return program_id if program is not None and not program.retired else None


async def check_out(cmd: CheckOut, *, work: Work, clock: Clock) -> None:
    """Record that somebody left."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.check_out(
        cmd.member_id,
        method=cmd.method,
        by=cmd.by,
        administrator=administrator,
        left_at=cmd.left_at,
        at=clock.now(),
    )
    work.save(meeting)


async def begin_turn(cmd: BeginTurn, *, work: Work, clock: Clock) -> None:
    """Let somebody present."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.begin_turn(cmd.presenter_id, by=cmd.by, administrator=administrator, at=clock.now())
    work.save(meeting)


async def end_turn(cmd: EndTurn, *, work: Work, clock: Clock) -> None:
    """End the present turn."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.end_turn(by=cmd.by, administrator=administrator, at=clock.now())
    work.save(meeting)


async def close_meeting(cmd: CloseMeeting, *, work: Work, clock: Clock) -> None:
    """End the meeting."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.close(by=cmd.by, administrator=administrator, at=clock.now())
    work.save(meeting)


async def observe_presence(cmd: ObservePresence, *, work: Work, clock: Clock) -> None:
    """Keep a report; a person may import it for a meeting they lead."""
    meeting = await meeting_now(work, cmd.meeting_id, clock)
    if cmd.by is not None and cmd.by != meeting.facilitator_id:
        if cmd.by not in meeting.roster and not await is_administrator(work, cmd.by):
            raise NotFound("There is no such meeting.", id=cmd.meeting_id)
        if not await is_administrator(work, cmd.by):
            raise NotAllowed("The facilitator imports reports of this meeting.")
    meeting.observe_presence(
        source=cmd.source, digest=cmd.digest, people=cmd.people, at=clock.now()
    )
    work.save(meeting)


async def match_observed_person(cmd: MatchObservedPerson, *, work: Work, clock: Clock) -> None:
    """Match somebody in a report, or take the match back."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    if cmd.member_id is None:
        meeting.unmatch_observed_person(
            cmd.person_key, by=cmd.by, administrator=administrator, at=clock.now()
        )
    else:
        meeting.match_observed_person(
            cmd.person_key,
            member_id=cmd.member_id,
            by=cmd.by,
            administrator=administrator,
            at=clock.now(),
        )
    work.save(meeting)


async def attest_presence(cmd: AttestPresence, *, work: Work, clock: Clock) -> None:
    """Attest a peer's presence."""
    meeting = await meeting_now(work, cmd.meeting_id, clock)
    meeting.attest_presence(by=cmd.by, for_member=cmd.for_member, at=clock.now())
    work.save(meeting)


async def give_evaluation(cmd: GiveEvaluation, *, work: Work, clock: Clock) -> None:
    """Keep a member's evaluation."""
    meeting = await meeting_now(work, cmd.meeting_id, clock)
    meeting.give_evaluation(cmd.member_id, answers=cmd.answers, at=clock.now())
    work.save(meeting)


async def correct_presence(cmd: CorrectPresence, *, work: Work, clock: Clock) -> None:
    """Set somebody's presence right."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.correct_presence(
        cmd.member_id,
        stays=cmd.stays,
        reason=Personal(cmd.member_id, cmd.reason),
        by=cmd.by,
        administrator=administrator,
        at=clock.now(),
    )
    work.save(meeting)


async def void_meeting(cmd: VoidMeeting, *, work: Work, clock: Clock) -> None:
    """Say that a meeting does not count."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.void(
        reason=Personal(cmd.by, cmd.reason),
        by=cmd.by,
        administrator=administrator,
        at=clock.now(),
    )
    work.save(meeting)


async def postpone_meeting(cmd: PostponeMeeting, *, work: Work, clock: Clock) -> None:
    """Move a meeting."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.postpone(
        starts_at=cmd.starts_at,
        ends_at=cmd.ends_at,
        by=cmd.by,
        administrator=administrator,
        at=clock.now(),
    )
    work.save(meeting)


async def cancel_meeting(cmd: CancelMeeting, *, work: Work, clock: Clock) -> None:
    """Call a meeting off."""
    meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
    meeting.cancel(
        reason=Personal(cmd.by, cmd.reason),
        by=cmd.by,
        administrator=administrator,
        at=clock.now(),
    )
    work.save(meeting)


def change_facilitator(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`ChangeFacilitator`, which asks *access* who may lead."""

    async def handle(cmd: ChangeFacilitator, *, work: Work, clock: Clock) -> None:
        """Let another member lead this meeting: one who can take it on, or is in the room."""
        meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
        now = clock.now()
        meeting.change_facilitator(
            cmd.facilitator_id, by=cmd.by, administrator=administrator, at=now
        )
        if not meeting.attendance.has_been_here(cmd.facilitator_id):
            await require_able_to_lead(
                access, work, cmd.facilitator_id, planned_at=meeting.created_on, at=now
            )
        work.save(meeting)

    return handle


async def led(work: Work, meeting_id: UUID, by: UUID, clock: Clock) -> tuple[Meeting, bool]:
    """Return the meeting, and whether *by* looks after the whole house."""
    return await meeting_now(work, meeting_id, clock), await is_administrator(work, by)


async def meeting_now(work: Work, meeting_id: UUID, clock: Clock) -> Meeting:
    """Return the meeting as it stands; a planned one expects whoever belongs to its group now.

    No process copies every admission into every planned meeting: the meeting looks at its group
    when it is asked to decide something, last when it opens, and keeps what it saw with its
    decision. The views follow the group's own events until then.
    """
    meeting = await work.load(Meeting, meeting_id)
    if meeting.state is MeetingState.SCHEDULED:
        group = await work.load(PeerGroup, meeting.group_id)
        meeting.expect(group.members(), group_facilitator_id=group.facilitator_id, at=clock.now())
    return meeting
