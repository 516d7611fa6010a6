"""How decisions are recorded: the vocabulary that dispatch and the event store share.

An append is all or nothing: events of one or more streams, the effects they ask for and the id of
the command that decided them become visible together, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.base import Root
from domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do outside our database once the events stand (mail, file, key erasure).

    Attributes:
        effect_id: derived from the command, so that a repeated command asks for nothing twice.
        kind: which performer does it.
        payload: ids and plain values; never personal data.
    """

    effect_id: UUID
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """Who and what stands behind an append; stored as the metadata of each of its events.

    Attributes:
        command_id: the command; repeating it returns its first outcome.
        actor_id: the person or process that ordered it; ``None`` for the system itself.
        causing_position: position of the event a process reacted to.
        correlation_id: shared by everything that follows from one request.
    """

    command_id: UUID
    actor_id: UUID | None = None
    causing_position: int | None = None
    correlation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A refusal that was itself recorded, so that a repeated command gets the same answer."""

    code: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to.

    Attributes:
        position: the log's position after the append: a view that has reached it shows the result.
        refusal: the recorded refusal, when the command was refused and the refusal is a fact.
        repeated: whether this is the first outcome of a command that came again.
    """

    position: int
    refusal: StoredRefusal | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Append:
    """One decision, ready to be stored.

    Attributes:
        cause: the command and who gave it.
        fingerprint: keyed hash over the command, to tell a repetition from a reused id.
        events: new events; versions continue each stream without a gap.
        effects: what to do outside once the events stand.
        refusal: the refusal to store as the command's outcome, if it was refused on record.
    """

    cause: Cause
    fingerprint: bytes
    events: Sequence[Root.Event]
    effects: Sequence[Effect] = ()
    refusal: StoredRefusal | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log."""

    position: int
    event: Root.Event
    cause: Cause
    recorded_at: datetime


class StaleStream(Exception):
    """Another append was first on a stream; load again and decide again."""

    def __init__(self, stream_ids: Sequence[UUID]) -> None:
        super().__init__(f"stale: {', '.join(map(str, stream_ids))}")
        self.stream_ids = tuple(stream_ids)


class OutcomeUnknown(Exception):
    """The database did not say whether the append stands; repeat the command with its id."""


class StoreUnavailable(Exception):
    """The append certainly does not stand, because the database could not be used."""


class CommandIdReused(DomainError):
    """The id of an earlier command came with a different order."""

    code = "command.id_reused"


class EventStore(Protocol):
    """Truth: the only thing that writes events."""

    async def load(self, stream_id: UUID) -> list[Root.Event]:
        """Return a stream's events in order; empty when there is no such stream."""
        ...

    async def append(self, append: Append) -> Outcome:
        """Store a decision.

        Raises:
            StaleStream: somebody else was first; nothing is stored.
            CommandIdReused: the command id is known with another fingerprint; nothing is stored.
            OutcomeUnknown: the connection was lost or the commit came with a notice.
            StoreUnavailable: nothing is stored.
        """
        ...

    async def outcome_of(self, command_id: UUID, fingerprint: bytes) -> Outcome | None:
        """Return the first outcome of a command that came before, once it is durable."""
        ...

    async def refuse(self, cause: Cause, fingerprint: bytes, refusal: StoredRefusal) -> Outcome:
        """Make a refusal the command's outcome, unless an earlier try of it stands.

        The barrier after an unknown outcome: a try whose connection was lost may still wait in the
        server and be stored later. Once this returns, no earlier try can land any more: either one
        stands, or the command's id is taken by the refusal.

        Args:
            cause: the command whose id is taken.
            fingerprint: keyed hash over the command.
            refusal: what it is told, now and whenever it comes again.

        Returns:
            The outcome that stands: the refusal, or (``repeated``) that of the try that was first.

        Raises:
            CommandIdReused: the command id is known with another fingerprint.
            OutcomeUnknown, StoreUnavailable: neither is certain yet; ask again.
        """
        ...

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        """Return up to *limit* events behind position *after*, in order."""
        ...

    async def head(self) -> int:
        """Return the position of the newest event; 0 for an empty log."""
        ...
