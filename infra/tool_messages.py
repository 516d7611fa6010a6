"""What a meeting tool tells while a meeting runs, kept until it can be read as one report.

A single message says only that somebody joined or left, they come in any order, twice or late; so
they are gathered by meeting and read together, as the same files' readers would read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from infra.secrets.sealing import Seal

KEPT_FOR: Final = timedelta(days=7)  # after that a forgotten report is imported by hand


class ToolMessages:
    """Rooms and messages of meeting tools in PostgreSQL.

    Args:
        pool: connections.
        seal: messages name people.
    """

    def __init__(self, pool: asyncpg.Pool[Any], seal: Seal) -> None:
        self._pool = pool
        self._seal = seal

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
            self._seal.close(body, _place(source, message_id)),
            at,
        )

    async def of_meeting(self, meeting_id: UUID) -> bytes:
        """Return a meeting's messages as JSON lines, in the order of their ids."""
        rows = await self._pool.fetch(
            "SELECT source, message_id, body FROM tool_messages WHERE meeting_id = $1"
            " ORDER BY source, message_id",
            meeting_id,
        )
        bodies = [
            self._seal.open(row["body"], _place(row["source"], row["message_id"])) for row in rows
        ]
        return "".join(f"{body}\n" for body in bodies).encode()

    async def leave_open(self, meeting_id: UUID, source: str, questions: Sequence[str]) -> None:
        """Keep what a tool's messages leave open, in place of what they left open before."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM tool_questions WHERE meeting_id = $1 AND source = $2",
                meeting_id,
                source,
            )
            await connection.executemany(
                "INSERT INTO tool_questions VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                [(meeting_id, source, n, text) for n, text in enumerate(questions)],
            )

    async def open_questions(self, meeting_id: UUID) -> list[str]:
        """Return what tools' messages leave open about a meeting; sentences without names."""
        rows = await self._pool.fetch(
            "SELECT question FROM tool_questions WHERE meeting_id = $1 ORDER BY source, number",
            meeting_id,
        )
        return [row["question"] for row in rows]

    async def forget(self, subject_id: UUID) -> None:
        """Delete what was read already of meetings that a person was expected at.

        Younger messages are still to be read for everybody else; they fade within days.
        """
        await self._pool.execute(
            "DELETE FROM tool_messages WHERE meeting_id IN"
            " (SELECT meeting_id FROM expected_today WHERE member_id = $1)"
            " AND received_at < now() - interval '1 day'",
            subject_id,
        )

    async def sweep(self, *, at: datetime) -> None:
        """Forget messages that nobody waits for any more."""
        await self._pool.execute("DELETE FROM tool_messages WHERE received_at < $1", at - KEPT_FOR)


def _place(source: str, message_id: str) -> str:
    """Return what binds a message's seal to its row."""
    return f"tool_messages/{source}/{message_id}"
