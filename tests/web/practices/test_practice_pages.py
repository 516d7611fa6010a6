"""A practice pays for its people: seats bought, offered, taken, kept, freed; never who attends."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NoReturn, cast
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from domain.access.table import Action
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services import bootstrap
from services.access.reading import holdings_of
from services.dispatch import Work
from services.memberships.letters import SUBJECT
from services.payments.ticking import forget_stray_invitations
from services.practices.commands import AcceptSeat, OfferSeat, ReleaseSeat
from services.web.live import LiveHub
from tests.support.billing_house import BillingHouse
from tests.support.pages import Pages, hidden, words_of
from tests.support.simulated_stripe import VISA

LINK = re.compile(r"https?://[^\s]+(/seats/[^\s]+)")
SEATS = 3


@dataclass
class OpenPractice:
    """Joy's practice on its own pages."""

    house: BillingHouse
    id: UUID

    @property
    def page(self) -> str:
        return f"/practices/{self.id}"

    @property
    def joy(self) -> UUID:
        return self.house.story.joy

    async def pool(self) -> SeatPool:
        return await Work(self.house.real.house.store, self.id).load(
            SeatPool, seat_pool_id(self.id)
        )

    async def begin(self, count: int = SEATS, number: str = VISA) -> str:
        """Go from the practice's page through Stripe's and back; return where it leads."""
        sent = await self.house.ask(
            self.joy, f"{self.page}/start?currency=EUR", f"{self.page}/start",
            count=str(count), plan="seat-monthly",
        )  # fmt: skip
        assert sent.status_code == 303, words_of(sent.text)
        business = {"tax_id_type": "eu_vat", "tax_id": "DE123456789"}
        back = await self.house.pay(sent.headers["location"], number, **business)
        async with await self.house.browser(self.joy) as browser:
            answer = await browser.get(back)
        await self.house.settle()
        return str(answer.headers["location"])

    async def invite(self, address: str) -> str:
        """Offer a seat, let the mail go out, and return the link in it."""
        sent = await self.house.ask(self.joy, self.page, f"{self.page}/offers", email=address)
        assert sent.headers["location"].endswith("done=seat_offered"), words_of(sent.text)
        await self.house.settle()
        return self.link_to(address)

    def link_to(self, address: str) -> str:
        mail = next(each for each in reversed(self.house.real.mail.sent) if each[0] == address)
        found = LINK.search(mail[2])
        assert found is not None, mail
        return found[1]

    async def act(self, who: UUID, what: str) -> str:
        """Press one of the buttons of a seat."""
        page = "/practices" if who != self.joy else self.page
        sent = await self.house.ask(who, page, f"{self.page}{what}")
        assert sent.status_code == 303, words_of(sent.text)
        await self.house.settle()
        return str(sent.headers["location"])

    async def takes_part(self, who: UUID) -> bool:
        work = Work(self.house.real.house.store, who)
        access = (await holdings_of(work, who)).without_gifts_of_the_house()
        return access.may(Action.JOIN_OR_FOUND, self.house.now).allows


@pytest.fixture(scope="module")
async def practice(dues: BillingHouse) -> OpenPractice:
    sent = await dues.ask(dues.story.joy, "/practices", name="Harbour practice")
    assert sent.status_code == 303, words_of(sent.text)
    found = re.match(
        r"/practices/([0-9a-f-]{36})/start\?done=practice_opened", sent.headers["location"]
    )
    assert found is not None
    return OpenPractice(dues, UUID(found[1]))


@pytest.fixture(scope="module")
async def paying(practice: OpenPractice) -> OpenPractice:
    assert (await practice.begin()).endswith("?done=practice_begun")
    return practice


async def test_seats_are_bought_through_the_payment_page_with_the_tax_id(
    paying: OpenPractice,
) -> None:
    assert (await paying.pool()).bought == SEATS
    shown = await paying.house.words(paying.joy, paying.page)
    assert "3, 0 taken, 0 offered, 3 free" in shown
    assert "Tax id on invoices kept at our payment service (EU VAT)" in shown
    assert "DE123456789" not in shown
    invoices = await paying.house.words(paying.joy, f"{paying.page}/invoices")
    assert "paid" in invoices


