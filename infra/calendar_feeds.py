"""Calendar feeds in PostgreSQL, beside the log: one row for each member who has one.

Satisfies :class:`domain.calendar.feed.FeedShelf`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.calendar.feed import Feed, Shows

_BEGIN: Final = """INSERT INTO calendar_feeds (feed_id, member_id, shows, made_at)
                   VALUES ($1, $2, $3, $4)
                   ON CONFLICT (member_id) DO UPDATE SET shows = excluded.shows"""
_REPLACE: Final = """UPDATE calendar_feeds SET feed_id = $2, made_at = $3, read_at = NULL
                      WHERE member_id = $1"""
_OF_MEMBER: Final = """SELECT feed_id, member_id, shows, made_at, read_at FROM calendar_feeds
                        WHERE member_id = $1"""
_FIND: Final = """SELECT feed_id, member_id, shows, made_at, read_at FROM calendar_feeds
                   WHERE feed_id = $1"""
_NOTE: Final = """UPDATE calendar_feeds SET read_at = date_trunc('hour', $2::timestamptz)
                   WHERE feed_id = $1
                     AND (read_at IS NULL OR read_at < date_trunc('hour', $2::timestamptz))"""
_FORGET: Final = "DELETE FROM calendar_feeds WHERE member_id = $1"


class PostgresFeeds:
    """Feeds in one mutable table.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def begin(self, feed: Feed) -> None:
        """Keep a member's first feed; where there is one, only what it shows is taken over."""
        await self._pool.execute(_BEGIN, feed.feed_id, feed.member_id, feed.shows, feed.made_at)

    async def replace(self, member_id: UUID, feed_id: UUID, *, at: datetime) -> None:
        """Give a member's feed another id: its old address is good no more."""
        await self._pool.execute(_REPLACE, member_id, feed_id, at)

    async def of_member(self, member_id: UUID) -> Feed | None:
        """Return a member's feed."""
        return _feed(await self._pool.fetchrow(_OF_MEMBER, member_id))

    async def find(self, feed_id: UUID) -> Feed | None:
        """Return the feed with this id, unless another took its place."""
        return _feed(await self._pool.fetchrow(_FIND, feed_id))

    async def note_reading(self, feed_id: UUID, *, at: datetime) -> None:
        """Keep that a calendar asked, once an hour at most."""
        await self._pool.execute(_NOTE, feed_id, at)

    async def forget(self, subject_id: UUID) -> None:
        """Delete a member's feed: its address is good no more."""
        await self._pool.execute(_FORGET, subject_id)


def _feed(row: asyncpg.Record | None) -> Feed | None:
    if row is None:
        return None
    return Feed(**{**row, "shows": Shows(row["shows"])})
