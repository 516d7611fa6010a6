"""No test can pass on an invented call: routes, parameters and words are Stripe's own."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
import stripe

from tests.support import simulated_stripe as package
from tests.support.simulated_stripe.api.table import CALLS
from tests.support.simulated_stripe.schema.parameters import fields_of
from tests.support.simulated_stripe.schema.routes import match, routes

SOURCES = sorted(Path(str(package.__file__)).parent.rglob("*.py"))
TOLD = re.compile(r"tell(?:_changes)?\(\s*(?:\w+,\s*)?\"([a-z_.]+)\"")


def test_the_sdk_yields_every_route_of_the_api() -> None:
    assert len(routes()) > 500
    assert all(route.template.startswith("/v1/") for route in routes())


def test_the_most_literal_route_wins() -> None:
    found = match("get", "/v1/credit_notes/preview")
    assert found is not None
    assert (found.route.template, found.ids) == ("/v1/credit_notes/preview", ())


@pytest.mark.parametrize("key", CALLS, ids=" ".join)
def test_every_simulated_call_is_a_route_of_stripe_with_its_parameters(
    key: tuple[str, str],
) -> None:
    [route] = [each for each in routes() if each.key == key]
    declared: set[str] = {"expand"}
    if route.parameters:
        module, name = route.parameters
        declared |= set(fields_of(getattr(import_module(module), name)))
    assert CALLS[key].takes <= declared


def test_every_event_that_is_told_is_one_of_stripes() -> None:
    told = {name for path in SOURCES for name in TOLD.findall(path.read_text("utf-8"))}
    assert len(told) > 40
    assert told <= set(get_args(stripe.Event.__annotations__["type"]))


async def refused(
    client: stripe.StripeClient, verb: str, path: str, **form: object
) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as caught:
        await client.raw_request_async(verb, path, **form)
    return caught.value


def code_of(error: stripe.StripeError) -> str | None:
    """The SDK fills ``code`` for some errors only."""
    assert error.error is not None
    return error.error.code


async def test_a_route_that_stripe_has_not_is_404(client: stripe.StripeClient) -> None:
    error = await refused(client, "post", "/v1/memberships")
    assert (error.http_status, type(error)) == (404, stripe.InvalidRequestError)
    assert "Unrecognized request URL" in str(error)


async def test_a_route_that_nobody_simulated_is_501(client: stripe.StripeClient) -> None:
    error = await refused(client, "get", "/v1/payouts")
    assert (error.http_status, code_of(error)) == (501, "not_simulated")


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"customer": "cus_1", "plan": "gold"}, "parameter_unknown", "plan"),
        ({"items": [{"prize": "p"}]}, "parameter_unknown", "items[0][prize]"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"payment_behavior": "hope"}, "parameter_invalid", "payment_behavior"),
        ({"cancel_at_period_end": "maybe"}, "parameter_invalid", "cancel_at_period_end"),
        ({"trial_period_days": "soon"}, "parameter_invalid", "trial_period_days"),
        ({}, "parameter_missing", "customer"),
    ],
)
async def test_a_wrong_parameter_is_named(
    client: stripe.StripeClient, form: dict[str, object], code: str, param: str
) -> None:
    error = await refused(client, "post", "/v1/subscriptions", **form)
    assert isinstance(error, stripe.InvalidRequestError)
    assert (error.http_status, error.code, error.param) == (400, code, param)


async def test_a_missing_parameter_is_named(client: stripe.StripeClient) -> None:
    error = await refused(client, "post", "/v1/products")
    assert isinstance(error, stripe.InvalidRequestError)
    assert (error.code, error.param) == ("parameter_missing", "name")


async def test_a_parameter_that_would_do_nothing_is_501(client: stripe.StripeClient) -> None:
    error = await refused(
        client, "post", "/v1/subscriptions", customer="cus_1", backdate_start_date=1
    )
    assert (error.http_status, code_of(error)) == (501, "not_simulated")


async def test_what_endive_took_away_is_refused(client: stripe.StripeClient) -> None:
    error = await refused(
        client,
        "post",
        "/v1/checkout/sessions",
        mode="setup",
        success_url="https://peerhour.test/",
        payment_method_types=["card"],
    )
    assert error.code == "parameter_unknown"
