"""Group commit: one connection, one transaction a batch, each caller answered by itself.

Appends queue; the writer sends what has gathered as one transaction and then resolves every
caller: accepted, stale, or known already. While the database commits one batch the next one
gathers, so the cost of a disk flush is shared by all who wait for it. Half batches that overlap
with Python's work, and several connections that take turns on the head row, were measured and are
slower: what a transaction costs by itself outweighs what the overlap saves.

An append is acknowledged only after its commit came back without any notice. PostgreSQL answers
"committed" with a mere warning when the wait for a synchronous standby was cancelled, so a notice
means that the outcome is not known.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from domain.ports import Clock
from domain.recording import (
    CommandIdReused,
    Outcome,
    OutcomeUnknown,
    StaleStream,
    StoredRefusal,
    StoreUnavailable,
)
from infra.database import UNREACHABLE
from infra.database_errors import DatabaseProblem
from infra.event_store.rows import SEPARATOR, Ready, joined

Connect: TypeAlias = Callable[[], Awaitable["asyncpg.Connection[Any]"]]

_COLUMN_TYPES: Final = (
    *("uuid", "bytea", "text", "text", "timestamptz", "integer"),  # a decision
    *("integer", "uuid", "integer"),  # a stream
    *("integer", "uuid", "integer", "text", "smallint", "text", "bytea", "bytea"),  # an event
)
_COLUMNS: Final = ", ".join(
    f"string_to_array(${number}, E'\\x{ord(SEPARATOR):02x}', '')::{kind}[]"
    for number, kind in enumerate(_COLUMN_TYPES, start=1)
)
_APPEND: Final = (
    f"SELECT base, stale, repeated FROM append_batch({_COLUMNS}, $18, $19, $20, $21, $22)"  # noqa: S608  constants
)
_KNOWN: Final = (
    "SELECT command_id, fingerprint, last_position, refusal FROM commands"
    " WHERE command_id = ANY ($1)"
)
# Rolled back for certain, and worth another try: serialisation failure, deadlock, lock timeout.
_TRANSIENT: Final = frozenset({"40001", "40P01", "55P03"})
# The server ends the session: what it had committed by then it no longer tells.
_CUT_OFF: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_TRIES: Final = 5
_UNENCODABLE: Final = (asyncpg.DataError, ValueError, TypeError, OverflowError)


class _Waiting:
    """One caller's decision and its answer."""

    __slots__ = ("answer", "ready")

    def __init__(self, ready: Ready, answer: asyncio.Future[Outcome]) -> None:
        self.ready = ready
        self.answer = answer

    def settle(self, outcome: Outcome | BaseException) -> None:
        if self.answer.done():  # the caller gave up waiting
            return
        if isinstance(outcome, Outcome):
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(outcome)


