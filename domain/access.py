"""Access: the union of all that a person was granted, each grant with an end of its own.

A grant is a line through time: from when it stood how. Access at a moment is the widest of all
grants, so that none revives another and none takes from another. Whoever could attend or facilitate
at any time in the last 24 hours still can: nobody is thrown out of tonight's group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.access_table import (
    SEAT_KEPT_DAYS,
    AccessState,
    Action,
    Answer,
    may,
    narrowest,
    widest,
)
from domain.errors import NotAllowed
from domain.gifts import Gift
from domain.memberships import Membership
from domain.scholarships import ANSWER_DAYS, Scholarship, Tier
from domain.seat_events import SeatState
from domain.seat_pools import SeatPool
from domain.standings import MembershipState

TONIGHT: Final = timedelta(hours=24)
_KEPT_TONIGHT: Final = frozenset({Action.ATTEND_OWN_GROUPS, Action.FACILITATE_BOOKED})

Steps = tuple[tuple[datetime, AccessState], ...]


class AccessNeeded(NotAllowed):
    """What somebody wants to do is not open to them at the moment."""

    code = "access.membership_needed"


class GrantKind(StrEnum):
    """What access can come from."""

    MEMBERSHIP = "membership"
    SEAT = "seat"
    SCHOLARSHIP = "scholarship"
    GIFT = "gift"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Grant:
    """One reason for access, through time.

    Attributes:
        kind: what it comes from.
        steps: from when it stood how, in order; before the first it is not there.
    """

    kind: GrantKind
    steps: Steps

    def state_at(self, at: datetime) -> AccessState:
        """Return how it stood at a moment."""
        return _state_at(self.steps, at)


@dataclass(frozen=True, slots=True)
class Access:
    """All that one person was granted."""

    grants: tuple[Grant, ...]

    def state_at(self, at: datetime) -> AccessState:
        """Return the widest state that any grant gives at a moment."""
        return widest([each.state_at(at) for each in self.grants])

    def since(self, at: datetime) -> datetime | None:
        """Return from when the state of a moment has stood without a break, if it ever began.

        "Already booked" means booked before then.
        """
        began = None
        for moment in sorted({each for grant in self.grants for each, _ in grant.steps}):
            if moment <= at and (
                began is None or self.state_at(moment) is not self.state_at(began)
            ):
                began = moment
        return began

    def may(self, action: Action, at: datetime) -> Answer:
        """Return what the person may do at a moment.

        Whoever could attend or facilitate at any time in the last 24 hours still can.
        """
        answer = may(action, self.state_at(at))
        if action in _KEPT_TONIGHT:
            for state in self._states_since(at - TONIGHT, at):
                answer = answer.wider(may(action, state))
        return answer

    def require(self, action: Action, at: datetime) -> Answer:
        """Return what the person may do, if it is anything.

        Raises:
            AccessNeeded: nothing of it is open to them.
        """
        answer = self.may(action, at)
        if not answer.allows:
            raise AccessNeeded(
                "This is not open to you at the moment; on your membership page you see why, "
                "and how to open it. Your hours and papers stay yours.",
                action=action.value,
            )
        return answer

    def keeps_seat(self, at: datetime) -> bool:
        """Tell whether the person's place in their groups is kept at a moment.

        It is kept for everybody but those who have lapsed for 30 days.
        """
        return any(
            state is not AccessState.LAPSED
            for state in self._states_since(at - timedelta(days=SEAT_KEPT_DAYS), at)
        )

    def seen_by_peers(self, at: datetime) -> str:
        """Return all that a group ever learns: ``here`` or ``away``, never why."""
        return "here" if self.may(Action.ATTEND_OWN_GROUPS, at).allows else "away"

    def _states_since(self, earlier: datetime, at: datetime) -> set[AccessState]:
        """Return every state that stood at some time after *earlier*, up to *at*."""
        changes = {moment for each in self.grants for moment, _ in each.steps}
        return {self.state_at(each) for each in {earlier, at, *changes} if earlier <= each <= at}


_OF_MEMBERSHIP: Final[Mapping[MembershipState, AccessState]] = MappingProxyType(
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
_OF_SEAT: Final[Mapping[SeatState, AccessState]] = MappingProxyType(
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
    held = tuple((at, _OF_SEAT[state]) for at, state in seat.history) if seat else ()
    paid = _steps_of(practice)
    changes = sorted({at for at, _ in (*held, *paid)})
    steps = ((at, narrowest(_state_at(held, at), _state_at(paid, at))) for at in changes)
    return Grant(GrantKind.SEAT, tuple(steps))


def by_scholarship(scholarship: Scholarship) -> Grant:
    """Return what a scholarship grants by itself; only one that carries all dues does."""
    steps = [
        (at, AccessState.FULL if tier is Tier.FULL else AccessState.LAPSED)
        for at, tier in scholarship.history
    ]
    if scholarship.until is not None:
        steps.append((scholarship.until + timedelta(days=ANSWER_DAYS), AccessState.LAPSED))
    return Grant(GrantKind.SCHOLARSHIP, tuple(steps))


def by_gift(gift: Gift) -> Grant:
    """Return what gift months grant to whoever took them; nothing before."""
    if gift.redeemed is None:
        return Grant(GrantKind.GIFT, ())
    _, since, until = gift.redeemed
    return Grant(GrantKind.GIFT, ((since, AccessState.FULL), (until, AccessState.LAPSED)))


def by_staff(since: datetime, until: datetime | None = None) -> Grant:
    """Return what working for the house grants."""
    end = () if until is None else ((until, AccessState.LAPSED),)
    return Grant(GrantKind.STAFF, ((since, AccessState.FULL), *end))


def access_of(grants: Iterable[Grant]) -> Access:
    """Return what all grants of a person come to."""
    return Access(tuple(grants))


def _steps_of(membership: Membership) -> Steps:
    return tuple((at, _OF_MEMBERSHIP[state]) for at, state in membership.history)


def _state_at(steps: Steps, at: datetime) -> AccessState:
    past = [state for since, state in steps if since <= at]
    return past[-1] if past else AccessState.LAPSED
