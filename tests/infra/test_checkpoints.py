"""Where processes keep how far they are: on PostgreSQL, and in the fake that tests trust."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from infra.checkpoints import Checkpoints
from infra.queues.stuck import stuck
from services.process_runner import CheckpointStore
from tests.support.fakes import InMemoryCheckpoints


@pytest.fixture(params=["memory", "postgresql"])
def checkpoints(request: pytest.FixtureRequest) -> CheckpointStore:
    if request.param == "memory":
        return InMemoryCheckpoints()
    return Checkpoints(request.getfixturevalue("pool"))


@pytest.fixture
def reader() -> str:
    return f"process.{uuid4().hex}"


async def test_a_new_reader_begins_at_the_start(checkpoints: CheckpointStore, reader: str) -> None:
    assert await checkpoints.position(reader) == 0
    assert await checkpoints.position(reader) == 0


async def test_a_reader_is_moved_from_where_it_stands(
    checkpoints: CheckpointStore, reader: str
) -> None:
    await checkpoints.position(reader)
    await checkpoints.move(reader, 0, 5)
    assert await checkpoints.position(reader) == 5


async def test_a_worker_that_is_behind_moves_nobody(
    checkpoints: CheckpointStore, reader: str
) -> None:
    await checkpoints.position(reader)
    await checkpoints.move(reader, 0, 5)
    await checkpoints.move(reader, 0, 3)
    assert await checkpoints.position(reader) == 5


async def test_those_that_have_seen_everything_are_told_apart(
    checkpoints: CheckpointStore, reader: str
) -> None:
    there, further, behind, new, unasked = (f"{reader}-{number}" for number in range(5))
    for each, position in ((there, 5), (further, 6), (behind, 4), (unasked, 5)):
        await checkpoints.position(each)
        await checkpoints.move(each, 0, position)
    asked = [there, further, behind, new]
    assert await checkpoints.caught_up(asked, 5) == {there, further}


async def test_failures_are_counted_at_each_position(
    checkpoints: CheckpointStore, reader: str
) -> None:
    assert await checkpoints.note_failure(reader, 7, "ValueError") == 1
    assert await checkpoints.note_failure(reader, 7, "OSError") == 2
    assert await checkpoints.note_failure(reader, 8, "OSError") == 1
    await checkpoints.solve(reader, 7)
    assert await checkpoints.note_failure(reader, 7, "OSError") == 3


async def test_what_is_still_to_be_solved_is_told_by_its_position(
    checkpoints: CheckpointStore, reader: str
) -> None:
    for position in (3, 5, 7):
        await checkpoints.note_failure(reader, position, "OSError")
    await checkpoints.note_failure(f"{reader}s", 9, "OSError")
    await checkpoints.solve(reader, 5)
    assert set(await checkpoints.failed(reader, 3)) == {7}
    assert set(await checkpoints.failed(reader, 0)) == {3, 7}


async def test_what_never_failed_can_be_called_solved(
    checkpoints: CheckpointStore, reader: str
) -> None:
    await checkpoints.solve(reader, 7)
    assert await checkpoints.note_failure(reader, 7, "OSError") == 1


async def test_a_worker_that_fails_late_does_not_bring_back_what_another_has_solved(
    checkpoints: CheckpointStore, reader: str
) -> None:
    await checkpoints.note_failure(reader, 7, "OSError")
    await checkpoints.solve(reader, 7)
    assert await checkpoints.note_failure(reader, 7, "OSError") == 2
    assert await checkpoints.failed(reader, 0) == set()


async def test_what_is_solved_is_no_longer_listed_even_if_somebody_fails_late(
    pool: asyncpg.Pool[Any], reader: str
) -> None:
    checkpoints = Checkpoints(pool)

    async def listed() -> list[str]:
        return [each.key for each in await stuck(pool) if each.kind == reader]

    await checkpoints.note_failure(reader, 7, "OSError")
    assert await listed() == [f"{reader}/7"]
    await checkpoints.solve(reader, 7)
    assert await listed() == []
    await checkpoints.note_failure(reader, 7, "OSError")
    assert await listed() == []
