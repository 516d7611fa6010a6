"""Chores once for all workers, marks that never go back, differences that are counted and heal."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest

from domain.payments.drift import EVENTS, Drift, DriftKind
from infra.payments.watch import DriftBook, RegularChores, Watermarks
from tests.support.builders import SIX_PM

Pool: TypeAlias = "asyncpg.Pool[Any]"
HOUR = timedelta(hours=1)
TWO = {DriftKind.DIFFERS, DriftKind.UNSEEN}


@pytest.fixture(autouse=True)
async def _clean(pool: Pool) -> None:
    await pool.execute("TRUNCATE regular_chores, watermarks, drifts")


def drift(kind: DriftKind, subject: str = "sub_1", theirs: str = "status active") -> Drift:
    return Drift(kind=kind, subject=subject, ours="nothing", theirs=theirs)


async def test_a_chore_is_taken_once_however_many_ask(pool: Pool) -> None:
    chores = RegularChores(pool)
    told = await asyncio.gather(*(chores.claim("lists", at=SIX_PM) for _ in range(5)))
    assert sorted(told) == [False] * 4 + [True]
    await chores.done("lists", at=SIX_PM, due_at=SIX_PM + HOUR)
    assert not await chores.claim("lists", at=SIX_PM + HOUR / 2)
    assert await chores.claim("lists", at=SIX_PM + HOUR)


async def test_a_chore_whose_worker_died_is_taken_up_an_hour_later(pool: Pool) -> None:
    chores = RegularChores(pool)
    assert await chores.claim("lists", at=SIX_PM)
    assert not await chores.claim("lists", at=SIX_PM + HOUR)
    assert await chores.claim("lists", at=SIX_PM + HOUR * 1.01)


async def test_a_chore_that_failed_says_why_and_is_due_when_told(pool: Pool) -> None:
    chores = RegularChores(pool)
    await chores.claim("lists", at=SIX_PM)
    await chores.failed("lists", due_at=SIX_PM + HOUR / 6, problem="payments.away")
    assert await pool.fetchval("SELECT last_error FROM regular_chores") == "payments.away"
    assert await chores.claim("lists", at=SIX_PM + HOUR / 6)


async def test_a_mark_never_goes_back(pool: Pool) -> None:
    marks = Watermarks(pool)
    assert await marks.reached(EVENTS) is None
    await marks.reach(EVENTS, SIX_PM)
    await marks.reach(EVENTS, SIX_PM - HOUR)
    assert await marks.reached(EVENTS) == await DriftBook(pool).events_read() == SIX_PM


async def test_a_difference_that_is_seen_again_is_the_same_one(pool: Pool) -> None:
    book = DriftBook(pool)
    await book.record(TWO, [drift(DriftKind.DIFFERS)], at=SIX_PM)
    await book.record(TWO, [drift(DriftKind.DIFFERS, theirs="status paused")], at=SIX_PM + HOUR)
    (row,) = await book.open()
    assert (row.found_at, row.seen_at, row.theirs) == (SIX_PM, SIX_PM + HOUR, "status paused")
    assert await book.found_since(SIX_PM) == 1


async def test_what_is_found_no_more_is_healed_and_other_kinds_stay(pool: Pool) -> None:
    book = DriftBook(pool)
    await book.record({DriftKind.MONEY}, [drift(DriftKind.MONEY, "2026-02-01/paid/EUR")], at=SIX_PM)
    both = [drift(DriftKind.DIFFERS), drift(DriftKind.UNSEEN, "sub_2")]
    await book.record(TWO, both, at=SIX_PM)
    await book.record(TWO, both[1:], at=SIX_PM + HOUR)
    assert [row.kind for row in await book.open()] == ["money", "unseen"]
    await book.record(TWO, both, at=SIX_PM + 2 * HOUR)  # it came again: that is another one
    assert await book.found_since(SIX_PM) == 4
    await book.record(TWO, [], at=SIX_PM + 3 * HOUR)
    assert [row.kind for row in await book.open()] == ["money"]


async def test_what_was_healed_long_ago_is_forgotten(pool: Pool) -> None:
    book = DriftBook(pool)
    await book.record(TWO, [drift(DriftKind.DIFFERS)], at=SIX_PM)
    await book.record(TWO, [], at=SIX_PM)
    await book.sweep(at=SIX_PM + timedelta(days=399))
    assert await book.found_since(SIX_PM) == 1
    await book.sweep(at=SIX_PM + timedelta(days=401))
    assert await book.found_since(SIX_PM) == 0
