"""Disputes: a card's holder takes the money back through the bank."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import payments
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json, World


def open_dispute(world: World, charge: Json, *, reason: str) -> Json:
    """The bank takes the money; evidence may be given for a week."""
    intent = world.find("payment_intent", charge["payment_intent"])
    entry = payments.book(world, charge, amount=-charge["amount"], fee=1500, kind="adjustment")
    dispute = world.create(
        "dispute",
        amount=charge["amount"],
        balance_transactions=[entry],
        charge=charge["id"],
        currency=charge["currency"],
        evidence={},
        evidence_details={
            "due_by": world.now() + 7 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=False,
        payment_intent=intent["id"],
        reason=reason,
        status="needs_response",
    )
    charge["disputed"] = True
    world.journal.tell("charge.dispute.created", dispute)
    world.journal.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(world: World, dispute: Json, *, won: bool) -> Json:
    """The bank decides; money that was won comes back."""
    dispute["status"] = "won" if won else "lost"
    if won:
        charge = world.find("charge", dispute["charge"])
        entry = payments.book(world, charge, amount=dispute["amount"], kind="adjustment")
        dispute["balance_transactions"].append(entry)
        world.journal.tell("charge.dispute.funds_reinstated", dispute)
    world.journal.tell("charge.dispute.closed", dispute)
    return dispute
