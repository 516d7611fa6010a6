"""Every order: its words, what it does at Stripe, and how it is seen to have been done."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe

from domain.errors import NotFound
from domain.payments.desk import Seen
from domain.payments.orders import (
    Call,
    ChangePlan,
    EndNow,
    EndWithPeriod,
    ExpireCheckout,
    PauseDues,
    PayBack,
    PaymentOrder,
    ResumeDues,
    SetPercentOff,
    SetSeats,
)
from domain.payments.refusals import PaymentRefused, PaymentsAway, PriceChanged, PriceGone
from domain.values import Money
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk
from tests.infra.stripe.conftest import ask, subscribed, subscription_of, takes_card
from tests.support.simulated_stripe import SimulatedStripe

MEMBERSHIP = UUID(int=9001)
NOTHING_BACK: Any = {"bill_for": {"unused_time_from": {"type": "none"}}}


async def done(desk: StripeDesk, order: PaymentOrder) -> list[Call]:
    """Carry an order out as the worker does, and see each call's sign before and after."""
    order_id = str(uuid4())
    calls = list(await desk.render(order, order_id=order_id))
    for number, call in enumerate(calls):
        assert await desk.made_by(call) is None
        made = await desk.send(call, key=f"{order_id}-{number}")
        assert made.request_id is not None
        assert await desk.made_by(call) is not None
    return calls


async def subscription(connection: Connection, key: str) -> stripe.Subscription:
    return await connection.client.v1.subscriptions.retrieve_async(key, {"expand": ["discounts"]})


@pytest.fixture
async def seen(desk: StripeDesk, simulated: SimulatedStripe) -> Seen:
    return await subscribed(desk, simulated)


@pytest.fixture
async def key(seen: Seen) -> str:
    return seen.observation.subscription_id


async def status(desk: StripeDesk, key: str) -> str:
    return (await desk.look(key)).observation.status


async def test_dues_are_paused_and_begin_again(desk: StripeDesk, key: str) -> None:
    assert len(await done(desk, PauseDues(MEMBERSHIP, key))) == 1
    assert await status(desk, key) == "paused"
    assert await done(desk, PauseDues(MEMBERSHIP, key)) == []
    assert len(await done(desk, ResumeDues(MEMBERSHIP, key))) == 1
    assert await status(desk, key) == "active"
    assert await done(desk, ResumeDues(MEMBERSHIP, key)) == []


