"""Where the database is, and waiting for one that is still starting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final

import structlog

from infra import migrate
from infra.database import UNREACHABLE, connect, connect_kwargs
from infra.database_errors import DatabaseUnreachable
from infra.postgres.embedded import EmbeddedPostgres
from infra.settings import Settings

log = structlog.get_logger()

_WITHIN: Final = 60.0  # seconds that a start waits for the database


async def migrate_at(address: dict[str, Any]) -> list[str]:
    """Bring a database up to date; return the names of what was applied."""
    connection = await connect(address, application_name="peerhour migrate")
    try:
        return await migrate.apply(connection)
    finally:
        await connection.close()


async def require_migrated(address: dict[str, Any]) -> None:
    """Refuse a database that was not brought up to date.

    Raises:
        MigrationNeeded: says what to run.
    """
    connection = await connect(address, application_name="peerhour look")
    try:
        await migrate.require_current(connection)
    finally:
        await connection.close()


async def patiently(step: Callable[[], Awaitable[Any]]) -> None:
    """Wait for a database that is still starting, or starting again; then give up."""
    deadline = asyncio.get_running_loop().time() + _WITHIN
    while True:
        try:
            await step()
        except (*UNREACHABLE, DatabaseUnreachable) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.warning("database.away", problem=type(error).__name__)
            await asyncio.sleep(1)
        else:
            return


async def open_database(
    stack: AsyncExitStack, settings: Settings
) -> tuple[dict[str, Any], EmbeddedPostgres | None]:
    """Return where the database is; start the embedded one where no other is named."""
    if settings.database_url is not None:
        return connect_kwargs(settings.database_url.get_secret_value()), None
    embedded = EmbeddedPostgres(settings.data_dir / "postgres")
    stack.callback(embedded.stop)
    await asyncio.to_thread(embedded.start)
    return connect_kwargs(embedded), embedded
