"""Runs process managers: events in, commands out, the checkpoint behind them.

A process manager is a pure function ``react(recorded) -> commands``. Command ids are derived from
the process, the event's position and the command's place, so running one twice orders the same
things and the store answers with their first outcomes.

An event that cannot be handled is passed over after some tries and kept as a dead letter, so that
one event stops nobody for ever. Reviving it reacts to the same event again (:meth:`retry`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count
from typing import Final, Protocol
from uuid import UUID, uuid5

import structlog

from domain.errors import DomainError, Stale
from domain.recording import EventStore, Outcome, OutcomeUnknown, Recorded, StoreUnavailable
from services.dispatch import Dispatcher, Order

_NAMESPACE: Final = UUID("6f0f5d0e-5a53-5d0b-9a3e-0f2f6f1f7c11")
_BATCH: Final = 100
_TRIES: Final = 5

NO_SUCH_PROCESS: Final = "process.unknown"
NOT_ITS_EVENT: Final = "process.not_its_event"

log = structlog.get_logger()


class Process(Protocol):
    """A process manager: a module under ``services/processes/`` satisfies this."""

    @property
    def NAME(self) -> str:  # noqa: N802  constants of a module
        """Return the process's verb phrase."""
        ...

    @property
    def TOPICS(self) -> Sequence[str]:  # noqa: N802
        """Return the topics of the events it reacts to."""
        ...

    @property
    def react(self) -> Callable[[Recorded], Sequence[object]]:
        """Return the pure function from an event to the commands it calls for."""
        ...


class CheckpointStore(Protocol):
    """Remembers how far each process has read, and what it could not handle."""

    async def caught_up(self, readers: Collection[str], head: int) -> Collection[str]:
        """Return which of *readers* have seen everything up to *head*."""
        ...

    async def position(self, reader: str) -> int: ...  # noqa: D102  as its name says

    async def move(self, reader: str, old: int, new: int) -> None: ...  # noqa: D102

    async def note_failure(self, reader: str, position: int, problem: str) -> int:
        """Keep what went wrong, and return how often it did; what was solved stays solved."""
        ...

    async def failed(self, reader: str, after: int) -> Collection[int]:
        """Return the positions behind *after* at which something is still to be solved."""
        ...

    async def solve(self, reader: str, position: int) -> None: ...  # noqa: D102


