"""From a subscription at Stripe to an observation: what one look said, in our words.

Words that we do not know pass through unchanged; the membership makes them a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import stripe

from domain.memberships.observations import (
    DeclineKind,
    Observation,
    PaymentTrouble,
    PlanWaiting,
)
from domain.payments.desk import Seen
from infra.stripe import marks
from infra.stripe.connection import Connection
from infra.stripe.readings import id_of, instant, moment, request_id_of
from infra.stripe.waiting import invoice_of_change

_EXPAND: Final = ["latest_invoice.payments"]
_MAY_OWE: Final = frozenset({"past_due", "unpaid", "incomplete", "paused", "canceled"})
_ASKS: Final = frozenset(
    {
        "authentication_required",
        "payment_intent_authentication_failure",
        "invoice_payment_intent_requires_action",
    }
)
# Trying the same card again does not help. Source: docs.stripe.com/declines/codes, and
# docs.stripe.com/billing/revenue-recovery/smart-retries ("hard decline codes").
_HARD: Final = frozenset(
    {
        "card_not_supported",
        "currency_not_supported",
        "expired_card",
        "highest_risk_level",
        "incorrect_number",
        "invalid_account",
        "invalid_number",
        "lost_card",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
        "transaction_not_allowed",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    subscription: stripe.Subscription
    open_invoices: Sequence[stripe.Invoice]
    trouble: PaymentTrouble | None
    plan_waits: PlanWaiting | None


async def look(
    connection: Connection,
    subscription_id: str,
    *,
    began: datetime,
    source_event_id: str | None,
    environment: str,
) -> Seen:
    """Fetch a subscription with what is open of it.

    Args:
        connection: to Stripe.
        subscription_id: which one.
        began: when this look begins.
        source_event_id: the delivery that made us look, if there was one.
        environment: this house's; a subscription of another one is nobody's here.

    Raises:
        NotFound: there is no such subscription.
    """
    subscription = await connection.ask(
        lambda: connection.client.v1.subscriptions.retrieve_async(
            subscription_id, {"expand": _EXPAND}
        )
    )
    waits = await _plan_waits(connection, subscription)
    owed = await _open_invoices(connection, subscription)
    if waits is not None:  # what nobody has to pay is not owed
        owed = [each for each in owed if each.id != waits.invoice_id]
    trouble = await _trouble(connection, subscription, owed)
    found = _Look(subscription=subscription, open_invoices=owed, trouble=trouble, plan_waits=waits)
    return Seen(
        membership_id=marks.read_id(
            subscription.metadata, marks.MEMBERSHIP, environment=environment
        ),
        account_id=marks.read_id(subscription.metadata, marks.ACCOUNT, environment=environment),
        observation=_observation(found, began, source_event_id),
    )


def _observation(found: _Look, began: datetime, source_event_id: str | None) -> Observation:
    subscription = found.subscription
    latest = subscription.latest_invoice
    items = subscription["items"].data  # as an attribute it would be a method in older versions
    ends = [each.current_period_end for each in items]
    period_end = min(ends, default=None)
    ended = subscription.cancellation_details
    return Observation(
        subscription_id=subscription.id,
        customer_id=id_of(subscription.customer) or "",
        status=subscription.status,
        paused_for=_paused_for(subscription),
        ended_for=ended.reason if ended is not None and _is_over(subscription) else None,
        began_at=instant(subscription.created),
        period_end_at=moment(period_end),
        trial_end_at=moment(subscription.trial_end),
        ends_at_period_end=will_end(subscription, period_end),
        quantity=items[0].quantity if items and items[0].quantity is not None else 1,
        price=plan_of(items[0].price) if items else "",
        latest_invoice=(
            (latest.id, latest.status or "unknown") if isinstance(latest, stripe.Invoice) else None
        ),
        unpaid_since=_unpaid_since(found),
        trouble=found.trouble,
        plan_waits=found.plan_waits,
        observed_at=began,
        source_event_id=source_event_id,
        request_id=request_id_of(subscription),
    )


def plan_of(price: stripe.Price) -> str:
    """Return the plan of a price.

    Its lookup key moves on when the plan gets a new price, while members keep the one they have;
    the mark that the catalogue left stays. A price made by hand is its own plan.
    """
    return marks.plain(price.metadata).get(marks.PLAN) or price.lookup_key or price.id


def _is_over(subscription: stripe.Subscription) -> bool:
    return subscription.status in {"canceled", "incomplete_expired"}


def _paused_for(subscription: stripe.Subscription) -> str | None:
    details = getattr(subscription, "status_details", None)
    paused = getattr(details, "paused", None)
    reason = getattr(getattr(paused, "subscription", None), "type", None)
    return str(reason) if reason else None


def will_end(subscription: stripe.Subscription, period_end: int | None) -> bool:
    """Tell whether it will not renew; a day may be named instead of the period's end."""
    named = subscription.cancel_at
    return subscription.cancel_at_period_end or (
        named is not None and period_end is not None and named <= period_end
    )


