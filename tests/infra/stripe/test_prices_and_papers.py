"""What is offered, what a change would cost, and the invoices there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import NotFound
from domain.money.billing_accounts import PayerKind
from domain.payments.prices import Every
from domain.payments.refusals import PaymentsAway, PriceGone
from domain.values import Money
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk
from tests.infra.stripe.conftest import HERE, no_turns, subscribed
from tests.support.fakes import FixedClock
from tests.support.simulated_stripe import SimulatedStripe


async def test_every_plan_is_offered_in_each_of_its_currencies(desk: StripeDesk) -> None:
    offered = {(each.plan, each.amount.currency): each for each in await desk.prices()}
    assert len(offered) == 4 * 3
    own = offered["membership-monthly", "EUR"]
    assert (own.amount, own.every, own.payer_kind) == (
        Money(1200, "EUR"),
        Every.MONTH,
        PayerKind.PERSON,
    )
    assert own.includes_tax
    seat = offered["seat-annual", "USD"]
    assert (seat.amount, seat.every) == (Money(11_000, "USD"), Every.YEAR)
    assert seat.payer_kind is PayerKind.PRACTICE


async def test_prices_are_kept_for_minutes_and_longer_while_stripe_is_away(
    connection: Connection, simulated: SimulatedStripe
) -> None:
    clock = FixedClock()
    desk = StripeDesk(connection, clock, no_turns, environment=HERE)
    first = await desk.prices()
    asked = (await simulated.state())["requests"].count("get /v1/prices")
    assert await desk.prices() == first
    assert (await simulated.state())["requests"].count("get /v1/prices") == asked
    clock.move(seconds=600)
    await simulated.fault("error_before", "get /v1/prices", times=3)
    assert await desk.prices() == first


async def test_before_prices_were_ever_read_nobody_can_say_them(
    connection: Connection, simulated: SimulatedStripe
) -> None:
    desk = StripeDesk(connection, FixedClock(), no_turns, environment=HERE)
    await simulated.fault("error_before", "get /v1/prices", times=3)
    with pytest.raises(PaymentsAway):
        await desk.prices()


async def test_more_seats_gather_until_the_next_invoice(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = (await subscribed(desk, simulated, plan="seat-monthly", quantity=3)).observation
    told = await desk.preview_seats(seen.subscription_id, 5)
    assert told.gathers
    assert told.gathered_at == seen.period_end_at
    assert told.then == Money(5 * 1000, "EUR")
    assert told.then_at == seen.period_end_at
    assert told.every is Every.MONTH
    assert 1990 <= told.now.cents <= 2000  # two more for what is left of the month, from just now
    assert told.tax.cents == pytest.approx(told.now.cents / 6, abs=2)  # a fifth on top, inside
    assert sum(amount.cents for _, amount in told.lines) == told.now.cents + told.then.cents
    fewer = await desk.preview_seats(seen.subscription_id, 2)
    assert fewer.now.cents < 0


async def test_more_seats_of_a_year_are_charged_within_a_month(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = (await subscribed(desk, simulated, plan="seat-annual", quantity=3)).observation
    told = await desk.preview_seats(seen.subscription_id, 5)
    assert told.gathers
    assert told.gathered_at is not None
    assert timedelta(days=27) < told.gathered_at - seen.began_at < timedelta(days=32)
    assert told.then == Money(5 * 10_000, "EUR")
    assert told.then_at == seen.period_end_at
    assert told.every is Every.YEAR
    assert 19_990 <= told.now.cents <= 20_000
    assert sum(amount.cents for _, amount in told.lines) == told.now.cents + told.then.cents
    same = await desk.preview_seats(seen.subscription_id, 3)
    assert (same.now.cents, same.then) == (0, Money(3 * 10_000, "EUR"))


async def test_another_period_is_billed_at_once_less_what_was_paid(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = (await subscribed(desk, simulated)).observation
    told = await desk.preview_plan(seen.subscription_id, "membership-annual")
    assert not told.gathers
    assert told.gathered_at is None
    assert told.then == Money(12_000, "EUR")
    assert told.every is Every.YEAR
    assert 10_800 <= told.now.cents <= 10_810
    assert told.then_at - seen.began_at >= timedelta(days=364)
    unchanged = (await desk.look(seen.subscription_id)).observation
    assert unchanged.price == "membership-monthly"


async def test_a_plan_that_nobody_offers_costs_nothing_to_ask_about(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = (await subscribed(desk, simulated)).observation
    with pytest.raises(PriceGone):
        await desk.preview_plan(seen.subscription_id, "membership-weekly")


async def test_an_invoice_says_what_it_is_for_and_whose_it_is(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    seen = (await subscribed(desk, simulated)).observation
    (only,) = await desk.invoices(seen.customer_id)
    assert (only.total, only.tax, only.paid) == (
        Money(1200, "EUR"),
        Money(200, "EUR"),
        Money(1200, "EUR"),
    )
    assert only.status == "paid"
    assert only.period == (seen.began_at, seen.period_end_at)
    assert only.number is not None
    assert only.page_url is not None
    assert only.file_url is not None
    assert only.paid_at is not None
    assert await desk.invoice(only.invoice_id) == (seen.customer_id, only)


async def test_an_invoice_that_never_was_is_not_found(desk: StripeDesk) -> None:
    with pytest.raises(NotFound):
        await desk.invoice("in_nothing")
