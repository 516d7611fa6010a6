"""The account itself: its events, webhook endpoints and test clocks."""

from __future__ import annotations

import fnmatch

import stripe

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import dues
from tests.support.simulated_stripe.refusals import Refusal, invalid
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import CLOCK, Json

_MOST_AHEAD = 2 * 366 * DAY  # seconds; Stripe counts in intervals of the shortest subscription
_KEPT = 30 * DAY


@simulates("get /v1/account")
def read_account(call: Call) -> Json:
    return call.world.account


@simulates("get /v1/events/{}")
def read_event(call: Call) -> Json:
    return call.world.find("event", call.key)


@simulates("get /v1/events", f"delivery_success type types {PAGING}")
def list_events(call: Call) -> Json:
    """Stripe keeps events for thirty days; ``delivery_success=false`` finds undelivered ones."""
    world, given = call.world, call.given
    since = world.now() - _KEPT
    patterns = given.get("types") or ([given["type"]] if "type" in given else ["*"])
    wanted = given.get("delivery_success")
    found = [
        each
        for each in world.every("event")
        if each["created"] >= since
        and any(fnmatch.fnmatchcase(each["type"], pattern) for pattern in patterns)
        and (wanted is None or (each["pending_webhooks"] == 0) is wanted)
    ]
    return page(call, found)


@simulates("post /v1/webhook_endpoints", "api_version description enabled_events metadata url")
def create_endpoint(call: Call) -> Json:
    """The answer to this call alone carries the secret."""
    given: Json = {"metadata": {}} | call.given
    if not given["url"].startswith(("http://", "https://")):
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", param="url"
        )
    version = given.setdefault("api_version", stripe.api_version)
    if version != stripe.api_version:
        raise invalid(
            f"The simulated Stripe speaks {stripe.api_version} only.", param="api_version"
        )
    endpoint = call.world.create("webhook_endpoint", status="enabled", **given)
    secret = call.world.names.secret()
    call.world.note(endpoint["id"])["secrets"] = [secret]
    return endpoint | {"secret": secret}


@simulates("get /v1/webhook_endpoints/{}")
def read_endpoint(call: Call) -> Json:
    return call.world.find("webhook_endpoint", call.key)


@simulates("get /v1/webhook_endpoints", PAGING.replace(" created", ""))
def list_endpoints(call: Call) -> Json:
    return page(call, call.world.every("webhook_endpoint"))


@simulates("post /v1/webhook_endpoints/{}", "description disabled enabled_events metadata url")
def update_endpoint(call: Call) -> Json:
    endpoint, given = call.world.find("webhook_endpoint", call.key), dict(call.given)
    if "disabled" in given:
        endpoint["status"] = "disabled" if given.pop("disabled") else "enabled"
    edit(endpoint, given)
    return endpoint


@simulates("delete /v1/webhook_endpoints/{}")
def delete_endpoint(call: Call) -> Json:
    return call.world.forget("webhook_endpoint", call.key)


@simulates("post /v1/test_helpers/test_clocks", "frozen_time name")
def create_clock(call: Call) -> Json:
    clock = call.world.create(
        CLOCK,
        deletes_after=call.world.now() + _KEPT,
        frozen_time=call.given["frozen_time"],
        name=call.given.get("name"),
        status="ready",
        status_details={},
    )
    call.world.journal.tell("test_helpers.test_clock.created", clock)
    return clock


@simulates("get /v1/test_helpers/test_clocks/{}")
def read_clock(call: Call) -> Json:
    return call.world.find(CLOCK, call.key)


@simulates("get /v1/test_helpers/test_clocks", PAGING.replace(" created", ""))
def list_clocks(call: Call) -> Json:
    return page(call, call.world.every(CLOCK))


@simulates("post /v1/test_helpers/test_clocks/{}/advance", "frozen_time")
def advance_clock(call: Call) -> Json:
    """Everything due until then has happened when the answer comes; at Stripe it takes a while.

    The answer says ``advancing`` as Stripe's does, so that who does not ask again is found out.
    """
    world, clock = call.world, call.world.find(CLOCK, call.key)
    until = call.given["frozen_time"]
    if not clock["frozen_time"] <= until <= clock["frozen_time"] + _MOST_AHEAD:
        message = "You cannot advance a test clock backwards, nor more than two years at once."
        raise Refusal(400, "invalid_request_error", message, param="frozen_time")
    details = {"advancing": {"target_frozen_time": until}}
    clock |= {"status": "advancing", "status_details": details}
    answer = dict(clock)
    world.journal.tell("test_helpers.test_clock.advancing", clock)
    dues.advance_clock(world, clock, until)
    clock |= {"status": "ready", "status_details": {"advancing": None}}
    world.journal.tell("test_helpers.test_clock.ready", clock)
    return answer


@simulates("delete /v1/test_helpers/test_clocks/{}")
def delete_clock(call: Call) -> Json:
    call.world.journal.tell("test_helpers.test_clock.deleted", call.world.find(CLOCK, call.key))
    return dues.delete_clock(call.world, call.key)
