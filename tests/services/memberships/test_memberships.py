"""Orders about memberships, and who may give them; Stripe's side is a look that a test makes up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.memberships.membership import Membership
from domain.memberships.rules import Wish, membership_id
from domain.memberships.standings import MembershipState, Question
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.money.facts import MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.orders import (
    ChangePlan,
    EndNow,
    EndWithPeriod,
    ExpireCheckout,
    PauseDues,
    PaymentOrder,
    ResumeDues,
    decoded,
)
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.memberships.commands import (
    AskForLeave,
    AskForPlan,
    AskToCancel,
    AskToReturn,
    GiveUpWish,
    NoteCheckout,
    ObserveSubscription,
    RequestMembership,
    TickMembership,
    WithdrawCancellation,
)
from services.money.billing import LinkCustomer, NoteMoney, OpenPractice
from tests.support.billing import (
    ANNUAL,
    CUSTOMER,
    MONTHLY,
    SUBSCRIPTION,
    active,
    day,
    ended,
    fact,
    paused,
    unpaid,
)
from tests.support.house import SmallHouse

PRACTICE = UUID(int=700)


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    return house


def request(house: SmallHouse, **changes: Any) -> RequestMembership:
    values: dict[str, Any] = {
        "payer_kind": PayerKind.PERSON,
        "payer_id": house.ana,
        "plan": MONTHLY,
        "by": house.ana,
    } | changes
    return RequestMembership(**values)


async def begun(house: SmallHouse) -> UUID:
    """Return Ana's membership, paid for."""
    await house.do(request(house))
    own = membership_id(billing_account_id(house.ana), house.ana)
    await house.do(ObserveSubscription(membership_id=own, observation=active(0)))
    return own


async def test_asking_to_take_part_opens_an_account_and_asking_again_changes_nothing(
    house: SmallHouse,
) -> None:
    for _ in range(2):
        await house.do(request(house))
    account = await house.known(BillingAccount, billing_account_id(house.ana))
    membership = await house.known(Membership, membership_id(account.id, house.ana))
    assert (account.version, membership.version) == (1, 1)


async def test_nobody_asks_in_somebody_elses_name(house: SmallHouse) -> None:
    assert (await house.refused(request(house, by=house.bo))).code == "billing_account.payer_only"
    practice = request(house, payer_kind=PayerKind.PRACTICE, payer_id=PRACTICE)
    assert (await house.refused(practice)).code == "not_found"
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    assert (await house.refused(practice)).code == "billing_account.payer_only"


async def test_a_look_at_stripe_begins_a_membership_and_another_customers_is_a_question(
    house: SmallHouse,
) -> None:
    own = await begun(house)
    account = await house.known(BillingAccount, billing_account_id(house.ana))
    membership = await house.known(Membership, own)
    assert (account.customer_id, membership.state) == (CUSTOMER, MembershipState.ACTIVE)
    foreign = active(1, customer_id="cus_x", subscription_id="sub_x")
    for _ in range(2):
        await house.do(ObserveSubscription(membership_id=own, observation=foreign))
    asked = await house.known(Membership, own)
    assert asked.questions == {"sub_x": (Question(about="customer", said="cus_x"), day(1))}
    assert asked.seen == membership.seen
    assert asked.version == membership.version + 1
    link = LinkCustomer(account_id=account.id, customer_id=CUSTOMER)
    await house.do(link)
    assert (await house.known(BillingAccount, account.id)).version == account.version


async def test_time_narrows_and_ends_what_stays_unpaid(house: SmallHouse) -> None:
    own = await begun(house)
    late = ObserveSubscription(membership_id=own, observation=unpaid(44, since=44))
    house.clock.at = day(44)
    await house.do(late)
    states = []
    for days in (13, 14, 45):
        house.clock.at = day(44) + timedelta(days=days)
        await house.do(TickMembership(membership_id=own))
        states.append((await house.known(Membership, own)).state)
    assert states == [MembershipState.GRACE, MembershipState.NARROWED, MembershipState.LAPSED]


async def test_wishes_are_kept_until_stripe_has_done_them(house: SmallHouse) -> None:
    own = await begun(house)
    own_and_by: dict[str, Any] = {"membership_id": own, "by": house.ana}
    await house.do(AskForPlan(plan=ANNUAL, **own_and_by))
    await house.do(GiveUpWish(membership_id=own, wish=Wish.PLAN, why="card_declined"))
    await house.do(AskToCancel(reason="A journey.", **own_and_by))
    await house.do(WithdrawCancellation(**own_and_by))
    await house.do(AskForLeave(**own_and_by))
    await house.do(ObserveSubscription(membership_id=own, observation=paused(1)))
    await house.do(AskToReturn(**own_and_by))
    membership = await house.known(Membership, own)
    assert membership.state is MembershipState.ON_LEAVE
    assert set(membership.wishes) == {Wish.RETURN}


@pytest.mark.parametrize(
    ("order", "values"),
    [
        (AskForLeave, {}),
        (AskToReturn, {}),
        (AskForPlan, {"plan": ANNUAL}),
        (AskToCancel, {"reason": None}),
        (WithdrawCancellation, {}),
    ],
)
async def test_a_membership_is_its_owners_to_change(
    house: SmallHouse, order: Any, values: dict[str, Any]
) -> None:
    own = await begun(house)
    meddling = order(membership_id=own, by=house.eve, **values)
    assert (await house.refused(meddling)).code == "membership.not_yours"


