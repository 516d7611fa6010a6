"""Reconciliation finds what is missing, heals it, and counts what it cannot heal."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.members.member import ErasureBasis
from domain.memberships.membership import Membership
from domain.memberships.standings import MembershipState
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.payments.drift import EVENTS, NEWEST_EVENT
from domain.payments.refusals import PaymentsAway
from domain.values import Money
from services.dispatch import Order, Work
from services.members.commands import ForgetMember
from services.memberships.commands import ObserveSubscription
from services.money.billing import NoteMoney
from services.payments.monthly_sums import reconcile_money
from services.payments.reconciling import (
    Reconciled,
    reconcile_lists,
    reconcile_messages,
)
from tests.support.billing import observation
from tests.support.billing_chaos import Payer, StormyHouse, begin_dues, paid_invoice

NOTHING = Reconciled()


async def drifts(house: StormyHouse) -> set[tuple[str, str]]:
    return {(row.kind, row.subject) for row in await house.real.running.news.drift.open()}


async def membership_of(house: StormyHouse, payer: Payer) -> Membership:
    return await Work(house.real.house.store, uuid4()).load(Membership, payer.membership_id)


async def note(house: StormyHouse, payer: Payer, object_id: str, cents: int) -> None:
    fact = MoneyFact(
        object_id=object_id,
        amount=Money(cents, "EUR"),
        actor=Actor.STRIPE,
        true_at=house.clock.now(),
    )
    for kind in (MoneyKind.INVOICE_ISSUED, MoneyKind.INVOICE_PAID):
        command = NoteMoney(account_id=payer.account_id, kind=kind, fact=fact)
        await house.real.house.dispatch(command, Order(command_id=uuid4()))


async def lose_everything(house: StormyHouse) -> None:
    await house.simulated.release(drop=1.0)
    await house.settle()


async def test_the_list_of_messages_brings_what_never_came_and_only_once(
    house: StormyHouse,
) -> None:
    await house.simulated.hold()
    payer = await begin_dues(house, 1_000_000)
    await lose_everything(house)
    assert (await membership_of(house, payer)).state is MembershipState.REQUESTED
    assert (await reconcile_messages(house.reconciler)).added > 3
    await house.settle()
    assert (await membership_of(house, payer)).state is MembershipState.ACTIVE
    assert await house.real.fetch("SELECT DISTINCT came_by FROM inbox") == [("reconcile",)]
    assert await reconcile_messages(house.reconciler) == NOTHING
    assert await reconcile_lists(house.reconciler) == NOTHING


async def test_the_lists_alone_heal_subscriptions_and_invoices(house: StormyHouse) -> None:
    await house.simulated.hold()
    payer = await begin_dues(house, 1_000_012)
    await lose_everything(house)
    came = await reconcile_lists(house.reconciler)
    assert (came.found, came.left) == (3, 0)  # the look, the invoice, its payment
    assert (await membership_of(house, payer)).state is MembershipState.ACTIVE
    await house.settle()
    assert await reconcile_lists(house.reconciler) == NOTHING
    assert await drifts(house) == set()
    assert await house.real.running.news.drift.found_since(house.clock.now() - timedelta(1)) == 3


async def test_a_change_that_nobody_told_is_seen_in_the_night(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.hold()
    await house.client.v1.subscriptions.update_async(
        payer.subscription_id, {"cancel_at_period_end": True}
    )
    await lose_everything(house)
    came = await reconcile_lists(house.reconciler)
    assert (came.found, came.left) == (1, 0)
    assert (await membership_of(house, payer)).ends_at is not None


async def test_a_subscription_of_nobody_waits_for_a_person(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.hold()
    listed = await house.client.v1.subscriptions.retrieve_async(payer.subscription_id)
    price = listed["items"].data[0].price.id
    made = await house.client.v1.subscriptions.create_async(
        {"customer": payer.customer_id, "items": [{"price": price}]}
    )
    await lose_everything(house)
    await reconcile_lists(house.reconciler)
    assert await drifts(house) == {("no_member", made.id)}
    assert (await reconcile_lists(house.reconciler)).left == 1  # the same one, still
    assert len(await house.real.running.news.drift.open()) == 1
    await house.client.v1.subscriptions.cancel_async(made.id)
    await reconcile_lists(house.reconciler)
    assert await drifts(house) == set()
    await lose_everything(house)


async def test_what_another_product_of_the_account_sells_is_set_aside(
    house: StormyHouse, payer: Payer
) -> None:
    v1 = house.client.v1
    listed = await v1.subscriptions.retrieve_async(payer.subscription_id)
    other = await v1.customers.create_async({"name": "Another product"})
    card = await v1.payment_methods.attach_async("pm_card_visa", {"customer": other.id})
    pays: Any = {"invoice_settings": {"default_payment_method": card.id}}
    await v1.customers.update_async(other.id, pays)
    sold: Any = {
        "customer": other.id,
        "items": [{"price": listed["items"].data[0].price.id}],
        "trial_period_days": 90,  # no money moves: sums of months are compared elsewhere
    }
    await v1.subscriptions.create_async(sold)
    await house.simulated.drain()
    for _ in range(3):
        await house.settle()
        house.clock.move(seconds=600)
    assert await house.real.house.desk.stuck() == []
    assert {each.note for each in await house.real.house.desk.set_aside()} == {"another_product"}
    assert await reconcile_lists(house.reconciler) == NOTHING


async def test_messages_are_read_on_from_the_newest_by_stripes_clock(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.drain()
    await reconcile_messages(house.reconciler)
    newest = (await house.client.v1.events.list_async({"limit": 1})).data[0]
    house.clock.move(seconds=86_400)  # ours alone is ahead
    await reconcile_messages(house.reconciler)
    mark = await house.real.running.news.marks.reached(NEWEST_EVENT)
    assert mark is not None
    assert 0 <= newest.created - mark.timestamp() < 60
    assert payer.subscription_id


async def test_what_lives_here_alone_is_told(house: StormyHouse, payer: Payer) -> None:
    now = house.clock.now()
    look = observation(
        0,
        subscription_id="sub_of_nobody",
        customer_id=payer.customer_id,
        observed_at=now,
        began_at=now,
        period_end_at=now + timedelta(days=30),
    )
    command = ObserveSubscription(membership_id=payer.membership_id, observation=look)
    await house.real.house.dispatch(command, Order(command_id=uuid4()))
    await house.settle()
    await reconcile_lists(house.reconciler)
    assert ("surplus", "sub_of_nobody") in await drifts(house)


async def test_a_second_one_that_lives_and_who_is_forgotten_and_pays_are_told(
    house: StormyHouse, payer: Payer
) -> None:
    listed = await house.client.v1.subscriptions.retrieve_async(payer.subscription_id)
    await house.simulated.fault("error_before", "delete /v1/subscriptions/*", times=1000)
    again = await house.client.v1.subscriptions.create_async(
        {
            "customer": payer.customer_id,
            "items": [{"price": listed["items"].data[0].price.id}],
            "metadata": listed.metadata.to_dict(),
        }
    )
    await house.simulated.drain()
    await house.settle()
    forget = ForgetMember(
        member_id=payer.person_id, basis=ErasureBasis.OWN_REQUEST, by=payer.person_id
    )
    await house.real.house.dispatch(forget, Order(command_id=uuid4()))
    await reconcile_lists(house.reconciler)
    assert {
        ("second", again.id),
        ("member_gone", again.id),
        ("member_gone", payer.subscription_id),
    } <= await drifts(house)


async def test_ledgers_that_say_more_or_otherwise_wait_for_a_person(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.hold()
    item: Any = {"customer": payer.customer_id, "amount": 900, "currency": "eur"}
    await house.client.v1.invoice_items.create_async(item)
    invoice = await house.client.v1.invoices.create_async(
        {"customer": payer.customer_id, "pending_invoice_items_behavior": "include"}
    )
    await house.client.v1.invoices.finalize_invoice_async(invoice.id)
    await note(house, payer, invoice.id, 5)
    house.clock.move(seconds=1)
    await note(house, payer, "in_of_nobody", 7)
    await lose_everything(house)
    await reconcile_lists(house.reconciler)
    assert {
        ("fact_differs", f"{invoice.id}/issued"),
        ("fact_surplus", "in_of_nobody/issued"),
    } <= await drifts(house)


async def test_a_list_that_breaks_off_moves_no_mark(house: StormyHouse) -> None:
    await reconcile_messages(house.reconciler)
    marks = house.real.running.news.marks
    before = await marks.reached(EVENTS)
    house.clock.move(seconds=60)
    await house.simulated.fault("error_before", "get /v1/events*", times=10)
    with pytest.raises(PaymentsAway):
        await reconcile_messages(house.reconciler)
    assert await marks.reached(EVENTS) == before
    await house.simulated.order("/faults/clear")
    await reconcile_messages(house.reconciler)
    after = await marks.reached(EVENTS)
    assert before is not None
    assert after is not None
    assert after > before


async def test_when_messages_were_not_read_for_weeks_it_is_said_before_they_are_gone(
    house: StormyHouse,
) -> None:
    await reconcile_messages(house.reconciler)
    house.clock.move(seconds=26 * 86_400)
    await house.simulated.fault("error_before", "get /v1/events*", times=10)
    with pytest.raises(PaymentsAway):
        await reconcile_messages(house.reconciler)
    assert ("watermark", EVENTS) in await drifts(house)
    await house.simulated.order("/faults/clear")
    await reconcile_messages(house.reconciler)
    assert ("watermark", EVENTS) in await drifts(house)  # this reading found it so
    await reconcile_messages(house.reconciler)
    assert ("watermark", EVENTS) not in await drifts(house)
    await house.settle()


async def test_what_moved_for_another_product_is_left_out_of_a_months_sums_and_said(
    house: StormyHouse, payer: Payer
) -> None:
    await paid_invoice(house, payer)
    stranger = await house.client.v1.customers.create_async({"email": "shop@example.org"})
    intent = await house.client.v1.payment_intents.create_async(
        {
            "amount": 123_45,
            "currency": "eur",
            "customer": stranger.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    await house.client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 45})
    await house.simulated.drain()
    await house.settle()
    now = house.clock.now()
    to_the_next = (now.replace(day=1) + timedelta(days=33)).replace(day=1) - now
    house.clock.move(seconds=to_the_next.total_seconds())
    await house.simulated.advance(seconds=0)
    await house.simulated.drain()
    await house.settle()
    before = (await house.simulated.state())["requests"]
    came = await reconcile_money(house.reconciler)
    assert came.left_out == {("paid", "EUR"): 123_45, ("paid_back", "EUR"): 45}
    kept = await house.real.running.news.drift.left_out()
    assert [(each.move, each.many, each.amount) for each in kept] == [
        ("paid", 1, Money(123_45, "EUR")),
        ("paid_back", 1, Money(45, "EUR")),
    ]
    assert {each.month for each in kept} == {now.date().replace(day=1)}
    asked = Counter((await house.simulated.state())["requests"][len(before) :])
    assert max(n for each, n in asked.items() if "/customers/" in each) == 1, asked
    assert not [each for each in asked if "/charges" in each], asked
    rows = await house.real.running.news.drift.open()  # other tests of this house made facts up
    compared = [row for row in rows if row.subject.startswith(f"{now:%Y-%m}-01/paid")]
    assert all(abs(int(row.ours) - int(row.theirs)) < 100_00 for row in compared)


async def test_a_months_sums_are_what_moved_and_a_line_too_many_is_told(
    house: StormyHouse, payer: Payer
) -> None:
    paid = await paid_invoice(house, payer)
    await house.client.v1.credit_notes.create_async(
        {"invoice": str(paid), "amount": 300, "refund_amount": 300}
    )
    await house.simulated.drain()
    await house.settle()
    now = house.clock.now()
    month = f"{now:%Y-%m}-01"
    to_the_next = (now.replace(day=1) + timedelta(days=33)).replace(day=1) - now
    await note(house, payer, "in_of_nobody_else", 77)
    house.clock.move(seconds=to_the_next.total_seconds())
    await house.simulated.advance(seconds=0)
    await house.simulated.drain()
    await house.settle()
    await reconcile_money(house.reconciler)
    assert f"{month}/paid_back/EUR" not in {subject for _, subject in await drifts(house)}
    (row,) = [
        row
        for row in await house.real.running.news.drift.open()
        if row.subject == f"{month}/paid/EUR"
    ]
    assert int(row.ours) - int(row.theirs) >= 77
