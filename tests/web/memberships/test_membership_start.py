"""Beginning a membership: what it costs, whose page opens, and what happens when it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from litestar.response import Redirect

from infra.settings import load_settings
from services.bootstrap.payments import payment_pages
from services.memberships.checkouts import find_membership
from services.web.payment_pages import STRIPE_PAGES, PageNotKnown, lead
from services.web.settings import WebSettings
from tests.support.billing_house import BillingHouse
from tests.support.pages import hidden, words_of

START = "/membership/start"


async def test_the_price_is_said_with_its_tax_before_anything_is_agreed(
    dues: BillingHouse,
) -> None:
    shown = await dues.words(dues.story.joy, f"{START}?currency=EUR")
    for part in (
        "Monthly: 12.00 EUR each month, tax included",
        "Annual: 120.00 EUR each year, tax included",
        "Your first meeting is free. Then you can try everything for 14 days, without a card.",
        "Other currencies: GBP, USD.",
    ):
        assert part in shown
    assert "13.00 USD each month" in await dues.words(dues.story.joy, f"{START}?currency=USD")
    assert "12.00 EUR" in await dues.words(dues.story.joy, f"{START}?currency=XXX")


async def test_the_currency_is_the_one_where_somebody_is_licensed(dues: BillingHouse) -> None:
    """Whoever begins in one stays with it, so it is not the first of an alphabet."""
    assert "Monthly: 13.00 USD" in await dues.words(dues.story.bo, START)
    assert "Monthly: 12.00 EUR" in await dues.words(dues.story.eve, START), "no licence yet"


async def test_every_way_to_write_a_country_finds_its_currency(dues: BillingHouse) -> None:
    written = {"profession": "psychology", "number": "9", "valid_from": "2020-01-01"}
    kept = await dues.ask(dues.story.eve, "/you", "/you/licences", jurisdiction="GB", **written)
    assert kept.status_code == 303
    assert "GBP each month" in await dues.words(dues.story.eve, START)


async def test_only_the_membership_pages_may_lead_to_the_payment_service(
    dues: BillingHouse,
) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        here = (await browser.get(START)).headers["content-security-policy"]
        there = (await browser.get("/you")).headers["content-security-policy"]
    assert f"form-action 'self' {dues.stripe.address};" in here
    assert "form-action 'self';" in there


async def test_a_choice_has_to_be_made(dues: BillingHouse) -> None:
    for plan in ("", "seat-monthly", "membership-weekly"):
        sent = await dues.ask(dues.story.joy, START, plan=plan)
        assert (sent.status_code, 'id="e-plan"' in sent.text) == (400, True)
    assert await find_membership(dues.real.house, dues.story.joy) is None


async def test_the_same_form_sent_twice_opens_one_page(dues: BillingHouse) -> None:
    async with await dues.browser(dues.story.bo) as browser:
        form = hidden((await browser.get(f"{START}?currency=EUR")).text)
        answers = form | {"plan": "membership-monthly", "currency": "EUR"}
        first = await browser.post(START, data=answers)
        again = await browser.post(START, data=answers)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]


async def test_of_two_windows_one_page_stays_open_and_the_other_is_closed_at_the_service(
    dues: BillingHouse,
) -> None:
    chidi = dues.story.chidi
    async with await dues.browser(chidi) as one, await dues.browser(chidi) as other:
        forms = [hidden((await each.get(START)).text) for each in (one, other)]
        answers = {"plan": "membership-monthly", "currency": "EUR"}
        first = await one.post(START, data=forms[0] | answers)
        dues.real.clock.move(seconds=1)
        second = await other.post(START, data=forms[1] | answers)
        dues.real.clock.move(seconds=1)
        await dues.settle()
        assert await statuses(dues, first, second) == ["expired", "open"]
        again = await one.post(START, data=forms[0] | answers)  # the window that was left behind
        await dues.settle()
    assert again.headers["location"] not in {
        first.headers["location"],
        second.headers["location"],
    }, "whoever goes on in the old window gets a page that works"
    assert await statuses(dues, first, second, again) == ["expired", "expired", "open"]


async def statuses(dues: BillingHouse, *answers: httpx.Response) -> list[str]:
    """Return what became of the pages to which answers led."""
    async with dues.stripe.client() as client:
        return [
            str((await client.v1.checkout.sessions.retrieve_async(_session(each))).status)
            for each in answers
        ]


def _session(answer: httpx.Response) -> str:
    return str(answer.headers["location"]).rpartition("/")[2]


async def test_a_price_that_vanished_since_the_page_was_read_begins_nothing(
    dues: BillingHouse,
) -> None:
    async with dues.stripe.client() as client:
        listed = await client.v1.prices.list_async({"lookup_keys": ["membership-annual"]})
        price_id = listed.data[0].id
        async with await dues.browser(dues.story.joy) as browser:
            page = f"{START}?currency=EUR"
            form = hidden((await browser.get(page)).text)
            await client.v1.prices.update_async(price_id, {"active": False})
            answers = form | {"plan": "membership-annual", "currency": "EUR"}
            answer = await browser.post(START, data=answers)
        await client.v1.prices.update_async(price_id, {"active": True})
    assert answer.status_code == 409
    shown = words_of(answer.text)
    assert "This plan is not offered any more." in shown
    assert "Annual" not in shown
    membership = await find_membership(dues.real.house, dues.story.joy)
    assert membership is not None
    assert membership.checkout is None
    dues.real.clock.at += timedelta(hours=1)  # the list of prices is kept for some minutes


async def test_a_price_that_changed_since_the_page_was_read_is_shown_anew(
    dues: BillingHouse,
) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        form = hidden((await browser.get(START)).text)
        answers = form | {"plan": "membership-monthly", "currency": "EUR"}
        answer = await browser.post(START, data=answers | {"seen": "membership-monthly 900"})
    assert answer.status_code == 409
    assert "What it costs changed since you looked. Nothing was begun" in words_of(answer.text)
    assert "Monthly: 12.00 EUR" in words_of(answer.text)


async def test_while_the_service_is_away_nothing_begins_and_the_page_says_so(
    dues: BillingHouse,
) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        form = hidden((await browser.get(START)).text)
        answers = form | {"plan": "membership-monthly", "currency": "EUR"}
        async with dues.away():
            answer = await browser.post(START, data=answers)
        assert answer.status_code == 503
        assert (await browser.post(START, data=answers)).status_code == 303, "the form is good yet"


async def test_whoever_takes_part_is_led_to_their_membership(dues: BillingHouse) -> None:
    await dues.subscribe(dues.story.ana)
    async with await dues.browser(dues.story.ana) as browser:
        asked = await browser.get(START)
        sent = await browser.post(START, data={"plan": "membership-monthly"})
    assert asked.headers["location"] == sent.headers["location"] == "/membership"


@pytest.mark.parametrize(
    "url",
    [
        "https://checkout.stripe.com.evil.example/c/pay/1",
        "https://checkout.stripe.com@evil.example/",
        "http://checkout.stripe.com/",
        "https://checkout.stripe.com:444/",
        "//checkout.stripe.com/",
        "javascript:alert(1)",
        "https://[",
        "",
    ],
)
def test_nobody_is_sent_to_a_page_that_is_not_on_the_list(url: str) -> None:
    with pytest.raises(PageNotKnown):
        lead(settings(), url)


def test_the_pages_of_the_service_are_on_the_list() -> None:
    for origin in STRIPE_PAGES:
        answer = lead(settings(), f"{origin}/c/pay/cs_1#fid")
        assert isinstance(answer, Redirect)


def test_a_domain_of_ones_own_is_on_the_list_once_it_is_named() -> None:
    own = "https://pay.peerhour.test/c/pay/cs_1"
    with pytest.raises(PageNotKnown):
        lead(settings(), own)
    named = load_settings(
        stripe_key="rk_test_invented_for_tests",
        stripe_webhook_secrets="whsec_invented",
        payment_hosts="pay.peerhour.test",
    )
    known = replace(settings(), payment_pages=payment_pages(named))
    assert isinstance(lead(known, own), Redirect)
    assert isinstance(lead(known, f"{STRIPE_PAGES[0]}/c/pay/cs_1"), Redirect)
    assert payment_pages(load_settings(payment_hosts="pay.peerhour.test")) == ()


def settings() -> WebSettings:
    return WebSettings(origin="https://peerhour.test", secret=b"s" * 32, payment_pages=STRIPE_PAGES)
