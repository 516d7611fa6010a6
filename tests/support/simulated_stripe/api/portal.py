"""Billing Portal: its one configuration and its sessions."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.refusals import invalid, missing, not_simulated
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import Json, World

CONFIGURATION = "billing_portal.configuration"
_FLOWS = frozenset({"payment_method_update", "subscription_cancel"})


def standard(world: World) -> Json:
    """The configuration that a session uses unless it names one; made when first needed."""
    for each in world.every(CONFIGURATION, is_default=True):
        return each
    return _make(world, {}, is_default=True)


def _make(world: World, given: Json, *, is_default: bool) -> Json:
    features = given.get("features", {})
    cancel = features.get("subscription_cancel", {})
    return world.create(
        CONFIGURATION,
        active=True,
        business_profile=given.get("business_profile", {}),
        default_return_url=given.get("default_return_url"),
        features={
            "customer_update": {"allowed_updates": [], "enabled": False},
            "invoice_history": features.get("invoice_history", {"enabled": True}),
            "payment_method_update": {"enabled": True} | features.get("payment_method_update", {}),
            "subscription_cancel": {
                "cancellation_reason": {"enabled": False, "options": ["other"]},
                "enabled": cancel.get("enabled", True),
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_pause": {
                "enabled": False,
                "duration": {"type": "indefinite", "interval_options": []},
            },
            "subscription_update": {
                "default_allowed_updates": [],
                "enabled": False,
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "continue_trial",
            },
        },
        is_default=is_default,
        login_page={"enabled": False},
        metadata=given.get("metadata", {}),
        name=given.get("name"),
        updated=world.now(),
    )


@simulates(
    "post /v1/billing_portal/configurations",
    "business_profile default_return_url features metadata name",
)
def create_configuration(call: Call) -> Json:
    _check(call.given)
    made = _make(call.world, call.given, is_default=False)
    call.world.journal.tell("billing_portal.configuration.created", made)
    return made


def _check(given: Json) -> None:
    for name, feature in given["features"].items():
        wanted = feature.get("enabled") and name in {"customer_update", "subscription_pause"}
        if wanted or (feature.get("enabled") and name == "subscription_update"):
            raise not_simulated(f"the portal's {name}")
        if name == "subscription_cancel" and feature.get("mode") == "immediately":
            raise not_simulated("the portal's immediate cancellation")


@simulates(
    "post /v1/billing_portal/configurations/{}",
    "active business_profile default_return_url metadata name",
)
def update_configuration(call: Call) -> Json:
    configuration = call.world.find(CONFIGURATION, call.key)
    profile = call.given.pop("business_profile", {})
    configuration["business_profile"] |= {name: v or None for name, v in profile.items()}
    edit(configuration, call.given)
    configuration["updated"] = call.world.now()
    call.world.journal.tell_changes("billing_portal.configuration.updated", configuration)
    return configuration


@simulates("get /v1/billing_portal/configurations/{}")
def read_configuration(call: Call) -> Json:
    return call.world.find(CONFIGURATION, call.key)


@simulates(
    "get /v1/billing_portal/configurations", f"active is_default {PAGING.replace(' created', '')}"
)
def list_configurations(call: Call) -> Json:
    equal = {name: call.given.get(name) for name in ("active", "is_default")}
    return page(call, call.world.every(CONFIGURATION, **equal))


@simulates("post /v1/billing_portal/sessions", "configuration customer flow_data locale return_url")
def create_session(call: Call) -> Json:
    world, given = call.world, call.given
    if "customer" not in given:
        raise missing("customer")
    customer = world.find("customer", given["customer"], param="customer")
    chosen = given.get("configuration")
    configuration = world.find(CONFIGURATION, chosen) if chosen else standard(world)
    key = world.names.id_of("billing_portal.session")
    session = world.create(
        "billing_portal.session",
        id=key,
        configuration=configuration["id"],
        customer=customer["id"],
        flow=_flow(world, given["flow_data"], customer) if "flow_data" in given else None,
        locale=given.get("locale"),
        return_url=given.get("return_url") or configuration["default_return_url"],
        url=world.page(f"/p/session/{key}"),
    )
    world.journal.tell("billing_portal.session.created", session)
    return session


def _flow(world: World, given: Json, customer: Json) -> Json:
    kind = given["type"]
    if kind not in _FLOWS:
        raise not_simulated(f"the portal flow {kind}")
    after = given.get("after_completion", {"type": "portal_homepage"})
    flow = {"type": kind, "after_completion": after}
    if kind == "subscription_cancel":
        key = given.get("subscription_cancel", {}).get("subscription")
        if not key:
            raise missing("flow_data[subscription_cancel][subscription]")
        subscription = world.find("subscription", key, param="flow_data")
        if subscription["customer"] != customer["id"]:
            raise invalid("The subscription belongs to another customer.", param="flow_data")
        if subscription["cancel_at_period_end"]:
            raise invalid("The subscription is already set to be canceled.", param="flow_data")
        flow["subscription_cancel"] = {"subscription": key}
    return flow
