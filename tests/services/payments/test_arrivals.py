"""What comes to the door is handled: one look for a subscription, and each fact once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.standings import MembershipState
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.values import Money
from services.dispatch import Order, Work
from services.money.billing import NoteMoney
from tests.support.billing_chaos import (
    Payer,
    StormyHouse,
    paid_invoice,
    register,
)


def work(house: StormyHouse) -> Work:
    return Work(house.real.house.store, uuid4())


async def lines_of(house: StormyHouse, payer: Payer) -> dict[str, int]:
    ledger = await work(house).find(MoneyLedger, money_ledger_id(payer.account_id))
    return {} if ledger is None else {k: fact.amount.cents for k, (_, fact) in ledger.lines.items()}


async def stuck(house: StormyHouse) -> list[tuple[str, str]]:
    return [(each.kind, each.problem) for each in await house.real.house.desk.stuck()]


async def asked(house: StormyHouse, path: str) -> int:
    requests = (await house.simulated.state())["requests"]
    return sum(path in str(each) for each in requests)


async def test_messages_from_stripe_make_a_membership_and_a_ledger(
    house: StormyHouse, payer: Payer
) -> None:
    membership = await work(house).load(Membership, payer.membership_id)
    assert membership.state is MembershipState.ACTIVE
    assert membership.observed is not None
    assert membership.observed.source_event_id is not None
    invoice = await paid_invoice(house, payer)
    assert await lines_of(house, payer) == {f"{invoice}/issued": 1200, f"{invoice}/paid": 1200}
    assert await stuck(house) == []


async def test_many_messages_about_one_subscription_are_one_look(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.hold()
    for number in range(5):
        await house.client.v1.subscriptions.update_async(
            payer.subscription_id, {"metadata": {"note": str(number)}}
        )
    await house.simulated.release(shuffle=True, repeat=0.5)
    path = f"/v1/subscriptions/{payer.subscription_id}"
    before = await asked(house, path)
    waiting = "SELECT count(*) FROM inbox WHERE root_key LIKE 'sub_%' AND state = 'waiting'"
    assert await house.real.fetch(waiting) == [(5,)]
    await house.settle()
    assert await asked(house, path) == before + 1
    assert await house.real.fetch(waiting) == [(0,)]


async def test_a_message_that_comes_before_our_own_record_waits_for_it(
    house: StormyHouse, stranger: Payer
) -> None:
    await house.simulated.drain()
    await house.real.drain()
    assert await lines_of(house, stranger) == {}
    await register(house, stranger.number)
    house.clock.move(seconds=5)
    await house.settle()
    membership = await work(house).load(Membership, stranger.membership_id)
    assert membership.state is MembershipState.ACTIVE
    assert len(await lines_of(house, stranger)) == 2
    assert await stuck(house) == []


async def test_money_of_nobody_ends_with_a_word_and_a_button_brings_it_back(
    house: StormyHouse, stranger: Payer
) -> None:
    await house.simulated.drain()
    for _ in range(8):
        await house.real.drain()
        house.clock.move(seconds=600)
    words = {("stripe", "payment_message.unknown_payer")}
    assert set(await stuck(house)) == words
    await register(house, stranger.number)
    for row in await house.real.house.desk.stuck():
        assert await house.real.house.desk.revive(row.where, row.key)
    await house.settle()
    assert await stuck(house) == []
    assert len(await lines_of(house, stranger)) == 2


async def test_what_another_house_of_the_account_did_is_set_aside(
    house: StormyHouse, payer: Payer
) -> None:
    v1 = house.client.v1
    await v1.customers.update_async(payer.customer_id, {"metadata": {"ph_env": "another"}})
    other: Any = {"metadata": {"ph_env": "another", "ph_account": str(uuid4())}}
    await v1.customers.create_async(other)
    await v1.customers.balance_transactions.create_async(
        payer.customer_id, {"amount": -100, "currency": "eur"}
    )
    await house.simulated.drain()
    await house.settle()
    assert {each.note for each in await house.real.house.desk.set_aside()} == {"another_house"}
    assert len(await lines_of(house, payer)) == 2


async def test_while_stripe_is_away_messages_wait_and_lose_no_try(
    house: StormyHouse, payer: Payer
) -> None:
    await house.client.v1.subscriptions.update_async(
        payer.subscription_id, {"cancel_at_period_end": True}
    )
    await house.simulated.drain()
    await house.simulated.fault("error_before", "get /v1/subscriptions/*", times=1000)
    for _ in range(10):
        await house.real.drain()
        house.clock.move(seconds=31)
    rows = await house.real.fetch(
        "SELECT state, attempts, last_error FROM inbox WHERE state <> 'done'"
    )
    assert set(rows) == {("waiting", 0, "payments.away")}
    await house.simulated.order("/faults/clear")
    await house.settle()
    membership = await work(house).load(Membership, payer.membership_id)
    assert membership.ends_at is not None


async def test_a_fact_with_another_amount_waits_for_a_person_and_holds_nothing_else_up(
    house: StormyHouse, payer: Payer
) -> None:
    await house.simulated.hold()
    draft: Any = {"customer": payer.customer_id, "amount": 900, "currency": "eur"}
    await house.client.v1.invoice_items.create_async(draft)
    invoice = await house.client.v1.invoices.create_async(
        {"customer": payer.customer_id, "pending_invoice_items_behavior": "include"}
    )
    await house.client.v1.invoices.finalize_invoice_async(invoice.id)
    wrong = MoneyFact(
        object_id=invoice.id,
        amount=Money(1, "EUR"),
        actor=Actor.STRIPE,
        true_at=house.clock.now(),
    )
    command = NoteMoney(account_id=payer.account_id, kind=MoneyKind.INVOICE_ISSUED, fact=wrong)
    await house.real.house.dispatch(command, Order(command_id=uuid4()))
    await house.client.v1.invoices.pay_async(invoice.id)
    await house.simulated.release()
    await house.settle()
    assert await stuck(house) == [("stripe", "money_ledger.fact_differs")]
    assert (await lines_of(house, payer))[f"{invoice.id}/paid"] == 900


async def test_refunds_and_disputes_find_their_invoice_and_their_order(
    house: StormyHouse, payer: Payer
) -> None:
    invoice = await paid_invoice(house, payer)
    assert invoice is not None
    note: Any = {
        "invoice": invoice,
        "amount": 300,
        "refund_amount": 300,
        "metadata": {"ph_order": "order-7"},
    }
    await house.client.v1.credit_notes.create_async(note)
    payments = await house.client.v1.invoice_payments.list_async({"invoice": invoice})
    intent = str(payments.data[0].payment.payment_intent)
    opened = await house.simulated.order("/disputes", payment_intent=intent)
    await house.simulated.drain()
    await house.settle()
    ledger = await work(house).load(MoneyLedger, money_ledger_id(payer.account_id))
    assert ledger.is_disputed(invoice)
    await house.simulated.order("/disputes/close", dispute=opened["id"], won=True)
    await house.simulated.drain()
    await house.settle()
    ledger = await work(house).load(MoneyLedger, money_ledger_id(payer.account_id))
    assert not ledger.is_disputed(invoice)
    (refund,) = [fact for kind, fact in ledger.lines.values() if kind is MoneyKind.REFUND_EXTERNAL]
    assert (refund.about, refund.order_id) == (invoice, "order-7")
    assert ledger.refundable(invoice, "EUR") == Money(900, "EUR")


async def test_what_is_done_once_more_adds_nothing(house: StormyHouse, payer: Payer) -> None:
    before = await house.real.fetch("SELECT position FROM log_head")
    inbox = house.real.running.news.inbox
    assert inbox is not None
    for (key,) in await house.real.fetch("SELECT external_id FROM inbox"):
        assert await inbox.replay(key)
    house.clock.move(seconds=1)
    lines = await lines_of(house, payer)
    await house.settle()
    assert await lines_of(house, payer) == lines
    after = await house.real.fetch("SELECT position FROM log_head")
    (observed,) = await house.real.fetch(
        "SELECT count(*) FROM events WHERE position > $1 AND topic <> $2",
        before[0][0],
        Membership.Observed.TOPIC,
    )
    assert observed == (0,)
    assert after >= before
    assert payer.membership_id == membership_id(payer.account_id, payer.person_id)


async def test_a_message_out_of_shape_is_dead_at_once_and_holds_nobody_up(
    house: StormyHouse, payer: Payer
) -> None:
    door = house.real.running.house.payments_door
    assert door is not None
    root = payer.subscription_id
    odd: dict[str, Any] = {"id": payer.subscription_id, "object": "subscription", "metadata": [1]}
    content = {"id": "evt_odd", "type": "customer.subscription.updated", "data": {"object": odd}}
    await door.letterbox.receive("stripe", "evt_odd", content, root=root)
    await house.client.v1.subscriptions.update_async(root, {"cancel_at_period_end": True})
    await house.simulated.drain()
    await house.settle()
    assert await stuck(house) == [("stripe", "payment_message.unreadable")]
    assert (await work(house).load(Membership, payer.membership_id)).ends_at is not None
