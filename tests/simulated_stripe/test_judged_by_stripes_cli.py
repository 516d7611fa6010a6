"""Stripe's own command line plays its recipes against the simulation.

Its recipes are what Stripe's engineers do to make a webhook come: they know nothing of us. Each has
to end as ``cli_recipes.toml`` says, and one that is played has to bring the event of its name.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue
from tests.simulated_stripe.receiver import receiving
from tests.support.simulated_stripe import SimulatedStripe
from tests.support.stripe_cli import StripeCli, find, stripe_cli

PROGRAM, WHY_NOT = find()
pytestmark = [
    pytest.mark.judge,
    pytest.mark.skipif(PROGRAM is None, reason=f"no second judge: {WHY_NOT}"),
]

TABLE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("cli_recipes.toml").read_text(encoding="utf-8")
)
PLAYED: dict[str, list[str]] = {name: [] for name in TABLE["plays"]} | {
    name: group["flags"] for group in TABLE["mended"] for name in group["recipes"]
}
AT_ONCE = 3  # calls that run together where their order does not matter
NEWER_VERSION = "api.github.com:443"


@pytest.fixture(scope="module")
async def cli(
    simulated: SimulatedStripe, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[StripeCli]:
    assert PROGRAM is not None
    assert catalogue.product, "there is an event before the first recipe"
    home = tmp_path_factory.mktemp("home")
    async with stripe_cli(PROGRAM, simulated.address, home) as ready:
        yield ready


async def test_the_table_names_every_recipe_once(cli: StripeCli) -> None:
    refused = [name for group in TABLE["refused"] for name in group["recipes"]]
    mended = [name for group in TABLE["mended"] for name in group["recipes"]]
    named = [*TABLE["plays"], *mended, *refused]
    assert len(named) == len(set(named))
    assert set(named) == await cli.recipes()


@pytest.mark.parametrize("recipe", PLAYED)
async def test_its_recipe_plays_and_brings_its_event(
    cli: StripeCli, client: stripe.StripeClient, recipe: str
) -> None:
    listed = client.v1.events.list_async
    [newest] = (await listed({"limit": 1})).data
    said = await cli("trigger", recipe, *PLAYED[recipe])
    assert said.code == 0, said.text
    since = await listed({"limit": 100, "ending_before": newest.id})
    assert TABLE["told"].get(recipe, recipe) in {event.type for event in since.data}


@pytest.mark.parametrize("group", TABLE["refused"], ids=lambda group: group["said"])
async def test_its_recipe_is_refused_and_the_reason_is_known(
    cli: StripeCli, group: dict[str, Any]
) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def plays(recipe: str) -> str:
        async with turns:
            said = await cli("trigger", recipe)
        return "" if said.code != 0 and group["said"] in said.text else f"{recipe}: {said.text}"

    surprises = await asyncio.gather(*map(plays, group["recipes"]))
    assert not any(surprises), "\n".join(filter(None, surprises))


@pytest.mark.parametrize("group", TABLE["mended"], ids=lambda group: group["recipes"][0])
async def test_a_recipe_that_is_mended_would_be_refused(
    cli: StripeCli, group: dict[str, Any]
) -> None:
    """Otherwise the flags that mend it would hide nothing, and could go."""
    said = await cli("trigger", group["recipes"][0])
    assert said.code != 0
    assert "Received unknown parameter" in said.text


MEMBERSHIP: dict[str, Any] = {
    "_meta": {"template_version": 0},
    "fixtures": [
        {
            "name": "ana",
            "path": "/v1/customers",
            "method": "post",
            "params": {
                "email": "ana@example.org",
                "payment_method": "pm_card_visa",
                "invoice_settings": {"default_payment_method": "pm_card_visa"},
            },
        },
        {
            "name": "monthly",
            "path": "/v1/prices",
            "method": "post",
            "params": {
                "product_data": {"name": "Membership"},
                "unit_amount": 1200,
                "currency": "eur",
                "recurring": {"interval": "month"},
            },
        },
        {
            "name": "membership",
            "path": "/v1/subscriptions",
            "method": "post",
            "params": {"customer": "${ana:id}", "items": [{"price": "${monthly:id}"}]},
        },
        {
            "name": "end",
            "path": "/v1/subscriptions/${membership:id}",
            "method": "post",
            "params": {"cancel_at_period_end": True},
        },
    ],
}


async def test_it_plays_a_membership_out_of_a_file_and_reads_it(
    cli: StripeCli, tmp_path: Path
) -> None:
    file = tmp_path / "membership.json"
    file.write_text(json.dumps(MEMBERSHIP), encoding="utf-8")
    played = await cli("fixtures", str(file))
    assert played.code == 0, played.text
    listed = json.loads((await cli("get", "/v1/subscriptions", "-d", "limit=1")).text)
    [membership] = listed["data"]
    assert (membership["status"], membership["cancel_at_period_end"]) == ("active", True)
    ended = await cli("subscriptions", "cancel", membership["id"], "--confirm")
    assert '"status": "canceled"' in ended.text
    assert "No such customer" in (await cli("get", "/v1/customers/cus_nobody")).text


async def test_an_endpoint_that_it_registered_gets_webhooks_that_the_sdk_takes(
    cli: StripeCli, simulated: SimulatedStripe
) -> None:
    async with receiving() as receiver:
        words = ("-d", f"url={receiver.url}", "-d", "enabled_events[]=product.created")
        made = json.loads((await cli("post", "/v1/webhook_endpoints", *words)).text)
        assert (await cli("trigger", "product.created")).code == 0
        await simulated.drain()
        assert (await cli("delete", f"/v1/webhook_endpoints/{made['id']}", "--confirm")).code == 0
    [(body, signature)] = receiver.got
    stripe.WebhookSignature.verify_header(body.decode(), signature, made["secret"], tolerance=300)
    assert json.loads(body)["type"] == "product.created"


async def test_it_reaches_nobody_outside(cli: StripeCli) -> None:
    """Its question for a newer version cannot be switched off, and ends at the fence."""
    assert (await cli("trigger", "product.created")).code == 0
    assert set(cli.asked) == {NEWER_VERSION}


async def test_the_fence_would_have_seen_a_report(cli: StripeCli) -> None:
    before = len(cli.asked)
    assert (await cli("trigger", "product.created", telemetry=True)).code == 0
    assert "r.stripe.com:443" in cli.asked[before:]