class _Broken:
    """A vault after whose keeping of an address the process was killed."""

    def __init__(self, vault: Any) -> None:
        self._vault = vault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    async def keep_invitation(self, seat_id: UUID, address: str, *, at: datetime) -> NoReturn:
        await self._vault.keep_invitation(seat_id, address, at=at)
        raise RuntimeError("killed")


async def test_an_address_whose_offer_never_came_is_forgotten_after_a_day(
    paying: OpenPractice,
) -> None:
    house = paying.house
    real = house.real
    broken = replace(real.house, vault=cast("Any", _Broken(real.house.vault)))
    app = bootstrap.web_app(replace(real.running, house=broken), LiveHub(), CollectorRegistry())
    strays = "SELECT count(*) FROM vault WHERE kind = 'invitation' AND value = $1"
    offered = "stays.offered@example.org"
    await house.ask(paying.joy, paying.page, f"{paying.page}/offers", email=offered)
    async with await Pages(real, house.story, app).browser(paying.joy) as browser:
        page = await browser.get(paying.page)
        sent = await browser.post(
            f"{paying.page}/offers", data=hidden(page.text) | {"email": "lost@example.org"}
        )
    assert sent.status_code == 500
    sweep = partial(forget_stray_invitations, real.house.vault, real.house.store, real.house.clock)
    assert await sweep() == 0, "its offer may be on its way"
    assert await real.fetch(strays, "lost@example.org") == [(1,)]
    await house.pass_by(days=1.1)
    await sweep()
    assert await real.fetch(strays, "lost@example.org") == [(0,)]
    assert await real.fetch(strays, offered) == [(1,)]
    seat_id = next(reversed((await paying.pool()).offers))
    await house.ask(paying.joy, paying.page, f"{paying.page}/offers/{seat_id}/withdraw")
    await house.settle()


async def test_two_who_press_at_once_invite_an_address_once(paying: OpenPractice) -> None:
    house, address = paying.house, "both.at.once@example.org"
    before = {*(await paying.pool()).offers}
    async with await house.browser(paying.joy) as one, await house.browser(paying.joy) as other:
        forms = [hidden((await each.get(paying.page)).text) for each in (one, other)]
        answers = await asyncio.gather(
            *(
                each.post(f"{paying.page}/offers", data=form | {"email": address})
                for each, form in zip((one, other), forms, strict=True)
            )
        )
    await house.settle()
    assert sorted(each.status_code for each in answers) == [303, 400]
    (waits,) = {*(await paying.pool()).offers} - before
    mails = [each for each in house.real.mail.sent if each[0] == address]
    assert len(mails) == 1
    await paying.act(paying.joy, f"/offers/{waits}/withdraw")


async def test_an_invitation_is_taken_once_by_whoever_is_signed_in(paying: OpenPractice) -> None:
    ana, eve = paying.house.story.ana, paying.house.story.eve
    link = await paying.invite("ana@example.org")
    assert "ana@example.org" in await paying.house.words(paying.joy, paying.page)
    async with await paying.house.browser() as nobody:
        assert "You are not a member yet" in (await nobody.get(link)).text
    async with await paying.house.browser(ana) as browser:
        assert "A seat for you" in (await browser.get(link)).text
        assert (await browser.get(link[:-1] + ("0" if link[-1] != "0" else "1"))).status_code == 404
    assert not await paying.takes_part(ana)
    taken = await paying.house.ask(ana, link)
    assert taken.headers["location"] == "/practices?done=seat_taken"
    await paying.house.settle()
    assert await paying.takes_part(ana)
    late = await paying.house.ask(eve, link)
    assert late.status_code == 422
    assert "not open any more" in words_of(late.text)
    assert not await paying.takes_part(eve)


