"""The inbox and the outbox: work that crosses our border, each piece done once it is due.

Workers take entries by a lease in the row, so any number of them share the work and a worker that
dies loses nothing. A piece that fails is tried again with growing pauses; after the last try it is
dead and stays visible until an administrator revives or settles it.

What a piece is about is forgotten as soon as it can be: when it is done, or when it has been dead
for a month. That it came is remembered longer, so that the same message is not handled twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog
from typing_extensions import override

from domain.ports import Clock
from infra.secrets.sealing import Seal, SealBroken

log = structlog.get_logger()

TRIES: Final = 8
_LEASE: Final = timedelta(seconds=60)
FIRST_PAUSE: Final = timedelta(seconds=2)  # doubles with every try: the eighth comes after 4 min
_NOT_YET_PAUSE: Final = timedelta(seconds=5)
_DONE_KEPT: Final = timedelta(days=7)  # an effect id comes again within hours, if at all
_DEAD_KEPT: Final = timedelta(days=30)  # what it was about; the row and its problem stay


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry that is due.

    Attributes:
        key: identifies it: the effect id, or (source, external id).
        kind: effect kind, or inbox source.
        payload: decoded JSON.
        attempts: how often it was tried before.
    """

    key: tuple[Any, ...]
    kind: str
    payload: Any
    attempts: int


Perform = Callable[[Piece], Awaitable[str | None]]
"""Does a piece; returns a word if it is done without any effect, such as ``no_meeting``."""


class NotYet(Exception):
    """Raised by a performer: something of ours has to catch up first; this counts as no try.

    Args:
        text: what is waited for: a word, never personal data.
        pause: until when it is no use to try again; a few seconds unless told.
    """

    def __init__(self, text: str = "", pause: timedelta | None = None) -> None:
        super().__init__(text)
        self.pause = _NOT_YET_PAUSE if pause is None else pause


class WillNeverWork(Exception):
    """Raised by a performer: trying again is useless; the piece is dead at once.

    Its text is stored and shown to administrators: a word for the problem, never personal data.
    """


