"""Saying before an hour that one cannot come, taking it back, and what becomes of it.

Regrets lie outside the record, so none of this is a command of the dispatcher. What decides is read
from the streams all the same, never from a view that lags.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.errors import Stale
from domain.groups.group import PeerGroup
from domain.meetings.regrets import Regret, RegretGone, RegretShelf, require_before
from domain.members.member import MemberForgotten
from domain.ports import Clock
from services.dispatch import Work
from services.effects import Piece
from services.groups.parting import is_forgotten
from services.house import House
from services.meetings.commands import meeting_now

_DROP: Final = "drop_regrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRegrets:
    """Say that one cannot come to a meeting.

    Attributes:
        regret_id: made from the form or the program's key, so that it is said once.
        meeting_id: which meeting.
        member_id: who cannot come; nobody says it for somebody else.
        starts_at: when the meeting begins, as they were told; ``None`` for whenever it does now.
    """

    regret_id: UUID
    meeting_id: UUID
    member_id: UUID
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRegrets:
    """Delete what somebody said about the meetings of a group that they left."""

    group_id: UUID
    member_id: UUID
    left_at: datetime


async def send_regrets(house: House, said: SendRegrets) -> UUID:
    """Keep that somebody cannot come; saying so twice is once.

    Returns:
        Under which id it stands: the first one, if they had said so before.

    Raises:
        NotFound: there is no such meeting.
        NotOnRoster: they are not expected there.
        MeetingCancelled, MeetingVoided: it does not take place, or does not count.
        TooLateForRegrets: its door is open, or its time is over.
        Stale: it has moved since they were told when it is.
        MemberForgotten: nothing is kept of a forgotten person.
    """
    work, now = _reading(house, said.member_id), house.clock.now()
    meeting = await meeting_now(work, said.meeting_id, house.clock)
    require_before(meeting, said.member_id, at=now)
    if said.starts_at not in {None, meeting.scheduled.from_at}:
        raise Stale("This meeting has moved since you looked. Nothing was kept; see when it is.")
    if await is_forgotten(work, said.member_id):
        raise MemberForgotten("You are not registered here any more.")
    await house.regrets.put(
        Regret(
            regret_id=said.regret_id,
            group_id=meeting.group_id,
            meeting_id=said.meeting_id,
            member_id=said.member_id,
            starts_at=meeting.scheduled.from_at,
            said_at=now,
        )
    )
    # Whoever left meanwhile may have been looked for before this was there.
    group = await _reading(house, said.member_id).load(PeerGroup, meeting.group_id)
    if said.member_id not in group.members():
        await house.regrets.drop(meeting.group_id, said.member_id, until=now)
    about = meeting.scheduled.from_at
    return next(
        (
            each.regret_id
            for each in await house.regrets.of_meetings([said.meeting_id])
            if (each.member_id, each.starts_at) == (said.member_id, about)
        ),
        said.regret_id,
    )


async def take_regrets_back(
    house: House, meeting_id: UUID, regret_id: UUID, *, member_id: UUID
) -> None:
    """Say that one can come after all; twice is once.

    Raises:
        NotFound: there is no such meeting.
        NotOnRoster: they are not expected there.
        MeetingCancelled, MeetingVoided: it does not take place, or does not count.
        TooLateForRegrets: its door is open, or its time is over.
        RegretGone: they said nothing under this id.
    """
    meeting = await meeting_now(_reading(house, member_id), meeting_id, house.clock)
    require_before(meeting, member_id, at=house.clock.now())
    if not await house.regrets.take_back(regret_id, meeting_id=meeting_id, member_id=member_id):
        raise RegretGone


async def own_regrets(house: House, member_id: UUID) -> list[dict[str, object]]:
    """Return what somebody said, plain, for a file with everything kept about them."""
    return [
        {"meeting_id": each.meeting_id, "starts_at": each.starts_at, "said_at": each.said_at}
        for each in await house.regrets.of_member(member_id)
    ]


async def drop_regrets(cmd: DropRegrets, *, work: Work, clock: Clock) -> None:
    """Ask for it: regrets lie outside the record."""
    del clock  # nothing is recorded
    work.effect(
        _DROP,
        group_id=str(cmd.group_id),
        member_id=str(cmd.member_id),
        left_at=cmd.left_at.isoformat(),
    )


def performers(shelf: RegretShelf) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who deletes what somebody said once they left."""

    async def drop(piece: Piece) -> None:
        group_id, member_id = UUID(piece.payload["group_id"]), UUID(piece.payload["member_id"])
        until = datetime.fromisoformat(piece.payload["left_at"])
        await shelf.drop(group_id, member_id, until=until)

    return {_DROP: drop}


def _reading(house: House, person_id: UUID) -> Work:
    """Return where streams are read; nothing is ever saved in it."""
    return Work(house.store, uuid5(person_id, "regrets"))
