"""Coming back after a pause: a period begins today, and its invoice is paid, if it was agreed to.

Resuming tries no card, and the pause goes on until the invoice of the return is paid, so we have it
paid. A card that fails hinders nobody from coming back: the dues are past due, and grace begins.

Source: docs.stripe.com/billing/subscriptions/pause, "Resume subscriptions" and "Payment behavior".
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from domain.payments.orders import Call, ResumeDues, Sign
from domain.payments.refusals import CardRefused, PaymentRefused, PriceChanged
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


def is_return(call: Call) -> bool:
    """Tell whether a call is a return."""
    return call.path.endswith(_RESUME)


async def send(connection: Connection, call: Call, *, key: str) -> tuple[Any, str | None]:
    """Begin a return and have its invoice paid; one that waits for its payment goes on.

    To ask for another would take the waiting invoice back, and with it what the pause gave back.

    Args:
        connection: to Stripe.
        call: a return.
        key: under which it is made.

    Returns:
        Stripe's answer, and the id of the request.

    Raises:
        PriceChanged: it would cost more than was agreed to; nothing was done.
        PaymentRefused: it cost more only then; nothing was charged, and a person has to look.
    """
    path = call.path.removesuffix(_RESUME)
    before, request_id = await connection.raw("get", path, {"expand": ["latest_invoice"]})
    answer, invoice = before, before.get("latest_invoice") or {}
    if not _waits(before, invoice):
        if call.at_most is not None:
            await _require_agreed(connection, before["id"], call.at_most)
        answer, request_id = await connection.raw(
            call.verb, call.path, call.params, idempotency_key=key
        )
        if answer.get("status") != "paused" or not answer.get("latest_invoice"):
            return answer, request_id  # nothing had to be paid
        invoice, _ = await connection.raw("get", f"/v1/invoices/{answer['latest_invoice']}", {})
    await _collect(connection, invoice, call.at_most, key=key)
    return answer, request_id


def _waits(subscription: Any, invoice: Any) -> bool:
    """Tell whether the newest invoice is that of a return: made since the pause, and not paid."""
    paused = (subscription.get("status_details") or {}).get("paused") or {}
    since = paused.get("transitioned_at")
    made = subscription["status"] == "paused" and since is not None
    return made and invoice.get("status") == "open" and invoice["created"] >= since


async def _require_agreed(connection: Connection, subscription_id: str, at_most: Money) -> None:
    asked = {"subscription": subscription_id, "subscription_details": {"resume_at": "now"}}
    invoice, _ = await connection.raw("post", "/v1/invoices/create_preview", asked)
    if not _is_agreed(invoice, at_most):
        raise PriceChanged("Coming back costs more than was agreed to.")


def _is_agreed(invoice: Any, at_most: Money) -> bool:
    asked = from_stripe(invoice["amount_due"], invoice["currency"])
    return asked.currency == at_most.currency and asked.cents <= at_most.cents


async def _collect(
    connection: Connection, invoice: Any, at_most: Money | None, *, key: str
) -> None:
    """Have the invoice of a return paid: resuming tries no card, and the pause would go on."""
    path = f"/v1/invoices/{invoice['id']}"
    if at_most is not None and not _is_agreed(invoice, at_most):
        if invoice["status"] == "open":  # "the subscription stays paused"
            await connection.raw("post", f"{path}/void", {}, idempotency_key=f"{key}-void")
        raise PaymentRefused("Coming back cost more than was agreed to.", why="return_dearer")
    with suppress(CardRefused):
        await connection.raw("post", f"{path}/pay", {}, idempotency_key=f"{key}-pay")
