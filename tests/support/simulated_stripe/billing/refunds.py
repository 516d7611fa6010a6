"""Refunds: money given back, and sometimes sent back by the bank."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import methods, payments
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import Json, World

#: Seconds after which a bank sends back a refund that it cannot place.
_FAILS_AFTER = 3 * DAY


def refund(world: World, charge: Json, amount: int | None, **stated: Any) -> Json:
    """Gives money back; the card decides whether it arrives.

    Raises:
        Refusal: nothing is left to give back, or less than asked for; or the charge is disputed.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if _is_taken_back(world, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    if not 0 < wanted <= left:
        message = f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})."
        raise invalid(message, param="amount", code="amount_too_large")
    entry = payments.book(world, charge, amount=-wanted, kind="refund")
    made = world.create(
        "refund",
        amount=wanted,
        balance_transaction=entry["id"],
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={"type": "card", "card": {"type": "refund"}},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        status="succeeded",
        **({"metadata": {}} | stated),
    )
    made["destination_details"] = {"type": "card", "card": {"type": "refund"}}
    charge["amount_refunded"] += wanted
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    if _will_fail(world, made):
        world.note(made["id"])["fails_at"] = world.now() + _FAILS_AFTER
    world.journal.tell("refund.created", made)
    world.journal.tell("charge.refunded", charge)
    return made


def _is_taken_back(world: World, charge: Json) -> bool:
    """Whether a dispute holds the money; an inquiry lets it be refunded."""
    disputes = world.every("dispute", charge=charge["id"])
    return any(not each["is_charge_refundable"] for each in disputes)


def _will_fail(world: World, made: Json) -> bool:
    """Whether the bank behind a refund will send it back."""
    method = world.find("payment_method", made["payment_method"])
    return methods.card_of(world, method).refunds == "fail_later"


def fail(world: World, made: Json) -> Json:
    """The bank sends a refund back: the money is the account's again."""
    if made["status"] == "failed":
        raise invalid("This refund has failed already.", code="refund_failed")
    charge = world.find("charge", made["charge"])
    entry = payments.book(world, charge, amount=made["amount"], kind="refund_failure")
    made |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": entry["id"],
    }
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    changed(world, made)
    world.journal.tell("refund.failed", made)
    return made


def changed(world: World, made: Json) -> None:
    """Tells what changed about a refund, under both names that Stripe has for it.

    Source:
        docs.stripe.com/api/events/types: ``charge.refund.updated`` is sent for refunds to some
        payment methods, cards among them, and ``refund.updated`` for all.
    """
    world.journal.tell_changes("refund.updated", made, also="charge.refund.updated")
