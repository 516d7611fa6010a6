"""Sealed papers, encrypted under the key of the person they are about.

The bytes are kept because a paper drawn again by newer software may differ in its bytes, and its
digest is part of the record. Forgetting the person makes them unreadable, wherever copies lie.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from infra.secrets.keystore import KeyStore
from infra.secrets.sealed_bytes import closed, opened


class PaperShelf:
    """Sealed papers in PostgreSQL.

    Args:
        pool: connections.
        keystore: the keys of the people.
    """

    def __init__(self, pool: asyncpg.Pool[Any], keystore: KeyStore) -> None:
        self._pool = pool
        self._keystore = keystore

    async def put(self, certificate_id: UUID, subject_id: UUID, content: bytes) -> bytes | None:
        """Keep a paper and return what is kept: the first bytes win; ``None`` for the forgotten."""
        sealed = closed(self._keystore, subject_id, certificate_id, content)
        if sealed is None:
            return None
        await self._pool.execute(
            "INSERT INTO sealed_papers (certificate_id, subject_id, content) VALUES ($1, $2, $3)"
            " ON CONFLICT (certificate_id) DO NOTHING",
            certificate_id,
            subject_id,
            sealed,
        )
        return await self.fetch(certificate_id)

    async def fetch(self, certificate_id: UUID) -> bytes | None:
        """Return a paper; ``None`` while there is none, or once its person is forgotten."""
        row = await self._pool.fetchrow(
            "SELECT subject_id, content FROM sealed_papers WHERE certificate_id = $1",
            certificate_id,
        )
        if row is None:
            return None
        return opened(self._keystore, row["subject_id"], certificate_id, row["content"])

    async def forget(self, subject_id: UUID) -> None:
        """Delete everything about a person."""
        await self._pool.execute("DELETE FROM sealed_papers WHERE subject_id = $1", subject_id)
