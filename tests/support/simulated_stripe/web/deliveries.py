"""Webhooks: signed, delivered, tried again; held, shuffled, repeated and dropped on demand."""

from __future__ import annotations

import asyncio
import fnmatch
import json
from collections import deque
from dataclasses import dataclass

import aiohttp
from stripe import WebhookSignature

from tests.support.simulated_stripe.schema.judge import faults
from tests.support.simulated_stripe.world.world import Json, World

_AT_ONCE = 8
_REMEMBERED = 10_000  # deliveries, for tests to look at


@dataclass(slots=True)
class Delivery:
    """One event on its way to one endpoint; *answers* are statuses, 0 for no answer."""

    endpoint: Json
    event: Json
    answers: list[int]

    @property
    def arrived(self) -> bool:
        return any(200 <= answer < 300 for answer in self.answers)


class Deliveries:
    """Everything that is sent to webhook endpoints.

    Args:
        world: the account.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._held: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self.holding = False
        self.history: deque[Delivery] = deque(maxlen=_REMEMBERED)
        self.shape_faults: list[str] = []
        world.journal.listeners.append(self.announce)

    async def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._world.settings.webhook_timeout)
        self._session = aiohttp.ClientSession(timeout=timeout)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def announce(self, event: Json) -> int:
        """Sends an event to every endpoint that wants it; how many do."""
        self.shape_faults += faults(event)
        wanting = [each for each in self._world.every("webhook_endpoint") if _wants(each, event)]
        for endpoint in wanting:
            delivery = Delivery(endpoint, event, [])
            self.history.append(delivery)
            if self.holding:
                self._held.append(delivery)
            else:
                self._start(delivery)
        return len(wanting)

    def release(self, *, shuffle: bool, repeat: float, drop: float) -> Json:
        """Lets go of what was held.

        Args:
            shuffle: in any order.
            repeat: the share that is sent twice.
            drop: the share that is lost for ever, as if a proxy had answered 200.

        Returns:
            ``sent`` and ``dropped``, in deliveries.
        """
        random = self._world.random
        self.holding = False
        held, self._held = self._held, []
        kept = [each for each in held if random.random() >= drop]
        sent = kept + [each for each in kept if random.random() < repeat]
        if shuffle:
            random.shuffle(sent)
        lost = [each for each in held if not any(each is other for other in kept)]
        for each in lost:
            each.event["pending_webhooks"] -= 1
        for each in sent:
            self._start(each)
        return {"sent": len(sent), "dropped": len(lost)}

    def repeat(self, event_id: str) -> None:
        """Sends an event once more, as the dashboard's button does."""
        event = self._world.find("event", event_id)
        for endpoint in self._world.every("webhook_endpoint"):
            if _wants(endpoint, event):
                delivery = Delivery(endpoint, event, [])
                self.history.append(delivery)
                self._start(delivery)

    async def drain(self) -> None:
        """Waits until nothing is on its way, retries included; what is held stays held."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        for pause in (0.0, *self._world.settings.retry_webhooks_after):
            await asyncio.sleep(pause)
            async with self._turn:
                answer = await self._send(delivery)
            arrived_before = delivery.arrived
            delivery.answers.append(answer)
            if delivery.arrived:
                if not arrived_before:
                    delivery.event["pending_webhooks"] -= 1
                return

    async def _send(self, delivery: Delivery) -> int:
        assert self._session is not None, "deliveries are opened with the server"
        body = json.dumps(delivery.event)
        secrets = self._world.note(delivery.endpoint["id"])["secrets"]
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": signature(body, secrets, self._world.sends_at()),
            "user-agent": "Stripe/1.0 (simulated)",
        }
        try:
            sent = self._session.post(delivery.endpoint["url"], data=body, headers=headers)
            async with sent as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def signature(body: str, secrets: list[str], at: int) -> str:
    """The header: one ``v1`` per secret while a secret is rolled."""
    headers = [WebhookSignature.generate_signature_header(body, each, at) for each in secrets]
    return ",".join([headers[0], *(each.split(",", 1)[1] for each in headers[1:])])


def _wants(endpoint: Json, event: Json) -> bool:
    return endpoint["status"] == "enabled" and any(
        fnmatch.fnmatchcase(event["type"], pattern) for pattern in endpoint["enabled_events"]
    )
