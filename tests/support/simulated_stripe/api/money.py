"""Charges, refunds, credit notes, disputes, the account's balance."""

from __future__ import annotations

from tests.support.simulated_stripe.api.calls import PAGING, Call, simulates
from tests.support.simulated_stripe.api.lists import page
from tests.support.simulated_stripe.billing import credit_notes, disputes, refunds
from tests.support.simulated_stripe.refusals import missing
from tests.support.simulated_stripe.world.metadata import edit
from tests.support.simulated_stripe.world.world import Json

_UNDATED = PAGING.replace(" created", "")


@simulates("get /v1/charges/{}")
def read_charge(call: Call) -> Json:
    return call.world.find("charge", call.key)


@simulates("get /v1/charges", f"customer payment_intent {PAGING}")
def list_charges(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "charge", customer=given.get("customer"), payment_intent=given.get("payment_intent")
    )
    return page(call, found)


@simulates("post /v1/refunds", "amount charge metadata payment_intent reason")
def create_refund(call: Call) -> Json:
    world, given = call.world, dict(call.given)
    key = given.pop("charge", None)
    if intent_key := given.pop("payment_intent", None):
        key = world.find("payment_intent", intent_key, param="payment_intent")["latest_charge"]
    if not key:
        raise missing("charge")
    charge = world.find("charge", key, param="charge")
    return refunds.refund(world, charge, given.pop("amount", None), **given)


@simulates("get /v1/refunds/{}")
def read_refund(call: Call) -> Json:
    return call.world.find("refund", call.key)


@simulates("post /v1/refunds/{}", "metadata")
def update_refund(call: Call) -> Json:
    refund = call.world.find("refund", call.key)
    edit(refund, call.given)
    refunds.changed(call.world, refund)
    return refund


@simulates("get /v1/refunds", f"charge payment_intent {PAGING}")
def list_refunds(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "refund", charge=given.get("charge"), payment_intent=given.get("payment_intent")
    )
    return page(call, found)


@simulates(
    "post /v1/credit_notes",
    "amount credit_amount invoice lines memo metadata out_of_band_amount reason refund_amount "
    "refunds",
)
def create_credit_note(call: Call) -> Json:
    invoice = call.world.find("invoice", call.given["invoice"], param="invoice")
    return credit_notes.credit(call.world, invoice, call.given)


@simulates(
    "get /v1/credit_notes/preview",
    "amount credit_amount invoice lines memo metadata out_of_band_amount reason refund_amount "
    "refunds",
)
def preview_credit_note(call: Call) -> Json:
    with call.world.rehearsal():
        return create_credit_note(call)


@simulates("get /v1/credit_notes/{}")
def read_credit_note(call: Call) -> Json:
    return call.world.find("credit_note", call.key)


@simulates("post /v1/credit_notes/{}", "memo metadata")
def update_credit_note(call: Call) -> Json:
    note = call.world.find("credit_note", call.key)
    edit(note, call.given)
    call.world.journal.tell_changes("credit_note.updated", note)
    return note


@simulates("post /v1/credit_notes/{}/void")
def void_credit_note(call: Call) -> Json:
    return credit_notes.void(call.world, call.world.find("credit_note", call.key))


@simulates("get /v1/credit_notes/{}/lines", _UNDATED)
def list_credit_lines(call: Call) -> Json:
    note = call.world.find("credit_note", call.key)
    return page(call, note["lines"]["data"], newest_first=False)


@simulates("get /v1/credit_notes", f"customer invoice {PAGING}")
def list_credit_notes(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "credit_note", customer=given.get("customer"), invoice=given.get("invoice")
    )
    return page(call, found)


@simulates("get /v1/disputes/{}")
def read_dispute(call: Call) -> Json:
    return call.world.find("dispute", call.key)


@simulates("post /v1/disputes/{}", "metadata")
def update_dispute(call: Call) -> Json:
    dispute = call.world.find("dispute", call.key)
    return disputes.update(call.world, dispute, call.given.get("metadata", {}))


@simulates("post /v1/disputes/{}/close")
def accept_dispute(call: Call) -> Json:
    """Accepts that the money is gone."""
    return disputes.close_dispute(call.world, call.world.find("dispute", call.key), won=False)


@simulates("get /v1/disputes", f"charge payment_intent {PAGING}")
def list_disputes(call: Call) -> Json:
    given = call.given
    found = call.world.every(
        "dispute", charge=given.get("charge"), payment_intent=given.get("payment_intent")
    )
    return page(call, found)


@simulates("get /v1/balance_transactions", f"currency source type {PAGING}")
def list_bookings(call: Call) -> Json:
    equal = {name: call.given.get(name) for name in ("currency", "source", "type")}
    return page(call, call.world.every("balance_transaction", **equal))


@simulates("get /v1/balance_transactions/{}")
def read_booking(call: Call) -> Json:
    return call.world.find("balance_transaction", call.key)


@simulates("get /v1/balance")
def read_balance(call: Call) -> Json:
    sums: dict[str, int] = {}
    for each in call.world.every("balance_transaction"):
        sums[each["currency"]] = sums.get(each["currency"], 0) + each["net"]
    rows = [{"amount": n, "currency": c, "source_types": {"card": n}} for c, n in sums.items()]
    return {"object": "balance", "available": [], "pending": rows, "livemode": False}
