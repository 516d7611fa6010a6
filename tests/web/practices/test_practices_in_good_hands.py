"""Invitees who are no members yet, offers that end, and practices that nobody looks after."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from domain.members.member import ErasureBasis
from domain.money.billing_accounts import billing_account_id
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Work
from services.members.commands import ForgetMember
from services.money.billing import OpenPractice
from tests.support.billing_house import BillingHouse
from tests.support.pages import hidden, words_of
from tests.support.simulated_stripe import VISA

DESK = "/admin/practices"


@dataclass
class Practice:
    """A practice that pays for some seats, on its own pages."""

    house: BillingHouse
    id: UUID
    manager: UUID

    @property
    def page(self) -> str:
        return f"/practices/{self.id}"

    async def pool(self) -> SeatPool:
        work = Work(self.house.real.house.store, self.id)
        return await work.load(SeatPool, seat_pool_id(self.id))

    async def invite(self, address: str) -> str:
        """Offer a seat; return the link in the mail."""
        sent = await self.house.ask(self.manager, self.page, f"{self.page}/offers", email=address)
        assert sent.status_code == 303, words_of(sent.text)
        await self.house.settle()
        seat_id = [*(await self.pool()).offers][-1]
        link = self.house.real.house.links.of_seat(self.id, seat_id)
        assert link in next(text for to, _, text in self.house.real.mail.sent if to == address)
        return link.removeprefix(self.house.real.house.origin)


async def a_practice(house: BillingHouse, name: str, manager: UUID) -> Practice:
    practice = Practice(house, house.story.id(name), manager)
    await house.story.do(OpenPractice(practice_id=practice.id, name=name, by=manager))
    await house.settle()
    start = f"{practice.page}/start"
    sent = await house.ask(manager, f"{start}?currency=EUR", start, count="3", plan="seat-monthly")
    await house.pay(sent.headers["location"], VISA)
    await house.settle()
    assert (await practice.pool()).bought == 3
    return practice


@pytest.fixture(scope="module")
async def harbour(dues: BillingHouse) -> Practice:
    return await a_practice(dues, "Harbour practice", dues.story.joy)


async def kept(house: BillingHouse, address: str) -> bool:
    return bool(await house.real.fetch("SELECT 1 FROM vault WHERE value = $1", address))


async def test_a_stranger_reads_what_happens_next_and_an_administrator_that_they_ask(
    harbour: Practice,
) -> None:
    house, address = harbour.house, "stranger@example.org"
    link = await harbour.invite(address)
    async with await house.browser() as browser:
        page = await browser.get(link)
        assert page.status_code == 200
        assert "a person decides who comes in" in words_of(page.text)
        for _ in range(2):
            asked = await browser.post(f"{link}/come-in", data=hidden(page.text))
            assert asked.headers["location"] == f"{link}?done=entry_asked"
        again = words_of((await browser.get(link)).text)
        assert "You asked to come in." in again
        assert "Whoever decides about it reads it." not in again
        told = words_of((await browser.get(f"{link}?done=entry_asked")).text)
        assert "Whoever decides about it reads it." in told
        assert (await browser.post(link, data=hidden(page.text))).status_code == 401
    await house.settle()
    assert len((await harbour.pool()).entries_asked) == 1
    assert "Practices (1 waits)" in await house.words(house.story.admin, "/admin")
    desk = await house.words(house.story.admin, DESK)
    assert f"{address} Invited by Harbour practice." in desk
    assert "a member now" not in desk
    assert "asked to come in" in await house.words(harbour.manager, harbour.page)
    let_in = await house.ask(
        house.story.admin, "/admin/people", name="Somebody Invited", email=address
    )
    assert let_in.status_code == 303
    assert "a member now" in await house.words(house.story.admin, DESK)
    assert "Practices (" not in await house.words(house.story.admin, "/admin")
    newcomer = await house.real.house.vault.person_with_mail(address)
    assert newcomer is not None
    assert (await house.ask(newcomer, link)).status_code == 303
    await house.settle()
    assert address not in await house.words(house.story.admin, DESK)


async def test_who_is_signed_in_reads_nothing_of_strangers(harbour: Practice) -> None:
    link = await harbour.invite("bo@example.org")
    words = await harbour.house.words(harbour.house.story.bo, link)
    assert "Take the seat" in words
    assert "Ask to come in" not in words
    await harbour.house.ask(harbour.house.story.bo, link)


async def test_a_link_that_is_none_asks_for_nobody(harbour: Practice) -> None:
    link = await harbour.invite("forger@example.org")
    forged = f"{link[:-1]}{'0' if link[-1] != '0' else '1'}"
    async with await harbour.house.browser() as browser:
        assert (await browser.get(forged)).status_code == 404
        assert (await browser.post(f"{forged}/come-in", data={})).status_code == 404
    assert (await harbour.pool()).entries_asked == {}


async def test_an_offer_that_nobody_took_ends_and_its_address_is_deleted(
    harbour: Practice,
) -> None:
    house = harbour.house
    pool = await harbour.pool()
    for seat_id in [*pool.offers]:
        await house.ask(harbour.manager, harbour.page, f"{harbour.page}/offers/{seat_id}/withdraw")
    address = "too.late@example.org"
    link = await harbour.invite(address)
    async with await house.browser() as browser:
        await browser.post(f"{link}/come-in", data={})
    await house.settle()
    await house.pass_by(days=29)
    assert await kept(house, address)
    await house.pass_by(days=2)
    await house.settle()
    assert not await kept(house, address)
    assert (await harbour.pool()).offers == {}
    assert address not in await house.words(house.story.admin, DESK)
    async with await house.browser() as browser:
        assert "not open any more" in words_of((await browser.get(link)).text)
        over = words_of((await browser.get(f"{link}?done=entry_asked")).text)
        assert "You asked to come in" not in over
        late = await browser.post(f"{link}/come-in", data={})
        assert (late.status_code, "Nothing was asked for" in late.text) == (422, True)
    assert (await house.ask(house.story.eve, "/", link)).status_code == 422


async def test_a_practice_that_lost_its_manager_gets_another_from_an_administrator(
    dues: BillingHouse,
) -> None:
    story = dues.story
    lost = await a_practice(dues, "Lighthouse practice", story.chidi)
    last = await dues.ask(story.chidi, lost.page, f"{lost.page}/managers/{story.chidi}/relieve")
    assert last.status_code == 422
    assert "Name somebody else first" in words_of(last.text)
    address = f"{DESK}/{lost.id}/managers"
    early = await dues.ask(story.admin, DESK, address, manager="bo@example.org")
    assert early.status_code == 409, "somebody looks after it"
    forget = ForgetMember(member_id=story.chidi, basis=ErasureBasis.OWN_REQUEST, by=story.chidi)
    await story.do(forget)
    await dues.settle()
    await dues.settle()
    desk = await dues.words(story.admin, DESK)
    assert "Lighthouse practice" in desk
    unknown = await dues.ask(story.admin, DESK, address, manager="nobody@example.org")
    assert (unknown.status_code, "No member of this house" in unknown.text) == (400, True)
    async with await dues.browser(story.admin) as browser:
        form = hidden((await browser.get(DESK)).text) | {"manager": "bo@example.org"}
        for _ in range(2):
            named = await browser.post(address, data=form)
            assert named.headers["location"] == f"{DESK}?done=practice_in_hands"
    await dues.settle()
    assert (await lost.pool()).managers == {story.bo}
    assert "Lighthouse practice" not in await dues.words(story.admin, DESK)
    audit = f"/admin/billing/{billing_account_id(lost.id)}/audit"
    assert "Priyanka Rao Let somebody look after the seats" in await dues.words(story.admin, audit)
    assert "Lighthouse practice" in await dues.words(story.bo, "/practices")
