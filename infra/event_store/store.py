"""The event store: load a stream, append a decision, read the log in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from domain.base import Root
from domain.ports import Clock
from domain.recording import (
    Append,
    Cause,
    CommandIdReused,
    Outcome,
    OutcomeUnknown,
    Recorded,
    StoredRefusal,
    StoreUnavailable,
)
from infra.database import UNREACHABLE
from infra.event_store.envelope import Metadata
from infra.event_store.mapper import EventMapper, StoredBody
from infra.event_store.rows import Ready, make_ready
from infra.event_store.writer import Connect, Writer, decode_refusal

_COLUMNS: Final = "stream_id, stream_version, topic, schema_version, body"
_LOAD: Final = f"SELECT {_COLUMNS} FROM events WHERE stream_id = $1 ORDER BY stream_version"
_READ: Final = (
    f"SELECT position, metadata, recorded_at, {_COLUMNS} FROM events"
    " WHERE position > $1 ORDER BY position LIMIT $2"
)
_READ_TOPICS: Final = (
    f"SELECT position, metadata, recorded_at, {_COLUMNS} FROM events"
    " WHERE position > $1 AND topic = ANY ($3) ORDER BY position LIMIT $2"
)
_OUTCOME: Final = "SELECT fingerprint, last_position, refusal FROM commands WHERE command_id = $1"
_BARRIER: Final = "UPDATE log_head SET position = position WHERE id = 1"
_HEAD: Final = "SELECT position FROM log_head WHERE id = 1"


class PostgresEventStore:
    """Events on PostgreSQL (see :class:`domain.recording.EventStore`).

    Args:
        pool: connections for reading.
        connect: opens the writer's own connection.
        mapper: turns events into rows and back.
        clock: tells ``recorded_at``.
    """

    def __init__(
        self, pool: asyncpg.Pool[Any], connect: Connect, mapper: EventMapper, clock: Clock
    ) -> None:
        self._pool = pool
        self._mapper = mapper
        self._clock = clock
        self.writer = Writer(connect, clock)

    async def load(self, stream_id: UUID) -> list[Root.Event]:
        """Return a stream's events in order; empty when there is no such stream."""
        with _reachable():
            rows = await self._pool.fetch(_LOAD, stream_id)
        return [self._mapper.from_body(_body(row)) for row in rows]

    async def append(self, append: Append) -> Outcome:
        """Store a decision; see the protocol for what it raises."""
        return await self.writer.append(self.ready(append))

    def ready(self, append: Append) -> Ready:
        """Turn a decision into rows: mapped, encrypted, salted and hashed."""
        bodies = [self._mapper.to_body(event) for event in append.events]
        return make_ready(append, bodies, self._clock.now())

    async def outcome_of(self, command_id: UUID, fingerprint: bytes) -> Outcome | None:
        """Return the first outcome of a command that came before.

        A row that can be read may still wait for its standby. So before the outcome is told again
        this writes, and waits for that commit: what comes later in the log is durable later.
        """
        with _reachable():
            row = await self._pool.fetchrow(_OUTCOME, command_id)
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise CommandIdReused(
                "This request id was used for something else before.", command_id=command_id
            )
        await self._wait_until_durable()
        return Outcome(row["last_position"], decode_refusal(row["refusal"]), repeated=True)

    async def refuse(self, cause: Cause, fingerprint: bytes, refusal: StoredRefusal) -> Outcome:
        """Take the command's id; see the protocol for what that rules out.

        An append of nothing is enough: it takes the head row's lock, so an append that is under
        way ends first, and it takes the id, so one that the server has yet to read stores nothing.
        """
        return await self.append(Append(cause, fingerprint, (), (), refusal))

    async def _wait_until_durable(self) -> None:
        """Write, and wait for the commit; a notice says that the wait was cut short."""
        notices: list[object] = []

        def hear(_connection: object, notice: object) -> None:
            notices.append(notice)

        with _reachable():
            async with self._pool.acquire() as connection:
                connection.add_log_listener(hear)
                try:
                    await connection.execute(_BARRIER)
                finally:
                    connection.remove_log_listener(hear)
        if notices:
            raise OutcomeUnknown("The commit came with a notice.")

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        """Return up to *limit* events behind position *after*, in order."""
        with _reachable():
            if topics:
                rows = await self._pool.fetch(_READ_TOPICS, after, limit, list(topics))
            else:
                rows = await self._pool.fetch(_READ, after, limit)
        return [self.recorded(row) for row in rows]

    def recorded(self, row: asyncpg.Record) -> Recorded:
        """Return the event of one row of the table ``events``."""
        return Recorded(
            row["position"],
            self._mapper.from_body(_body(row)),
            _cause(row["metadata"]),
            row["recorded_at"],
        )

    async def head(self) -> int:
        """Return the position of the newest event; 0 for an empty log."""
        with _reachable():
            return int(await self._pool.fetchval(_HEAD))


@contextmanager
def _reachable() -> Iterator[None]:
    """Say "not just now" in the words of the port."""
    try:
        yield
    except UNREACHABLE as error:
        raise StoreUnavailable(type(error).__name__) from error


def _body(row: asyncpg.Record) -> StoredBody:
    return StoredBody(
        row["stream_id"],
        row["stream_version"],
        row["topic"],
        row["schema_version"],
        row["body"],
    )


def _cause(text: str) -> Cause:
    metadata = msgspec.json.decode(text, type=Metadata)
    return Cause(metadata.command, metadata.actor, metadata.cause, metadata.correlation)
