"""Questions to the view ``audit_trail``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_COLUMNS: Final = "position, happened_at, recorded_at, topic, stream_id, actor_id, command_id"
_NEWEST: Final = f"SELECT {_COLUMNS} FROM trail ORDER BY position DESC LIMIT $1"
_STREAM: Final = f"SELECT {_COLUMNS} FROM trail WHERE stream_id = $1 ORDER BY position"


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event: when it happened, when it was written down, and who stands behind it."""

    position: int
    happened_at: datetime
    recorded_at: datetime
    topic: str
    stream_id: UUID
    actor_id: UUID | None
    command_id: UUID


async def newest(conn: Connection, many: int) -> list[TrailRow]:
    """Return the newest events, newest first."""
    return [TrailRow(**row) for row in await conn.fetch(_NEWEST, many)]


async def of_stream(conn: Connection, stream_id: UUID) -> list[TrailRow]:
    """Return what happened to one thing, in order."""
    return [TrailRow(**row) for row in await conn.fetch(_STREAM, stream_id)]
