"""Regrets in PostgreSQL, beside the log; deleted when their hour is over.

Satisfies :class:`domain.meetings.regrets.RegretShelf`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.meetings.regrets import KEPT_AFTER_START, Regret

# Open pages hear about which meeting something was said (infra/log_signal.py), and not what.
_PUT: Final = """WITH said AS (
                 INSERT INTO regrets
                        (regret_id, group_id, meeting_id, member_id, starts_at, said_at)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING meeting_id)
                 SELECT pg_notify('peerhour_regrets', meeting_id::text) FROM said"""
_OF_MEETINGS: Final = """SELECT regret_id, group_id, meeting_id, member_id, starts_at, said_at
                           FROM regrets WHERE meeting_id = ANY ($1) AND NOT taken_back
                          ORDER BY said_at, regret_id"""
_OF_MEMBER: Final = """SELECT regret_id, group_id, meeting_id, member_id, starts_at, said_at
                         FROM regrets WHERE member_id = $1 AND NOT taken_back
                        ORDER BY said_at, regret_id"""
_TAKE_BACK: Final = """WITH taken AS (
                       UPDATE regrets SET taken_back = true
                        WHERE regret_id = $1 AND meeting_id = $2 AND member_id = $3
                       RETURNING meeting_id)
                       SELECT pg_notify('peerhour_regrets', meeting_id::text) FROM taken"""
_DROP: Final = "DELETE FROM regrets WHERE group_id = $1 AND member_id = $2 AND said_at <= $3"
_FORGET: Final = "DELETE FROM regrets WHERE member_id = $1"
_SWEEP: Final = "DELETE FROM regrets WHERE starts_at <= $1"


class PostgresRegrets:
    """Regrets in one mutable table.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def put(self, regret: Regret) -> None:
        """Keep a regret; the first one under an id stays, and one of a person about an hour."""
        await self._pool.execute(
            _PUT,
            regret.regret_id,
            regret.group_id,
            regret.meeting_id,
            regret.member_id,
            regret.starts_at,
            regret.said_at,
        )

    async def of_meetings(self, meeting_ids: Collection[UUID]) -> list[Regret]:
        """Return what stands about these meetings, in the order it was said."""
        return [Regret(**row) for row in await self._pool.fetch(_OF_MEETINGS, list(meeting_ids))]

    async def of_member(self, member_id: UUID) -> list[Regret]:
        """Return what somebody said and did not take back, in the order it was said."""
        return [Regret(**row) for row in await self._pool.fetch(_OF_MEMBER, member_id)]

    async def take_back(self, regret_id: UUID, *, meeting_id: UUID, member_id: UUID) -> bool:
        """Take somebody's own regret back; tell whether there is such a one, taken back or not."""
        return bool(await self._pool.fetch(_TAKE_BACK, regret_id, meeting_id, member_id))

    async def drop(self, group_id: UUID, member_id: UUID, *, until: datetime) -> None:
        """Delete what somebody said about a group's meetings until they left it."""
        await self._pool.execute(_DROP, group_id, member_id, until)

    async def forget(self, subject_id: UUID) -> None:
        """Delete what a person said."""
        await self._pool.execute(_FORGET, subject_id)

    async def sweep(self, *, at: datetime) -> None:
        """Delete what is about hours that are over."""
        await self._pool.execute(_SWEEP, at - KEPT_AFTER_START)
