"""Letting in, or not, whoever is invited to a seat and asks: page, mail, and what is deleted."""

from __future__ import annotations

import pytest

from domain.errors import NotAllowed
from domain.personal import ERASED, shown
from domain.practices.seat_pool import SeatPool
from services.practices.entries import DeclineEntry, LetIn, newcomer_id
from tests.support.billing_house import BillingHouse
from tests.support.pages import hidden, words_of
from tests.web.practices.test_practices_in_good_hands import DESK, Practice, a_practice, kept


@pytest.fixture(scope="module")
async def lantern(dues: BillingHouse) -> Practice:
    return await a_practice(dues, "Lantern practice", dues.story.joy)


async def asking(practice: Practice, address: str) -> tuple[str, str]:
    """Let somebody ask to come in; return their link, and the page on which it is decided."""
    link = await practice.invite(address)
    async with await practice.house.browser() as browser:
        page = await browser.get(link)
        assert (await browser.post(f"{link}/come-in", data=hidden(page.text))).status_code == 303
    await practice.house.settle()
    seat_id = [*(await practice.pool()).entries_asked][-1]
    return link, f"{DESK}/{practice.id}/entries/{seat_id}"


def mails_to(house: BillingHouse, address: str) -> list[tuple[str, str]]:
    return [(subject, text) for to, subject, text in house.real.mail.sent if to == address]


async def end_offers(practice: Practice) -> None:
    for seat_id in [*(await practice.pool()).offers]:
        address = f"{practice.page}/offers/{seat_id}/withdraw"
        await practice.house.ask(practice.manager, practice.page, address)
    await practice.house.settle()


async def test_whoever_is_let_in_reads_so_signs_in_and_takes_the_seat(lantern: Practice) -> None:
    house, address = lantern.house, "newcomer@example.org"
    link, page = await asking(lantern, address)
    assert "People who ask to come in newcomer@example.org" in await house.words(
        house.story.admin, "/admin"
    )
    async with await house.browser(house.story.admin) as browser:
        shown_page = await browser.get(page)
        assert "newcomer@example.org, invited by Lantern practice." in words_of(shown_page.text)
        form = hidden(shown_page.text)
        nameless = await browser.post(f"{page}/let-in", data=form)
        assert (nameless.status_code, "Write the name." in nameless.text) == (400, True)
        for _ in range(2):
            done = await browser.post(f"{page}/let-in", data=form | {"name": "New Comer"})
            assert done.headers["location"] == f"{DESK}?done=let_in"
    await house.settle()
    [(subject, text)] = mails_to(house, address)[1:]
    assert subject == "You are welcome at Peerhour"
    assert link in text
    assert "Lantern practice keeps a seat for you" in text
    assert address not in await house.words(house.story.admin, DESK)
    assert "ask to come in newcomer" not in await house.words(house.story.admin, "/admin")
    async with await house.browser() as stranger:
        words = words_of((await stranger.get(link)).text)
    assert "You asked to come in." in words, "strangers learn nothing of the answer"
    newcomer = await house.real.house.vault.person_with_mail(address)
    assert newcomer is not None
    assert (await house.ask(newcomer, link)).status_code == 303
    await house.settle()
    assert newcomer in (await lantern.pool()).seated()


