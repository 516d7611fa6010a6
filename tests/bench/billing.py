"""The payment service's door under load, and what is left after a storm."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import quantiles
from typing import Final

import stripe

from tests.bench.ground import fresh_database
from tests.bench.register import Ground, Pair, bench
from tests.support.billing_chaos import Storm, storm, stormy_house
from tests.support.house import database_url

ROUNDS = 3
DELIVERIES = 3_000
CLIENTS = 16  # Stripe sends several at once to one endpoint
WANTED_RATE, WANTED_MS = 400.0, 50.0
PAYERS = 36
_SECRET: Final = "whsec_invented_for_the_bench"


@dataclass(frozen=True, slots=True)
class Load:
    """What a load of deliveries met.

    Attributes:
        rate: answers a second.
        p99_ms: how long all but one of a hundred took at most.
    """

    rate: float
    p99_ms: float


@bench(
    "billing.door_vs_noop",
    unit="answers/s",
    target=0.3,
    says="signed deliveries, checked, sealed and committed; a route that only reads its body",
)
async def door_vs_noop(ground: Ground) -> list[Pair]:
    """Compare the door with a route that does nothing."""
    return [Pair(door.rate, nothing.rate) for door, nothing in await _loads(ground)]


@bench("billing.door_rate", unit="answers/s", target=1, says="the door; the rate we want")
async def door_rate(ground: Ground) -> list[Pair]:
    """Compare the door with what is wanted of it."""
    return [Pair(door.rate, WANTED_RATE) for door, _ in await _loads(ground)]


@bench(
    "billing.door_p99_ms",
    unit="ms",
    target=1,
    at_least=False,
    says="how long 99 of 100 deliveries take at most; how long they may",
)
async def door_p99(ground: Ground) -> list[Pair]:
    """Compare how long answers take with how long they may."""
    return [Pair(door.p99_ms, WANTED_MS) for door, _ in await _loads(ground)]


@bench(
    "billing.chaos_wrong_subscriptions",
    unit="wrong",
    target=0,
    at_least=False,
    says="subscriptions that are not as at Stripe after reconciliation; events that were told",
)
async def chaos_wrong_subscriptions(ground: Ground) -> list[Pair]:
    """Count subscriptions that are wrong after a storm."""
    came = await _storm(ground)
    return [Pair(len(came.wrong_subscriptions), came.events)]


@bench(
    "billing.chaos_wrong_facts",
    unit="wrong",
    target=0,
    at_least=False,
    says="money facts that are missing, too many or different after it; events that were told",
)
async def chaos_wrong_facts(ground: Ground) -> list[Pair]:
    """Count facts that are wrong after a storm."""
    came = await _storm(ground)
    return [Pair(len(came.wrong_facts), came.events)]


@bench(
    "billing.second_reconciliation_added",
    unit="added",
    target=0,
    at_least=False,
    says="what a second reconciliation adds or finds; messages that the first ones took in",
)
async def second_reconciliation(ground: Ground) -> list[Pair]:
    """Count what a second reconciliation adds."""
    came = await _storm(ground)
    return [Pair(came.added_again + len(came.drift), came.added)]


_LOADS: list[tuple[Load, Load]] = []
_STORMS: list[Storm] = []


async def _loads(ground: Ground) -> list[tuple[Load, Load]]:
    """Measure once for all rows of the table: the door and the other route in turn."""
    if not _LOADS:
        async with fresh_database(ground) as database:
            with tempfile.TemporaryDirectory() as folder:
                async with _server(database_url(database), folder) as port:
                    await _load(port, "/hooks/stripe", DELIVERIES // 10)  # warms both up
                    await _load(port, "/bench/nothing", DELIVERIES // 10)
                    for _ in range(ROUNDS):
                        door = await _load(port, "/hooks/stripe", DELIVERIES)
                        _LOADS.append((door, await _load(port, "/bench/nothing", DELIVERIES)))
    return _LOADS


async def _storm(ground: Ground) -> Storm:
    """Go through one storm for all rows of the table."""
    if not _STORMS:
        async with fresh_database(ground) as database:
            with tempfile.TemporaryDirectory() as folder:
                async with stormy_house(database, Path(folder), seed=11) as house:
                    _STORMS.append(await storm(house, payers=PAYERS))
        sys.stderr.write(f"{_STORMS[0]}\n")
    return _STORMS[0]


@asynccontextmanager
async def _server(url: str, folder: str) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.door_server",
        url,
        folder,
        _SECRET,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None, "asked for"
    assert process.stdout is not None, "asked for"
    try:
        async for line in process.stdout:
            if line.startswith(b"port "):
                break
        else:
            raise RuntimeError("The server did not start.")
        draining = asyncio.create_task(_drain(process.stdout))
        yield int(line.split()[1])
        process.stdin.close()
        await draining
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    """Read what the server logs, so that it never waits for us."""
    while await stream.read(65_536):
        pass


async def _load(port: int, path: str, many: int) -> Load:
    """Send deliveries from several clients, each waiting for its answer."""
    waiting = iter([_delivery(path) for _ in range(many)])
    took: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_client(port, waiting, took) for _ in range(CLIENTS)))
    seconds = time.perf_counter() - begun
    assert len(took) == many, "every delivery is answered"
    return Load(many / seconds, quantiles(took, n=100)[98] * 1000)


async def _client(port: int, waiting: Iterator[bytes], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        assert b"content-length: 0" in head.lower(), head
        took.append(time.perf_counter() - begun)
    writer.close()
    await writer.wait_closed()


def _delivery(path: str) -> bytes:
    """Return a whole request: an invoice of some kilobytes, signed now, with an id of its own."""
    body = _template().replace("EVENT", f"evt_{secrets.token_hex(12)}")
    body = body.replace("SUB", f"sub_{secrets.token_hex(8)}")
    signature = stripe.WebhookSignature.generate_signature_header(body, _SECRET)
    return (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"stripe-signature: {signature}\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    ).encode()


@cache
def _template() -> str:
    line = {"id": "il_1", "object": "line_item", "amount": 1200, "description": "x" * 120}
    return json.dumps(
        {
            "id": "EVENT",
            "object": "event",
            "type": "invoice.paid",
            "api_version": stripe.api_version,
            "created": int(time.time()),
            "livemode": False,
            "request": {"id": None, "idempotency_key": None},
            "data": {
                "object": {
                    "id": "in_1",
                    "object": "invoice",
                    "customer": "cus_1",
                    "currency": "eur",
                    "total": 1200,
                    "amount_paid": 1200,
                    "lines": {"object": "list", "data": [line] * 8},
                    "parent": {"subscription_details": {"subscription": "SUB", "metadata": {}}},
                    "metadata": {f"key_{n}": "value" * 10 for n in range(20)},
                }
            },
        }
    )
