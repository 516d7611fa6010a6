"""Questions to the view ``memberships``, about what was told in the story of dues."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from domain.members.member import ErasureBasis
from domain.memberships.membership import Membership
from domain.memberships.rules import Wish
from domain.money.facts import MoneyKind
from infra.database import ConnectKwargs
from projections.memberships import queries as memberships
from projections.memberships.queries import MembershipRow
from services.members.commands import ForgetMember
from services.memberships.commands import (
    AskForLeave,
    AskForPlan,
    AskToCancel,
    AskToReturn,
    TickMembership,
    WithdrawCancellation,
)
from tests.support.dues import Dues
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

NOBODY = UUID(int=1)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


async def a_payer(house: RealHouse, name: str) -> tuple[Story, Dues]:
    """Return a story of its own in which Ana asked to take part."""
    story = house.story(name)
    await story.people("ana")
    dues = Dues(story, story.ana, f"cus_{name}")
    await dues.request()
    return story, dues


async def row_of(house: RealHouse, dues: Dues) -> MembershipRow:
    await house.drain()
    async with house.house.views() as view:
        found = await memberships.membership_of_holder(view, dues.person_id)
    assert found is not None
    return found


async def same_as_domain(house: RealHouse, story: Story, dues: Dues) -> MembershipRow:
    """Return the row, after comparing it with what the membership itself remembers."""
    row, known = await row_of(house, dues), await story.known(Membership, dues.membership_id)
    counts = known.observed
    assert row.state == known.state
    assert (row.plan, row.plan_wanted) == (known.plan, known.plan_wanted)
    assert row.has_begun is known.has_begun
    assert row.through == known.standing.through
    assert row.unpaid_since == known.standing.unpaid_since
    assert row.next_tick_at == known.next_tick_at
    assert row.ends_at == known.ends_at
    assert row.lapsed_for == (known.standing.why.value if known.standing.why else None)
    assert row.wishes == {each.value: at for each, at in known.wishes.items()}
    assert row.subscription_id == (counts.subscription_id if counts else None)
    return row


async def test_the_view_says_what_the_membership_says_at_every_step(house: RealHouse) -> None:
    story, dues = await a_payer(house, "steps")
    assert (await same_as_domain(house, story, dues)).state == "requested"
    await dues.open_page("cs_1")
    assert (await same_as_domain(house, story, dues)).checkout_session_id == "cs_1"
    await dues.look("trialing", trial_end_at=dues.now + timedelta(days=14))
    assert (await same_as_domain(house, story, dues)).state == "trial"
    await dues.look()
    await same_as_domain(house, story, dues)
    await dues.ask(AskForLeave)
    assert set((await same_as_domain(house, story, dues)).wishes) == {"leave"}
    await dues.ask(AskToReturn)
    assert set((await same_as_domain(house, story, dues)).wishes) == {"return"}
    await dues.ask(AskForLeave)
    await dues.look("paused", paused_for="pause_requested")
    assert (await same_as_domain(house, story, dues)).state == "on_leave"
    await dues.ask(AskToReturn)
    await dues.look()
    assert (await same_as_domain(house, story, dues)).wishes == {}
    await dues.ask(AskToCancel, reason=None)
    await dues.look(ends_at_period_end=True)
    assert (await same_as_domain(house, story, dues)).ends_at is not None
    await dues.ask(WithdrawCancellation)
    assert set((await same_as_domain(house, story, dues)).wishes) == {"keep"}
    await dues.look()
    await same_as_domain(house, story, dues)
    await dues.fail()
    assert (await same_as_domain(house, story, dues)).state == "grace"
    house.clock.at += timedelta(days=15)
    await story.do(TickMembership(membership_id=dues.membership_id))
    assert (await same_as_domain(house, story, dues)).state == "narrowed"
    house.clock.at += timedelta(days=31)
    await story.do(TickMembership(membership_id=dues.membership_id))
    assert (await same_as_domain(house, story, dues)).lapsed_for == "unpaid"
    await dues.look()
    assert (await same_as_domain(house, story, dues)).state == "active"
    await dues.look("canceled", ended_for="cancellation_requested")
    assert (await same_as_domain(house, story, dues)).lapsed_for == "cancelled"


async def test_a_wish_for_another_plan_is_there_until_it_is_so(house: RealHouse) -> None:
    story, dues = await a_payer(house, "plans")
    await dues.look()
    await dues.ask(AskForPlan, plan="membership-annual")
    row = await same_as_domain(house, story, dues)
    assert (row.plan, row.plan_wanted) == ("membership-monthly", "membership-annual")
    await dues.look(price="membership-annual")
    row = await same_as_domain(house, story, dues)
    assert (row.plan, row.plan_wanted, row.wishes) == ("membership-annual", None, {})


async def test_a_wish_dies_with_its_membership_and_can_be_made_in_the_next(
    house: RealHouse,
) -> None:
    story, dues = await a_payer(house, "lapsed")
    await dues.look()
    await dues.ask(AskForPlan, plan="membership-annual")
    await dues.look("canceled", ended_for="cancellation_requested")
    row = await same_as_domain(house, story, dues)
    assert (row.wishes, row.plan_wanted) == ({}, None)
    await dues.look(subscription_id="sub_lapsed_2")
    await dues.ask(AskForPlan, plan="membership-annual")
    assert set((await same_as_domain(house, story, dues)).wishes) == {"plan"}


async def test_a_wish_that_is_refused_is_told_until_it_is_made_again(house: RealHouse) -> None:
    story, dues = await a_payer(house, "refused")
    await dues.look()
    await dues.ask(AskForPlan, plan="membership-annual")
    await dues.refuse(Wish.PLAN, "card_declined")
    row = await same_as_domain(house, story, dues)
    assert (row.wishes, row.refused, row.plan_wanted) == ({}, {"plan": "card_declined"}, None)
    await dues.ask(AskForPlan, plan="membership-annual")
    assert (await same_as_domain(house, story, dues)).refused == {}


async def test_ids_of_the_payment_service_find_their_membership_and_account(
    house: RealHouse,
) -> None:
    _, dues = await a_payer(house, "ids")
    await dues.look()
    await house.drain()
    async with house.house.views() as view:
        found = await memberships.by_subscription(view, "sub_ids")
        assert found is not None
        assert (found.membership_id, found.customer_id) == (dues.membership_id, "cus_ids")
        assert await memberships.by_subscription(view, "sub_unknown") is None
        assert await memberships.account_of_customer(view, "cus_ids") == dues.account_id
        assert await memberships.account_of_customer(view, "cus_unknown") is None
        assert await memberships.membership(view, NOBODY) is None
        assert await memberships.membership_of_holder(view, NOBODY) is None
        payer = await memberships.payer(view, dues.account_id)
        assert payer is not None
        assert (payer.payer_kind, payer.payer_id) == ("person", dues.person_id)


async def test_a_tick_is_due_from_its_moment_on(house: RealHouse) -> None:
    _, dues = await a_payer(house, "due")
    await dues.fail()
    row = await row_of(house, dues)
    assert row.next_tick_at is not None
    async with house.house.views() as view:
        just_before = row.next_tick_at - timedelta(seconds=1)
        assert dues.membership_id not in await memberships.due_ticks(view, just_before)
        assert dues.membership_id in await memberships.due_ticks(view, row.next_tick_at)
        later = row.next_tick_at + timedelta(days=400)
        assert len(await memberships.due_ticks(view, later, limit=1)) == 1


async def test_of_two_live_subscriptions_one_counts_and_both_are_known(house: RealHouse) -> None:
    story, dues = await a_payer(house, "two")
    await dues.look(subscription_id="sub_older")
    younger = dues.now
    await dues.look(subscription_id="sub_younger", began_at=younger)
    row = await same_as_domain(house, story, dues)
    assert row.subscription_id == "sub_older"
    async with house.house.views() as view:
        live = {each.subscription_id for each in await memberships.live_subscriptions(view)}
    assert {"sub_older", "sub_younger"} <= live
    await dues.look("canceled", subscription_id="sub_younger", began_at=younger)
    await house.drain()
    async with house.house.views() as view:
        live = {each.subscription_id for each in await memberships.live_subscriptions(view)}
    assert "sub_younger" not in live


async def test_a_question_waits_until_a_newer_look_is_understood(house: RealHouse) -> None:
    _, dues = await a_payer(house, "question")
    await dues.look()
    await dues.look("dreaming")
    await house.drain()
    async with house.house.views() as view:
        asked = [
            (each.about, each.said)
            for each in await memberships.open_questions(view)
            if each.membership_id == dues.membership_id
        ]
    assert asked == [("status", "dreaming")]
    await dues.look()
    await house.drain()
    async with house.house.views() as view:
        questions = await memberships.open_questions(view)
    assert dues.membership_id not in {each.membership_id for each in questions}


async def test_money_lines_stand_in_the_order_they_happened(house: RealHouse) -> None:
    _, dues = await a_payer(house, "money")
    late, early = dues.now + timedelta(days=2), dues.now + timedelta(days=1)
    await dues.money(MoneyKind.INVOICE_PAID, "in_1", 1_200, true_at=late)
    await dues.money(MoneyKind.INVOICE_ISSUED, "in_1", 1_200, true_at=early)
    await house.drain()
    async with house.house.views() as view:
        lines = await memberships.money_lines(view, dues.account_id)
    assert [each.kind for each in lines] == ["invoice_issued", "invoice_paid"]
    assert [each.true_at for each in lines] == [early, late]


async def test_of_somebody_forgotten_the_money_stays_and_what_they_were_about_to_do_goes(
    house: RealHouse,
) -> None:
    story = house.story("forgotten")
    await story.people()
    dues = Dues(story, story.ana, "cus_forgotten")
    await dues.request()
    await dues.look()
    await dues.ask(AskForPlan, plan="membership-annual")
    await dues.refuse(Wish.PLAN, "card_declined")
    await dues.money(MoneyKind.INVOICE_PAID, "in_9", 1_200)
    await dues.look("canceled", ended_for="cancellation_requested")
    await dues.open_page("cs_9")
    await story.do(
        ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.admin)
    )
    row = await row_of(house, dues)
    assert (row.checkout_session_id, row.refused) == (None, {})
    async with house.house.views() as view:
        payer = await memberships.payer(view, dues.account_id)
        assert payer is not None
        assert payer.forgotten
        assert len(await memberships.money_lines(view, dues.account_id)) == 1
