"""Turns about a key: one at a time, in one process and among several."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from infra.advisory_turns import AdvisoryTurns


async def one_by_one(turns: list[AdvisoryTurns], keys: list[str]) -> int:
    """Return how many were there at once at most, of those that had a turn about one key."""
    inside: dict[str, int] = {}
    most = 0

    async def visit(each: AdvisoryTurns, key: str) -> None:
        nonlocal most
        async with each(key):
            inside[key] = inside.get(key, 0) + 1
            most = max(most, inside[key])
            await asyncio.sleep(0.002)
            inside[key] -= 1

    await asyncio.gather(*(visit(each, key) for each in turns for key in keys))
    return most


async def test_one_at_a_time_in_a_process(pool: asyncpg.Pool[Any]) -> None:
    assert await one_by_one([AdvisoryTurns(pool, most=2)] * 3, ["a", "a", "b"]) == 1


async def test_one_at_a_time_among_processes(pool: asyncpg.Pool[Any]) -> None:
    processes = [AdvisoryTurns(pool, most=1) for _ in range(3)]
    assert await one_by_one(processes, ["a", "a"]) == 1


async def test_turns_about_different_keys_do_not_wait_for_each_other(
    pool: asyncpg.Pool[Any],
) -> None:
    turns = AdvisoryTurns(pool, most=2)
    async with turns("a"), asyncio.timeout(5), turns("b"):
        pass


async def test_however_many_wait_there_are_connections_left(pool: asyncpg.Pool[Any]) -> None:
    turns = AdvisoryTurns(pool, most=1)

    async def visit(number: int) -> None:
        async with turns(f"key {number}"):
            await pool.fetchval("SELECT 1")

    async with asyncio.timeout(10):
        await asyncio.gather(*(visit(number) for number in range(12)))


async def test_whoever_fails_leaves_the_turn_to_the_next(pool: asyncpg.Pool[Any]) -> None:
    turns = AdvisoryTurns(pool, most=1)
    with pytest.raises(RuntimeError):
        async with turns("a"):
            raise RuntimeError
    async with asyncio.timeout(5), turns("a"):
        pass
    assert turns._turns == {}  # nothing is kept for keys that nobody waits for
