"""Inbox and outbox: each piece done once it is due, tried again, given up visibly."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from infra.queues.queues import (
    TRIES,
    Inbox,
    NotYet,
    Outbox,
    Piece,
    Queue,
    WillNeverWork,
)
from infra.queues.stuck import effect_key, set_aside, stuck, waiting
from infra.secrets.sealing import Seal
from tests.support.fakes import FixedClock

FIRST, SECOND = UUID(int=1), UUID(int=2)
SEAL = Seal(bytes(range(32)))


class Performer:
    """Notes what it is given, and fails as often as it is told."""

    def __init__(self, *failures: Exception, note: str | None = None) -> None:
        self.failures = list(failures)
        self.note = note
        self.pieces: list[Piece] = []

    async def __call__(self, piece: Piece) -> str | None:
        self.pieces.append(piece)
        if self.failures:
            raise self.failures.pop(0)
        return self.note


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def effects(pool: asyncpg.Pool[Any], clock: FixedClock) -> Outbox:
    await pool.execute("TRUNCATE inbox, outbox, dead_letters")
    return Outbox(pool, clock)


@pytest.fixture
async def inbox(pool: asyncpg.Pool[Any], clock: FixedClock) -> Inbox:
    await pool.execute("TRUNCATE inbox, outbox, dead_letters")
    return Inbox(pool, clock, SEAL, {"zoom": timedelta(days=7)})


async def ask(pool: asyncpg.Pool[Any], clock: FixedClock, effect_id: UUID, kind: str) -> None:
    await pool.execute(
        "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
        " VALUES ($1, $2, $3, $4, $5, $5)",
        effect_id,
        kind,
        msgspec.json.encode({"to": str(effect_id)}).decode(),
        uuid4(),
        clock.now(),
    )


async def entry(pool: asyncpg.Pool[Any], effect_id: UUID) -> asyncpg.Record:
    row: asyncpg.Record | None = await pool.fetchrow(
        "SELECT * FROM outbox WHERE effect_id = $1", effect_id
    )
    assert row is not None
    return row


async def test_an_effect_is_performed_once(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    mail = Performer()
    assert await effects.work_one({"mail": mail})
    assert not await effects.work_one({"mail": mail})
    assert mail.pieces == [Piece((FIRST,), "mail", {"to": str(FIRST)}, 0)]
    row = await entry(pool, FIRST)
    assert (row["state"], row["done_at"], row["leased_until"]) == ("done", clock.now(), None)


async def test_a_performed_effect_forgets_what_was_asked(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    await effects.work_one({"mail": Performer()})
    assert (await entry(pool, FIRST))["payload"] is None


async def test_an_effect_asked_for_twice_is_performed_once(effects: Outbox) -> None:
    for to in ("first", "second"):
        await effects.add(FIRST, "mail", {"to": to})
    mail = Performer()
    while await effects.work_one({"mail": mail}):
        pass
    assert mail.pieces == [Piece((FIRST,), "mail", {"to": "first"}, 0)]


async def test_what_is_due_longest_comes_first(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, SECOND, "mail")
    clock.move(seconds=1)
    await ask(pool, clock, FIRST, "mail")
    mail = Performer()
    while await effects.work_one({"mail": mail}):
        pass
    assert [piece.key for piece in mail.pieces] == [(SECOND,), (FIRST,)]


async def test_a_failed_effect_comes_again_after_growing_pauses_and_then_is_dead(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    mail = Performer(*[OSError() for _ in range(TRIES)])
    pauses = []
    for attempt in range(TRIES):
        assert await effects.work_one({"mail": mail})
        assert mail.pieces[-1].attempts == attempt
        row = await entry(pool, FIRST)
        pause = (row["next_at"] - clock.now()).total_seconds()
        pauses.append(pause)
        clock.move(seconds=pause - 1)
        assert not await effects.work_one({"mail": mail})
        clock.move(seconds=1)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256]
    assert (row["state"], row["attempts"], row["last_error"]) == ("dead", TRIES, "OSError")
    clock.move(seconds=100_000)
    assert not await effects.work_one({"mail": mail})


async def test_an_effect_that_works_at_last_is_done(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    mail = Performer(OSError())
    await effects.work_one({"mail": mail})
    clock.move(seconds=2)
    assert await effects.work_one({"mail": mail})
    row = await entry(pool, FIRST)
    assert (row["state"], row["last_error"]) == ("done", None)


async def test_a_dead_effect_can_be_revived_and_starts_over(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    mail = Performer(WillNeverWork("no_address"))
    await effects.work_one({"mail": mail})
    (dead,) = await stuck(pool)
    assert (dead.where, dead.kind, dead.problem, dead.attempts) == (
        "outbox",
        "mail",
        "no_address",
        1,
    )
    assert await effects.revive(effect_key(dead.key))
    assert await effects.work_one({"mail": mail})
    assert mail.pieces[-1].attempts == 0
    assert await stuck(pool) == []


async def test_only_what_is_dead_is_revived(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    assert not await effects.revive((FIRST,))
    await effects.work_one({"mail": Performer()})
    assert not await effects.revive((FIRST,))
    assert not await effects.revive((SECOND,))


async def test_what_nobody_performs_is_dead_at_once(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "fax")
    assert await effects.work_one({"mail": Performer()})
    (dead,) = await stuck(pool)
    assert dead.problem == "nobody performs fax"


async def test_a_performers_words_are_never_kept(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    await effects.work_one({"mail": Performer(ValueError("ana@example.org does not exist"))})
    rows = await pool.fetch("SELECT outbox::text AS row FROM outbox")
    assert "ValueError" in rows[0]["row"]
    assert "ana@" not in rows[0]["row"]


async def test_workers_share_the_work_without_doing_anything_twice(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    for number in range(12):
        await ask(pool, clock, UUID(int=100 + number), "mail")
    mail = Performer()
    other = Outbox(pool, clock)

    async def work(queue: Queue) -> None:
        while await queue.work_one({"mail": mail}):
            pass

    await asyncio.gather(work(effects), work(other), work(other))
    assert sorted(piece.key for piece in mail.pieces) == [(UUID(int=100 + n),) for n in range(12)]


async def test_nobody_takes_what_another_worker_is_doing(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    taken_meanwhile = []

    async def slow(_: Piece) -> None:
        taken_meanwhile.append(await Outbox(pool, clock).work_one({"mail": slow}))

    assert await effects.work_one({"mail": slow})
    assert taken_meanwhile == [False]


async def test_a_worker_that_dies_loses_nothing(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")

    async def die(_: Piece) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await effects.work_one({"mail": die})
    mail = Performer()
    clock.move(seconds=60)
    assert not await effects.work_one({"mail": mail})
    clock.move(seconds=1)
    assert await effects.work_one({"mail": mail})
    assert len(mail.pieces) == 1


async def test_a_worker_that_was_too_slow_does_not_undo_what_another_did(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    quick = Performer()

    async def too_slow(_: Piece) -> None:
        clock.move(seconds=61)
        assert await Outbox(pool, clock).work_one({"mail": quick})
        raise OSError

    await effects.work_one({"mail": too_slow})
    assert (await entry(pool, FIRST))["state"] == "done"
    clock.move(seconds=1000)
    assert not await effects.work_one({"mail": quick})


async def test_a_message_is_received_once_for_each_source_and_id(
    inbox: Inbox, pool: asyncpg.Pool[Any]
) -> None:
    assert await inbox.receive("zoom", "m1", {"n": 1})
    assert not await inbox.receive("zoom", "m1", {"n": 2})
    assert await inbox.receive("teams", "m1", {"n": 3})
    assert await waiting(pool) == {"outbox": 0, "inbox": 2}
    handler = Performer()
    while await inbox.work_one({"zoom": handler, "teams": handler}):
        pass
    assert sorted((piece.key, piece.kind, piece.payload["n"]) for piece in handler.pieces) == [
        (("teams", "m1"), "teams", 3),
        (("zoom", "m1"), "zoom", 1),
    ]


async def test_a_handled_message_forgets_what_it_said_but_not_that_it_came(
    inbox: Inbox, pool: asyncpg.Pool[Any]
) -> None:
    await inbox.receive("zoom", "m1", {"name": "Ana"})
    await inbox.work_one({"zoom": Performer()})
    assert await pool.fetchval("SELECT payload FROM inbox") is None
    assert not await inbox.receive("zoom", "m1", {"name": "Ana"})
    assert not await inbox.work_one({"zoom": Performer()})


async def test_a_dead_message_keeps_what_it_said_until_it_is_revived(inbox: Inbox) -> None:
    await inbox.receive("zoom", "m1", {"name": "Ana"})
    handler = Performer(WillNeverWork("unknown_meeting"))
    await inbox.work_one({"zoom": handler})
    assert await inbox.revive(("zoom", "m1"))
    await inbox.work_one({"zoom": handler})
    assert handler.pieces[-1].payload == {"name": "Ana"}


async def test_what_is_stuck_is_listed_oldest_first(
    inbox: Inbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    clock.move(seconds=5)
    await inbox.receive("zoom", "m1", {})
    broken = Performer(WillNeverWork("a"), WillNeverWork("b"))
    await inbox.work_one({"zoom": broken})
    await Outbox(pool, clock).work_one({"mail": broken})
    assert [(each.where, each.key) for each in await stuck(pool)] == [
        ("outbox", str(FIRST)),
        ("inbox", "zoom/m1"),
    ]


# What waits, and for how long it is remembered


async def test_a_message_is_sealed_while_it_waits(inbox: Inbox, pool: asyncpg.Pool[Any]) -> None:
    await inbox.receive("zoom", "m1", {"name": "Ana Invented"})
    stored = await pool.fetchval("SELECT payload FROM inbox")
    assert "Ana" not in stored
    handler = Performer()
    await inbox.work_one({"zoom": handler})
    assert handler.pieces[0].payload == {"name": "Ana Invented"}


async def test_a_message_from_before_there_were_seals_is_still_read(
    inbox: Inbox, pool: asyncpg.Pool[Any]
) -> None:
    await inbox.receive("zoom", "m1", {})
    await pool.execute("""UPDATE inbox SET payload = '{"n":1}'""")
    handler = Performer()
    await inbox.work_one({"zoom": handler})
    assert handler.pieces[0].payload == {"n": 1}


async def test_a_message_in_another_ones_place_does_not_open(
    inbox: Inbox, pool: asyncpg.Pool[Any]
) -> None:
    await inbox.receive("zoom", "m1", {})
    await pool.execute("UPDATE inbox SET external_id = 'm2'")
    handler = Performer()
    await inbox.work_one({"zoom": handler})
    assert handler.pieces == []
    assert [each.problem for each in await stuck(pool)] == ["payload_unreadable"]


async def test_what_has_to_wait_for_ourselves_costs_no_try(
    inbox: Inbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await inbox.receive("zoom", "m1", {})
    handler = Performer(*[NotYet("schedule") for _ in range(3 * TRIES)])
    for _ in range(3 * TRIES):
        assert await inbox.work_one({"zoom": handler})
        assert not await inbox.work_one({"zoom": handler}), "not at once"
        clock.move(seconds=5)
    assert await inbox.work_one({"zoom": handler})
    assert {piece.attempts for piece in handler.pieces} == {0}
    assert (await pool.fetchrow("SELECT state, attempts FROM inbox")) == ("done", 0)


async def test_what_was_done_without_any_effect_says_why_and_is_counted(
    inbox: Inbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    for name in ("m1", "m2"):
        await inbox.receive("zoom", name, {})
        await inbox.work_one({"zoom": Performer(note="no_meeting")})
        clock.move(seconds=60)
    await inbox.receive("zoom", "m3", {})
    await inbox.work_one({"zoom": Performer()})
    (counted,) = await set_aside(pool, since=clock.now() - timedelta(days=7))
    assert (counted.source, counted.note, counted.many) == ("zoom", "no_meeting", 2)
    assert counted.newest == clock.now() - timedelta(seconds=60)
    assert await set_aside(pool, since=clock.now()) == []


async def test_a_message_is_known_again_for_as_long_as_its_source_may_repeat_it(
    inbox: Inbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    for source in ("zoom", "payments"):
        await inbox.receive(source, "m1", {})
        await inbox.work_one({source: Performer()})
    clock.move(seconds=7 * 86400)
    await inbox.sweep(at=clock.now())
    assert not await inbox.receive("zoom", "m1", {})
    clock.move(seconds=1)
    await inbox.sweep(at=clock.now())
    assert await inbox.receive("zoom", "m1", {})
    assert not await inbox.receive("payments", "m1", {}), "nobody said for how long it repeats"
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 2


async def test_a_sweep_leaves_what_waits(
    inbox: Inbox, effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await inbox.receive("zoom", "m1", {})
    await effects.add(FIRST, "mail", {})
    clock.move(seconds=400 * 86400)
    await inbox.sweep(at=clock.now())
    await effects.sweep(at=clock.now())
    handler = Performer()
    assert await inbox.work_one({"zoom": handler})
    assert await effects.work_one({"mail": handler})
    assert await waiting(pool) == {"outbox": 0, "inbox": 0}


async def test_what_a_dead_message_said_is_forgotten_after_a_month_and_its_problem_stays(
    inbox: Inbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await inbox.receive("zoom", "m1", {"name": "Ana"})
    await inbox.work_one({"zoom": Performer(WillNeverWork("unreadable"))})
    clock.move(seconds=30 * 86400)
    await inbox.sweep(at=clock.now())
    assert [each.retriable for each in await stuck(pool)] == [True]
    clock.move(seconds=1)
    await inbox.sweep(at=clock.now())
    (dead,) = await stuck(pool)
    assert (dead.problem, dead.retriable, dead.settleable) == ("unreadable", False, True)
    assert await pool.fetchval("SELECT payload FROM inbox") is None
    assert not await inbox.revive(("zoom", "m1"))
    assert not await inbox.receive("zoom", "m1", {"name": "Ana"})


async def test_a_dead_letter_fades_and_a_dead_effect_of_an_event_can_always_be_revived(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await effects.add(FIRST, "mail", {"sealed": "…"})
    await ask(pool, clock, SECOND, "mail")
    broken = Performer(WillNeverWork("a"), WillNeverWork("b"))
    while await effects.work_one({"mail": broken}):
        pass
    clock.move(seconds=31 * 86400)
    await effects.sweep(at=clock.now())
    assert (await entry(pool, FIRST))["payload"] is None
    assert not await effects.revive((FIRST,))
    assert await effects.revive((SECOND,))


async def test_done_effects_are_forgotten_after_a_week(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    await effects.work_one({"mail": Performer()})
    clock.move(seconds=7 * 86400)
    await effects.sweep(at=clock.now())
    assert await entry(pool, FIRST)
    clock.move(seconds=1)
    await effects.sweep(at=clock.now())
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_what_is_settled_is_off_the_list_and_is_not_done(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    assert not await effects.settle((FIRST,)), "nothing is settled that may still be done"
    await effects.work_one({"mail": Performer(WillNeverWork("no_address"))})
    assert await effects.settle((FIRST,))
    assert await stuck(pool) == []
    assert not await effects.revive((FIRST,))
    row = await entry(pool, FIRST)
    assert (row["state"], row["last_error"], row["payload"]) == ("done", "no_address", None)


async def test_an_urgent_piece_does_not_wait_behind_many_others(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    for number in range(3, 6):
        await ask(pool, clock, UUID(int=number), "judge")
    clock.move(seconds=1)
    await ask(pool, clock, FIRST, "mail")
    mail = Performer()
    assert await effects.work_one({"mail": mail}, only={"mail"})
    assert [each.key for each in mail.pieces] == [(FIRST,)]
    assert not await effects.work_one({"mail": mail}, only={"mail"})


async def test_a_piece_that_is_left_to_another_loop_is_not_taken(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await ask(pool, clock, FIRST, "mail")
    await ask(pool, clock, SECOND, "nobody's")
    assert await effects.work_one({}, but={"mail"})
    assert not await effects.work_one({}, but={"mail"})
    states = [(await entry(pool, each))["state"] for each in (FIRST, SECOND)]
    assert states == ["waiting", "dead"]


async def test_what_an_effect_calls_for_is_ordered_once_however_often_it_runs(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    cause = UUID(int=9)
    for _ in range(2):
        await effects.add_all(cause, "judge", {FIRST: {"n": 1}, SECOND: {"n": 2}})
        clock.move(seconds=1)
    judge = Performer()
    while await effects.work_one({"judge": judge}):
        pass
    assert sorted(each.payload["n"] for each in judge.pieces) == [1, 2]
    await effects.add_all(cause, "judge", {FIRST: {"n": 1}})
    assert not await effects.work_one({"judge": judge})


async def test_what_an_effect_calls_for_in_vain_can_be_tried_again_for_ever(
    effects: Outbox, pool: asyncpg.Pool[Any], clock: FixedClock
) -> None:
    await effects.add_all(UUID(int=9), "judge", {FIRST: {"n": 1}})
    await effects.work_one({"judge": Performer(WillNeverWork("meeting.not_closed"))})
    await effects.sweep(at=clock.now() + timedelta(days=400))
    assert (await entry(pool, FIRST))["payload"] is not None


async def test_effects_asked_for_at_once_wait_each_for_its_time_and_count_once(
    effects: Outbox, clock: FixedClock, pool: asyncpg.Pool[Any]
) -> None:
    now = clock.now()
    asked = {FIRST: (now, {"to": "first"}), SECOND: (now + timedelta(hours=1), {"to": "second"})}
    await effects.add_timed("notice", asked)
    await effects.add_timed("notice", {FIRST: (now, {"to": "another"})})
    await effects.add_timed("notice", {})
    performer = Performer()
    assert await effects.work_one({"notice": performer})
    assert not await effects.work_one({"notice": performer})
    clock.move(seconds=3600)
    assert await effects.work_one({"notice": performer})
    assert [(each.key, each.payload) for each in performer.pieces] == [
        ((FIRST,), {"to": "first"}),
        ((SECOND,), {"to": "second"}),
    ]
    rows = await pool.fetch("SELECT effect_id FROM outbox WHERE command_id = effect_id")
    assert len(rows) == 2, "they belong to no event, and are forgotten when they are dead"
