"""The judge of shapes: it finds what is broken, and finds nothing in what the simulation says."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue
from tests.support.simulated_stripe.schema.judge import faults
from tests.support.simulated_stripe.schema.shapes import Unstated, complete

Json = dict[str, Any]


@pytest.fixture(scope="module")
async def answered(client: stripe.StripeClient, catalogue: Catalogue) -> tuple[Json, Json]:
    """A subscription and its invoice, as answered."""
    ana = await client.v1.customers.create_async(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    made = await client.v1.subscriptions.create_async(
        {"customer": ana.id, "items": [{"price": catalogue.monthly}], "expand": ["latest_invoice"]}
    )
    whole = made.to_dict(for_json=True)
    invoice = whole["latest_invoice"]
    return whole | {"latest_invoice": invoice["id"]}, invoice


@pytest.fixture
def subscription(answered: tuple[Json, Json]) -> Json:
    return deepcopy(answered[0])


@pytest.fixture
def invoice(answered: tuple[Json, Json]) -> Json:
    return deepcopy(answered[1])


async def test_what_the_simulation_says_has_no_fault(subscription: Json, invoice: Json) -> None:
    assert faults(subscription) == []
    assert faults(invoice) == []


BROKEN = [
    (("status",), "asleep", "none of Stripe's words"),
    (("created",), "yesterday", "str instead of int"),
    (("created",), None, "null"),
    (("cancel_at_period_end",), 1, "int instead of bool"),
    (("object",), "invoice", "missing"),
    (("discounts",), {}, "no list"),
    (("items", "data"), [{"id": "si_1"}], "missing"),
    (("items", "has_more"), "no", "a list object has"),
    (("metadata",), [], "no mapping"),
    (("metadata",), {"a": 1}, "int instead of str"),
    (("billing_mode", "type"), None, "null"),
    (("customer",), 7, "int instead of str"),
    (("current_period_end",), 1, "unknown"),
]


@pytest.mark.parametrize(("path", "value", "words"), BROKEN, ids=str)
async def test_a_broken_subscription_is_found(
    subscription: Json, path: tuple[str, ...], value: Any, words: str
) -> None:
    place = subscription
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    found = faults(subscription)
    assert found
    assert any(words in fault for fault in found), found


async def test_every_field_that_stripe_always_sends_is_missed(subscription: Json) -> None:
    optional = {name for name in subscription if not faults(_without(subscription, name))}
    assert {"status", "items", "customer", "created", "currency", "id"} & optional == set()
    assert "description" in optional


def _without(thing: Json, name: str) -> Json:
    return {key: value for key, value in thing.items() if key != name}


def test_a_deleted_object_says_three_things_only() -> None:
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    assert faults(gone) == []
    assert faults(gone | {"email": "ana@example.org"})


def test_an_object_that_stripe_has_not_is_found() -> None:
    assert faults({"object": "membership", "id": "m_1"}) == ["membership: no object of Stripe"]


def test_the_simulation_cannot_forget_a_field_that_stripe_always_sends() -> None:
    with pytest.raises(Unstated, match=r"price\.unit|price\.active|price\.billing_scheme"):
        complete("price", {"id": "price_1", "created": 1})


def test_the_simulation_cannot_invent_a_field() -> None:
    with pytest.raises(Unstated, match="coupon has no colour"):
        complete(
            "coupon",
            {
                "id": "c",
                "created": 1,
                "duration": "once",
                "times_redeemed": 0,
                "valid": True,
                "colour": "red",
            },
        )


async def test_fields_of_old_days_are_gone(subscription: Json, invoice: Json) -> None:
    assert {"current_period_end", "plan", "discount"} & subscription.keys() == set()
    assert {"subscription", "charge", "paid", "payment_intent", "tax"} & invoice.keys() == set()
    line = invoice["lines"]["data"][0]
    assert line["pricing"]["price_details"]["price"].startswith("price_")
    assert line["parent"]["subscription_item_details"]["proration"] is False


def test_the_sdk_is_the_one_the_simulation_was_read_for() -> None:
    assert stripe.api_version == "2026-10-28.endive"
