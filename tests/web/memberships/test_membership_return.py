"""Coming back from the payment page: looked at at once, told truly, and only to whom it is."""

from __future__ import annotations

import pytest

from services.memberships.checkouts import find_membership
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA

RETURN = "/membership/return"


async def test_a_trial_begins_on_the_way_back_without_waiting_for_a_message(
    dues: BillingHouse,
) -> None:
    await dues.stripe.hold()
    await dues.subscribe(dues.story.ana, settled=False)
    shown = await dues.words(dues.story.ana, "/membership?done=begun")
    await dues.stripe.release()
    assert "Your membership has begun. Welcome." in shown
    assert "You are trying it out." in shown
    assert "You take part on a trial until 14 February 2026." in shown


async def test_whoever_is_signed_out_signs_in_first_and_then_finds_their_page(
    dues: BillingHouse,
) -> None:
    bo = dues.story.bo
    async with await dues.browser(bo) as browser, await dues.browser() as nobody:
        back = await dues.pay(await dues.open_checkout(browser))
        answer = await nobody.get(back)
        assert answer.headers["location"] == f"/sign-in?next={RETURN}"
        dues.real.clock.move(seconds=1)
        answer = await browser.get(RETURN)  # signing in takes the end of the address away
    assert answer.headers["location"] == "/membership?done=begun"


async def test_without_any_page_the_address_leads_to_the_membership(dues: BillingHouse) -> None:
    async with await dues.browser(dues.story.eve) as browser:
        answer = await browser.get(RETURN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/membership")


async def test_somebody_elses_page_is_told_to_nobody_and_changes_nothing(
    dues: BillingHouse,
) -> None:
    async with await dues.browser(dues.story.chidi) as browser:
        back = await dues.pay(await dues.open_checkout(browser))
    async with await dues.browser(dues.story.eve) as browser:
        answer = await browser.get(back)
    assert answer.status_code == 404
    assert "This payment page is not one of yours." in words_of(answer.text)
    membership = await find_membership(dues.real.house, dues.story.chidi)
    assert membership is not None
    assert not membership.seen, "nobody looked because a stranger asked"


@pytest.mark.parametrize(
    "session_id", ["", "cs_unknown", "sub_1", "cs_../../x", "x" * 400, "cs_é", "{x}"]
)
async def test_a_page_that_is_nobodys_is_not_there(dues: BillingHouse, session_id: str) -> None:
    async with await dues.browser(dues.story.eve) as browser:
        answer = await browser.get(f"{RETURN}?session_id={session_id}")
    assert answer.status_code == 404, answer.text


async def test_whoever_turned_back_reads_that_nothing_was_charged(dues: BillingHouse) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        session = (await dues.open_checkout(browser)).rpartition("/")[2]
        answer = await browser.get(f"{RETURN}?session_id={session}", follow_redirects=True)
    assert "You turned back before anything was paid. Nothing was charged." in words_of(answer.text)


async def test_a_trial_whose_look_is_not_there_yet_is_being_set_up(dues: BillingHouse) -> None:
    async with await dues.browser(dues.story.joy) as browser:
        back = await dues.pay(await dues.open_checkout(browser))
        async with dues.away("get /v1/subscriptions/*"):
            answer = await browser.get(back)
        shown = words_of(answer.text)
        assert "You are through, setting up" in shown
        assert "Nothing was charged." in shown
        assert "We have your payment" not in shown
        refresh = answer.headers["refresh"]
        assert refresh == f"5; url={back}&look=1"
        dues.real.clock.move(seconds=5)
        answer = await browser.get(refresh.partition("url=")[2])
    assert answer.headers["location"] == "/membership?done=begun"


async def test_while_the_service_is_away_the_page_says_neither_paid_nor_unpaid(
    dues: BillingHouse,
) -> None:
    async with await dues.browser(dues.story.eve) as browser:
        back = await dues.pay(await dues.open_checkout(browser))
        async with dues.away():
            first = await browser.get(back)
            last = await browser.get(f"{back}&look=12")
    shown = words_of(first.text)
    assert "we cannot say yet what became of its page" in shown
    assert "We have your payment" not in shown
    assert "charged" not in shown
    assert "refresh" in first.headers
    assert "refresh" not in last.headers, "a page that is left open does not ask for ever"
    assert "This page has stopped looking by itself." in words_of(last.text)


async def test_whoever_comes_back_after_a_rest_pays_at_once_and_is_told_so(
    dues: BillingHouse,
) -> None:
    admin = dues.story.admin
    await dues.subscribe(admin)
    await dues.pass_by(days=15)
    assert "Your trial ended, and nothing was charged." in await dues.words(admin)
    assert "There is nothing to cancel" in await dues.words(admin, "/membership/cancel")
    asked = await dues.words(admin, "/membership/start")
    assert "You go on from the day you pay." in asked
    assert "trial" not in asked
    async with await dues.browser(admin) as browser:
        back = await dues.pay(await dues.open_checkout(browser), VISA)
        async with dues.away("get /v1/subscriptions/*"):
            answer = await browser.get(back)
        assert "We have your payment, setting up" in words_of(answer.text)
        dues.real.clock.move(seconds=5)
        answer = await browser.get(back)
    assert answer.headers["location"] == "/membership?done=begun"
    await dues.settle()
    assert "You take part." in await dues.words(admin)
