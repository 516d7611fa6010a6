"""What a look says, in every state that a subscription can be in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import NotFound
from domain.memberships.observations import DeclineKind, Observation
from domain.memberships.standings import MembershipState, Question, Standing, standing_of
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk
from tests.infra.stripe.conftest import HERE, ask
from tests.support.simulated_stripe import SimulatedStripe

MARCH_FIRST = 1803859200  # 2027-03-01 00:00 UTC
DAY = 86400


class Member:
    """A member of ours on a test clock of their own."""

    def __init__(self, desk: StripeDesk, connection: Connection, clock: str, key: str) -> None:
        self.desk, self.api = desk, connection.client.v1
        self.customer_id = key
        self._clock, self.now = clock, MARCH_FIRST
        self.subscription_id = ""

    async def subscribes(self, plan: str = "membership-monthly", **more: Any) -> Observation:
        price = (await self.api.prices.list_async({"lookup_keys": [plan]})).data[0]
        wanted = ask()
        marks = {
            "ph_account": str(wanted.account_id),
            "ph_membership": str(wanted.membership_id),
            "ph_env": HERE,
        }
        given: Any = {
            "customer": self.customer_id,
            "items": [{"price": price.id}],
            "metadata": marks,
        }
        self.subscription_id = (await self.api.subscriptions.create_async(given | more)).id
        return await self.seen()

    async def uses(self, card: str) -> None:
        method = await self.api.payment_methods.attach_async(card, {"customer": self.customer_id})
        await self.api.customers.update_async(
            self.customer_id, {"invoice_settings": {"default_payment_method": method.id}}
        )

    async def passes(self, days: float) -> Observation:
        self.now += int(days * DAY)
        clocks = self.api.test_helpers.test_clocks
        await clocks.advance_async(self._clock, {"frozen_time": self.now})
        return await self.seen()

    async def seen(self) -> Observation:
        return (await self.desk.look(self.subscription_id, source_event_id="evt_1")).observation


@pytest.fixture
async def member(desk: StripeDesk, connection: Connection) -> Member:
    api = connection.client.v1
    clock = await api.test_helpers.test_clocks.create_async({"frozen_time": MARCH_FIRST})
    customer = await api.customers.create_async(
        {"email": "bo@example.org", "test_clock": clock.id, "address": {"country": "DE"}}
    )
    found = Member(desk, connection, clock.id, customer.id)
    await found.uses("pm_card_visa")
    return found


def standing(observation: Observation, days: float = 0) -> Standing:
    found = standing_of(observation, observation.began_at + timedelta(days=days))
    assert not isinstance(found, Question), found
    return found


async def test_an_active_subscription_says_plan_period_and_invoice(member: Member) -> None:
    seen = await member.subscribes()
    assert (seen.status, seen.price, seen.quantity) == ("active", "membership-monthly", 1)
    assert seen.began_at.timestamp() == MARCH_FIRST
    assert seen.period_end_at == seen.began_at + timedelta(days=31)
    assert not seen.ends_at_period_end
    assert seen.latest_invoice is not None
    assert seen.latest_invoice[1] == "paid"
    assert (seen.unpaid_since, seen.trouble) == (None, None)
    assert seen.source_event_id == "evt_1"
    assert seen.request_id is not None
    assert seen.request_id.startswith("req_")
    assert standing(seen).state is MembershipState.ACTIVE


async def test_a_trial_says_until_when(member: Member) -> None:
    seen = await member.subscribes(trial_period_days=14)
    assert seen.status == "trialing"
    assert seen.trial_end_at == seen.began_at + timedelta(days=14)


async def test_a_second_unpaid_month_does_not_begin_the_days_of_grace_again(
    simulated: SimulatedStripe, member: Member
) -> None:
    await simulated.settings(when_exhausted="past_due")
    try:
        await member.subscribes()
        await member.uses("pm_card_chargeCustomerFail")
        first = await member.passes(31.2)
        assert first.status == "past_due"
        # final an hour after the period began
        assert first.unpaid_since == first.began_at + timedelta(days=31, hours=1)
        second = await member.passes(31)
        assert second.latest_invoice is not None
        assert second.latest_invoice != first.latest_invoice
        assert second.unpaid_since == first.unpaid_since
        assert second.trouble is not None
        assert second.trouble.invoice_id == second.latest_invoice[0]
    finally:
        await simulated.settings(when_exhausted="cancel")


async def test_a_declined_card_may_be_tried_again(member: Member) -> None:
    await member.subscribes()
    await member.uses("pm_card_chargeCustomerFail")
    seen = await member.passes(31.2)
    assert seen.trouble is not None
    assert (seen.trouble.attempt, seen.trouble.kind) == (1, DeclineKind.SOFT)
    assert not seen.trouble.needs_second_factor
    assert seen.trouble.next_try_at is not None
    later = await member.passes(3.5)
    assert later.trouble is not None
    assert later.trouble.attempt == 2


async def test_an_expired_card_needs_another_one(member: Member) -> None:
    card = await member.api.payment_methods.create_async(
        {"type": "card", "card": {"number": "4242424242424242", "exp_month": 3, "exp_year": 2027}}
    )
    await member.api.payment_methods.attach_async(card.id, {"customer": member.customer_id})
    await member.subscribes(default_payment_method=card.id)
    seen = await member.passes(32)
    assert seen.trouble is not None
    assert seen.trouble.kind is DeclineKind.HARD


async def test_without_a_card_only_a_card_helps(member: Member) -> None:
    await member.subscribes()
    found = await member.api.customers.payment_methods.list_async(member.customer_id)
    for each in found.data:
        await member.api.payment_methods.detach_async(each.id)
    seen = await member.passes(31.2)
    assert seen.trouble is not None
    assert seen.trouble.kind is DeclineKind.HARD


async def test_a_bank_that_wants_a_confirmation_is_named_as_such(member: Member) -> None:
    await member.uses("pm_card_threeDSecure2Required")
    first = await member.subscribes()
    assert first.status == "incomplete"
    assert first.trouble is not None
    assert first.trouble.needs_second_factor
    await member.uses("pm_card_visa")
    renewed = await member.subscribes()
    assert renewed.status == "active"
    await member.uses("pm_card_threeDSecure2Required")
    late = await member.passes(31.2)
    assert (late.status, late.trouble is not None) == ("past_due", True)
    assert late.trouble is not None
    assert late.trouble.needs_second_factor
    assert late.trouble.kind is DeclineKind.SOFT


async def test_what_stripe_gave_up_on_is_still_counted_from_its_first_day(member: Member) -> None:
    await member.subscribes()
    await member.uses("pm_card_chargeCustomerFail")
    seen = await member.passes(31 + 20)
    assert (seen.status, seen.ended_for) == ("canceled", "payment_failed")
    assert seen.unpaid_since == seen.began_at + timedelta(days=31, hours=1)
    assert standing(seen, 31 + 20).state is MembershipState.NARROWED


async def test_a_first_payment_that_never_came(member: Member) -> None:
    await member.uses("pm_card_threeDSecure2Required")
    await member.subscribes()
    seen = await member.passes(1)
    assert (seen.status, seen.unpaid_since) == ("incomplete_expired", None)


async def test_a_pause_says_why(member: Member) -> None:
    await member.subscribes()
    await member.api.subscriptions.pause_async(member.subscription_id)
    seen = await member.seen()
    assert (seen.status, seen.paused_for) == ("paused", "pause_requested")
    assert standing(seen).state is MembershipState.ON_LEAVE


async def test_an_end_is_seen_before_it_comes_and_after(member: Member) -> None:
    await member.subscribes()
    await member.api.subscriptions.update_async(
        member.subscription_id, {"cancel_at_period_end": True}
    )
    before = await member.seen()
    assert (before.ends_at_period_end, before.ended_for) == (True, None)
    after = await member.passes(31.2)
    assert (after.status, after.ended_for) == ("canceled", "cancellation_requested")


async def test_a_day_that_was_named_for_the_end_counts_as_well(member: Member) -> None:
    await member.subscribes()
    named = MARCH_FIRST + 20 * DAY
    await member.api.subscriptions.update_async(member.subscription_id, {"cancel_at": named})
    assert (await member.seen()).ends_at_period_end


async def test_who_has_an_older_price_keeps_the_name_of_the_plan(
    member: Member, connection: Connection
) -> None:
    await member.subscribes("seat-monthly")
    api = connection.client.v1.prices
    old = (await api.list_async({"lookup_keys": ["seat-monthly"]})).data[0]
    assert isinstance(old.product, str)
    await api.create_async(
        {
            "product": old.product,
            "currency": "eur",
            "unit_amount": 1500,
            "recurring": {"interval": "month"},
            "lookup_key": "seat-monthly",
            "transfer_lookup_key": True,
        }
    )
    assert (await member.seen()).price == "seat-monthly"


async def test_a_price_made_by_hand_and_foreign_marks_pass_through(
    member: Member, connection: Connection
) -> None:
    price = await connection.client.v1.prices.create_async(
        {
            "product_data": {"name": "By hand"},
            "currency": "eur",
            "unit_amount": 100,
            "recurring": {"interval": "month"},
        }
    )
    made = await connection.client.v1.subscriptions.create_async(
        {
            "customer": member.customer_id,
            "items": [{"price": price.id, "quantity": 3}],
            "metadata": {"ph_env": HERE, "ph_membership": "not-an-id"},
        }
    )
    seen = await member.desk.look(made.id)
    assert (seen.membership_id, seen.account_id) == (None, None)
    assert (seen.observation.price, seen.observation.quantity) == (price.id, 3)


async def test_a_subscription_that_never_was_is_not_found(desk: StripeDesk) -> None:
    with pytest.raises(NotFound):
        await desk.look("sub_nothing")


async def test_looks_at_one_subscription_take_turns(connection: Connection, member: Member) -> None:
    from contextlib import asynccontextmanager

    from infra.system import SystemClock

    keys: list[str] = []

    @asynccontextmanager
    async def turns(key: str) -> AsyncIterator[None]:
        keys.append(key)
        yield

    await member.subscribes()
    await StripeDesk(connection, SystemClock(), turns, environment=HERE).look(
        member.subscription_id
    )
    assert keys == [f"look/{member.subscription_id}"]
