"""Checkout Sessions: a person subscribes, buys or saves a card on Stripe's page, or leaves."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    discounts,
    items,
    methods,
    payers,
    payments,
    purchases,
    subscriptions,
)
from tests.support.simulated_stripe.billing.payers import Payer
from tests.support.simulated_stripe.refusals import Refusal, invalid
from tests.support.simulated_stripe.world.world import Json, World


def needs_card(world: World, session: Json) -> bool:
    """Whether the page asks for a card: with a trial it may not."""
    if session["mode"] == "setup" or session["payment_method_collection"] != "if_required":
        return True
    return due_today(world, session)[0] > 0


def due_today(world: World, session: Json) -> tuple[int, int]:
    """What is to be paid on completion, and what it would be without discounts: before tax."""
    note = world.note(session["id"])
    if session["mode"] == "setup":
        return 0, 0
    data = note.get("subscription_data") or {}
    if data.get("trial_period_days") or data.get("trial_end"):
        return 0, 0
    rest = whole = sum(each["amount_subtotal"] for each in note["line_items"])
    for each in note["discounts"]:
        rest -= min(rest, discounts.taken_off(each, rest, each["amount_off"] or 0))
    return rest, whole


def complete(world: World, session: Json, payer: Payer) -> str | None:
    """The person presses the button.

    Returns:
        The id of the payment method that its bank wants confirmed first; None when all is done.

    Raises:
        Refusal: the card is declined, or something is missing: the page says it and stays open.
    """
    if session["status"] != "open":
        raise invalid("This Checkout Session is no longer open.")
    _check(session, payer)
    method = payers.method_of(world, payer)
    if method is None and needs_card(world, session):
        raise invalid("Your card number is incomplete.")
    if method and _must_authenticate(world, method):
        world.note(method["id"])["waits"] = (session["id"], payer)
        return str(method["id"])
    _finish(world, session, payer, method)
    return None


def authenticated(world: World, method: Json) -> Json:
    """The bank's page said yes: the session goes on where it stopped.

    Returns:
        The session, completed.
    """
    note = world.note(method["id"])
    key, payer = note.pop("waits")
    note["authenticated"] = True
    session = world.find("checkout.session", key)
    _finish(world, session, payer, method)
    return session


def _check(session: Json, payer: Payer) -> None:
    if session["billing_address_collection"] == "required" and not payer.country:
        raise invalid("Your billing address is incomplete.")
    if not session["customer"] and not payer.email:
        raise invalid("Your email is incomplete.")


def _must_authenticate(world: World, method: Json) -> bool:
    asks = methods.card_of(world, method).asks
    return asks != "never" and not world.note(method["id"]).get("authenticated")


def _finish(world: World, session: Json, payer: Payer, method: Json | None) -> None:
    if session["mode"] == "subscription":
        with world.rehearsal():  # a card that is declined leaves nothing behind
            _subscribe(world, world.find("checkout.session", session["id"]), payer, method)
        _subscribe(world, session, payer, method)
    elif session["mode"] == "payment":
        with world.rehearsal():  # as above
            _buy(world, world.find("checkout.session", session["id"]), payer, method)
        _buy(world, session, payer, method)
    else:
        _set_up(world, session, payer, method)
    session |= {"status": "complete", "url": None}
    world.journal.tell("checkout.session.completed", session)


def _subscribe(world: World, session: Json, payer: Payer, method: Json | None) -> None:
    customer = payers.customer_of(world, session, payer)
    if method:
        methods.attach(world, world.find("payment_method", method["id"]), customer)
    note = world.note(session["id"])
    wanted = list(note["discounts_given"])
    if payer.promotion_code:
        wanted = [
            {"promotion_code": payers.promotion_of(world, session, payer.promotion_code)["id"]}
        ]
    subscription = subscriptions.start(
        world,
        note.get("subscription_data", {})
        | {
            "customer": customer["id"],
            "items": note["items"],
            "discounts": wanted,
            "currency": session["currency"],
            "automatic_tax": {"enabled": session["automatic_tax"]["enabled"]},
        }
        | ({"default_payment_method": method["id"]} if method else {}),
    )
    if subscription["status"] == "incomplete":
        invoice = world.find("invoice", subscription["latest_invoice"])
        raise _why(world, invoice)
    session["subscription"] = subscription["id"]
    invoice = world.find("invoice", subscription["latest_invoice"])
    _settle(world, session, customer, payer, invoice)


def _buy(world: World, session: Json, payer: Payer, method: Json | None) -> None:
    assert method is not None, "what is bought once is paid at once"
    card = world.find("payment_method", method["id"])
    if not session["invoice_creation"]["enabled"]:
        _buy_without_invoice(world, session, payer, card)
        return
    customer = payers.customer_of(world, session, payer)
    invoice = purchases.pay(world, session, customer, card)
    if invoice["status"] != "paid":
        raise _why(world, invoice)
    intent = payments.intent_of(world, invoice)
    session["payment_intent"] = intent["id"] if intent else None
    _settle(world, session, customer, payer, invoice)


def _buy_without_invoice(world: World, session: Json, payer: Payer, card: Json) -> None:
    named = session["customer"] or session["customer_creation"] == "always"
    customer = payers.customer_of(world, session, payer) if named else None
    intent = purchases.pay_without_invoice(world, session, customer, card)
    if intent["status"] != "succeeded":
        error = intent["last_payment_error"]
        raise methods.declined(error["decline_code"])
    session |= {
        "customer": customer["id"] if customer else None,
        "customer_details": payers.details_of(world, customer, payer),
        "payment_intent": intent["id"],
        "payment_status": "paid",
    }


def _settle(world: World, session: Json, customer: Json, payer: Payer, invoice: Json) -> None:
    """What a completed page says of the invoice behind it."""
    session |= {
        "invoice": invoice["id"],
        "customer": customer["id"],
        "amount_subtotal": invoice["subtotal"],
        "amount_total": invoice["total"],
        "payment_status": "paid",
        "total_details": {
            "amount_discount": sum(d["amount"] for d in invoice["total_discount_amounts"]),
            "amount_shipping": 0,
            "amount_tax": sum(tax["amount"] for tax in invoice["total_taxes"]),
        },
    }
    if not invoice["total"]:
        session["payment_status"] = "no_payment_required"
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"] |= {"status": "complete", "provider": "stripe"}
    session["customer_details"] = payers.details_of(world, customer, payer)


def _why(world: World, invoice: Json) -> Refusal:
    for charge in reversed(world.every("charge", customer=invoice["customer"])):
        if charge["failure_code"]:
            code = charge["failure_code"]
            return Refusal(402, "card_error", charge["failure_message"], code=code)
    return methods.declined("generic_decline")


def _set_up(world: World, session: Json, payer: Payer, method: Json | None) -> None:
    assert method is not None, "a session of mode setup asks for a card"
    customer = payers.customer_of(world, session, payer)
    methods.attach(world, method, customer)
    intent = world.find("setup_intent", session["setup_intent"])
    intent |= {"status": "succeeded", "payment_method": method["id"], "customer": customer["id"]}
    session["customer"] = customer["id"]
    session["customer_details"] = payers.details_of(world, customer, payer)
    world.journal.tell("setup_intent.succeeded", intent)


def expire(world: World, session: Json) -> Json:
    """Nobody can pay on its page any more."""
    if session["status"] != "open":
        message = "Only Checkout Sessions with a status in [`open`] can be expired."
        raise invalid(message)
    session |= {"status": "expired", "url": None}
    world.journal.tell("checkout.session.expired", session)
    return session


def lines_of(
    world: World, wanted: list[Json], currency: str | None, *, once: bool = False
) -> tuple[list[Json], str]:
    """The items of a session as its page shows them, and their currency."""
    rows = []
    named = purchases.price_of if once else items.price_of
    for each in wanted:
        price = named(world, each, currency)
        currency = currency or price["currency"]
        quantity = each.get("quantity", 1)
        amount = items.cost(world, {"price": price, "quantity": quantity}, currency)
        rows.append(
            world.create(
                "item",
                amount_discount=0,
                amount_subtotal=amount,
                amount_tax=0,
                amount_total=amount,
                currency=currency,
                description=world.find("product", price["product"])["name"],
                price=price,
                quantity=quantity,
            )
        )
    return rows, currency or "eur"
