"""Another plan costs what its page showed: less what lies in the balance, and never more."""

from __future__ import annotations

from typing import Any

from domain.payments.prices import Every
from infra.stripe.catalogue import Catalogue, Plan, make
from infra.stripe.connection import connect
from infra.system import SystemRandomness
from services.memberships.checkouts import find_customer
from tests.support.billing_house import BillingHouse
from tests.support.dues_house import ENVIRONMENT
from tests.support.pages import hidden, words_of

TO_ANNUAL = "/membership/plan?to=membership-annual"
LEAVE = "/membership/leave"


async def test_what_lies_in_the_balance_is_taken_off_what_is_shown_as_charged_and_is_charged(
    dues: BillingHouse,
) -> None:
    joy = dues.story.joy
    await dues.becomes_paying(joy)
    customer_id = await find_customer(dues.real.house, joy)
    assert customer_id is not None
    before = _charged_today(await dues.words(joy, TO_ANNUAL))
    gift: Any = {"amount": -500, "currency": "eur"}
    async with dues.stripe.client() as client:
        await client.v1.customers.balance_transactions.create_async(customer_id, gift)
        shown = await dues.words(joy, TO_ANNUAL)
        assert "after 5.00 EUR from your balance" in shown
        assert _charged_today(shown) == before - 500
        await dues.ask(joy, TO_ANNUAL, "/membership/plan", plan="membership-annual")
        await dues.settle()
        asked: Any = {"customer": customer_id, "limit": 1}
        newest = (await client.v1.invoices.list_async(asked)).data[0]
    assert abs(newest.amount_paid - (before - 500)) <= 1  # reckoned to the second


def _charged_today(words: str) -> int:
    amount = words.partition("Charged today ")[2].partition(" EUR")[0]
    return int(amount.replace(".", "").replace(",", ""))


async def test_a_price_that_changed_after_it_was_agreed_to_is_not_charged(
    dues: BillingHouse,
) -> None:
    chidi = dues.story.chidi
    await dues.becomes_paying(chidi)
    async with await dues.browser(chidi) as browser:
        page = await browser.get(TO_ANNUAL)
        form = hidden(page.text) | {"plan": "membership-annual"}
        nothing = await browser.post("/membership/plan", data=form | {"seen": "nothing at all"})
        assert nothing.status_code == 409
        async with dues.away("get /v1/subscriptions/*"):  # so that the worker cannot word it yet
            sent = await browser.post("/membership/plan", data=form)
            assert sent.headers["location"] == "/membership/plan/change?to=membership-annual"
            await _make_dearer(dues)
            await dues.settle()
        await dues.pass_by(seconds=360)  # prices are kept for five minutes
        shown = words_of((await browser.get("/membership")).text)
    assert "what it costs changed after you had agreed" in shown
    assert "Plan Monthly" in shown


async def _make_dearer(dues: BillingHouse) -> None:
    dearer = Catalogue(prices={"membership-annual": Plan(Every.YEAR, {"EUR": 99_000})})
    async with connect(
        dues.stripe.api_key, api_base=dues.stripe.address, randomness=SystemRandomness()
    ) as connection:
        await make(connection, dearer, environment=ENVIRONMENT)


async def test_coming_back_shows_what_it_costs_and_charges_that(dues: BillingHouse) -> None:
    ana = dues.story.ana
    await dues.becomes_paying(ana)
    await dues.ask(ana, LEAVE)
    await dues.pass_by(days=40)
    shown = await dues.words(ana, LEAVE)
    told = _told(shown)
    assert 0 < told < 1_200, "less what was left of the month before"
    assert "How it comes about" in shown
    await dues.ask(ana, LEAVE, f"{LEAVE}/end")
    await dues.pass_by(seconds=60)
    assert "You take part." in await dues.words(ana)
    customer_id = await find_customer(dues.real.house, ana)
    async with dues.stripe.client() as client:
        asked: Any = {"customer": customer_id, "limit": 1}
        newest = (await client.v1.invoices.list_async(asked)).data[0]
    assert newest.amount_paid == told


async def test_a_return_that_costs_more_by_then_is_not_asked_for_and_not_done(
    dues: BillingHouse,
) -> None:
    bo = dues.story.bo
    await dues.becomes_paying(bo)
    await dues.ask(bo, LEAVE)
    await dues.pass_by(days=40)
    customer_id = await find_customer(dues.real.house, bo)
    assert customer_id is not None
    owing: Any = {"amount": 700, "currency": "eur"}
    async with await dues.browser(bo) as browser, dues.stripe.client() as client:
        page = await browser.get(LEAVE)
        unseen = await browser.post(f"{LEAVE}/end", data={})
        assert unseen.status_code == 409
        assert "Here is what coming back costs. Nothing was changed yet" in words_of(unseen.text)
        await client.v1.customers.balance_transactions.create_async(customer_id, owing)
        stale = await browser.post(f"{LEAVE}/end", data=hidden(page.text))
        assert stale.status_code == 409
        again = words_of(stale.text)
        assert "What it costs changed since you looked" in again
        assert _told(again) == _told(words_of(page.text)) + 700
    assert "You are on leave." in await dues.words(bo)


async def test_while_the_service_is_away_nobody_is_told_what_a_return_costs(
    dues: BillingHouse,
) -> None:
    bo = dues.story.bo
    async with dues.away():
        shown = await dues.words(bo, LEAVE)
    assert "we cannot show what coming back costs" in shown
    assert "Charged when you come back" not in shown


def _told(words: str) -> int:
    amount = words.partition("Charged when you come back ")[2].partition(" EUR")[0]
    return int(amount.replace(".", ""))