class Queue:
    """What inbox and outbox share: lease, try, pause, give up, revive, settle.

    Args:
        pool: connections.
        clock: tells what is due.
        table: ``inbox`` or ``outbox``.
        key: names of its key columns.
        kind: the column that says who handles a piece.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        clock: Clock,
        *,
        table: str,
        key: tuple[str, ...],
        kind: str,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._table = table
        self._key = key
        same = " AND ".join(f"{name} = ${i}" for i, name in enumerate(key, start=1))
        due = " AND ".join(f"t.{name} = due.{name}" for name in key)
        names = ", ".join(key)
        n = len(key)
        self._take_sql = f"""
            WITH due AS (
                SELECT {names} FROM {table}
                 WHERE state = 'waiting' AND next_at <= $1
                   AND ($3::text[] IS NULL OR {kind} = ANY($3)) AND {kind} <> ALL($4)
                   AND (leased_until IS NULL OR leased_until < $1)
                 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE {table} t SET leased_until = $2 FROM due WHERE {due}
            RETURNING {", ".join(f"t.{name}" for name in key)}, t.{kind} AS kind, t.payload,
                      t.attempts
        """
        self._done_sql = (
            f"UPDATE {table} SET state = 'done', leased_until = NULL, last_error = NULL,"
            f" done_at = ${n + 1}, note = ${n + 2}, payload = NULL WHERE {same}"
        )
        self._later_sql = (
            f"UPDATE {table} SET leased_until = NULL, next_at = ${n + 1}, last_error = ${n + 2}"
            f" WHERE {same} AND state = 'waiting' AND leased_until = ${n + 3}"
        )
        self._again_sql = (
            f"UPDATE {table} SET state = ${n + 1}, attempts = attempts + 1, leased_until = NULL,"
            f" next_at = ${n + 2}, last_error = ${n + 3}"
            f" WHERE {same} AND state = 'waiting' AND leased_until = ${n + 4}"
        )
        self._revive_sql = (
            f"UPDATE {table} SET state = 'waiting', attempts = 0, next_at = ${n + 1}"
            f" WHERE {same} AND state = 'dead' AND payload IS NOT NULL"
        )
        self._settle_sql = (
            f"UPDATE {table} SET state = 'done', done_at = ${n + 1}, payload = NULL"
            f" WHERE {same} AND state = 'dead'"
        )

    async def work_one(
        self,
        performers: Mapping[str, Perform],
        *,
        only: Collection[str] | None = None,
        but: Collection[str] = (),
    ) -> bool:
        """Do the piece that is due longest; tell whether there was one.

        Args:
            performers: who does which kind.
            only: the kinds to take, so that urgent pieces need not wait behind others; any when
                ``None``.
            but: the kinds to leave to somebody else.
        """
        now = self._clock.now()
        leased_until = now + _LEASE
        kinds = None if only is None else sorted(only)
        row = await self._pool.fetchrow(self._take_sql, now, leased_until, kinds, sorted(but))
        if row is None:
            return False
        key = tuple(row[name] for name in self._key)
        piece = Piece(key, row["kind"], None, row["attempts"])
        try:
            if piece.kind not in performers:
                raise WillNeverWork(f"nobody performs {piece.kind}")  # noqa: TRY301
            piece = replace(piece, payload=self._opened(key, row["payload"]))
            note = await performers[piece.kind](piece)
        except NotYet as wait:
            later = self._clock.now() + wait.pause
            await self._pool.execute(self._later_sql, *key, later, str(wait), leased_until)
        except WillNeverWork as error:
            await self._give_back(piece, leased_until, "dead", now, str(error))
        except Exception as error:  # noqa: BLE001  whatever a performer met, the queue goes on
            dead = piece.attempts + 1 >= TRIES
            await self._give_back(
                piece,
                leased_until,
                "dead" if dead else "waiting",
                self._clock.now() + FIRST_PAUSE * 2**piece.attempts,
                type(error).__name__,  # never its text: it may name people
            )
        else:
            await self._pool.execute(self._done_sql, *key, self._clock.now(), note)
        return True

    async def revive(self, key: tuple[Any, ...]) -> bool:
        """Try a dead piece again from the start; tell whether there was one."""
        said = await self._pool.execute(self._revive_sql, *key, self._clock.now())
        return bool(said.endswith(" 1"))

    async def settle(self, key: tuple[Any, ...]) -> bool:
        """Take a dead piece off the list without doing it; tell whether there was one."""
        said = await self._pool.execute(self._settle_sql, *key, self._clock.now())
        return bool(said.endswith(" 1"))

    def _opened(self, _key: tuple[Any, ...], payload: str) -> Any:
        """Return what a piece is about."""
        return msgspec.json.decode(payload)

    async def _give_back(
        self, piece: Piece, leased_until: datetime, state: str, next_at: datetime, error: str
    ) -> None:
        """Note a failure, unless the lease ran out and another worker has the piece."""
        if state == "dead":
            log.error("queue.dead", queue=self._table, kind=piece.kind, problem=error)
        await self._pool.execute(self._again_sql, *piece.key, state, next_at, error, leased_until)


class Outbox(Queue):
    """Effects to perform outside; most are written with their events."""

    def __init__(self, pool: asyncpg.Pool[Any], clock: Clock) -> None:
        super().__init__(pool, clock, table="outbox", key=("effect_id",), kind="kind")

    async def add(
        self, effect_id: UUID, kind: str, payload: Any, *, due: datetime | None = None
    ) -> None:
        """Ask for an effect that belongs to no event; the same id again is the same effect."""
        now = self._clock.now()
        await self._pool.execute(
            "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
            " VALUES ($1, $2, $3, $1, $4, $5) ON CONFLICT DO NOTHING",
            effect_id,
            kind,
            msgspec.json.encode(payload).decode(),
            now,
            due or now,
        )

    async def add_timed(self, kind: str, asked: Mapping[UUID, tuple[datetime, Any]]) -> None:
        """Ask for effects that belong to no event, each at its time, all in one go.

        Args:
            kind: theirs.
            asked: by its id, when each is due and what it is about; an id that came before is the
                same effect, due when it was.
        """
        await self._pool.execute(
            "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
            " SELECT effect_id, $4, payload, effect_id, $5, next_at"
            " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])"
            " AS asked (effect_id, payload, next_at) ON CONFLICT DO NOTHING",
            list(asked),
            [msgspec.json.encode(about).decode() for _, about in asked.values()],
            [due for due, _ in asked.values()],
            kind,
            self._clock.now(),
        )

    async def add_all(self, cause: UUID, kind: str, payloads: Mapping[UUID, Any]) -> None:
        """Ask for effects that another one calls for; an id that came before is the same effect.

        Args:
            cause: the effect that calls for them; they count as its command's, and hold ids only.
            kind: theirs.
            payloads: what each is about, by its id.
        """
        await self._pool.execute(
            "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
            " SELECT effect_id, $3, payload, $4, $5, $5"
            " FROM unnest($1::uuid[], $2::text[]) AS asked (effect_id, payload)"
            " ON CONFLICT DO NOTHING",
            list(payloads),
            [msgspec.json.encode(each).decode() for each in payloads.values()],
            kind,
            cause,
            self._clock.now(),
        )

    async def sweep(self, *, at: datetime) -> None:
        """Forget what was done, and what letters that never went out said.

        What a dead effect of an event is about stays: it holds ids only, and without them somebody
        who asked to be forgotten could no longer be.
        """
        await self._pool.execute(
            "DELETE FROM outbox WHERE state = 'done' AND done_at < $1", at - _DONE_KEPT
        )
        await self._pool.execute(
            "UPDATE outbox SET payload = NULL WHERE state = 'dead' AND payload IS NOT NULL"
            " AND next_at < $1 AND command_id = effect_id",  # asked for by no event: see add()
            at - _DEAD_KEPT,
        )


class Inbox(Queue):
    """Messages from outside: received once each, sealed while they wait, handled later.

    Args:
        pool: connections.
        clock: tells what is due.
        seal: messages name people.
        repeats: how long each source may send the same message again; of a source that is not
            named here the ids are kept for ever, and a repetition is known whenever it comes.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        clock: Clock,
        seal: Seal,
        repeats: Mapping[str, timedelta] | None = None,
    ) -> None:
        self._seal = seal
        self._repeats = dict(repeats or {})
        super().__init__(
            pool,
            clock,
            table="inbox",
            key=("source", "external_id"),
            kind="source",
        )

    async def receive(
        self,
        source: str,
        external_id: str,
        payload: Any,
        *,
        root: str | None = None,
        came_by: str | None = None,
    ) -> bool:
        """Keep a message; tell whether it is new.

        Args:
            source: who sent it.
            external_id: the sender's id for it.
            payload: what it says.
            root: what it is about in the end, for messages that are handled by root
                (:class:`infra.queues.rooted_inbox.RootedInbox`).
            came_by: who brought it, where that can differ.
        """
        said = await self._pool.execute(
            "INSERT INTO inbox (source, external_id, payload, received_at, next_at, root_key,"
            " came_by) VALUES ($1, $2, $3, $4, $4, $5, $6) ON CONFLICT DO NOTHING",
            source,
            external_id,
            self.sealed((source, external_id), payload),
            self._clock.now(),
            root,
            came_by,
        )
        return bool(said.endswith(" 1"))

    async def set_aside(self, source: str, external_id: str, note: str) -> bool:
        """Remember that a message came which is none of ours, and why; nothing of it is kept."""
        said = await self._pool.execute(
            "INSERT INTO inbox (source, external_id, received_at, next_at, state, done_at, note)"
            " VALUES ($1, $2, $3, $3, 'done', $3, $4) ON CONFLICT DO NOTHING",
            source,
            external_id,
            self._clock.now(),
            note,
        )
        return bool(said.endswith(" 1"))

    def sealed(self, key: tuple[Any, ...], payload: Any) -> str:
        """Return a message as it waits in its row."""
        return self._seal.close(msgspec.json.encode(payload).decode(), _place(key))

    def opened(self, key: tuple[Any, ...], payload: str) -> Any:
        """Return what a message says.

        Raises:
            WillNeverWork: its seal does not open here.
        """
        try:
            return msgspec.json.decode(self._seal.open(payload, _place(key)))
        except SealBroken:
            raise WillNeverWork("payload_unreadable") from None

    @override
    def _opened(self, key: tuple[Any, ...], payload: str) -> Any:
        return self.opened(key, payload)

    async def sweep(self, *, at: datetime) -> None:
        """Forget ids that cannot come again, and what messages said that nobody could handle."""
        for source, repeats_for in self._repeats.items():
            await self._pool.execute(
                "DELETE FROM inbox WHERE state = 'done' AND source = $1 AND done_at < $2",
                source,
                at - max(repeats_for, _DONE_KEPT),
            )
        await self._pool.execute(
            "UPDATE inbox SET payload = NULL WHERE state = 'dead' AND payload IS NOT NULL"
            " AND root_key IS NULL AND next_at < $1",  # with a root: kept as its source says
            at - _DEAD_KEPT,
        )


def _place(key: tuple[Any, ...]) -> str:
    """Return what binds a message's seal to its row."""
    return f"inbox/{'/'.join(key)}"
