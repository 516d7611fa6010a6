"""What a meeting tool tells while a meeting runs, kept until it can be read as one report.

A single message says only that somebody joined or left, they come in any order, twice or late; so
they are gathered by meeting and read together, as the same files' readers would read them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

KEPT_FOR: Final = timedelta(days=7)  # after that a forgotten report is imported by hand


class ToolMessages:
    """Rooms and messages of meeting tools in PostgreSQL.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def link(self, source: str, room: str, group_id: UUID) -> None:
        """Say which group meets in a room of the tool."""
        await self._pool.execute(
            "INSERT INTO tool_rooms VALUES ($1, $2, $3)"
            " ON CONFLICT (source, room) DO UPDATE SET group_id = $3",
            source,
            room,
            group_id,
        )

    async def group_in(self, source: str, room: str) -> UUID | None:
        """Return the group that meets in a room."""
        found: UUID | None = await self._pool.fetchval(
            "SELECT group_id FROM tool_rooms WHERE source = $1 AND room = $2", source, room
        )
        return found

    async def keep(
        self, source: str, message_id: str, meeting_id: UUID, body: str, at: datetime
    ) -> None:
        """Keep a message; the same one twice is kept once."""
        await self._pool.execute(
            "INSERT INTO tool_messages VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            source,
            message_id,
            meeting_id,
            body,
            at,
        )

    async def of_meeting(self, meeting_id: UUID) -> bytes:
        """Return a meeting's messages as JSON lines, in the order of their ids."""
        rows = await self._pool.fetch(
            "SELECT body FROM tool_messages WHERE meeting_id = $1 ORDER BY source, message_id",
            meeting_id,
        )
        return "".join(f"{row['body']}\n" for row in rows).encode()

    async def forget(self, subject_id: UUID) -> None:
        """Delete what was read already of meetings that a person was expected at.

        Younger messages are still to be read for everybody else; they fade within days.
        """
        await self._pool.execute(
            "DELETE FROM tool_messages WHERE meeting_id IN"
            " (SELECT meeting_id FROM expected WHERE member_id = $1)"
            " AND received_at < now() - interval '1 day'",
            subject_id,
        )

    async def sweep(self, *, at: datetime) -> None:
        """Forget messages that nobody waits for any more."""
        await self._pool.execute("DELETE FROM tool_messages WHERE received_at < $1", at - KEPT_FOR)
