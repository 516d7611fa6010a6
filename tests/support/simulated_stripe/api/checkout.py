"""Checkout Sessions on Stripe's own page, of mode subscription, payment and setup."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import checkout, purchases, statuses
from tests.support.simulated_stripe.refusals import invalid, missing, not_simulated
from tests.support.simulated_stripe.world.world import Json, World


@simulates(
    "post /v1/checkout/sessions",
    "allow_promotion_codes automatic_tax billing_address_collection cancel_url "
    "client_reference_id currency customer customer_creation customer_email customer_update "
    "discounts expires_at invoice_creation line_items locale metadata mode payment_intent_data "
    "payment_method_collection saved_payment_method_options setup_intent_data submit_type "
    "subscription_data success_url tax_id_collection ui_mode",
)
def create_session(call: Call) -> Json:
    world, given = call.world, call.given
    _check(world, given)
    mode = given.get("mode", "subscription")
    subscribes = mode == "subscription"
    buys = mode == "payment"
    wanted = given.get("line_items", [])
    rows, currency = (
        checkout.lines_of(world, wanted, given.get("currency"), once=buys)
        if subscribes or buys
        else ([], "")
    )
    key = world.names.id_of("checkout.session")
    data = given.get("subscription_data", {})
    world.note(key).update(
        items=[{"price": row["price"]["id"], "quantity": row["quantity"]} for row in rows],
        line_items=rows,
        subscription_data=data,
        payment_intent_data=_payment_data(given),
        invoice_data=given.get("invoice_creation", {}).get("invoice_data", {}),
        customer_update=given.get("customer_update", {}),
        discounts=[_coupon(world, each) for each in given.get("discounts", [])],
        discounts_given=given.get("discounts", []),
    )
    tax = given.get("automatic_tax", {}).get("enabled", False)
    session = world.create(
        "checkout.session",
        id=key,
        allow_promotion_codes=given.get("allow_promotion_codes"),
        automatic_tax={"enabled": tax, "liability": {"type": "self"} if tax else None},
        billing_address_collection=given.get("billing_address_collection"),
        cancel_url=given.get("cancel_url"),
        client_reference_id=given.get("client_reference_id"),
        currency=currency or given.get("currency"),
        custom_text={},
        customer=given.get("customer"),
        customer_creation=_customer_creation(given, mode),
        customer_email=given.get("customer_email"),
        discounts=[_shown(each) for each in given.get("discounts", [])],
        expires_at=given.get("expires_at", world.now() + world.settings.checkout_seconds),
        invoice_creation=_invoice_creation(given) if buys else None,
        locale=given.get("locale"),
        metadata=given.get("metadata", {}),
        mode=mode,
        payment_method_collection=given.get("payment_method_collection", "always"),
        payment_method_types=["card"],
        payment_status="unpaid" if subscribes or buys else "no_payment_required",
        setup_intent=_setup(world, given)["id"] if mode == "setup" else None,
        status="open",
        submit_type=given.get("submit_type"),
        success_url=given["success_url"],
        tax_id_collection={"required": "never"} | given["tax_id_collection"]
        if "tax_id_collection" in given
        else None,
        ui_mode="hosted_page",
        url=world.page(f"/c/pay/{key}"),
    )
    due, whole = checkout.due_today(world, session)
    if subscribes or buys:
        session |= {"amount_subtotal": whole, "amount_total": due}
        off = {"amount_discount": whole - due, "amount_shipping": 0, "amount_tax": 0}
        session["total_details"] = off | {"breakdown": None}
    return session


def _check(world: World, given: Json) -> None:
    purchases.check(given)
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_simulated("Checkout Sessions that are not a hosted page")
    if "success_url" not in given:
        raise missing("success_url")
    if given.get("mode") != "setup" and not given.get("line_items"):
        raise missing("line_items")
    if "customer" in given and "customer_email" in given:
        raise invalid("You may only specify one of customer and customer_email.")
    if "discounts" in given and given.get("allow_promotion_codes"):
        raise invalid(
            "You may only specify one of these parameters: allow_promotion_codes, discounts."
        )
    updates = given.get("customer_update", {})
    if updates and "customer" not in given:
        raise invalid(
            "`customer_update` can only be used with `customer`.", param="customer_update"
        )
    if "customer" in given:
        _check_customer(world, given, updates)
    if not _expiry_fits(given.get("expires_at"), world.now()):
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
        raise invalid(message, param="expires_at")


_OF_PAYMENT = frozenset(
    {"description", "metadata", "receipt_email", "setup_future_usage", "shipping"}
)


def _payment_data(given: Json) -> Json:
    """What is said about the payment to come."""
    data: Json = given.get("payment_intent_data", {})
    for name in data.keys() - _OF_PAYMENT:
        raise not_simulated(f"payment_intent_data[{name}]")
    return data


def _customer_creation(given: Json, mode: str) -> str | None:
    """Whether the page makes a customer; what is bought may stay nobody's in particular."""
    if "customer" in given or mode == "setup":
        return None
    usual = "always" if mode == "subscription" else "if_required"
    return str(given.get("customer_creation", usual))


