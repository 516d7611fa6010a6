"""Coming back after a pause: a period begins today, and its invoice is paid, if it was agreed to.

Resuming tries no card, and the pause goes on until the invoice of the return is paid, so we have it
paid. A card that fails hinders nobody from coming back: the dues are past due, and grace begins.

Source: docs.stripe.com/billing/subscriptions/pause, "Resume subscriptions" and "Payment behavior".
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from domain.payments.orders import Call, ResumeDues, Sign
from domain.payments.refusals import CardRefused, PriceChanged
from domain.values import Money
from infra.stripe.amounts import from_stripe
from infra.stripe.connection import Connection

_RESUME: Final = "/resume"
_THERE: Final = ("active", "trialing", "past_due", "unpaid", "canceled", "incomplete_expired")


def resume(path: str, order: ResumeDues) -> Call:
    """Word a return.

    Args:
        path: of the subscription, which is paused.
        order: what was asked for.

    Raises:
        PriceChanged: it was to cost nothing, and a pause had begun from which a return costs.
    """
    if order.at_no_cost:
        raise PriceChanged("The pause had begun already.", why="paused_meanwhile")
    return Call(
        verb="post",
        path=f"{path}{_RESUME}",
        params={
            "billing_cycle_anchor": {"type": "now"},
            "payment_behavior": "resume_on_payment_attempt",
        },
        sign=Sign(path=path, params={}, field=("status",), values=_THERE),
        at_most=order.agreed,
    )


async def collect(connection: Connection, call: Call, answer: Any, *, key: str) -> None:
    """Have the invoice of a return paid; other calls have none.

    Args:
        connection: to Stripe.
        call: that was made.
        answer: Stripe's.
        key: under which it was made.

    Raises:
        PriceChanged: it costs more than was agreed; nothing was charged, and the pause goes on.
    """
    invoice_id = answer.get("latest_invoice")
    if not call.path.endswith(_RESUME) or answer.get("status") != "paused" or not invoice_id:
        return
    path = f"/v1/invoices/{invoice_id}"
    if call.at_most is not None:
        await _require_agreed(connection, path, call.at_most, key=key)
    with suppress(CardRefused):
        await connection.raw("post", f"{path}/pay", {}, idempotency_key=f"{key}-pay")


async def _require_agreed(connection: Connection, path: str, at_most: Money, *, key: str) -> None:
    """Take an invoice back that asks for more; "the subscription stays paused" then."""
    invoice, _ = await connection.raw("get", path, {})
    asked = from_stripe(invoice["amount_due"], invoice["currency"])
    if asked.currency == at_most.currency and asked.cents <= at_most.cents:
        return
    if invoice["status"] == "open":
        await connection.raw("post", f"{path}/void", {}, idempotency_key=f"{key}-void")
    raise PriceChanged("Coming back costs more than was agreed to.")
