"""Having an invoice paid: one attempt, and what follows from how it went."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    cards,
    disputes,
    invoices,
    methods,
    payments,
    statuses,
)
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json, World

_NOBODY = cards.Outcome("declined", "generic_decline")


def confirm(world: World, intent: Json, method: Json, *, present: bool) -> cards.Outcome:
    """One try of a payment intent; the invoice behind it, if any, learns how it went."""
    key = world.note(intent["id"]).get("invoice")
    if key:
        invoice = world.find("invoice", key)
        return attempt(world, invoice, method, present=present, scheduled=False)
    return _confirm(world, intent, method, present=present)


def _confirm(world: World, intent: Json, method: Json, *, present: bool) -> cards.Outcome:
    said = payments.confirm(world, intent, method, present=present)
    how = methods.card_of(world, method).disputes
    if said.verdict == "paid" and how != "never":
        charge = world.find("charge", intent["latest_charge"])
        disputes.open_dispute(world, charge, reason="fraudulent", inquiry=how == "inquires")
    return said


def attempt(
    world: World, invoice: Json, method: Json | None, *, present: bool, scheduled: bool = True
) -> cards.Outcome:
    """One attempt to have an open invoice paid, with everything Stripe tells about it.

    Args:
        world: the account.
        invoice: open or uncollectible, and owing something.
        method: the card to try; None when the customer has none.
        present: whether the customer is there to confirm.
        scheduled: whether it is Stripe's own doing. "Any payment attempt counts as the first
            attempt, and subsequently only automatic retries increment the attempt count" (the
            SDK about ``Invoice.attempt_count``).

    Returns:
        What the bank said; without a card it is a decline.
    """
    counts = scheduled or not invoice["attempt_count"]
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + counts}
    intent = payments.intent_of(world, invoice)
    assert intent is not None, "an open invoice that owes money has an intent"
    said = _confirm(world, intent, method, present=present) if method else _NOBODY
    if said.verdict == "paid":
        settle(world, invoice)
        return said
    if said.verdict == "asks" or said.decline_code == "authentication_required":
        world.journal.tell("invoice.payment_action_required", invoice)
    if counts:
        _plan_next(world, invoice)
    world.journal.tell_changes("invoice.updated", invoice)
    world.journal.tell("invoice.payment_failed", invoice)
    statuses.payment_failed(world, invoice)
    return said


def settle(world: World, invoice: Json) -> None:
    """The payment of an invoice came in."""
    if payment := payments.payment_of(world, invoice):
        payment |= {"status": "paid", "amount_paid": payment["amount_requested"]}
        payment["status_transitions"]["paid_at"] = world.now(invoice["test_clock"])
        world.journal.tell("invoice_payment.paid", payment)
    invoices.mark_paid(world, invoice)
    statuses.paid(world, invoice)


def finalize(world: World, invoice: Json, *, present: bool = False) -> None:
    """Finalizes a draft and, where Stripe collects by itself, tries the customer's card."""
    if not invoices.finalize(world, invoice):
        return
    if invoice["status"] == "paid":
        statuses.paid(world, invoice)
    elif invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically":
        attempt(world, invoice, card_for(world, invoice), present=present)


def card_for(world: World, invoice: Json) -> Json | None:
    """The card that Stripe would take for an invoice."""
    if key := invoice["default_payment_method"]:
        return world.find("payment_method", key)
    subscription = statuses.subscription_of(world, invoice)
    return methods.default_of(world, invoice["customer"], subscription)


def _plan_next(world: World, invoice: Json) -> None:
    """When Stripe tries again: never for a first invoice, which its person must settle."""
    days = world.settings.retry_after_days
    if invoice["billing_reason"] == "subscription_create" or not invoice["auto_advance"]:
        return
    done = invoice["attempt_count"] - 1
    now = world.now(invoice["test_clock"])
    invoice["next_payment_attempt"] = now + days[done] * DAY if done < len(days) else None
