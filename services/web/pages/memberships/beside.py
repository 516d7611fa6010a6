"""What somebody has beside dues of their own, so that nobody pays twice without being told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from domain.access.holdings import Holdings
from domain.access.table import AccessState
from domain.memberships.membership import Membership
from domain.memberships.rules import LIVE, Wish
from domain.memberships.standings import MembershipState
from services.access.reading import holdings_of
from services.dispatch import Work
from services.house import House
from services.memberships.checkouts import find_membership, percent_carried


@dataclass(frozen=True, slots=True)
class Beside:
    """What lets somebody take part, beside dues of their own.

    Attributes:
        given: whether a seat, a gift, a scholarship or their work lets them take part anyhow.
        first_is_free: whether their free first meeting is still before them.
    """

    given: bool
    first_is_free: bool


async def beside(house: House, person_id: UUID) -> Beside:
    """Return what lets a person take part, whatever becomes of their own dues."""
    work = Work(house.store, uuid5(person_id, "beside"))
    holdings = await holdings_of(work, person_id, takes_dues=house.takes_dues)
    return Beside(
        given=_is_given(holdings, house.clock.now()),
        first_is_free=holdings.first_meeting_at is None,
    )


async def is_charged(house: House, person_id: UUID) -> bool:
    """Tell whether dues of their own go on until they say otherwise."""
    membership = await find_membership(house, person_id)
    if membership is None or await percent_carried(house, person_id) == 100:  # noqa: PLR2004 - all
        return False
    return goes_on(membership)


def goes_on(membership: Membership) -> bool:
    """Tell whether dues are charged again: they run, do not rest, and no end was asked for."""
    return (
        membership.state in LIVE
        and membership.state is not MembershipState.ON_LEAVE
        and membership.ends_at is None
        and not membership.can_begin
        and Wish.CANCEL not in membership.wishes
    )


def _is_given(holdings: Holdings, at: datetime) -> bool:
    return holdings.without_own_dues().state_at(at) is AccessState.FULL