async def test_whoever_is_declined_reads_why_and_may_ask_again_later(lantern: Practice) -> None:
    house, address = lantern.house, "not.now@example.org"
    link, page = await asking(lantern, address)
    sentence = "We take nobody in this month; ask us in May."
    sent = await house.ask(house.story.admin, page, f"{page}/decline", sentence=sentence)
    assert sent.headers["location"] == f"{DESK}?done=entry_declined"
    await house.settle()
    [(_, text)] = mails_to(house, address)[1:]
    assert sentence in text
    assert "You can ask again from" in text
    assert link in text
    assert address not in await house.words(house.story.admin, DESK)
    assert sentence not in await house.words(lantern.manager, lantern.page)
    async with await house.browser() as browser:
        early = await browser.post(f"{link}/come-in", data={})
        assert (early.status_code, "cannot ask again yet" in early.text) == (422, True)
        assert "Ask to come in" not in words_of((await browser.get(link)).text)
        await house.pass_by(days=15)
        assert "Ask to come in" in words_of((await browser.get(link)).text)
        again = await browser.post(f"{link}/come-in", data={})
        assert again.headers["location"] == f"{link}?done=entry_asked"
    await house.settle()
    assert address in await house.words(house.story.admin, DESK)
    assert "for the second time" in await house.words(house.story.admin, page)
    silent = await house.ask(house.story.admin, page, f"{page}/decline")
    assert silent.status_code == 303
    await house.settle()
    assert "Whoever decided writes to you" not in mails_to(house, address)[-1][1]
    assert len(mails_to(house, address)) == 3
    late = await house.browser(house.story.admin)
    async with late as browser:
        answered = await browser.post(f"{page}/let-in", data={"name": "Too Late"})
    assert (answered.status_code, "Nobody waits here any more" in answered.text) == (422, True)


async def test_address_and_sentence_are_gone_when_the_offer_is(lantern: Practice) -> None:
    house, address = lantern.house, "soon.gone@example.org"
    await end_offers(lantern)
    _, page = await asking(lantern, address)
    await house.ask(house.story.admin, page, f"{page}/decline", sentence="Not this year.")
    await house.settle()
    assert await kept(house, address)
    [*_, seat_id] = (await lantern.pool()).entries
    await end_offers(lantern)
    assert not await kept(house, address)
    told = [
        event.sentence
        for event in await house.real.house.store.load((await lantern.pool()).id)
        if isinstance(event, SeatPool.EntryDeclined) and event.seat_id == seat_id
    ]
    assert [shown(each) for each in told] == [ERASED]


async def test_whoever_became_a_member_meanwhile_is_only_told(lantern: Practice) -> None:
    house, address = lantern.house, "registered@example.org"
    await end_offers(lantern)
    link, page = await asking(lantern, address)
    await house.ask(house.story.admin, "/admin/people", name="Known Already", email=address)
    known = await house.real.house.vault.person_with_mail(address)
    assert "They are a member by now" in await house.words(house.story.admin, page)
    sent = await house.ask(house.story.admin, page, f"{page}/let-in")
    assert sent.headers["location"] == f"{DESK}?done=let_in"
    await house.settle()
    assert link in mails_to(house, address)[-1][1]
    assert await house.real.house.vault.person_with_mail(address) == known
    assert address not in await house.words(house.story.admin, DESK)


async def test_whoever_is_let_in_can_sign_in_though_the_page_broke_off(lantern: Practice) -> None:
    """The address is the worker's to hand on as well: a page may end before it could."""
    house, address = lantern.house, "broke.off@example.org"
    await end_offers(lantern)
    await asking(lantern, address)
    (seat_id,) = (await lantern.pool()).entries_asked
    newcomer = newcomer_id(seat_id)
    command = LetIn(
        practice_id=lantern.id,
        seat_id=seat_id,
        member_id=newcomer,
        name_on_papers="Broke Off",
        by=house.story.admin,
    )
    await house.story.do(command)
    assert await house.real.house.vault.person_with_mail(address) is None
    await house.settle()
    assert await house.real.house.vault.person_with_mail(address) == newcomer


async def test_only_administrators_decide_who_comes_in(lantern: Practice) -> None:
    await end_offers(lantern)
    await asking(lantern, "not.theirs@example.org")
    (seat_id,) = (await lantern.pool()).entries_asked
    who = {"practice_id": lantern.id, "seat_id": seat_id, "by": lantern.manager}
    for command in (
        LetIn(member_id=newcomer_id(seat_id), name_on_papers="Not Theirs", **who),
        DeclineEntry(sentence=None, **who),
    ):
        with pytest.raises(NotAllowed):
            await lantern.house.story.do(command)
    assert seat_id in (await lantern.pool()).entries_asked
