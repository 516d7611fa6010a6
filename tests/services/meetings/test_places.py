"""What becomes of places and leads when access ends, and of leaves on either side."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.access.table import AccessState
from domain.groups.group import PeerGroup
from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.memberships.rules import Wish
from domain.memberships.standings import MembershipState
from services.groups.places import FreePlace, HandOverGroup, HandOverMeeting
from services.members.commands import ComeBack, TakeLeave
from services.memberships.commands import AskForLeave
from services.memberships.gifts import GiveMonths, RedeemGift
from tests.support.builders import SIX_PM
from tests.support.dues import Dues
from tests.support.evenings import DAYS, Evening, an_evening, pays, planned, stands
from tests.support.house import SmallHouse


@pytest.fixture
def house() -> SmallHouse:
    return SmallHouse(takes_dues=True)


async def members(house: SmallHouse, group_id: UUID) -> list[UUID]:
    return (await house.known(PeerGroup, group_id)).members()


async def leads(house: SmallHouse, evening: Evening) -> tuple[UUID, UUID]:
    """Return who leads Ana's group, and its meeting of tonight."""
    group = await house.known(PeerGroup, evening.own_group)
    return group.facilitator_id, (await house.meeting(evening.own)).facilitator_id


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
async def test_a_place_is_kept_for_thirty_days_and_then_freed_without_a_word(
    house: SmallHouse, days: int, *, kept: bool
) -> None:
    await an_evening(house, AccessState.LAPSED, since=days)
    await house.do(FreePlace(group_id=house.group, member_id=house.ana))
    assert (house.ana in await members(house, house.group)) == kept
    if not kept:
        event = (await house.memory.load(house.group))[-1]
        assert (event.TOPIC, event.originator_id) == ("peerhour.group.member_left", house.group)


async def test_a_place_is_kept_for_whoever_is_on_leave_and_for_who_came_back(
    house: SmallHouse,
) -> None:
    await an_evening(house, AccessState.ON_LEAVE, since=40)
    await house.do(FreePlace(group_id=house.group, member_id=house.ana))
    assert house.ana in await members(house, house.group)


async def test_whoever_comes_back_in_time_keeps_their_place(house: SmallHouse) -> None:
    evening = await an_evening(house, AccessState.LAPSED, since=40)
    await evening.dues.look(subscription_id="sub_again", period_end_at=SIX_PM + 400 * DAYS)
    await house.do(FreePlace(group_id=house.group, member_id=house.ana))
    assert house.ana in await members(house, house.group)


@pytest.mark.parametrize("state", [AccessState.ON_LEAVE, AccessState.LAPSED])
async def test_a_group_and_its_planned_hours_pass_to_somebody_who_can_lead(
    house: SmallHouse, state: AccessState
) -> None:
    evening = await an_evening(house, state)
    house.clock.at = SIX_PM - DAYS
    await house.do(HandOverGroup(group_id=evening.own_group))
    await house.do(HandOverMeeting(meeting_id=evening.own))
    assert await leads(house, evening) == (house.bo, house.bo)


@pytest.mark.parametrize("state", [AccessState.FULL, AccessState.GRACE, AccessState.NARROWED])
async def test_nothing_is_taken_from_whoever_can_lead(
    house: SmallHouse, state: AccessState
) -> None:
    evening = await an_evening(house, state)
    house.clock.at = SIX_PM - DAYS
    await house.do(HandOverGroup(group_id=evening.own_group))
    await house.do(HandOverMeeting(meeting_id=evening.own))
    assert await leads(house, evening) == (house.ana, house.ana)


async def test_where_nobody_can_lead_the_group_waits(house: SmallHouse) -> None:
    evening = await an_evening(house, AccessState.LAPSED, since=10)
    bo = Dues(house, house.bo, f"cus_{house.bo.hex[:8]}")
    house.clock.at = SIX_PM - 5 * DAYS
    await bo.look("canceled", ended_for="cancellation_requested")
    house.clock.at = SIX_PM - DAYS
    await house.do(HandOverGroup(group_id=evening.own_group))
    await house.do(HandOverMeeting(meeting_id=evening.own))
    assert await leads(house, evening) == (house.ana, house.ana)
    await bo.look(subscription_id="sub_again", period_end_at=SIX_PM + 400 * DAYS)
    await house.do(HandOverGroup(group_id=evening.own_group))
    assert (await leads(house, evening))[0] == house.bo


