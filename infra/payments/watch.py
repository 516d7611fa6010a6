"""What watching over the payment service needs kept: chores, watermarks, and differences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg

from domain.payments.drift import EVENTS, Drift, DriftRow, LeftOut
from domain.values import Money

_LEASE: Final = timedelta(hours=1)
_KEPT: Final = timedelta(days=400)  # differences that are gone

_CLAIM: Final = """INSERT INTO regular_chores AS c (name, due_at, leased_until)
                   VALUES ($1, $2, $3)
                   ON CONFLICT (name) DO UPDATE SET leased_until = $3
                     WHERE c.due_at <= $2 AND (c.leased_until IS NULL OR c.leased_until < $2)
                   RETURNING name"""
_IS_DUE: Final = """SELECT NOT EXISTS (SELECT FROM regular_chores
                     WHERE name = $1 AND (due_at > $2 OR leased_until >= $2))"""
_DONE: Final = """UPDATE regular_chores SET due_at = $3, leased_until = NULL, done_at = $2,
                         last_error = NULL WHERE name = $1"""
_FAILED: Final = """UPDATE regular_chores SET due_at = $2, leased_until = NULL, last_error = $3
                     WHERE name = $1"""
_REACH: Final = """INSERT INTO watermarks AS w VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET reached_at = greatest(w.reached_at, $2)"""
_FOUND: Final = """INSERT INTO drifts AS d (kind, subject, ours, theirs, found_at, seen_at)
                   VALUES ($1, $2, $3, $4, $5, $5)
                   ON CONFLICT (kind, subject) WHERE healed_at IS NULL
                   DO UPDATE SET ours = $3, theirs = $4, seen_at = $5"""
_HEALED: Final = """UPDATE drifts SET healed_at = $2
                     WHERE healed_at IS NULL AND kind = ANY ($1)
                       AND (kind, subject) NOT IN (SELECT * FROM unnest($3::text[], $4::text[]))"""
_LEFT_OUT: Final = """SELECT month, move, currency, many, cents FROM sums_left_out
                       WHERE month = (SELECT max(month) FROM sums_left_out)
                       ORDER BY move, currency"""
_OPEN: Final = """SELECT kind, subject, ours, theirs, found_at, seen_at FROM drifts
                   WHERE healed_at IS NULL ORDER BY found_at, drift_id"""


class RegularChores:
    """Work that comes again and again, done once by whichever worker comes first.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def claim(self, name: str, *, at: datetime) -> bool:
        """Take a chore that is due; nobody else has it for an hour. A new one is due at once."""
        if not await self._pool.fetchval(_IS_DUE, name, at):
            return False  # asked at every wake: no row is locked for that
        found = await self._pool.fetchval(_CLAIM, name, at, at + _LEASE)
        return found is not None

    async def done(self, name: str, *, at: datetime, due_at: datetime) -> None:
        """Give a chore back, done; it is due again later."""
        await self._pool.execute(_DONE, name, at, due_at)

    async def failed(self, name: str, *, due_at: datetime, problem: str) -> None:
        """Give a chore back that did not work; *problem* is a word, never personal data."""
        await self._pool.execute(_FAILED, name, due_at, problem)


class Watermarks:
    """How far something was read, by its own time; a mark never goes back.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def reached(self, name: str) -> datetime | None:
        """Return a mark, if one was ever set."""
        found: datetime | None = await self._pool.fetchval(
            "SELECT reached_at FROM watermarks WHERE name = $1", name
        )
        return found

    async def reach(self, name: str, at: datetime) -> None:
        """Set a mark."""
        await self._pool.execute(_REACH, name, at)


class DriftBook:
    """Where our record and somebody else's differ; a number that ought to be nought.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def record(
        self, kinds: Collection[str], drifts: Sequence[Drift], *, at: datetime
    ) -> None:
        """Keep what a comparison found; open ones of its kinds that it found no more are healed.

        Args:
            kinds: which kinds of difference were looked for.
            drifts: all that there are.
            at: now.
        """
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute(
                _HEALED,
                sorted(kinds),
                at,
                [each.kind for each in drifts],
                [each.subject for each in drifts],
            )
            await conn.executemany(
                _FOUND, [(each.kind, each.subject, each.ours, each.theirs, at) for each in drifts]
            )

    async def open(self) -> list[DriftRow]:
        """Return what is not healed, oldest first."""
        return [DriftRow(**row) for row in await self._pool.fetch(_OPEN)]

    async def leave_out(self, month: date, found: Sequence[LeftOut]) -> None:
        """Keep what was left out of a month's sums, in the place of what was found before."""
        rows = [
            (each.month, each.move, each.amount.currency, each.many, each.amount.cents)
            for each in found
        ]
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute("DELETE FROM sums_left_out WHERE month = $1", month)
            await conn.executemany("INSERT INTO sums_left_out VALUES ($1, $2, $3, $4, $5)", rows)

    async def left_out(self) -> list[LeftOut]:
        """Return what was left out of the newest month's sums that left anything out."""
        return [
            LeftOut(
                month=row["month"],
                move=row["move"],
                many=row["many"],
                amount=Money(row["cents"], row["currency"]),
            )
            for row in await self._pool.fetch(_LEFT_OUT)
        ]

    async def events_read(self) -> datetime | None:
        """Return until when the payment service's events were read."""
        return await Watermarks(self._pool).reached(EVENTS)

    async def found_since(self, since: datetime) -> int:
        """Count what was found from an instant on, healed or not."""
        found: int = await self._pool.fetchval(
            "SELECT count(*) FROM drifts WHERE found_at >= $1", since
        )
        return found

    async def sweep(self, *, at: datetime) -> None:
        """Forget what was healed long ago."""
        await self._pool.execute("DELETE FROM drifts WHERE healed_at < $1", at - _KEPT)
