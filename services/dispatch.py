"""Runs a command: load, ask, store, once.

A handler loads aggregates, asks them, and saves; it neither commits nor retries. Dispatch does:
a stale stream means the handler runs again on what now stands, an unknown outcome means the same
command is sent again under its id, and a command that came before gets its first outcome. After an
unknown outcome nobody is told a refusal before it is certain that no earlier try can still land.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol, TypeVar
from uuid import UUID, uuid5

import msgspec

from domain.base import Root
from domain.errors import AlreadyExists, DomainError, InvalidFields, NotFound, Stale
from domain.personal import Personal
from domain.ports import Clock
from domain.recording import (
    Append,
    Cause,
    CommandIdReused,
    Effect,
    EventStore,
    Outcome,
    OutcomeUnknown,
    StaleStream,
    StoredRefusal,
    StoreUnavailable,
)
from services.doubts import Doubts
from services.turns import Turns

A = TypeVar("A", bound=Root)

_STALE_TRIES: Final = 20
_UNKNOWN_PAUSE: Final = 0.1


class Streams(Protocol):
    """Where a unit of work reads."""

    async def load(self, stream_id: UUID) -> list[Root.Event]:
        """Return a stream's events in order; empty when there is no such stream."""
        ...


class Work:
    """One unit of work: what a handler loaded, decided and asked for.

    Args:
        store: where streams are read.
        command_id: makes the ids of effects, so that a repetition asks for nothing twice.
    """

    def __init__(self, store: Streams, command_id: UUID) -> None:
        self._store = store
        self._command_id = command_id
        self._seen: dict[UUID, Root | None] = {}
        self._events: list[Root.Event] = []
        self._effects: list[Effect] = []
        self._refusal: DomainError | None = None

    async def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return an aggregate, or ``None`` when there is none of this kind under the id."""
        if stream_id not in self._seen:
            aggregate: Root | None = None
            for event in await self._store.load(stream_id):
                aggregate = event.mutate(aggregate)
            self._seen[stream_id] = aggregate
        found = self._seen[stream_id]
        return found if isinstance(found, kind) else None

    async def load(self, kind: type[A], stream_id: UUID) -> A:
        """Return an aggregate.

        Raises:
            NotFound: nothing of this kind stands under the id.
        """
        found = await self.find(kind, stream_id)
        if found is None:
            raise NotFound(
                f"There is no such {_words(kind.__name__)}.", kind=kind.__name__, id=stream_id
            )
        return found

    async def require_new(self, stream_id: UUID) -> None:
        """Refuse an id under which something stands already."""
        if await self._store.load(stream_id):
            raise AlreadyExists("Something else stands under this id.", id=stream_id)

    def save(self, *aggregates: Root) -> None:
        """Hand over what the aggregates decided."""
        for aggregate in aggregates:
            self._seen[aggregate.id] = aggregate
            self._events.extend(aggregate.collect_events())  # type: ignore[arg-type] # all are ours

    def effect(self, kind: str, **payload: Any) -> None:
        """Ask for something outside the database, done by the worker once the events stand."""
        number = len(self._effects)
        self._effects.append(Effect(uuid5(self._command_id, f"effect:{number}"), kind, payload))

    def refuse_on_record(self, refusal: DomainError) -> None:
        """Refuse, and keep what was saved: the refusal itself is a fact worth recording."""
        self._refusal = refusal

    def append(self, cause: Cause, fingerprint: bytes) -> Append:
        """Return everything as one decision."""
        refusal = None
        if self._refusal is not None:
            refusal = _to_be_stored(self._refusal)
        return Append(cause, fingerprint, tuple(self._events), tuple(self._effects), refusal)

    def raise_refusal(self) -> None:
        """Raise the refusal that was put on record, if any."""
        if self._refusal is not None:
            raise self._refusal


class Handler(Protocol):
    """A use case: one command, one unit of work."""

    def __call__(self, cmd: Any, /, *, work: Work, clock: Clock) -> Awaitable[None]:
        """Load, ask, save."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who gives a command, under which id, and why.

    Attributes:
        command_id: the client's idempotency key, or made at the edge, or derived by a process.
        actor_id: the person who orders it; ``None`` for the system.
        causing_position: the event that a process reacted to.
        correlation_id: shared by all that follows from one request.
    """

    command_id: UUID
    actor_id: UUID | None = None
    causing_position: int | None = None
    correlation_id: UUID | None = None

    def step(self, what: str) -> Order:
        """Return the order for a part of what was asked; the same part has the same id."""
        return Order(command_id=uuid5(self.command_id, what), actor_id=self.actor_id)


def told_again(stored: StoredRefusal) -> DomainError:
    """Return the refusal that a repeated command got the first time, of its own kind."""
    kind = next((each for each in _kinds(DomainError) if each.code == stored.code), DomainError)
    refusal = kind.__new__(kind)
    DomainError.__init__(refusal, stored.message, **stored.facts)
    refusal.code = stored.code
    if isinstance(refusal, InvalidFields):
        refusal.fields = {str(k): str(v) for k, v in stored.facts.get("fields", {}).items()}
    return refusal


def _kinds(root: type[DomainError]) -> Iterator[type[DomainError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


class Dispatcher:
    """Takes commands to their handlers and stores what they decide.

    Args:
        store: the event store.
        handlers: the handler of each command.
        clock: given to handlers.
        fingerprint_key: secret that keys the fingerprints, since commands name people.
        patience: seconds to keep trying while the database is away or says nothing clear; longer
            than its usual restart.
    """

    def __init__(
        self,
        store: EventStore,
        handlers: Mapping[type, Handler],
        clock: Clock,
        fingerprint_key: bytes,
        patience: float = 5.0,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._clock = clock
        self._key = fingerprint_key
        self._patience = patience
        self._turns = Turns()
        self._doubts = Doubts()
        self.listeners: list[Callable[[Outcome], None]] = []

    async def __call__(self, command: object, order: Order) -> Outcome:
        """Run a command to its one outcome.

        Raises:
            DomainError: the refusal; the same one when the command is repeated.
            OutcomeUnknown: the database did not answer in time; repeat with the same id.
            StoreUnavailable: the database cannot be used; nothing is stored.
        """
        fingerprint = self.fingerprint(command, order.actor_id)
        deadline = asyncio.get_running_loop().time() + self._patience
        trouble: OutcomeUnknown | StoreUnavailable | None = None
        while True:
            try:
                outcome = await self._attempt(command, order, fingerprint)
            except OutcomeUnknown as error:
                self._doubts.add(order.command_id)
                trouble = error
            except CommandIdReused:  # says nothing of the other order, which may still land
                raise
            except DomainError:
                self._doubts.discard(order.command_id)
                raise
            except asyncio.CancelledError:  # who asked went away; what was sent may still land
                self._doubts.add(order.command_id)
                raise
            except StoreUnavailable as error:
                # This attempt stored nothing; whether an earlier one did may still be unknown.
                trouble = trouble or error
            else:
                self._doubts.discard(order.command_id)
                return outcome
            if asyncio.get_running_loop().time() > deadline:
                raise trouble
            await asyncio.sleep(_UNKNOWN_PAUSE)

    def at(self, clock: Clock) -> Dispatcher:
        """Return the same dispatcher under another clock, for stories and replays."""
        return Dispatcher(self._store, self._handlers, clock, self._key, self._patience)

    def fingerprint(self, command: object, actor_id: UUID | None = None) -> bytes:
        """Return a keyed hash of an order: equal for the same one, and telling nothing.

        Who gives the order is part of it: nobody is told the outcome of another's command.
        """
        content = msgspec.json.encode(
            [type(command).__name__, command, actor_id], enc_hook=_open_personal, order="sorted"
        )
        return hmac.digest(self._key, content, "sha256")

    async def _attempt(self, command: object, order: Order, fingerprint: bytes) -> Outcome:
        known = await self._store.outcome_of(order.command_id, fingerprint)
        if known is not None:
            return _told_again(known)
        cause = Cause(
            order.command_id, order.actor_id, order.causing_position, order.correlation_id
        )
        contested: set[UUID] = set()
        for _ in range(_STALE_TRIES):
            try:
                async with self._turns.on(contested):
                    return await self._decide(command, cause, fingerprint)
            except StaleStream as stale:
                contested.update(stale.stream_ids)
        if order.command_id in self._doubts:  # perhaps it is late itself, and no refusal is true
            raise OutcomeUnknown("An earlier try may still land.")
        raise Stale("Too many people changed this at once. Nothing was lost; try again.")

    async def _decide(self, command: object, cause: Cause, fingerprint: bytes) -> Outcome:
        """Run the handler on what now stands, and store what it decides."""
        work = Work(self._store, cause.command_id)
        try:
            await self._handlers[type(command)](command, work=work, clock=self._clock)
        except DomainError as refusal:
            # The same command may have come twice at once: the first one's doing is then what
            # stands in the second one's way, and no reason to refuse it.
            known = await self._store.outcome_of(cause.command_id, fingerprint)
            if known is None and cause.command_id in self._doubts:
                known = await self._store.refuse(cause, fingerprint, _to_be_stored(refusal))
            if known is None or not known.repeated:
                raise
            return _told_again(known)
        outcome = await self._store.append(work.append(cause, fingerprint))
        if outcome.repeated:  # the same command ran twice at once, the other was first
            return _told_again(outcome)
        for listener in self.listeners:
            listener(outcome)
        work.raise_refusal()
        return outcome


def _told_again(outcome: Outcome) -> Outcome:
    if outcome.refusal is not None:
        raise told_again(outcome.refusal)
    return outcome


def _open_personal(value: Any) -> Any:
    if isinstance(value, Personal):
        return [value.subject, value.value]
    return _not_plain(value)


def _not_plain(value: Any) -> NoReturn:
    raise TypeError(f"{type(value).__name__} cannot stand in a command")


def _to_be_stored(refusal: DomainError) -> StoredRefusal:
    return StoredRefusal(refusal.code, refusal.message, _plain(refusal.facts))


def _plain(facts: Mapping[str, object]) -> dict[str, Any]:
    """Return facts as JSON can hold them."""
    plain: dict[str, Any] = msgspec.to_builtins(facts, enc_hook=str)
    return plain


def _words(name: str) -> str:
    """Return ``PeerGroup`` as ``peer group``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
