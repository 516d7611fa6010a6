"""A reader who follows the log while everything around it is killed.

It reads as every reader of the product does, behind the last position it has seen, and never looks
back: whatever appears late, vanishes or changes afterwards is missed, and that shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from tests.faults.app import AWAY
from tests.faults.tally import Tally

Seen: TypeAlias = tuple[int, UUID, int, UUID]
"""An event as a reader tells it from others: position, stream, version, order."""

_PAUSE = 0.01  # seconds
_BATCH = 200


class Tail:
    """Follows the log from its beginning.

    Args:
        store: where it reads.

    Attributes:
        seen: every event it was given, in that order.
    """

    def __init__(self, store: PostgresEventStore) -> None:
        self._store = store
        self.seen: list[Seen] = []

    @property
    def position(self) -> int:
        """The last position it has seen."""
        return self.seen[-1][0] if self.seen else 0

    async def follow(self) -> None:
        """Read until cancelled; a database that is away is waited for."""
        while True:
            with suppress(*AWAY):
                for each in await self._store.read(self.position, _BATCH):
                    event = each.event
                    assert isinstance(event, Tally.Begun | Tally.Added)
                    self.seen.append(
                        (
                            each.position,
                            event.originator_id,
                            event.originator_version,
                            event.order_id,
                        )
                    )
            await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def following(address: ConnectKwargs, keys: Path) -> AsyncIterator[Tail]:
    """Follow the log meanwhile."""
    keystore = KeyStore(keys)
    pool = await open_pool(address, max_size=1)
    store = PostgresEventStore(
        pool, partial(connect, address), EventMapper(keystore), SystemClock()
    )
    tail = Tail(store)
    task = asyncio.create_task(tail.follow(), name="tail")
    try:
        yield tail
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task  # what it stumbled over is raised here
        pool.terminate()
        keystore.close()
