"""A house that takes dues, and a simulated Stripe that knows its door: all over real HTTP.

What people do in it is told by :mod:`tests.support.billing_house` (pages and browsers) and by
:mod:`tests.support.billing_chaos` (a crowd and a storm). A house whose Stripe never answers is in
:mod:`tests.support.paying_house`, and one where looks are handed in, in :mod:`tests.support.dues`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import uvicorn

from infra.database import ConnectKwargs
from infra.stripe.catalogue import STANDARD, Catalogue, make
from infra.stripe.connection import connect
from infra.system import SystemRandomness
from tests.support.fakes import FixedClock
from tests.support.house import RealHouse, open_real_house
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe

ENVIRONMENT: Final = "development"


@dataclass(frozen=True, slots=True)
class DuesHouse:
    """A house and its Stripe.

    Attributes:
        real: the house.
        stripe: the simulated Stripe; its messages go to the listener.
        listener: where the house's web is expected, see :func:`served`.
    """

    real: RealHouse
    stripe: SimulatedStripe
    listener: socket.socket


@asynccontextmanager
async def dues_house(
    database: ConnectKwargs,
    folder: Path,
    clock: FixedClock,
    *,
    told: Callable[[], datetime],
    seed: int = 1,
    catalogue: Catalogue = STANDARD,
    **overrides: object,
) -> AsyncIterator[DuesHouse]:
    """Open both on a migrated database.

    Args:
        database: migrated.
        folder: of the test's own.
        clock: of the house.
        told: Stripe's time.
        seed: of the simulated Stripe.
        catalogue: what is sold.
        overrides: further settings of the house.
    """
    with listening() as listener:
        origin = f"http://localhost:{listener.getsockname()[1]}"
        async with simulated_stripe(seed=seed, clock=told) as stripe:
            await stock(stripe, catalogue)
            _, secret = await stripe.endpoint(f"{origin}/hooks/stripe")
            settings: dict[str, Any] = {
                "origin": origin,
                "stripe_key": stripe.restricted_key,
                "stripe_webhook_secrets": secret,
                "stripe_api_base": stripe.address,
            }
            async with open_real_house(database, folder, clock, **(settings | overrides)) as real:
                yield DuesHouse(real, stripe, listener)


async def stock(stripe: SimulatedStripe, catalogue: Catalogue = STANDARD) -> None:
    """Make product and prices, as ``peerhour billing catalogue`` does."""
    async with connect(
        stripe.api_key, api_base=stripe.address, randomness=SystemRandomness()
    ) as connection:
        await make(connection, catalogue, environment=ENVIRONMENT)


def listening() -> socket.socket:
    """A socket that says it is TCP: asyncio sends at once only on those."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    made.listen(512)
    return made


@asynccontextmanager
async def served(app: Any, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an application on a socket that listens already."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110  uvicorn tells no other way
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
