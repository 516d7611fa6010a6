"""What tests hold: the address, the keys, a client of the real SDK, and the controls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
import httpx
import pytest
import stripe

from tests.support.simulated_stripe.web.server import Server, real_time

Json = dict[str, Any]
Harm = Literal["error_before", "error_after", "close_before", "close_after", "too_many", "slow"]

API_KEY = "sk_test_simulated"
RESTRICTED_KEY = "rk_test_simulated"
VISA = "4242424242424242"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a page led: *status* 303 and an address, or the page itself with what it says."""

    status: int
    url: str
    text: str


class SimulatedStripe:
    """A running simulation, as its tests see it.

    Args:
        address: ``http://127.0.0.1:port``: the SDK's base address, and the pages'.
        web: an HTTP client for controls and pages.
    """

    api_key = API_KEY
    restricted_key = RESTRICTED_KEY

    def __init__(self, address: str, web: httpx.AsyncClient) -> None:
        self.address = address
        self._web = web

    @asynccontextmanager
    async def client(
        self, *, key: str = API_KEY, retries: int = 2, seconds: float = 20
    ) -> AsyncIterator[stripe.StripeClient]:
        """The SDK's asynchronous client on aiohttp, aimed here; closed at the end."""
        http_client = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=seconds))
        try:
            yield stripe.StripeClient(
                key,
                base_addresses={"api": self.address},
                http_client=http_client,
                max_network_retries=retries,
            )
        finally:
            await http_client.close_async()  # type: ignore[no-untyped-call]  # the SDK does not type it

    def blocking_client(self, *, key: str = API_KEY) -> stripe.StripeClient:
        """The SDK's blocking client, for tools that know no other; call it in a thread."""
        return stripe.StripeClient(key, base_addresses={"api": self.address})

    async def endpoint(self, url: str, events: Sequence[str] = ("*",)) -> tuple[str, str]:
        """Registers a webhook endpoint: its id and its secret."""
        made = await self.dashboard(
            "post",
            "/v1/webhook_endpoints",
            {"url": url} | {f"enabled_events[{n}]": each for n, each in enumerate(events)},
        )
        return made["id"], made["secret"]

    async def order(self, path: str, **data: Any) -> Json:
        """One of the controls, by its path below ``/_simulated``."""
        answer = await self._web.post(f"/_simulated{path}", json=data)
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def state(self) -> Json:
        """``now``, counts of ``objects``, ``deliveries``, ``requests``, ``shape_faults``."""
        found: Json = (await self._web.get("/_simulated/state")).json()
        return found

    async def advance(self, *, days: float = 0, seconds: int = 0) -> int:
        """Moves the server's own time; the new time in seconds since 1970."""
        moved = await self.order("/time", seconds=int(days * 86400) + seconds)
        return int(moved["now"])

    async def settings(self, **values: Any) -> None:
        """Changes :class:`world.settings.Settings`."""
        await self.order("/settings", **values)

    async def fault(self, harm: Harm, route: str = "*", **more: Any) -> None:
        """Orders a fault: ``skip`` requests pass, ``times`` are harmed; ``seconds`` of slowness."""
        await self.order("/faults", harm=harm, route=route, **more)

    async def hold(self) -> None:
        """Keeps webhooks back."""
        await self.order("/webhooks/hold")

    async def release(
        self, *, shuffle: bool = False, repeat: float = 0.0, drop: float = 0.0
    ) -> Json:
        """Lets them go and waits until they have arrived; ``sent`` and ``dropped``."""
        told = await self.order("/webhooks/release", shuffle=shuffle, repeat=repeat, drop=drop)
        await self.drain()
        return told

    async def drain(self) -> None:
        """Waits until no webhook is on its way."""
        await self.order("/webhooks/drain")

    async def dashboard(self, verb: str, path: str, form: Mapping[str, Any] | None = None) -> Json:
        """What a person does in the dashboard: any call, caused by no request of ours."""
        answer = await self._web.post(
            "/_simulated/dashboard",
            params={"verb": verb, "path": path},
            content=urlencode(form or {}),
        )
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def open(self, url: str) -> Landing:
        """Opens one of the pages."""
        return _landing(await self._web.get(url))

    async def submit(self, url: str, **form: str) -> Landing:
        """Sends a page's form; where the bank asks, call again with ``answer="yes"``."""
        return _landing(await self._web.post(url, data=form))

    async def pay(self, checkout_url: str, number: str = VISA, **form: str) -> Landing:
        """Completes a Checkout page, through the bank's page where there is one."""
        landed = await self.submit(checkout_url, number=number, **form)
        if "/authenticate/" in landed.url:
            landed = await self.submit(landed.url, answer="yes")
        return landed


def _landing(answer: httpx.Response) -> Landing:
    return Landing(answer.status_code, answer.headers.get("location", ""), answer.text)


@asynccontextmanager
async def simulated_stripe(
    *, seed: int = 1, clock: Callable[[], datetime] = real_time
) -> AsyncIterator[SimulatedStripe]:
    """A fresh simulated account on a free port of loopback.

    Args:
        seed: the same seed, the same ids and the same chaos.
        clock: the server's time; test clocks and :meth:`SimulatedStripe.advance` go from there.

    Raises:
        AssertionError: at the end, if an answer or an event was not in Stripe's shape.
    """
    server = Server(seed=seed, clock=clock)
    await server.start()
    sdk = pytest.MonkeyPatch()
    # As many tries as ever, with a hundredth of the pauses between: nobody here has to recover.
    sdk.setattr(stripe.HTTPClient, "INITIAL_DELAY", stripe.HTTPClient.INITIAL_DELAY / 100)
    sdk.setattr(stripe.HTTPClient, "MAX_DELAY", stripe.HTTPClient.MAX_DELAY / 100)
    try:
        # loopback speaks no TLS: certificates would be loaded for nothing
        web = httpx.AsyncClient(base_url=server.address, timeout=30, verify=False)  # noqa: S501
        async with web:
            handle = SimulatedStripe(server.address, web)
            yield handle
            faults = (await handle.state())["shape_faults"]
            assert not faults, f"{len(faults)} faults of shape, for example: {faults[:5]}"
    finally:
        sdk.undo()
        await server.stop()
