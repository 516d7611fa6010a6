"""Whoever takes part by somebody else's means, and pays as well, is told so where it matters."""

from __future__ import annotations

from services.memberships.gifts import GiveMonthsOfTheHouse
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of

BESIDE = "You pay dues of your own at the moment."
WITHOUT = "You could take part without these dues"


async def _a_gift(house: BillingHouse, name: str) -> str:
    """Let the house give a month; return where its link leads."""
    gift_id = house.story.id(name)
    await house.story.do(GiveMonthsOfTheHouse(gift_id=gift_id, months=1, by=house.story.admin))
    await house.settle()
    return house.real.house.links.of_gift(gift_id).removeprefix(house.real.house.origin)


async def test_whoever_pays_reads_on_a_gift_that_their_dues_go_on(dues: BillingHouse) -> None:
    ana, bo = dues.story.ana, dues.story.bo
    link = await _a_gift(dues, "gift")
    assert BESIDE not in await dues.words(bo, link), "Bo pays nothing"
    await dues.becomes_paying(ana)
    assert WITHOUT not in await dues.words(ana), "nothing else lets her take part"
    assert BESIDE in await dues.words(ana, link)
    taken = await dues.ask(ana, link)
    assert taken.status_code == 303, words_of(taken.text)
    await dues.settle()
    shown = await dues.words(ana)
    assert WITHOUT in shown
    assert "go on all the same until you cancel or take leave" in shown
    await dues.ask(ana, "/membership/cancel")
    assert WITHOUT not in await dues.words(ana), "the end is asked for"


async def test_whoever_is_given_months_needs_no_membership_and_reads_so(dues: BillingHouse) -> None:
    bo = dues.story.bo
    assert "You have no membership of your own." in await dues.words(bo)
    await dues.ask(bo, await _a_gift(dues, "another gift"))
    await dues.settle()
    assert "and need none at the moment" in await dues.words(bo)
    offered = await dues.words(bo, "/membership/start?currency=EUR")
    assert "What you begin here is charged beside it." in offered
    assert "Your first meeting is free" not in offered
