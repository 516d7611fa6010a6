"""Those who were too late on a stream try again one after the other.

A whole group checks in within the same seconds, and every check-in is a decision on one meeting. If
all who were stale loaded and decided again at once, one of them would win each round, and the last
would give up after as many rounds as there are people.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    """The queues of one process, one a stream that somebody was too late on.

    Nothing depends on them but patience: the store alone decides who was first.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def on(self, stream_ids: Iterable[UUID]) -> AsyncIterator[None]:
        """Wait for one's turn on every one of some streams; with none of them, do not wait."""
        async with AsyncExitStack() as held:
            for stream_id in sorted(stream_ids):  # in one order, so that nobody waits in a circle
                lock = self._locks.setdefault(stream_id, asyncio.Lock())
                await held.enter_async_context(lock)
            yield