async def test_who_comes_back_with_a_card_that_fails_is_back_all_the_same(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    await connection.client.v1.subscriptions.pause_async(key, NOTHING_BACK)
    await takes_card(connection, seen.observation.customer_id, "pm_card_chargeCustomerFail")
    await done(desk, ResumeDues(MEMBERSHIP, key))
    assert await status(desk, key) == "past_due"


async def test_a_return_whose_payment_met_no_answer_is_paid_when_it_is_sent_again(
    desk: StripeDesk, connection: Connection, simulated: SimulatedStripe, key: str
) -> None:
    """The return that waits goes on, also under another key: one anew would take its invoice back,
    and with it what the pause gave back."""
    await connection.client.v1.subscriptions.pause_async(key, NOTHING_BACK)
    order = ResumeDues(MEMBERSHIP, key, agreed=Money(1_200, "EUR"))
    [call] = await desk.render(order, order_id="o")
    await simulated.fault("error_before", "post /v1/invoices/*/pay", times=3)
    with pytest.raises(PaymentsAway):
        await desk.send(call, key=f"return-{key}")
    assert await status(desk, key) == "paused"
    assert await desk.made_by(call) is None
    await desk.send(call, key=f"return-{key}-again")
    assert await status(desk, key) == "active"
    asked: Any = {"subscription": key}
    written = (await connection.client.v1.invoices.list_async(asked)).data
    assert [each.status for each in written] == ["paid", "paid"]


async def test_a_return_that_costs_more_than_was_agreed_to_is_not_even_begun(
    desk: StripeDesk, connection: Connection, key: str
) -> None:
    await connection.client.v1.subscriptions.pause_async(key, NOTHING_BACK)
    cheap = Money(1_199, "EUR")
    assert (await desk.preview_return(key)).now == Money(1_200, "EUR")
    [call] = await desk.render(ResumeDues(MEMBERSHIP, key, agreed=cheap), order_id="o")
    with pytest.raises(PriceChanged):
        await desk.send(call, key=f"dear-{key}")
    asked: Any = {"subscription": key}
    written = (await connection.client.v1.invoices.list_async(asked)).data
    assert [each.status for each in written] == ["paid"]
    with pytest.raises(PriceChanged) as nothing:
        await desk.render(ResumeDues(MEMBERSHIP, key, at_no_cost=True), order_id="o")
    assert nothing.value.facts["why"] == "paused_meanwhile"


async def test_a_return_that_became_dearer_at_the_last_moment_charges_nothing(
    desk: StripeDesk, connection: Connection, simulated: SimulatedStripe, key: str
) -> None:
    """What the preview could not see: an invoice that is there already, and asks for more."""
    await connection.client.v1.subscriptions.pause_async(key, NOTHING_BACK)
    [free] = await desk.render(ResumeDues(MEMBERSHIP, key), order_id="o")
    await simulated.fault("error_before", "post /v1/invoices/*/pay", times=3)
    with pytest.raises(PaymentsAway):
        await desk.send(free, key=f"last-{key}")
    order = ResumeDues(MEMBERSHIP, key, agreed=Money(1_199, "EUR"))
    [call] = await desk.render(order, order_id="o")
    with pytest.raises(PaymentRefused) as refused:
        await desk.send(call, key=f"last-{key}-again")
    assert refused.value.why == "return_dearer"
    assert await status(desk, key) == "paused"
    newest = (await connection.client.v1.invoices.list_async({"subscription": key})).data[0]
    assert newest.status == "void"


async def test_another_plan_is_charged_less_what_was_paid(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    await done(desk, ChangePlan(MEMBERSHIP, key, "membership-annual"))
    now = (await desk.look(key)).observation
    assert (now.price, now.status) == ("membership-annual", "active")
    newest = (await desk.invoices(seen.observation.customer_id))[0]
    assert 10_800 <= newest.total.cents <= 10_810
    assert await done(desk, ChangePlan(MEMBERSHIP, key, "membership-annual")) == []


async def test_a_plan_whose_payment_fails_changes_nothing_and_is_found_again(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    await takes_card(connection, seen.observation.customer_id, "pm_card_chargeCustomerFail")
    order = ChangePlan(MEMBERSHIP, key, "membership-annual")
    [call] = await desk.render(order, order_id="o-waits")
    assert await desk.made_by(call) is None
    made = await desk.send(call, key="ph-test-waits")
    now = (await desk.look(key)).observation
    assert (now.price, now.status, now.trouble) == ("membership-monthly", "active", None)
    assert now.plan_waits is not None
    assert now.latest_invoice is not None
    assert (now.plan_waits.invoice_id, now.unpaid_since) == (now.latest_invoice[0], None)
    found = await desk.made_by(call)
    assert found is not None
    assert found.object_id == made.object_id


async def test_a_plan_that_vanished_is_said_to_be_gone(desk: StripeDesk, key: str) -> None:
    with pytest.raises(PriceGone):
        await desk.render(ChangePlan(MEMBERSHIP, key, "membership-weekly"), order_id="o")


async def test_an_end_is_arranged_and_taken_back(desk: StripeDesk, key: str) -> None:
    await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=True))
    assert (await desk.look(key)).observation.ends_at_period_end
    assert await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=True)) == []
    await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=False))
    assert not (await desk.look(key)).observation.ends_at_period_end
    assert await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=False)) == []


