"""``peerhour billing reconcile``, and the number that ought to be nought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from prometheus_client import CollectorRegistry, generate_latest

from domain.payments.drift import EVENTS, Drift, DriftKind
from infra.database import ConnectKwargs
from services.cli.main import main
from services.gauges import Gauges
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, database_url, open_real_house
from tests.support.simulated_stripe import RESTRICTED_KEY, SimulatedStripe, simulated_stripe

GONE: Final = UUID(int=4711)  # a membership that stands nowhere


@pytest.fixture(scope="module")
async def simulated() -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe() as found:
        yield found


@pytest.fixture
async def real(database: ConnectKwargs, tmp_path: Path) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path) as opened:
        await opened.running.pool.execute("TRUNCATE drifts, watermarks")
        yield opened


async def reconcile(
    database: ConnectKwargs, folder: Path, stripe: SimulatedStripe | None, *words: str
) -> Result:
    """Run the command as a terminal would: outside the loop that the simulation runs in."""
    environment = {"DATABASE_URL": database_url(database), "PEERHOUR_DATA_DIR": str(folder)}
    if stripe is not None:
        environment |= {
            "PEERHOUR_STRIPE_KEY": RESTRICTED_KEY,
            "PEERHOUR_STRIPE_WEBHOOK_SECRETS": "whsec_simulated",
            "PEERHOUR_STRIPE_API_BASE": stripe.address,
        }
    runner, command = CliRunner(), ["billing", "reconcile", *words]
    return await asyncio.to_thread(runner.invoke, main, command, env=environment)


async def test_all_is_compared_unless_a_part_is_named(
    database: ConnectKwargs, tmp_path: Path, simulated: SimulatedStripe
) -> None:
    everything = await reconcile(database, tmp_path, simulated)
    part = await reconcile(database, tmp_path, simulated, "--lists")
    assert (everything.exit_code, part.exit_code) == (0, 0), everything.output + part.output
    said = [line.split() for line in everything.output.splitlines()]
    assert [words[0] for words in said] == ["events", "lists", "money"]
    assert part.output == "lists   0 added, 0 differed, 0 left\n"


async def test_a_difference_that_is_left_is_shown_and_ends_with_status_one(
    database: ConnectKwargs, tmp_path: Path, simulated: SimulatedStripe
) -> None:
    async with simulated.client() as client:
        product = await client.v1.products.create_async({"name": "Peerhour membership"})
        price = await client.v1.prices.create_async(
            {
                "product": product.id,
                "currency": "eur",
                "unit_amount": 1200,
                "recurring": {"interval": "month"},
            }
        )
        customer = await client.v1.customers.create_async({})
        made = await client.v1.subscriptions.create_async(
            {
                "customer": customer.id,
                "trial_period_days": 14,
                "items": [{"price": price.id}],
                "metadata": {"ph_env": "development", "ph_membership": str(GONE)},
            }
        )
    told = await reconcile(database, tmp_path, simulated, "--lists")
    assert told.exit_code == 1, told.output
    assert f"no_member {made.id}: ours nothing, theirs trialing" in told.output


async def test_a_house_that_takes_no_dues_compares_nothing(
    database: ConnectKwargs, tmp_path: Path
) -> None:
    told = await reconcile(database, tmp_path, None)
    assert told.exit_code == 2
    assert "payments.off" in told.output


async def test_what_is_not_healed_and_how_far_was_read_are_figures(real: RealHouse) -> None:
    registry = CollectorRegistry()
    gauges = Gauges(registry)
    await gauges.refresh(real.house)
    calm = generate_latest(registry).decode()
    drift = Drift(kind=DriftKind.DIFFERS, subject="sub_1", ours="nothing", theirs="status active")
    await real.running.news.drift.record({DriftKind.DIFFERS}, [drift], at=SIX_PM)
    await real.running.news.marks.reach(EVENTS, SIX_PM)
    await gauges.refresh(real.house)
    told = generate_latest(registry).decode()
    assert "peerhour_billing_drift 0.0" in calm
    assert "peerhour_billing_events_read_timestamp_seconds 0.0" in calm
    assert "peerhour_billing_drift 1.0" in told
    assert f"{SIX_PM.timestamp():.6e}".split("e")[0][:6] in told
