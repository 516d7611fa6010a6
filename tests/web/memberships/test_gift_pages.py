"""Gift months: bought once, handed on by a link, taken once; paid back before anybody took them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from domain.access.table import Action
from domain.memberships.gifts import Gift
from domain.money.billing_accounts import billing_account_id
from services.access.reading import holdings_of
from services.dispatch import Work
from services.money.story import story_of
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA

BACK_TOO_LATE = "4000000000005126"  # Stripe's test card whose refunds fail days later
LINK = re.compile(r'readonly value="https?://[^/"]+(/gifts/[^"]+)"')


async def buy(house: BillingHouse, who: UUID, months: int = 3) -> str:
    """Go to Stripe's page for some months; return its address."""
    sent = await house.ask(who, "/gifts", months=str(months), currency="EUR")
    assert sent.status_code == 303, words_of(sent.text)
    return str(sent.headers["location"])


async def give(house: BillingHouse, who: UUID, months: int = 3, card: str = VISA) -> str:
    """Buy months, come back, and return the newest link."""
    back = await house.pay(await buy(house, who, months), card)
    async with await house.browser(who) as browser:
        assert (await browser.get(back)).headers["location"] == "/gifts?done=months_given"
    await house.settle()
    return (await links(house, who))[0]


async def links(house: BillingHouse, who: UUID, page: str = "/gifts") -> list[str]:
    async with await house.browser(who) as browser:
        return LINK.findall((await browser.get(page)).text)


async def gift_of(house: BillingHouse, link: str) -> Gift:
    gift_id = UUID(link.split("/")[2])
    return await Work(house.real.house.store, gift_id).load(Gift, gift_id)


async def intent_of(house: BillingHouse, who: UUID) -> str:
    """Return the newest payment of somebody, as Stripe knows it."""
    lines = await story_of(house.real.house, who, reader=who)
    invoice = next(each.object_id for each in reversed(lines) if each.kind == "invoice_paid")
    paid = await house.stripe.dashboard("get", "/v1/invoice_payments", {"invoice": invoice})
    return str(paid["data"][0]["payment"]["payment_intent"])


async def pay_back(house: BillingHouse, who: UUID, cents: int | None = None) -> None:
    """Refund the newest payment of somebody in Stripe's dashboard."""
    intent = await intent_of(house, who)
    amount = {} if cents is None else {"amount": str(cents)}
    await house.stripe.dashboard("post", "/v1/refunds", {"payment_intent": intent, **amount})
    await house.settle()


