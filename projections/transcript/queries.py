"""Questions to the view ``transcript``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from domain.rules.explain import Step
from projections import Connection

_AWARDS: Final = """SELECT award_id, meeting_id, pack_id, rule_id, rule_version, credit_kind,
                           licence_id, unit_name, minutes, amount, steps, strength, day, title,
                           topics, modality, meeting_minutes, present_minutes, own_minutes, people,
                           withdrawn, note, awarded_at
                      FROM award WHERE member_id = $1 ORDER BY awarded_at DESC, award_id"""
_HELD: Final = """SELECT meeting_id, rule_id, licence_id, unit_name, amount, codes, sentences
                    FROM held WHERE member_id = $1 ORDER BY meeting_id, rule_id"""
_LACKING: Final = """SELECT DISTINCT meeting_id FROM held WHERE codes && $1::text[]
                      ORDER BY meeting_id"""
_OVERLAPS: Final = """SELECT meeting_id, other_meeting_id, minutes FROM overlap
                       WHERE member_id = $1 ORDER BY meeting_id, other_meeting_id, minutes"""


_OWNERS: Final = """SELECT member_id FROM ledger_owner WHERE member_id > $1
                     ORDER BY member_id LIMIT 500"""
_HOW_MANY_OWNERS: Final = "SELECT count(*) FROM ledger_owner"


_STEPS: Final = msgspec.json.Decoder(list[Step])


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One award as it stands, with how it was counted.

    What was known of the meeting is ``None`` for what was credited before it was kept.
    """

    award_id: UUID
    meeting_id: UUID
    pack_id: str
    rule_id: str
    rule_version: int
    credit_kind: str
    licence_id: UUID | None
    unit_name: str
    minutes: int
    amount: Decimal
    steps: Sequence[Step]
    strength: str
    day: date | None
    title: str | None
    topics: Sequence[str] | None
    modality: str | None
    meeting_minutes: int | None
    present_minutes: int | None
    own_minutes: int | None
    people: int | None
    withdrawn: bool
    note: str
    awarded_at: datetime

    @property
    def arithmetic(self) -> Sequence[str]:
        """How the amount came about, a sentence a step."""
        return [step.sentence for step in self.steps]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What a rule would credit, and what is missing."""

    meeting_id: UUID
    rule_id: str
    licence_id: UUID | None
    unit_name: str
    amount: Decimal
    codes: Sequence[str]
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """Two meetings at the same time."""

    meeting_id: UUID
    other_meeting_id: UUID
    minutes: int


@dataclass(frozen=True, slots=True)
class Total:
    """What stands under one rule: the sum of the rows shown."""

    rule_id: str
    unit_name: str
    amount: Decimal
    minutes: int


async def awards(conn: Connection, member_id: UUID) -> list[AwardRow]:
    """Return a member's awards, newest first."""
    rows = [dict(row) for row in await conn.fetch(_AWARDS, member_id)]
    return [AwardRow(**row | {"steps": _STEPS.decode(row["steps"])}) for row in rows]


async def held(conn: Connection, member_id: UUID) -> list[HeldRow]:
    """Return what waits for something."""
    return [HeldRow(**row) for row in await conn.fetch(_HELD, member_id)]


async def lacking(conn: Connection, codes: Collection[str]) -> list[UUID]:
    """Return the meetings whose credit waits for one of some things, for anybody.

    Args:
        conn: where the view is read.
        codes: what may be missing, such as ``provider_approval.missing``.
    """
    return [row["meeting_id"] for row in await conn.fetch(_LACKING, sorted(codes))]


async def overlaps(conn: Connection, member_id: UUID) -> list[OverlapRow]:
    """Return meetings that took place at the same time."""
    return [OverlapRow(**row) for row in await conn.fetch(_OVERLAPS, member_id)]


def totals(rows: Sequence[AwardRow]) -> list[Total]:
    """Add up the rows that stand, rule by rule, so that total and rows always agree."""
    sums: dict[tuple[str, str], tuple[Decimal, int]] = {}
    for row in rows:
        if not row.withdrawn:
            amount, minutes = sums.get((row.rule_id, row.unit_name), (Decimal(0), 0))
            sums[row.rule_id, row.unit_name] = (amount + row.amount, minutes + row.minutes)
    return [Total(*key, *value) for key, value in sorted(sums.items())]


async def owners(conn: Connection) -> AsyncIterator[UUID]:
    """Yield every member with a ledger, in the order of their ids, page by page."""
    after = UUID(int=0)
    while page := await conn.fetch(_OWNERS, after):
        for row in page:
            yield row["member_id"]
        after = page[-1]["member_id"]


async def how_many_owners(conn: Connection) -> int:
    """Return how many members :func:`owners` yields."""
    return int(await conn.fetchval(_HOW_MANY_OWNERS))
