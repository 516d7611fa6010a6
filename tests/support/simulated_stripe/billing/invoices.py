"""The life of an invoice: draft, open, paid, void, uncollectible."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import lines as line_of
from tests.support.simulated_stripe.billing import payments
from tests.support.simulated_stripe.billing.discounts import standing
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.world import Json, World, listing


def draft(
    world: World,
    customer: Json,
    lines: list[Json],
    *,
    reason: str,
    subscription: Json | None = None,
    **more: Any,
) -> Json:
    """A draft of those lines, priced; ``invoice.created`` is told.

    Args:
        world: the account.
        customer: who owes.
        lines: made by :mod:`billing.lines`.
        reason: Stripe's ``billing_reason``.
        subscription: what it bills; None for one made by hand.
        more: fields that differ: ``period_start``, ``automatically_finalizes_at``, ``metadata``.
    """
    now = world.now(customer["test_clock"])
    of = subscription or {}
    taxed = bool(more.pop("taxed", of.get("automatic_tax", {}).get("enabled", False)))
    invoice = world.create(
        "invoice",
        account_country="DE",
        account_name="Simulated Stripe",
        attempt_count=0,
        attempted=False,
        amount_overpaid=0,
        amount_shipping=0,
        auto_advance=more.pop("auto_advance", True),
        automatic_tax={"enabled": taxed, "liability": {"type": "self"} if taxed else None},
        billing_reason=reason,
        collection_method=more.pop("collection_method", "charge_automatically"),
        currency=more.pop("currency", of.get("currency") or customer["currency"] or "eur"),
        customer=customer["id"],
        default_tax_rates=[],
        discounts=more.pop("discounts", [*of.get("discounts", [])]),
        issuer={"type": "self"},
        metadata=more.pop("metadata", {}),
        parent=_parent(subscription),
        payment_settings={},
        period_start=more.pop("period_start", now),
        period_end=more.pop("period_end", now),
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        starting_balance=customer["balance"],
        status="draft",
        status_transitions={},
        test_clock=customer["test_clock"],
        lines=listing(lines, ""),
        **_AMOUNTS,
        **more,
    )
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    for line in lines:
        line["invoice"] = invoice["id"]
    price_up(world, invoice)
    if subscription:
        subscription["latest_invoice"] = invoice["id"]
    world.journal.tell("invoice.created", invoice)
    return invoice


_AMOUNTS = dict.fromkeys(("amount_due", "amount_paid", "amount_remaining", "subtotal", "total"), 0)


def _parent(subscription: Json | None) -> Json | None:
    if subscription is None:
        return None
    details = {"subscription": subscription["id"], "metadata": dict(subscription["metadata"])}
    return {"type": "subscription_details", "subscription_details": details}


def price_up(world: World, invoice: Json) -> None:
    """Discounts, taxes, balance and sums of a draft, from its lines."""
    customer = world.find("customer", invoice["customer"])
    _look_up_tax(world, invoice, customer)
    located = invoice["automatic_tax"]["status"] == "complete"
    lines = invoice["lines"]["data"]
    found = standing(world, invoice["discounts"], now=world.now(invoice["test_clock"]))
    invoice["discounts"] = [each["id"] for each in found]
    behaviors = {each["id"]: _behavior(each) for each in world.every("price")}
    line_of.price_up(world, lines, found, taxed=customer if located else None, behaviors=behaviors)
    _sum_up(invoice, customer["balance"])


def _behavior(price: Json) -> str:
    return "inclusive" if price["tax_behavior"] == "inclusive" else "exclusive"


def _look_up_tax(world: World, invoice: Json, customer: Json) -> None:
    tax = invoice["automatic_tax"]
    if tax["enabled"]:
        tax["status"] = "complete" if located(customer) else "requires_location_inputs"
        tax["provider"] = "stripe"


def located(customer: Json) -> bool:
    """Whether automatic tax knows where the customer is."""
    return bool((customer["address"] or {}).get("country"))


def _sum_up(invoice: Json, balance: int) -> None:
    lines = invoice["lines"]["data"]
    taxes = [tax for line in lines for tax in line["taxes"] or []]
    inclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    off: dict[str, int] = {}
    for each in (part for line in lines for part in line["discount_amounts"] or []):
        off[each["discount"]] = off.get(each["discount"], 0) + each["amount"]
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal - sum(off.values()) + exclusive
    due = max(0, total + balance) if total > 0 else 0
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inclusive,
        "total": total,
        "total_excluding_tax": total - inclusive - exclusive,
        "total_discount_amounts": [{"amount": n, "discount": key} for key, n in off.items()],
        "total_taxes": _merged(taxes),
        "total_pretax_credit_amounts": [],
        "starting_balance": balance,
        "amount_due": due,
        "amount_remaining": due - invoice["amount_paid"],
    }


def _merged(taxes: list[Json]) -> list[Json]:
    merged: dict[tuple[str, str], Json] = {}
    for tax in taxes:
        key = (tax["tax_rate_details"]["tax_rate"], tax["taxability_reason"])
        if key in merged:
            merged[key]["amount"] += tax["amount"]
            merged[key]["taxable_amount"] += tax["taxable_amount"]
        else:
            merged[key] = dict(tax)
    return list(merged.values())


def finalize(world: World, invoice: Json) -> bool:
    """Gives a draft its number and its payment; what nobody owes is paid at once.

    Returns:
        Whether it could be finalized: tax without a place stops it, as at Stripe.
    """
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized.", code="invoice_not_editable")
    price_up(world, invoice)
    customer = world.find("customer", invoice["customer"])
    now = world.now(invoice["test_clock"])
    if invoice["automatic_tax"]["status"] == "requires_location_inputs":
        return _stop(world, invoice)
    invoice |= {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}",
        "automatically_finalizes_at": None,
        "effective_at": now,
        "hosted_invoice_url": world.page(f"/i/{invoice['id']}"),
        "invoice_pdf": world.page(f"/i/{invoice['id']}/pdf"),
        "last_finalization_error": None,
    }
    customer["next_invoice_sequence"] += 1
    invoice["status_transitions"]["finalized_at"] = now
    _use_balance(world, invoice, customer)
    if invoice["amount_due"]:
        payments.ask_for(world, invoice)
    world.journal.tell("invoice.finalized", invoice)
    if not invoice["amount_due"]:
        mark_paid(world, invoice)
    return True


def _stop(world: World, invoice: Json) -> bool:
    invoice["automatic_tax"]["disabled_reason"] = "finalization_requires_location_inputs"
    invoice["last_finalization_error"] = {
        "type": "invalid_request_error",
        "code": "customer_tax_location_invalid",
        "message": "The customer's location isn't recognized.",
    }
    invoice |= {"auto_advance": False, "automatically_finalizes_at": None}
    world.journal.tell("invoice.finalization_failed", invoice)
    return False


def _use_balance(world: World, invoice: Json, customer: Json) -> None:
    """Moves the customer's balance by what the invoice used or left over."""
    total, due = invoice["total"], invoice["amount_due"]
    moved = due - total
    if moved:
        move_balance(
            world,
            customer,
            -moved if total >= 0 else total,
            kind="applied_to_invoice",
            invoice=invoice["id"],
        )
    invoice["ending_balance"] = customer["balance"]


