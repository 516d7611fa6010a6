"""Many writers, in one process and in several; and a reader who may miss nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from domain.recording import CommandIdReused, Outcome, StaleStream
from infra.database import ConnectKwargs
from infra.event_store.store import PostgresEventStore
from tests.support.appends import a_new_probe, an_append, counts, opened_store

Pool: TypeAlias = "asyncpg.Pool[Any]"

_POSITIONS = "SELECT position FROM events WHERE position > $1 ORDER BY position"
_LASTS = """SELECT metadata::json ->> 'command' AS command, max(position) AS position
              FROM events WHERE position > $1 GROUP BY 1"""
_NAIVE = "CREATE TABLE naive (number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY)"
_CONTROL_TRIES = 20


@pytest.fixture
async def other_store(database: ConnectKwargs, tmp_path: Path) -> AsyncIterator[PostgresEventStore]:
    """A second store with its own writer on the same database."""
    async with opened_store(database, tmp_path / "other-keys") as opened:
        yield opened


async def test_two_writers_interleave_without_gap_or_repeat(
    store: PostgresEventStore, other_store: PostgresEventStore, pool: Pool
) -> None:
    head = await store.head()
    appends = [a_new_probe(1 + number % 3) for number in range(200)]
    outcomes = await asyncio.gather(
        *((store, other_store)[number % 2].append(each) for number, each in enumerate(appends))
    )
    size = sum(len(append.events) for append in appends)
    rows = await pool.fetch(_POSITIONS, head)
    assert [row["position"] for row in rows] == list(range(head + 1, head + size + 1))
    lasts = {row["command"]: row["position"] for row in await pool.fetch(_LASTS, head)}
    assert lasts == {
        str(append.cause.command_id): outcome.position
        for append, outcome in zip(appends, outcomes, strict=True)
    }


async def test_of_two_writers_on_one_stream_one_is_first(
    store: PostgresEventStore, other_store: PostgresEventStore
) -> None:
    for _ in range(20):
        stream = uuid4()
        answers = await asyncio.gather(
            store.append(an_append(*counts(stream))),
            other_store.append(an_append(*counts(stream))),
            return_exceptions=True,
        )
        assert {type(answer) for answer in answers} == {Outcome, StaleStream}
        assert len(await store.load(stream)) == 1


async def test_a_command_sent_to_two_writers_at_once_has_one_outcome(
    store: PostgresEventStore, other_store: PostgresEventStore
) -> None:
    for _ in range(20):
        append = a_new_probe(2)
        first, second = await asyncio.gather(store.append(append), other_store.append(append))
        assert first.position == second.position
        assert {first.repeated, second.repeated} == {False, True}
        assert len(await store.load(append.events[0].originator_id)) == 2


async def test_an_id_for_two_orders_sent_at_once_serves_one(
    store: PostgresEventStore, other_store: PostgresEventStore
) -> None:
    for _ in range(20):
        command_id = uuid4()
        one = an_append(*counts(uuid4()), command_id=command_id)
        two = an_append(*counts(uuid4()), command_id=command_id, fingerprint=b"\x02" * 32)
        answers = await asyncio.gather(
            store.append(one), other_store.append(two), return_exceptions=True
        )
        assert {type(answer) for answer in answers} == {Outcome, CommandIdReused}


async def test_two_processes_interleave_without_gap_or_repeat(
    database: ConnectKwargs, store: PostgresEventStore, pool: Pool, tmp_path: Path
) -> None:
    head = await store.head()
    said = await asyncio.gather(
        *(append_elsewhere(database, tmp_path / name, writers=8, each=25) for name in "ab")
    )
    rows = await pool.fetch(_POSITIONS, head)
    assert [row["position"] for row in rows] == list(range(head + 1, head + len(rows) + 1))
    lasts = {row["command"]: row["position"] for row in await pool.fetch(_LASTS, head)}
    assert len(lasts) == 400
    assert lasts == said[0] | said[1]


async def append_elsewhere(
    database: ConnectKwargs, keys: Path, *, writers: int, each: int
) -> dict[str, int]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.infra.event_store.append_many"),
        *(str(keys), str(writers), str(each)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(database).encode())
    assert process.returncode == 0
    acknowledged: dict[str, int] = json.loads(out)
    return acknowledged


async def test_a_tailing_reader_misses_nothing(
    store: PostgresEventStore, other_store: PostgresEventStore
) -> None:
    head = await store.head()
    total = 0

    async def write(number: int) -> None:
        nonlocal total
        for size in (1, 3, 2, 1, 1, 2, 1, 1):
            await (store, other_store)[number % 2].append(a_new_probe(size))
            total += size

    async def read_on(checkpoint: int) -> list[int]:
        recorded = await store.read(checkpoint, 1000)
        return [each.position for each in recorded]

    seen = await tail_while([write(number) for number in range(12)], read_on, head)
    assert seen == list(range(head + 1, head + total + 1))


async def test_a_tailing_reader_of_an_identity_column_misses_something(pool: Pool) -> None:
    """The control: were this reader complete as well, the test above would show nothing."""
    await pool.execute(_NAIVE)
    random = Random(7)  # noqa: S311  a story that can be told again, no secret

    async def write(_: int) -> None:
        for _ in range(8):
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("INSERT INTO naive DEFAULT VALUES")
                await asyncio.sleep(random.random() / 200)  # its other work before the commit

    async def read_on(checkpoint: int) -> list[int]:
        rows = await pool.fetch("SELECT number FROM naive WHERE number > $1 ORDER BY 1", checkpoint)
        return [row["number"] for row in rows]

    for _ in range(_CONTROL_TRIES):
        start = await pool.fetchval("SELECT coalesce(max(number), 0) FROM naive")
        seen = await tail_while([write(number) for number in range(3)], read_on, start)
        if len(seen) < await pool.fetchval("SELECT count(*) FROM naive WHERE number > $1", start):
            return
    pytest.fail("the naive reader missed nothing")


async def tail_while(
    writing: list[Awaitable[None]], read_on: Callable[[int], Awaitable[list[int]]], start: int
) -> list[int]:
    """Poll behind a checkpoint while others write; return every position that was seen."""
    writers = asyncio.gather(*writing)
    seen: list[int] = []
    checkpoint = start
    while True:
        done = writers.done()  # a last look comes after the last commit
        found = await read_on(checkpoint)
        seen += found
        checkpoint = max([checkpoint, *found])
        if done:
            await writers
            return seen
        await asyncio.sleep(0)
