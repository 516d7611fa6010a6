"""The adapter's contract: at the simulated Stripe always, at Stripe's sandbox where a key is given.

``STRIPE_TEST_KEY=sk_test_… make test`` runs it at the sandbox as well and records what was seen in
``recordings/``; from then on the simulation is compared with the recording. Until somebody has
done that, the simulation was not compared with Stripe, and the tests say so. Nobody who wrote this
had a key: the part for the sandbox never ran. The sandbox has to be nobody's house, since plans and
prices are made in it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import stripe

from domain.errors import NotFound
from infra.payments.keys import is_live
from infra.stripe import marks
from infra.stripe.catalogue import PRODUCT, STANDARD, make
from infra.stripe.connection import Connection, connect
from infra.stripe.desk import StripeDesk
from infra.stripe.facts import USED
from infra.system import SystemClock, SystemRandomness
from tests.infra.stripe.conftest import no_turns
from tests.infra.stripe.contract import HERE, Life, begun
from tests.support.repository import ROOT
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe

KEY: Final = os.environ.get("STRIPE_TEST_KEY", "")
RECORDINGS: Final = Path(__file__).with_name("recordings")
RECORDING: Final = RECORDINGS / f"membership.{stripe.api_version}.json"
UNFINISHED: Final = ROOT / "build" / f"unfinished.{stripe.api_version}.json"
NO_KEY: Final = (
    "STRIPE_TEST_KEY is not set: the adapter was judged by the simulated Stripe only, not by Stripe"
)
NOT_COMPARED: Final = "nobody has recorded Stripe's sandbox: the simulation is not compared with it"
_ID: Final = re.compile(r"\b(cus|sub|in|evt|pm|pi|ch|cn)_[A-Za-z0-9]{8,}")
SANDBOX: Final = pytest.mark.skipif(not KEY, reason=NO_KEY)
COMPARED: Final = pytest.mark.skipif(not RECORDING.exists(), reason=NOT_COMPARED)
_QUIET: Final = 4.0  # seconds; Stripe tells most events within two


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


async def refuse_a_house(connection: Connection) -> None:
    """Refuse a sandbox where a house sells its plans: making ours would take their names away.

    Raises:
        ValueError: one does.
    """
    try:
        product, _ = await connection.raw("get", f"/v1/products/{PRODUCT}", {})
    except NotFound:
        return
    if product["metadata"].get(marks.ENVIRONMENT) != HERE:
        raise ValueError("STRIPE_TEST_KEY has to be of a sandbox that no house uses.")


async def test_the_sandbox_of_a_house_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="no house uses"):
        await refuse_a_house(connection)


@pytest.fixture
async def fresh() -> AsyncIterator[SimulatedStripe]:
    """An account of its own: another one's plans would be in the way."""
    async with simulated_stripe() as found:
        yield found


@pytest.fixture
async def simulated_life(fresh: SimulatedStripe) -> AsyncIterator[Life]:
    began = _recorded().get("began", datetime.now(UTC).isoformat())
    async with AsyncExitStack() as stack:
        connection = await _connected(stack, fresh.restricted_key, fresh.address)
        at = datetime.fromisoformat(began).replace(microsecond=0)
        yield await stack.enter_async_context(
            begun(connection, _desk(connection), quiet=0, began=at)
        )


@pytest.fixture
async def sandbox_life() -> AsyncIterator[Life]:
    refuse_live(KEY)
    async with AsyncExitStack() as stack:
        connection = await _connected(stack, KEY, None)
        at = datetime.now(UTC).replace(microsecond=0)
        yield await stack.enter_async_context(
            begun(connection, _desk(connection), quiet=_QUIET, began=at)
        )


async def _connected(stack: AsyncExitStack, key: str, address: str | None) -> Connection:
    connection: Connection = await stack.enter_async_context(
        connect(key, api_base=address, randomness=SystemRandomness())
    )
    await refuse_a_house(connection)
    await make(connection, STANDARD, environment=HERE)
    return connection


def _desk(connection: Connection) -> StripeDesk:
    return StripeDesk(connection, SystemClock(), no_turns, environment=HERE)


def _recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORDING.read_text("utf-8")) if RECORDING.exists() else {}
    return found


def recording_of(life: Life) -> dict[str, Any]:
    """Return what is kept of a life at the sandbox.

    Raises:
        ValueError: it holds an id.
    """
    recording = {
        "api_version": stripe.api_version,
        "began": life.began.isoformat(),
        "renewal_is_a_draft_for": life.drafted_for,
        "events_are_dated_by": life.dated_by,
        "steps": life.told,
        "events_as_listed": life.order,
        "filled": {kind: sorted(paths) for kind, paths in life.filled.items()},
    }
    if _ID.search(json.dumps(recording)):
        raise ValueError("Recordings hold no ids.")
    return recording


async def test_a_membership_lives_as_agreed_at_the_simulated_stripe(simulated_life: Life) -> None:
    await live(simulated_life)
    judge(simulated_life.told)
    recording = recording_of(simulated_life)
    assert recording["renewal_is_a_draft_for"] == 3600
    assert recording["events_are_dated_by"] == "real"
    assert recording["events_as_listed"][0] == "customer.created"
    assert {"subscription", "invoice"} <= recording["filled"].keys()
    assert "items.data[].price.id" in recording["filled"]["subscription"]


@SANDBOX
@pytest.mark.timeout(1800)
async def test_a_membership_lives_as_agreed_at_stripes_sandbox(sandbox_life: Life) -> None:
    try:
        await live(sandbox_life)
    finally:  # what was seen until something failed says why
        text = json.dumps(recording_of(sandbox_life), indent=2) + "\n"
        place = RECORDING if len(sandbox_life.told) == len(STEPS) else UNFINISHED
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    judge(sandbox_life.told)


@COMPARED
async def test_the_simulation_tells_what_the_sandbox_told(simulated_life: Life) -> None:
    await live(simulated_life)
    ours, theirs = recording_of(simulated_life), _recorded()
    for name in ("renewal_is_a_draft_for", "events_are_dated_by"):
        assert ours[name] == theirs[name], name
    assert [_of_use(each) for each in ours["steps"]] == [_of_use(each) for each in theirs["steps"]]


@COMPARED
@pytest.mark.parametrize("kind", ["subscription", "invoice"])
async def test_the_simulation_fills_the_fields_that_the_sandbox_filled(
    simulated_life: Life, kind: str
) -> None:
    await live(simulated_life)
    assert not set(_recorded()["filled"][kind]) - simulated_life.filled[kind]


def _of_use(step: dict[str, Any]) -> dict[str, Any]:
    """A step with the events that we act upon; Stripe may tell more."""
    counts = {kind: count for kind, count in step["events"].items() if kind in USED}
    return step | {"events": counts}


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


STEPS: Final = [
    ("paid", "active"),
    ("failed", "past_due"),
    ("mended", "active"),
    ("paused", "paused"),
    ("back", "active"),
    ("end arranged", "active"),
    ("ended", "canceled"),
    ("paid back", "canceled"),
]


def judge(told: list[dict[str, Any]]) -> None:
    """Judge what was told by what the domain relies on, wherever it was told."""
    by_step = {each["step"]: each for each in told}
    assert [(each["step"], each["status"]) for each in told] == STEPS
    assert by_step["paid"]["events"]["customer.subscription.created"] == 1
    assert by_step["failed"]["events"]["invoice.payment_failed"] >= 1
    assert by_step["ended"]["events"]["customer.subscription.deleted"] == 1
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
