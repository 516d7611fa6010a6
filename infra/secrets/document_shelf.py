"""Documents that members sent as proof, encrypted under their member's key.

A document arrives before the entry that names it, because an entry must never name what is not
there. Once the entry stands, its effect says so (:meth:`DocumentShelf.keep`); a document that no
entry ever named is swept. Nothing here looks into a document.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.ports import Clock
from infra.secrets.keystore import KeyStore
from infra.secrets.sealed_bytes import closed, opened

UNNAMED_FOR: Final = timedelta(days=7)  # longer than any effect waits before somebody is told

_PUT: Final = """INSERT INTO sealed_documents (document_id, subject_id, content, made_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (document_id) DO NOTHING"""
_FETCH: Final = "SELECT subject_id, content FROM sealed_documents WHERE document_id = $1"
_KEEP: Final = """UPDATE sealed_documents SET kept_at = $2
                   WHERE document_id = $1 AND kept_at IS NULL"""
_DROP: Final = "DELETE FROM sealed_documents WHERE document_id = $1"
_FORGET: Final = "DELETE FROM sealed_documents WHERE subject_id = $1"
_SWEEP: Final = "DELETE FROM sealed_documents WHERE kept_at IS NULL AND made_at < $1"


class DocumentShelf:
    """Documents in PostgreSQL.

    Args:
        pool: connections.
        keystore: the keys of the people.
        clock: says when a document came.
    """

    def __init__(self, pool: asyncpg.Pool[Any], keystore: KeyStore, clock: Clock) -> None:
        self._pool = pool
        self._keystore = keystore
        self._clock = clock

    async def put(self, document_id: UUID, subject_id: UUID, content: bytes) -> bool:
        """Take a document in; the first bytes under an id win. ``False`` for the forgotten."""
        sealed = closed(self._keystore, subject_id, document_id, content)
        if sealed is None:
            return False
        await self._pool.execute(_PUT, document_id, subject_id, sealed, self._clock.now())
        return True

    async def keep(self, document_id: UUID) -> None:
        """Note that an entry names the document; twice changes nothing."""
        await self._pool.execute(_KEEP, document_id, self._clock.now())

    async def fetch(self, document_id: UUID) -> bytes | None:
        """Return a document; ``None`` where there is none, or its person is forgotten."""
        row = await self._pool.fetchrow(_FETCH, document_id)
        if row is None:
            return None
        return opened(self._keystore, row["subject_id"], document_id, row["content"])

    async def drop(self, document_id: UUID) -> None:
        """Delete a document that proves nothing any more."""
        await self._pool.execute(_DROP, document_id)

    async def forget(self, subject_id: UUID) -> None:
        """Delete every document of a person."""
        await self._pool.execute(_FORGET, subject_id)

    async def sweep(self, *, at: datetime) -> None:
        """Delete what no entry has named in all that time."""
        await self._pool.execute(_SWEEP, at - UNNAMED_FOR)
