"""Databases, writers and ready-made appends for the benches."""

from __future__ import annotations

import asyncio
import gc
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from domain.recording import Append, Cause
from infra import migrate
from infra.database import ConnectKwargs, connect
from infra.event_store.mapper import StoredBody
from infra.event_store.rows import Ready, make_ready
from infra.event_store.writer import Writer
from infra.system import SystemClock
from tests.bench.register import Ground

T = TypeVar("T")

WRITERS = 32
TOPIC = "peerhour.meeting.checked_in"
BODY = (
    '{"arrived_at":"2026-11-23T18:00:10.697886Z","by":"5ca1ab1e-0000-4000-8000-000000000001",'
    '"member_id":"5ca1ab1e-0000-4000-8000-000000000001","method":"door_code",'
    '"timestamp":"2026-11-23T18:00:10.697886Z"}'
)


@asynccontextmanager
async def fresh_database(ground: Ground, *, migrated: bool = True) -> AsyncIterator[ConnectKwargs]:
    """Make a database for one bench, and drop it."""
    name = f"bench_{secrets.token_hex(4)}"
    maintenance = await connect(ground.server)
    try:
        await maintenance.execute(f'CREATE DATABASE "{name}"')
        address = ground.server | {"database": name}
        if migrated:
            connection = await connect(address)
            await migrate.apply(connection)
            await connection.close()
        yield address
        await maintenance.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await maintenance.close()


@asynccontextmanager
async def running_writer(address: ConnectKwargs) -> AsyncIterator[Writer]:
    """Run a writer on a database."""
    writer = Writer(partial(connect, address, for_store=True), SystemClock())
    writer.start()
    try:
        yield writer
    finally:
        await writer.stop()


def ready_appends(many: int) -> list[Ready]:
    """Make appends of three stored events each, every one on a stream of its own."""
    at = datetime.now(UTC)
    return [
        make_ready(
            Append(Cause(uuid4()), b"f" * 32, ()),
            [StoredBody(stream, version, TOPIC, 1, BODY) for version in (1, 2, 3)],
            at,
        )
        for stream in (uuid4() for _ in range(many))
    ]


def made(event: Any, **values: Any) -> Any:
    """Make an event; its metaclass hides its fields from the type checker."""
    return event(**values)


async def rate(act: Callable[[T], Awaitable[object]], items: Sequence[T]) -> float:
    """Return items a second with 32 tasks that each do one after the other."""
    waiting = iter(items)
    with _quiet():
        begun = time.perf_counter()
        await asyncio.gather(*(_work(act, waiting) for _ in range(WRITERS)))
        return len(items) / (time.perf_counter() - begun)


async def _work(act: Callable[[T], Awaitable[object]], waiting: Iterator[T]) -> None:
    for item in waiting:
        await act(item)


def threaded_rate(act: Callable[[Any], object], items: Iterable[Any], many: int) -> float:
    """Return items a second with 32 threads that each do one after the other."""
    from concurrent.futures import ThreadPoolExecutor

    with _quiet(), ThreadPoolExecutor(WRITERS) as pool:
        begun = time.perf_counter()
        list(pool.map(act, items))
        return many / (time.perf_counter() - begun)


class _quiet:  # noqa: N801  reads as a word in a with statement
    """Keep the collector from walking the prepared inputs during a measurement."""

    def __enter__(self) -> None:
        gc.collect()
        gc.freeze()

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()
