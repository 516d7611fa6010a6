"""The worker: its loops live side by side, outlive trouble, and stop when they are told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from services import worker
from services.worker import Chores

Step = Callable[[], Awaitable[int]]


class Bell:
    """A signal that rings at once, so that no test waits for a clock."""

    def __init__(self) -> None:
        self.listening = False

    async def wait(self, longest: float = 0.25) -> None:
        await asyncio.sleep(0)

    async def listen(self) -> None:
        self.listening = True
        try:
            await asyncio.Event().wait()
        finally:
            self.listening = False


async def nothing() -> None:
    """Sweep nothing."""


def chores(
    steps: Mapping[str, Step], sweep: Callable[[], Awaitable[None]] = nothing
) -> tuple[Chores, Bell]:
    bell = Bell()
    return Chores(steps=steps, sweep=sweep, signal=bell), bell


async def test_a_loop_that_fails_does_not_stop_the_others_and_tries_again() -> None:
    stopping, rounds = asyncio.Event(), {"bad": 0, "good": 0}

    async def bad() -> int:
        rounds["bad"] += 1
        if rounds["bad"] >= 3:
            stopping.set()
        raise RuntimeError("no mail server")

    async def good() -> int:
        rounds["good"] += 1
        await asyncio.sleep(0)
        return 1

    work, _ = chores({"bad": bad, "good": good})
    async with asyncio.timeout(10):
        await worker.run(work, stopping)
    assert rounds["bad"] == 3
    assert rounds["good"] > 3


async def test_what_was_begun_is_finished_before_the_worker_stops() -> None:
    stopping, begun, finished = asyncio.Event(), asyncio.Event(), []

    async def slow() -> int:
        begun.set()
        await asyncio.sleep(0.02)
        finished.append("piece")
        return 1

    work, bell = chores({"slow": slow})
    running = asyncio.create_task(worker.run(work, stopping))
    await begun.wait()
    stopping.set()
    async with asyncio.timeout(10):
        await running
    assert finished == ["piece"]
    assert not bell.listening


async def test_a_sweep_that_fails_leaves_the_loops_alone() -> None:
    stopping, rounds = asyncio.Event(), 0

    async def sweep() -> None:
        raise RuntimeError("no database")

    async def step() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            stopping.set()
        return 0

    work, _ = chores({"step": step}, sweep)
    async with asyncio.timeout(10):
        await worker.run(work, stopping)
    assert rounds == 3


async def test_draining_goes_on_until_a_whole_round_found_nothing() -> None:
    queue = [1, 2, 3]
    made: list[int] = []

    async def view() -> int:
        return made.pop() if made else 0

    async def process() -> int:
        if not queue:
            return 0
        made.append(queue.pop())
        return 1

    work, _ = chores({"view": view, "process": process})
    await worker.drain(work)
    assert (queue, made) == ([], [])


async def test_draining_tells_what_went_wrong() -> None:
    async def bad() -> int:
        raise RuntimeError("a view stands still")

    work, _ = chores({"bad": bad})
    with pytest.raises(RuntimeError, match="stands still"):
        await worker.drain(work)
