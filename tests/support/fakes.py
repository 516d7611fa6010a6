"""Stand-ins for what lies outside: a store in memory, a clock that is told the time.

They keep the promises of the real things; contract tests run the same cases against both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.base import Root
from domain.recording import (
    Append,
    Cause,
    CommandIdReused,
    Effect,
    Outcome,
    OutcomeUnknown,
    Recorded,
    StaleStream,
    StoredRefusal,
)
from tests.support.builders import SIX_PM


@dataclass
class FixedClock:
    """A clock that stands still until it is moved."""

    at: datetime = SIX_PM

    def now(self) -> datetime:
        return self.at

    def move(self, *, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class StillUnderWay(Exception):
    """Fails an append whose connection is lost while the server has yet to store it."""


@dataclass
class InMemoryEventStore:
    """The event store's promises, kept in memory.

    Attributes:
        log: every event in order.
        effects: what was asked for, by effect id.
        fail_before: raised by the next appends, one each, which then store nothing.
        fail_after: raised by the next appends, one each, after they stored.
        late: what the server has yet to store of tries that were called unknown.
    """

    clock: FixedClock = field(default_factory=FixedClock)
    log: list[Recorded] = field(default_factory=list)
    effects: dict[UUID, Effect] = field(default_factory=dict)
    outcomes: dict[UUID, tuple[bytes, Outcome]] = field(default_factory=dict)
    fail_before: list[Exception] = field(default_factory=list)
    fail_after: list[Exception] = field(default_factory=list)
    late: list[Append] = field(default_factory=list)

    async def load(self, stream_id: UUID) -> list[Root.Event]:
        return [each.event for each in self.log if each.event.originator_id == stream_id]

    async def append(self, append: Append) -> Outcome:
        if self.fail_before:
            failure = self.fail_before.pop(0)
            if isinstance(failure, StillUnderWay):
                self.late.append(append)
                raise OutcomeUnknown
            raise failure
        known = await self.outcome_of(append.cause.command_id, append.fingerprint)
        if known is not None:
            return known
        await self._require_next(append.events)
        for event in append.events:
            self.log.append(Recorded(len(self.log) + 1, event, append.cause, self.clock.now()))
        for effect in append.effects:
            self.effects.setdefault(effect.effect_id, effect)
        outcome = Outcome(len(self.log), append.refusal)
        self.outcomes[append.cause.command_id] = append.fingerprint, outcome
        if self.fail_after:
            raise self.fail_after.pop(0)
        return outcome

    async def outcome_of(self, command_id: UUID, fingerprint: bytes) -> Outcome | None:
        if command_id not in self.outcomes:
            return None
        first, outcome = self.outcomes[command_id]
        if first != fingerprint:
            raise CommandIdReused("This request id was used for something else before.")
        return replace(outcome, repeated=True)

    async def refuse(self, cause: Cause, fingerprint: bytes, refusal: StoredRefusal) -> Outcome:
        return await self.append(Append(cause, fingerprint, (), (), refusal))

    async def land(self) -> None:
        """Store what the server had not come to yet."""
        while self.late:
            with contextlib.suppress(StaleStream):
                await self.append(self.late.pop(0))

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        behind = [
            each for each in self.log[after:] if not topics or type(each.event).TOPIC in topics
        ]
        return behind[:limit]

    async def head(self) -> int:
        return len(self.log)

    def causes(self) -> list[Cause]:
        """Return the cause of each event, in order."""
        return [each.cause for each in self.log]

    async def _require_next(self, events: Sequence[Root.Event]) -> None:
        first: dict[UUID, int] = {}
        for event in events:
            first.setdefault(event.originator_id, event.originator_version)
        stale = [
            stream
            for stream, version in first.items()
            if version != len(await self.load(stream)) + 1
        ]
        if stale:
            raise StaleStream(stale)


@dataclass
class Failure:
    """What a process could not do at one position."""

    problem: str
    attempts: int
    solved: bool = False


@dataclass
class InMemoryCheckpoints:
    """Checkpoints and dead letters of process managers, in memory."""

    positions: dict[str, int] = field(default_factory=dict)
    failures: dict[tuple[str, int], Failure] = field(default_factory=dict)

    async def caught_up(self, readers: Collection[str], head: int) -> set[str]:
        return {each for each in readers if self.positions.get(each, -1) >= head}

    async def position(self, reader: str) -> int:
        return self.positions.setdefault(reader, 0)

    async def move(self, reader: str, old: int, new: int) -> None:
        if self.positions[reader] == old:
            self.positions[reader] = new

    async def note_failure(self, reader: str, position: int, problem: str) -> int:
        before = self.failures.get((reader, position))
        attempts = 1 if before is None else before.attempts + 1
        solved = before is not None and before.solved
        self.failures[reader, position] = Failure(problem, attempts, solved=solved)
        return attempts

    async def failed(self, reader: str, after: int) -> set[int]:
        return {
            position
            for (each, position), failure in self.failures.items()
            if each == reader and position > after and not failure.solved
        }

    async def solve(self, reader: str, position: int) -> None:
        if (reader, position) in self.failures:
            self.failures[reader, position].solved = True
