"""Turns about a key, among all processes: PostgreSQL's advisory locks, held by a session.

Within a process turns are taken in memory first, so that one connection at most is held for a key,
and a few at most for all keys: whoever has its turn needs connections, too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

_AGAIN_AFTER: Final = 0.05  # seconds, while another process has the turn
_TRY: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_LEAVE: Final = "SELECT pg_advisory_unlock(hashtextextended($1, 0))"


class AdvisoryTurns:
    """Lets one at a time do something about a key.

    Args:
        pool: connections.
        most: how many turns this process has at once, of all keys; far fewer than connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any], *, most: int) -> None:
        self._pool = pool
        self._room = asyncio.Semaphore(most)
        self._waiting: Counter[str] = Counter()
        self._turns: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def __call__(self, key: str) -> AsyncIterator[None]:
        """Wait for the turn, and have it until the end."""
        turn = self._turns.setdefault(key, asyncio.Lock())
        self._waiting[key] += 1
        try:
            async with turn, self._among_processes(key):
                yield
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._turns[key]

    @asynccontextmanager
    async def _among_processes(self, key: str) -> AsyncIterator[None]:
        while True:
            async with self._room, self._pool.acquire() as connection:
                if await connection.fetchval(_TRY, key):
                    try:
                        yield
                    finally:
                        # a connection that broke has left its turn already
                        if not connection.is_closed():
                            await connection.fetchval(_LEAVE, key)
                    return
            await asyncio.sleep(_AGAIN_AFTER)
