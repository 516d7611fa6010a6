"""Commands about peer groups: forming, joining, leaving, rhythm, planning meetings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.access.table import Action
from domain.errors import NotAllowed
from domain.groups.group import PeerGroup
from domain.groups.rhythms import Rhythm
from domain.members.member import Member
from domain.personal import Personal
from domain.ports import Clock
from domain.programs import Program
from domain.values import Style
from services.access.reading import AccessTo, require_able_to_lead, require_present
from services.dispatch import Work
from services.members.commands import is_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup:
    """Begin a peer group; whoever facilitates is its first member."""

    group_id: UUID
    name: str
    promise: str
    style: Style
    zone: str
    rhythm: Rhythm
    program_id: UUID | None
    size_min: int
    size_max: int
    facilitator_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitMember:
    """Take a member into a group."""

    group_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveGroup:
    """Leave a group; hours and certificates stay the member's."""

    group_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember:
    """End somebody's belonging to a group, with a reason."""

    group_id: UUID
    member_id: UUID
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacilitator:
    """Hand a group to another member."""

    group_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRhythm:
    """Change when a group meets."""

    group_id: UUID
    rhythm: Rhythm
    by: UUID


def form_group(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`FormGroup`, which asks *access* who may found one."""

    async def handle(cmd: FormGroup, *, work: Work, clock: Clock) -> None:
        """Begin a group."""
        await work.load(Member, cmd.facilitator_id)
        if cmd.by != cmd.facilitator_id and not await is_administrator(work, cmd.by):
            raise NotAllowed("You can begin a group that you lead yourself.")
        if cmd.program_id is not None:
            await work.load(Program, cmd.program_id)
        await work.require_new(cmd.group_id)
        await _may_join(access, work, cmd.facilitator_id, by=cmd.by, at=clock.now())
        work.save(
            PeerGroup.form(
                cmd.group_id,
                name=cmd.name,
                promise=cmd.promise,
                style=cmd.style,
                zone=cmd.zone,
                rhythm=cmd.rhythm,
                program_id=cmd.program_id,
                size_min=cmd.size_min,
                size_max=cmd.size_max,
                facilitator_id=cmd.facilitator_id,
                at=clock.now(),
            )
        )

    return handle


def admit_member(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`AdmitMember`, which asks *access* who may join."""

    async def handle(cmd: AdmitMember, *, work: Work, clock: Clock) -> None:
        """Take a member in; whoever belongs already has nothing to show."""
        await work.load(Member, cmd.member_id)
        group = await work.load(PeerGroup, cmd.group_id)
        newcomer = cmd.member_id not in group.members()
        group.admit(
            cmd.member_id,
            by=cmd.by,
            administrator=await is_administrator(work, cmd.by),
            at=clock.now(),
        )
        if newcomer:
            await _may_join(access, work, cmd.member_id, by=cmd.by, at=clock.now())
        work.save(group)

    return handle


async def _may_join(
    access: AccessTo, work: Work, member_id: UUID, *, by: UUID, at: datetime
) -> None:
    """Refuse with the reason only to the person themselves; to others they are away."""
    if by == member_id:
        (await access(work, member_id)).require(Action.JOIN_OR_FOUND, at)
    else:
        await require_present(access, work, member_id, at)


async def leave_group(cmd: LeaveGroup, *, work: Work, clock: Clock) -> None:
    """Leave a group."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.leave(cmd.member_id, at=clock.now())
    work.save(group)


async def remove_member(cmd: RemoveMember, *, work: Work, clock: Clock) -> None:
    """End somebody's belonging."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.remove(
        cmd.member_id,
        reason=Personal(cmd.member_id, cmd.reason),
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)


def name_facilitator(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`NameFacilitator`, which asks *access* who may lead."""

    async def handle(cmd: NameFacilitator, *, work: Work, clock: Clock) -> None:
        """Hand a group over, to somebody who can take it on."""
        group = await work.load(PeerGroup, cmd.group_id)
        group.name_facilitator(
            cmd.member_id,
            by=cmd.by,
            administrator=await is_administrator(work, cmd.by),
            at=clock.now(),
        )
        await require_able_to_lead(access, work, cmd.member_id, planned_at=None, at=clock.now())
        work.save(group)

    return handle


async def change_rhythm(cmd: ChangeRhythm, *, work: Work, clock: Clock) -> None:
    """Change when a group meets."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.change_rhythm(
        cmd.rhythm,
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)
