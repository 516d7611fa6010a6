"""Moves views behind the log: events in, rows out, the checkpoint in the same transaction.

Every view owns a PostgreSQL schema (``view_roster``) with its tables. A rebuild fills a second
schema beside the live one and swaps the two by renaming, so readers never see a half-built view.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.recording import Recorded

_ENTER: Final = """INSERT INTO checkpoints (reader, version, position) VALUES ($1, $2, 0)
                   ON CONFLICT (reader) DO NOTHING"""
_LOCK: Final = "SELECT version, position FROM checkpoints WHERE reader = $1 FOR UPDATE"
_MOVE: Final = "UPDATE checkpoints SET position = $2, updated_at = now() WHERE reader = $1"
_HEAD: Final = "SELECT position FROM log_head WHERE id = 1"
_HAS_SEEN_ALL: Final = """SELECT c.position >= h.position FROM checkpoints c, log_head h
                           WHERE c.reader = $1 AND h.id = 1"""
_READ: Final = """SELECT position, stream_id, stream_version, topic, schema_version, body, metadata,
                         recorded_at FROM events
                   WHERE position > $1 AND position <= $2 AND topic = ANY ($3)
                   ORDER BY position LIMIT $4"""
_REACHED: Final = "SELECT count(*) FROM checkpoints WHERE reader = ANY ($1) AND position >= $2"
_STUCK: Final = """INSERT INTO dead_letters (reader, position, problem, attempts)
                   VALUES ($1, $2, $3, 1)
                   ON CONFLICT (reader, position) DO UPDATE
                   SET problem = $3, attempts = dead_letters.attempts + 1, solved_at = NULL"""
_SOLVED: Final = """UPDATE dead_letters SET solved_at = now()
                     WHERE reader = $1 AND position <= $2 AND solved_at IS NULL"""
_CLAIM: Final = """INSERT INTO checkpoints (reader, version, position) VALUES ($1, $2, 0)
                   ON CONFLICT (reader) DO UPDATE SET version = $2, updated_at = now()"""
_STILL_OURS: Final = "SELECT version = $2 FROM checkpoints WHERE reader = $1 FOR UPDATE"
_RELEASE: Final = "DELETE FROM checkpoints WHERE reader = $1"
_SWAPPED: Final = """UPDATE checkpoints SET position = $2, version = $3, updated_at = now()
                     WHERE reader = $1"""
_LAGS: Final = """SELECT c.reader, c.version, c.position, h.position - c.position AS behind
                   FROM checkpoints c, log_head h
                  WHERE c.reader NOT LIKE 'rebuild.%' ORDER BY c.reader"""

BATCH: Final = 500

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"

Progress = Callable[[int, int], None]


class Projection(Protocol):
    """A view: a module under ``projections/`` satisfies this."""

    @property
    def NAME(self) -> str:  # noqa: N802  constants of a module
        """Return the question's noun."""
        ...

    @property
    def VERSION(self) -> int:  # noqa: N802
        """Return the number that changes when the tables or the handler do."""
        ...

    @property
    def TOPICS(self) -> Sequence[str]:  # noqa: N802
        """Return the topics of the events it takes."""
        ...

    @property
    def SCHEMA(self) -> str:  # noqa: N802
        """Return the SQL that makes its tables."""
        ...

    @property
    def project(self) -> Callable[[Recorded, Connection], Awaitable[None]]:
        """Return the function that takes one event into the view's tables."""
        ...


class ReaderState(StrEnum):
    """Whether what a reader built is what today's code would build."""

    CURRENT = "current"
    TO_BE_REBUILT = "to be rebuilt"
    NOT_BUILT = "not built yet"


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a reader is behind the log, in events, and whether today's code built it."""

    reader: str
    position: int
    behind: int
    state: ReaderState = ReaderState.CURRENT


class ProjectionFailed(Exception):
    """A view could not take an event; it stands still until its code is mended."""

    def __init__(self, reader: str, position: int, problem: str) -> None:
        super().__init__(f"{reader} stands still at position {position}: {problem}")
        self.reader = reader
        self.position = position
        self.problem = problem


def reader_of(projection: Projection) -> str:
    """Return the name of a view's checkpoint."""
    return f"view.{projection.NAME}"


def schema_of(projection: Projection) -> str:
    """Return the PostgreSQL schema that holds a view's tables."""
    return f"view_{projection.NAME}"


def search_path(projections: Sequence[Projection]) -> str:
    """Return the search path under which queries find the tables of all views."""
    return ", ".join([*(schema_of(p) for p in projections), "public"])


