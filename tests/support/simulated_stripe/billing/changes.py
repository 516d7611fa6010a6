"""Changes of a running subscription: price, quantity, anchor, trial, discounts, end."""

from __future__ import annotations

from tests.support.simulated_stripe.billing import (
    collecting,
    discounts,
    gathering,
    holding,
    invoices,
    items,
    methods,
    pending,
    statuses,
    subscriptions,
)
from tests.support.simulated_stripe.billing.calendar import boundary_after
from tests.support.simulated_stripe.refusals import Refusal, invalid, not_simulated
from tests.support.simulated_stripe.world.metadata import merged
from tests.support.simulated_stripe.world.world import Json, World

_PLAIN = ("description", "collection_method", "days_until_due")


def change(world: World, subscription: Json, given: Json) -> Json:
    """Applies Stripe's update call.

    Raises:
        Refusal: the subscription is over, a price or an item is unknown, or a payment that the
            change asks for fails and ``payment_behavior`` says that then nothing shall change.
    """
    if subscription["status"] in statuses.ENDED:
        raise _over(given)
    behavior = given.get("payment_behavior", "allow_incomplete")
    if behavior == holding.BEHAVIOR:
        return _change_if_paid(world, subscription, given)
    if "items" in given:  # what waited is replaced by what is asked for now
        holding.let_go(world, subscription)
    if behavior == "error_if_incomplete":
        with world.rehearsal():
            tried = world.find("subscription", subscription["id"])
            _apply(world, tried, given)
            failed = tried["status"] == "past_due" and subscription["status"] != "past_due"
        if failed:
            raise Refusal(402, "card_error", "Your card was declined.", code="card_declined")
    before = dict(subscription)
    try:
        _apply(world, subscription, given)
    except Refusal:  # what is refused changes nothing, its metadata included
        subscription |= before
        raise
    statuses.changed(world, subscription)
    return subscription


def _change_if_paid(world: World, subscription: Json, given: Json) -> Json:
    def apply(target: Json) -> None:
        _apply(world, target, given)

    holding.change(world, subscription, given, apply)
    statuses.changed(world, subscription)
    return subscription


def _over(given: Json) -> Refusal:
    if set(given) <= {"metadata", "cancellation_details", "expand"}:
        return not_simulated("changes of a subscription that is over")
    message = "A canceled subscription can only update its cancellation_details and metadata."
    return invalid(message)


def _apply(world: World, subscription: Json, given: Json) -> None:
    subscription |= {name: given[name] or None for name in _PLAIN if name in given}
    if "metadata" in given:
        subscription["metadata"] = merged(subscription["metadata"], given["metadata"])
    if key := given.get("default_payment_method"):
        methods.owned(world, key, subscription["customer"], param="default_payment_method")
        subscription["default_payment_method"] = key
    if "automatic_tax" in given:
        enabled = given["automatic_tax"]["enabled"]
        subscription["automatic_tax"] |= {"enabled": enabled}
    if "trial_settings" in given:
        subscription["trial_settings"]["end_behavior"] |= given["trial_settings"]["end_behavior"]
    _set_discounts(world, subscription, given)
    _set_end(world, subscription, given)
    gathering.agree(world, subscription, given)
    _bill(world, subscription, given)


def _set_discounts(world: World, subscription: Json, given: Json) -> None:
    if "discounts" not in given:
        return
    before = set(subscription["discounts"])
    subscription["discounts"] = discounts.give(
        world,
        given["discounts"] or [],
        now=world.now(subscription["test_clock"]),
        customer=subscription["customer"],
        subscription=subscription["id"],
    )
    discounts.drop(world, before - set(subscription["discounts"]))


def _set_end(world: World, subscription: Json, given: Json) -> None:
    details = given.get("cancellation_details", {})
    subscription["cancellation_details"] |= {name: v or None for name, v in details.items()}
    if "cancel_at_period_end" in given:
        ends = given["cancel_at_period_end"]
        subscription["cancel_at_period_end"] = ends
        _plan_end(world, subscription, items.period_of(subscription)[1] if ends else None)
    elif "cancel_at" in given:
        when = given["cancel_at"]
        if isinstance(when, str) and when:
            when = items.period_of(subscription)[1]
        _plan_end(world, subscription, when or None)


def _plan_end(world: World, subscription: Json, when: int | None) -> None:
    subscription["cancel_at"] = when
    subscription["canceled_at"] = world.now(subscription["test_clock"]) if when else None
    reason = "cancellation_requested" if when else None
    subscription["cancellation_details"]["reason"] = reason


def _bill(world: World, subscription: Json, given: Json) -> None:
    """Whatever changes what is owed: items, the anchor, the end of the trial."""
    anchored = given.get("billing_cycle_anchor", {}).get("type") == "now"
    trial = given.get("trial_end")
    if trial is not None and trial != "now":
        _move_trial(subscription, int(trial))
    ends_trial = trial == "now" and subscription["status"] == "trialing"
    if "items" not in given and not anchored and not ends_trial:
        return
    plan = _Plan(world, subscription, given)
    if subscription["status"] == "trialing" and not ends_trial:
        plan.replace()
        return
    if ends_trial and _ends_without_card(world, subscription, plan):
        return
    renews = anchored or ends_trial or plan.changes_interval()
    if not ends_trial and plan.behavior != "none":
        plan.credit()
    plan.replace()
    if renews:
        _begin_again(world, subscription, plan, given)
    elif plan.behavior != "none":
        plan.debit()
        if plan.behavior == "always_invoice":
            bill_now(world, subscription, given)