async def test_the_address_of_an_invitation_is_kept_in_the_vault_only_and_not_for_long(
    paying: OpenPractice,
) -> None:
    address = "somebody.invited@example.org"
    link = await paying.invite(address)
    rows = await paying.house.real.fetch("SELECT kind FROM vault WHERE value = $1", address)
    assert [row[0] for row in rows] == ["invitation"]
    for table in ("events", "outbox"):
        held = await paying.house.real.fetch(
            f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1 OR t::text LIKE $2",  # noqa: S608  our own tables
            f"%{address}%",
            f"%{link.rpartition('/')[2]}%",
        )
        assert held[0][0] == 0, table
    seat_id = [*(await paying.pool()).offers][-1]
    await paying.act(paying.joy, f"/offers/{seat_id}/withdraw")
    assert not await paying.house.real.fetch("SELECT 1 FROM vault WHERE value = $1", address)
    refused = await paying.house.ask(paying.house.story.eve, "/", link)
    assert refused.status_code == 422


async def test_a_manager_sees_seats_and_never_attendance(paying: OpenPractice) -> None:
    async with await paying.house.browser(paying.joy) as browser:
        page = (await browser.get(paying.page)).text
    assert "sits, since" in words_of(page)
    main = page.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"/(meetings|groups|credits|certificates)/", main)


async def test_more_seats_cost_what_was_shown_and_come_with_one_invoice(
    paying: OpenPractice,
) -> None:
    house = paying.house
    before = len((await house.stripe.dashboard("get", "/v1/invoices", {"limit": "100"}))["data"])
    await house.pass_by(days=10)
    for count in (5, 6):
        async with await house.browser(paying.joy) as browser:
            shown = words_of((await browser.get(f"{paying.page}/seats?count={count}")).text)
        assert "Charged today nothing" in shown
        assert "With the next invoice" in shown
        address = f"{paying.page}/seats?count={count}"
        sent = await house.ask(paying.joy, address, f"{paying.page}/seats", count=str(count))
        assert sent.headers["location"].endswith("done=count_asked"), words_of(sent.text)
        await house.settle()
        assert (await paying.pool()).bought == count
    listed = (await house.stripe.dashboard("get", "/v1/invoices", {"limit": "100"}))["data"]
    assert len(listed) == before, "changes gather"
    await house.pass_by(days=22)
    listed = (await house.stripe.dashboard("get", "/v1/invoices", {"limit": "100"}))["data"]
    assert len(listed) == before + 1
    prorated = [
        line
        for line in listed[0]["lines"]["data"]
        if line["parent"]["subscription_item_details"]["proration"]
    ]
    assert prorated


async def test_fewer_seats_wait_for_the_renewal(paying: OpenPractice) -> None:
    address = f"{paying.page}/seats?count=2"
    async with await paying.house.browser(paying.joy) as browser:
        shown = words_of((await browser.get(address)).text)
    assert "Charged today nothing" in shown
    assert "Until the renewal you keep all 6" in shown
    sent = await paying.house.ask(paying.joy, address, f"{paying.page}/seats", count="2")
    assert sent.status_code == 303
    await paying.house.settle()
    assert (await paying.pool()).bought == 6
    shown = await paying.house.words(paying.joy, paying.page)
    assert "2 seats from" in shown
    assert "not offered any more because fewer are asked for" in shown, "the sum explains itself"
    for _ in range(4):
        await paying.house.pass_by(days=8)
    assert (await paying.pool()).bought == 2


async def test_a_number_below_those_who_sit_is_refused_where_it_was_asked(
    paying: OpenPractice,
) -> None:
    link = await paying.invite("bo@example.org")
    await paying.house.ask(paying.house.story.bo, link)
    sent = await paying.house.ask(
        paying.joy, f"{paying.page}/seats?count=1", f"{paying.page}/seats", count="1"
    )
    assert sent.status_code == 422
    assert "Free some first" in words_of(sent.text)
    full = await paying.house.ask(
        paying.joy, paying.page, f"{paying.page}/offers", email="one.more@example.org"
    )
    assert full.status_code == 422
    assert "No seat is free" in words_of(full.text)
    assert not await paying.house.real.fetch(
        "SELECT 1 FROM vault WHERE value = 'one.more@example.org'"
    )


