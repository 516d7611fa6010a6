"""One leave: whoever pauses their dues is away in their groups, and the other way round.

A person says it once, wherever they are: on their own page (:mod:`services.members.commands`), on
that of their membership, or on the payment service's own. These commands carry it to the other
side.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.access.table import AccessState
from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.memberships.rules import UNPAID, Wish, own_membership_id
from domain.memberships.standings import MembershipState
from domain.ports import Clock
from services.access.reading import AccessTo
from services.dispatch import Work
from services.memberships.commands import AskForLeave, AskToReturn, ask_for_leave, ask_to_return

_HELD_UP: Final = UNPAID | {MembershipState.TRIAL}  # from where no leave can be asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowMembership:
    """Let a membership's leave, or the end of it, be its person's too."""

    membership_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowMember:
    """Let a person's leave, or the end of it, be their membership's too."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLeave:
    """Let dues that begin, or are mended, while their person is away be paused."""

    membership_id: UUID


def follow_membership(access: AccessTo) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`FollowMembership`."""

    async def handle(cmd: FollowMembership, *, work: Work, clock: Clock) -> None:
        """Send the person on leave, unless something else lets them take part; or have them back.

        A practice's leave is nobody's own: its people have seats, and those are seen to rest.
        """
        membership = await work.load(Membership, cmd.membership_id)
        member = await work.find(Member, membership.holder_id)
        if member is None or member.forgotten:
            return
        now = clock.now()
        if membership.state is not MembershipState.ON_LEAVE:
            member.come_back(at=now)
        elif (await access(work, member.id)).state_at(now) is AccessState.ON_LEAVE:
            member.take_leave(at=now)
        work.save(member)

    return handle


async def follow_member(cmd: FollowMember, *, work: Work, clock: Clock) -> None:
    """Ask for a pause of the dues, or for their going on; where none are paid, nothing is asked.

    A trial charges nothing, what is going to end ends by itself, and a missing payment is mended
    first: then only the groups are told.
    """
    member = await work.load(Member, cmd.member_id)
    key = own_membership_id(cmd.member_id)
    membership = await work.find(Membership, key)
    if membership is None or member.forgotten:
        return
    paused = membership.state is MembershipState.ON_LEAVE
    if member.on_leave and membership.state is MembershipState.ACTIVE and not membership.will_end:
        asked = AskForLeave(membership_id=key, by=cmd.member_id)
        await ask_for_leave(asked, work=work, clock=clock)
    elif not member.on_leave and (paused or Wish.LEAVE in membership.wishes):
        wanted = AskToReturn(membership_id=key, by=cmd.member_id)
        await ask_to_return(wanted, work=work, clock=clock)


async def keep_leave(cmd: KeepLeave, *, work: Work, clock: Clock) -> None:
    """Ask for the pause that could not be asked for before; whoever is not away pays as ever.

    Whoever begins a membership while they are away means to be back: that is theirs to say.
    """
    membership = await work.load(Membership, cmd.membership_id)
    before = [state for _, state in membership.history][-2:-1]
    member = await work.find(Member, membership.holder_id)
    if member is None or not member.on_leave or not _HELD_UP.issuperset(before):
        return
    await follow_member(FollowMember(member_id=member.id), work=work, clock=clock)
