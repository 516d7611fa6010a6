"""The machinery on a real database: connections, keys, the event store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.secrets.keystore import KeyStore
from tests.support.fakes import FixedClock


@pytest.fixture
async def pool(database: ConnectKwargs) -> AsyncIterator[asyncpg.Pool[Any]]:
    """Connections to the module's database."""
    opened = await open_pool(database, max_size=4)
    yield opened
    await opened.close()


@pytest.fixture
def keystore(tmp_path: Path) -> Iterator[KeyStore]:
    """A key store of the test's own."""
    store = KeyStore(tmp_path / "keys")
    yield store
    store.close()


@pytest.fixture
async def store(
    database: ConnectKwargs, pool: asyncpg.Pool[Any], keystore: KeyStore
) -> AsyncIterator[PostgresEventStore]:
    """The event store on the module's database, its writer running."""

    async def connect_writer() -> asyncpg.Connection[Any]:
        return await connect(database, for_store=True)

    opened = PostgresEventStore(pool, connect_writer, EventMapper(keystore), FixedClock())
    opened.writer.start()
    yield opened
    await opened.writer.stop()