async def test_a_meeting_that_is_over_is_handed_to_nobody(house: SmallHouse) -> None:
    evening = await an_evening(house, AccessState.LAPSED)
    house.clock.at = SIX_PM + DAYS
    await house.do(HandOverMeeting(meeting_id=evening.own))
    assert (await leads(house, evening))[1] == house.ana


# One leave


async def paying(house: SmallHouse) -> Dues:
    await house.people()
    house.clock.at = SIX_PM
    return await pays(house, house.ana)


async def test_a_leave_of_the_membership_is_the_persons_and_ends_with_it(
    house: SmallHouse,
) -> None:
    dues = await after_first_meeting(house)
    await dues.ask(AskForLeave)
    await dues.look("paused", paused_for="pause_requested")
    await house.settle()
    assert (await house.known(Member, house.ana)).on_leave
    await dues.look(period_end_at=dues.now + 400 * DAYS)
    await house.settle_again()
    assert not (await house.known(Member, house.ana)).on_leave
    assert house.refusals() == []


async def test_whoever_says_on_their_own_page_that_they_pause_pays_nothing_meanwhile(
    house: SmallHouse,
) -> None:
    dues = await paying(house)
    await house.do(TakeLeave(member_id=house.ana))
    await house.settle()
    assert Wish.LEAVE in (await house.known(Membership, dues.membership_id)).wishes
    await dues.look("paused", paused_for="pause_requested")
    await house.settle()
    house.clock.move(seconds=1)
    await house.do(ComeBack(member_id=house.ana))
    await house.settle()
    membership = await house.known(Membership, dues.membership_id)
    assert set(membership.wishes) == {Wish.RETURN}
    assert house.refusals() == []


async def test_a_leave_taken_back_before_the_payments_paused_is_taken_back_there_too(
    house: SmallHouse,
) -> None:
    dues = await paying(house)
    await house.do(TakeLeave(member_id=house.ana))
    await house.settle()
    house.clock.move(seconds=1)
    await house.do(ComeBack(member_id=house.ana))
    await house.settle()
    assert Wish.LEAVE not in (await house.known(Membership, dues.membership_id)).wishes


@pytest.mark.parametrize("state", [AccessState.GRACE, AccessState.LAPSED])
async def test_a_leave_without_dues_to_pause_is_told_to_the_groups_only(
    house: SmallHouse, state: AccessState
) -> None:
    await house.people()
    dues = await stands(house, house.ana, state)
    await house.do(TakeLeave(member_id=house.ana))
    await house.do(TakeLeave(member_id=house.bo))  # who has no membership at all
    await house.settle()
    assert not (await house.known(Membership, dues.membership_id)).wishes
    assert (await house.known(Member, house.ana)).on_leave
    assert house.refusals() == []


async def test_whoever_takes_part_by_something_else_is_not_away(house: SmallHouse) -> None:
    dues = await after_first_meeting(house)
    gift_id = house.id("gift")
    await house.do(GiveMonths(gift_id=gift_id, months=3, giver_id=None))
    await house.do(RedeemGift(gift_id=gift_id, member_id=house.ana, by=house.ana))
    await dues.look("paused", paused_for="pause_requested")
    await house.settle()
    membership = await house.known(Membership, dues.membership_id)
    assert membership.state is MembershipState.ON_LEAVE
    assert not (await house.known(Member, house.ana)).on_leave


async def after_first_meeting(house: SmallHouse) -> Dues:
    """Let Ana pay whose first meeting is long over."""
    evening = await an_evening(house, AccessState.FULL)
    await house.settle()
    return evening.dues


async def test_an_hour_planned_by_an_administrator_for_somebody_away_is_led_by_who_comes(
    house: SmallHouse,
) -> None:
    evening = await an_evening(house, AccessState.LAPSED)
    meeting_id = await planned(house, evening.own_group, house.admin, "by the house", days=1)
    assert (await house.meeting(meeting_id)).facilitator_id == house.ana
    await house.do(HandOverMeeting(meeting_id=meeting_id))
    assert (await house.meeting(meeting_id)).facilitator_id == house.bo
