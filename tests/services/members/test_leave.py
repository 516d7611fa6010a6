"""One leave: of the dues and in groups, whoever says it where, and also when dues begin later."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.memberships.observations import Observation
from domain.memberships.rules import Wish, own_membership_id
from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import PayerKind
from services.members.commands import ComeBack, TakeLeave
from services.memberships.commands import AskForLeave, ObserveSubscription, RequestMembership
from services.memberships.gifts import GiveMonths, RedeemGift
from tests.support.billing import GIFT, MONTHLY, active, day, paused, trialing, unpaid
from tests.support.house import SmallHouse

HELD_UP = {
    "trial": [trialing(0, until=2)],
    "missing payment": [active(0), unpaid(1, since=1)],
}


@pytest.fixture
async def house() -> SmallHouse:
    """Ana asked for a membership, and never came to a meeting."""
    house = SmallHouse(takes_dues=True)
    await house.people()
    house.clock.at = day(0)
    await house.do(
        RequestMembership(
            payer_kind=PayerKind.PERSON, payer_id=house.ana, plan=MONTHLY, by=house.ana
        )
    )
    return house


async def look(house: SmallHouse, *seen: Observation) -> None:
    own = own_membership_id(house.ana)
    for each in seen:
        house.clock.at = max(house.clock.at, each.observed_at)
        await house.do(ObserveSubscription(membership_id=own, observation=each))
        await house.settle()


async def membership(house: SmallHouse) -> Membership:
    return await house.known(Membership, own_membership_id(house.ana))


async def is_away(house: SmallHouse) -> bool:
    return (await house.known(Member, house.ana)).on_leave


async def take(house: SmallHouse, person: UUID) -> None:
    await house.do(TakeLeave(member_id=person))
    await house.settle()


async def test_a_pause_of_the_dues_is_a_leave_once_it_begins_and_until_it_ends(
    house: SmallHouse,
) -> None:
    await look(house, active(0))
    await house.do(AskForLeave(membership_id=own_membership_id(house.ana), by=house.ana))
    await house.settle()
    assert not await is_away(house), "asked for is not so"
    await look(house, paused(1))
    assert await is_away(house), "also for whoever never came to a meeting"
    await look(house, active(2))
    assert not await is_away(house)


async def test_a_leave_asks_for_a_pause_and_coming_back_for_its_end(house: SmallHouse) -> None:
    await look(house, active(0))
    await take(house, house.ana)
    assert Wish.LEAVE in (await membership(house)).wishes
    await look(house, paused(1))
    await house.do(ComeBack(member_id=house.ana))
    await house.settle()
    assert Wish.RETURN in (await membership(house)).wishes


async def test_whoever_takes_part_by_something_else_is_not_away(house: SmallHouse) -> None:
    await house.do(GiveMonths(gift_id=GIFT, months=1, giver_id=None))
    await house.do(RedeemGift(gift_id=GIFT, member_id=house.ana, by=house.ana))
    await look(house, active(0), paused(1))
    assert (await membership(house)).state is MembershipState.ON_LEAVE
    assert not await is_away(house)


@pytest.mark.parametrize("held_up", HELD_UP)
async def test_dues_that_could_not_be_paused_before_are_paused_when_they_begin_or_are_mended(
    house: SmallHouse, held_up: str
) -> None:
    await look(house, *HELD_UP[held_up])
    await take(house, house.ana)
    assert Wish.LEAVE not in (await membership(house)).wishes
    await look(house, active(3))
    assert Wish.LEAVE in (await membership(house)).wishes
    assert house.refusals() == []


async def test_whoever_begins_while_away_pays_as_they_asked(house: SmallHouse) -> None:
    await take(house, house.ana)
    await look(house, active(1))
    assert (await membership(house)).wishes == {}