async def test_a_day_that_was_named_at_stripes_desk_is_taken_back_as_well(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    assert seen.observation.period_end_at is not None
    day = int(seen.observation.period_end_at.timestamp()) - 86_400
    await connection.client.v1.subscriptions.update_async(key, {"cancel_at": day})
    assert (await desk.look(key)).observation.ends_at_period_end
    await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=False))
    assert not (await desk.look(key)).observation.ends_at_period_end


async def test_a_later_day_that_was_named_at_stripes_desk_is_not_the_end_of_the_period(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    """Else somebody who asked to stop would be charged until that day."""
    assert seen.observation.period_end_at is not None
    day = int(seen.observation.period_end_at.timestamp()) + 60 * 86_400
    await connection.client.v1.subscriptions.update_async(key, {"cancel_at": day})
    assert not (await desk.look(key)).observation.ends_at_period_end
    await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=True))
    assert (await desk.look(key)).observation.ends_at_period_end


async def test_who_stops_while_away_has_no_period_to_end_with_and_keeps_what_came_back(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    await done(desk, PauseDues(MEMBERSHIP, key))
    await done(desk, EndWithPeriod(MEMBERSHIP, key, ends=True))
    assert await status(desk, key) == "canceled"
    payer = await connection.client.v1.customers.retrieve_async(seen.observation.customer_id)
    assert payer.balance is not None
    assert payer.balance < 0, "what the pause gave back is taken off the next invoices"


async def test_seats_gather_on_the_next_invoice(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    practice = await subscribed(desk, simulated, plan="seat-monthly", quantity=3)
    key = practice.observation.subscription_id
    await done(desk, SetSeats(MEMBERSHIP, key, 5))
    assert (await desk.look(key)).observation.quantity == 5
    assert len(await desk.invoices(practice.observation.customer_id)) == 1
    assert await done(desk, SetSeats(MEMBERSHIP, key, 5)) == []


async def test_a_scholarship_lowers_the_dues_until_it_ends(
    desk: StripeDesk, connection: Connection, key: str
) -> None:
    async def percents() -> list[float | None]:
        found = (await subscription(connection, key)).discounts
        keys = [each.source.coupon for each in found if isinstance(each, stripe.Discount)]
        coupons = [
            await connection.client.v1.coupons.retrieve_async(each)
            for each in keys
            if isinstance(each, str)
        ]
        return [each.percent_off for each in coupons]

    await done(desk, SetPercentOff(MEMBERSHIP, key, 50, None))
    assert await percents() == [50]
    assert await done(desk, SetPercentOff(MEMBERSHIP, key, 50, None)) == []
    await done(desk, SetPercentOff(MEMBERSHIP, key, 75, None))
    assert await percents() == [75]
    await done(desk, SetPercentOff(MEMBERSHIP, key, 0, None))
    assert await percents() == []


async def test_a_second_subscription_ends_and_is_paid_back(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    calls = await done(desk, EndNow(MEMBERSHIP, key, pay_back=True))
    assert [each.path.rpartition("/")[0] for each in calls] == ["/v1/subscriptions", "/v1"]
    assert await status(desk, key) == "canceled"
    (invoice,) = await desk.invoices(seen.observation.customer_id)
    found = await connection.client.v1.invoices.retrieve_async(invoice.invoice_id)
    assert found.post_payment_credit_notes_amount == found.amount_paid == 1200
    assert await done(desk, EndNow(MEMBERSHIP, key, pay_back=True)) == []


async def test_who_lapsed_is_not_charged_again_and_nothing_is_paid_back(
    desk: StripeDesk, connection: Connection, seen: Seen, key: str
) -> None:
    assert len(await done(desk, EndNow(MEMBERSHIP, key, pay_back=False))) == 1
    assert await status(desk, key) == "canceled"
    assert await done(desk, EndNow(MEMBERSHIP, key, pay_back=False)) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda key: PauseDues(MEMBERSHIP, key),
        lambda key: ResumeDues(MEMBERSHIP, key),
        lambda key: ChangePlan(MEMBERSHIP, key, "membership-annual"),
        lambda key: EndWithPeriod(MEMBERSHIP, key, ends=True),
        lambda key: SetSeats(MEMBERSHIP, key, 9),
        lambda key: SetPercentOff(MEMBERSHIP, key, 25, None),
    ],
)
async def test_nothing_is_changed_about_what_is_over(
    desk: StripeDesk, connection: Connection, key: str, make: Any
) -> None:
    await connection.client.v1.subscriptions.cancel_async(key)
    assert await done(desk, make(key)) == []


async def test_a_refund_is_a_credit_note_that_names_its_order(
    desk: StripeDesk, connection: Connection, seen: Seen
) -> None:
    (invoice,) = await desk.invoices(seen.observation.customer_id)
    order = PayBack(
        account_id=uuid4(),
        invoice_id=invoice.invoice_id,
        order_id="refund-1",
        amount=Money(500, "EUR"),
        reason="requested_by_customer",
    )
    await done(desk, order)
    notes = await connection.client.v1.credit_notes.list_async({"invoice": invoice.invoice_id})
    (note,) = notes.data
    assert (note.amount, note.reason) == (500, None)
    assert note.metadata is not None
    assert note.metadata.to_dict() == {"ph_order": "refund-1"}
    assert [each.amount_refunded for each in note.refunds] == [500]


async def test_more_than_was_paid_is_not_paid_back(desk: StripeDesk, seen: Seen) -> None:
    (invoice,) = await desk.invoices(seen.observation.customer_id)
    order = PayBack(uuid4(), invoice.invoice_id, "refund-2", Money(5000, "EUR"), "duplicate")
    with pytest.raises(PaymentRefused):
        await done(desk, order)


async def test_a_page_that_is_of_no_use_any_more_is_closed(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    page = await desk.begin(ask())
    await done(desk, ExpireCheckout(MEMBERSHIP, page.session_id))
    assert (await simulated.pay(page.url, country="DE")).status != 303
    assert await done(desk, ExpireCheckout(MEMBERSHIP, page.session_id)) == []


async def test_a_page_that_was_paid_on_meanwhile_stays_as_it_is(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    page = await desk.begin(ask())
    await simulated.pay(page.url, country="DE", email="bo@example.org")
    assert await done(desk, ExpireCheckout(MEMBERSHIP, page.session_id)) == []
    assert await status(desk, await subscription_of(desk, page.session_id)) == "active"


async def test_what_never_was_cannot_be_changed(desk: StripeDesk) -> None:
    with pytest.raises(NotFound):
        await desk.render(PauseDues(MEMBERSHIP, "sub_nothing"), order_id="o")


async def test_the_same_key_pays_back_once_though_no_answer_came(
    desk: StripeDesk, connection: Connection, simulated: SimulatedStripe, seen: Seen
) -> None:
    (invoice,) = await desk.invoices(seen.observation.customer_id)
    order = PayBack(uuid4(), invoice.invoice_id, "refund-3", Money(300, "EUR"), "duplicate")
    (call,) = await desk.render(order, order_id="e")
    await simulated.fault("close_after", "post /v1/credit_notes")
    first = await desk.send(call, key="k-1")
    assert (await desk.send(call, key="k-1")).object_id == first.object_id
    notes = await connection.client.v1.credit_notes.list_async({"invoice": invoice.invoice_id})
    assert [each.id for each in notes.data] == [first.object_id]


async def test_what_was_done_behind_an_error_that_stays_is_found(
    desk: StripeDesk, simulated: SimulatedStripe, seen: Seen
) -> None:
    (invoice,) = await desk.invoices(seen.observation.customer_id)
    order = PayBack(uuid4(), invoice.invoice_id, "refund-4", Money(300, "EUR"), "duplicate")
    (call,) = await desk.render(order, order_id="e")
    await simulated.fault("error_after", "post /v1/credit_notes")
    for _ in range(2):  # the error is saved with the key
        with pytest.raises(PaymentsAway):
            await desk.send(call, key="k-2")
    assert await desk.made_by(call) is not None