def move_balance(world: World, customer: Json, amount: int, *, kind: str, **more: Any) -> Json:
    """A line in the customer's balance: negative is credit."""
    customer["balance"] += amount
    entry = world.create(
        "customer_balance_transaction",
        amount=amount,
        currency=customer["currency"] or "eur",
        customer=customer["id"],
        ending_balance=customer["balance"],
        type=kind,
        metadata={},
        **more,
    )
    world.journal.tell_changes("customer.updated", customer)
    return entry


def mark_paid(world: World, invoice: Json, *, amount: int | None = None) -> None:
    """Nothing is owed any more."""
    paid = invoice["amount_due"] if amount is None else amount
    invoice |= {
        "status": "paid",
        "amount_paid": paid,
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = world.now(invoice["test_clock"])
    world.journal.tell_changes("invoice.updated", invoice)
    world.journal.tell("invoice.paid", invoice)
    world.journal.tell("invoice.payment_succeeded", invoice)


def void(world: World, invoice: Json) -> Json:
    """Takes an open invoice back, as if it had not been sent."""
    _must_be(invoice, ("open", "uncollectible"), "void")
    now = world.now(invoice["test_clock"])
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = now
    payments.give_up(world, invoice, "void_invoice")
    used = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    if used:
        customer = world.find("customer", invoice["customer"])
        move_balance(world, customer, -used, kind="unapplied_from_invoice", invoice=invoice["id"])
    world.journal.tell("invoice.voided", invoice)
    return invoice


def write_off(world: World, invoice: Json, *, reason: str) -> Json:
    """Nobody expects it to be paid any more."""
    _must_be(invoice, ("open",), "mark_uncollectible")
    invoice |= {"status": "uncollectible", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now(invoice["test_clock"])
    invoice["status_details"] = {"uncollectible": {"reason": reason}}
    world.journal.tell("invoice.marked_uncollectible", invoice)
    return invoice


def _must_be(invoice: Json, statuses: tuple[str, ...], what: str) -> None:
    if invoice["status"] not in statuses:
        message = f"You can only {what} an invoice that is {' or '.join(statuses)}."
        raise invalid(message, code="invoice_not_editable")
