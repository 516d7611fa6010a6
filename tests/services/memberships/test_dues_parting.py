"""Whoever is forgotten leaves no dues, no scholarship and no seat behind, whatever comes when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.members.member import ErasureBasis
from domain.memberships.funds import Fund
from domain.memberships.membership import Membership
from domain.memberships.observations import Observation
from domain.memberships.rules import own_membership_id
from domain.memberships.scholarships import Scholarship, Tier, scholarship_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.facts import Actor, MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.orders import (
    EndNow,
    EndWithPeriod,
    ExpireCheckout,
    ForgetPayer,
    PaymentOrder,
    decoded,
)
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.values import Money
from services.members.commands import ForgetMember
from services.memberships.commands import NoteCheckout, ObserveSubscription, RequestMembership
from services.memberships.parting import PartWithDues, PartWithPractice, PartWithSupport
from services.memberships.scholarships import (
    ApplyForScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
)
from services.money.billing import NoteMoney, OpenPractice
from services.money.refunds import NoteOwnRefund
from services.payments.ordering import KIND
from services.practices.commands import AcceptSeat, NameSeatManager, OfferSeat
from tests.support.billing import CUSTOMER, FUND, MONTHLY, PRACTICE, active, day, fact, unpaid
from tests.support.house import SmallHouse

SEAT = UUID(int=760)
POOL = seat_pool_id(PRACTICE)


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    return house


async def asks(house: SmallHouse, payer: UUID, by: UUID, kind: PayerKind) -> None:
    await house.do(RequestMembership(payer_kind=kind, payer_id=payer, plan=MONTHLY, by=by))


async def looks(house: SmallHouse, payer: UUID, look: Observation) -> None:
    house.clock.at = max(house.clock.at, look.observed_at)
    await house.do(ObserveSubscription(membership_id=own_membership_id(payer), observation=look))


async def pays(house: SmallHouse, person: UUID) -> None:
    await asks(house, person, person, PayerKind.PERSON)
    await looks(house, person, active(0))
    await house.settle()


async def forget(house: SmallHouse, person: UUID) -> None:
    await house.do(ForgetMember(member_id=person, basis=ErasureBasis.OWN_REQUEST, by=person))
    await house.settle()


def orders(house: SmallHouse) -> list[PaymentOrder]:
    return [decoded(each.payload) for each in house.effects(KIND)]


async def test_dues_end_at_once_and_the_payer_is_forgotten_once(house: SmallHouse) -> None:
    await pays(house, house.ana)
    await forget(house, house.ana)
    own, account = own_membership_id(house.ana), billing_account_id(house.ana)
    ordered = [
        ForgetPayer(account, CUSTOMER),
        EndNow(own, "sub_1", pay_back=False, why="payer_forgotten"),
    ]
    assert orders(house) == ordered
    await house.settle_again()
    assert orders(house) == ordered
    assert house.refusals() == []


@pytest.mark.parametrize("look", [unpaid(2, since=1), active(2, ends=True)], ids=lambda e: e.status)
async def test_they_end_whatever_their_state(house: SmallHouse, look: Observation) -> None:
    await pays(house, house.ana)
    await looks(house, house.ana, look)
    await forget(house, house.ana)
    assert [each for each in orders(house) if isinstance(each, EndNow)] == [
        EndNow(own_membership_id(house.ana), "sub_1", pay_back=False, why="payer_forgotten")
    ]


async def test_what_is_seen_to_live_later_ends_and_is_paid_back_once(house: SmallHouse) -> None:
    await asks(house, house.ana, house.ana, PayerKind.PERSON)
    await forget(house, house.ana)
    assert orders(house) == []
    for seen in (1, 2):
        await looks(house, house.ana, active(seen))
        await house.settle()
    own, account = own_membership_id(house.ana), billing_account_id(house.ana)
    assert orders(house) == [
        EndNow(own, "sub_1", pay_back=True, why="payer_forgotten"),
        ForgetPayer(account, CUSTOMER),
    ]


async def test_an_open_page_is_closed(house: SmallHouse) -> None:
    await asks(house, house.ana, house.ana, PayerKind.PERSON)
    own = own_membership_id(house.ana)
    page: dict[str, Any] = {"membership_id": own, "session_id": "cs_1", "plan": MONTHLY}
    await house.do(NoteCheckout(expires_at=day(1), **page))
    await forget(house, house.ana)
    assert orders(house) == [ExpireCheckout(own, "cs_1")]
    assert (await house.known(Membership, own)).checkout is None


async def test_nobody_who_was_not_forgotten_loses_anything(house: SmallHouse) -> None:
    await pays(house, house.ana)
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.ana))
    head = await house.memory.head()
    await house.do(PartWithDues(account_id=billing_account_id(house.ana)))
    await house.do(PartWithSupport(member_id=house.ana))
    await house.do(PartWithPractice(pool_id=POOL, member_id=house.ana))
    assert (await house.memory.head(), house.effects("leave_practices")) == (head, [])
    assert orders(house) == []


async def test_a_scholarship_ends_and_its_fund_gets_back_what_it_does_not_need(
    house: SmallHouse,
) -> None:
    await house.do(OpenFund(fund_id=FUND, name="Lamp fund", currency="EUR", by=house.admin))
    await house.do(FeedFund(fund_id=FUND, key="pi_1", amount=Money(24_000, "EUR")))
    await house.do(ApplyForScholarship(member_id=house.ana, tier=Tier.FULL, by=house.ana))
    grant = GrantScholarship(
        member_id=house.ana, percent=Tier.FULL, fund_id=FUND, amount=Money(24_000, "EUR")
    )
    await house.do(grant)
    await forget(house, house.ana)
    scholarship = await house.known(Scholarship, scholarship_id(house.ana))
    assert scholarship.percent is None
    assert (await house.known(Fund, FUND)).balance.cents > 0
    assert (await house.refused(grant)).code == "member.forgotten"


async def practice_of(house: SmallHouse, manager: UUID) -> None:
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=manager))
    await asks(house, PRACTICE, manager, PayerKind.PRACTICE)
    await looks(house, PRACTICE, active(0, quantity=2))


async def test_a_practice_that_somebody_else_looks_after_goes_on(house: SmallHouse) -> None:
    await practice_of(house, house.joy)
    name = NameSeatManager(practice_id=PRACTICE, member_id=house.bo, by=house.joy)
    await house.do(name)
    await forget(house, house.bo)
    await house.do(PartWithPractice(pool_id=POOL, member_id=house.bo))
    assert (await house.known(SeatPool, POOL)).managers == {house.joy}
    assert orders(house) == []
    await forget(house, house.joy)
    await house.do(PartWithPractice(pool_id=POOL, member_id=house.joy))
    assert (await house.known(SeatPool, POOL)).managers == set()
    assert orders(house) == [
        ForgetPayer(billing_account_id(PRACTICE), CUSTOMER),
        EndWithPeriod(own_membership_id(PRACTICE), "sub_1", ends=True),
    ]


async def test_a_seat_that_is_taken_by_somebody_forgotten_is_free_again(house: SmallHouse) -> None:
    await practice_of(house, house.joy)
    await house.do(OfferSeat(practice_id=PRACTICE, seat_id=SEAT, by=house.joy))
    await forget(house, house.ana)
    taken: dict[str, Any] = {"practice_id": PRACTICE, "seat_id": SEAT}
    await house.do(AcceptSeat(member_id=house.ana, by=house.ana, **taken))
    await house.settle()
    pool = await house.known(SeatPool, POOL)
    assert (pool.seated(), pool.free(house.clock.now())) == ([], 2)


async def test_what_the_house_pays_back_by_itself_is_its_own_order_and_no_strangers(
    house: SmallHouse,
) -> None:
    await pays(house, house.ana)
    account = billing_account_id(house.ana)
    note = NoteOwnRefund(
        membership_id=own_membership_id(house.ana),
        order_id="effect-1",
        invoice_id="in_2",
        amount=Money(1_200, "EUR"),
        reason="second_subscription",
    )
    for _ in range(2):
        await house.do(note)
    back = fact("re_1", 1_200, about="in_2", order_id="effect-1")
    await house.do(NoteMoney(account_id=account, kind=MoneyKind.REFUND_DONE, fact=back))
    lines = (await house.known(MoneyLedger, money_ledger_id(account))).lines.values()
    assert [(kind, fact.actor) for kind, fact in lines] == [
        (MoneyKind.REFUND_ASKED, Actor.SYSTEM),
        (MoneyKind.REFUND_DONE, Actor.STRIPE),
    ]
    assert orders(house) == [], "it is being carried out already"
