"""Disputes: a card's holder takes the money back through the bank, or has the bank ask first.

Source: docs.stripe.com/disputes/how-disputes-work.
"""

from __future__ import annotations

from tests.support.simulated_stripe.billing import payments
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.metadata import merged
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json, World

_OVER = frozenset({"won", "lost", "warning_closed"})


def open_dispute(world: World, charge: Json, *, reason: str, inquiry: bool = False) -> Json:
    """The bank takes the money; evidence may be given for a week. An inquiry takes nothing yet."""
    intent = world.find("payment_intent", charge["payment_intent"])
    dispute = world.create(
        "dispute",
        amount=charge["amount"],
        balance_transactions=[] if inquiry else [_withdraw(world, charge)],
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
        is_charge_refundable=inquiry,
        metadata={},
        payment_intent=intent["id"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    charge["disputed"] = True
    world.journal.tell("charge.dispute.created", dispute)
    if not inquiry:
        world.journal.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _withdraw(world: World, charge: Json) -> Json:
    return payments.book(world, charge, amount=-charge["amount"], fee=1500, kind="adjustment")


def update(world: World, dispute: Json, metadata: Json | str) -> Json:
    """Changes what the account wrote about a dispute."""
    dispute["metadata"] = merged(dispute["metadata"], metadata)
    world.journal.tell_changes("charge.dispute.updated", dispute)
    return dispute


def close_dispute(world: World, dispute: Json, *, won: bool) -> Json:
    """The bank decides, or (not *won*) the account gives in; money that was won comes back.

    Raises:
        Refusal: it is decided already.
    """
    if dispute["status"] in _OVER:
        raise invalid(f"This dispute is already closed: {dispute['status']}.")
    dispute["status"] = "won" if won else "lost"
    dispute["is_charge_refundable"] = False
    if won:
        charge = world.find("charge", dispute["charge"])
        entry = payments.book(world, charge, amount=dispute["amount"], kind="adjustment")
        dispute["balance_transactions"].append(entry)
        world.journal.tell("charge.dispute.funds_reinstated", dispute)
    world.journal.tell("charge.dispute.closed", dispute)
    return dispute
