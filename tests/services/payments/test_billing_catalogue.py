"""``peerhour billing catalogue`` and the keys that a house speaks with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from infra.database import ConnectKwargs, open_pool
from infra.settings import load_settings
from infra.system import SystemClock, SystemRandomness
from services.bootstrap.payments import Desks, open_desks
from services.cli.main import main
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe() as found:
        yield found


async def catalogue(*words: str, **environment: str) -> Result:
    """Run the command as a terminal would: outside the loop that the simulation runs in."""
    return await asyncio.to_thread(
        CliRunner().invoke, main, ["billing", "catalogue", *words], env=environment
    )


def keys(simulated: SimulatedStripe) -> dict[str, str]:
    return {
        "PEERHOUR_STRIPE_KEY": "rk_test_web_only",
        "PEERHOUR_STRIPE_CATALOGUE_KEY": simulated.api_key,
        "PEERHOUR_STRIPE_WEBHOOK_SECRETS": "whsec_simulated",
        "PEERHOUR_STRIPE_API_BASE": simulated.address,
    }


async def test_the_command_says_what_it_made_and_what_was_there(
    simulated: SimulatedStripe,
) -> None:
    first, again = await catalogue(**keys(simulated)), await catalogue(**keys(simulated))
    assert first.exit_code == again.exit_code == 0, first.output
    assert "price membership-monthly: made" in first.output
    assert "price membership-monthly: there" in again.output


async def test_the_amounts_may_stand_in_a_file(simulated: SimulatedStripe, tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text("[prices.seat-annual]\nevery = 'year'\namounts = { CHF = 9900 }\n")
    told = await catalogue(str(file), **keys(simulated))
    assert told.exit_code == 0, told.output
    assert (await simulated.state())["objects"]["price"] == 1
    file.write_text("[prices.weekly]\nevery = 'month'\namounts = { CHF = 9900 }\n")
    refused = await catalogue(str(file), **keys(simulated))
    assert refused.exit_code == 2
    assert "weekly is no plan" in refused.output


async def test_without_a_key_there_is_nothing_to_sell() -> None:
    told = await catalogue(PEERHOUR_STRIPE_KEY="")
    assert told.exit_code == 2
    assert "payments.off" in told.output


@pytest.fixture
async def pool(database: ConnectKwargs) -> AsyncIterator[asyncpg.Pool[Any]]:
    opened = await open_pool(database, max_size=2)
    yield opened
    await opened.close()


async def opened(stack: AsyncExitStack, pool: asyncpg.Pool[Any], **given: Any) -> Desks | None:
    settings = load_settings(**given)
    return await open_desks(
        stack, settings, pool, clock=SystemClock(), randomness=SystemRandomness()
    )


async def test_web_and_worker_speak_with_keys_of_their_own(pool: asyncpg.Pool[Any]) -> None:
    async with AsyncExitStack() as stack:
        secrets = {"stripe_webhook_secrets": "whsec_simulated"}
        assert await opened(stack, pool) is None
        one = await opened(stack, pool, stripe_key="rk_test_abcd", **secrets)
        assert one is not None
        assert one.web is one.worker
        two = await opened(
            stack, pool, stripe_key="rk_test_abcd", stripe_worker_key="rk_test_efgh", **secrets
        )
        assert two is not None
        assert two.web is not two.worker


@pytest.mark.parametrize(("key", "warned"), [("sk_live_abcd", True), ("rk_live_abcd", False)])
async def test_a_live_key_that_may_do_everything_is_warned_about(
    pool: asyncpg.Pool[Any], key: str, *, warned: bool
) -> None:
    async with AsyncExitStack() as stack:
        with capture_logs() as logs:
            await opened(
                stack,
                pool,
                environment="production",
                DATABASE_URL="postgresql://u:p@db.example/x",
                smtp_url="smtp://mail.example",
                metrics_token="token",
                origin="https://peerhour.example",
                stripe_key=key,
                stripe_webhook_secrets="whsec_simulated",
            )
    said = "payments.key_may_do_everything" in {each["event"] for each in logs}
    assert said is warned
