"""Sign-ins, links and counters of the web, in PostgreSQL.

Satisfies the store Protocols of ``services/web/ports.py``, which say what each method means. Every
method is one statement, so that two processes never decide the same thing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    import asyncpg

    Pool = asyncpg.Pool[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One sign-in that is still good."""

    public_id: UUID
    person_id: UUID
    made_at: datetime
    seen_at: datetime
    method: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A sign-in link that still works."""

    browser_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAdmission:
    """Whom a link or code let in."""

    person_id: UUID
    next_path: str


_ADD_SESSION = """
INSERT INTO web_sessions
    (id_hash, public_id, person_id, made_at, seen_at, idle, ends_at, method, device)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)"""
_FIND_SESSION = """
SELECT public_id, person_id, made_at, seen_at, method, device FROM web_sessions
 WHERE id_hash = $1 AND ends_at > $2 AND seen_at + idle > $2"""
_TOUCH_SESSION = "UPDATE web_sessions SET seen_at = $2 WHERE id_hash = $1 AND seen_at < $2"
_DROP_SESSION = "DELETE FROM web_sessions WHERE id_hash = $1"
_SESSIONS_OF = """
SELECT public_id, person_id, made_at, seen_at, method, device FROM web_sessions
 WHERE person_id = $1 AND ends_at > $2 AND seen_at + idle > $2
 ORDER BY seen_at DESC, public_id"""
_DROP_SESSIONS_OF = """
DELETE FROM web_sessions WHERE person_id = $1 AND ($2::uuid IS NULL OR public_id = $2)"""
_SWEEP_SESSIONS = "DELETE FROM web_sessions WHERE ends_at <= $1 OR seen_at + idle <= $1"


class PostgresSessions:
    """``SessionStore`` on the table ``web_sessions``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(
        self,
        *,
        id_hash: bytes,
        public_id: UUID,
        person_id: UUID,
        at: datetime,
        idle: timedelta,
        ends_at: datetime,
        method: str,
        device: str,
    ) -> None:
        """Keep a new session."""
        await self._pool.execute(
            _ADD_SESSION, id_hash, public_id, person_id, at, idle, ends_at, method, device
        )

    async def find(self, id_hash: bytes, *, at: datetime) -> StoredSession | None:
        """Return the session if it is good at *at*."""
        row = await self._pool.fetchrow(_FIND_SESSION, id_hash, at)
        return StoredSession(**row) if row else None

    async def touch(self, id_hash: bytes, *, at: datetime) -> None:
        """Remember that the session was used at *at*."""
        await self._pool.execute(_TOUCH_SESSION, id_hash, at)

    async def drop(self, id_hash: bytes) -> None:
        """Forget a session."""
        await self._pool.execute(_DROP_SESSION, id_hash)

    async def of_person(self, person_id: UUID, *, at: datetime) -> list[StoredSession]:
        """Return the person's good sessions, last used first."""
        rows = await self._pool.fetch(_SESSIONS_OF, person_id, at)
        return [StoredSession(**row) for row in rows]

    async def drop_of_person(self, person_id: UUID, *, public_id: UUID | None = None) -> int:
        """Forget one session of the person, or all."""
        return _count(await self._pool.execute(_DROP_SESSIONS_OF, person_id, public_id))

    async def sweep(self, *, at: datetime) -> int:
        """Delete what is over."""
        return _count(await self._pool.execute(_SWEEP_SESSIONS, at))


_ADD_LINK = """
INSERT INTO sign_in_links
    (token_hash, code_hash, browser_hash, person_id, next_path, made_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""
_PEEK_LINK = """
SELECT browser_hash FROM sign_in_links
 WHERE token_hash = $1 AND used_at IS NULL AND ends_at > $2 AND person_id IS NOT NULL"""
_USE_LINK = """
UPDATE sign_in_links SET used_at = $3
 WHERE token_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND ends_at > $3
   AND person_id IS NOT NULL
