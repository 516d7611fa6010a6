"""The Billing Portal: card, end of the subscription, invoices."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import cards, changes, methods, statuses
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.web import papers
from tests.support.simulated_stripe.web.html import page
from tests.support.simulated_stripe.world.world import Json, World

Form = dict[str, str]


def show(world: World, session: Json, *, error: str = "") -> str:
    """The page of one session; a flow shows its own part only."""
    customer = world.find("customer", session["customer"])
    running = [
        each
        for each in world.every("subscription", customer=customer["id"])
        if each["status"] not in statuses.ENDED
    ]
    features = world.find("billing_portal.configuration", session["configuration"])["features"]
    return page(
        "portal.html",
        session=session,
        flow=(session["flow"] or {}).get("type"),
        features=features,
        method=methods.default_of(world, customer["id"], running[-1] if running else None),
        subscriptions=running,
        invoices=[e for e in world.every("invoice", customer=customer["id"]) if e["number"]],
        error=error,
    )


def act(world: World, session: Json, form: Form) -> str | None:
    """Does what the customer asked for.

    Returns:
        Where to go afterwards, None for the portal itself.

    Raises:
        Refusal: the card is declined, or the subscription is none of this customer's.
    """
    action = form.get("action")
    customer = world.find("customer", session["customer"])
    if action == "card":
        method = new_card(world, customer["id"], form)
        world.note(method["id"])["authenticated"] = True
        methods.make_default(world, customer, method)
    elif action in {"cancel", "keep"}:
        subscription = world.find("subscription", form.get("subscription", ""))
        if subscription["customer"] != customer["id"]:
            raise invalid("This subscription belongs to somebody else.")
        changes.change(world, subscription, {"cancel_at_period_end": action == "cancel"})
    else:
        raise invalid("There is no such button.")
    return _after(session)


def _after(session: Json) -> str | None:
    after = (session["flow"] or {}).get("after_completion") or {}
    if after.get("type") == "redirect":
        return str(after["redirect"]["return_url"])
    return None


def new_card(world: World, customer_id: str, form: Form) -> Json:
    """A card as written on a page, attached to the customer."""
    card = cards.by_number(form.get("number", ""))
    if card is None:
        raise invalid("Your card number is invalid. The simulated Stripe knows test cards only.")
    method = methods.make(world, card, expiry=papers.expiry(form.get("expiry", "")))
    return methods.attach(world, method, world.find("customer", customer_id))
