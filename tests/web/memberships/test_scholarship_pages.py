"""Scholarships on one's own word, and the funds behind them, whose figures everybody sees."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from domain.access.table import Action
from domain.memberships.funds import Fund
from domain.memberships.scholarships import Scholarship, scholarship_id
from projections.patrons import queries as patrons
from services.access.reading import holdings_of
from services.dispatch import Work
from services.money.story import story_of
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA


@pytest.fixture(scope="module")
async def fund(dues: BillingHouse) -> UUID:
    sent = await dues.ask(dues.story.admin, "/admin/funds", name="For anybody", currency="eur")
    assert sent.status_code == 303, words_of(sent.text)
    async with dues.real.house.views() as conn:
        return (await patrons.funds(conn))[0].fund_id


async def feed(house: BillingHouse, fund: UUID, who: UUID, amount: str) -> None:
    sent = await house.ask(who, "/funds", f"/funds/{fund}/gifts", amount=amount)
    assert sent.status_code == 303, words_of(sent.text)
    back = await house.pay(sent.headers["location"], VISA)
    async with await house.browser(who) as browser:
        assert (await browser.get(back)).headers["location"] == "/funds?done=fund_fed"
    await house.settle()


async def ask_for(house: BillingHouse, who: UUID, tier: int) -> str:
    sent = await house.ask(who, "/scholarship", tier=str(tier))
    assert sent.status_code == 303, words_of(sent.text)
    await house.settle()
    return str(sent.headers["location"])


async def balance(house: BillingHouse, fund: UUID) -> int:
    found = await Work(house.real.house.store, fund).load(Fund, fund)
    return found.balance.cents


async def scholarship(house: BillingHouse, who: UUID) -> Scholarship:
    return await Work(house.real.house.store, who).load(Scholarship, scholarship_id(who))


async def coupons(house: BillingHouse, who: UUID) -> list[str]:
    """Return what a subscription's discounts at Stripe come from."""
    rows = await house.real.fetch(
        "SELECT subscription_id FROM membership WHERE holder_id = $1", who
    )
    found = await house.stripe.dashboard(
        "get", f"/v1/subscriptions/{rows[0][0]}", {"expand[0]": "discounts"}
    )
    return [each["source"]["coupon"] for each in found["discounts"]]


async def test_a_wish_is_kept_until_a_fund_holds_enough(dues: BillingHouse, fund: UUID) -> None:
    ana, bo = dues.story.ana, dues.story.bo
    assert await ask_for(dues, ana, 100) == "/scholarship?done=wish_kept"
    assert "Your wish is kept: 100 percent" in await dues.words(ana, "/scholarship")
    await feed(dues, fund, bo, "100")
    await dues.pass_by(seconds=7200)
    assert (await scholarship(dues, ana)).percent is None, "144 are needed, 100 are there"
    await feed(dues, fund, bo, "144.50")
    before = len(dues.real.mail.sent)
    await dues.pass_by(seconds=7200)
    assert (await scholarship(dues, ana)).percent == 100
    ((address, _, text),) = dues.real.mail.sent[before:]
    assert address == "ana@example.org"
    assert "the scholarship that you asked for is there" in text
    assert await balance(dues, fund) == 24_450 - 14_400
    access = (await holdings_of(Work(dues.real.house.store, ana), ana)).access()
    assert access.may(Action.JOIN_OR_FOUND, dues.now).allows
    assert not await dues.real.fetch("SELECT 1 FROM membership WHERE holder_id = $1", ana)


async def test_a_part_is_a_coupon_on_the_dues_at_once(dues: BillingHouse, fund: UUID) -> None:
    chidi = dues.story.chidi
    await dues.subscribe(chidi)
    assert await ask_for(dues, chidi, 25) == "/scholarship?done=carried"
    assert await coupons(dues, chidi) == ["peerhour-25"]
    assert await balance(dues, fund) == 24_450 - 14_400 - 3_600
    assert await ask_for(dues, chidi, 50) == "/scholarship?done=carried"
    assert await coupons(dues, chidi) == ["peerhour-50"]
    # of the first tier's year eleven whole months were not needed, and its month is carried once
    assert await balance(dues, fund) == 24_450 - 14_400 - 3_600 + 3_300 - (7_200 - 300)


async def test_the_figures_are_for_everybody_and_name_nobody(
    dues: BillingHouse, fund: UUID
) -> None:
    async with await dues.browser() as nobody:
        answer = await nobody.get("/funds")
    assert answer.status_code == 200
    shown = words_of(answer.text)
    assert "Given 244.50 EUR" in shown
    assert "Carried now 2 people" in shown
    for name in ("Ana", "Bo", "Chidi", str(dues.story.ana), str(dues.story.chidi)):
        assert not re.search(rf"\b{name}\b", answer.text)
    assert 'name="amount"' not in answer.text
    async with await dues.browser() as nobody:
        sent = await nobody.post(f"/funds/{fund}/gifts", data={"amount": "5"})
    assert sent.status_code == 401