async def _plan_waits(
    connection: Connection, subscription: stripe.Subscription
) -> PlanWaiting | None:
    """Return a change that waits for its payment; what it changes is what somebody asked for."""
    change = subscription.pending_update
    if change is None:
        return None
    invoice = await invoice_of_change(connection, subscription)
    intent_id = None if invoice is None else _intent_of(invoice)
    asks = intent_id is not None and (await _bank_said(connection, intent_id))[0]
    return PlanWaiting(
        invoice_id=None if invoice is None else invoice.id,
        until=instant(change.expires_at),
        needs_second_factor=asks,
    )


async def _open_invoices(
    connection: Connection, subscription: stripe.Subscription
) -> list[stripe.Invoice]:
    """Return the open invoices, oldest first; an active subscription may owe none."""
    if subscription.status not in _MAY_OWE:
        return []
    found = await connection.ask(
        lambda: connection.client.v1.invoices.list_async(
            {
                "subscription": subscription.id,
                "status": "open",
                "limit": 100,
                "expand": ["data.payments"],
            }
        )
    )
    return sorted(found.data, key=_due)


def _due(invoice: stripe.Invoice) -> int:
    """Return when an invoice fell due: on its day, or as soon as it was final."""
    return invoice.due_date or invoice.status_transitions.finalized_at or invoice.created


def _unpaid_since(found: _Look) -> datetime | None:
    if found.open_invoices:
        return instant(_due(found.open_invoices[0]))
    latest = found.subscription.latest_invoice
    written_off = isinstance(latest, stripe.Invoice) and latest.status == "uncollectible"
    return instant(_due(latest)) if written_off and isinstance(latest, stripe.Invoice) else None


async def _trouble(
    connection: Connection, subscription: stripe.Subscription, owed: Sequence[stripe.Invoice]
) -> PaymentTrouble | None:
    """Return the newest payment that failed and is still wanted."""
    tried = [each for each in owed if each.attempt_count or subscription.status == "incomplete"]
    if not tried:
        return None
    invoice = max(tried, key=lambda each: (each.created, each.id))
    intent_id = _intent_of(invoice)
    asks, code = (False, None) if intent_id is None else await _bank_said(connection, intent_id)
    return PaymentTrouble(
        invoice_id=invoice.id,
        attempt=max(1, invoice.attempt_count),
        next_try_at=moment(invoice.next_payment_attempt),
        kind=DeclineKind.HARD if code in _HARD or not (asks or code) else DeclineKind.SOFT,
        needs_second_factor=asks,
    )


def _intent_of(invoice: stripe.Invoice) -> str | None:
    """Return the payment that an invoice waits for; there is none until it asked for money."""
    payments = getattr(invoice, "payments", None)
    given = payments.data if payments is not None else []
    rows = [each for each in given if each.payment.type == "payment_intent"]
    standard = next((each for each in rows if each.is_default), rows[-1] if rows else None)
    return None if standard is None else id_of(standard.payment.payment_intent)


async def _bank_said(connection: Connection, intent_id: str) -> tuple[bool, str | None]:
    """Return whether a bank wants its customer to confirm, and its word for a refusal.

    Neither means that no card was there to be tried.
    """
    intent = await connection.ask(
        lambda: connection.client.v1.payment_intents.retrieve_async(intent_id)
    )
    error = intent.last_payment_error
    code = getattr(error, "code", None)  # where a bank says none, the field is not there
    decline = getattr(error, "decline_code", None)
    asks = intent.status == "requires_action" or bool({code, decline} & _ASKS)
    return asks, decline or code
