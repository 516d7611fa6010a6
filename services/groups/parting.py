"""What a member who was forgotten leaves behind in groups: their place, and perhaps the lead.

Nobody else can hand a group over for them, and the hours it has planned must not wait for somebody
who never comes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from domain.groups.group import PeerGroup
from domain.members.member import Member
from domain.ports import Clock
from domain.recording import EventStore
from services.dispatch import Order, Work
from services.effects import Piece
from services.members.commands import HOUSE

_LEAVE: Final = "leave_groups"
_TAKE_IN: Final[Mapping[str, str]] = MappingProxyType(
    {PeerGroup.Formed.TOPIC: "facilitator_id", PeerGroup.MemberAdmitted.TOPIC: "member_id"}
)
_BATCH: Final = 200  # events read between two turns of everybody else


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWithGroups:
    """End what binds somebody who was forgotten to any group."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWithGroup:
    """End what binds somebody to a group, if they were forgotten."""

    group_id: UUID
    member_id: UUID


async def part_with_groups(cmd: PartWithGroups, *, work: Work, clock: Clock) -> None:
    """Ask for the search: which groups there are is a question to the log, not to a stream."""
    del clock  # nothing is recorded
    if await is_forgotten(work, cmd.member_id):
        work.effect(_LEAVE, member_id=str(cmd.member_id))


async def part_with_group(cmd: PartWithGroup, *, work: Work, clock: Clock) -> None:
    """Hand the group to whoever has belonged longest, if the person leads it, and let them go."""
    if await is_forgotten(work, cmd.member_id):
        group = await work.load(PeerGroup, cmd.group_id)
        group.part_with(cmd.member_id, by=HOUSE, at=clock.now())
        work.save(group)


async def groups_ever_of(store: EventStore, member_id: UUID) -> list[UUID]:
    """Return the groups a member ever belonged to, in the order they came."""
    return await streams_that_took_in(store, member_id, _TAKE_IN)


async def streams_that_took_in(
    store: EventStore, member_id: UUID, take_in: Mapping[str, str]
) -> list[UUID]:
    """Return the streams that ever took a member in, in the order they came.

    The log itself is read. No view is asked: one that lags would leave something behind.

    Args:
        store: the log.
        member_id: whom.
        take_in: topics of the events that take somebody in, each with the field that names them.
    """
    found: dict[UUID, None] = {}
    position = 0
    while batch := await store.read(position, _BATCH, tuple(take_in)):
        for recorded in batch:
            event = recorded.event
            if getattr(event, take_in[event.TOPIC]) == member_id:
                found[event.originator_id] = None
        position = batch[-1].position
    return list(found)


def performers(
    store: EventStore, dispatch: Callable[[object, Order], Awaitable[object]]
) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who ends what binds a forgotten member to their groups."""

    async def leave(piece: Piece) -> None:
        member_id = UUID(piece.payload["member_id"])
        for group_id in await groups_ever_of(store, member_id):
            command = PartWithGroup(group_id=group_id, member_id=member_id)
            await dispatch(command, Order(command_id=uuid5(piece.key[0], f"leave:{group_id}")))

    return {_LEAVE: leave}


async def is_forgotten(work: Work, member_id: UUID) -> bool:
    """Tell whether somebody was forgotten; whoever never was here was not."""
    member = await work.find(Member, member_id)
    return member is not None and member.forgotten
