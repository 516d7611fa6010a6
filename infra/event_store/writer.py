"""Group commit: one connection, one transaction a batch, each caller answered by itself.

Appends queue; the writer sends what has gathered as one transaction and then resolves every
caller: accepted, stale, or known already. A batch is stored whole or not at all: where some are
refused they are told, and the others are sent again. While the database commits one batch the next
one gathers, so the cost of a disk flush is shared by all who wait for it. Two half batches under
way at once, each on its own connection, were measured and are slower where the cores have anything
else to do: what a transaction costs by itself outweighs what the overlap saves.

An append is acknowledged only after its commit came back without any notice. PostgreSQL answers
"committed" with a mere warning when the wait for a synchronous standby was cancelled, so a notice
means that the outcome is not known.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
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
from infra.event_store.append_call import Answer, AppendCall
from infra.event_store.rows import Ready

Connect: TypeAlias = Callable[[], Awaitable["asyncpg.Connection[Any]"]]

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
        self._append: AppendCall | None = None
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
        answer: asyncio.Future[Outcome] = self._task.get_loop().create_future()
        self._queue.append(_Waiting(ready, answer))
        if len(self._queue) == 1:  # else it is awake
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
                while batch:
                    batch = await self._write(batch)
            except Exception as error:  # noqa: BLE001 - the writer outlives whatever one batch met
                _settle_all(batch, OutcomeUnknown(type(error).__name__))
                await self._drop_connection()

    def _gather(self) -> list[_Waiting]:
        """Take the longest prefix of the queue in which no stream and no command comes twice."""
        batch: list[_Waiting] = []
        queue, taken = self._queue, set[bytes]()
        while queue and len(batch) < self._largest_batch:
            keys = queue[0].ready.keys
            if not taken.isdisjoint(keys):
                break
            taken |= keys
            batch.append(queue.popleft())
        return batch

    async def _write(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Write a batch, tell its callers, and return those whose neighbours were in their way."""
        try:
            append = await self._connected()
        except (*UNREACHABLE, asyncpg.PostgresError, DatabaseProblem) as error:
            _settle_all(batch, StoreUnavailable(type(error).__name__))
            await asyncio.sleep(0.05)  # a database that is starting needs no storm of attempts
            return []
        for attempt in range(_TRIES):
            try:
                answer = await self._transact(append, batch)
                break
            except asyncpg.PostgresError as error:  # rolled back, unless the session was ended
                if _is_cut_off(append.connection, error):
                    raise
                if error.sqlstate not in _TRANSIENT or attempt + 1 == _TRIES:
                    await self._write_one_by_one(batch, error)
                    return []
                await asyncio.sleep(0.01 * 2**attempt)
            except _UNENCODABLE as error:  # never sent
                await self._write_one_by_one(batch, error)
                return []
        if answer.stale or answer.repeated:
            return await self._refuse(batch, answer)
        position = answer.base
        for waiting in batch:
            position += waiting.ready.size
            waiting.settle(Outcome(position, waiting.ready.refusal))
        return []

    async def _transact(self, append: AppendCall, batch: list[_Waiting]) -> Answer:
        """Store a batch, or nothing of it, in one transaction; return what is certain of it."""
        self._noticed = False
        answer = await append([waiting.ready for waiting in batch], self._clock.now())
        if self._noticed:
            raise OutcomeUnknown("The commit came with a notice.")
        return answer

    async def _write_one_by_one(self, batch: list[_Waiting], error: Exception) -> None:
        """Keep one bad append from failing its neighbours."""
        if len(batch) == 1:
            batch[0].settle(StoreUnavailable(f"{type(error).__name__}: not stored."))
            return
        for waiting in batch:
            await self._write([waiting])

    async def _refuse(self, batch: list[_Waiting], answer: Answer) -> list[_Waiting]:
        """Tell who was refused, and return the others: nothing of the batch was stored."""
        repeated = [batch[number - 1] for number in answer.repeated]
        known = await self._known(repeated) if repeated else {}
        for waiting in repeated:
            waiting.settle(_first_outcome(known, waiting.ready))
        touching = [waiting for waiting in batch for _ in waiting.ready.streams]
        stale = [touching[number - 1] for number in answer.stale]
        for waiting in stale:  # those who came before were told so already
            waiting.settle(StaleStream([stream for stream, _ in waiting.ready.streams]))
        refused = {id(waiting) for waiting in (*repeated, *stale)}
        return [waiting for waiting in batch if id(waiting) not in refused]

    async def _known(self, repeated: list[_Waiting]) -> dict[UUID, Any]:
        assert self._append is not None
        ids = [waiting.ready.command_id for waiting in repeated]
        return {row["command_id"]: row for row in await self._append.connection.fetch(_KNOWN, ids)}

    async def _connected(self) -> AppendCall:
        if self._append is None or self._append.connection.is_closed():
            self._append = None
            connection = await self._connect()
            try:
                self._append = await AppendCall.on(connection)
            except BaseException:
                await _close(connection)
                raise
            connection.add_log_listener(self._notice)
        return self._append

    def _notice(self, _connection: object, _message: object) -> None:
        self._noticed = True

    async def _drop_connection(self) -> None:
        append, self._append = self._append, None
        if append is not None:
            await _close(append.connection)


def _is_cut_off(connection: asyncpg.Connection[Any], error: asyncpg.PostgresError) -> bool:
    if isinstance(error, asyncpg.ProtocolViolationError):  # what it cannot read it does not do
        return connection.is_closed()
    return connection.is_closed() or isinstance(error, _CUT_OFF)


async def _close(connection: asyncpg.Connection[Any]) -> None:
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