async def test_a_number_chosen_on_an_old_page_is_asked_again(paying: OpenPractice) -> None:
    sent = await paying.house.ask(
        paying.joy, f"{paying.page}/seats?count=4", f"{paying.page}/seats", count="4", seen="9 "
    )
    assert sent.status_code == 409


async def test_a_seat_is_kept_while_somebody_is_away(paying: OpenPractice) -> None:
    ana = paying.house.story.ana
    assert (await paying.act(ana, f"/seats/{ana}/freeze")) == "/practices?done=seat_frozen"
    assert not await paying.takes_part(ana)
    assert "kept for you" in await paying.house.words(ana, "/practices")
    await paying.act(paying.joy, f"/seats/{ana}/thaw")
    assert await paying.takes_part(ana)


async def test_whoever_is_freed_is_offered_a_membership_of_their_own(paying: OpenPractice) -> None:
    ana = paying.house.story.ana
    before = len(paying.house.real.mail.sent)
    await paying.act(paying.joy, f"/seats/{ana}/release")
    ((address, subject, text),) = paying.house.real.mail.sent[before:]
    assert (address, subject) == ("ana@example.org", SUBJECT)
    assert "the seat that Harbour practice paid for you is free again" in text
    assert text.count("http") == 1
    assert f"{paying.house.real.house.origin}/practices\n" in text
    async with await paying.house.browser(ana) as browser:
        page = (await browser.get("/practices")).text
        assert 'href="/membership/start"' in page
        assert (await browser.get("/certificates")).status_code == 200
    assert "Your hours, certificates and evidence are, for ever." in words_of(page)
    assert not await paying.takes_part(ana)


async def test_whoever_frees_their_own_seat_or_has_another_by_then_gets_no_letter(
    paying: OpenPractice,
) -> None:
    ana, house = paying.house.story.ana, paying.house
    await house.ask(ana, await paying.invite("ana@example.org"))
    before = len(house.real.mail.sent)
    await paying.act(ana, f"/seats/{ana}/release")
    assert house.real.mail.sent[before:] == []
    await house.ask(ana, await paying.invite("ana@example.org"))
    before = len(house.real.mail.sent)
    seat_id = house.story.id("seat again")
    for command in (  # all before the worker comes to the first of them
        ReleaseSeat(practice_id=paying.id, member_id=ana, by=paying.joy),
        OfferSeat(practice_id=paying.id, seat_id=seat_id, by=paying.joy),
        AcceptSeat(practice_id=paying.id, seat_id=seat_id, member_id=ana, by=ana),
    ):
        await house.story.do(command)
    await house.settle()
    assert house.real.mail.sent[before:] == []
    assert await paying.takes_part(ana)
    await paying.act(ana, f"/seats/{ana}/release")


async def test_nobody_frees_somebody_elses_seat(paying: OpenPractice) -> None:
    bo, eve = paying.house.story.bo, paying.house.story.eve
    async with await paying.house.browser(eve) as browser:
        answer = await browser.post(f"{paying.page}/seats/{bo}/release", data={})
    assert answer.status_code == 403
    assert await paying.takes_part(bo)


async def test_managers_are_named_and_relieved(paying: OpenPractice) -> None:
    bo, joy = paying.house.story.bo, paying.joy
    named = await paying.house.ask(joy, paying.page, f"{paying.page}/managers", manager=str(bo))
    assert named.status_code == 303
    assert "Harbour practice" in await paying.house.words(bo, paying.page)
    relieved = await paying.house.ask(bo, paying.page, f"{paying.page}/managers/{bo}/relieve")
    assert relieved.headers["location"] == "/practices?done=manager_left"
    async with await paying.house.browser(bo) as browser:
        assert (await browser.get(paying.page)).status_code == 404
    last = await paying.house.ask(joy, paying.page, f"{paying.page}/managers/{joy}/relieve")
    assert last.status_code == 422


async def test_naming_a_manager_tells_nobody_whose_address_belongs_to_a_member(
    paying: OpenPractice,
) -> None:
    eve = paying.house.story.eve
    told = set()
    for tried in ("eve@example.org", "nobody@example.org", str(eve)):
        sent = await paying.house.ask(
            paying.joy, paying.page, f"{paying.page}/managers", manager=tried
        )
        told.add((sent.status_code, words_of(sent.text).partition("Who looks after")[0]))
    assert len(told) == 1, "a member, nobody, and a member who has no seat here"
    assert (await paying.pool()).managers == {paying.joy}


