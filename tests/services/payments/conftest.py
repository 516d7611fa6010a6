"""One served house with its simulated Stripe for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

from infra.database import ConnectKwargs
from tests.support.billing_chaos import Payer, StormyHouse, begin_dues, no_chores, stormy_house

_NUMBERS = count(1000, 12)  # all of one kind: they pay, and do nothing else


@pytest.fixture(scope="module")
async def stormy(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[StormyHouse]:
    async with stormy_house(database, tmp_path_factory.mktemp("house")) as opened:
        await no_chores(opened)
        yield opened


@pytest.fixture
async def house(stormy: StormyHouse) -> StormyHouse:
    """The house, with nothing left over from the test before."""
    await stormy.simulated.order("/faults/clear")
    await stormy.simulated.release()
    await stormy.settle()
    await stormy.real.running.pool.execute("TRUNCATE drifts; DELETE FROM inbox")
    return stormy


@pytest.fixture
async def payer(house: StormyHouse) -> Payer:
    """Somebody whose dues have begun, and whose messages were handled."""
    begun = await begin_dues(house, next(_NUMBERS))
    await house.simulated.drain()
    await house.settle()
    return begun


@pytest.fixture
async def stranger(house: StormyHouse) -> Payer:
    """Somebody whose dues have begun at Stripe, and of whom nothing is known here."""
    return await begin_dues(house, next(_NUMBERS), known=False)
