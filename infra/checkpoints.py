"""Where process managers keep how far they have read, and what they could not do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import asyncpg


class Checkpoints:
    """Checkpoints and dead letters of process managers.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def caught_up(self, readers: Collection[str], head: int) -> frozenset[str]:
        """Return which of *readers* have seen everything up to *head*: one look for them all."""
        rows = await self._pool.fetch(
            "SELECT reader FROM checkpoints WHERE reader = ANY ($1) AND position >= $2",
            list(readers),
            head,
        )
        return frozenset(row["reader"] for row in rows)

    async def position(self, reader: str) -> int:
        """Return how far a reader is; 0 for a new one."""
        found = await self._pool.fetchval(
            "SELECT position FROM checkpoints WHERE reader = $1", reader
        )
        if found is None:
            await self._pool.execute(
                "INSERT INTO checkpoints (reader, version, position) VALUES ($1, 1, 0)"
                " ON CONFLICT (reader) DO NOTHING",
                reader,
            )
            return await self.position(reader)
        return int(found)

    async def move(self, reader: str, old: int, new: int) -> None:
        """Move a reader forward, unless another worker has moved it already."""
        await self._pool.execute(
            "UPDATE checkpoints SET position = $3, updated_at = now()"
            " WHERE reader = $1 AND position = $2",
            reader,
            old,
            new,
        )

    async def note_failure(self, reader: str, position: int, problem: str) -> int:
        """Keep what went wrong at a position; return how often it has failed there.

        What was solved stays so: a worker that fails late, after another one's success or a
        person's word, brings nothing back on the list.
        """
        attempts = await self._pool.fetchval(
            "INSERT INTO dead_letters (reader, position, problem, attempts) VALUES ($1, $2, $3, 1)"
            " ON CONFLICT (reader, position) DO UPDATE SET problem = $3,"
            " attempts = dead_letters.attempts + 1 RETURNING attempts",
            reader,
            position,
            problem,
        )
        return int(attempts)

    async def failed(self, reader: str, after: int) -> frozenset[int]:
        """Return the positions behind *after* at which something is still to be solved."""
        rows = await self._pool.fetch(
            "SELECT position FROM dead_letters"
            " WHERE reader = $1 AND position > $2 AND solved_at IS NULL",
            reader,
            after,
        )
        return frozenset(row["position"] for row in rows)

    async def solve(self, reader: str, position: int) -> None:
        """Mark a failure as solved: it worked, or a person decided."""
        await self._pool.execute(
            "UPDATE dead_letters SET solved_at = now()"
            " WHERE reader = $1 AND position = $2 AND solved_at IS NULL",
            reader,
            position,
        )
