"""Messages that are handled by what they are about: all that wait for one root, together.

Three messages about one subscription call for one look at it, and two workers never look at the
same one at once: whoever handles a root holds its lock. The lock belongs to a session and not to a
transaction, because handling a root waits for somebody else's answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import structlog

from domain.errors import DomainError
from domain.ports import Clock
from infra.projector import Connection
from infra.queues.queues import FIRST_PAUSE, TRIES, Inbox, NotYet, Piece, WillNeverWork

log = structlog.get_logger()

Verdict = str | Exception | None
"""What became of a message: done (with a word if it was none of ours), or what stood in the way."""

PerformRoot = Callable[[str, Sequence[Piece]], Awaitable[Mapping[tuple[Any, ...], Verdict]]]
"""Handles the messages of a root; what it raises is what became of each of them."""

_AWAY_PAUSE: Final = timedelta(seconds=30)
_LOOKED_AT: Final = 16  # roots that are due longest; the first that nobody else has is taken
_AT_ONCE: Final = 500  # messages of one root; a customer's year has fewer

_DUE: Final = """SELECT root_key FROM inbox
                  WHERE state = 'waiting' AND root_key IS NOT NULL AND source = $1
                    AND next_at <= $2
                  GROUP BY root_key ORDER BY min(next_at), root_key LIMIT $3"""
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('inbox/' || $1, 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended('inbox/' || $1, 0))"
_ROWS: Final = """SELECT source, external_id, payload, attempts FROM inbox
                   WHERE root_key = $1 AND source = $2 AND state = 'waiting' AND next_at <= $3
                   ORDER BY received_at, external_id LIMIT $4"""
_DONE: Final = """UPDATE inbox SET state = 'done', last_error = NULL, done_at = $3, note = $4
                   WHERE source = $1 AND external_id = $2 AND state = 'waiting'"""
_LATER: Final = """UPDATE inbox SET next_at = $3, last_error = $4
                    WHERE source = $1 AND external_id = $2 AND state = 'waiting'"""
_AGAIN: Final = """UPDATE inbox SET state = $3, attempts = attempts + 1, next_at = $4,
                          last_error = $5
                    WHERE source = $1 AND external_id = $2 AND state = 'waiting'"""
_REPLAY: Final = """UPDATE inbox SET state = 'waiting', attempts = 0, next_at = $3, done_at = NULL,
                           came_by = 'manual'
                     WHERE source = $1 AND external_id = $2 AND state = 'done'
                       AND payload IS NOT NULL AND root_key IS NOT NULL"""


class RootedInbox:
    """The inbox of one source whose messages have roots.

    What a message said stays, sealed, after it was handled: it can be handled once more when
    somebody has to find out what was told, and when.

    Args:
        pool: connections; handling a root holds one for its lock.
        clock: tells what is due.
        inbox: where messages are received, and how they open.
        source: whose messages.
        kept: how long they stay.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        clock: Clock,
        inbox: Inbox,
        *,
        source: str,
        kept: timedelta,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._inbox = inbox
        self._source = source
        self._kept = kept

    async def work_one(self, perform: PerformRoot) -> int:
        """Handle the root that is due longest and that nobody else has; return its messages."""
        async with self._pool.acquire() as conn:
            due = await conn.fetch(_DUE, self._source, self._clock.now(), _LOOKED_AT)
            for (root,) in due:
                if not await conn.fetchval(_LOCK, root):
                    continue
                try:
                    done = await self._handle(conn, root, perform)
                finally:
                    await conn.execute(_UNLOCK, root)
                if done:
                    return done
        return 0

    async def replay(self, external_id: str) -> bool:
        """Handle a message once more that was done; tell whether there was one to handle."""
        said = await self._pool.execute(_REPLAY, self._source, external_id, self._clock.now())
        return bool(said.endswith(" 1"))

    async def sweep(self, *, at: datetime) -> None:
        """Forget messages that were kept long enough."""
        await self._pool.execute(
            "DELETE FROM inbox WHERE source = $1 AND state IN ('done', 'dead')"
            " AND received_at < $2",
            self._source,
            at - self._kept,
        )

    async def _handle(self, conn: Connection, root: str, perform: PerformRoot) -> int:
        rows = await conn.fetch(_ROWS, root, self._source, self._clock.now(), _AT_ONCE)
        verdicts: dict[tuple[Any, ...], Verdict] = {}
        pieces = []
        for row in rows:
            key = (row["source"], row["external_id"])
            try:
                payload = self._inbox.opened(key, row["payload"])
            except WillNeverWork as error:
                verdicts[key] = error
            else:
                pieces.append(Piece(key, self._source, payload, row["attempts"]))
        if pieces:
            try:
                verdicts |= await perform(root, pieces)
            except Exception as error:  # noqa: BLE001  whatever was met, the queue goes on
                verdicts |= {piece.key: error for piece in pieces}
        for row in rows:
            key = (row["source"], row["external_id"])
            await self._settle(conn, key, row["attempts"], verdicts.get(key))
        return len(rows)

    async def _settle(
        self, conn: Connection, key: tuple[str, str], attempts: int, verdict: Verdict
    ) -> None:
        now = self._clock.now()
        match verdict:
            case None | str():
                await conn.execute(_DONE, *key, now, verdict)
            case NotYet():
                await conn.execute(_LATER, *key, now + _AWAY_PAUSE, str(verdict))
            case _:
                final = isinstance(verdict, WillNeverWork) or attempts + 1 >= TRIES
                word = _word_of(verdict)
                if final:
                    log.error("queue.dead", queue="inbox", kind=self._source, problem=word)
                pause = FIRST_PAUSE * 2**attempts
                await conn.execute(_AGAIN, *key, "dead" if final else "waiting", now + pause, word)


def _word_of(error: Exception) -> str:
    """Return a word for what stood in the way; the text of an exception may name people."""
    if isinstance(error, WillNeverWork):
        return str(error)
    return error.code if isinstance(error, DomainError) else type(error).__name__
