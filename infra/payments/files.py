"""What the queues hold of the exchange with the payment service, read for administrators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from domain.payments.files import DisputeSeen, MessageRow, OrderRow, PaymentFigures
from domain.payments.orders import PaymentOrder, decoded
from infra.queues.queues import Inbox, WillNeverWork
from infra.stripe.tellings import dispute_of, kind_of

_SOURCE: Final = "stripe"
_NOT_DUE: Final = "not_due"  # what services/payments/carrying.py calls an order for a later day

_ORDER: Final = """SELECT o.effect_id, o.payload, o.state, o.attempts, o.last_error AS problem,
                          o.created_at, o.next_at, b.tries, b.request_id, b.last_error AS answered,
                          EXISTS (SELECT FROM outbox a
                                   WHERE a.kind = 'try_again' AND a.state IN ('waiting', 'dead')
                                     AND a.payload::jsonb ->> 'key' = o.effect_id::text) AS reviving
                     FROM outbox o LEFT JOIN payment_orders b USING (effect_id)
                    WHERE o.kind = 'payment_order' AND o.state IN ('waiting', 'dead')"""
_ABOUT: Final = f"""{_ORDER} AND (o.payload::jsonb ->> 'account_id' = ANY ($1)
                                  OR o.payload::jsonb ->> 'membership_id' = ANY ($1))
                     ORDER BY o.created_at, o.effect_id"""
_ONE: Final = f"{_ORDER} AND o.effect_id = $1"
_MESSAGE: Final = """SELECT source, external_id, payload, root_key, state, note, last_error,
                            attempts, came_by, received_at FROM inbox WHERE source = $1"""
_MESSAGES: Final = f"""{_MESSAGE} AND (root_key = ANY ($2) OR external_id = ANY ($3))
                        ORDER BY received_at DESC, external_id DESC LIMIT $4"""
_NAMED: Final = f"{_MESSAGE} AND external_id = $2"
_TOLD: Final = f"""{_MESSAGE} AND root_key = $2 AND payload IS NOT NULL
                    ORDER BY received_at DESC, external_id DESC LIMIT 20"""
_FIGURES: Final = """
    SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting' AND kind = 'payment_order'
               AND last_error IS DISTINCT FROM $2) AS orders_waiting,
           (SELECT min(created_at) FROM outbox WHERE state = 'waiting' AND kind = 'payment_order'
               AND last_error IS DISTINCT FROM $2) AS oldest_order_at,
           (SELECT count(*) FROM inbox WHERE state = 'waiting' AND source = $1) AS messages_waiting,
           (SELECT min(received_at) FROM inbox WHERE state = 'waiting' AND source = $1)
               AS oldest_message_at
"""


class PaymentFiles:
    """Reads inbox, outbox and order book (:class:`domain.payments.files.PaymentFiles`).

    Args:
        pool: connections.
        inbox: opens what messages say.
    """

    def __init__(self, pool: asyncpg.Pool[Any], inbox: Inbox) -> None:
        self._pool = pool
        self._inbox = inbox

    async def orders(self, subjects: Collection[UUID]) -> list[OrderRow]:
        """Return the orders that wait about accounts and memberships, the oldest first."""
        rows = await self._pool.fetch(_ABOUT, [str(each) for each in subjects])
        return [_order(row) for row in rows]

    async def order(self, effect_id: UUID) -> OrderRow | None:
        """Return an order that waits."""
        row = await self._pool.fetchrow(_ONE, effect_id)
        return None if row is None else _order(row)

    async def messages(
        self, about: Collection[str], named: Collection[str], *, limit: int
    ) -> list[MessageRow]:
        """Return messages by what they are about, or by their own ids, the newest first."""
        rows = await self._pool.fetch(_MESSAGES, _SOURCE, [*about], [*named], limit)
        return [self._message(row) for row in rows]

    async def message(self, message_id: str) -> MessageRow | None:
        """Return a message that came."""
        row = await self._pool.fetchrow(_NAMED, _SOURCE, message_id)
        return None if row is None else self._message(row)

    async def dispute(self, dispute_id: str) -> DisputeSeen | None:
        """Return what was last told of a dispute, while a message of it is kept."""
        for row in await self._pool.fetch(_TOLD, _SOURCE, dispute_id):
            if seen := dispute_of(self._content(row)):
                return seen
        return None

    async def figures(self) -> PaymentFigures:
        """Return how the exchange is doing."""
        row = await self._pool.fetchrow(_FIGURES, _SOURCE, _NOT_DUE)
        assert row is not None, "a query without a table of its own has one row"
        return PaymentFigures(**row)

    def _message(self, row: Mapping[str, Any]) -> MessageRow:
        return MessageRow(
            message_id=row["external_id"],
            kind=kind_of(self._content(row)),
            root=row["root_key"],
            state=row["state"],
            note=row["note"],
            problem=row["last_error"],
            attempts=row["attempts"],
            came_by=row["came_by"],
            received_at=row["received_at"],
        )

    def _content(self, row: Mapping[str, Any]) -> Any:
        """Return what a message says, if it is kept and its seal opens."""
        if row["payload"] is None:
            return None
        try:
            return self._inbox.opened((row["source"], row["external_id"]), row["payload"])
        except WillNeverWork:
            return None


def _order(row: Mapping[str, Any]) -> OrderRow:
    stuck = row["state"] == "dead" and not row["reviving"]
    return OrderRow(
        effect_id=row["effect_id"],
        order=_read(row["payload"]),
        stuck=stuck,
        tries=row["tries"] or 0,
        problem=row["problem"] or row["answered"],
        request_id=row["request_id"],
        since=row["created_at"],
        next_at=None if stuck else row["next_at"],
    )


def _read(payload: str | None) -> PaymentOrder | None:
    try:
        return None if payload is None else decoded(msgspec.json.decode(payload))
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
