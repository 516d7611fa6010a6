"""What really moved in the account at Stripe: the lines of its balance, and who paid them.

The account may be shared with other products, so a line says whose customer paid; whether that is
one of ours is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from domain.payments.news import BookedLine
from domain.values import Money
from infra.stripe.amounts import from_stripe
from infra.stripe.connection import Connection
from infra.stripe.envelopes import foreign_id
from infra.stripe.facts import Json
from infra.stripe.lists import every, plain

PAID: Final = "paid"
PAID_BACK: Final = "paid_back"
_MOVES: Final = {
    "charge": PAID,
    "payment": PAID,
    "refund": PAID_BACK,
    "payment_refund": PAID_BACK,
    "refund_failure": PAID_BACK,
    "payment_failure_refund": PAID_BACK,
}


async def booked(
    connection: Connection, since: datetime, until: datetime
) -> AsyncIterator[BookedLine]:
    """Yield what moved in a period, in the currency that people paid in.

    A refund does not say whose payment it returns; its charge does, and comes with it.

    Args:
        connection: with a key that may read balance transactions, charges and refunds.
        since: the first moment.
        until: the first one after the last.

    Raises:
        PaymentsAway: it was not all of it.
    """
    v1 = connection.client.v1
    asked: Any = {
        "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
        "expand": ["data.source.charge"],  # where a source has none, Stripe passes over it
    }
    async for found in every(connection.ask, v1.balance_transactions.list_async, asked):
        line = plain(found)
        move = _MOVES.get(line["type"])
        if move is None:
            continue
        moved = _in_the_payers_currency(line)
        cents = moved.cents if move == PAID else -moved.cents
        yield BookedLine(
            move=move,
            amount=Money(cents, moved.currency),
            customer_id=_payer_of(line.get("source")),
        )


def _payer_of(source: Any) -> str | None:
    """Return whose payment a line is about."""
    if not isinstance(source, dict):
        return None
    charge = source if source.get("object") == "charge" else source.get("charge")
    return foreign_id(charge.get("customer")) if isinstance(charge, dict) else None


def _in_the_payers_currency(line: Json) -> Money:
    """Return what a line of the balance moved: for us, or in what its payer paid in."""
    source = line.get("source")
    if isinstance(source, dict) and source["currency"] != line["currency"]:
        whole = from_stripe(source["amount"], source["currency"])
        return whole if line["amount"] >= 0 else Money(-whole.cents, whole.currency)
    return from_stripe(line["amount"], line["currency"])