def _invoice_creation(given: Json) -> Json:
    asked = given.get("invoice_creation", {})
    data = {"metadata": {}} | asked.get("invoice_data", {})
    return {"enabled": asked.get("enabled", False), "invoice_data": data}


def _expiry_fits(expires_at: int | None, now: int) -> bool:
    return expires_at is None or 30 * 60 - 5 <= expires_at - now <= 24 * 3600 + 5


def _check_customer(world: World, given: Json, updates: Json) -> None:
    customer = world.find("customer", given["customer"], param="customer")
    _check_currency(world, given, customer)
    collects = given.get("tax_id_collection", {}).get("enabled")
    if collects and updates.get("name") != "auto":
        message = (
            "Tax ID collection requires updating business name on the customer. To enable tax ID "
            "collection for an existing customer, please set `customer_update[name]` to `auto`."
        )
        raise invalid(message)
    taxed = given.get("automatic_tax", {}).get("enabled")
    if taxed and updates.get("address") != "auto" and not customer["address"]:
        message = (
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add "
            "a valid address to the Customer or set `customer_update[address]` to `auto`."
        )
        raise invalid(message, code="customer_tax_location_invalid")


def _check_currency(world: World, given: Json, customer: Json) -> None:
    """One customer has one currency, as long as anything of theirs is in it."""
    currency = given.get("currency")
    bound = customer["currency"] not in (None, currency)
    lives = any(
        each["status"] not in statuses.ENDED
        for each in world.every("subscription", customer=customer["id"])
    )
    if currency and bound and (lives or customer["balance"]):
        message = (
            "You cannot combine currencies on a single customer. This customer has an active "
            "subscription, subscription schedule, discount, quote, or invoice item with currency "
            f"{customer['currency']}"
        )
        raise invalid(message)


def _coupon(world: World, wanted: Json) -> Json:
    key = wanted.get("coupon")
    if code := wanted.get("promotion_code"):
        key = world.find("promotion_code", code, param="discounts")["promotion"]["coupon"]
    return world.find("coupon", key or "", param="discounts[0][coupon]")


def _shown(wanted: Json) -> Json:
    return {"coupon": wanted.get("coupon"), "promotion_code": wanted.get("promotion_code")}


def _setup(world: World, given: Json) -> Json:
    data = given.get("setup_intent_data", {})
    key = world.names.id_of("setup_intent")
    intent = world.create(
        "setup_intent",
        id=key,
        client_secret=world.names.client_secret(key),
        customer=given.get("customer"),
        description=data.get("description"),
        metadata=data.get("metadata", {}),
        payment_method_types=["card"],
        status="requires_payment_method",
        usage="off_session",
    )
    world.journal.tell("setup_intent.created", intent)
    return intent


@simulates("get /v1/checkout/sessions/{}")
def read_session(call: Call) -> Json:
    return call.world.find("checkout.session", call.key)


@simulates("post /v1/checkout/sessions/{}", "metadata")
def update_session(call: Call) -> Json:
    session = call.world.find("checkout.session", call.key)
    session["metadata"] |= call.given.get("metadata", {})
    return session


@simulates("get /v1/checkout/sessions", f"customer payment_intent status subscription {PAGING}")
def list_sessions(call: Call) -> Json:
    equal = {name: call.given.get(name) for name in ("customer", "status", "subscription")}
    return page(call, call.world.every("checkout.session", **equal))


@simulates("get /v1/checkout/sessions/{}/line_items", PAGING.replace(" created", ""))
def list_line_items(call: Call) -> Json:
    call.world.find("checkout.session", call.key)
    return page(call, call.world.note(call.key)["line_items"], newest_first=False)


@simulates("post /v1/checkout/sessions/{}/expire")
def expire_session(call: Call) -> Json:
    return checkout.expire(call.world, call.world.find("checkout.session", call.key))