async def test_nobody_leaves_a_practice_by_the_button_that_takes_others_off_the_list(
    paying: OpenPractice,
) -> None:
    bo, joy = paying.house.story.bo, paying.joy
    await paying.house.ask(joy, paying.page, f"{paying.page}/managers", manager=str(bo))
    shown = await paying.house.words(joy, paying.page)
    assert "This page closes to you at once." in shown
    assert shown.count("Take off this list") == 1, "Bo, and not herself"
    off = await paying.house.ask(joy, paying.page, f"{paying.page}/managers/{bo}/relieve")
    assert off.headers["location"] == f"{paying.page}?done=manager_relieved"
    assert "This page closes" not in await paying.house.words(joy, paying.page)


async def test_an_address_is_invited_once_at_a_time(paying: OpenPractice) -> None:
    offers = f"{paying.page}/offers"
    await paying.invite("twice@example.org")
    again = await paying.house.ask(paying.joy, paying.page, offers, email="Twice@example.org")
    assert again.status_code == 400
    assert "An invitation to this address waits already." in words_of(again.text)
    seat_id = [*(await paying.pool()).offers][-1]
    await paying.act(paying.joy, f"/offers/{seat_id}/withdraw")
    await paying.invite("twice@example.org")
    seat_id = [*(await paying.pool()).offers][-1]
    await paying.act(paying.joy, f"/offers/{seat_id}/withdraw")


async def test_whoever_pays_reads_on_an_invitation_that_their_dues_go_on(
    paying: OpenPractice,
) -> None:
    ana = paying.house.story.ana
    link = await paying.invite("pays@example.org")
    assert "You pay dues of your own" not in await paying.house.words(ana, link)
    await paying.house.becomes_paying(ana)
    assert "You pay dues of your own at the moment." in await paying.house.words(ana, link)
    seat_id = [*(await paying.pool()).offers][-1]
    await paying.act(paying.joy, f"/offers/{seat_id}/withdraw")


async def test_a_practices_return_page_believes_nobody_else(paying: OpenPractice) -> None:
    async with await paying.house.browser(paying.joy) as browser:
        for session in ("", "?session_id=nonsense", "?session_id=cs_unknown"):
            assert (await browser.get(f"{paying.page}/return{session}")).status_code == 404


async def test_the_card_page_is_the_practices_own(paying: OpenPractice) -> None:
    sent = await paying.house.ask(paying.joy, paying.page, f"{paying.page}/card")
    assert sent.headers["location"].startswith(paying.house.stripe.address)


async def test_invoices_go_where_the_practice_says_and_the_address_stays_with_stripe(
    paying: OpenPractice,
) -> None:
    address = "papers@example.org"
    sent = await paying.house.ask(
        paying.joy, paying.page, f"{paying.page}/contact", contact=address
    )
    assert sent.headers["location"].endswith("done=papers_to"), words_of(sent.text)
    customers = await paying.house.stripe.dashboard("get", "/v1/customers", {"email": address})
    assert len(customers["data"]) == 1
    assert not await paying.house.real.fetch("SELECT 1 FROM vault WHERE value = $1", address)


async def test_a_practice_ends_with_its_period_and_can_be_closed_then(
    paying: OpenPractice,
) -> None:
    early = await paying.house.ask(paying.joy, paying.page, f"{paying.page}/close")
    assert early.status_code == 422
    await paying.act(paying.joy, "/end")
    await paying.act(paying.joy, "/end/undo")
    await paying.act(paying.joy, "/end")
    for _ in range(5):
        await paying.house.pass_by(days=8)
    assert (await paying.pool()).bought == 0
    assert not await paying.takes_part(paying.house.story.bo)
    assert (await paying.act(paying.joy, "/close")).endswith("done=account_closed")
    assert "Invoices" in await paying.house.words(paying.joy, paying.page)