class ProcessRunner:
    """Takes every process forward.

    Args:
        store: the log.
        dispatch: where commands go.
        checkpoints: how far each process is.
        processes: the process managers.
    """

    def __init__(
        self,
        store: EventStore,
        dispatch: Dispatcher,
        checkpoints: CheckpointStore,
        processes: Sequence[Process],
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._checkpoints = checkpoints
        self._processes = {_reader_of(process): process for process in processes}

    @property
    def readers(self) -> frozenset[str]:
        """Return the names under which the processes read the log."""
        return frozenset(self._processes)

    async def advance_all(self) -> int:
        """Take every process one batch further; return how many events were read.

        A process that cannot read its part of the log does not hold up the others; its trouble is
        raised once they had their turn.
        """
        read, head = 0, await self._store.head()  # what they order themselves comes next time
        seen_all = await self._checkpoints.caught_up(self._processes, head)  # mostly every one
        trouble: Exception | None = None
        for reader, process in self._processes.items():
            if reader in seen_all:
                continue
            try:
                read += await self._advance(reader, process, head)
            except Exception as error:  # noqa: BLE001  raised below
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return read

    async def retry(self, reader: str, position: int) -> bool:
        """React once more to an event that was passed over; tell whether there was one.

        It counts as solved only when every command stands; else what went wrong is noted anew.
        Commands that stood the first time are not given again. One that was refused on record is,
        under another id, because its first id would only tell the first refusal again. If the
        process now orders something else where another order stood, that is refused
        (``command.id_reused``): a person must look.

        Args:
            reader: as dead letters name it.
            position: of the event.

        Raises:
            OutcomeUnknown, StoreUnavailable, Stale: not just now; the event may be tried again.
        """
        if position not in await self._checkpoints.failed(reader, position - 1):
            return False
        problem = await self._retried(reader, position)
        if problem is None:
            await self._checkpoints.solve(reader, position)
        else:
            await self._checkpoints.note_failure(reader, position, problem)
        return True

    async def _retried(self, reader: str, position: int) -> str | None:
        """React again; return a word for what went wrong, if anything did."""
        process = self._processes.get(reader)
        if process is None:
            return NO_SUCH_PROCESS
        found = await self._store.read(position - 1, 1, process.TOPICS)
        if not found or found[0].position != position:
            return NOT_ITS_EVENT
        try:
            return await self._give_all(process, found[0], again=True)
        except (OutcomeUnknown, StoreUnavailable, Stale):
            raise
        except Exception as error:  # noqa: BLE001  noted, and shown to the administrator who asked
            log.warning("process.failed", process=process.NAME, problem=type(error).__name__)
            return type(error).__name__

    async def _advance(self, reader: str, process: Process, head: int) -> int:
        position = await self._checkpoints.position(reader)
        if head <= position:
            return 0
        batch = await self._store.read(position, _BATCH, process.TOPICS)
        batch = [recorded for recorded in batch if recorded.position <= head]
        failed = await self._checkpoints.failed(reader, position) if batch else ()
        for recorded in batch:
            failed_before = recorded.position in failed
            if not await self._react(process, reader, recorded, failed_before=failed_before):
                await self._checkpoints.move(reader, position, recorded.position - 1)
                return 0  # the same event comes again, after a pause of the worker's
        reached = batch[-1].position if len(batch) == _BATCH else head
        await self._checkpoints.move(reader, position, reached)
        return len(batch)

    async def _react(
        self, process: Process, reader: str, recorded: Recorded, *, failed_before: bool
    ) -> bool:
        """Order what an event calls for; tell whether the process may go on behind it."""
        try:
            refused = await self._give_all(process, recorded, again=False)
        except (OutcomeUnknown, StoreUnavailable, Stale):
            return False
        except Exception as error:  # noqa: BLE001  one event must not stop the others for ever
            tries = await self._checkpoints.note_failure(
                reader, recorded.position, type(error).__name__
            )
            log.warning("process.failed", process=process.NAME, problem=type(error).__name__)
            return tries >= _TRIES
        if refused is not None:  # an answer: the process goes on, an administrator sees it
            await self._checkpoints.note_failure(reader, recorded.position, refused)
        elif failed_before:
            await self._checkpoints.solve(reader, recorded.position)
        return True

    async def _give_all(self, process: Process, recorded: Recorded, *, again: bool) -> str | None:
        """Give every command that an event calls for; return the code of the first refusal."""
        refused: str | None = None
        for number, command in enumerate(process.react(recorded)):
            first_id = uuid5(_NAMESPACE, f"{process.NAME}:{recorded.position}:{number}")
            try:
                await self._give(command, recorded, first_id, again=again)
            except Stale:
                raise
            except DomainError as refusal:
                refused = refused or refusal.code
                log.info("process.refused", process=process.NAME, code=refusal.code)
        return refused

    async def _give(
        self, command: object, recorded: Recorded, first_id: UUID, *, again: bool
    ) -> None:
        """Give one command, under an id that is the same each time the event is seen."""
        command_id = (await self._latest_try(command, first_id))[0] if again else first_id
        order = Order(
            command_id=command_id,
            causing_position=recorded.position,
            correlation_id=recorded.cause.correlation_id or recorded.cause.command_id,
        )
        try:
            await self._dispatch(command, order)
        except DomainError:
            # Refused on record the first time, it may have stood when it was tried again.
            if again or (await self._latest_try(command, first_id))[1] is None:
                raise

    async def _latest_try(self, command: object, first_id: UUID) -> tuple[UUID, Outcome | None]:
        """Return the first of a command's ids that no recorded refusal has used up.

        Returns:
            The id, and the outcome if the command stands under it.

        Raises:
            CommandIdReused: another command came under one of the ids.
        """
        fingerprint = self._dispatch.fingerprint(command)
        command_id = first_id
        for number in count(1):
            outcome = await self._store.outcome_of(command_id, fingerprint)
            if outcome is None or outcome.refusal is None:
                break
            command_id = uuid5(first_id, f"again:{number}")
        return command_id, outcome


def _reader_of(process: Process) -> str:
    return f"process.{process.NAME}"
