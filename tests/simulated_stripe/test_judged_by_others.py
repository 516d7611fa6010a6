"""A tool that none of us wrote plays its own scenarios against the simulation.

billing-e2e (MIT) is made for Stripe's sandbox: renewal, failed renewal, change of plan, card
problems, cancellation. Here the SDK's base address leads it to loopback.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.simulated_stripe.conftest import Catalogue
from tests.support.simulated_stripe import SimulatedStripe

_WHY = "billing-e2e is not installed: no second opinion"
tool = pytest.importorskip("billing_e2e", reason=_WHY)
runners = pytest.importorskip("billing_e2e.runner", reason=_WHY)
scenarios = pytest.importorskip("billing_e2e.scenario", reason=_WHY)
SCENARIOS = sorted((Path(str(tool.__file__)).parent / "scenarios").glob("*.yml"))


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 5


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
async def test_its_scenario_passes(
    simulated: SimulatedStripe, catalogue: Catalogue, path: Path
) -> None:
    prices = {"monthly_price": catalogue.monthly, "upgrade_price": catalogue.practice}
    config = scenarios.Config(stripe_key=simulated.api_key, vars=prices)
    runner = runners.Runner(config, simulated.blocking_client())
    result = await asyncio.to_thread(runner.run, scenarios.load_scenario(path))
    failed = [f"{step.label}: {step.detail}" for step in result.steps if not step.passed]
    assert (result.passed, failed, result.errors) == (True, [], [])
