"""The adapter's contract: at the simulated Stripe always, at Stripe's sandbox where a key is given.

``STRIPE_TEST_KEY=sk_test_… make test`` runs it at the sandbox as well and records what was seen in
``recordings/``; from then on the simulation is compared with the recording. Until somebody has
done that, the simulation was not compared with Stripe, and the tests say so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import stripe

from infra.payments.keys import is_live
from infra.stripe.catalogue import STANDARD, make
from infra.stripe.connection import Connection, connect
from infra.stripe.desk import StripeDesk
from infra.system import SystemClock, SystemRandomness
from tests.infra.stripe.conftest import no_turns
from tests.infra.stripe.contract import HERE, Life, begun
from tests.support.simulated_stripe import SimulatedStripe

KEY: Final = os.environ.get("STRIPE_TEST_KEY", "")
RECORDINGS: Final = Path(__file__).with_name("recordings")
RECORDING: Final = RECORDINGS / f"membership.{stripe.api_version}.json"
NO_KEY: Final = (
    "STRIPE_TEST_KEY is not set: the adapter was judged by the simulated Stripe only, not by Stripe"
)
NOT_COMPARED: Final = "nobody has recorded Stripe's sandbox: the simulation is not compared with it"
_ID: Final = re.compile(r"\b(cus|sub|in|evt|pm|pi|ch|cn)_[A-Za-z0-9]{8,}")
SANDBOX: Final = pytest.mark.skipif(not KEY, reason=NO_KEY)


def test_a_live_key_is_refused() -> None:
    with pytest.raises(ValueError, match="test key"):
        refuse_live("sk_live_invented")
    with pytest.raises(ValueError, match="test key"):
        refuse_live("rk_live_invented")
    refuse_live("sk_test_invented")


def refuse_live(key: str) -> None:
    """Refuse a key that moves money.

    Raises:
        ValueError: it does, or may.
    """
    if is_live(key) or not key.startswith(("sk_test_", "rk_test_")):
        raise ValueError("STRIPE_TEST_KEY has to be a test key.")


@pytest.fixture
async def simulated_life(simulated: SimulatedStripe) -> AsyncIterator[Life]:
    async with AsyncExitStack() as stack:
        yield await _life(stack, simulated.restricted_key, simulated.address)


@pytest.fixture
async def sandbox_life() -> AsyncIterator[Life]:
    refuse_live(KEY)
    async with AsyncExitStack() as stack:
        yield await _life(stack, KEY, None)


async def _life(stack: AsyncExitStack, key: str, address: str | None) -> Life:
    connection: Connection = await stack.enter_async_context(
        connect(key, api_base=address, randomness=SystemRandomness())
    )
    await make(connection, STANDARD, environment=HERE)
    desk = StripeDesk(connection, SystemClock(), no_turns, environment=HERE)
    return await stack.enter_async_context(begun(connection, desk))


async def test_a_membership_lives_as_agreed_at_the_simulated_stripe(simulated_life: Life) -> None:
    await live(simulated_life)
    judge(simulated_life.told)
    events = await simulated_life.events()
    assert events[0] == "customer.created"
    assert {"invoice.payment_failed", "customer.subscription.deleted"} <= set(events)
    assert not _ID.search(json.dumps([simulated_life.told, events])), "recordings hold no ids"


@SANDBOX
@pytest.mark.timeout(900)
async def test_a_membership_lives_as_agreed_at_stripes_sandbox(sandbox_life: Life) -> None:
    await live(sandbox_life)
    judge(sandbox_life.told)
    recording = {
        "api_version": stripe.api_version,
        "steps": sandbox_life.told,
        "events": await sandbox_life.events(),
    }
    RECORDING.write_text(json.dumps(recording, indent=2) + "\n", encoding="utf-8")


@pytest.mark.skipif(not RECORDING.exists(), reason=NOT_COMPARED)
async def test_the_simulation_tells_what_the_sandbox_told(simulated_life: Life) -> None:
    recorded: dict[str, Any] = json.loads(RECORDING.read_text(encoding="utf-8"))
    await live(simulated_life)
    assert simulated_life.told == recorded["steps"]
    assert await simulated_life.events() == recorded["events"]


async def live(life: Life) -> None:
    """Read, pay, fail, mend, pause, cancel, be paid back."""
    prices = {each.plan: each.amount for each in await life.desk.prices()}
    assert {"membership-monthly", "membership-annual"} <= prices.keys()
    await life.pays()
    await life.fails()
    await life.mends()
    await life.pauses()
    await life.cancels()
    await life.is_paid_back()


def judge(told: list[dict[str, Any]]) -> None:
    """Judge what was told by what the domain relies on, wherever it was told."""
    by_step = {each["step"]: each for each in told}
    assert [(each["step"], each["status"]) for each in told] == [
        ("paid", "active"),
        ("failed", "past_due"),
        ("mended", "active"),
        ("paused", "paused"),
        ("back", "active"),
        ("end arranged", "active"),
        ("ended", "canceled"),
        ("paid back", "canceled"),
    ]
    assert by_step["paid"]["invoices"] == [["paid", 1200, 1200, "EUR"]]
    failed = by_step["failed"]
    assert failed["trouble"]
    assert failed["unpaid_since_day"] in range(28, 32)
    assert failed["invoices"][-1] == ["open", 1200, 0, "EUR"]
    assert not by_step["mended"]["trouble"]
    assert by_step["mended"]["invoices"][-1] == ["paid", 1200, 1200, "EUR"]
    assert by_step["paused"]["paused_for"] == "pause_requested"
    assert by_step["end arranged"]["ends_at_period_end"]
    assert by_step["paid back"]["credited"] == 500
