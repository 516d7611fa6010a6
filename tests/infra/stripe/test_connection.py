"""The connection: patience, and errors that become refusals without a word too many."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import stripe

from domain.errors import DomainError
from domain.payments.refusals import PaymentKeyRefused, PaymentRefused, PaymentsAway
from infra.stripe.connection import Connection, connect
from infra.stripe.desk import StripeDesk
from infra.system import SystemRandomness
from tests.infra.stripe.conftest import ask, desk_at
from tests.support.simulated_stripe import SimulatedStripe

SESSIONS = "post /v1/checkout/sessions"


async def made(simulated: SimulatedStripe) -> int:
    return int((await simulated.state())["objects"].get("checkout.session", 0))


async def test_an_answer_that_is_lost_leaves_one_page(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    before = await made(simulated)
    await simulated.fault("close_after", SESSIONS)
    page = await desk.begin(ask())
    assert await made(simulated) == before + 1
    assert not (await desk.checkout(page.session_id)).complete


async def test_too_many_requests_are_waited_for(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    before = await made(simulated)
    await simulated.fault("too_many", SESSIONS, times=2)
    await desk.begin(ask())
    assert await made(simulated) == before + 1


async def test_patience_ends(desk: StripeDesk, simulated: SimulatedStripe) -> None:
    await simulated.fault("too_many", SESSIONS, times=3)
    with pytest.raises(PaymentsAway) as refused:
        await desk.begin(ask())
    assert refused.value.facts["status"] == 429


async def test_pauses_grow_and_are_never_the_same(simulated: SimulatedStripe) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with connect(
        simulated.api_key, api_base=simulated.address, randomness=SystemRandomness()
    ) as opened:
        patient = Connection(opened.client, randomness=SystemRandomness(), sleep=sleep)
        await simulated.fault("too_many", "get /v1/prices", times=2)
        await desk_at(patient).prices()
    assert 0.4 <= slept[0] < 0.8 <= slept[1] < 1.6


async def test_an_error_that_stays_is_said_to_be_one_of_the_service(
    desk: StripeDesk, simulated: SimulatedStripe
) -> None:
    await simulated.fault("error_before", "get /v1/invoices/*", times=3)
    with pytest.raises(PaymentsAway) as refused:
        await desk.invoice("in_1")
    assert refused.value.facts["status"] == 500
    assert str(refused.value.facts["request_id"]).startswith("req_")


async def test_an_answer_that_breaks_off_is_none() -> None:
    """The SDK hands over what aiohttp raises while a body is read; a page would be a 500."""

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        connect(
            "sk_test_any", api_base=f"http://127.0.0.1:{port}", randomness=SystemRandomness()
        ) as opened,
    ):
        with pytest.raises(PaymentsAway):
            await desk_at(opened).prices()


@pytest.fixture
async def stranger(simulated: SimulatedStripe) -> AsyncIterator[StripeDesk]:
    async with connect(
        "rk_live_nobody", api_base=simulated.address, randomness=SystemRandomness()
    ) as opened:
        yield desk_at(opened)


async def test_a_key_that_is_not_known_is_no_reason_to_try_again(stranger: StripeDesk) -> None:
    with pytest.raises(PaymentKeyRefused) as refused:
        await stranger.prices()
    assert isinstance(refused.value, PaymentsAway)


async def test_no_refusal_holds_what_was_answered(desk: StripeDesk) -> None:
    with pytest.raises(PaymentRefused) as refused:
        await desk.begin(ask(percent_off=99))
    error: DomainError = refused.value
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert set(error.facts) == {"why", "param", "request_id", "status"}


async def test_the_sdk_sends_no_figures_and_stays_quiet(connection: Connection) -> None:
    assert not stripe.enable_telemetry
    assert logging.getLogger("stripe").level == logging.WARNING