class Writer:
    """The one task of a process that appends.

    Args:
        connect: opens a connection of the writer's own.
        clock: tells ``recorded_at``.
        largest_batch: how many appends one transaction takes at most.
    """

    def __init__(self, connect: Connect, clock: Clock, largest_batch: int = 256) -> None:
        self._connect = connect
        self._clock = clock
        self._largest_batch = largest_batch
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._connection: asyncpg.Connection[Any] | None = None
        self._noticed = False
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Start the writer's task."""
        self._task = asyncio.create_task(self._run(), name="event-writer")

    async def stop(self) -> None:
        """Finish what is queued, then close."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._drop_connection()

    async def append(self, ready: Ready) -> Outcome:
        """Store one decision; see :meth:`domain.recording.EventStore.append` for what it raises."""
        if self._closing or self._task is None or self._task.done():
            raise StoreUnavailable("The writer is not running.")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(ready, answer))
        self._wake.set()
        return await answer

    async def _run(self) -> None:
        while not (self._closing and not self._queue):
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = self._gather()
            try:
                await self._write(batch)
            except Exception as error:  # noqa: BLE001 - the writer outlives whatever one batch met
                _settle_all(batch, OutcomeUnknown(type(error).__name__))
                await self._drop_connection()

    def _gather(self) -> list[_Waiting]:
        """Take the longest prefix of the queue in which no stream and no command comes twice."""
        batch: list[_Waiting] = []
        streams: set[int] = set()
        commands: set[int] = set()
        while self._queue and len(batch) < self._largest_batch:
            ready = self._queue[0].ready
            touched = [stream.int for stream, _ in ready.streams]
            command = ready.command_id.int
            if command in commands or not streams.isdisjoint(touched):
                break
            commands.add(command)
            streams.update(touched)
            batch.append(self._queue.popleft())
        return batch

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            connection = await self._connected()
        except (*UNREACHABLE, asyncpg.PostgresError, DatabaseProblem) as error:
            _settle_all(batch, StoreUnavailable(type(error).__name__))
            await asyncio.sleep(0.05)  # a database that is starting needs no storm of attempts
            return
        for attempt in range(_TRIES):
            try:
                base, stale, repeated = await self._transact(connection, batch)
                break
            except asyncpg.PostgresError as error:  # rolled back, unless the session was ended
                if connection.is_closed() or isinstance(error, _CUT_OFF):
                    raise
                if error.sqlstate not in _TRANSIENT or attempt + 1 == _TRIES:
                    await self._write_one_by_one(batch, error)
                    return
                await asyncio.sleep(0.01 * 2**attempt)
            except _UNENCODABLE as error:  # never sent
                await self._write_one_by_one(batch, error)
                return
        await self._answer(batch, base, stale, repeated)

    async def _transact(
        self, connection: asyncpg.Connection[Any], batch: list[_Waiting]
    ) -> tuple[int, list[int], list[int]]:
        """Store a batch in one transaction; return the position before it and who was refused."""
        self._noticed = False
        appended = await connection.fetchrow(_APPEND, *_arguments(batch), self._clock.now())
        if self._noticed:
            raise OutcomeUnknown("The commit came with a notice.")
        assert appended is not None
        base, stale, repeated = appended
        return base, stale, repeated

    async def _write_one_by_one(self, batch: list[_Waiting], error: Exception) -> None:
        """Keep one bad append from failing its neighbours."""
        if len(batch) == 1:
            batch[0].settle(StoreUnavailable(f"{type(error).__name__}: not stored."))
            return
        for waiting in batch:
            await self._write([waiting])

    async def _answer(
        self, batch: list[_Waiting], base: int, stale: list[int], repeated: list[int]
    ) -> None:
        known = await self._known([batch[i - 1] for i in repeated]) if repeated else {}
        position = base
        for number, waiting in enumerate(batch, start=1):
            if number in repeated:
                waiting.settle(_first_outcome(known, waiting.ready))
            elif number in stale:
                waiting.settle(StaleStream([stream for stream, _ in waiting.ready.streams]))
            else:
                position += waiting.ready.size
                waiting.settle(Outcome(position, waiting.ready.refusal))

    async def _known(self, repeated: list[_Waiting]) -> dict[UUID, Any]:
        assert self._connection is not None
        ids = [waiting.ready.command_id for waiting in repeated]
        return {row["command_id"]: row for row in await self._connection.fetch(_KNOWN, ids)}

    async def _connected(self) -> asyncpg.Connection[Any]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
            self._connection.add_log_listener(self._notice)
        return self._connection

    def _notice(self, _connection: object, _message: object) -> None:
        self._noticed = True

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it is lost either way
                await connection.close(timeout=1)


def decode_refusal(text: str | None) -> StoredRefusal | None:
    """Return the refusal stored as a command's outcome."""
    return None if text is None else msgspec.json.decode(text, type=StoredRefusal)


def _first_outcome(known: dict[UUID, Any], ready: Ready) -> Outcome | BaseException:
    row = known[ready.command_id]
    if row["fingerprint"] != ready.fingerprint:
        return CommandIdReused(
            "This request id was used for something else before.",
            command_id=ready.command_id,
        )
    return Outcome(row["last_position"], decode_refusal(row["refusal"]), repeated=True)


def _settle_all(batch: list[_Waiting], error: Exception) -> None:
    for waiting in batch:
        waiting.settle(error)


def _arguments(batch: list[_Waiting]) -> tuple[Any, ...]:
    """Return the arguments of ``append_batch`` but for the time: one array a column."""
    claims: list[tuple[str, ...]] = []
    streams: list[tuple[str, ...]] = []
    numbers: list[str] = []
    columns: list[Sequence[str]] = []
    effects: list[tuple[int, UUID, str, str]] = []
    last = 0
    for number, waiting in enumerate(batch, start=1):
        ready = waiting.ready
        last += ready.size
        claims.append((*ready.claim, str(last)))
        streams.extend((str(number), *claim) for claim in ready.stream_claims)
        if ready.size:
            numbers.extend([str(number)] * ready.size)
            columns.append(ready.columns)
        effects.extend(
            (number, each.effect_id, each.kind, msgspec.json.encode(each.payload).decode())
            for each in ready.effects
        )
    return (
        *map(joined, _transposed(claims, 6)),
        *map(joined, _transposed(streams, 3)),
        joined(numbers),
        *map(joined, _transposed(columns, 7)),
        *_transposed(effects, 4),
    )


def _transposed(rows: Sequence[Sequence[Any]], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