def _ends_without_card(world: World, subscription: Json, plan: _Plan) -> bool:
    """Whether the trial, ended now, leads to no period for want of a card."""
    until, subscription["trial_end"] = subscription["trial_end"], plan.now
    if statuses.trial_is_over_without_card(world, subscription):
        plan.replace()
        return True
    subscription["trial_end"] = until
    return False


def _move_trial(subscription: Json, until: int) -> None:
    start, _ = items.period_of(subscription)
    subscription |= {"trial_end": until, "billing_cycle_anchor": until, "status": "trialing"}
    subscription["trial_start"] = subscription["trial_start"] or start
    items.set_period(subscription, start, until)


def _begin_again(world: World, subscription: Json, plan: _Plan, given: Json) -> None:
    """A new period begins now, and is billed now."""
    now = plan.now
    interval = items.one_interval(each["price"] for each in items.of(subscription))
    subscription["billing_cycle_anchor"] = now
    if subscription["status"] == "trialing":
        subscription |= {"status": "active", "trial_end": now}
    items.set_period(subscription, now, boundary_after(now, now, interval))
    gathering.plan_next(world, subscription)
    invoice = subscriptions.bill_period(world, subscription, reason="subscription_update")
    collecting.finalize(world, invoice, present=not given.get("off_session", False))


def bill_now(world: World, subscription: Json, given: Json) -> Json | None:
    """An invoice at once for all prorations that wait; None when nothing does."""
    customer = world.find("customer", subscription["customer"])
    waiting = pending.of(world, customer["id"], subscription["id"])
    if not waiting:
        return None
    invoice = invoices.draft(
        world,
        customer,
        pending.take(world, waiting),
        reason="subscription_update",
        subscription=subscription,
        collection_method=subscription["collection_method"],
    )
    pending.bind(waiting, invoice)
    collecting.finalize(world, invoice, present=not given.get("off_session", False))
    return invoice


class _Plan:
    """The items before and after one change, and the part of the period that it concerns."""

    def __init__(self, world: World, subscription: Json, given: Json) -> None:
        self.world = world
        self.subscription = subscription
        self.behavior = given.get("proration_behavior", "create_prorations")
        self.start, self.end = items.period_of(subscription)
        now = world.now(subscription["test_clock"])
        self.now = min(max(given.get("proration_date", now), self.start), self.end)
        self._changed: list[tuple[Json | None, Json]] = []
        self._replaced: list[Json] = []
        known = {each["id"]: each for each in items.of(subscription)}
        for wanted in given.get("items", []):
            if "id" in wanted and wanted["id"] not in known:
                message = f"No such subscription item: '{wanted['id']}'"
                raise invalid(message, code="resource_missing", param="items[0][id]")
            old = known.get(wanted.get("id", ""))
            self._changed.append((old, self._after(old, wanted)))
        self._before = [dict(old) for old, _ in self._changed if old]

    def _after(self, old: Json | None, wanted: Json) -> Json:
        currency = self.subscription["currency"]
        price = old["price"] if old else None
        if "price" in wanted or price is None:
            price = items.price_of(self.world, wanted, currency)
        quantity = wanted.get("quantity", old["quantity"] if old else 1)
        deleted = wanted.get("deleted", False)
        metadata = merged((old or {}).get("metadata", {}), wanted.get("metadata", {}) or {})
        if "metadata" not in wanted:
            metadata = (old or {}).get("metadata", {})
        return {"price": price, "quantity": quantity, "deleted": deleted, "metadata": metadata}

    def changes_interval(self) -> bool:
        now = items.of(self.subscription)[0]["price"]["recurring"]
        return any(
            (each["price"]["recurring"]["interval"], each["price"]["recurring"]["interval_count"])
            != (now["interval"], now["interval_count"])
            for _, each in self._changed
            if not each["deleted"]
        )

    def credit(self) -> None:
        """Gives back the unused time of what was paid for."""
        if self.subscription["status"] == "active" or self.subscription["status"] == "past_due":
            touched = self._before or [dict(each) for each in items.of(self.subscription)]
            for old in touched:
                self._prorate(old, -1)

    def replace(self) -> None:
        """Puts the new items in place."""
        rows = items.of(self.subscription)
        for old, new in self._changed:
            if old is None:
                period = {"current_period_start": self.start, "current_period_end": self.end}
                made = items.make(self.world, self.subscription["id"], new, new["price"], **period)
                rows.append(made)
                self._replaced.append(made)
            elif new["deleted"]:
                rows.remove(old)
                del self.world.objects["subscription_item"][old["id"]]
            else:
                old |= {"price": new["price"], "quantity": new["quantity"]}
                old |= {"plan": items.plan_of(new["price"]), "metadata": new["metadata"]}
                self._replaced.append(old)
        if not rows:
            raise invalid("A subscription must have at least one active item.", param="items")

    def debit(self) -> None:
        """Bills the rest of the period at the new price and quantity."""
        for item in self._replaced:
            self._prorate(item, 1)

    def _prorate(self, item: Json, sign: int) -> None:
        pending.prorate(
            self.world,
            self.subscription,
            item,
            sign=sign,
            start=self.now,
            end=self.end,
            whole=self.end - self.start,
        )
