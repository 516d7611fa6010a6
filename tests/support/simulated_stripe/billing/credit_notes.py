"""Credit notes: an invoice says less than before, and what was paid too much goes back."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import invoices, payments
from tests.support.simulated_stripe.billing.money import share
from tests.support.simulated_stripe.billing.refunds import refund
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.world import Json, World, listing


def credit(world: World, invoice: Json, given: Json) -> Json:
    """A credit note on a finalized invoice.

    Args:
        world: the account.
        invoice: open, or paid.
        given: the parameters of Stripe's create call, converted.

    Raises:
        Refusal: more is credited than the invoice can bear, or the parts do not add up.
    """
    if invoice["status"] not in {"open", "paid"}:
        raise invalid("Credit notes can only be created for finalized invoices.", param="invoice")
    paid = invoice["status"] == "paid"
    parts = _lines(world, invoice, given)
    total = given.get("amount", sum(part["amount_incl"] for part in parts) if parts else None)
    if total is None:
        raise invalid("You must provide amount or lines.", param="amount")
    already = invoice[
        "post_payment_credit_notes_amount" if paid else "pre_payment_credit_notes_amount"
    ]
    room = (invoice["amount_paid"] if paid else invoice["amount_remaining"]) - (
        already + _refunded_apart(world, invoice, given) if paid else 0
    )
    if not 0 < total <= room:
        raise invalid(f"The credit of {total} exceeds what is left: {room}.", param="amount")
    customer = world.find("customer", invoice["customer"])
    returned = _give_back(world, invoice, customer, given, total) if paid else _NOTHING
    note = _note(world, invoice, given, parts, total=total, returned=returned)
    _count(world, invoice, total, paid=paid)
    world.journal.tell("credit_note.created", note)
    return note


def _refunded_apart(world: World, invoice: Json, given: Json) -> int:
    """What was refunded of an invoice without a credit note that says so.

    Source:
        The SDK about ``CreditNoteService.create``: "For invoices that also have refunds created
        through the Refund API, the credit note API subtracts those refund amounts from the maximum
        creditable amount."
    """
    intent = payments.intent_of(world, invoice)
    if intent is None:
        return 0
    notes = world.every("credit_note", invoice=invoice["id"])
    linked = {part["refund"] for note in notes for part in note["refunds"]}
    linked |= {part["refund"] for part in given.get("refunds", [])}
    return sum(
        each["amount"]
        for each in world.every("refund", payment_intent=intent["id"])
        if each["status"] == "succeeded" and each["id"] not in linked
    )


_NOTHING: Json = {"refunds": [], "customer_balance_transaction": None}


def _lines(world: World, invoice: Json, given: Json) -> list[Json]:
    """Each line to credit with what it weighs, tax included where the invoice had it."""
    known = {line["id"]: line for line in invoice["lines"]["data"]}
    found = []
    for wanted in given.get("lines", []):
        line = known.get(wanted.get("invoice_line_item", ""))
        by_hand = wanted.get("unit_amount", 0) * wanted.get("quantity", 1)
        amount = wanted.get("amount", by_hand or (line["amount"] if line else 0))
        if line and "quantity" in wanted and "amount" not in wanted:
            amount = share(line["amount"], wanted["quantity"], line["quantity"] or 1)
        taxes = (line or {}).get("taxes") or []
        extra = sum(t["amount"] for t in taxes if t["tax_behavior"] == "exclusive")
        extra = share(extra, amount, line["amount"]) if line and line["amount"] else 0
        found.append(
            {"line": line, "asked": wanted, "amount": amount, "amount_incl": amount + extra}
        )
    return found


def _give_back(world: World, invoice: Json, customer: Json, given: Json, total: int) -> Json:
    """A paid invoice's credit goes to the card, the balance, or elsewhere; nothing is left."""
    by_card, by_balance = given.get("refund_amount", 0), given.get("credit_amount", 0)
    outside = given.get("out_of_band_amount", 0)
    linked = [dict(each) for each in given.get("refunds", [])]
    by_link = sum(each.get("amount_refunded", 0) for each in linked)
    if by_card + by_balance + outside + by_link != total:
        message = (
            "The sum of credit_amount, refund_amount, refunds and out_of_band_amount must equal "
            f"the credit note amount ({total})."
        )
        raise invalid(message, param="amount")
    refunds = [
        {"refund": each["refund"], "amount_refunded": each["amount_refunded"], "type": "refund"}
        for each in linked
    ]
    if by_card:
        intent = payments.intent_of(world, invoice)
        if intent is None or not intent["latest_charge"]:
            raise invalid("The invoice has no payment that could be refunded.")
        charge = world.find("charge", intent["latest_charge"])
        made = refund(world, charge, by_card, reason=_REASONS.get(given.get("reason", "")))
        refunds.append({"refund": made["id"], "amount_refunded": by_card, "type": "refund"})
    entry = None
    if by_balance:
        entry = invoices.move_balance(world, customer, -by_balance, kind="credit_note")["id"]
    return {"refunds": refunds, "customer_balance_transaction": entry}


_REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent"}


def _note(
    world: World, invoice: Json, given: Json, parts: list[Json], *, total: int, returned: Json
) -> Json:
    paid = invoice["status"] == "paid"
    number = len(world.every("credit_note", invoice=invoice["id"])) + 1
    key = world.names.id_of("credit_note")
    tax = total - sum(part["amount"] for part in parts) if parts else 0
    return world.create(
        "credit_note",
        id=key,
        amount=total,
        amount_shipping=0,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=0,
        invoice=invoice["id"],
        lines=listing(_note_lines(world, parts, total), f"/v1/credit_notes/{key}/lines"),
        memo=given.get("memo"),
        metadata=given.get("metadata", {}),
        number=f"{invoice['number']}-CN-{number:02}",
        out_of_band_amount=given.get("out_of_band_amount"),
        pdf=world.page(f"/credit_notes/{key}/pdf"),
        post_payment_amount=total if paid else 0,
        pre_payment_amount=0 if paid else total,
        reason=given.get("reason"),
        status="issued",
        subtotal=total - tax,
        subtotal_excluding_tax=total - tax,
        total=total,
        total_excluding_tax=total - tax,
        total_taxes=[],
        type="post_payment" if paid else "pre_payment",
        **returned,
    )


def _note_lines(world: World, parts: list[Json], total: int) -> list[Json]:
    if not parts:
        return [_note_line(world, total, "Credit", None)]
    return [
        _note_line(
            world,
            part["amount"],
            part["asked"].get("description") or (part["line"] or {}).get("description"),
            part["line"],
        )
        for part in parts
    ]


def _note_line(world: World, amount: int, words: str | None, line: Json | None) -> Json:
    return world.create(
        "credit_note_line_item",
        amount=amount,
        description=words,
        discount_amount=0,
        invoice_line_item=line["id"] if line else None,
        type="invoice_line_item" if line else "custom_line_item",
    )


def _count(world: World, invoice: Json, total: int, *, paid: bool) -> None:
    if paid:
        invoice["post_payment_credit_notes_amount"] += total
    else:
        invoice["pre_payment_credit_notes_amount"] += total
        invoice["amount_due"] -= total
        invoice["amount_remaining"] -= total
        _ask_less(world, invoice)
        if not invoice["amount_remaining"]:
            payments.give_up(world, invoice, "automatic")
            invoices.mark_paid(world, invoice, amount=0)
    world.journal.tell_changes("invoice.updated", invoice)


def _ask_less(world: World, invoice: Json) -> None:
    """What is still asked for follows what is still owed."""
    intent, payment = payments.intent_of(world, invoice), payments.payment_of(world, invoice)
    if intent and payment and invoice["amount_remaining"]:
        intent["amount"] = payment["amount_requested"] = invoice["amount_remaining"]


def void(world: World, note: Json) -> Json:
    """Takes back a credit that moved no money."""
    if note["status"] == "void" or note["type"] != "pre_payment":
        raise invalid("This credit note cannot be voided.")
    note |= {"status": "void", "voided_at": world.now()}
    invoice = world.find("invoice", note["invoice"])
    if invoice["status"] == "open":
        invoice["pre_payment_credit_notes_amount"] -= note["amount"]
        invoice["amount_due"] += note["amount"]
        invoice["amount_remaining"] += note["amount"]
        _ask_less(world, invoice)
    world.journal.tell("credit_note.voided", note)
    return note
