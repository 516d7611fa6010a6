"""Webhooks: signed as Stripe signs, tried again, and in whatever disorder a test asks for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import stripe

from tests.simulated_stripe.receiver import Receiver, receiving
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe


@dataclass(slots=True)
class Wire:
    """An account with one endpoint, which wants everything."""

    simulated: SimulatedStripe
    client: stripe.StripeClient
    receiver: Receiver
    endpoint: str
    secret: str

    async def products(self, count: int) -> None:
        for number in range(count):
            await self.client.v1.products.create_async({"name": f"Membership {number}"})

    def names(self) -> list[str]:
        events = [json.loads(body) for body, _ in self.receiver.got]
        return [event["data"]["object"]["name"] for event in events]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with (
        simulated_stripe(seed=7) as simulated,
        simulated.client() as client,
        receiving() as receiver,
    ):
        endpoint, secret = await simulated.endpoint(receiver.url)
        yield Wire(simulated, client, receiver, endpoint, secret)


async def test_a_delivery_is_signed_and_says_what_happened(wire: Wire) -> None:
    await wire.products(1)
    await wire.simulated.drain()
    [(body, header)] = wire.receiver.got
    event = wire.client.construct_event(body, header, wire.secret)
    assert isinstance(event, stripe.Event)
    assert (event.type, event.livemode) == ("product.created", False)
    assert event.api_version == stripe.api_version
    assert event.request is not None
    assert event.request.id is not None
    with pytest.raises(stripe.SignatureVerificationError):
        wire.client.construct_event(body + b" ", header, wire.secret)


async def test_while_a_secret_is_rolled_both_open_it(wire: Wire) -> None:
    rolled = await wire.simulated.order("/webhooks/roll", endpoint=wire.endpoint)
    await wire.products(1)
    await wire.simulated.order("/webhooks/roll", endpoint=wire.endpoint, expire=True)
    await wire.products(1)
    await wire.simulated.drain()
    (body, both), (_, later) = wire.receiver.got
    assert both.count("v1=") == 2
    for secret in (wire.secret, rolled["secret"]):
        stripe.WebhookSignature.verify_header(body, both, secret, 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, later, wire.secret, 300)


async def test_a_refused_delivery_comes_again(wire: Wire) -> None:
    wire.receiver.answers += [500, 302]
    await wire.products(1)
    missing = await wire.client.v1.events.list_async({"delivery_success": False})
    assert [event.type for event in missing.data] == ["product.created"]
    await wire.simulated.drain()
    assert len(wire.receiver.got) == 3
    missing = await wire.client.v1.events.list_async({"delivery_success": False})
    assert missing.data == []
    [delivery] = (await wire.simulated.state())["deliveries"]
    assert delivery["answers"] == [500, 302, 200]


async def test_an_endpoint_that_never_answers_well_is_given_up(wire: Wire) -> None:
    await wire.simulated.settings(retry_webhooks_after=[0.01, 0.01])
    wire.receiver.answers += [500] * 9
    await wire.products(1)
    await wire.simulated.drain()
    assert len(wire.receiver.got) == 3


async def test_what_is_held_waits(wire: Wire) -> None:
    await wire.simulated.hold()
    await wire.products(3)
    await wire.simulated.drain()
    assert wire.receiver.got == []
    assert await wire.simulated.release() == {"sent": 3, "dropped": 0}
    assert sorted(wire.names()) == ["Membership 0", "Membership 1", "Membership 2"]


async def test_released_in_disorder_some_twice_some_never(wire: Wire) -> None:
    await wire.simulated.hold()
    await wire.products(40)
    told = await wire.simulated.release(shuffle=True, repeat=0.2, drop=0.1)
    names = wire.names()
    assert told["dropped"] > 0
    assert len(set(names)) == 40 - told["dropped"]
    assert len(names) == told["sent"] > len(set(names))
    assert names != sorted(names)
    every = await wire.client.v1.events.list_async({"limit": 100})
    assert sum(event.type == "product.created" for event in every.data) == 40
    lost = await wire.client.v1.events.list_async({"delivery_success": False})
    assert lost.data == []  # "answered 200 by a proxy and lost" looks delivered


async def test_the_same_seed_makes_the_same_disorder() -> None:
    async def run() -> list[str]:
        async with (
            simulated_stripe(seed=3) as simulated,
            simulated.client() as client,
            receiving() as receiver,
        ):
            await simulated.endpoint(receiver.url)
            await simulated.hold()
            made = [await client.v1.products.create_async({"name": str(n)}) for n in range(8)]
            await simulated.release(drop=0.5)
            state = await simulated.state()
            return [each.id for each in made] + sorted(
                each["event"] for each in state["deliveries"] if each["answers"]
            )

    assert await run() == await run()


async def test_an_event_is_sent_again_from_the_dashboard(wire: Wire) -> None:
    await wire.products(1)
    [event] = (await wire.client.v1.events.list_async()).data
    await wire.simulated.order("/webhooks/repeat", event=event.id)
    await wire.simulated.drain()
    assert [json.loads(body)["id"] for body, _ in wire.receiver.got] == [event.id] * 2


async def test_an_endpoint_gets_what_it_asked_for_until_it_is_disabled(wire: Wire) -> None:
    endpoints = wire.client.v1.webhook_endpoints
    await endpoints.update_async(wire.endpoint, {"enabled_events": ["customer.created"]})
    await wire.products(1)
    await wire.client.v1.customers.create_async({"email": "ana@example.org"})
    await endpoints.update_async(wire.endpoint, {"disabled": True})
    await wire.client.v1.customers.create_async({"email": "bo@example.org"})
    await wire.simulated.drain()
    assert [json.loads(body)["type"] for body, _ in wire.receiver.got] == ["customer.created"]


async def test_only_the_answer_to_its_making_carries_a_secret(wire: Wire) -> None:
    made = await wire.client.v1.webhook_endpoints.create_async(
        {"url": wire.receiver.url, "enabled_events": ["*"]}
    )
    assert made.secret
    assert made.secret.startswith("whsec_")
    read = await wire.client.v1.webhook_endpoints.retrieve_async(made.id)
    assert "secret" not in read
    await wire.client.v1.webhook_endpoints.delete_async(made.id)
