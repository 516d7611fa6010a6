"""Invoices, their lines and payments, what waits for them, and previews."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import (
    collecting,
    invoices,
    lines,
    methods,
    payments,
    pending,
    previews,
    statuses,
)
from tests.support.simulated_stripe.refusals import Refusal, invalid, missing
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json

_UNDATED = PAGING.replace(" created", "")


@simulates(
    "post /v1/invoices",
    "auto_advance automatic_tax collection_method currency customer days_until_due description "
    "default_payment_method discounts metadata pending_invoice_items_behavior",
)
def create_invoice(call: Call) -> Json:
    """An invoice by hand: with what waits, unless told to leave that."""
    world, given = call.world, call.given
    if "customer" not in given:
        raise missing("customer")
    customer = world.find("customer", given["customer"], param="customer")
    takes = given.get("pending_invoice_items_behavior", "exclude") == "include"
    waiting = pending.of(world, customer["id"], None) if takes else []
    automatic = given.get("collection_method", "charge_automatically") == "charge_automatically"
    if not automatic and "days_until_due" not in given:
        raise missing("days_until_due")
    now = world.now(customer["test_clock"])
    invoice = invoices.draft(
        world,
        customer,
        pending.take(world, waiting),
        reason="manual",
        auto_advance=given.get("auto_advance", False),
        collection_method=given.get("collection_method", "charge_automatically"),
        currency=given.get("currency", customer["currency"] or "eur"),
        default_payment_method=given.get("default_payment_method"),
        description=given.get("description"),
        due_date=None if automatic else now + given["days_until_due"] * DAY,
        metadata=given.get("metadata") or {},
        taxed=given.get("automatic_tax", {}).get("enabled", False),
        automatically_finalizes_at=now + world.settings.draft_seconds
        if given.get("auto_advance")
        else None,
    )
    pending.bind(waiting, invoice)
    return invoice


@simulates("get /v1/invoices/{}")
def read_invoice(call: Call) -> Json:
    return call.world.find("invoice", call.key)


@simulates(
    "post /v1/invoices/{}", "auto_advance default_payment_method description footer metadata"
)
def update_invoice(call: Call) -> Json:
    invoice = call.world.find("invoice", call.key)
    edit(invoice, call.given)
    call.world.journal.tell_changes("invoice.updated", invoice)
    return invoice


@simulates("delete /v1/invoices/{}")
def delete_invoice(call: Call) -> Json:
    invoice = call.world.find("invoice", call.key)
    if invoice["status"] != "draft" or invoice["parent"]:
        message = "You can only delete draft invoices that no subscription made."
        raise invalid(message, code="invoice_not_editable")
    call.world.journal.tell("invoice.deleted", invoice)
    return call.world.forget("invoice", call.key)


@simulates("get /v1/invoices", f"collection_method customer status subscription {PAGING}")
def list_invoices(call: Call) -> Json:
    given = call.given
    equal = {name: given.get(name) for name in ("collection_method", "customer", "status")}
    found = call.world.every("invoice", **equal)
    wanted = given.get("subscription")
    return page(call, [each for each in found if wanted in (None, _subscription_id(each))])


def _subscription_id(invoice: Json) -> str | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None


@simulates("get /v1/invoices/{}/lines", _UNDATED)
def list_lines(call: Call) -> Json:
    invoice = call.world.find("invoice", call.key)
    return page(call, invoice["lines"]["data"], newest_first=False)


@simulates("post /v1/invoices/{}/finalize", "auto_advance")
def finalize_invoice(call: Call) -> Json:
    invoice = call.world.find("invoice", call.key)
    advance = call.given.get("auto_advance", invoice["auto_advance"])
    invoice["auto_advance"] = False
    if not invoices.finalize(call.world, invoice):
        raise invalid(
            "The customer's location isn't recognized.", code="customer_tax_location_invalid"
        )
    if invoice["status"] == "paid":
        statuses.paid(call.world, invoice)
    elif advance:
        invoice["auto_advance"] = True
        invoice["next_payment_attempt"] = call.world.now(invoice["test_clock"])
    return invoice


@simulates("post /v1/invoices/{}/send")
def send_invoice(call: Call) -> Json:
    """Sends it by mail: nothing is mailed here, nor in Stripe's sandbox; the event is told."""
    world, invoice = call.world, call.world.find("invoice", call.key)
    if invoice["collection_method"] != "send_invoice":
        message = (
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
        raise invalid(message)
    if invoice["status"] == "draft":
        invoices.finalize(world, invoice)
    if invoice["status"] != "open":
        raise invalid(f"You cannot send an invoice that is {invoice['status']}.")
    world.journal.tell("invoice.sent", invoice)
    return invoice


@simulates("post /v1/invoices/{}/pay", "forgive off_session paid_out_of_band payment_method")
def pay_invoice(call: Call) -> Json:
    world, given = call.world, call.given
    invoice = world.find("invoice", call.key)
    if invoice["status"] == "draft":
        invoices.finalize(world, invoice)
    if invoice["status"] == "paid":
        if given:
            raise invalid("Invoice is already paid", code="invoice_already_paid")
        return invoice
    if invoice["status"] == "void":
        raise invalid("You cannot pay a voided invoice.", code="invoice_not_editable")
    if given.get("paid_out_of_band"):
        payments.give_up(world, invoice, "automatic")
        invoices.mark_paid(world, invoice, amount=0)
        invoice["amount_paid_off_stripe"] = invoice["amount_due"]
        statuses.paid(world, invoice)
        return invoice
    method = collecting.card_for(world, invoice)
    if key := given.get("payment_method"):
        method = methods.owned(world, key, invoice["customer"], param="payment_method")
    if method is None:
        message = "There is no `default_payment_method` set on this Customer or Invoice."
        raise invalid(message, code="missing")
    present = not given.get("off_session", True)
    said = collecting.attempt(world, invoice, method, present=present, scheduled=False)
    if said.verdict == "asks":
        message = "This payment requires additional user action before it can be completed."
        raise Refusal(402, "card_error", message, code="invoice_payment_intent_requires_action")
    if said.verdict == "declined":
        raise methods.declined(said.decline_code or "generic_decline")
    return invoice


@simulates("post /v1/invoices/{}/void")
def void_invoice(call: Call) -> Json:
    invoice = invoices.void(call.world, call.world.find("invoice", call.key))
    statuses.voided(call.world, invoice)
    return invoice


@simulates("post /v1/invoices/{}/mark_uncollectible")
def write_off(call: Call) -> Json:
    invoice = call.world.find("invoice", call.key)
    invoices.write_off(call.world, invoice, reason="user_forgiven")
    statuses.written_off(call.world, invoice)
    return invoice


@simulates(
    "post /v1/invoices/create_preview",
    "automatic_tax currency customer customer_details discounts preview_mode subscription "
    "subscription_details",
)
def preview(call: Call) -> Json:
    return previews.preview(call.world, call.given)


@simulates("get /v1/invoice_payments", f"invoice payment status {PAGING}")
def list_payments(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "invoice_payment", invoice=given.get("invoice"), status=given.get("status")
    )
    wanted = given.get("payment", {}).get("payment_intent")
    return page(call, [e for e in found if wanted in (None, e["payment"]["payment_intent"])])


@simulates("get /v1/invoice_payments/{}")
def read_payment(call: Call) -> Json:
    return call.world.find("invoice_payment", call.key)


@simulates(
    "post /v1/invoiceitems",
    "amount currency customer description discountable metadata period pricing quantity "
    "subscription",
)
def create_item(call: Call) -> Json:
    world, given = call.world, dict(call.given)
    if "customer" not in given:
        raise missing("customer")
    customer = world.find("customer", given.pop("customer"), param="customer")
    if named := given.pop("pricing", None):
        price = world.find("price", named["price"], param="pricing[price]")
        given["pricing"] = lines.pricing(price)
        given["amount"] = price["unit_amount"] * given.get("quantity", 1)
        given["currency"] = price["currency"]
    if "amount" not in given:
        raise missing("amount")
    given.setdefault("currency", customer["currency"] or "eur")
    if key := given.pop("subscription", None):
        world.find("subscription", key, param="subscription")
        details = {"subscription": key}
        given["parent"] = {"type": "subscription_details", "subscription_details": details}
    return pending.add(world, customer, **given)


@simulates("get /v1/invoiceitems/{}")
def read_waiting(call: Call) -> Json:
    return call.world.find("invoiceitem", call.key)


@simulates("delete /v1/invoiceitems/{}")
def delete_waiting(call: Call) -> Json:
    item = call.world.find("invoiceitem", call.key)
    if item["invoice"]:
        raise invalid("This invoice item is on an invoice already.", code="invoice_not_editable")
    call.world.journal.tell("invoiceitem.deleted", item)
    return call.world.forget("invoiceitem", call.key)


@simulates("get /v1/invoiceitems", f"customer invoice pending {_UNDATED}")
def list_waiting(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "invoiceitem", customer=given.get("customer"), invoice=given.get("invoice")
    )
    waits = given.get("pending")
    return page(call, [e for e in found if waits is None or (e["invoice"] is None) is waits])
