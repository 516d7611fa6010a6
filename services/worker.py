"""The worker: keeps views, processes and queues going until it is told to stop.

Each loop runs by itself, so that a slow mail server does not hold back a view. Any number of
workers may run at once: checkpoints and leases in the database share the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

log = structlog.get_logger()

_CALM_AFTER_TROUBLE: Final = 1.0  # seconds
_SWEEP_EVERY: Final = 3600.0  # seconds


class Signal(Protocol):
    """Wakes loops when there may be something new."""

    async def wait(self, longest: float = ...) -> None:
        """Return at the next hint, or after *longest* seconds."""
        ...

    async def listen(self) -> None:
        """Pass on the database's hints until cancelled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chores:
    """What there is to do, each as "do some of it, and say how much you did".

    Attributes:
        steps: by name; called again at once while they did something.
        sweep: forgets sign-ins and counters that are over; called hourly.
        signal: wakes the loops.
    """

    steps: Mapping[str, Callable[[], Awaitable[int]]]
    sweep: Callable[[], Awaitable[None]]
    signal: Signal


async def run(chores: Chores, stopping: asyncio.Event) -> None:
    """Work until *stopping* is set; what was begun is finished first."""
    listener = asyncio.create_task(chores.signal.listen(), name="listener")
    loops = [
        asyncio.create_task(_loop(name, step, chores.signal, stopping), name=name)
        for name, step in chores.steps.items()
    ]
    loops.append(asyncio.create_task(_sweep(chores, stopping), name="sweep"))
    try:
        await asyncio.gather(*loops)
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)


async def drain(chores: Chores) -> None:
    """Do everything there is to do, once; for the command line and for tests."""
    while True:
        if not sum([await step() for step in chores.steps.values()]):
            return


async def _loop(
    name: str, step: Callable[[], Awaitable[int]], signal: Signal, stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        try:
            done = await step()
        except Exception as error:  # noqa: BLE001  a loop outlives whatever one round met
            log.warning(
                "worker.trouble",
                loop=name,
                problem=type(error).__name__,
                detail=str(error) if hasattr(error, "reader") else None,
            )
            await signal.wait(_CALM_AFTER_TROUBLE)
            await asyncio.sleep(0.05)
            continue
        if not done:
            await signal.wait()


async def _sweep(chores: Chores, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await chores.sweep()
        except Exception as error:  # noqa: BLE001  as above
            log.warning("worker.trouble", loop="sweep", problem=type(error).__name__)
        try:
            async with asyncio.timeout(_SWEEP_EVERY):
                await stopping.wait()
        except TimeoutError:
            continue
