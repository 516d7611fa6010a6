"""What each kind of grant gives, and from when to when: what happened, as lines through time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.access.table import AccessState, narrowest
from domain.access.union import Grant, GrantKind, Steps, state_in
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.scholarships import ANSWER_DAYS, Scholarship, Tier
from domain.memberships.standings import MembershipState
from domain.practices.events import SeatState
from domain.practices.seat_pool import SeatPool
from domain.values import EARLIEST

FIRST_MEETING_DAYS: Final = 3  # after the first meeting somebody attended

OF_MEMBERSHIP: Final[Mapping[MembershipState, AccessState]] = MappingProxyType(
    {
        MembershipState.REQUESTED: AccessState.LAPSED,
        MembershipState.TRIAL: AccessState.FULL,
        MembershipState.ACTIVE: AccessState.FULL,
        MembershipState.GRACE: AccessState.GRACE,
        MembershipState.NARROWED: AccessState.NARROWED,
        MembershipState.ON_LEAVE: AccessState.ON_LEAVE,
        MembershipState.LAPSED: AccessState.LAPSED,
    }
)
OF_SEAT: Final[Mapping[SeatState, AccessState]] = MappingProxyType(
    {
        SeatState.HELD: AccessState.FULL,
        SeatState.FROZEN: AccessState.ON_LEAVE,
        SeatState.RELEASED: AccessState.LAPSED,
    }
)


def by_membership(membership: Membership) -> Grant:
    """Return what a person's own membership grants."""
    return Grant(GrantKind.MEMBERSHIP, _steps_of(membership))


def by_seat(pool: SeatPool, practice: Membership, member_id: UUID) -> Grant:
    """Return what a practice's seat grants: as much as the seat *and* the practice's dues do.

    Args:
        pool: the practice's seats.
        practice: the membership by which the practice pays for them.
        member_id: whose seat; whoever never had one is granted nothing.
    """
    seat = pool.seats.get(member_id)
    held = tuple((at, OF_SEAT[state]) for at, state in seat.history) if seat else ()
    return seat_grant(held, _steps_of(practice))


def seat_grant(held: Steps, paid: Steps) -> Grant:
    """Return what a seat grants: the narrower of how it is held and how it is paid for."""
    changes = sorted({at for at, _ in (*held, *paid)})
    steps = ((at, narrowest(state_in(held, at), state_in(paid, at))) for at in changes)
    return Grant(GrantKind.SEAT, tuple(steps))


def by_scholarship(scholarship: Scholarship) -> Grant:
    """Return what a scholarship grants by itself; only one that carries all dues does."""
    steps = [(at, of_tier(tier)) for at, tier in scholarship.history]
    if scholarship.until is not None:
        steps.append((scholarship_ends_at(scholarship.until), AccessState.LAPSED))
    return Grant(GrantKind.SCHOLARSHIP, tuple(steps))


def of_tier(tier: Tier | None) -> AccessState:
    """Return what a tier grants without any dues paid."""
    return AccessState.FULL if tier is Tier.FULL else AccessState.LAPSED


def scholarship_ends_at(until: datetime) -> datetime:
    """Return when a scholarship ends by itself that nobody renews."""
    return until + timedelta(days=ANSWER_DAYS)


def by_gift(gift: Gift) -> Grant:
    """Return what gift months grant to whoever took them; nothing before."""
    if gift.redeemed is None:
        return Grant(GrantKind.GIFT, ())
    _, since, until = gift.redeemed
    return Grant(GrantKind.GIFT, ((since, AccessState.FULL), (until, AccessState.LAPSED)))


def by_staff(history: Iterable[tuple[datetime, bool]]) -> Grant:
    """Return what working for the house grants.

    Args:
        history: from when somebody did, or did not any more, in order.
    """
    steps = ((at, AccessState.FULL if works else AccessState.LAPSED) for at, works in history)
    return Grant(GrantKind.STAFF, tuple(steps))


def by_first_meeting(noted_at: datetime | None) -> Grant:
    """Return what everybody is given: all is open until some days after their first meeting.

    Args:
        noted_at: when it was noted that somebody attended a meeting for the first time; ``None``
            for whoever never did.
    """
    over = () if noted_at is None else ((first_meeting_ends_at(noted_at), AccessState.LAPSED),)
    return Grant(GrantKind.FIRST_MEETING, ((EARLIEST, AccessState.FULL), *over))


def first_meeting_ends_at(noted_at: datetime) -> datetime:
    """Return until when a first meeting keeps everything open."""
    return noted_at + timedelta(days=FIRST_MEETING_DAYS)


def by_open_house() -> Grant:
    """Return what a house grants that takes no dues."""
    return Grant(GrantKind.OPEN_HOUSE, ((EARLIEST, AccessState.FULL),))


def _steps_of(membership: Membership) -> Steps:
    return tuple((at, OF_MEMBERSHIP[state]) for at, state in membership.history)
