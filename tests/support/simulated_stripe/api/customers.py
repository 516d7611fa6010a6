"""Customers, their tax ids, balance and cards."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import cards, customers, invoices, methods, statuses
from tests.support.simulated_stripe.refusals import invalid, missing, not_found, not_simulated
from tests.support.simulated_stripe.world.metadata import merged
from tests.support.simulated_stripe.world.world import Json

_FIELDS = (  # of both calls
    "address balance business_name description email individual_name invoice_prefix "
    "invoice_settings metadata name next_invoice_sequence phone preferred_locales shipping "
    "tax_exempt"
)


@simulates("post /v1/customers", f"{_FIELDS} payment_method tax_id_data test_clock")
def create_customer(call: Call) -> Json:
    return customers.create(call.world, call.given)


@simulates("get /v1/customers/{}")
def read_customer(call: Call) -> Json:
    if call.world.note(call.key).get("deleted"):
        return {"id": call.key, "object": "customer", "deleted": True}
    return call.world.find("customer", call.key)


@simulates("post /v1/customers/{}", _FIELDS)
def update_customer(call: Call) -> Json:
    return customers.update(call.world, call.world.find("customer", call.key), call.given)


@simulates("delete /v1/customers/{}")
def delete_customer(call: Call) -> Json:
    """Ends the customer's subscriptions, too, as Stripe does."""
    customer = call.world.find("customer", call.key)
    for subscription in call.world.every("subscription", customer=call.key):
        if subscription["status"] not in statuses.ENDED:
            statuses.end(call.world, subscription, reason="cancellation_requested")
    call.world.journal.tell("customer.deleted", customer)
    call.world.note(call.key)["deleted"] = True
    return call.world.forget("customer", call.key)


@simulates("get /v1/customers", f"email test_clock {PAGING}")
def list_customers(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "customer", email=given.get("email"), test_clock=given.get("test_clock")
    )
    return page(call, found)


@simulates("post /v1/customers/{}/tax_ids", "type value")
def create_tax_id(call: Call) -> Json:
    customer = call.world.find("customer", call.key)
    return customers.add_tax_id(call.world, customer, call.given["type"], call.given["value"])


@simulates("get /v1/customers/{}/tax_ids", PAGING.replace(" created", ""))
def list_tax_ids(call: Call) -> Json:
    return page(call, call.world.every("tax_id", customer=call.key))


@simulates("get /v1/customers/{}/tax_ids/{}")
def read_tax_id(call: Call) -> Json:
    return call.world.find("tax_id", call.ids[1])


@simulates("delete /v1/customers/{}/tax_ids/{}")
def delete_tax_id(call: Call) -> Json:
    tax_id = call.world.find("tax_id", call.ids[1])
    call.world.journal.tell("customer.tax_id.deleted", tax_id)
    return call.world.forget("tax_id", call.ids[1])


@simulates("post /v1/customers/{}/balance_transactions", "amount currency description metadata")
def move_balance(call: Call) -> Json:
    given = call.given
    customer = call.world.find("customer", call.key)
    if customer["currency"] not in (None, given["currency"]):
        raise invalid("The currency differs from the customer's.", param="currency")
    customer["currency"] = given["currency"]
    return invoices.move_balance(
        call.world,
        customer,
        given["amount"],
        kind="adjustment",
        description=given.get("description"),
    )


@simulates("get /v1/customers/{}/balance_transactions", PAGING)
def list_balance(call: Call) -> Json:
    return page(call, call.world.every("customer_balance_transaction", customer=call.key))


@simulates("post /v1/payment_methods", "billing_details card metadata type")
def create_method(call: Call) -> Json:
    given = call.given
    if given.get("type") != "card" or "card" not in given:
        raise not_simulated("payment methods other than cards")
    written = given["card"]
    if "token" in written:
        card = cards.by_token(written["token"])
    elif "number" in written:
        card = cards.by_number(written["number"])
    else:
        raise missing("card[number]")
    if card is None:
        raise methods.declined("generic_decline", param="number")
    expiry = (int(written.get("exp_month", 12)), int(written.get("exp_year", 2099)))
    details = {"address": {}} | given.get("billing_details", {})
    metadata = given.get("metadata", {})
    return methods.make(call.world, card, expiry=expiry, billing_details=details, metadata=metadata)


@simulates("get /v1/payment_methods/{}")
def read_method(call: Call) -> Json:
    return call.world.find("payment_method", call.key)


@simulates("post /v1/payment_methods/{}", "billing_details metadata")
def update_method(call: Call) -> Json:
    method = call.world.find("payment_method", call.key)
    method["metadata"] = merged(method["metadata"], call.given.get("metadata", {}))
    method["billing_details"] |= call.given.get("billing_details", {})
    call.world.journal.tell_changes("payment_method.updated", method)
    return method


@simulates("post /v1/payment_methods/{}/attach", "customer")
def attach_method(call: Call) -> Json:
    if "customer" not in call.given:
        raise missing("customer")
    customer = call.world.find("customer", call.given["customer"], param="customer")
    return methods.attach(call.world, methods.named(call.world, call.key), customer)


@simulates("post /v1/payment_methods/{}/detach")
def detach_method(call: Call) -> Json:
    method = call.world.find("payment_method", call.key)
    if not method["customer"]:
        raise invalid("The payment method is not attached to a customer.")
    return methods.detach(call.world, method)


@simulates("get /v1/payment_methods", f"customer type {PAGING.replace(' created', '')}")
def list_methods(call: Call) -> Json:
    owner = call.given.get("customer")
    if owner is None:
        raise missing("customer")
    return page(call, call.world.every("payment_method", customer=owner))


@simulates("get /v1/customers/{}/payment_methods", f"type {PAGING.replace(' created', '')}")
def list_own_methods(call: Call) -> Json:
    call.world.find("customer", call.key)
    return page(call, call.world.every("payment_method", customer=call.key))


@simulates("get /v1/customers/{}/payment_methods/{}")
def read_own_method(call: Call) -> Json:
    method = call.world.find("payment_method", call.ids[1])
    if method["customer"] != call.key:
        raise not_found("PaymentMethod", call.ids[1])
    return method