class Projector:
    """Keeps views up to date.

    Args:
        pool: connections to the database.
        recorded: reads one row of ``events`` into an event.
        projections: the views.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        recorded: Callable[[asyncpg.Record], Recorded],
        projections: Sequence[Projection],
    ) -> None:
        self._pool = pool
        self._recorded = recorded
        self.projections = tuple(projections)

    async def prepare(self) -> list[str]:
        """Make missing views; rebuild those whose code has a new version. Return the rebuilt."""
        rebuilt = []
        for projection in self.projections:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_ENTER, reader_of(projection), projection.VERSION)
                row = await connection.fetchrow(_LOCK, reader_of(projection))
                exists = await connection.fetchval(
                    "SELECT to_regnamespace($1) IS NOT NULL", schema_of(projection)
                )
                if not exists:
                    await _make(connection, projection, schema_of(projection))
                    await connection.execute(
                        "UPDATE checkpoints SET position = 0, version = $2 WHERE reader = $1",
                        reader_of(projection),
                        projection.VERSION,
                    )
            assert row is not None
            outdated = exists and row["version"] != projection.VERSION
            if outdated and await self.rebuild(projection):
                rebuilt.append(projection.NAME)
        return rebuilt

    async def advance_all(self) -> int:
        """Take every view one batch further; return how many events were taken."""
        taken = 0
        for projection in self.projections:
            taken += await self.advance(projection)
        return taken

    async def advance(self, projection: Projection) -> int:
        """Take one view up to a batch further in one transaction; return the events taken.

        A view that another version of its code has built is left alone.

        Raises:
            ProjectionFailed: the view could not take an event; it stays where it was.
        """
        if await self._pool.fetchval(_HAS_SEEN_ALL, reader_of(projection)):
            return 0  # most looks find nothing, and need neither a lock nor a transaction
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                row = await connection.fetchrow(_LOCK, reader_of(projection))
                assert row is not None, "prepare() comes first"
                if row["version"] != projection.VERSION:
                    return 0  # other code built this view, or is about to rebuild it
                taken, position = await self._take(
                    connection, projection, schema_of(projection), row["position"]
                )
                if position > row["position"]:
                    await connection.execute(_MOVE, reader_of(projection), position)
                    await connection.execute(_SOLVED, reader_of(projection), position)
                return taken
        except ProjectionFailed as failed:
            await self._pool.execute(_STUCK, failed.reader, failed.position, failed.problem)
            raise

    async def rebuild(self, projection: Projection, progress: Progress | None = None) -> bool:
        """Build a view anew beside the live one, then swap them.

        Of two rebuilds of one view at the same time, the later takes over.

        Args:
            projection: the view.
            progress: told (position, head) after each batch.

        Returns:
            Whether this rebuild came to its end; ``False`` when a later one took over.

        Raises:
            ProjectionFailed: the view could not take an event; the live one stays as it was.
        """
        beside = f"{schema_of(projection)}_next"
        claim = f"rebuild.{projection.NAME}", secrets.randbits(31)
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                await connection.execute(_CLAIM, *claim)
                await connection.execute(f"DROP SCHEMA IF EXISTS {beside} CASCADE")
                await _make(connection, projection, beside)
            position, head = 0, await connection.fetchval(_HEAD)
            while position < head:
                async with connection.transaction():
                    if not await connection.fetchval(_STILL_OURS, *claim):
                        return False
                    _, position = await self._take(connection, projection, beside, position)
                if progress is not None:
                    progress(min(position, head), head)
            async with connection.transaction():
                if not await connection.fetchval(_STILL_OURS, *claim):
                    return False
                await self._swap(connection, projection, beside, position)
                await connection.execute(_RELEASE, claim[0])
        return True

    async def _swap(
        self, connection: Connection, projection: Projection, beside: str, position: int
    ) -> None:
        """Take the last events into the view *beside*, and put it in the live one's place."""
        # The live view's lock keeps its projector out meanwhile.
        await connection.fetchrow(_LOCK, reader_of(projection))
        head = await connection.fetchval(_HEAD)  # what comes after it is the projector's
        while position < head:
            _, position = await self._take(connection, projection, beside, position)
        live = schema_of(projection)
        await connection.execute(f"DROP SCHEMA IF EXISTS {live} CASCADE")
        await connection.execute(f"ALTER SCHEMA {beside} RENAME TO {live}")
        await connection.execute(_SWAPPED, reader_of(projection), position, projection.VERSION)
        await connection.execute(_SOLVED, reader_of(projection), position)

    async def reached(self, names: Sequence[str], position: int, within: float) -> bool:
        """Wait until views show an event; tell whether they do after *within* seconds."""
        readers = [f"view.{name}" for name in names]
        end = asyncio.get_running_loop().time() + within
        while await self._pool.fetchval(_REACHED, readers, position) < len(readers):
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def lags(self) -> list[Lag]:
        """Tell how far every reader of the log is behind, views that are still to be built too."""
        versions = {reader_of(each): each.VERSION for each in self.projections}
        lags = {}
        for row in await self._pool.fetch(_LAGS):
            reader = row["reader"]
            as_built = versions.get(reader, row["version"]) == row["version"]
            state = ReaderState.CURRENT if as_built else ReaderState.TO_BE_REBUILT
            lags[reader] = Lag(reader, row["position"], row["behind"], state)
        if missing := versions.keys() - lags.keys():
            head = await self._pool.fetchval(_HEAD)
            lags |= {each: Lag(each, 0, head, ReaderState.NOT_BUILT) for each in missing}
        return [lags[reader] for reader in sorted(lags)]

    async def _take(
        self,
        connection: Connection,
        projection: Projection,
        schema: str,
        after: int,
    ) -> tuple[int, int]:
        """Take a batch of events; return how many, and the position the view has then seen."""
        head = await connection.fetchval(_HEAD)
        if head <= after:
            return 0, after
        rows = await connection.fetch(_READ, after, head, list(projection.TOPICS), BATCH)
        await connection.execute(f"SET LOCAL search_path TO {schema}, public")
        for row in rows:
            try:
                await projection.project(self._recorded(row), connection)
            except Exception as error:
                raise ProjectionFailed(
                    reader_of(projection), row["position"], type(error).__name__
                ) from error
        await connection.execute("SET LOCAL search_path TO DEFAULT")
        return len(rows), rows[-1]["position"] if len(rows) == BATCH else head


async def _make(connection: Connection, projection: Projection, schema: str) -> None:
    await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.execute(f"SET LOCAL search_path TO {schema}, public")
    await connection.execute(projection.SCHEMA)
    await connection.execute("SET LOCAL search_path TO DEFAULT")
