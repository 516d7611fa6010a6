"""Contact data: the one place with mail addresses; mutable, and emptied when a person is forgotten.

Satisfies :class:`services.house.Vault`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domain.errors import AlreadyExists


class MailTaken(AlreadyExists):
    """The address belongs to somebody else."""

    code = "vault.mail_taken"


class PostgresVault:
    """Contact data in PostgreSQL.

    Args:
        pool: connections.
    """

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    async def keep_mail(self, subject_id: UUID, address: str) -> None:
        """Keep a mail address.

        Raises:
            MailTaken: it belongs to somebody else.
        """
        try:
            await self._pool.execute(
                "INSERT INTO vault (subject_id, kind, value) VALUES ($1, 'mail', $2)"
                " ON CONFLICT (subject_id, kind) DO UPDATE SET value = $2",
                subject_id,
                address.strip(),
            )
        except asyncpg.UniqueViolationError:
            raise MailTaken("Somebody else is known under this address.") from None

    async def mail_of(self, subject_id: UUID) -> str | None:
        """Return a person's mail address."""
        found: str | None = await self._pool.fetchval(
            "SELECT value FROM vault WHERE subject_id = $1 AND kind = 'mail'", subject_id
        )
        return found

    async def person_with_mail(self, address: str) -> UUID | None:
        """Return whose mail address it is, however it is capitalised."""
        found: UUID | None = await self._pool.fetchval(
            "SELECT subject_id FROM vault WHERE kind = 'mail' AND lower(value) = lower($1)",
            address.strip(),
        )
        return found

    async def keep_invitation(self, seat_id: UUID, address: str, *, at: datetime) -> None:
        """Keep the address that a seat is offered to; who has it already does not matter."""
        await self._pool.execute(
            "INSERT INTO vault (subject_id, kind, value, kept_at) VALUES ($1, 'invitation', $2, $3)"
            " ON CONFLICT (subject_id, kind) DO UPDATE SET value = $2, kept_at = $3",
            seat_id,
            address.strip(),
            at,
        )

    async def forget_invitations(self, *, kept_before: datetime, but: Collection[UUID]) -> int:
        """Delete addresses that were kept before an instant, *but* those of these offers.

        Returns:
            How many were deleted.
        """
        gone = await self._pool.fetch(
            "DELETE FROM vault WHERE kind = 'invitation' AND kept_at < $1"
            " AND NOT subject_id = ANY ($2::uuid[]) RETURNING subject_id",
            kept_before,
            [*but],
        )
        return len(gone)

    async def invitation(self, seat_id: UUID) -> str | None:
        """Return the address that a seat is offered to, while it is offered."""
        found: str | None = await self._pool.fetchval(
            "SELECT value FROM vault WHERE subject_id = $1 AND kind = 'invitation'", seat_id
        )
        return found

    async def forget(self, subject_id: UUID) -> None:
        """Delete everything about a person."""
        await self._pool.execute("DELETE FROM vault WHERE subject_id = $1", subject_id)
