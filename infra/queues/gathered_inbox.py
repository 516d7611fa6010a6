"""Messages that come in bursts, committed together: one transaction for all that wait by then.

A renewal day brings thousands of messages within minutes, and each must be on disk before it is
answered. While one commit is on its way the next messages gather, so that the burst costs as many
commits as the disk can do, and not as many as there are messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from domain.ports import Clock
from infra.queues.queues import Inbox

_MOST: Final = 200  # messages of one commit
_KEEP: Final = """
    INSERT INTO inbox (source, external_id, payload, received_at, next_at, root_key, came_by)
    SELECT source, external_id, payload, $1, $1, root_key, came_by
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS came (source, external_id, payload, root_key, came_by)
     ORDER BY source, external_id -- who has the same messages waits in turn, not crosswise
        ON CONFLICT DO NOTHING RETURNING source, external_id"""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message that waits for its commit; *kept* tells whether it is new."""

    source: str
    external_id: str
    payload: str
    root: str | None
    came_by: str | None
    kept: asyncio.Future[bool]


class GatheredInbox:
    """Receives messages with their neighbours (:class:`services.payments.door.Letterbox`).

    Args:
        pool: connections; one at most is used at a time.
        clock: says when messages came.
        inbox: seals them, and takes what is none of ours.
    """

    def __init__(self, pool: asyncpg.Pool[Any], clock: Clock, inbox: Inbox) -> None:
        self._pool = pool
        self._clock = clock
        self._inbox = inbox
        self._waiting: list[_Letter] = []
        self._committing: asyncio.Task[None] | None = None

    async def receive(
        self,
        source: str,
        external_id: str,
        payload: Any,
        *,
        root: str | None = None,
        came_by: str | None = None,
    ) -> bool:
        """Keep a message; tell whether it is new. When this returns, it is on disk."""
        sealed = self._inbox.sealed((source, external_id), payload)
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Letter(source, external_id, sealed, root, came_by, kept))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit(), name="inbox commits")
        return await kept

    async def set_aside(self, source: str, external_id: str, note: str) -> bool:
        """Remember that a message came which is none of ours; these are few."""
        return await self._inbox.set_aside(source, external_id, note)

    async def _commit(self) -> None:
        """Commit batch after batch until nothing waits."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                try:
                    new = await self._keep(batch)
                except Exception as error:  # noqa: BLE001  each of them is told, and asks again
                    _tell(batch, error)
                else:
                    _tell(batch, new)
        finally:
            self._committing = None

    async def _keep(self, batch: Sequence[_Letter]) -> set[tuple[str, str]]:
        rows = await self._pool.fetch(
            _KEEP,
            self._clock.now(),
            [each.source for each in batch],
            [each.external_id for each in batch],
            [each.payload for each in batch],
            [each.root for each in batch],
            [each.came_by for each in batch],
        )
        return {(row["source"], row["external_id"]) for row in rows}


def _tell(batch: Sequence[_Letter], said: set[tuple[str, str]] | Exception) -> None:
    """Answer everybody who still waits; of two that are the same, the first one is new."""
    for letter in batch:
        if letter.kept.done():  # whoever brought it went away
            continue
        if isinstance(said, Exception):
            letter.kept.set_exception(said)
        else:
            key = (letter.source, letter.external_id)
            letter.kept.set_result(key in said)
            said.discard(key)
