"""Another plan whose bank asks first: confirmed in place, told truly, and never half done."""

from __future__ import annotations

import re

import pytest

from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of

PLAN, CHANGE = "/membership/plan", "/membership/plan/change"
TO_ANNUAL = f"{PLAN}?to=membership-annual"
ASKED = f"{CHANGE}?to=membership-annual"
ASKS_EACH_TIME = "pm_card_authenticationRequired"
NO_MONEY = "4000000000000341"


@pytest.fixture
async def waiting(dues: BillingHouse) -> BillingHouse:
    """Bo's bank asks about the other plan; how often he was here before does not matter."""
    bo = dues.story.bo
    shown = await dues.words(bo)
    if "Next charge" not in shown:
        await dues.becomes_paying(bo)
    await dues.take_card(bo, ASKS_EACH_TIME)
    sent = await dues.ask(bo, TO_ANNUAL, PLAN, plan="membership-annual")
    assert sent.headers["location"] == ASKED
    await dues.pass_by(seconds=5)
    return dues


async def invoice_page(dues: BillingHouse) -> str:
    """Follow the button of the page that tells what is waited for; return where it leads."""
    async with await dues.browser(dues.story.bo) as browser:
        page = await browser.get(ASKED)
        [led] = re.findall(r'href="(/membership/invoices/[^"]+/page)" target="_blank"', page.text)
        answer = await browser.get(led)
    address: str = answer.headers["location"]
    assert address.startswith(f"{dues.stripe.address}/i/")
    return address


async def answer_the_bank(dues: BillingHouse, answer: str) -> None:
    shown = await dues.stripe.open(await invoice_page(dues))
    [asked] = re.findall(r"/authenticate/pi_\w+", shown.text)
    await dues.stripe.submit(f"{dues.stripe.address}{asked}", answer=answer)


async def test_until_the_service_has_done_it_the_page_says_so_and_looks_again(
    dues: BillingHouse,
) -> None:
    chidi = dues.story.chidi
    await dues.becomes_paying(chidi)
    async with dues.away("post /v1/subscriptions/*"):
        await dues.ask(chidi, TO_ANNUAL, PLAN, plan="membership-annual")
        async with await dues.browser(chidi) as browser:
            first = await browser.get(ASKED)
            last = await browser.get(f"{ASKED}&look=12")
    assert "Annual is asked for, and our payment service has not done it yet" in words_of(
        first.text
    )
    assert first.headers["refresh"] == f"5; url={ASKED}&look=1"
    assert "refresh" not in last.headers
    await dues.pass_by(days=0.1)
    async with await dues.browser(chidi) as browser:
        done = await browser.get(ASKED)
        assert done.headers["location"] == "/membership?done=plan_changed"
        shown = words_of((await browser.get(done.headers["location"])).text)
    assert "The other plan holds from now on." in shown
    assert "Plan Annual" in shown


async def test_while_a_bank_asks_nothing_changes_and_the_page_says_until_when(
    waiting: BillingHouse,
) -> None:
    bo = waiting.story.bo
    shown = await waiting.words(bo, ASKED)
    assert "Your bank asks you to confirm" in shown
    assert "Nothing has changed and nothing was charged: your plan is still monthly" in shown
    assert "If it is not paid by" in shown
    overview = await waiting.words(bo)
    assert "Your bank asks you to confirm another plan" in overview
    assert "Plan Monthly" in overview
    assert "You take part." in overview
    assert "Asked for, waiting for our payment service" not in overview


async def test_a_bank_that_is_told_no_leaves_everything_as_it_is(waiting: BillingHouse) -> None:
    bo = waiting.story.bo
    await answer_the_bank(waiting, "no")
    shown = await waiting.words(bo, ASKED)
    assert "Your bank asks you to confirm" in shown
    assert "your plan is still monthly" in shown


async def test_what_nobody_confirms_is_taken_back_and_told(waiting: BillingHouse) -> None:
    bo = waiting.story.bo
    await waiting.pass_by(days=1)
    async with await waiting.browser(bo) as browser:
        answer = await browser.get(ASKED)
    assert answer.headers["location"] == "/membership", "it does not say that it is done"
    shown = await waiting.words(bo)
    assert "Another plan: its payment was not confirmed, or not in time" in shown
    assert "Plan Monthly" in shown
    listed = await waiting.words(bo, "/membership/invoices")
    assert "taken back" in listed


async def test_who_leaves_the_plan_as_it_is_has_nothing_to_pay_any_more(
    waiting: BillingHouse,
) -> None:
    bo = waiting.story.bo
    sent = await waiting.ask(bo, ASKED, f"{PLAN}/keep")
    assert sent.headers["location"] == f"{CHANGE}?to=membership-monthly&kept=yes"
    await waiting.pass_by(seconds=60)
    async with await waiting.browser(bo) as browser:
        answer = await browser.get(sent.headers["location"])
    assert answer.headers["location"] == "/membership?done=plan_kept"
    shown = await waiting.words(bo)
    assert "Plan Monthly" in shown
    assert "to be paid" not in await waiting.words(bo, "/membership/invoices")


async def test_who_confirms_comes_back_to_a_page_that_says_that_it_is_done(
    waiting: BillingHouse,
) -> None:
    bo = waiting.story.bo
    await answer_the_bank(waiting, "yes")  # no message came yet: the page looks by itself
    async with await waiting.browser(bo) as browser:
        answer = await browser.get(ASKED)
    assert answer.headers["location"] == "/membership?done=plan_changed"
    shown = await waiting.words(bo)
    assert "Plan Annual" in shown
    assert "Your bank asks" not in shown


async def test_a_card_that_is_refused_can_be_mended_on_the_invoices_page(
    dues: BillingHouse,
) -> None:
    joy = dues.story.joy
    await dues.becomes_paying(joy)
    await dues.add_card(joy, NO_MONEY)
    await dues.ask(joy, TO_ANNUAL, PLAN, plan="membership-annual")
    await dues.pass_by(seconds=5)
    shown = await dues.words(joy, ASKED)
    assert "The card was refused" in shown
    assert "Pay with another card" in shown
    assert "The card was refused for another plan" in await dues.words(joy)


async def test_an_address_that_somebody_made_up_says_nothing(dues: BillingHouse) -> None:
    async with await dues.browser(dues.story.eve) as browser:
        for address in (CHANGE, ASKED, f"{ASKED}&kept=yes&look=abc"):
            assert (await browser.get(address)).headers["location"] == "/membership"
        assert (await browser.post(f"{PLAN}/keep")).headers["location"] == "/membership"
