"""Orders about seats, scholarships, their fund and gifts, and who may give them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.access.holdings import Holdings
from domain.access.table import AccessState
from domain.memberships.funds import Fund
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Scholarship, Tier, scholarship_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.values import Money
from services.memberships.commands import ObserveSubscription, RequestMembership
from services.memberships.gifts import GiveMonths, RedeemGift
from services.memberships.scholarship_wishes import part_of
from services.memberships.scholarships import (
    ApplyForScholarship,
    EndScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
    RenewScholarship,
    TickScholarship,
)
from services.money.billing import OpenPractice
from services.practices.commands import (
    AcceptSeat,
    AskForSeats,
    FreezeSeat,
    NameSeatManager,
    OfferSeat,
    ReleaseSeat,
    RelieveSeatManager,
    ThawSeat,
    WithdrawSeatOffer,
)
from tests.support.billing import FUND, GIFT, MONTHLY, PRACTICE, active, day, ended
from tests.support.house import SmallHouse

SEATS = [UUID(int=n) for n in range(750, 753)]
PRACTICES_OWN = membership_id(billing_account_id(PRACTICE), PRACTICE)
YEARLY = Money(24_000, "EUR")


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    return house


@pytest.fixture
async def practice(house: SmallHouse) -> dict[str, Any]:
    """Let Joy's practice pay for two seats; return what every order about them names."""
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    begin = RequestMembership(
        payer_kind=PayerKind.PRACTICE, payer_id=PRACTICE, plan=MONTHLY, by=house.joy
    )
    await house.do(begin)
    look = active(0, quantity=2)
    await house.do(ObserveSubscription(membership_id=PRACTICES_OWN, observation=look))
    return {"practice_id": PRACTICE, "by": house.joy}


async def pool_of(house: SmallHouse) -> SeatPool:
    return await house.known(SeatPool, seat_pool_id(PRACTICE))


async def test_a_seat_is_offered_taken_and_gives_access(
    house: SmallHouse, practice: dict[str, Any]
) -> None:
    await house.do(OfferSeat(seat_id=SEATS[0], **practice))
    mine: dict[str, Any] = {"practice_id": PRACTICE, "seat_id": SEATS[0], "by": house.ana}
    stolen = AcceptSeat(member_id=house.bo, **mine)
    assert (await house.refused(stolen)).code == "seat_pool.own_seat_only"
    await house.do(AcceptSeat(member_id=house.ana, **mine))
    seats = [(await pool_of(house), await house.known(Membership, PRACTICES_OWN))]
    access = Holdings(member_id=house.ana, seats=seats).access()
    assert access.state_at(day(1)) is AccessState.FULL


async def test_seats_are_frozen_thawed_and_released_by_those_who_may(
    house: SmallHouse, practice: dict[str, Any]
) -> None:
    for seat_id, who in zip(SEATS, (house.ana, house.bo), strict=False):
        await house.do(OfferSeat(seat_id=seat_id, **practice))
        taken = AcceptSeat(practice_id=PRACTICE, seat_id=seat_id, member_id=who, by=who)
        await house.do(taken)
    own: dict[str, Any] = {"practice_id": PRACTICE, "member_id": house.ana}
    await house.do(FreezeSeat(by=house.ana, **own))
    await house.do(ThawSeat(by=house.joy, **own))
    for order in (FreezeSeat, ThawSeat, ReleaseSeat):
        assert (await house.refused(order(by=house.bo, **own))).code == "seat_pool.managers_only"
    await house.do(ReleaseSeat(by=house.joy, **own))
    assert (await pool_of(house)).seated() == [house.bo]


