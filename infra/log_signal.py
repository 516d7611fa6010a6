"""Wakes readers of the log: a NOTIFY is the hint, a short pause is the truth.

The same connection hears in whose corridor a word was left, and about which meeting somebody said
that they cannot come; that is a hint for open pages only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from infra.event_store.writer import Connect

_CHANNEL: Final = "peerhour_log"
_OUTSIDE: Final = ("peerhour_corridor", "peerhour_regrets")  # what lies outside the log
_MOST_WAITING: Final = 1000  # a page that misses one shows it when it is loaded
_LONGEST_PAUSE: Final = 0.25  # seconds between two looks when no hint comes
_RECONNECT: Final = 1.0


class LogSignal:
    """Tells when there may be something new.

    Args:
        connect: opens a connection to listen on.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._waiters: set[asyncio.Event] = set()
        self._pages: set[asyncio.Queue[UUID]] = set()

    def ring(self) -> None:
        """Wake everybody: this process itself has just written."""
        for waiter in self._waiters:
            waiter.set()

    async def wait(self, longest: float = _LONGEST_PAUSE) -> None:
        """Return at the next hint, or after *longest* seconds."""
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(longest):
                    await waiter.wait()
        finally:
            self._waiters.discard(waiter)

    async def outside(self) -> AsyncGenerator[tuple[UUID, int], None]:
        """Yield (group or meeting, 0) when something outside the log changed; 0: no event did."""
        heard: asyncio.Queue[UUID] = asyncio.Queue(_MOST_WAITING)
        self._pages.add(heard)
        try:
            while True:
                yield await heard.get(), 0
        finally:
            self._pages.discard(heard)

    async def listen(self) -> None:
        """Pass on the database's hints until cancelled; a lost connection is made anew."""
        while True:
            try:
                connection = await self._connect()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(_RECONNECT)
                continue
            try:
                await connection.add_listener(_CHANNEL, self._hint)
                for channel in _OUTSIDE:
                    await connection.add_listener(channel, self._changed)
                while not connection.is_closed():  # noqa: ASYNC110  asyncpg tells no other way
                    await asyncio.sleep(_RECONNECT)
            finally:
                with contextlib.suppress(Exception):
                    await connection.close(timeout=1)

    def _hint(self, *_: object) -> None:
        self.ring()

    def _changed(self, *told: object) -> None:
        with contextlib.suppress(ValueError):  # anybody with the database can say anything
            changed = UUID(str(told[-1]))
            for heard in self._pages:
                if not heard.full():
                    heard.put_nowait(changed)


async def shown_changes(
    pool: asyncpg.Pool[Any], signal: LogSignal, readers: Sequence[str]
) -> AsyncIterator[tuple[UUID, int]]:
    """Yield (stream, position) of each new event once every one of *readers* shows it."""
    seen: int | None = None
    while True:
        try:
            reached = await pool.fetchval(
                "SELECT min(position) FROM checkpoints WHERE reader = ANY ($1)", list(readers)
            )
            if seen is None:
                seen = reached or 0
            if reached is not None and reached > seen:
                rows = await pool.fetch(
                    "SELECT stream_id, max(position) AS position FROM events"
                    " WHERE position > $1 AND position <= $2 GROUP BY stream_id ORDER BY 2",
                    seen,
                    reached,
                )
                seen = reached
                for row in rows:
                    yield row["stream_id"], row["position"]
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(_RECONNECT)
        await signal.wait()
