"""Decisions for tests of the event store, and a store of their own for those who need two."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from domain.base import Root
from domain.recording import Append, Cause, Effect
from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper, StoredBody
from infra.event_store.rows import Ready, make_ready
from infra.event_store.store import PostgresEventStore
from infra.secrets.keystore import KeyStore
from tests.support.builders import SIX_PM
from tests.support.fakes import FixedClock
from tests.support.probe import Probe

FINGERPRINT = bytes(range(32))


def counts(probe_id: UUID, size: int = 1) -> list[Root.Event]:
    """Return the first *size* events of a probe; they hold nothing personal."""
    probe = Probe.start(probe_id, at=SIX_PM)
    for number in range(1, size):
        probe.count(number, at=SIX_PM)
    events: list[Any] = list(probe.collect_events())
    return events


def an_append(
    *events: Root.Event,
    command_id: UUID | None = None,
    fingerprint: bytes = FINGERPRINT,
    effects: tuple[Effect, ...] = (),
) -> Append:
    """Return a decision."""
    return Append(Cause(command_id or uuid4()), fingerprint, events, effects)


def a_new_probe(size: int = 1, command_id: UUID | None = None) -> Append:
    """Return a decision that begins a stream with *size* events."""
    return an_append(*counts(uuid4(), size), command_id=command_id)


def ready_text(
    topic: str = "peerhour.probe.begun",
    body: str = "{}",
    *,
    version: int = 1,
    schema: int = 1,
    command_id: UUID | None = None,
) -> Ready:
    """Return a decision whose one event is made of whatever text was asked for."""
    stored = StoredBody(uuid4(), version, topic, schema, body)
    return make_ready(an_append(command_id=command_id), [stored], SIX_PM)


@asynccontextmanager
async def opened_store(
    database: ConnectKwargs, keys: Path, largest_pool: int = 4
) -> AsyncIterator[PostgresEventStore]:
    """Open an event store with a writer of its own."""

    async def connect_writer() -> asyncpg.Connection[Any]:
        return await connect(database, application_name="writer", for_store=True)

    keystore = KeyStore(keys)
    pool = await open_pool(database, max_size=largest_pool)
    store = PostgresEventStore(pool, connect_writer, EventMapper(keystore), FixedClock())
    store.writer.start()
    try:
        yield store
    finally:
        await store.writer.stop()
        await pool.close()
        keystore.close()
