"""The whole story of a payer's money, for themselves: to read, and to take along as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.currencies import plain, written
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.money.words import WHILE_DISPUTED, Told, purpose_of, told
from domain.payments.checkouts import Purpose
from domain.values import Money
from projections.memberships import queries as memberships
from projections.memberships.queries import MoneyLineRow
from services import tables
from services.house import House

FORMAT: Final = "peerhour.money/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line, in words and in figures.

    Attributes:
        happened_at: when it happened; *known_at* is when we came to know.
        what: in a few words; *meaning* says what it means, and *who* made it happen.
        amount: in the currency's usual notation; *written_amount* with the currency.
        kind: the stable name of what happened.
        object_id: the payment service's id of it; *invoice_id* the one it is about.
    """

    happened_at: datetime
    known_at: datetime
    what: str
    meaning: str
    who: str
    amount: str
    currency: str
    written_amount: str
    kind: str
    object_id: str
    invoice_id: str
    attempt: int
    reason: str | None
    order_id: str | None
    source_event_id: str | None
    request_id: str | None
    idempotency_key: str | None


def fact_of(row: MoneyLineRow) -> tuple[MoneyKind, MoneyFact]:
    """Return a line of the view as the fact it came from."""
    fact = MoneyFact(
        object_id=row.object_id,
        attempt=row.attempt,
        amount=Money(row.cents, row.currency),
        about=None if row.concerns == row.object_id else row.concerns,
        order_id=row.order_id,
        actor=Actor(row.actor),
        person_id=row.person_id,
        reason=row.reason,
        true_at=row.true_at,
        source_event_id=row.source_event_id,
        request_id=row.request_id,
        idempotency_key=row.idempotency_key,
    )
    return MoneyKind(row.kind), fact


async def story_of(house: House, payer_id: UUID, *, reader: UUID) -> list[StoryLine]:
    """Return every line of a payer's ledger, in the order it happened.

    Args:
        house: whose record it is.
        payer_id: a person, or a practice.
        reader: whom it is told to; what they did themselves is told as theirs.
    """
    async with house.views() as conn:
        account = await memberships.payer(conn, billing_account_id(payer_id))
        rows = await memberships.money_lines(conn, billing_account_id(payer_id))
    payer = PayerKind.PERSON if account is None else PayerKind(account.payer_kind)
    facts = [fact_of(row) for row in rows]
    paid_for = purposes(facts)
    return [
        _line(
            row,
            told(kind, fact, reader=reader, payer=payer, paid_for=paid_for.get(fact.concerns)),
        )
        for row, (kind, fact) in zip(rows, facts, strict=True)
    ]


def purposes(facts: Sequence[tuple[MoneyKind, MoneyFact]]) -> dict[str, str]:
    """Return what invoices were for, those that were paid once; by their ids."""
    told_for = ((fact.object_id, purpose_of(kind, fact)) for kind, fact in facts)
    return {invoice_id: purpose for invoice_id, purpose in told_for if purpose is not None}


async def while_disputed(house: House, payer_id: UUID, purpose: Purpose) -> str:
    """Return what is so while a bank decides about a gift of somebody's; nothing if none does.

    Args:
        house: whose record it is.
        payer_id: who gave.
        purpose: gifts to funds, or gift months.
    """
    async with house.views() as conn:
        rows = await memberships.money_lines(conn, billing_account_id(payer_id))
    facts = [fact_of(row) for row in rows]
    paid_for = purposes(facts)
    opened = {
        fact.object_id
        for kind, fact in facts
        if kind is MoneyKind.DISPUTE_OPENED and paid_for.get(fact.concerns) == purpose.value
    }
    closed = {fact.object_id for kind, fact in facts if kind is MoneyKind.DISPUTE_CLOSED}
    return WHILE_DISPUTED[purpose.value] if opened - closed else ""


def as_csv(lines: Sequence[StoryLine]) -> bytes:
    """Return a table for spreadsheets, one row a line."""
    return tables.as_csv(StoryLine.__slots__, map(asdict, lines))


def as_json(lines: Sequence[StoryLine], *, made_at: datetime) -> bytes:
    """Return the same lines for programs, with when the file was made."""
    document = {
        "format": FORMAT,
        "made_at": tables.instant(made_at),
        "lines": [{name: _plain(each) for name, each in asdict(line).items()} for line in lines],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _line(row: MoneyLineRow, words: Told) -> StoryLine:
    amount = Money(row.cents, row.currency)
    return StoryLine(
        happened_at=row.true_at,
        known_at=row.known_at,
        what=words.title,
        meaning=words.meaning,
        who=words.who,
        amount=plain(amount),
        currency=row.currency,
        written_amount=written(amount),
        kind=row.kind,
        object_id=row.object_id,
        invoice_id=row.concerns,
        attempt=row.attempt,
        reason=row.reason,
        order_id=row.order_id,
        source_event_id=row.source_event_id,
        request_id=row.request_id,
        idempotency_key=row.idempotency_key,
    )


def _plain(value: Any) -> Any:
    return tables.instant(value) if isinstance(value, datetime) else value