async def test_it_is_still_right_with_one_click_near_its_end(
    dues: BillingHouse, fund: UUID
) -> None:
    ana = dues.story.ana
    until = (await scholarship(dues, ana)).until
    assert "Is it still right for you?" not in await dues.words(ana, "/scholarship")
    early = await dues.ask(ana, "/scholarship", "/scholarship/renew")
    assert early.status_code == 422
    await dues.pass_by(days=320)
    assert "Is it still right for you?" in await dues.words(ana, "/scholarship")
    poor = await dues.ask(ana, "/scholarship", "/scholarship/renew")
    assert poor.status_code == 422, "the fund holds too little"
    await feed(dues, fund, dues.story.bo, "200")
    sent = await dues.ask(ana, "/scholarship", "/scholarship/renew")
    assert sent.headers["location"] == "/scholarship?done=scholarship_renewed"
    renewed = (await scholarship(dues, ana)).until
    assert until is not None
    assert renewed is not None
    assert (renewed - until).days in {365, 366}


async def test_it_ends_on_its_holders_wish_and_the_rest_is_free_again(
    dues: BillingHouse, fund: UUID
) -> None:
    ana = dues.story.ana
    before = await balance(dues, fund)
    sent = await dues.ask(ana, "/scholarship", "/scholarship/end")
    assert sent.headers["location"] == "/scholarship?done=scholarship_ended"
    assert (await scholarship(dues, ana)).percent is None
    assert await balance(dues, fund) > before
    again = await dues.ask(ana, "/scholarship", "/scholarship/end")
    assert again.status_code == 303
    assert (await dues.ask(ana, "/scholarship", "/scholarship/renew")).status_code == 404


async def test_a_gift_whose_payment_went_back_leaves_the_fund(
    dues: BillingHouse, fund: UUID
) -> None:
    joy = dues.story.joy
    before = await balance(dues, fund)
    await feed(dues, fund, joy, "20")
    assert await balance(dues, fund) == before + 2_000
    lines = await story_of(dues.real.house, joy, reader=joy)
    invoice = next(each.object_id for each in reversed(lines) if each.kind == "invoice_paid")
    paid = await dues.stripe.dashboard("get", "/v1/invoice_payments", {"invoice": invoice})
    intent = paid["data"][0]["payment"]["payment_intent"]
    await dues.stripe.dashboard("post", "/v1/refunds", {"payment_intent": intent, "amount": "500"})
    await dues.settle()
    assert await balance(dues, fund) == before + 1_500


@pytest.mark.parametrize("amount", ["", "0", "0.99", "-5", "1.234", "a lot", "9" * 30, "1e3"])
async def test_an_amount_that_cannot_be_given_is_told_where_it_was_typed(
    dues: BillingHouse, fund: UUID, amount: str
) -> None:
    sent = await dues.ask(dues.story.bo, "/funds", f"/funds/{fund}/gifts", amount=amount)
    assert sent.status_code == 400


@pytest.mark.parametrize("tier", ["", "33", "101", "all"])
async def test_a_tier_that_is_not_offered_is_refused(dues: BillingHouse, tier: str) -> None:
    sent = await dues.ask(dues.story.bo, "/scholarship", tier=tier)
    assert sent.status_code == 400


@pytest.mark.parametrize("currency", ["E", "EUROS", "12$", "ZZZ"])
async def test_a_fund_in_no_currency_is_refused(dues: BillingHouse, currency: str) -> None:
    sent = await dues.ask(dues.story.admin, "/admin/funds", name="Odd", currency=currency)
    assert sent.status_code == 400


async def test_without_the_payment_service_a_wish_is_kept(dues: BillingHouse, fund: UUID) -> None:
    eve = dues.story.eve
    await feed(dues, fund, dues.story.bo, "500")
    async with dues.away():
        dues.real.clock.move(seconds=900)
        assert (await dues.ask(eve, "/scholarship", tier="25")).status_code == 303
    await dues.pass_by(seconds=7200)
    assert (await scholarship(dues, eve)).percent == 25


async def test_a_part_without_dues_says_what_it_waits_for(dues: BillingHouse, fund: UUID) -> None:
    eve, waits = dues.story.eve, "It begins to help with a membership"
    await feed(dues, fund, dues.story.bo, "500")
    assert await ask_for(dues, eve, 25) == "/scholarship?done=carried"
    assert waits in await dues.words(eve, "/scholarship")
    await dues.subscribe(eve)
    assert waits not in await dues.words(eve, "/scholarship")


async def test_whoever_pays_in_another_currency_is_told_before_the_payment_page(
    dues: BillingHouse, fund: UUID
) -> None:
    """The last test of the administrator's own dues, which are in dollars from now on."""
    admin = dues.story.admin
    assert "EUR" in await dues.words(admin, "/gifts"), "who never paid may choose"
    async with await dues.browser(admin) as browser:
        back = await dues.pay(await dues.open_checkout(browser, currency="USD"))
        await browser.get(back)
    await dues.settle()
    sent = await dues.ask(admin, "/funds", f"/funds/{fund}/gifts", amount="12")
    assert sent.status_code == 422
    assert "You pay in USD here" in words_of(sent.text)
    gifts = await dues.words(admin, "/gifts")
    assert "USD" in gifts
    assert "EUR" not in gifts
