"""Waiting for a started server, checking what it promises, and making our database in it."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import asyncpg

from infra.database import ConnectKwargs, connect, require_safe_settings
from infra.database_errors import DatabaseUnreachable

_POLL: Final = 0.02  # seconds


def make_ready(maintenance: ConnectKwargs, database: str, *, timeout: float) -> None:
    """Block until the server is ready, safe, and has *database*.

    Works in a thread of its own, so that a caller with a running event loop may call it too.

    Args:
        maintenance: how to connect to a database that always exists.
        database: made when missing.
        timeout: seconds to wait for a server that is still starting.

    Raises:
        DatabaseUnreachable: it does not answer in time, or does not let us in.
        UnsafeSettings: it may forget what it has acknowledged.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="peerhour-start") as thread:
        thread.submit(lambda: asyncio.run(_prepare(maintenance, database, timeout))).result()


async def _prepare(maintenance: ConnectKwargs, database: str, timeout: float) -> None:  # noqa: ASYNC109  the limit of a loop, not of one await
    connection = await _connect_patiently(maintenance, time.monotonic() + timeout)
    try:
        await require_safe_settings(connection)
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database)
        if known is None:
            await connection.execute(f'CREATE DATABASE "{database}"')
    finally:
        await connection.close()


async def _connect_patiently(address: ConnectKwargs, deadline: float) -> asyncpg.Connection[Any]:
    """Connect to a server that somebody may be starting at this moment."""
    while True:
        try:
            return await connect(address, application_name="peerhour-start")
        except DatabaseUnreachable as refused:
            wrong = isinstance(refused.__cause__, asyncpg.InvalidAuthorizationSpecificationError)
            if wrong or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_POLL)