@pytest.mark.parametrize(
    ("why", "kept"), [("payment_failed", True), ("cancellation_requested", False)]
)
async def test_seats_outlast_stripes_patience_as_their_practices_days_of_grace_do(
    house: SmallHouse, practice: dict[str, Any], why: str, *, kept: bool
) -> None:
    await house.do(OfferSeat(seat_id=SEATS[0], **practice))
    taken = AcceptSeat(practice_id=PRACTICE, seat_id=SEATS[0], member_id=house.ana, by=house.ana)
    await house.do(taken)
    house.clock.at = day(60)
    look = ended(60, why, quantity=2, unpaid_since=day(44) if kept else None)
    await house.do(ObserveSubscription(membership_id=PRACTICES_OWN, observation=look))
    seats = [(await pool_of(house), await house.known(Membership, PRACTICES_OWN))]
    access = Holdings(member_id=house.ana, seats=seats).access()
    state = AccessState.NARROWED if kept else AccessState.LAPSED
    assert access.state_at(day(60)) is state
    assert ((await pool_of(house)).seated() == [house.ana]) is kept


async def test_the_number_of_seats_changes_with_the_renewal_or_at_once(
    house: SmallHouse, practice: dict[str, Any]
) -> None:
    await house.do(AskForSeats(count=1, **practice))
    assert (await pool_of(house)).scheduled == (1, day(44))
    await house.do(AskForSeats(count=4, **practice))
    assert (await pool_of(house)).count_due(day(0)) == 4


async def test_seats_wait_for_the_practices_membership(house: SmallHouse) -> None:
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    begin = RequestMembership(
        payer_kind=PayerKind.PRACTICE, payer_id=PRACTICE, plan=MONTHLY, by=house.joy
    )
    await house.do(begin)
    early = AskForSeats(practice_id=PRACTICE, count=3, by=house.joy)
    assert (await house.refused(early)).code == "membership.not_live"


async def test_offers_are_withdrawn_and_care_of_the_seats_is_handed_on(
    house: SmallHouse, practice: dict[str, Any]
) -> None:
    await house.do(OfferSeat(seat_id=SEATS[0], **practice))
    await house.do(NameSeatManager(member_id=house.bo, **practice))
    await house.do(RelieveSeatManager(practice_id=PRACTICE, member_id=house.joy, by=house.bo))
    late = WithdrawSeatOffer(seat_id=SEATS[0], **practice)
    assert (await house.refused(late)).code == "seat_pool.managers_only"
    await house.do(WithdrawSeatOffer(practice_id=PRACTICE, seat_id=SEATS[0], by=house.bo))
    pool = await pool_of(house)
    assert (pool.managers, pool.offers) == ({house.bo}, {})


async def fund_with(house: SmallHouse, cents: int) -> None:
    opened = OpenFund(fund_id=FUND, name="Lamp fund", currency="EUR", by=house.admin)
    await house.do(opened)
    await house.do(FeedFund(fund_id=FUND, key="pi_1", amount=Money(cents, "EUR")))


def grant(house: SmallHouse, percent: Tier = Tier.FULL) -> GrantScholarship:
    return GrantScholarship(member_id=house.ana, percent=percent, fund_id=FUND, amount=YEARLY)


async def test_a_scholarship_is_asked_for_granted_renewed_and_given_up_by_its_holder(
    house: SmallHouse,
) -> None:
    await fund_with(house, 60_000)
    own: dict[str, Any] = {"member_id": house.ana, "by": house.ana}
    await house.do(ApplyForScholarship(tier=Tier.HALF, **own))
    await house.do(ApplyForScholarship(tier=Tier.FULL, **own))
    await house.do(grant(house))
    house.clock.at = day(350)
    await house.do(RenewScholarship(amount=YEARLY, **own))
    fund = await house.known(Fund, FUND)
    assert (fund.balance, fund.figures(day(1)).scholarships) == (Money(12_000, "EUR"), 1)
    await house.do(EndScholarship(**own))
    scholarship = await house.known(Scholarship, scholarship_id(house.ana))
    assert scholarship.percent is None
    assert (await house.refused(RenewScholarship(amount=YEARLY, **own))).code == (
        "scholarship.not_running"
    )


