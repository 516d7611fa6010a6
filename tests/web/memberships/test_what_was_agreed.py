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
            assert sent.headers["location"] == "/membership?done=plan_asked"
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
