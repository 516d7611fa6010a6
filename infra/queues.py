"""The inbox and the outbox: work that crosses our border, each piece done once it is due.

Workers take entries by a lease in the row, so any number of them share the work and a worker that
dies loses nothing. A piece that fails is tried again with growing pauses; after the last try it is
dead and stays visible until an administrator revives it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog

from domain.ports import Clock

log = structlog.get_logger()

TRIES: Final = 8
_LEASE: Final = timedelta(seconds=60)
_FIRST_PAUSE: Final = timedelta(seconds=2)  # doubles with every try: the eighth comes after 4 min


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry that is due.

    Attributes:
        key: identifies it: the effect id, or (source, external id).
        kind: effect kind, or inbox source.
        payload: decoded JSON.
        attempts: how often it was tried before.
    """

    key: tuple[Any, ...]
    kind: str
    payload: Any
    attempts: int


Perform = Callable[[Piece], Awaitable[None]]


class WillNeverWork(Exception):
    """Raised by a performer: trying again is useless; the piece is dead at once.

    Its text is stored and shown to administrators: a word for the problem, never personal data.
    """


class Queue:
    """What inbox and outbox share: lease, try, pause, give up, revive.

    Args:
        pool: connections.
        clock: tells what is due.
        table: ``inbox`` or ``outbox``.
        key: names of its key columns.
        kind: the column that says who handles a piece.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        clock: Clock,
        *,
        table: str,
        key: tuple[str, ...],
        kind: str,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._table = table
        self._key = key
        same = " AND ".join(f"{name} = ${i}" for i, name in enumerate(key, start=1))
        due = " AND ".join(f"t.{name} = due.{name}" for name in key)
        names = ", ".join(key)
        n = len(key)
        self._take_sql = f"""
            WITH due AS (
                SELECT {names} FROM {table}
                 WHERE state = 'waiting' AND next_at <= $1
                   AND (leased_until IS NULL OR leased_until < $1)
                 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE {table} t SET leased_until = $2 FROM due WHERE {due}
            RETURNING {", ".join(f"t.{name}" for name in key)}, t.{kind} AS kind, t.payload,
                      t.attempts
        """
        self._done_sql = (
            f"UPDATE {table} SET state = 'done', leased_until = NULL, last_error = NULL,"
            f" done_at = ${n + 1}, payload = NULL WHERE {same}"
        )
        self._again_sql = (
            f"UPDATE {table} SET state = ${n + 1}, attempts = attempts + 1, leased_until = NULL,"
            f" next_at = ${n + 2}, last_error = ${n + 3}"
            f" WHERE {same} AND state = 'waiting' AND leased_until = ${n + 4}"
        )
        self._revive_sql = (
            f"UPDATE {table} SET state = 'waiting', attempts = 0, next_at = ${n + 1}"
            f" WHERE {same} AND state = 'dead'"
        )

    async def work_one(self, performers: Mapping[str, Perform]) -> bool:
        """Do the piece that is due longest; tell whether there was one."""
        now = self._clock.now()
        leased_until = now + _LEASE
        row = await self._pool.fetchrow(self._take_sql, now, leased_until)
        if row is None:
            return False
        key = tuple(row[name] for name in self._key)
        piece = Piece(key, row["kind"], msgspec.json.decode(row["payload"]), row["attempts"])
        try:
            if piece.kind not in performers:
                raise WillNeverWork(f"nobody performs {piece.kind}")  # noqa: TRY301
            await performers[piece.kind](piece)
        except WillNeverWork as error:
            await self._give_back(piece, leased_until, "dead", now, str(error))
        except Exception as error:  # noqa: BLE001  whatever a performer met, the queue goes on
            dead = piece.attempts + 1 >= TRIES
            await self._give_back(
                piece,
                leased_until,
                "dead" if dead else "waiting",
                self._clock.now() + _FIRST_PAUSE * 2**piece.attempts,
                type(error).__name__,  # never its text: it may name people
            )
        else:
            await self._pool.execute(self._done_sql, *key, self._clock.now())
        return True

    async def revive(self, key: tuple[Any, ...]) -> bool:
        """Try a dead piece again from the start; tell whether there was one."""
        said = await self._pool.execute(self._revive_sql, *key, self._clock.now())
        return bool(said.endswith(" 1"))

    async def _give_back(
        self, piece: Piece, leased_until: datetime, state: str, next_at: datetime, error: str
    ) -> None:
        """Note a failure, unless the lease ran out and another worker has the piece."""
        if state == "dead":
            log.error("queue.dead", queue=self._table, kind=piece.kind, problem=error)
        await self._pool.execute(self._again_sql, *piece.key, state, next_at, error, leased_until)


class Outbox(Queue):
    """Effects to perform outside; most are written with their events."""

    def __init__(self, pool: asyncpg.Pool[Any], clock: Clock) -> None:
        super().__init__(pool, clock, table="outbox", key=("effect_id",), kind="kind")

    async def add(
        self, effect_id: UUID, kind: str, payload: Any, *, due: datetime | None = None
    ) -> None:
        """Ask for an effect that belongs to no event; the same id again is the same effect."""
        now = self._clock.now()
        await self._pool.execute(
            "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
            " VALUES ($1, $2, $3, $1, $4, $5) ON CONFLICT DO NOTHING",
            effect_id,
            kind,
            msgspec.json.encode(payload).decode(),
            now,
            due or now,
        )


class Inbox(Queue):
    """Messages from outside: received once each, handled later."""

    def __init__(self, pool: asyncpg.Pool[Any], clock: Clock) -> None:
        super().__init__(
            pool,
            clock,
            table="inbox",
            key=("source", "external_id"),
            kind="source",
        )

    async def receive(self, source: str, external_id: str, payload: Any) -> bool:
        """Keep a message; tell whether it is new."""
        now = self._clock.now()
        said = await self._pool.execute(
            "INSERT INTO inbox (source, external_id, payload, received_at, next_at)"
            " VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
            source,
            external_id,
            msgspec.json.encode(payload).decode(),
            now,
        )
        return bool(said.endswith(" 1"))


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something that waits for an administrator.

    Attributes:
        where: ``inbox``, ``outbox`` or ``reader``.
        key: what to hand back to revive it.
        kind: effect, source or reader.
        problem: a word for it; never personal data.
        attempts: how often it was tried.
        since: when it began.
    """

    where: str
    key: str
    kind: str
    problem: str
    attempts: int
    since: datetime


async def stuck(pool: asyncpg.Pool[Any]) -> list[Stuck]:
    """List dead letters of every kind, oldest first."""
    rows = await pool.fetch(
        """
        SELECT 'outbox' AS place, effect_id::text AS key, kind, coalesce(last_error, '') AS problem,
               attempts, created_at AS since FROM outbox WHERE state = 'dead'
        UNION ALL
        SELECT 'inbox', source || '/' || external_id, source, coalesce(last_error, ''), attempts,
               received_at FROM inbox WHERE state = 'dead'
        UNION ALL
        SELECT 'reader', reader || '/' || position::text, reader, problem, attempts, created_at
          FROM dead_letters WHERE solved_at IS NULL
        ORDER BY since
        """
    )
    return [
        Stuck(r["place"], r["key"], r["kind"], r["problem"], r["attempts"], r["since"])
        for r in rows
    ]


async def waiting(pool: asyncpg.Pool[Any]) -> dict[str, int]:
    """Count what is waiting in each queue."""
    row = await pool.fetchrow(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting') AS outbox,"
        " (SELECT count(*) FROM inbox WHERE state = 'waiting') AS inbox"
    )
    assert row is not None
    return {"outbox": row["outbox"], "inbox": row["inbox"]}


def effect_key(text: str) -> tuple[UUID]:
    """Return the key of an outbox entry from its printed form."""
    return (UUID(text),)
