"""Runs process managers: events in, commands out, the checkpoint behind them.

A process manager is a pure function ``react(recorded) -> commands``. Command ids are derived from
the process, the event's position and the command's place, so running one twice orders the same
things and the store answers with their first outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol
from uuid import UUID, uuid5

import structlog

from domain.errors import DomainError, Stale
from domain.recording import EventStore, OutcomeUnknown, Recorded, StoreUnavailable
from services.dispatch import Dispatcher, Order

_NAMESPACE: Final = UUID("6f0f5d0e-5a53-5d0b-9a3e-0f2f6f1f7c11")
_BATCH: Final = 100
_TRIES: Final = 5

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
    """Remembers how far each process has read."""

    async def position(self, reader: str) -> int: ...  # noqa: D102  as its name says

    async def move(self, reader: str, old: int, new: int) -> None: ...  # noqa: D102

    async def note_failure(self, reader: str, position: int, problem: str) -> int: ...  # noqa: D102

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
        self._processes = tuple(processes)

    async def advance_all(self) -> int:
        """Take every process one batch further; return how many events were read.

        A process that cannot read its part of the log does not hold up the others; its trouble is
        raised once they had their turn.
        """
        read = 0
        trouble: Exception | None = None
        for process in self._processes:
            try:
                read += await self._advance(process)
            except Exception as error:  # noqa: BLE001  raised below
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return read

    async def _advance(self, process: Process) -> int:
        reader = f"process.{process.NAME}"
        position = await self._checkpoints.position(reader)
        head = await self._store.head()
        if head <= position:
            return 0
        batch = await self._store.read(position, _BATCH, process.TOPICS)
        batch = [recorded for recorded in batch if recorded.position <= head]
        if batch:  # what failed the last time is the first now; it is noted again if it still does
            await self._checkpoints.solve(reader, batch[0].position)
        for recorded in batch:
            if not await self._react(process, reader, recorded):
                await self._checkpoints.move(reader, position, recorded.position - 1)
                return 0  # the same event comes again, after a pause of the worker's
        reached = batch[-1].position if len(batch) == _BATCH else head
        await self._checkpoints.move(reader, position, reached)
        return len(batch)

    async def _react(self, process: Process, reader: str, recorded: Recorded) -> bool:
        """Order what an event calls for; tell whether the process may go on behind it."""
        try:
            for number, command in enumerate(process.react(recorded)):
                await self._order(process, reader, recorded, number, command)
        except (OutcomeUnknown, StoreUnavailable, Stale):
            return False
        except Exception as error:  # noqa: BLE001  one event must not stop the others for ever
            tries = await self._checkpoints.note_failure(
                reader, recorded.position, type(error).__name__
            )
            log.warning("process.failed", process=process.NAME, problem=type(error).__name__)
            return tries >= _TRIES
        return True

    async def _order(
        self, process: Process, reader: str, recorded: Recorded, number: int, command: object
    ) -> None:
        """Give one command, under an id that is the same each time the event is seen."""
        order = Order(
            command_id=uuid5(_NAMESPACE, f"{process.NAME}:{recorded.position}:{number}"),
            causing_position=recorded.position,
            correlation_id=recorded.cause.correlation_id or recorded.cause.command_id,
        )
        try:
            await self._dispatch(command, order)
        except DomainError as refusal:
            # A refusal is an answer: the process goes on, an administrator sees it.
            await self._checkpoints.note_failure(reader, recorded.position, refusal.code)
            log.info("process.refused", process=process.NAME, code=refusal.code)
