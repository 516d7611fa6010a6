"""Questions to the view ``outside_credits``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from projections import Connection

_SAID: Final = """SELECT credit_id, number, said_at, reason, licence_id, pack_id, amount, unit_name,
                         day, title, provider_name, category, credit_kind, topics, live,
                         document_id, document_kind, document_size, document_sha256,
                         entered_at, removed_at, removed_because
                    FROM outside_credit_version JOIN outside_credit USING (credit_id)
                   WHERE member_id = $1 ORDER BY credit_id, number"""
_OF_THE_ENTRY: Final = ("entered_at", "removed_at", "removed_because")


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What an entry says, or once said."""

    credit_id: UUID
    number: int
    said_at: datetime
    reason: str | None
    licence_id: UUID
    pack_id: str
    amount: Decimal
    unit_name: str
    day: date
    title: str
    provider_name: str
    category: str | None
    credit_kind: str | None
    topics: Sequence[str]
    live: bool | None
    document_id: UUID | None
    document_kind: str | None
    document_size: int | None
    document_sha256: str | None


@dataclass(frozen=True, slots=True)
class OutsideCreditRow:
    """One entry.

    Attributes:
        now: what it says.
        before: what it said, newest first; each correction's reason stands with what it led to.
        removed_because: the reason, once it was taken back.
    """

    credit_id: UUID
    entered_at: datetime
    removed_at: datetime | None
    removed_because: str | None
    now: SaidRow
    before: Sequence[SaidRow]

    @property
    def counts(self) -> bool:
        """Whether it was not taken back."""
        return self.removed_at is None


async def of_member(conn: Connection, member_id: UUID) -> list[OutsideCreditRow]:
    """Return everything a member entered, by its day, newest first."""
    rows: dict[UUID, OutsideCreditRow] = {}
    for found in await conn.fetch(_SAID, member_id):
        values = dict(found)
        entry = {name: values.pop(name) for name in _OF_THE_ENTRY}
        said = SaidRow(**values)
        earlier = rows.get(said.credit_id)
        before = () if earlier is None else (earlier.now, *earlier.before)
        rows[said.credit_id] = OutsideCreditRow(said.credit_id, **entry, now=said, before=before)
    return sorted(rows.values(), key=lambda row: (row.now.day, row.credit_id), reverse=True)
