"""One house that takes dues, with its simulated Stripe, for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from domain.memberships.rules import membership_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from infra.database import ConnectKwargs
from services.memberships.commands import (
    RequestMembership,
)
from services.money.billing import OpenPractice
from tests.support.dues_house import stock
from tests.support.fakes import FixedClock
from tests.support.house import RealHouse, open_real_house
from tests.support.ordering import MARCH_FIRST, Dues
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe


@pytest.fixture(scope="module")
async def clock() -> FixedClock:
    return FixedClock(MARCH_FIRST)


@pytest.fixture(scope="module")
async def simulated(clock: FixedClock) -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe(clock=clock.now) as found:
        await stock(found)
        yield found


@pytest.fixture(scope="module")
async def real(
    database: ConnectKwargs,
    tmp_path_factory: pytest.TempPathFactory,
    simulated: SimulatedStripe,
    clock: FixedClock,
) -> AsyncIterator[RealHouse]:
    async with open_real_house(
        database,
        tmp_path_factory.mktemp("house"),
        clock,
        stripe_key=simulated.restricted_key,
        stripe_webhook_secrets="whsec_simulated",
        stripe_api_base=simulated.address,
    ) as opened:
        yield opened


@pytest.fixture
async def dues(
    real: RealHouse, simulated: SimulatedStripe, request: pytest.FixtureRequest
) -> AsyncIterator[Dues]:
    story = real.story(request.node.name)
    await story.people()
    await real.running.pool.execute("DELETE FROM outbox")
    async with simulated.client() as client:
        yield Dues(real, story, simulated, client)
    await simulated.order("/faults/clear")


@pytest.fixture
async def practice(dues: Dues) -> Dues:
    """Joy's practice with three seats, paid for each month."""
    practice_id = uuid4()
    joy = dues.story.joy
    await dues.story.do(OpenPractice(practice_id=practice_id, name="Harbour practice", by=joy))
    await dues.story.do(
        RequestMembership(
            payer_kind=PayerKind.PRACTICE, payer_id=practice_id, plan="seat-monthly", by=joy
        )
    )
    dues.by, dues.id = joy, membership_id(billing_account_id(practice_id), practice_id)
    await dues.pays(await dues.page("seat-monthly", quantity=3))
    return dues
