"""Which mails about hours members wish, in PostgreSQL, beside the log.

Satisfies :class:`domain.notices.notice.WishShelf`.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.notices.notice import Wishes

_PUT: Final = """INSERT INTO notice_wishes (member_id, reminders, changes) VALUES ($1, $2, $3)
                 ON CONFLICT (member_id) DO UPDATE
                    SET reminders = excluded.reminders, changes = excluded.changes"""
_OF_MEMBER: Final = "SELECT member_id, reminders, changes FROM notice_wishes WHERE member_id = $1"
_FORGET: Final = "DELETE FROM notice_wishes WHERE member_id = $1"


class PostgresWishes:
    """Wishes in one mutable table.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def put(self, wishes: Wishes) -> None:
        """Keep somebody's wishes instead of those they had."""
        await self._pool.execute(_PUT, wishes.member_id, wishes.reminders, wishes.changes)

    async def of_member(self, member_id: UUID) -> Wishes:
        """Return somebody's wishes; of who never said any, what everybody begins with."""
        row = await self._pool.fetchrow(_OF_MEMBER, member_id)
        return Wishes(member_id=member_id) if row is None else Wishes(**row)

    async def forget(self, subject_id: UUID) -> None:
        """Delete what somebody wished."""
        await self._pool.execute(_FORGET, subject_id)