async def test_months_are_bought_with_an_invoice_and_taken_once(
    dues: BillingHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    bo, chidi, eve = dues.story.bo, dues.story.chidi, dues.story.eve
    link = await give(dues, bo)
    listed = await dues.words(bo, "/membership/invoices")
    assert "36.00 EUR" in listed
    assert "Gift months: 3 months." in listed
    written_for = (await dues.stripe.dashboard("get", "/v1/invoices", {"limit": "1"}))["data"][0]
    assert "Peerhour: gift months" in written_for["lines"]["data"][0]["description"]
    story = await dues.words(bo, "/membership/money")
    assert "36.00 EUR was charged to you, once. It is for months that you give" in story
    async with await dues.browser(chidi) as browser:
        assert "3 months for you" in words_of((await browser.get(link)).text)
        wrong = link[:-1] + ("0" if link[-1] != "0" else "1")
        assert (await browser.get(wrong)).status_code == 404
    taken = await dues.ask(chidi, link)
    assert taken.headers["location"] == "/membership?done=months_taken"
    await dues.settle()
    gift = await gift_of(dues, link)
    assert gift.redeemed is not None
    assert gift.redeemed[0] == chidi
    access = (await holdings_of(Work(dues.real.house.store, chidi), chidi)).access()
    assert access.may(Action.JOIN_OR_FOUND, dues.now + timedelta(days=80)).allows
    async with await dues.browser(eve) as browser:
        late = await browser.get(link)
        assert "used already" in words_of(late.text)
        assert (await browser.post(link, data={})).status_code == 422
    assert "Chidi" not in await dues.words(bo, "/gifts")
    written = capsys.readouterr()
    assert str(gift.id) not in written.out + written.err


async def test_a_stranger_reads_whom_to_ask_and_comes_in_by_a_person(dues: BillingHouse) -> None:
    link, address = await give(dues, dues.story.joy, 1), "taking.part@example.org"
    async with await dues.browser() as browser:
        shown = words_of((await browser.get(link)).text)
        assert "1 month for you" in shown
        assert "Write to whoever gave you the link" in shown
        assert "can pass it on to those who look after this house" in shown
        forged = f"{link[:-1]}{'0' if link[-1] != '0' else '1'}"
        assert (await browser.get(forged)).status_code == 404
        assert (await browser.post(link, data={})).status_code == 401
    await dues.ask(dues.story.admin, "/admin/people", name="Taking Part", email=address)
    newcomer = await dues.real.house.vault.person_with_mail(address)
    assert newcomer is not None
    taken = await dues.ask(newcomer, link)
    assert taken.headers["location"] == "/membership?done=months_taken"
    async with await dues.browser() as browser:
        late = words_of((await browser.get(link)).text)
    assert "This link was used already" in late
    assert "If you used it, the months are yours: sign in" in late
    assert "Take them" not in late


async def test_coming_back_twice_and_the_message_give_months_once(dues: BillingHouse) -> None:
    bo = dues.story.bo
    before = len(await links(dues, bo))
    back = await dues.pay(await buy(dues, bo), VISA)
    async with await dues.browser(bo) as browser:
        for _ in range(2):
            assert (await browser.get(back)).status_code == 303
    await dues.settle()
    assert len(await links(dues, bo)) == before + 1


async def test_the_message_alone_gives_the_months_too(dues: BillingHouse) -> None:
    bo = dues.story.bo
    before = len(await links(dues, bo))
    await dues.pay(await buy(dues, bo, 1), VISA)
    await dues.settle()
    assert len(await links(dues, bo)) == before + 1


async def test_somebody_else_learns_nothing_from_a_return_page(dues: BillingHouse) -> None:
    back = await dues.pay(await buy(dues, dues.story.bo), VISA)
    async with await dues.browser(dues.story.eve) as browser:
        assert (await browser.get(back)).status_code == 404
        assert (await browser.get("/gifts/return?session_id=nonsense")).status_code == 404
    await dues.settle()


async def test_whoever_turns_back_paid_nothing(dues: BillingHouse) -> None:
    eve = dues.story.eve
    address = await buy(dues, eve)
    session = address.rpartition("/")[2]
    async with await dues.browser(eve) as browser:
        answer = await browser.get(f"/gifts/return?session_id={session}")
    assert answer.headers["location"] == "/gifts?done=turned_back"
    assert not await links(dues, eve)


async def test_a_payment_that_went_back_ends_a_gift_that_nobody_took(dues: BillingHouse) -> None:
    bo = dues.story.bo
    link = await give(dues, bo)
    await pay_back(dues, bo, 100)
    assert not (await gift_of(dues, link)).is_taken_back, "a part of it ends nothing"
    await pay_back(dues, bo)
    assert (await gift_of(dues, link)).is_taken_back
    refused = await dues.ask(dues.story.eve, "/", link)
    assert refused.status_code == 422
    assert "paid back" in await dues.words(bo, "/gifts")


async def test_months_whose_refund_fails_later_are_owed_and_given_again_by_a_person(
    dues: BillingHouse,
) -> None:
    chidi, admin = dues.story.chidi, dues.story.admin
    link = await give(dues, chidi, 2, BACK_TOO_LATE)
    await pay_back(dues, chidi)
    await dues.pass_by(days=4)
    assert "We owe you the money, or these months" in await dues.words(chidi, "/gifts")
    account = f"/admin/billing/{billing_account_id(chidi)}"
    again = f"{account}/gifts/{link.split('/')[2]}/again"
    assert "2 gift months ended, and their payment is still" in await dues.words(admin, account)
    assert (await dues.ask(chidi, "/gifts", again)).status_code == 403
    elsewhere = again.replace(
        str(billing_account_id(chidi)), str(billing_account_id(dues.story.bo))
    )
    assert (await dues.ask(admin, account, elsewhere)).status_code == 404
    done = await dues.ask(admin, account, again)
    assert done.headers["location"].endswith("?done=months_again")
    await dues.settle()
    assert "their payment is still" not in await dues.words(admin, account)
    assert "Let gift months be taken after all" in await dues.words(admin, f"{account}/audit")
    taken = await dues.ask(dues.story.eve, link)
    assert taken.status_code == 303
    assert "Invented" not in await dues.words(admin, f"{account}/audit"), "who took it is nobody's"


async def test_while_a_bank_decides_every_page_says_what_is_so(dues: BillingHouse) -> None:
    bo, admin = dues.story.bo, dues.story.admin
    link = await give(dues, bo, 1)
    opened = await dues.stripe.order("/disputes", payment_intent=await intent_of(dues, bo))
    await dues.settle()
    account = f"/admin/billing/{billing_account_id(bo)}"
    for who, page in ((bo, "/gifts"), (bo, "/membership/money"), (admin, account)):
        assert "Their link works until the bank has decided" in await dues.words(who, page), page
    await dues.stripe.order("/disputes/close", dispute=opened["id"], won=False)
    await dues.settle()
    assert "Their link works" not in await dues.words(bo, "/gifts")
    assert (await gift_of(dues, link)).is_taken_back


async def test_months_that_somebody_took_stay_theirs(dues: BillingHouse) -> None:
    bo, eve = dues.story.bo, dues.story.eve
    link = await give(dues, bo, 2)
    await dues.ask(eve, link)
    await pay_back(dues, bo)
    gift = await gift_of(dues, link)
    assert gift.redeemed is not None
    assert not gift.is_taken_back


async def test_the_house_gives_months_that_nobody_pays_for(dues: BillingHouse) -> None:
    admin = dues.story.admin
    sent = await dues.ask(admin, "/admin/gifts", months="6")
    assert sent.headers["location"] == "/admin/gifts?done=months_given_by_house"
    link = (await links(dues, admin, "/admin/gifts"))[0]
    async with await dues.browser() as browser:
        assert "They look after this house" in words_of((await browser.get(link)).text)
    taken = await dues.ask(dues.story.ana, link)
    assert taken.status_code == 303
    async with await dues.browser(dues.story.ana) as browser:
        assert (await browser.get("/admin/gifts")).status_code == 403


@pytest.mark.parametrize("months", ["0", "25", "-1", "many", "", "9" * 40])
async def test_a_number_of_months_that_cannot_be_is_told_where_it_was_typed(
    dues: BillingHouse, months: str
) -> None:
    sent = await dues.ask(dues.story.ana, "/gifts", months=months, currency="EUR")
    assert sent.status_code == 400


async def test_a_price_that_changed_is_shown_before_anything_is_paid(dues: BillingHouse) -> None:
    sent = await dues.ask(dues.story.ana, "/gifts", months="1", currency="EUR", seen="1 EUR")
    assert sent.status_code == 409


async def test_without_the_payment_service_the_page_says_so(dues: BillingHouse) -> None:
    async with dues.away():
        sent = await dues.ask(dues.story.ana, "/gifts", months="1", currency="EUR")
    assert sent.status_code == 503