RETURNING person_id, next_path"""
# Every living link of the browser counts the guess; the right one is used by it.
_USE_CODE = """
UPDATE sign_in_links
   SET tries = tries + 1,
       used_at = CASE WHEN code_hash = $1 AND person_id IS NOT NULL THEN $3::timestamptz END
 WHERE browser_hash = $2 AND used_at IS NULL AND ends_at > $3 AND tries < $4
RETURNING used_at, person_id, next_path"""
_SWEEP_LINKS = "DELETE FROM sign_in_links WHERE ends_at <= $1"


class PostgresSignInLinks:
    """``SignInLinks`` on the table ``sign_in_links``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(
        self,
        *,
        token_hash: bytes,
        code_hash: bytes,
        browser_hash: bytes,
        person_id: UUID | None,
        next_path: str,
        at: datetime,
        ends_at: datetime,
    ) -> None:
        """Keep a link, or a decoy."""
        await self._pool.execute(
            _ADD_LINK, token_hash, code_hash, browser_hash, person_id, next_path, at, ends_at
        )

    async def peek(self, token_hash: bytes, *, at: datetime) -> StoredLink | None:
        """Return the link if it works at *at*, without using it."""
        row = await self._pool.fetchrow(_PEEK_LINK, token_hash, at)
        return StoredLink(**row) if row else None

    async def use(
        self, token_hash: bytes, *, browser_hash: bytes, at: datetime
    ) -> StoredAdmission | None:
        """Use the link once."""
        row = await self._pool.fetchrow(_USE_LINK, token_hash, browser_hash, at)
        return StoredAdmission(**row) if row else None

    async def use_code(
        self, code_hash: bytes, *, browser_hash: bytes, at: datetime, tries: int
    ) -> StoredAdmission | None:
        """Use the code once."""
        for row in await self._pool.fetch(_USE_CODE, code_hash, browser_hash, at, tries):
            if row["used_at"] is not None:
                return StoredAdmission(person_id=row["person_id"], next_path=row["next_path"])
        return None

    async def drop_of_person(self, person_id: UUID) -> None:
        """Take back every way in that a person asked for."""
        await self._pool.execute("DELETE FROM sign_in_links WHERE person_id = $1", person_id)

    async def sweep(self, *, at: datetime) -> int:
        """Delete what is over."""
        return _count(await self._pool.execute(_SWEEP_LINKS, at))


# $3 now, $4 one turn's share of the window, $5 the window. A refused turn changes nothing.
_TAKE = """
INSERT INTO rate_limits AS r (purpose, key, full_at)
VALUES ($1, $2, $3::timestamptz + $4::interval)
ON CONFLICT (purpose, key) DO UPDATE SET full_at = greatest(r.full_at, $3) + $4
 WHERE greatest(r.full_at, $3) + $4 <= $3 + $5::interval
RETURNING true"""
_FULL_AT = "SELECT full_at FROM rate_limits WHERE purpose = $1 AND key = $2"
_SWEEP_LIMITS = "DELETE FROM rate_limits WHERE full_at <= $1"


class PostgresRateLimits:
    """``RateLimits`` on the table ``rate_limits``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(
        self, purpose: str, key: bytes, *, limit: int, window: timedelta, at: datetime
    ) -> timedelta | None:
        """Take a turn; returns how long until one is free if none is."""
        share = window / limit
        if await self._pool.fetchval(_TAKE, purpose, key, at, share, window):
            return None
        full_at = await self._pool.fetchval(_FULL_AT, purpose, key)
        wait = full_at + share - window - at if full_at else share  # swept in between: soon
        return max(wait, share * 0)

    async def sweep(self, *, at: datetime) -> int:
        """Delete counters that are full again."""
        return _count(await self._pool.execute(_SWEEP_LIMITS, at))


def _count(command_tag: str) -> int:
    """Return the number at the end of PostgreSQL's answer, for example of ``DELETE 3``."""
    return int(command_tag.rsplit(" ", 1)[-1])
