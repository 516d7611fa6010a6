"""Words between meetings, each sealed under its author's key, and deleted once it fades.

Satisfies :class:`domain.corridor.word.WordShelf`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.corridor.word import FADES_AFTER, Gone, Word
from infra.secrets.keystore import KeyStore
from infra.secrets.sealed_bytes import closed, opened

# Open pages hear in whose corridor something changed (infra/log_signal.py), and nothing about what.
_PUT: Final = """WITH left_here AS (
                 INSERT INTO corridor_words
                        (word_id, group_id, author_id, only_for, just_listen, written_at, sealed)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (word_id) DO NOTHING
                 RETURNING group_id)
                 SELECT pg_notify('peerhour_corridor', group_id::text) FROM left_here"""
_FIND: Final = "SELECT * FROM corridor_words WHERE word_id = $1"
# Nothing is cut off: what stands is at most a roster times MOST_STANDING; the removed has no text.
_OF_GROUP: Final = """SELECT * FROM corridor_words
                        WHERE group_id = $1 AND written_at > $2
                          AND gone IS DISTINCT FROM 'taken_back'
                        ORDER BY written_at, word_id"""
_OF_AUTHOR: Final = """SELECT * FROM corridor_words
                         WHERE author_id = $1 AND written_at > $2 AND gone IS NULL
                         ORDER BY written_at, word_id"""
_OF_MEMBER: Final = """SELECT * FROM corridor_words
                         WHERE group_id = $1 AND (author_id = $2 OR only_for = $2) AND gone IS NULL
                         ORDER BY written_at, word_id"""
_TAKE_AWAY: Final = """WITH taken AS (
                       UPDATE corridor_words SET sealed = NULL, gone = $2
                        WHERE word_id = $1 AND gone IS NULL
                       RETURNING group_id)
                       SELECT pg_notify('peerhour_corridor', group_id::text) FROM taken"""
_FORGET: Final = "DELETE FROM corridor_words WHERE author_id = $1 OR only_for = $1"
_SWEEP: Final = "DELETE FROM corridor_words WHERE written_at <= $1"


class CorridorShelf:
    """Words in PostgreSQL.

    Args:
        pool: connections.
        keystore: the keys of the people.
    """

    def __init__(self, pool: asyncpg.Pool[Any], keystore: KeyStore) -> None:
        self._pool = pool
        self._keystore = keystore

    async def put(self, word: Word) -> bool:
        """Keep a word; the first one under an id stays. ``False`` for forgotten authors."""
        sealed = closed(self._keystore, word.author_id, word.word_id, word.text.encode())
        if sealed is None:
            return False
        await self._pool.execute(
            _PUT,
            word.word_id,
            word.group_id,
            word.author_id,
            word.only_for,
            word.just_listen,
            word.written_at,
            sealed,
        )
        return True

    async def find(self, word_id: UUID) -> Word | None:
        """Return a word, also one whose text is gone, while its time lasts."""
        row = await self._pool.fetchrow(_FIND, word_id)
        return None if row is None else self._read(row)

    async def of_group(self, group_id: UUID, *, at: datetime) -> list[Word]:
        """Return what stands in a group's corridor and has not faded by *at*, oldest first."""
        rows = await self._pool.fetch(_OF_GROUP, group_id, at - FADES_AFTER)
        return self._readable(rows)

    async def of_author(self, author_id: UUID, *, at: datetime) -> list[Word]:
        """Return what somebody wrote, still stands and has not faded by *at*, oldest first."""
        return self._readable(await self._pool.fetch(_OF_AUTHOR, author_id, at - FADES_AFTER))

    async def of_member(self, group_id: UUID, member_id: UUID) -> list[Word]:
        """Return what somebody wrote in a group, or alone reads there, and still stands."""
        return self._readable(await self._pool.fetch(_OF_MEMBER, group_id, member_id))

    async def take_away(self, word: Word, gone: Gone) -> None:
        """Delete the text of a word before its time; one that is gone already stays so."""
        await self._pool.execute(_TAKE_AWAY, word.word_id, gone.value)

    async def forget(self, subject_id: UUID) -> None:
        """Delete what a person wrote, and what was written to them alone."""
        await self._pool.execute(_FORGET, subject_id)

    async def sweep(self, *, at: datetime) -> None:
        """Delete what has faded."""
        await self._pool.execute(_SWEEP, at - FADES_AFTER)

    def _readable(self, rows: list[Any]) -> list[Word]:
        return [word for row in rows if (word := self._read(row)) is not None]

    def _read(self, row: Any) -> Word | None:
        """Return a row as a word; ``None`` if its author was forgotten this very moment."""
        text: bytes | None = b""
        if row["sealed"] is not None:
            text = opened(self._keystore, row["author_id"], row["word_id"], row["sealed"])
        if text is None:
            return None
        return Word(
            word_id=row["word_id"],
            group_id=row["group_id"],
            author_id=row["author_id"],
            only_for=row["only_for"],
            just_listen=row["just_listen"],
            written_at=row["written_at"],
            text=text.decode(),
            gone=None if row["gone"] is None else Gone(row["gone"]),
        )
