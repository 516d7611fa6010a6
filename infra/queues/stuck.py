"""What waits for a person, and what waits at all: the figures of inbox, outbox and readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg


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
        retriable: whether it can be tried again: what a message said may be forgotten, and a view
            goes on by itself once its code is mended.
        settleable: whether a person can say that it is dealt with; a view cannot be told so.
    """

    where: str
    key: str
    kind: str
    problem: str
    attempts: int
    since: datetime
    retriable: bool
    settleable: bool


async def stuck(pool: asyncpg.Pool[Any]) -> list[Stuck]:
    """List dead letters of every kind, oldest first."""
    rows = await pool.fetch(
        """
        SELECT 'outbox' AS place, effect_id::text AS key, kind,
               coalesce(last_error, 'unknown') AS problem, attempts, created_at AS since,
               payload IS NOT NULL AS retriable, true AS settleable
          FROM outbox WHERE state = 'dead'
        UNION ALL  -- waits for a person as well: nobody but they can mend a key
        SELECT 'outbox', effect_id::text, kind, last_error, attempts, created_at, false, false
          FROM outbox WHERE state = 'waiting' AND last_error = 'payments.key_refused'
        UNION ALL
        SELECT 'inbox', source || '/' || external_id, source, coalesce(last_error, 'unknown'),
               attempts, received_at, payload IS NOT NULL, true FROM inbox WHERE state = 'dead'
        UNION ALL
        SELECT 'reader', reader || '/' || position::text, reader, problem, attempts, created_at,
               reader LIKE 'process.%', reader LIKE 'process.%'
          FROM dead_letters WHERE solved_at IS NULL
        ORDER BY since
        """
    )
    return [
        Stuck(
            r["place"],
            r["key"],
            r["kind"],
            r["problem"],
            r["attempts"],
            r["since"],
            r["retriable"],
            r["settleable"],
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Messages that were done with because they are nobody's.

    Attributes:
        source: where they came from.
        note: why, in a word.
        many: how many, in the days that the inbox looks back.
        newest: when the last one came.
    """

    source: str
    note: str
    many: int
    newest: datetime


async def set_aside(pool: asyncpg.Pool[Any], *, since: datetime) -> list[SetAside]:
    """Count messages that belonged to nothing, so that one who misses some can find out why."""
    rows = await pool.fetch(
        "SELECT source, note, count(*) AS many, max(received_at) AS newest FROM inbox"
        " WHERE note IS NOT NULL AND received_at >= $1 GROUP BY source, note ORDER BY source, note",
        since,
    )
    return [SetAside(r["source"], r["note"], r["many"], r["newest"]) for r in rows]


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