async def test_a_month_is_carried_once_however_often_its_tier_was_changed(
    house: SmallHouse,
) -> None:
    await fund_with(house, 60_000)
    own: dict[str, Any] = {"member_id": house.ana, "by": house.ana}
    for minute, tier in enumerate((Tier.QUARTER, Tier.HALF, Tier.THREE_QUARTERS, Tier.QUARTER)):
        house.clock.at = day(0) + timedelta(minutes=minute)
        await house.do(ApplyForScholarship(tier=tier, **own))
        amount = part_of(YEARLY, tier)
        await house.do(
            GrantScholarship(member_id=house.ana, percent=tier, fund_id=FUND, amount=amount)
        )
    house.clock.at += timedelta(minutes=1)
    await house.do(EndScholarship(**own))
    figures = (await house.known(Fund, FUND)).figures(house.clock.at)
    assert figures.scholarships == 0
    widest = part_of(YEARLY, Tier.THREE_QUARTERS).cents // 12
    assert figures.promised == Money(widest, "EUR")


async def test_who_ends_a_year_that_was_renewed_early_frees_both_years(house: SmallHouse) -> None:
    await fund_with(house, 60_000)
    own: dict[str, Any] = {"member_id": house.ana, "by": house.ana}
    await house.do(ApplyForScholarship(tier=Tier.FULL, **own))
    await house.do(grant(house))
    house.clock.at = day(310)  # nearly two months before the end of its year
    await house.do(RenewScholarship(amount=YEARLY, **own))
    await house.do(EndScholarship(**own))
    figures = (await house.known(Fund, FUND)).figures(house.clock.at)
    assert (figures.promised, figures.scholarships) == (Money(22_000, "EUR"), 0)


async def test_an_empty_fund_grants_nothing_and_the_asking_is_kept(house: SmallHouse) -> None:
    await fund_with(house, 23_999)
    await house.do(ApplyForScholarship(member_id=house.ana, tier=Tier.FULL, by=house.ana))
    assert (await house.refused(grant(house))).code == "fund.too_low"
    scholarship = await house.known(Scholarship, scholarship_id(house.ana))
    assert (scholarship.asked, scholarship.percent) == (Tier.FULL, None)


async def test_a_scholarship_ends_when_nobody_answers(house: SmallHouse) -> None:
    await fund_with(house, 60_000)
    await house.do(ApplyForScholarship(member_id=house.ana, tier=Tier.FULL, by=house.ana))
    await house.do(grant(house))
    house.clock.at = day(365) + timedelta(days=30)
    await house.do(TickScholarship(member_id=house.ana))
    scholarship = await house.known(Scholarship, scholarship_id(house.ana))
    assert scholarship.until is None


async def test_nobody_asks_renews_or_ends_for_somebody_else(house: SmallHouse) -> None:
    other: dict[str, Any] = {"member_id": house.ana, "by": house.admin}
    orders = [
        ApplyForScholarship(tier=Tier.HALF, **other),
        RenewScholarship(amount=YEARLY, **other),
        EndScholarship(**other),
    ]
    assert {(await house.refused(each)).code for each in orders} == {"scholarship.own_only"}
    fund = OpenFund(fund_id=FUND, name="Lamp fund", currency="EUR", by=house.ana)
    assert (await house.refused(fund)).code == "not_allowed"


async def test_gift_months_are_taken_once(house: SmallHouse) -> None:
    await house.do(GiveMonths(gift_id=GIFT, months=3, giver_id=house.bo))
    await house.do(RedeemGift(gift_id=GIFT, member_id=house.ana, by=house.ana))
    late = RedeemGift(gift_id=GIFT, member_id=house.eve, by=house.eve)
    assert (await house.refused(late)).code == "gift.spent"
    gift = await house.known(Gift, GIFT)
    access = Holdings(member_id=house.ana, gifts=[gift]).access()
    assert access.state_at(day(1)) is AccessState.FULL
