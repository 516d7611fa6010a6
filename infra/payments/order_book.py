"""The book of payment orders: what was sent, under which key, how often, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from domain.payments.orders import Call, EntryOfOrder, Made

_KEPT: Final = timedelta(days=400)  # a dispute may come 120 days after a year that was paid at once

_COLUMNS: Final = "calls, step, generation, began_at, tries, broken"
_FIND: Final = f"SELECT {_COLUMNS} FROM payment_orders WHERE effect_id = $1 AND calls IS NOT NULL"  # noqa: S608  constants
_FREEZE: Final = """INSERT INTO payment_orders (effect_id, kind, calls, created_at)
                    VALUES ($1, $2, $3, $4)
                    ON CONFLICT (effect_id) DO UPDATE SET calls = excluded.calls
                      WHERE payment_orders.calls IS NULL"""
_TRY: Final = """UPDATE payment_orders SET tries = tries + 1, began_at = coalesce(began_at, $2)
                  WHERE effect_id = $1"""
_FAIL: Final = """UPDATE payment_orders SET last_error = $2, request_id = coalesce($3, request_id),
                         broken = broken + $4 WHERE effect_id = $1"""
_STEP: Final = """UPDATE payment_orders
                     SET step = step + 1, generation = 1, began_at = NULL, broken = 0,
                         last_error = NULL, made = made || $2::text, request_id = $3,
                         done_at = CASE WHEN $4 THEN $5::timestamptz END
                   WHERE effect_id = $1 AND step = $6"""
_RENEW: Final = """UPDATE payment_orders
                      SET generation = generation + 1, began_at = NULL, broken = 0
                    WHERE effect_id = $1 AND generation = $2"""
_REOPEN: Final = """UPDATE payment_orders
                       SET generation = generation + 1, began_at = NULL, broken = 0,
                           calls = CASE WHEN step > 0 THEN calls END
                     WHERE effect_id = $1"""
_EARLIER: Final = """
    SELECT EXISTS (
        SELECT FROM outbox o, outbox mine
         WHERE mine.effect_id = $1 AND o.state = 'waiting' AND o.kind = 'payment_order'
           AND (o.created_at, o.effect_id) < (mine.created_at, mine.effect_id)
           AND o.last_error IS DISTINCT FROM $3
           AND $2 IN (o.payload::jsonb ->> 'subscription_id', o.payload::jsonb ->> 'session_id',
                      o.payload::jsonb ->> 'account_id'))"""


class PaymentOrderBook:
    """Keeps what became of orders (:class:`services.payments.carrying.OrderBook`).

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def find(self, effect_id: UUID) -> EntryOfOrder | None:
        """Return what is written about an order."""
        row = await self._pool.fetchrow(_FIND, effect_id)
        if row is None:
            return None
        calls = msgspec.json.decode(row["calls"], type=tuple[Call, ...])
        return EntryOfOrder(
            calls=calls,
            step=row["step"],
            generation=row["generation"],
            began_at=row["began_at"],
            tries=row["tries"],
            broken=row["broken"],
        )

    async def freeze(
        self, effect_id: UUID, kind: str, calls: Sequence[Call], *, at: datetime
    ) -> None:
        """Write the words of an order down, before its first try; they never change."""
        await self._pool.execute(_FREEZE, effect_id, kind, msgspec.json.encode(calls).decode(), at)

    async def trying(self, effect_id: UUID, *, at: datetime) -> None:
        """Write down that a call goes out."""
        await self._pool.execute(_TRY, effect_id, at)

    async def failed(
        self, effect_id: UUID, *, problem: str, request_id: str | None, broken: bool
    ) -> None:
        """Write down that it came to nothing that is known; *broken*: the answer was an error."""
        await self._pool.execute(_FAIL, effect_id, problem, request_id, int(broken))

    async def done(
        self, effect_id: UUID, step: int, made: Made, *, last: bool, at: datetime
    ) -> None:
        """Write down that a call is done; the next one begins with its own key."""
        await self._pool.execute(_STEP, effect_id, made.object_id, made.request_id, last, at, step)

    async def renew(self, effect_id: UUID, generation: int) -> None:
        """Take a new key, now that the old one is seen to have made nothing."""
        await self._pool.execute(_RENEW, effect_id, generation)

    async def reopen(self, effect_id: UUID) -> None:
        """Forget the words of an order that was refused: if a person tries again, it is said anew.

        The key is a new one as well, because the refusal is saved with the old one. What an earlier
        call of the same order has done stays done.
        """
        await self._pool.execute(_REOPEN, effect_id)

    async def earlier_waits(self, effect_id: UUID, subject: str, *, not_due: str) -> bool:
        """Tell whether an earlier order about the same subject waits, and not for its day."""
        return bool(await self._pool.fetchval(_EARLIER, effect_id, subject, not_due))

    async def sweep(self, *, at: datetime) -> None:
        """Forget what was done long ago."""
        await self._pool.execute("DELETE FROM payment_orders WHERE done_at < $1", at - _KEPT)
