"""Payment intents with and without an invoice, and setup intents: money and cards to come."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import collecting, methods, payments, setups
from tests.support.simulated_stripe.refusals import Refusal, invalid, missing
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import Json, World

_PLAIN = (
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirmation_method",
    "currency",
    "customer",
    "description",
    "payment_method",
    "receipt_email",
    "setup_future_usage",
    "shipping",
)


@simulates(
    "post /v1/payment_intents", f"{' '.join(_PLAIN)} confirm metadata off_session return_url"
)
def create_intent(call: Call) -> Json:
    """A payment that no invoice asked for; with ``confirm`` it is tried at once."""
    world, given = call.world, call.given
    if given["amount"] <= 0:
        raise invalid("This value must be greater than or equal to 1.", param="amount")
    if key := given.get("customer"):
        world.find("customer", key, param="customer")
    stated = {name: given[name] for name in _PLAIN if name in given}
    if key := given.get("payment_method"):
        stated["payment_method"] = methods.named(world, key, param="payment_method")["id"]
        stated["status"] = "requires_confirmation"
    intent = payments.intend(world, **stated, metadata=given.get("metadata") or {})
    return _confirmed(world, intent, given) if given.get("confirm") else intent


@simulates("get /v1/payment_intents/{}")
def read_intent(call: Call) -> Json:
    return call.world.find("payment_intent", call.key)


@simulates("get /v1/payment_intents", f"customer {PAGING}")
def list_intents(call: Call) -> Json:
    return page(call, call.world.every("payment_intent", customer=call.given.get("customer")))


@simulates("post /v1/payment_intents/{}", "description metadata")
def update_intent(call: Call) -> Json:
    intent = call.world.find("payment_intent", call.key)
    edit(intent, call.given)
    return intent


@simulates("post /v1/payment_intents/{}/confirm", "off_session payment_method return_url")
def confirm_intent(call: Call) -> Json:
    world, intent = call.world, call.world.find("payment_intent", call.key)
    if intent["status"] in {"succeeded", "canceled", "requires_capture"}:
        raise _unfit(intent, "confirm")
    if key := call.given.get("payment_method"):
        intent["payment_method"] = methods.named(world, key, param="payment_method")["id"]
    return _confirmed(world, intent, call.given)


def _confirmed(world: World, intent: Json, given: Json) -> Json:
    if not intent["payment_method"]:
        raise missing("payment_method")
    method = world.find("payment_method", intent["payment_method"])
    said = collecting.confirm(world, intent, method, present=not given.get("off_session"))
    if said.verdict == "declined":
        raise methods.declined(said.decline_code or "generic_decline", payment_intent=intent)
    if said.verdict == "paid":
        _keep_card(world, intent, method)
    return intent


def _keep_card(world: World, intent: Json, method: Json) -> None:
    """A card that is to be used again becomes its payer's."""
    if intent["setup_future_usage"] and intent["customer"] and not method["customer"]:
        methods.attach(world, method, world.find("customer", intent["customer"]))


@simulates("post /v1/payment_intents/{}/capture")
def capture_intent(call: Call) -> Json:
    intent = call.world.find("payment_intent", call.key)
    if intent["status"] != "requires_capture":
        raise _unfit(intent, "capture")
    return payments.capture(call.world, intent)


@simulates("post /v1/payment_intents/{}/cancel", "cancellation_reason")
def cancel_intent(call: Call) -> Json:
    intent = call.world.find("payment_intent", call.key)
    if call.world.note(call.key).get("invoice"):
        message = "You cannot cancel this PaymentIntent; void its invoice instead."
        raise invalid(message, code="payment_intent_unexpected_state")
    if intent["status"] in {"succeeded", "canceled"}:
        raise _unfit(intent, "cancel")
    return payments.cancel(call.world, intent, reason=call.given.get("cancellation_reason"))


def _unfit(intent: Json, what: str) -> Refusal:
    message = f"You cannot {what} this PaymentIntent because it has a status of {intent['status']}."
    return invalid(message, code="payment_intent_unexpected_state")


@simulates(
    "post /v1/setup_intents",
    "automatic_payment_methods confirm customer description metadata payment_method usage",
)
def create_setup(call: Call) -> Json:
    """A card to keep for later payments; with ``confirm`` it is asked for at once."""
    world, given = call.world, dict(call.given)
    confirms = given.pop("confirm", False)
    if key := given.get("customer"):
        world.find("customer", key, param="customer")
    if confirms and "payment_method" not in given:
        raise missing("payment_method")
    if key := given.get("payment_method"):
        given["payment_method"] = methods.named(world, key, param="payment_method")["id"]
    intent = setups.intend(world, **given)
    return setups.confirm(world, intent) if confirms else intent


@simulates("get /v1/setup_intents/{}")
def read_setup(call: Call) -> Json:
    return call.world.find("setup_intent", call.key)


@simulates("get /v1/setup_intents", f"customer payment_method {PAGING}")
def list_setups(call: Call) -> Json:
    equal = {name: call.given.get(name) for name in ("customer", "payment_method")}
    return page(call, call.world.every("setup_intent", **equal))


@simulates("post /v1/setup_intents/{}/confirm", "payment_method")
def confirm_setup(call: Call) -> Json:
    intent = call.world.find("setup_intent", call.key)
    if key := call.given.get("payment_method"):
        named = methods.named(call.world, key, param="payment_method")
        intent["payment_method"] = named["id"]
    if not intent["payment_method"]:
        raise missing("payment_method")
    return setups.confirm(call.world, intent)


@simulates("post /v1/setup_intents/{}/cancel", "cancellation_reason")
def cancel_setup(call: Call) -> Json:
    intent = call.world.find("setup_intent", call.key)
    return setups.cancel(call.world, intent, reason=call.given.get("cancellation_reason"))
