"""Handlers of the door of a meeting: who opens it, who comes in, and who is turned away.

The commands stand with those of the whole meeting, in :mod:`services.meetings.commands`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from domain.access.table import Action
from domain.access.union import AccessNeeded
from domain.errors import DomainError
from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.meetings.rules import OPENS_BEFORE, MeetingState, must_be_expected
from domain.ports import Clock, DoorCodes
from services.access.reading import AccessTo
from services.access.records import record_of
from services.dispatch import Work
from services.meetings.commands import CheckIn, OpenMeeting, WrongDoorCode, led
from services.members.commands import HOUSE


def open_meeting(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`OpenMeeting`, which asks *access* who may lead tonight."""

    async def handle(cmd: OpenMeeting, *, work: Work, clock: Clock) -> None:
        """Open the door; whoever opens it in the stead of a facilitator who is away, leads."""
        meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
        now = clock.now()
        if meeting.state is MeetingState.SCHEDULED and not administrator:
            await _let_lead(access, work, meeting, by=cmd.by, at=now)
        meeting.open(by=cmd.by, administrator=administrator, at=now)
        work.save(meeting)

    return handle


async def _let_lead(
    access: AccessTo, work: Work, meeting: Meeting, *, by: UUID, at: datetime
) -> None:
    """Let the facilitator open what they may lead, and anybody expected what nobody leads.

    Raises:
        AccessNeeded: it is not open to *by*.
        NotOnRoster: *by* is not expected.
    """
    own = await access(work, by)
    if by == meeting.facilitator_id:
        own.require_to_facilitate(meeting.created_on, at)
        return
    must_be_expected(by, meeting.roster)
    own.require(Action.ATTEND_OWN_GROUPS, at)
    leads = await access(work, meeting.facilitator_id)
    if not leads.may_facilitate(meeting.created_on, at):
        meeting.change_facilitator(by, by=HOUSE, administrator=True, at=at)


def check_in(codes: DoorCodes, access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`CheckIn`.

    Args:
        codes: what the room shows.
        access: what people may do; asked of those who check themselves in, for who is marked by
            the facilitator was seen, and what was seen is recorded.
    """

    async def handle(cmd: CheckIn, *, work: Work, clock: Clock) -> None:
        """Record an arrival; a refusal of somebody who is known is recorded too."""
        meeting, administrator = await led(work, cmd.meeting_id, cmd.by, clock)
        now = clock.now()
        try:
            _must_know_code(codes, cmd, meeting, now)
            await _must_be_let_in(access, cmd, meeting, work, now)
            meeting.check_in(
                cmd.member_id,
                method=cmd.method,
                by=cmd.by,
                administrator=administrator,
                arrived_at=cmd.arrived_at,
                at=now,
            )
        except AccessNeeded as refusal:  # theirs alone: the meeting, which peers read, keeps none
            record = await record_of(work, cmd.member_id, clock)
            record.note_turned_away(cmd.meeting_id, at=now)
            work.save(record)
            work.refuse_on_record(refusal)
            return
        except DomainError as refusal:
            if cmd.by != cmd.member_id:  # kept for one's own dispute, never against somebody else
                raise
            meeting.record_refused_check_in(
                cmd.member_id, code=refusal.code, method=cmd.method, at=now
            )
            work.refuse_on_record(refusal)
        work.save(meeting)

    return handle


async def _must_be_let_in(
    access: AccessTo, cmd: CheckIn, meeting: Meeting, work: Work, now: datetime
) -> None:
    """Refuse somebody who checks in without access; never who was in this room before.

    What a device without signal noted is asked for its own time, or the meeting's, not for now.
    """
    own_word = cmd.method is not CheckInMethod.ROSTER and cmd.by == cmd.member_id
    if not own_word or meeting.attendance.has_been_here(cmd.member_id):
        return
    must_be_expected(cmd.member_id, meeting.roster)
    came = min(now, max(cmd.arrived_at or now, meeting.scheduled.from_at))
    (await access(work, cmd.member_id)).require(Action.ATTEND_OWN_GROUPS, came)


def _must_know_code(codes: DoorCodes, cmd: CheckIn, meeting: Meeting, now: datetime) -> None:
    """Refuse a code that the room did not show: now, or when a device without signal noted it.

    A device may tell a time without a code; that is weak evidence and counted as such. A code
    that it does tell must be right, so that nobody is let in by typing just anything.
    """
    if cmd.method is CheckInMethod.DOOR_CODE:
        if not codes.accepts(cmd.meeting_id, cmd.door_code or "", now):
            raise WrongDoorCode("That is not the code on the wall now. Look again and retype.")
    elif cmd.method is CheckInMethod.OFFLINE and cmd.door_code is not None:
        noted = cmd.arrived_at or now
        if not meeting.scheduled.from_at - OPENS_BEFORE <= noted <= now:
            return  # the meeting itself refuses such a time, and says why
        if not codes.accepts(cmd.meeting_id, cmd.door_code, noted):
            raise WrongDoorCode(
                "The code you typed was not on the wall at the time your device noted. "
                "Ask the facilitator to mark you present."
            )
