"""What time brings: renewals, ends of trials, finalizations, retries, expiries, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.support.simulated_stripe.billing import (
    checkout,
    collecting,
    gathering,
    holding,
    items,
    lifecycle,
    refunds,
    returning,
    statuses,
)
from tests.support.simulated_stripe.world.settings import DAY
from tests.support.simulated_stripe.world.world import CLOCK, Json, World

_RENEWING = frozenset({"active", "past_due", "unpaid"})


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something that happens at a moment (seconds since 1970); *rank* decides between equals."""

    at: int
    rank: int
    key: str
    do: Callable[[], object]


def _of_subscriptions(world: World, clock: str | None) -> Iterator[Due]:
    for each in world.every("subscription"):
        if each["test_clock"] != clock or each["status"] in statuses.ENDED:
            continue
        planned, key = each["cancel_at"], each["id"]
        if each["status"] == "incomplete":
            at = each["created"] + world.settings.incomplete_seconds
            yield Due(at, 4, key, partial(statuses.expire, world, each))
        elif planned and not each["cancel_at_period_end"]:
            yield Due(planned, 0, key, partial(lifecycle.end_as_planned, world, each))
        elif each["status"] == "paused" and (at := returning.expires_at(world, each)):
            yield Due(at, 4, key, partial(returning.give_up, world, each))
        if gone_at := holding.expires_at(each):
            yield Due(gone_at, 0, key, partial(holding.expire, world, each))
        if each["status"] == "trialing":
            yield from _of_trial(world, each)
        elif each["status"] in _RENEWING:
            at = items.period_of(each)[1]
            yield Due(at, 3, key, partial(lifecycle.end_period, world, each))
            if gathers_at := each["next_pending_invoice_item_invoice"]:
                yield Due(gathers_at, 4, key, partial(gathering.bill, world, each))


def _of_trial(world: World, trial: Json) -> Iterator[Due]:
    end, key = trial["trial_end"], trial["id"]
    note = world.note(key)
    warn_at = max(end - world.settings.trial_warning_days * DAY, trial["created"])
    if note.get("warned_of") != end:

        def warn() -> None:
            note["warned_of"] = end
            world.journal.tell("customer.subscription.trial_will_end", trial)

        yield Due(warn_at, 1, key, warn)
    if trial["cancel_at_period_end"]:
        yield Due(end, 2, key, partial(lifecycle.end_as_planned, world, trial))
    else:
        yield Due(end, 2, key, partial(lifecycle.end_trial, world, trial))


def _of_invoices(world: World, clock: str | None) -> Iterator[Due]:
    for each in world.every("invoice", test_clock=clock):
        if each["test_clock"] != clock:
            continue
        if each["status"] == "draft" and each["automatically_finalizes_at"]:
            at = each["automatically_finalizes_at"]
            yield Due(at, 5, each["id"], partial(collecting.finalize, world, each))
        elif each["status"] == "open" and each["next_payment_attempt"]:
            at = each["next_payment_attempt"]
            yield Due(at, 6, each["id"], partial(_retry, world, each))


def _retry(world: World, invoice: Json) -> None:
    collecting.attempt(world, invoice, collecting.card_for(world, invoice), present=False)


def _of_the_rest(world: World) -> Iterator[Due]:
    for each in world.every("checkout.session", status="open"):
        at = each["expires_at"]
        yield Due(at, 7, each["id"], partial(checkout.expire, world, each))
    for each in world.every("refund", status="succeeded"):
        if at := world.note(each["id"]).get("fails_at"):
            yield Due(at, 8, each["id"], partial(refunds.fail, world, each))


def _next(world: World, clock: str | None, until: int) -> Due | None:
    dues = [*_of_subscriptions(world, clock), *_of_invoices(world, clock)]
    if clock is None:
        dues += _of_the_rest(world)
    reached = [due for due in dues if due.at <= until]
    return min(reached, key=lambda due: (due.at, due.rank, due.key), default=None)


def advance_clock(world: World, clock: Json, until: int) -> None:
    """Moves a test clock; everything due on the way happens at its own moment."""
    while due := _next(world, clock["id"], until):
        clock["frozen_time"] = max(clock["frozen_time"], due.at)
        due.do()
    clock["frozen_time"] = until


def catch_up(world: World) -> None:
    """Does what fell due by the server's own time."""
    now = world.now()
    while due := _next(world, None, now):
        with world.standing_at(due.at):
            due.do()


def delete_clock(world: World, key: str) -> Json:
    """Deletes a test clock with everything that hangs on it, as Stripe does."""
    customers = [each["id"] for each in world.every("customer", test_clock=key)]
    for subscription in world.every("subscription", test_clock=key):
        if subscription["status"] not in statuses.ENDED:
            statuses.end(world, subscription, reason=None)
    for tag in ("customer", "subscription", "invoice", "invoiceitem"):
        for each in world.every(tag, test_clock=key):
            del world.objects[tag][each["id"]]
    for method in world.every("payment_method"):
        if method["customer"] in customers:
            method["customer"] = None
    return world.forget(CLOCK, key)
