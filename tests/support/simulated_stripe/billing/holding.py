"""A change that holds only once its invoice is paid: a pending update.

Nothing of the subscription changes until then, but for its newest invoice; it goes on as if nobody
had asked. Whoever takes the invoice back takes the change back, and after 23 hours, or with the
period that runs, Stripe does so by itself.

Source: docs.stripe.com/billing/subscriptions/pending-updates; for ``metadata`` the changelog of
dahlia (2026-05-27, "pending-subscription-update-metadata"), for ``cancel_at_period_end`` that of
endive (2026-09-30, "scheduled-subscription-cancellation").
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.simulated_stripe.billing import invoices, items
from tests.support.simulated_stripe.refusals import invalid, not_simulated
from tests.support.simulated_stripe.world.copies import copied
from tests.support.simulated_stripe.world.settings import HOUR
from tests.support.simulated_stripe.world.world import Json, World

BEHAVIOR = "pending_if_incomplete"
_HOLDS_FOR = 23 * HOUR  # seconds
_NOTE = "held_change"
_KEPT = ("latest_invoice", "pending_update", "status")  # of the subscription as it stands
_MAY_WAIT = {"billing_cycle_anchor", "cancel_at_period_end", "expand", "items", "metadata"} | {
    "off_session",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_end",
}


def change(world: World, subscription: Json, given: Json, apply: Callable[[Json], None]) -> None:
    """Applies a change, or holds it until its invoice is paid.

    Args:
        world: the account.
        subscription: what is to change.
        given: the parameters of the update call.
        apply: does the change to the subscription that it gets.

    Raises:
        Refusal: the change, or the subscription, cannot wait for a payment.
    """
    if strange := given.keys() - _MAY_WAIT:
        message = f"When `payment_behavior` is `{BEHAVIOR}`, you cannot pass {min(strange)}."
        raise invalid(message, param=min(strange))
    if subscription["collection_method"] != "charge_automatically":
        raise invalid("Pending updates need a subscription that is charged automatically.")
    let_go(world, subscription)
    with world.rehearsal():
        tried = world.find("subscription", subscription["id"])
        apply(tried)
        made = _invoice_made(world, tried, before=subscription["latest_invoice"])
    if made is None or made["status"] == "paid":
        apply(subscription)
    else:
        _hold(world, subscription, apply)


def _invoice_made(world: World, subscription: Json, *, before: str | None) -> Json | None:
    key = subscription["latest_invoice"]
    return world.find("invoice", key) if key and key != before else None


def _hold(world: World, subscription: Json, apply: Callable[[Json], None]) -> None:
    """Makes the invoice and tries the card; what it was for is noted, and not so yet."""
    note = world.note(subscription["id"])
    before = copied(subscription)
    note[_NOTE] = {"invoice": None}  # so that a payment that fails harms nothing
    apply(subscription)
    after = copied(subscription)
    if len(items.of(after)) != len(items.of(before)):
        raise not_simulated("a pending update that adds or takes items")
    note[_NOTE] = {"invoice": subscription["latest_invoice"], "after": after}
    _become(world, subscription, before)
    now = world.now(subscription["test_clock"])
    ends = [items.period_of(subscription)[1], subscription["trial_end"] or now + _HOLDS_FOR]
    subscription["pending_update"] = {
        "billing_cycle_anchor": _if_other(after, before, "billing_cycle_anchor"),
        "cancel_at_period_end": _if_other(after, before, "cancel_at_period_end"),
        "discount": None,
        "discounts": None,
        "expires_at": min(now + _HOLDS_FOR, *(each for each in ends if each > now)),
        "metadata": _new_in(after["metadata"], before["metadata"]) or None,
        "subscription_items": items.of(after),
        "trial_end": _if_other(after, before, "trial_end"),
        "trial_from_plan": None,
    }


def _become(world: World, subscription: Json, other: Json) -> None:
    """Puts everything but what is kept in place; items are the same things as before."""
    for mine, theirs in zip(items.of(subscription), items.of(other), strict=True):
        mine.update(copied(theirs))
        mine["price"] = world.find("price", theirs["price"]["id"])
    stays = {*_KEPT, "items"}
    subscription |= {name: v for name, v in copied(other).items() if name not in stays}


def _if_other(after: Json, before: Json, name: str) -> object:
    return after[name] if after[name] != before[name] else None


def _new_in(after: Json, before: Json) -> Json:
    return {name: value for name, value in after.items() if before.get(name) != value}


def waits_for(world: World, subscription: Json, invoice: Json) -> bool:
    """Whether a change waits for this invoice; while it is made, for whichever comes."""
    held = world.note(subscription["id"]).get(_NOTE)
    return held is not None and held["invoice"] in {None, invoice["id"]}


def paid(world: World, subscription: Json, invoice: Json) -> None:
    """The invoice is paid: what waited for it is so."""
    held = world.note(subscription["id"]).get(_NOTE)
    if held is None or held["invoice"] != invoice["id"]:
        return
    forget(world, subscription)
    _become(world, subscription, held["after"])
    world.journal.tell_changes("customer.subscription.updated", subscription)
    world.journal.tell("customer.subscription.pending_update_applied", subscription)


def voided(world: World, subscription: Json, invoice: Json) -> bool:
    """The invoice was taken back, and with it the change; tells whether one waited for it."""
    held = world.note(subscription["id"]).get(_NOTE)
    if held is None or held["invoice"] != invoice["id"]:
        return False
    forget(world, subscription)
    world.journal.tell_changes("customer.subscription.updated", subscription)
    return True


def expires_at(subscription: Json) -> int | None:
    """When a change that waits is given up; None if none does."""
    waits = subscription["pending_update"]
    return int(waits["expires_at"]) if waits else None


def expire(world: World, subscription: Json) -> None:
    """Nobody paid in time: the invoice is void, and nothing changed."""
    let_go(world, subscription)
    world.journal.tell("customer.subscription.pending_update_expired", subscription)


def forget(world: World, subscription: Json) -> None:
    """Nothing waits any more; what became of its invoice is another question."""
    world.note(subscription["id"]).pop(_NOTE, None)
    subscription["pending_update"] = None


def let_go(world: World, subscription: Json) -> None:
    """Takes back a change that waits, with its invoice; without one nothing happens."""
    held = world.note(subscription["id"]).get(_NOTE)
    if held is not None and held["invoice"] is not None:
        invoice = world.find("invoice", held["invoice"])
        invoices.void(world, invoice)
        voided(world, subscription, invoice)
