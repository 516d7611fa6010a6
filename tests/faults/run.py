"""One run: clients work, everything is killed now and then, and afterwards all is compared."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.projector import Projector, reader_of
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from tests.faults.clients import Client, History
from tests.faults.figures import quantile
from tests.faults.invariants import INVARIANTS, Truth, log, view
from tests.faults.processes import Victims, running
from tests.faults.tail import Tail, following
from tests.faults.tally import TallyView

CLIENTS = 12
_LONGEST_PEACE = 1.5  # seconds between an answer and the next kill
_RECOVERED = 0.8  # of the kills wait for an answer after the one before; the others hit a wreck
_REPEATED_AT_THE_END = 300
_LONGEST_RECOVERY = 30.0
_LOOK_AGAIN = 0.02
_SHOWS = "SELECT position >= $2 FROM checkpoints WHERE reader = $1"


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has shown.

    Attributes:
        counts: what happened, by name.
        found: for each invariant, what breaks it.
    """

    counts: dict[str, int]
    found: dict[str, list[str]]

    @property
    def passed(self) -> bool:
        """Whether every invariant held."""
        return not any(self.found.values())


async def attack(
    seconds: float, seed: int, bug: str | None = None, clients: int = CLIENTS
) -> Report:
    """Run the application with its clients, kill it and its database, and look what stands.

    Args:
        seconds: how long orders are sent.
        seed: repeats the choices (not the timing of processes).
        bug: a mistake to plant, one of :data:`tests.faults.bugs.BUGS`.
        clients: how many send orders at once.

    Raises:
        ExceptionGroup: of a TimeoutError: the application did not recover.
    """
    folder = Path(tempfile.mkdtemp(prefix="ph-faults-"))
    try:
        async with (
            running(folder, bug) as (victims, address),
            following(address, folder / "keys") as tail,
        ):
            history = await _live_through(seconds, seed, victims, clients)
            truth = await _look(address, folder, victims, tail)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {name: check(history, truth) for name, check in INVARIANTS.items()}
    found["nothing ends by itself"] = victims.deaths
    return Report(_counts(history, victims, truth), found)


async def _live_through(seconds: float, seed: int, victims: Victims, number: int) -> History:
    history, end = History(), monotonic() + seconds
    clients = [Client(each, seed, victims.socket, history) for each in range(number)]
    random = Random(seed)  # noqa: S311  choices that come again
    async with asyncio.TaskGroup() as tasks:
        for client in clients:
            tasks.create_task(client.work(lambda: monotonic() < end))
        await until(lambda: history.answered_at > 0)
        while monotonic() < end:
            await asyncio.sleep(random.random() * _LONGEST_PEACE)
            killed_at = monotonic()
            await victims.kill_one(random)
            if random.random() < _RECOVERED:
                await until(partial(history.quiet_or_answered_since, killed_at))
        await until(history.all_answered)
    answered = history.acknowledged()
    for sent in random.sample(answered, min(len(answered), _REPEATED_AT_THE_END)):
        await clients[0].order(sent)
        history.repeats += 1
    clients[0].leave()
    return history


async def _look(address: ConnectKwargs, folder: Path, victims: Victims, tail: Tail) -> Truth:
    """Compare the view of the attacked application with one built from nothing."""
    connection = await connect(address)
    events, head = await log(connection)
    await until(lambda: connection.fetchval(_SHOWS, reader_of(TallyView()), head))
    await until(lambda: tail.position >= head)
    await victims.stop_app()
    live = await view(connection)
    keystore = KeyStore(folder / "keys")
    pool = await open_pool(address, max_size=2)
    store = PostgresEventStore(
        pool, partial(connect, address), EventMapper(keystore), SystemClock()
    )
    await Projector(pool, store.recorded, [TallyView()]).rebuild(TallyView())
    truth = Truth(events, head, live, rebuilt=await view(connection), seen=tail.seen)
    await pool.close()
    await connection.close()
    keystore.close()
    return truth


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for something that other processes bring about."""
    async with asyncio.timeout(_LONGEST_RECOVERY):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(_LOOK_AGAIN)


def _counts(history: History, victims: Victims, truth: Truth) -> dict[str, int]:
    orders, waited = history.orders.values(), history.waiting_times()
    return {
        "orders": len(orders),
        "acknowledged": len(history.acknowledged()),
        "attempts": sum(sent.attempts for sent in orders),
        "repeats": history.repeats,
        "looks": history.looks,
        "events": len(truth.events),
        "p50 ms": quantile(waited, 0.5),
        "p99 ms": quantile(waited, 0.99),
        **{f"kills of {victim}": number for victim, number in victims.kills.items()},
    }
