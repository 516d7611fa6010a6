"""A whole group decides on one meeting at once, and everybody gets an answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

from typing_extensions import override

from domain.base import Root
from domain.ports import Clock
from domain.recording import Cause
from services.dispatch import Dispatcher, Order, Work
from services.turns import Turns
from tests.support.builders import SIX_PM
from tests.support.fakes import FixedClock, InMemoryEventStore
from tests.support.probe import Probe

CROWD = 60  # more than a command is tried


class DistantStore(InMemoryEventStore):
    """A store that takes its time, so that all load before the first has decided."""

    @override
    async def load(self, stream_id: UUID) -> list[Root.Event]:
        events = await super().load(stream_id)
        await asyncio.sleep(0)
        return events


@dataclass(frozen=True)
class Count:
    probe_id: UUID


async def count(cmd: Count, *, work: Work, clock: Clock) -> None:
    probe = await work.load(Probe, cmd.probe_id)
    probe.count(1, at=clock.now())
    work.save(probe)


async def test_a_crowd_on_one_stream_is_answered_to_the_last() -> None:
    store, probe = DistantStore(), Probe.start(uuid4(), at=SIX_PM)
    dispatch = Dispatcher(store, {Count: count}, FixedClock(), bytes(32))
    work = Work(store, uuid4())
    work.save(probe)
    await store.append(work.append(Cause(uuid4()), bytes(32)))
    outcomes = await asyncio.gather(
        *(dispatch(Count(probe.id), Order(command_id=uuid4())) for _ in range(CROWD))
    )
    assert {outcome.position for outcome in outcomes} == set(range(2, CROWD + 2))


async def test_turns_on_several_streams_never_wait_in_a_circle() -> None:
    turns, one, two = Turns(), uuid4(), uuid4()
    order: list[int] = []

    async def take(number: int, *streams: UUID) -> None:
        async with turns.on(streams):
            await asyncio.sleep(0)
            order.append(number)

    async with asyncio.timeout(5):
        await asyncio.gather(take(1, one, two), take(2, two, one), take(3, two), take(4, one))
    assert sorted(order) == [1, 2, 3, 4]


async def test_a_stream_that_nobody_waits_for_is_forgotten() -> None:
    turns = Turns()
    async with turns.on([uuid4()]):
        assert len(turns._locks) == 1
    assert len(turns._locks) == 0
