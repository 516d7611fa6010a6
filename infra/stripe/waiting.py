"""Another plan that waits for its payment: a pending update, and the invoice that settles it.

Source: docs.stripe.com/billing/subscriptions/pending-updates.
"""

from __future__ import annotations

from typing import Final

import stripe

from domain.payments.orders import Call, Sign
from infra.stripe.connection import Connection

BEHAVIOR: Final = "pending_if_incomplete"
_MADE_BY_A_CHANGE: Final = "subscription_update"


async def invoice_of_change(
    connection: Connection, subscription: stripe.Subscription
) -> stripe.Invoice | None:
    """Return the invoice that a change of a subscription waits for, with its payments.

    The newest one of a subscription can be another: what gathered may have been billed since.
    """
    if subscription.pending_update is None:
        return None
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
    made = [each for each in found.data if each.billing_reason == _MADE_BY_A_CHANGE]
    return max(made, key=lambda each: each.created, default=None)


async def taking_back(connection: Connection, subscription: stripe.Subscription) -> list[Call]:
    """Return the call that takes a waiting change back: nobody shall pay for it any more.

    Somebody may pay just then; that is seen by what the subscription is afterwards.
    """
    invoice = await invoice_of_change(connection, subscription)
    if invoice is None:
        return []
    path = f"/v1/invoices/{invoice.id}"
    sign = Sign(path=path, params={}, field=("status",), values=("void", "paid"))
    return [Call(verb="post", path=f"{path}/void", params={}, sign=sign)]
