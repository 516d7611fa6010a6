"""Whatever is sent, the simulation answers as an API does: it never breaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product
from random import Random
from urllib.parse import quote

import pytest

from tests.support.simulated_stripe.api.table import CALLS
from tests.support.simulated_stripe.web.door import Door, Request
from tests.support.simulated_stripe.world.world import World

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
KEY = {"authorization": "Bearer sk_test_simulated"}
VALUES = ("", "x", "0", "-1", "9" * 30, "1.5", "true", "🦊", "in_1")
FORMS = 10
SHAPES = ("{}={}", "{}[]={}", "{}[a]={}", "{}[0][a]={}", "{}[id]={}", "{}[type]={}")


@pytest.fixture(scope="module")
async def door() -> Door:
    """An account with a little of everything under ids that the paths below name."""
    door = Door(World(clock=lambda: NOON, seed=1, address="http://127.0.0.1:1"))
    made = {}
    for path, form in (
        ("/v1/products", "id=thing&name=Membership"),
        ("/v1/prices", "product=thing&currency=eur&unit_amount=2000&recurring[interval]=month"),
        ("/v1/coupons", "id=half&percent_off=50"),
        ("/v1/customers", "payment_method=pm_card_visa&email=ana@example.org"),
    ):
        reply = await door.answer(Request("post", path, form, KEY))
        made[path] = json.loads(reply.body)["id"]
    subscribe = f"customer={made['/v1/customers']}&items[0][price]={made['/v1/prices']}"
    for more in ("&trial_period_days=5", "&payment_behavior=default_incomplete"):
        reply = await door.answer(Request("post", "/v1/subscriptions", subscribe + more, KEY))
        assert reply.status == 200
    return door


def ids(door: Door) -> dict[str, str]:
    """For each family of paths an id that exists."""
    kinds = door.world.objects
    words = {tag.split(".")[-1]: next(iter(kind)) for tag, kind in kinds.items() if kind}
    families = {f"{word}s": key for word, key in words.items()}
    return families | {"sessions": families.get("sessions", "cs_1")}


@pytest.mark.parametrize("key", CALLS, ids=" ".join)
async def test_no_form_breaks_a_call(door: Door, key: tuple[str, str]) -> None:
    verb, template = key
    found = ids(door)
    filled = template
    while "{}" in filled:
        family = filled.split("/{}")[0].rsplit("/", 1)[-1]
        filled = filled.replace("{}", found.get(family, "none"), 1)
    names = ("", *sorted(CALLS[key].takes))
    every = [*product(names, SHAPES, VALUES)]
    random = Random(template)  # noqa: S311 -- the same forms in every run
    for name, shape, value in random.sample(every, min(FORMS, len(every))):
        form = shape.format(name, quote(value)) if name else quote(value)
        with door.world.rehearsal():
            reply = await door.answer(Request(verb, filled, form, KEY))
        assert reply.status in {200, 400, 402, 404, 409, 501}, reply.body
        json.loads(reply.body)
    faults, door.shape_faults = door.shape_faults, []
    assert faults == []
