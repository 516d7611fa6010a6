"""Tax rates that an account writes itself; automatic tax keeps its own."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import Json

_SHARED = "active country description display_name jurisdiction metadata state tax_type"


@simulates("post /v1/tax_rates", f"{_SHARED} inclusive percentage")
def create_tax_rate(call: Call) -> Json:
    given: Json = {"active": True, "metadata": {}, "rate_type": "percentage"} | call.given
    rate = call.world.create("tax_rate", **given)
    call.world.journal.tell("tax_rate.created", rate)
    return rate


@simulates("get /v1/tax_rates/{}")
def read_tax_rate(call: Call) -> Json:
    return call.world.find("tax_rate", call.key)


@simulates("post /v1/tax_rates/{}", _SHARED)
def update_tax_rate(call: Call) -> Json:
    """What it takes of an amount never changes: another percentage is another rate."""
    rate = call.world.find("tax_rate", call.key)
    edit(rate, call.given)
    call.world.journal.tell_changes("tax_rate.updated", rate)
    return rate


@simulates("get /v1/tax_rates", f"active inclusive {PAGING}")
def list_tax_rates(call: Call) -> Json:
    equal = {name: call.given.get(name) for name in ("active", "inclusive")}
    return page(call, call.world.every("tax_rate", **equal))
