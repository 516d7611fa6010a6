"""A card that fails: what is safe is said first, wherever it is told, and nothing is promised."""

from __future__ import annotations

import pytest

from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of

NO_MONEY = "4000000000000341"  # can be kept, and is declined when it is charged
SAFE = "Your place is safe: nothing changes until"


@pytest.fixture(scope="module")
async def unpaid(dues: BillingHouse) -> BillingHouse:
    """Bo's first dues failed a day ago; Ana's did not."""
    for who, card in ((dues.story.ana, "4242424242424242"), (dues.story.bo, NO_MONEY)):
        await dues.subscribe(who)
        await dues.add_card(who, card)
    await dues.pass_by(days=15)
    return dues


async def test_the_start_page_says_what_is_safe_and_where_to_mend_it(
    unpaid: BillingHouse,
) -> None:
    shown = await unpaid.words(unpaid.story.bo, "/")
    assert "Waiting for you A payment did not go through" in shown
    assert SAFE in shown
    assert "See how to mend it" in shown
    assert "A payment did not go through" not in await unpaid.words(unpaid.story.ana, "/")


async def test_the_membership_says_first_what_is_safe(unpaid: BillingHouse) -> None:
    shown = await unpaid.words(unpaid.story.bo)
    assert f"A payment did not go through {SAFE}" in shown


async def test_another_plan_waits_and_shows_no_sum(unpaid: BillingHouse) -> None:
    shown = await unpaid.words(unpaid.story.bo, "/membership/plan?to=membership-annual")
    assert "Mend that first, then change the plan." in shown
    assert "Charged today" not in shown


async def test_an_old_return_page_welcomes_nobody_whose_card_failed_since(
    unpaid: BillingHouse,
) -> None:
    bo = unpaid.story.bo
    async with await unpaid.browser(bo) as browser:
        answer = await browser.get("/membership/return")
    assert answer.headers["location"] == "/membership"


async def test_an_end_names_the_day_it_speaks_of(unpaid: BillingHouse) -> None:
    bo = unpaid.story.bo
    shown = await unpaid.words(bo, "/membership/cancel")
    assert "Until that day" not in shown, "no day is named before"
    assert "Nothing changes until" in shown
    assert "The invoice that is not paid yet stays to be paid" in shown
    sent = await unpaid.ask(bo, "/membership/cancel")
    assert sent.status_code == 303, words_of(sent.text)
    await unpaid.pass_by(seconds=60)
    ending = await unpaid.words(bo)
    assert "a payment is missing. It ends on" in ending
    assert "missing, until" not in ending
