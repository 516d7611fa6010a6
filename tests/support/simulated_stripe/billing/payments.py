"""Taking money: payment intents, charges, and what the account receives."""

from __future__ import annotations

from typing import Any

from tests.support.simulated_stripe.billing import cards, methods
from tests.support.simulated_stripe.billing.money import share
from tests.support.simulated_stripe.world.world import Json, World


def ask_for(world: World, invoice: Json) -> Json:
    """The payment intent of an invoice that was just finalized."""
    intent = intend(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription" if invoice["parent"] else "Invoice",
        metadata={},
        setup_future_usage="off_session",
    )
    world.create(
        "invoice_payment",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={},
    )
    world.note(intent["id"])["invoice"] = invoice["id"]
    return intent


def intend(world: World, **stated: Any) -> Json:
    """A payment intent that waits for a card."""
    key = world.names.id_of("payment_intent")
    usual = {
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "status": "requires_payment_method",
    }
    intent = world.create(
        "payment_intent",
        id=key,
        amount_capturable=0,
        amount_received=0,
        client_secret=world.names.client_secret(key),
        payment_method_types=["card"],
        **(usual | stated),
    )
    world.journal.tell("payment_intent.created", intent)
    return intent


def payment_of(world: World, invoice: Json) -> Json | None:
    """The default payment of an invoice, None for one that never asked for money."""
    found = world.every("invoice_payment", invoice=invoice["id"])
    return found[-1] if found else None


def intent_of(world: World, invoice: Json) -> Json | None:
    payment = payment_of(world, invoice)
    if payment is None or not payment["payment"]["payment_intent"]:
        return None
    return world.find("payment_intent", payment["payment"]["payment_intent"])


def confirm(world: World, intent: Json, method: Json, *, present: bool) -> cards.Outcome:
    """One try to take the money; the intent and a charge record how it went."""
    card = methods.card_of(world, method)
    said = cards.outcome(
        card,
        method,
        now=world.now(_clock_of(world, intent)),
        present=present,
        authenticated=_authenticated(world, intent, method, card),
    )
    intent |= {"payment_method": method["id"], "next_action": None}
    if said.verdict == "paid":
        _take(world, intent, method)
    elif said.verdict == "asks":
        intent["status"] = "requires_action"
        url = world.page(f"/authenticate/{intent['id']}")
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
        world.journal.tell("payment_intent.requires_action", intent)
    else:
        _refuse(world, intent, method, said)
    return said


def _authenticated(world: World, intent: Json, method: Json, card: cards.Card) -> bool:
    """Whether the holder confirmed this payment, or the card for it; some banks ask each time."""
    note = world.note(method["id"])
    if world.note(intent["id"]).get("authenticated"):
        return True
    if card.asks == "once":
        return bool(note.get("authenticated"))
    return bool(note.pop("authenticated", False))


def _clock_of(world: World, intent: Json) -> str | None:
    customer = world.objects.get("customer", {}).get(intent["customer"] or "")
    return customer["test_clock"] if customer else None


def _take(world: World, intent: Json, method: Json) -> None:
    """Takes the money, or holds it until :func:`capture`."""
    held = intent["capture_method"] == "manual"
    charge = _charge(world, intent, method, paid=True, captured=not held, status="succeeded")
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    if held:
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        world.journal.tell("charge.succeeded", charge)
        world.journal.tell("payment_intent.amount_capturable_updated", intent)
        return
    _receive(world, intent, charge)
    world.journal.tell("charge.succeeded", charge)
    world.journal.tell("payment_intent.succeeded", intent)


def _receive(world: World, intent: Json, charge: Json) -> None:
    settings = world.settings
    fee = share(intent["amount"], settings.fee_percent) + settings.fee_fixed
    entry = book(world, charge, amount=intent["amount"], fee=fee, kind="charge")
    charge |= {"amount_captured": charge["amount"], "balance_transaction": entry["id"]}
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "amount_capturable": 0}


def capture(world: World, intent: Json) -> Json:
    """Takes the whole of what was held."""
    charge = world.find("charge", intent["latest_charge"])
    charge["captured"] = True
    _receive(world, intent, charge)
    world.journal.tell("charge.captured", charge)
    world.journal.tell("payment_intent.succeeded", intent)
    return intent


def _refuse(world: World, intent: Json, method: Json, said: cards.Outcome) -> None:
    code = said.decline_code or "generic_decline"
    message = str(methods.declined(code))
    charge = _charge(world, intent, method, paid=False, captured=False, status="failed")
    charge |= {"failure_code": said.code, "failure_message": message}
    intent |= {"status": "requires_payment_method", "latest_charge": charge["id"]}
    intent |= {"payment_method": None}
    intent["last_payment_error"] = {
        "type": "card_error",
        "code": said.code,
        "decline_code": code,
        "message": message,
        "charge": charge["id"],
        "payment_method": method,
    }
    world.journal.tell("charge.failed", charge)
    world.journal.tell("payment_intent.payment_failed", intent)


def _charge(world: World, intent: Json, method: Json, **stated: Any) -> Json:
    return world.create(
        "charge",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details=dict(method["billing_details"]),
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        metadata=dict(intent["metadata"]),
        outcome={"type": "authorized" if stated["paid"] else "issuer_declined"},
        payment_intent=intent["id"],
        payment_method=method["id"],
        refunded=False,
        shipping=intent["shipping"],
        **stated,
    )


def book(world: World, source: Json, *, amount: int, kind: str, fee: int = 0) -> Json:
    """A line in the account's own balance."""
    details = {"amount": fee, "currency": source["currency"], "type": "stripe_fee"}
    return world.create(
        "balance_transaction",
        amount=amount,
        available_on=world.now() + 7 * 24 * 3600,
        balance_type="payments",
        currency=source["currency"],
        fee=fee,
        fee_details=[details] if fee else [],
        net=amount - fee,
        reporting_category=kind,
        source=source["id"],
        status="pending",
        type=kind,
    )


def cancel(world: World, intent: Json, *, reason: str | None) -> Json:
    """Nobody shall pay any more; what was held goes back."""
    if intent["status"] == "requires_capture":
        charge = world.find("charge", intent["latest_charge"])
        charge |= {"amount_refunded": charge["amount"], "refunded": True}
        world.journal.tell("charge.refunded", charge)
    intent |= {"status": "canceled", "canceled_at": world.now(_clock_of(world, intent))}
    intent |= {"cancellation_reason": reason, "next_action": None, "amount_capturable": 0}
    world.journal.tell("payment_intent.canceled", intent)
    return intent


def give_up(world: World, invoice: Json, reason: str) -> None:
    """Cancels what an invoice still asks for."""
    intent, payment = intent_of(world, invoice), payment_of(world, invoice)
    if intent and intent["status"] != "succeeded":
        cancel(world, intent, reason=reason)
    if payment and payment["status"] == "open":
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = world.now(invoice["test_clock"])


def not_authenticated(world: World, intent: Json) -> None:
    """The holder told the bank no: the payment waits for another card."""
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    intent["last_payment_error"] = {
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "message": "The provided payment method has failed authentication.",
    }
    world.journal.tell("payment_intent.payment_failed", intent)
