"""Questions to the view ``certificate_checks``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_OF: Final = """SELECT checked_at, channel FROM certificate_check WHERE certificate_id = $1
                 ORDER BY checked_at DESC LIMIT $2"""
_COUNTS: Final = """SELECT certificate_id, count(*) AS many, max(checked_at) AS last_at
                      FROM certificate_check WHERE certificate_id = ANY ($1)
                     GROUP BY certificate_id"""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The first look at a certificate in one hour, by the page or by a program."""

    checked_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class ChecksRow:
    """In how many hours a certificate was looked at, and when last."""

    certificate_id: UUID
    many: int
    last_at: datetime


async def of_certificate(conn: Connection, certificate_id: UUID, limit: int) -> list[CheckRow]:
    """Return the newest looks at a certificate."""
    return [CheckRow(**row) for row in await conn.fetch(_OF, certificate_id, limit)]


async def counted(conn: Connection, certificate_ids: Sequence[UUID]) -> dict[UUID, ChecksRow]:
    """Return the looks at each of some certificates; one nobody looked at is left out."""
    rows = await conn.fetch(_COUNTS, list(certificate_ids))
    return {row["certificate_id"]: ChecksRow(**row) for row in rows}
