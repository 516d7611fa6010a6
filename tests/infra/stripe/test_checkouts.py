"""Stripe's own pages: what they are asked for, and what became of them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from domain.errors import NotFound
from domain.payments.refusals import PaymentRefused, PriceGone
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk
from tests.infra.stripe.conftest import (
    AT_HOME,
    BACK,
    ask,
    desk_at,
    subscribed,
    subscription_of,
)
from tests.support.simulated_stripe import SimulatedStripe


async def test_a_page_leads_to_a_membership_that_says_whose_it_is(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    wanted = ask()
    page = await desk.begin(wanted)
    before = await desk.checkout(page.session_id)
    assert (before.complete, before.subscription_id) == (False, None)
    landed = await simulated.pay(page.url, **AT_HOME)
    assert landed.url == f"https://peerhour.example/done?s={page.session_id}"
    after = await desk.checkout(page.session_id)
    assert (after.complete, after.account_id) == (True, wanted.account_id)
    assert after.subscription_id is not None
    seen = await desk.look(after.subscription_id)
    assert (seen.membership_id, seen.account_id) == (wanted.membership_id, wanted.account_id)
    assert seen.observation.status == "active"
    assert seen.observation.customer_id == page.customer_id


async def test_the_page_is_worded_as_agreed(desk: StripeDesk, connection: Connection) -> None:
    page = await desk.begin(ask(trial_days=14, currency="USD", percent_off=50))
    session = await connection.client.v1.checkout.sessions.retrieve_async(page.session_id)
    assert session.mode == "subscription"
    assert session.payment_method_collection == "if_required"
    assert session.billing_address_collection == "required"
    assert session.automatic_tax.enabled
    assert session.tax_id_collection is not None
    assert session.tax_id_collection.enabled
    assert not session.allow_promotion_codes
    assert session.discounts is not None
    assert [each.coupon for each in session.discounts] == ["peerhour-50"]
    assert session.currency == "usd"
    assert session.cancel_url == BACK
    assert session.metadata is not None
    assert set(session.metadata.to_dict()) == {"ph_account", "ph_membership", "ph_env"}


async def test_a_trial_needs_no_card_and_ends_by_itself(
    desk: StripeDesk, simulated: SimulatedStripe, connection: Connection
) -> None:
    page = await desk.begin(ask(trial_days=14))
    landed = await simulated.submit(page.url, **AT_HOME)
    assert landed.status == 303
    key = await subscription_of(desk, page.session_id)
    assert (await desk.look(key)).observation.status == "trialing"
    found = await connection.client.v1.subscriptions.retrieve_async(key)
    assert found.trial_settings is not None
    assert found.trial_settings.end_behavior.missing_payment_method == "cancel"
    assert found.billing_mode.type == "flexible"


async def test_the_same_key_is_the_same_page(desk: StripeDesk) -> None:
    wanted = ask()
    first, again = await desk.begin(wanted), await desk.begin(wanted)
    assert first == again


async def test_two_pages_at_once_are_for_one_customer(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    account_id = uuid4()
    pages = await asyncio.gather(*(desk.begin(ask(account_id=account_id)) for _ in range(2)))
    assert pages[0].session_id != pages[1].session_id
    assert len({each.customer_id for each in pages}) == 1
    for page in pages:
        await simulated.pay(page.url, **AT_HOME)
    seen = [await desk.look(await subscription_of(desk, each.session_id)) for each in pages]
    assert len({each.observation.customer_id for each in seen}) == 1
    assert len({each.observation.subscription_id for each in seen}) == 2


async def test_somebody_who_is_known_stays_who_they_are(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    first = (await subscribed(desk, simulated)).observation
    page = await desk.begin(ask(customer_id=first.customer_id))
    assert page.customer_id == first.customer_id


async def test_a_card_that_asks_for_a_second_factor_is_confirmed_on_the_way(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = await subscribed(desk, simulated, "4000002760003184")
    assert seen.observation.status == "active"


async def test_a_price_that_vanished_is_said_to_be_gone(
    desk: StripeDesk, connection: Connection
) -> None:
    assert await desk.prices()  # the page showed it
    api = connection.client.v1.prices
    found = (await api.list_async({"lookup_keys": ["seat-annual"]})).data[0]
    await api.update_async(found.id, {"active": False})
    try:
        with pytest.raises(PriceGone):
            await desk.begin(ask(plan="seat-annual"))
        assert "seat-annual" not in {each.plan for each in await desk.prices()}
    finally:
        await api.update_async(found.id, {"active": True})


async def test_a_currency_that_no_price_has_is_said_to_be_gone(desk: StripeDesk) -> None:
    with pytest.raises(PriceGone):
        await desk.begin(ask(currency="JPY"))


async def test_what_stripe_does_not_take_is_refused_with_its_word(desk: StripeDesk) -> None:
    with pytest.raises(PaymentRefused) as refused:
        await desk.begin(ask(percent_off=33))  # no such coupon
    assert refused.value.why == "resource_missing"


async def test_a_page_that_never_was_is_not_found(desk: StripeDesk) -> None:
    with pytest.raises(NotFound):
        await desk.checkout("cs_test_nothing")


async def test_a_page_of_another_installation_is_nobodys(
    desk: StripeDesk, connection: Connection, simulated: SimulatedStripe
) -> None:
    elsewhere = desk_at(connection, environment="production")
    page = await elsewhere.begin(ask())
    await simulated.pay(page.url, **AT_HOME)
    found = await desk.checkout(page.session_id)
    assert found.account_id is None
    assert found.subscription_id is not None
    assert (await desk.look(found.subscription_id)).membership_id is None


async def test_the_card_page_leads_straight_to_the_card(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    customer_id = (await subscribed(desk, simulated)).observation.customer_id
    url = await desk.card_page(customer_id, back_url=BACK)
    assert (await simulated.open(url)).status == 200
