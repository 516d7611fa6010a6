"""Views behind the log: never half, never twice, and never further than their checkpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg
import pytest

from domain.recording import Append, Cause, Recorded
from infra import migrate, projector
from infra.database import ConnectKwargs, connect
from infra.event_store.store import PostgresEventStore
from infra.projector import Connection, Lag, ProjectionFailed, Projector, ReaderState
from infra.queues.stuck import stuck
from tests.support.builders import SIX_PM
from tests.support.probe import Probe

READER: Final = "view.tally"
_WAITING_FOR_A_LOCK: Final = """SELECT count(*) > 0 FROM pg_stat_activity
                                 WHERE wait_event_type = 'Lock' AND datname = current_database()"""


@dataclass
class Tally:
    """A view that writes down each count it sees, marked with the version of its code."""

    VERSION: int = 1
    NAME: str = "tally"
    TOPICS: tuple[str, ...] = (Probe.Counted.TOPIC,)
    SCHEMA: str = "CREATE TABLE seen (position bigint PRIMARY KEY, amount int, made_by int)"
    broken_at: int | None = None
    before_each: list[Callable[[Connection], Awaitable[None]]] = field(default_factory=list)

    async def project(self, recorded: Recorded, conn: Connection) -> None:
        event = recorded.event
        assert isinstance(event, Probe.Counted)
        if self.before_each:
            await self.before_each.pop(0)(conn)
        await conn.execute(
            "INSERT INTO seen VALUES ($1, $2, $3)", recorded.position, event.amount, self.VERSION
        )
        if event.amount == self.broken_at:
            raise ValueError(f"Ana cannot count to {event.amount}")


@pytest.fixture
async def database(empty_database: ConnectKwargs) -> ConnectKwargs:
    """A log of the test's own."""
    connection = await connect(empty_database)
    await migrate.apply(connection)
    await connection.close()
    return empty_database


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector, "BATCH", 3)


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
async def views(pool: asyncpg.Pool[Any], store: PostgresEventStore, tally: Tally) -> Projector:
    views = Projector(pool, store.recorded, [tally])
    await views.prepare()
    return views


@pytest.fixture
def count(store: PostgresEventStore) -> Callable[..., Awaitable[int]]:
    """Append counts of these amounts, one event each behind a beginning; tell the head."""

    async def append(*amounts: int) -> int:
        probe = Probe.start(uuid4(), at=SIX_PM)
        for amount in amounts:
            probe.count(amount, at=SIX_PM)
        events: Any = tuple(probe.collect_events())
        return (await store.append(Append(Cause(uuid4()), bytes(32), events))).position

    return append


Count = Callable[..., Awaitable[int]]


async def seen(pool: asyncpg.Pool[Any]) -> list[int]:
    rows = await pool.fetch("SELECT amount FROM view_tally.seen ORDER BY position")
    return [row["amount"] for row in rows]


async def position(pool: asyncpg.Pool[Any]) -> int:
    return int(await pool.fetchval("SELECT position FROM checkpoints WHERE reader = $1", READER))


async def advance_fully(views: Projector) -> None:
    while await views.advance_all():
        pass


async def test_a_view_takes_its_events_in_order_and_in_batches(
    views: Projector, pool: asyncpg.Pool[Any], count: Count
) -> None:
    head = await count(1, 2, 3, 4, 5)
    assert await views.advance_all() == 3
    assert await seen(pool) == [1, 2, 3]
    assert await position(pool) == head - 2
    assert await views.advance_all() == 2
    assert await seen(pool) == [1, 2, 3, 4, 5]
    assert await position(pool) == head
    assert await views.advance_all() == 0


async def test_events_that_do_not_concern_a_view_move_its_checkpoint_too(
    views: Projector, pool: asyncpg.Pool[Any], count: Count
) -> None:
    head = await count()
    assert await views.advance_all() == 0
    assert await position(pool) == head
    assert await seen(pool) == []


async def test_workers_that_advance_one_view_at_once_take_each_event_once(
    views: Projector, pool: asyncpg.Pool[Any], count: Count
) -> None:
    await count(*range(12))
    await asyncio.gather(*(advance_fully(views) for _ in range(3)))
    assert await seen(pool) == list(range(12))


