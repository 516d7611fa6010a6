"""A desk at a simulated Stripe with our catalogue, over real HTTP; one account for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from domain.payments.checkouts import CheckoutAsk
from domain.payments.desk import Seen
from infra.stripe.catalogue import STANDARD, make
from infra.stripe.connection import Connection, connect
from infra.stripe.desk import StripeDesk
from infra.system import SystemClock, SystemRandomness
from tests.support.simulated_stripe import VISA, SimulatedStripe, simulated_stripe

HERE = "development"
DONE, BACK = "https://peerhour.example/done?s={CHECKOUT_SESSION_ID}", "https://peerhour.example/"
AT_HOME = {"country": "DE", "email": "ana@example.org", "name": "Ana"}


@pytest.fixture(scope="module")
async def simulated() -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe() as found:
        yield found


@pytest.fixture(scope="module")
async def connection(simulated: SimulatedStripe) -> AsyncIterator[Connection]:
    """A connection that does not wait between tries."""
    async with connect(
        simulated.restricted_key, api_base=simulated.address, randomness=SystemRandomness()
    ) as opened:

        async def at_once(_seconds: float) -> None:
            return

        patient = Connection(opened.client, randomness=SystemRandomness(), sleep=at_once)
        await make(patient, STANDARD, environment=HERE)
        yield patient


def desk_at(connection: Connection, environment: str = HERE) -> StripeDesk:
    return StripeDesk(connection, SystemClock(), no_turns, environment=environment)


@asynccontextmanager
async def no_turns(_key: str) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def desk(connection: Connection) -> StripeDesk:
    return desk_at(connection)


def ask(**changes: Any) -> CheckoutAsk:
    """Return what a page for a new member's monthly dues is asked for."""
    values: dict[str, Any] = {
        "account_id": uuid4(),
        "membership_id": uuid4(),
        "customer_id": None,
        "plan": "membership-monthly",
        "currency": "EUR",
        "quantity": 1,
        "trial_days": 0,
        "percent_off": 0,
        "done_url": DONE,
        "back_url": BACK,
        "key": str(uuid4()),
    } | changes
    return CheckoutAsk(**values)


async def subscribed(
    desk: StripeDesk, simulated: SimulatedStripe, number: str = VISA, **changes: Any
) -> Seen:
    """Go through a page, and look at what began with it."""
    page = await desk.begin(ask(**changes))
    landed = await simulated.pay(page.url, number, **AT_HOME)
    assert landed.status == 303, landed.text
    return await desk.look(await subscription_of(desk, page.session_id))


async def subscription_of(desk: StripeDesk, session_id: str) -> str:
    found = (await desk.checkout(session_id)).subscription_id
    assert found is not None
    return found


async def takes_card(connection: Connection, customer_id: str, card: str) -> None:
    """Let a payer's subscriptions be paid by one of Stripe's test cards from now on."""
    api = connection.client.v1
    method = await api.payment_methods.attach_async(card, {"customer": customer_id})
    await api.customers.update_async(
        customer_id, {"invoice_settings": {"default_payment_method": method.id}}
    )
    found = await api.subscriptions.list_async({"customer": customer_id, "status": "all"})
    for each in found.data:
        if each.status != "canceled":
            await api.subscriptions.update_async(each.id, {"default_payment_method": method.id})
