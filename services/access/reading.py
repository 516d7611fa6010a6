"""What one person's access comes from, read from the streams themselves.

The truth for a decision, and for the page that answers "why?" at any moment; a view shows peers who
is away, and decides nothing. Which seats, gifts and memberships concern a person stands in their
access record, written with the seat or the gift itself, so that no decision waits for a view.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID, uuid5

from domain.access.grants import by_open_house
from domain.access.holdings import Holdings
from domain.access.records import AccessRecord, access_record_id
from domain.access.table import Action
from domain.access.union import Access, GrantKind, PeerAway, access_of
from domain.access.words import Why, why
from domain.base import Root
from domain.members.member import Member, Role
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Scholarship, scholarship_id
from domain.money.billing_accounts import billing_account_id
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.recording import EventStore
from services.dispatch import Work

A = TypeVar("A", bound=Root)

AccessTo: TypeAlias = Callable[[Work, UUID], Awaitable[Access]]
"""Gives a handler what somebody's access comes to, in the unit of work it decides in."""


def access_to(*, takes_dues: bool) -> AccessTo:
    """Return how handlers learn what somebody may do.

    Args:
        takes_dues: whether the house does; where it does not, nothing is read and all is open.
    """

    async def find(work: Work, member_id: UUID) -> Access:
        if not takes_dues:
            return access_of([by_open_house()])
        return (await holdings_of(work, member_id)).access()

    return find


async def holdings_of(
    work: Work,
    member_id: UUID,
    *,
    takes_dues: bool = True,
    payer_ids: Iterable[UUID] = (),
    practice_ids: Iterable[UUID] = (),
    gift_ids: Iterable[UUID] = (),
) -> Holdings:
    """Return all that a person's access can come from.

    Args:
        work: where streams are read.
        member_id: whose.
        takes_dues: whether the house does.
        payer_ids: people who pay for them, beside themselves and those on record.
        practice_ids: practices that may have a seat for them, beside those on record.
        gift_ids: gifts that they may have taken, beside those on record.
    """
    record = await work.find(AccessRecord, access_record_id(member_id))
    member = await work.find(Member, member_id)
    own = [_paid_by(payer, member_id) for payer in (member_id, *payer_ids)]
    pools = [*_noted(record, GrantKind.SEAT), *map(seat_pool_id, practice_ids)]
    gifts = [*_noted(record, GrantKind.GIFT), *gift_ids]
    return Holdings(
        member_id=member_id,
        memberships=await _found(work, Membership, [*own, *_noted(record, GrantKind.MEMBERSHIP)]),
        seats=await _seats(work, pools),
        scholarship=await work.find(Scholarship, scholarship_id(member_id)),
        gifts=await _found(work, Gift, gifts),
        staff=[] if member is None else member.history_of(Role.ADMINISTRATOR),
        takes_dues=takes_dues,
        turned_away=[] if record is None else list(record.turned_away.values()),
        first_meeting_is_free=True,
        first_meeting_at=record.first_meeting[1] if record and record.first_meeting else None,
    )


async def told_why(
    store: EventStore, member_id: UUID, *, takes_dues: bool, at: datetime, zone: str
) -> Why:
    """Return why somebody has, or lacks, access; for a moment that is over, as it was known then.

    Args:
        store: truth.
        member_id: whose.
        takes_dues: whether the house does, today.
        at: the moment asked about.
        zone: IANA name of the place whose days are told.

    Raises:
        UnknownZone: there is no such place.
    """
    work = Work(AsOf(store, at), uuid5(member_id, "why"))
    holdings = await holdings_of(work, member_id, takes_dues=takes_dues)
    return why(holdings, at=at, zone=zone)


async def require_present(find: AccessTo, work: Work, member_id: UUID, at: datetime) -> None:
    """Let somebody be taken into a group by somebody else.

    Raises:
        PeerAway: not just now; why is not said, because it is not theirs to know who asks.
    """
    if not (await find(work, member_id)).may(Action.JOIN_OR_FOUND, at).allows:
        raise PeerAway


async def require_able_to_lead(
    find: AccessTo, work: Work, member_id: UUID, *, planned_at: datetime | None, at: datetime
) -> None:
    """Let somebody be given the lead by somebody else.

    Args:
        find: what people may do.
        work: where streams are read.
        member_id: who is given it.
        planned_at: when the meeting was planned; ``None`` for a group, with all it will plan.
        at: now.

    Raises:
        PeerAway: not just now, as above.
    """
    access = await find(work, member_id)
    able = access.may_lead_anew(at) if planned_at is None else access.may_facilitate(planned_at, at)
    if not able:
        raise PeerAway


@dataclass(frozen=True, slots=True)
class AsOf:
    """A store as it stood at a moment: whoever asks about the 3rd is told what was known then."""

    store: EventStore
    at: datetime

    async def load(self, stream_id: UUID) -> list[Root.Event]:
        """Return a stream's events up to the moment."""
        return [each for each in await self.store.load(stream_id) if each.timestamp <= self.at]


def _noted(record: AccessRecord | None, kind: GrantKind) -> list[UUID]:
    return [] if record is None else record.sources_of(kind)


async def _seats(work: Work, pool_ids: Sequence[UUID]) -> list[tuple[SeatPool, Membership]]:
    """Return pools of seats, each with the membership by which its practice pays."""
    found = []
    for pool in await _found(work, SeatPool, pool_ids):
        paid = await work.find(Membership, _paid_by(pool.practice_id, pool.practice_id))
        if paid is not None:
            found.append((pool, paid))
    return found


async def _found(work: Work, kind: type[A], stream_ids: Sequence[UUID]) -> list[A]:
    found = [await work.find(kind, each) for each in _once(stream_ids)]
    return [each for each in found if each is not None]


def _once(ids: Sequence[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def _paid_by(payer_id: UUID, holder_id: UUID) -> UUID:
    return membership_id(billing_account_id(payer_id), holder_id)