async def test_a_handler_that_fails_moves_nothing_and_is_listed(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    head = await count(1, 2)
    tally.broken_at = 2
    for _ in range(2):
        with pytest.raises(ProjectionFailed) as caught:
            await views.advance_all()
        assert (caught.value.position, caught.value.problem) == (head, "ValueError")
    assert await seen(pool) == []
    assert await position(pool) == 0
    (stood,) = await stuck(pool)
    assert (stood.where, stood.key, stood.problem, stood.attempts) == (
        "reader",
        f"{READER}/{head}",
        "ValueError",
        2,
    )


async def test_a_mended_handler_goes_on_and_is_listed_no_more(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    await count(1, 2)
    tally.broken_at = 2
    with pytest.raises(ProjectionFailed):
        await views.advance_all()
    tally.broken_at = None
    assert await views.advance_all() == 2
    assert await seen(pool) == [1, 2]
    assert await stuck(pool) == []


async def test_a_lost_connection_is_not_held_against_the_view(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    async def lose(conn: Connection) -> None:
        await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    await count(1)
    tally.before_each = [lose]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await views.advance_all()
    assert await stuck(pool) == []
    assert await views.advance_all() == 1


async def test_a_rebuilt_view_equals_the_live_one(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    head = await count(*range(7))
    await advance_fully(views)
    live = await pool.fetch("SELECT * FROM view_tally.seen ORDER BY position")
    told: list[tuple[int, int]] = []
    assert await views.rebuild(tally, lambda at, of: told.append((at, of)))
    assert await pool.fetch("SELECT * FROM view_tally.seen ORDER BY position") == live
    assert await position(pool) == head
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert told[-1] == (head, head)


async def test_readers_see_the_old_view_or_the_new_one_while_events_keep_coming(
    views: Projector,
    pool: asyncpg.Pool[Any],
    store: PostgresEventStore,
    count: Count,
) -> None:
    await count(*range(6))
    await advance_fully(views)
    newer = Tally(VERSION=2)
    looks: list[tuple[int, int, int]] = []

    async def look_and_append(_: Connection) -> None:
        await count(100)
        await views.advance_all()
        row = await pool.fetchrow(
            "SELECT count(*), min(made_by), max(made_by) FROM view_tally.seen"
        )
        assert row is not None
        looks.append(tuple(row))

    newer.before_each = [look_and_append] * 4
    rebuilding = Projector(pool, store.recorded, [newer])
    assert await rebuilding.prepare() == ["tally"]
    assert looks == [(6 + n, 1, 1) for n in range(1, 5)]
    await advance_fully(rebuilding)
    assert await seen(pool) == [*range(6), 100, 100, 100, 100]
    assert {r["made_by"] for r in await pool.fetch("SELECT made_by FROM view_tally.seen")} == {2}
    assert await pool.fetchval("SELECT to_regnamespace('view_tally_next')") is None


async def test_the_swap_is_never_seen_half_done(
    views: Projector, pool: asyncpg.Pool[Any], store: PostgresEventStore, count: Count
) -> None:
    await count(*range(9))
    await advance_fully(views)
    done = asyncio.Event()
    looks: set[tuple[int, int, int]] = set()

    async def keep_looking() -> None:
        while not done.is_set():
            row = await pool.fetchrow(
                "SELECT count(*), min(made_by), max(made_by) FROM view_tally.seen"
            )
            assert row is not None
            looks.add(tuple(row))

    reader = asyncio.create_task(keep_looking())
    for version in (2, 3, 4):
        await Projector(pool, store.recorded, [Tally(VERSION=version)]).prepare()
    done.set()
    await reader
    assert looks <= {(9, version, version) for version in (1, 2, 3, 4)}


async def test_older_code_leaves_a_newer_view_alone(
    views: Projector, pool: asyncpg.Pool[Any], store: PostgresEventStore, count: Count
) -> None:
    await Projector(pool, store.recorded, [Tally(VERSION=2)]).prepare()
    await count(1)
    assert await views.advance_all() == 0
    assert await seen(pool) == []


async def test_preparing_again_rebuilds_nothing(views: Projector) -> None:
    assert await views.prepare() == []


async def test_a_view_whose_tables_were_dropped_is_made_again(
    views: Projector, pool: asyncpg.Pool[Any], count: Count
) -> None:
    await count(1, 2)
    await advance_fully(views)
    await pool.execute("DROP SCHEMA view_tally CASCADE")
    await views.prepare()
    await advance_fully(views)
    assert await seen(pool) == [1, 2]


async def test_a_rebuild_that_fails_leaves_the_live_view_as_it_was(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    await count(1, 2)
    await advance_fully(views)
    tally.broken_at = 2
    with pytest.raises(ProjectionFailed):
        await views.rebuild(tally)
    assert await seen(pool) == [1, 2]
    tally.broken_at = None
    assert await views.rebuild(tally)
    assert [lag.reader for lag in await views.lags()] == [READER]


async def test_a_rebuild_with_mended_code_takes_a_view_off_the_list(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    await count(1)
    tally.broken_at = 1
    with pytest.raises(ProjectionFailed):
        await views.advance_all()
    tally.broken_at = None
    await views.rebuild(tally)
    assert await stuck(pool) == []


async def test_of_two_rebuilds_at_once_the_later_takes_over(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    await count(*range(9))
    await advance_fully(views)
    later: list[asyncio.Task[bool]] = []

    async def let_another_begin(_: Connection) -> None:
        later.append(asyncio.create_task(views.rebuild(tally)))
        while not await pool.fetchval(_WAITING_FOR_A_LOCK):
            pass

    tally.before_each = [let_another_begin]
    assert not await views.rebuild(tally)
    assert await later[0]
    assert await seen(pool) == list(range(9))
    assert [lag.reader for lag in await views.lags()] == [READER]


async def test_lag_is_told_in_events(views: Projector, count: Count) -> None:
    head = await count(1, 2, 3, 4)
    assert await views.lags() == [Lag(READER, 0, head)]
    await advance_fully(views)
    assert await views.lags() == [Lag(READER, head, 0)]


async def test_a_view_that_other_code_built_or_nobody_yet_is_told_apart(
    views: Projector, pool: asyncpg.Pool[Any], tally: Tally, count: Count
) -> None:
    head = await count(1, 2)
    await advance_fully(views)
    tally.VERSION = 2
    assert await views.lags() == [Lag(READER, head, 0, ReaderState.TO_BE_REBUILT)]
    await pool.execute("DELETE FROM checkpoints")
    assert await views.lags() == [Lag(READER, 0, head, ReaderState.NOT_BUILT)]


async def test_whoever_wrote_can_wait_until_a_view_shows_it(views: Projector, count: Count) -> None:
    head = await count(1)
    assert not await views.reached(["tally"], head, within=0)
    waiting = asyncio.create_task(views.reached(["tally"], head, within=60))
    await advance_fully(views)
    assert await waiting
    assert await views.reached([], head, within=0)
    assert not await views.reached(["tally", "unheard_of"], head, within=0)
