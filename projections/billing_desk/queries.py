"""Questions to the view ``billing_desk``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from projections import Connection

_ACCOUNTS: Final = """SELECT DISTINCT account_id FROM billing_reference
                       WHERE reference = ANY ($1) ORDER BY account_id LIMIT 20"""
_WHOSE: Final = """SELECT DISTINCT ON (reference) reference, account_id FROM billing_reference
                    WHERE reference = ANY ($1) ORDER BY reference, account_id"""
_REFERENCES: Final = "SELECT reference FROM billing_reference WHERE account_id = $1"
_STREAMS: Final = "SELECT stream_id FROM billing_stream WHERE account_id = $1 ORDER BY stream_id"
_PROPOSAL: Final = """SELECT order_id, account_id, invoice_id, cents, currency, reason, proposed_by,
                             proposed_at FROM refund_proposal"""
_OF_ACCOUNT: Final = f"{_PROPOSAL} WHERE account_id = $1 ORDER BY proposed_at, order_id"
_ALL: Final = f"{_PROPOSAL} ORDER BY proposed_at, order_id LIMIT $1"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A refund that waits for a second person to agree."""

    order_id: str
    account_id: UUID
    invoice_id: str
    cents: int
    currency: str
    reason: str
    proposed_by: UUID
    proposed_at: datetime


async def accounts_of(conn: Connection, references: Sequence[str]) -> list[UUID]:
    """Return the accounts that some ids belong to; seldom more than one."""
    return [row["account_id"] for row in await conn.fetch(_ACCOUNTS, list(references))]


async def whose(conn: Connection, references: Sequence[str]) -> dict[str, UUID]:
    """Return the account of each id that belongs to one."""
    rows = await conn.fetch(_WHOSE, list(references))
    return {row["reference"]: row["account_id"] for row in rows}


async def references_of(conn: Connection, account_id: UUID) -> set[str]:
    """Return every id of the payment service's that belongs to an account."""
    return {row["reference"] for row in await conn.fetch(_REFERENCES, account_id)}


async def streams_of(conn: Connection, account_id: UUID) -> list[UUID]:
    """Return the streams of an account's memberships and of its ledger."""
    return [row["stream_id"] for row in await conn.fetch(_STREAMS, account_id)]


async def proposals_of(conn: Connection, account_id: UUID) -> list[ProposalRow]:
    """Return the refunds of an account that wait for a second person, the oldest first."""
    return [ProposalRow(**row) for row in await conn.fetch(_OF_ACCOUNT, account_id)]


async def proposals(conn: Connection, *, limit: int = 100) -> list[ProposalRow]:
    """Return every refund that waits for a second person, the oldest first."""
    return [ProposalRow(**row) for row in await conn.fetch(_ALL, limit)]