async def test_a_practices_seats_follow_what_is_paid_for(house: SmallHouse) -> None:
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    practice: dict[str, Any] = {"payer_kind": PayerKind.PRACTICE, "payer_id": PRACTICE}
    await house.do(request(house, by=house.joy, **practice))
    own = membership_id(billing_account_id(PRACTICE), PRACTICE)
    for seen, seats in ((2, 5), (1, 3)):
        look = active(seen, quantity=seats)
        await house.do(ObserveSubscription(membership_id=own, observation=look))
    assert (await house.known(SeatPool, seat_pool_id(PRACTICE))).bought == 5
    await house.do(AskForLeave(membership_id=own, by=house.joy))
    assert Wish.LEAVE in (await house.known(Membership, own)).wishes


async def test_a_practice_is_begun_once(house: SmallHouse) -> None:
    begin = OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy)
    await house.do(begin)
    assert (await house.refused(begin)).code == "already_exists"


async def test_a_checkout_is_remembered_and_refused_to_whoever_takes_part(
    house: SmallHouse,
) -> None:
    await house.do(request(house))
    own = membership_id(billing_account_id(house.ana), house.ana)
    opened = NoteCheckout(membership_id=own, session_id="cs_1", plan=MONTHLY, expires_at=day(1))
    await house.do(opened)
    assert (await house.known(Membership, own)).checkout == ("cs_1", day(1))
    await house.do(ObserveSubscription(membership_id=own, observation=active(0)))
    assert (await house.refused(opened)).code == "membership.already_taking_part"


async def test_a_money_fact_is_noted_once_whoever_brings_it(house: SmallHouse) -> None:
    await begun(house)
    account_id = billing_account_id(house.ana)
    for source in ("evt_1", "evt_2"):
        paid = fact("in_1", source_event_id=source)
        await house.do(NoteMoney(account_id=account_id, kind=MoneyKind.INVOICE_PAID, fact=paid))
    ledger = await house.known(MoneyLedger, money_ledger_id(account_id))
    assert list(ledger.lines) == ["in_1/paid"]
    assert ledger.version == 2


async def ordered(house: SmallHouse) -> list[PaymentOrder]:
    """Return what Stripe is to be told, oldest first."""
    return [decoded(each.payload) for each in house.effects("payment_order")]


async def test_what_is_asked_for_is_ordered_with_the_event(house: SmallHouse) -> None:
    own = await begun(house)
    by = house.ana
    for command in (
        AskForLeave(membership_id=own, by=by),
        AskForLeave(membership_id=own, by=by),  # asking twice is one fact, and one order
        AskToReturn(membership_id=own, by=by),
        AskForPlan(membership_id=own, plan=ANNUAL, by=by),
        AskToCancel(membership_id=own, reason=None, by=by),
        WithdrawCancellation(membership_id=own, by=by),
    ):
        await house.do(command)
    assert await ordered(house) == [
        PauseDues(own, SUBSCRIPTION),
        ResumeDues(own, SUBSCRIPTION, at_no_cost=True),
        ChangePlan(own, SUBSCRIPTION, ANNUAL),
        EndWithPeriod(own, SUBSCRIPTION, ends=True),
        EndWithPeriod(own, SUBSCRIPTION, ends=False),
    ]


async def test_a_second_subscription_is_ended_and_paid_back_once(house: SmallHouse) -> None:
    own = await begun(house)
    for seen in (1, 2):
        second = active(seen, subscription_id="sub_2", began=1)
        await house.do(ObserveSubscription(membership_id=own, observation=second))
    assert await ordered(house) == [EndNow(own, "sub_2", pay_back=True)]


async def test_who_lapses_unpaid_is_not_charged_again_unless_stripe_has_ended_it(
    house: SmallHouse,
) -> None:
    own = await begun(house)
    late = unpaid(44, since=44)
    house.clock.at = day(44)
    await house.do(ObserveSubscription(membership_id=own, observation=late))
    house.clock.at = day(44 + 45)
    await house.do(TickMembership(membership_id=own))
    assert await ordered(house) == [EndNow(own, SUBSCRIPTION, pay_back=False)]


async def test_what_stripe_has_ended_is_not_ended_again(house: SmallHouse) -> None:
    own = await begun(house)
    over = ended(60, "payment_failed", unpaid_since=day(44))
    house.clock.at = day(60)
    await house.do(ObserveSubscription(membership_id=own, observation=over))
    house.clock.at = day(44 + 45)
    await house.do(TickMembership(membership_id=own))
    assert (await house.known(Membership, own)).state is MembershipState.LAPSED
    assert await ordered(house) == []


async def test_the_customer_of_a_page_is_linked_at_once_and_an_older_page_is_closed(
    house: SmallHouse,
) -> None:
    await house.do(request(house))
    account_id = billing_account_id(house.ana)
    own = membership_id(account_id, house.ana)
    for session_id in ("cs_1", "cs_2"):
        page = NoteCheckout(
            membership_id=own,
            session_id=session_id,
            plan=MONTHLY,
            expires_at=day(1),
            customer_id=CUSTOMER,
        )
        await house.do(page)
    assert (await house.known(BillingAccount, account_id)).customer_id == CUSTOMER
    assert await ordered(house) == [ExpireCheckout(own, "cs_1")]
