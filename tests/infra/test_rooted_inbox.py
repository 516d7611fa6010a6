"""Messages by root: together, by one worker at a time, tried again, kept, and handled once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest

from domain.payments.news import UnknownPayer
from infra.queues.gathered_inbox import GatheredInbox
from infra.queues.queues import TRIES, Inbox, NotYet, Piece, WillNeverWork
from infra.queues.rooted_inbox import PerformRoot, RootedInbox
from infra.secrets.sealing import Seal
from tests.support.fakes import FixedClock

Pool: TypeAlias = "asyncpg.Pool[Any]"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def inbox(pool: Pool, clock: FixedClock) -> Inbox:
    await pool.execute("TRUNCATE inbox")
    return Inbox(pool, clock, Seal(b"k" * 32))


@pytest.fixture
def rooted(pool: Pool, clock: FixedClock, inbox: Inbox) -> RootedInbox:
    return RootedInbox(pool, clock, inbox, source="stripe", kept=timedelta(days=400))


async def receive(inbox: Inbox, *names: str, root: str = "sub_1") -> None:
    for name in names:
        assert await inbox.receive("stripe", name, {"id": name}, root=root, came_by="webhook")


def always(verdict: Any) -> PerformRoot:
    async def perform(_root: str, pieces: Sequence[Piece]) -> Mapping[tuple[Any, ...], Any]:
        return {piece.key: verdict for piece in pieces}

    return perform


async def states(pool: Pool) -> list[tuple[Any, ...]]:
    rows = await pool.fetch(
        "SELECT external_id, state, attempts, last_error, note FROM inbox ORDER BY external_id"
    )
    return [tuple(row) for row in rows]


async def test_all_that_waits_for_a_root_is_handled_together(
    inbox: Inbox, rooted: RootedInbox, clock: FixedClock
) -> None:
    await receive(inbox, "evt_1", "evt_2")
    clock.move(seconds=1)
    await receive(inbox, "evt_3", root="sub_2")
    clock.move(seconds=1)
    await receive(inbox, "evt_4")
    seen: list[tuple[str, list[Any]]] = []

    async def perform(root: str, pieces: Sequence[Piece]) -> Mapping[tuple[Any, ...], Any]:
        seen.append((root, [piece.payload["id"] for piece in pieces]))
        return {}

    assert [await rooted.work_one(perform) for _ in range(3)] == [3, 1, 0]
    assert seen == [("sub_1", ["evt_1", "evt_2", "evt_4"]), ("sub_2", ["evt_3"])]


async def test_two_workers_never_have_one_root_at_once(
    inbox: Inbox, rooted: RootedInbox, pool: Pool
) -> None:
    await receive(inbox, "evt_1")
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow(_root: str, _: Sequence[Piece]) -> Mapping[tuple[Any, ...], Any]:
        begun.set()
        await end.wait()
        return {}

    first = asyncio.create_task(rooted.work_one(slow))
    await begun.wait()
    await receive(inbox, "evt_2")
    await receive(inbox, "evt_3", root="sub_2")
    assert await rooted.work_one(always(None)) == 1  # the other root alone
    assert await rooted.work_one(always(None)) == 0
    end.set()
    assert await first == 1
    assert await rooted.work_one(always(None)) == 1
    assert {row[1] for row in await states(pool)} == {"done"}


async def test_each_message_has_a_fate_of_its_own(
    inbox: Inbox, rooted: RootedInbox, pool: Pool, clock: FixedClock
) -> None:
    await receive(inbox, "evt_1", "evt_2", "evt_3", "evt_4", "evt_5")
    fates: dict[str, Any] = {
        "evt_1": None,
        "evt_2": "another_house",
        "evt_3": WillNeverWork("money_ledger.fact_differs"),
        "evt_4": NotYet("payments.away"),
        "evt_5": UnknownPayer("Ana is unknown."),
    }

    async def perform(_root: str, pieces: Sequence[Piece]) -> Mapping[tuple[Any, ...], Any]:
        return {piece.key: fates[piece.key[1]] for piece in pieces}

    assert await rooted.work_one(perform) == 5
    assert await states(pool) == [
        ("evt_1", "done", 0, None, None),
        ("evt_2", "done", 0, None, "another_house"),
        ("evt_3", "dead", 1, "money_ledger.fact_differs", None),
        ("evt_4", "waiting", 0, "payments.away", None),
        ("evt_5", "waiting", 1, "payment_message.unknown_payer", None),
    ]
    assert await rooted.work_one(perform) == 0
    clock.move(seconds=2)
    assert await rooted.work_one(perform) == 1
    clock.move(seconds=28)
    assert await rooted.work_one(perform) == 2


async def test_after_eight_tries_a_message_is_dead_and_a_button_brings_it_back(
    inbox: Inbox, rooted: RootedInbox, pool: Pool, clock: FixedClock
) -> None:
    await receive(inbox, "evt_1")
    for _ in range(TRIES):
        assert await rooted.work_one(always(UnknownPayer("nobody")))
        clock.move(seconds=600)
    assert await rooted.work_one(always(None)) == 0
    assert await states(pool) == [("evt_1", "dead", TRIES, "payment_message.unknown_payer", None)]
    assert await inbox.revive(("stripe", "evt_1"))
    assert await rooted.work_one(always(None)) == 1
    assert (await states(pool))[0][1] == "done"


async def test_a_fault_takes_all_messages_of_its_root_back(
    inbox: Inbox, rooted: RootedInbox, pool: Pool
) -> None:
    await receive(inbox, "evt_1", "evt_2")

    async def faulty(_root: str, _: Sequence[Piece]) -> Mapping[tuple[Any, ...], Any]:
        raise RuntimeError("Ana Invented")

    assert await rooted.work_one(faulty) == 2
    assert {row[1:4] for row in await states(pool)} == {("waiting", 1, "RuntimeError")}


async def test_what_was_done_stays_sealed_and_can_be_handled_once_more(
    inbox: Inbox, rooted: RootedInbox, pool: Pool, clock: FixedClock
) -> None:
    await receive(inbox, "evt_1")
    await rooted.work_one(always(None))
    assert not await rooted.replay("evt_2")
    assert await rooted.replay("evt_1")
    assert not await rooted.replay("evt_1")  # it waits already
    assert await pool.fetchval("SELECT came_by FROM inbox") == "manual"
    assert await rooted.work_one(always(None)) == 1
    clock.move(seconds=399 * 86_400)
    await inbox.sweep(at=clock.now())
    await rooted.sweep(at=clock.now())
    assert await pool.fetchval("SELECT count(payload) FROM inbox") == 1
    clock.move(seconds=2 * 86_400)
    await rooted.sweep(at=clock.now())
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_a_message_under_another_key_is_dead_by_name(
    inbox: Inbox, rooted: RootedInbox, pool: Pool
) -> None:
    await receive(inbox, "evt_1", "evt_2")
    await pool.execute("UPDATE inbox SET external_id = 'evt_3' WHERE external_id = 'evt_1'")
    assert await rooted.work_one(always(None)) == 2
    assert [row[:4] for row in await states(pool)] == [
        ("evt_2", "done", 0, None),
        ("evt_3", "dead", 1, "payload_unreadable"),
    ]


async def test_other_sources_are_left_alone(inbox: Inbox, rooted: RootedInbox, pool: Pool) -> None:
    await inbox.receive("zoom", "m1", {})
    await inbox.receive("other", "m2", {}, root="sub_1")
    assert await rooted.work_one(always(None)) == 0


async def test_a_burst_is_committed_together_and_each_is_told_its_own(
    inbox: Inbox, pool: Pool, clock: FixedClock
) -> None:
    gathered = GatheredInbox(pool, clock, inbox)

    def send(name: str) -> Any:
        return gathered.receive("stripe", name, {"id": name}, root="sub_1", came_by="webhook")

    assert await send("evt_0") is True
    told = await asyncio.gather(*(send(f"evt_{n % 40}") for n in range(80)))
    assert told.count(True) == 39  # one was there, and forty came twice
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 40
    assert await send("evt_1") is False


async def test_when_a_burst_cannot_be_kept_everybody_is_told_and_the_next_one_is_kept(
    inbox: Inbox, pool: Pool, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered = GatheredInbox(pool, clock, inbox)
    keep: Callable[..., Any] = gathered._keep

    async def broken(_: Any) -> Any:
        raise asyncpg.CannotConnectNowError

    monkeypatch.setattr(gathered, "_keep", broken)
    sends = [gathered.receive("stripe", f"evt_{n}", {}, root="sub_1") for n in range(5)]
    told = await asyncio.gather(*sends, return_exceptions=True)
    assert {type(each) for each in told} == {asyncpg.CannotConnectNowError}
    monkeypatch.setattr(gathered, "_keep", keep)
    assert await gathered.receive("stripe", "evt_0", {}, root="sub_1") is True


async def test_somebody_who_goes_away_hinders_nobody(
    inbox: Inbox, pool: Pool, clock: FixedClock
) -> None:
    gathered = GatheredInbox(pool, clock, inbox)
    tasks = [
        asyncio.create_task(gathered.receive("stripe", f"evt_{n}", {}, root="sub_1"))
        for n in range(3)
    ]
    await asyncio.sleep(0)
    tasks[0].cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert told[1:] == [True, True]
