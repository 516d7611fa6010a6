"""Whoever is forgotten pays nothing any more, and the payment service forgets them, too."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotAllowed
from domain.members.member import ErasureBasis
from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id, own_membership_id
from domain.memberships.standings import LapseReason, MembershipState
from domain.money.billing_accounts import BillingAccount, billing_account_id
from domain.money.facts import Actor, MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.checkouts import CheckoutAsk
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.members.commands import ForgetMember
from services.practices.commands import NameSeatManager
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA

NOBODY = ("Forgotten", "forgotten@peerhour.invalid", None)


async def forget(dues: BillingHouse, person: UUID) -> None:
    await dues.story.do(ForgetMember(member_id=person, basis=ErasureBasis.OWN_REQUEST, by=person))


async def membership_of(dues: BillingHouse, payer: UUID) -> Membership:
    return await dues.story.known(Membership, own_membership_id(payer))


async def customer_of(dues: BillingHouse, payer: UUID) -> str:
    account = await dues.story.known(BillingAccount, billing_account_id(payer))
    assert account.customer_id is not None
    return account.customer_id


async def contact(dues: BillingHouse, payer: UUID) -> tuple[Any, ...]:
    customer = await stripe_has(dues, f"customers/{await customer_of(dues, payer)}")
    return customer["name"], customer["email"], customer["address"]


async def ledger_of(dues: BillingHouse, payer: UUID) -> MoneyLedger:
    return await dues.story.known(MoneyLedger, money_ledger_id(billing_account_id(payer)))


async def stripe_has(dues: BillingHouse, path: str, **asked: str) -> Any:
    return await dues.stripe.dashboard("get", f"/v1/{path}", asked)


async def paid_at_once(dues: BillingHouse, person: UUID) -> str:
    """Pay on a page that was opened beside the ordinary way; return the subscription."""
    desk = dues.real.house.payments
    assert desk is not None
    account_id = billing_account_id(person)
    page = await desk.begin(
        CheckoutAsk(
            account_id=account_id,
            membership_id=membership_id(account_id, person),
            customer_id=await customer_of(dues, person),
            plan="membership-monthly",
            currency="EUR",
            quantity=1,
            trial_days=0,
            percent_off=0,
            done_url="https://peerhour.example/done",
            back_url="https://peerhour.example/",
            key=f"beside-{person}",
        )
    )
    await dues.stripe.pay(page.url, VISA, country="DE", email="invented@example.org", name="Ana")
    found = (await desk.checkout(page.session_id)).subscription_id
    assert found is not None
    return found


async def test_a_forgotten_person_is_charged_no_more_and_their_customer_names_nobody(
    dues: BillingHouse,
) -> None:
    ana = dues.story.ana
    await dues.becomes_paying(ana)
    customer = await customer_of(dues, ana)
    lines = list((await ledger_of(dues, ana)).lines)
    assert lines
    known = {"email": "ana@example.org", "address[country]": "DE", "phone": "+4930123456"}
    await dues.stripe.dashboard("post", f"/v1/customers/{customer}", known)
    invoices = (await stripe_has(dues, "invoices", customer=customer))["data"]
    assert invoices
    await forget(dues, ana)
    await dues.settle()
    membership = await membership_of(dues, ana)
    assert membership.standing.why is LapseReason.CANCELLED
    theirs = await stripe_has(dues, "subscriptions", customer=customer, status="all")
    (subscription,) = theirs["data"]
    assert subscription["status"] == "canceled"
    assert await contact(dues, ana) == NOBODY
    assert (await stripe_has(dues, f"customers/{customer}/payment_methods"))["data"] == []
    kept = (await stripe_has(dues, "invoices", customer=customer))["data"]
    assert kept == invoices, "what is finished stays as the law wants it"
    await dues.pass_by(days=70)
    assert list((await ledger_of(dues, ana)).lines) == lines
    assert len((await stripe_has(dues, "invoices", customer=customer))["data"]) == len(invoices)


async def test_a_payment_page_that_was_open_is_closed(dues: BillingHouse) -> None:
    bo = dues.story.bo
    async with await dues.browser(bo) as browser:
        address = await dues.open_checkout(browser)
    open_page = (await membership_of(dues, bo)).checkout
    assert open_page is not None
    await forget(dues, bo)
    await dues.settle()
    assert (await membership_of(dues, bo)).checkout is None
    assert (await stripe_has(dues, f"checkout/sessions/{open_page[0]}"))["status"] == "expired"
    landed = await dues.stripe.open(address)
    assert "number" not in landed.text


async def test_who_pays_on_a_page_that_was_open_still_is_ended_and_forgotten_as_well(
    dues: BillingHouse,
) -> None:
    chidi = dues.story.chidi
    async with await dues.browser(chidi) as browser:
        address = await dues.open_checkout(browser)
    await forget(dues, chidi)
    await dues.pay(address)  # quicker than the worker
    await dues.settle()
    await dues.pass_by(days=0.1)
    membership = await membership_of(dues, chidi)
    assert membership.state is MembershipState.LAPSED
    assert (await contact(dues, chidi))[0] == NOBODY[0]


async def test_what_was_paid_after_all_goes_back_and_is_told_as_the_houses_own_refund(
    dues: BillingHouse,
) -> None:
    eve = dues.story.eve
    await dues.subscribe(eve)
    await forget(dues, eve)
    beside = await paid_at_once(dues, eve)
    await dues.settle()
    await dues.pass_by(days=0.1)
    assert (await stripe_has(dues, f"subscriptions/{beside}"))["status"] == "canceled"
    lines = (await ledger_of(dues, eve)).lines.values()
    (asked,) = [fact for kind, fact in lines if kind is MoneyKind.REFUND_ASKED]
    (done,) = [fact for kind, fact in lines if kind is MoneyKind.REFUND_DONE]
    assert (asked.actor, asked.reason) == (Actor.SYSTEM, "payer_forgotten")
    assert (done.order_id, done.amount) == (asked.order_id, asked.amount)
    assert MoneyKind.REFUND_EXTERNAL not in {kind for kind, _ in lines}


async def test_a_second_subscription_is_paid_back_as_the_houses_own_order(
    dues: BillingHouse,
) -> None:
    joy = dues.story.joy
    await dues.becomes_paying(joy)
    await paid_at_once(dues, joy)
    await dues.settle()
    await dues.pass_by(days=0.1)
    lines = (await ledger_of(dues, joy)).lines.values()
    assert [fact.actor for kind, fact in lines if kind is MoneyKind.REFUND_ASKED] == [Actor.SYSTEM]
    kinds = [kind for kind, _ in lines]
    assert kinds.count(MoneyKind.REFUND_DONE) == 1
    assert MoneyKind.REFUND_EXTERNAL not in kinds
    story = await dues.words(joy, "/membership/money")
    assert "We told our payment service to pay 12.00 EUR back to you" in story
    assert "The same membership was paid for twice." in story
    assert "the house, by itself" in story
    assert "own desk" not in story


@pytest.fixture(scope="module")
async def practice_id(dues: BillingHouse) -> UUID:
    """Joy's practice, which pays for two seats; she has one herself."""
    joy = dues.story.joy
    sent = await dues.ask(joy, "/practices", name="Harbour practice")
    found = re.search(r"/practices/([0-9a-f-]{36})", sent.headers["location"])
    assert found is not None
    page = f"/practices/{found[1]}/start"
    sent = await dues.ask(joy, f"{page}?currency=EUR", page, count="2", plan="seat-monthly")
    assert sent.status_code == 303, words_of(sent.text)
    back = await dues.pay(sent.headers["location"], VISA)
    async with await dues.browser(joy) as browser:
        await browser.get(back)
    await dues.settle()
    return UUID(found[1])


async def test_a_practice_that_nobody_looks_after_runs_out_with_what_is_paid(
    dues: BillingHouse, practice_id: UUID
) -> None:
    joy, admin = dues.story.joy, dues.story.admin
    await forget(dues, joy)
    await dues.settle()
    pool = await dues.story.known(SeatPool, seat_pool_id(practice_id))
    assert (pool.managers, pool.bought) == (set(), 2)
    membership = await membership_of(dues, practice_id)
    assert membership.state is MembershipState.ACTIVE
    assert membership.ends_at is not None
    assert (await contact(dues, practice_id))[0] == NOBODY[0]
    for_admin = {"practice_id": practice_id, "member_id": admin}
    with pytest.raises(NotAllowed):
        await dues.story.do(NameSeatManager(**for_admin, by=dues.story.eve))
    await dues.story.do(NameSeatManager(**for_admin, by=admin))
    pool = await dues.story.known(SeatPool, seat_pool_id(practice_id))
    assert pool.managers == {admin}
    await dues.pass_by(days=(membership.ends_at - dues.now) / timedelta(days=1) + 1)
    assert (await membership_of(dues, practice_id)).state is MembershipState.LAPSED
