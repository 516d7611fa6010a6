"""One append among others: stored whole or not at all, answered by itself, told again the same."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.recording import (
    Append,
    CommandIdReused,
    Effect,
    Outcome,
    StaleStream,
    StoreUnavailable,
)
from infra.event_store.envelope import leaf_hash
from infra.event_store.mapper import StoredBody
from infra.event_store.rows import Ready, make_ready
from infra.event_store.store import PostgresEventStore
from tests.support.appends import a_new_probe, an_append, counts, ready_text
from tests.support.builders import ANA, SIX_PM
from tests.support.probe import Probe


def altered(ready: Ready, **values: Any) -> Ready:
    """Return what a faulty encoder would have made of it."""
    return ready._replace(**values)


Connection: TypeAlias = "asyncpg.Connection[Any]"

_TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM events WHERE position > $1"
_POSITIONS = "SELECT position FROM events ORDER BY position"
_COMMAND_AT = "SELECT metadata FROM events WHERE position = $1"

whole = ready_text(body='"half"')
HARMFUL = {
    "a NUL character": ready_text(topic="peerhour.probe.\x00"),
    "a version below the first": ready_text(version=0),
    "half a character": altered(
        whole,
        event_rows=whole.event_rows.replace(b"half", "\ud800 ".encode(errors="surrogatepass")),
    ),
    "a row without its end": altered(whole, event_rows=whole.event_rows[:-1]),
    "more rows than events": altered(whole, event_rows=whole.event_rows * 2),
    "more events than rows": altered(whole, size=2),
    "rows of another kind": altered(whole, event_rows=whole.expected_rows),
}


async def append_all(store: PostgresEventStore, *appends: Append | Ready) -> list[Any]:
    """Append at once, so that one batch holds all; return outcomes and refusals in order."""
    ready = [each if isinstance(each, Ready) else store.ready(each) for each in appends]
    return await asyncio.gather(*map(store.writer.append, ready), return_exceptions=True)


async def test_appends_that_come_together_share_one_transaction(
    store: PostgresEventStore, conn: Connection
) -> None:
    head = await store.head()
    outcomes = await append_all(store, a_new_probe(3), a_new_probe(), a_new_probe(2))
    assert outcomes == [Outcome(head + 3), Outcome(head + 4), Outcome(head + 6)]
    assert await conn.fetchval(_TRANSACTIONS, head) == 1


async def test_a_stale_append_leaves_its_neighbours_untouched(
    store: PostgresEventStore, conn: Connection
) -> None:
    taken = uuid4()
    await store.append(an_append(*counts(taken)))
    head = await store.head()
    outcomes = await append_all(
        store, a_new_probe(2), an_append(*counts(uuid4()), *counts(taken)), a_new_probe(3)
    )
    assert [outcomes[0], outcomes[2]] == [Outcome(head + 2), Outcome(head + 5)]
    assert isinstance(outcomes[1], StaleStream)
    assert await conn.fetchval(_TRANSACTIONS, head) == 1
    assert await store.head() == head + 5


@pytest.mark.parametrize("harmful", HARMFUL.values(), ids=list(HARMFUL))
async def test_an_append_that_cannot_be_stored_fails_alone(
    store: PostgresEventStore, harmful: Ready
) -> None:
    first, last = a_new_probe(2), a_new_probe()
    head = await store.head()
    outcomes = await append_all(store, first, harmful, last)
    assert [outcomes[0], outcomes[2]] == [Outcome(head + 2), Outcome(head + 3)]
    assert isinstance(outcomes[1], (StoreUnavailable, StaleStream))
    assert await store.outcome_of(harmful.command_id, harmful.fingerprint) is None
    assert await store.append(a_new_probe()) == Outcome(head + 4)


@pytest.mark.parametrize(
    "text",
    ['{"a":"\\\\ \\" , {} NULL"}', "NULL", '"', "\\", "Nguyễn Thị Ánh, 李小龙", "\t\n '\x1e", ""],
)
async def test_any_text_comes_back_as_it_was(
    store: PostgresEventStore, conn: Connection, text: str
) -> None:
    outcome = await store.writer.append(ready_text(text, text))
    row = await conn.fetchrow(
        "SELECT topic, body FROM events WHERE position = $1", outcome.position
    )
    assert row is not None
    assert tuple(row) == (text, text)


async def test_characters_that_steer_machines_are_values_like_any_other(
    store: PostgresEventStore,
) -> None:
    label = "".join(map(chr, range(160))) + '\\x1e"{}NULL'
    probe = Probe.start(uuid4(), at=SIX_PM)
    probe.count(1, at=SIX_PM, label=label)
    events: list[Any] = list(probe.collect_events())
    await append_all(store, a_new_probe(), an_append(*events), a_new_probe())
    assert await store.load(probe.id) == events


@pytest.mark.parametrize(
    "beyond",
    [{"version": 2**31}, {"schema": 2**15}, {"body": '"\ud800"'}],
    ids=["version", "schema version", "half a character"],
)
def test_what_no_column_holds_is_refused_before_it_is_queued(beyond: dict[str, Any]) -> None:
    with pytest.raises((OverflowError, UnicodeEncodeError)):
        ready_text(**beyond)


async def test_streams_of_one_append_stand_or_fall_together(store: PostgresEventStore) -> None:
    good, bad = uuid4(), uuid4()
    events = [StoredBody(stream, 1, "peerhour.probe.begun", 1, "{}") for stream in (good, bad)]
    harmful = make_ready(an_append(), [*events, events[1]._replace(stream_version=0)], SIX_PM)
    head = await store.head()
    with pytest.raises(StoreUnavailable):
        await store.writer.append(harmful)
    assert await store.load(good) == []
    assert await store.load(bad) == []
    assert await store.head() == head


async def test_a_log_that_is_longer_than_its_head_says_takes_nothing_more(
    store: PostgresEventStore, conn: Connection
) -> None:
    await store.append(a_new_probe(3))
    head = await store.head()
    await conn.execute("UPDATE log_head SET position = position - 1")
    outcomes = await append_all(store, a_new_probe(), a_new_probe(2))
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable]
    assert await store.head() == head - 1
    await conn.execute("UPDATE log_head SET position = position + 1")
    assert await store.append(a_new_probe()) == Outcome(head + 1)


async def test_a_command_twice_in_the_queue_is_stored_once(store: PostgresEventStore) -> None:
    append = a_new_probe(2)
    head = await store.head()
    first, again = await append_all(store, append, append)
    assert first == Outcome(head + 2)
    assert again == Outcome(head + 2, repeated=True)
    assert await store.head() == head + 2


async def test_a_repetition_among_others_gets_its_first_outcome(store: PostgresEventStore) -> None:
    append = a_new_probe(2)
    first = await store.append(append)
    head = await store.head()
    outcomes = await append_all(store, a_new_probe(), append, a_new_probe())
    assert outcomes == [
        Outcome(head + 1),
        Outcome(first.position, repeated=True),
        Outcome(head + 2),
    ]


async def test_an_id_reused_in_the_queue_is_refused_and_stores_nothing(
    store: PostgresEventStore,
) -> None:
    command_id = uuid4()
    other = an_append(*counts(uuid4()), command_id=command_id, fingerprint=b"\x01" * 32)
    head = await store.head()
    first, second, third = await append_all(
        store, a_new_probe(command_id=command_id), other, a_new_probe()
    )
    assert first == Outcome(head + 1)
    assert isinstance(second, CommandIdReused)
    assert third == Outcome(head + 2)
    assert await store.load(other.events[0].originator_id) == []


async def test_every_position_belongs_to_its_command_whatever_was_refused(
    store: PostgresEventStore, conn: Connection
) -> None:
    random = Random(7)  # noqa: S311  a story that can be told again, no secret
    known = [a_new_probe(size) for size in (1, 2, 3)]
    for append in known:
        await store.append(append)
    before = await store.head()
    batch = [a_new_probe(random.randint(1, 4)) for _ in range(20)]
    batch += [an_append(*known[0].events), known[1], an_append(), known[2]]
    random.shuffle(batch)
    outcomes = await append_all(store, *batch)
    for append, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Outcome) and append.events:
            metadata = json.loads(await conn.fetchval(_COMMAND_AT, outcome.position))
            assert metadata["command"] == str(append.cause.command_id)
            told = await store.outcome_of(append.cause.command_id, append.fingerprint)
            assert told == replace(outcome, repeated=True)
    kinds = Counter(type(o) if isinstance(o, Exception) else o.repeated for o in outcomes)
    assert kinds == {False: 21, True: 2, StaleStream: 1}
    positions = [row["position"] for row in await conn.fetch(_POSITIONS)]
    assert positions == list(range(1, len(positions) + 1))
    fresh = sum(len(a.events) for a, o in zip(batch, outcomes, strict=True) if o_is_new(o))
    assert await store.head() == before + fresh


def o_is_new(outcome: object) -> bool:
    return isinstance(outcome, Outcome) and not outcome.repeated


async def test_effects_are_written_with_their_events_and_once(
    store: PostgresEventStore, conn: Connection
) -> None:
    taken = uuid4()
    await store.append(an_append(*counts(taken)))
    stays, falls = Effect(uuid4(), "mail", {"to": str(ANA)}), Effect(uuid4(), "mail", {})
    append = an_append(*counts(uuid4()), effects=(stays,))
    await append_all(store, append, an_append(*counts(taken), effects=(falls,)), append)
    await append_all(store, append)
    rows = await conn.fetch(
        "SELECT effect_id, kind, payload, command_id, state FROM outbox WHERE effect_id = ANY ($1)",
        [stays.effect_id, falls.effect_id],
    )
    assert [tuple(row) for row in rows] == [
        (stays.effect_id, "mail", f'{{"to":"{ANA}"}}', append.cause.command_id, "waiting")
    ]


async def test_leaf_hashes_can_be_made_again_from_the_rows(
    store: PostgresEventStore, conn: Connection
) -> None:
    await append_all(store, a_new_probe(3), ready_text("peerhour.x.y", '{"a":"\\\\\\"é"}'))
    rows = await conn.fetch("SELECT * FROM events")
    assert len({row["salt"] for row in rows}) == len(rows)
    for row in rows:
        body = StoredBody(
            row["stream_id"],
            row["stream_version"],
            row["topic"],
            row["schema_version"],
            row["body"],
        )
        again = leaf_hash(body, row["metadata"], row["recorded_at"], row["salt"])
        assert again == row["leaf_hash"]


async def test_a_caller_who_gives_up_neither_blocks_nor_breaks_the_writer(
    store: PostgresEventStore,
) -> None:
    given_up = a_new_probe()
    caller = asyncio.create_task(store.append(given_up))
    neighbour = asyncio.create_task(store.append(a_new_probe()))
    await asyncio.sleep(0)  # both are in the queue now
    caller.cancel()
    assert not (await neighbour).repeated
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert (await store.append(a_new_probe())).position == await store.head()
    stored = await store.outcome_of(given_up.cause.command_id, given_up.fingerprint)
    again = await store.append(given_up)
    assert again.repeated == (stored is not None)


async def test_stopping_stores_what_is_queued_and_takes_no_more(
    store: PostgresEventStore,
) -> None:
    appends = [a_new_probe() for _ in range(300)]  # more than one batch
    callers = [asyncio.create_task(store.append(append)) for append in appends]
    await asyncio.sleep(0)
    await store.writer.stop()
    positions = [(await caller).position for caller in callers]
    assert positions == list(range(positions[0], positions[0] + len(appends)))
    with pytest.raises(StoreUnavailable):
        await store.append(a_new_probe())


async def test_appends_to_one_stream_in_the_queue_follow_each_other(
    store: PostgresEventStore,
) -> None:
    stream: UUID = uuid4()
    events = counts(stream, 4)
    outcomes = await append_all(store, *(an_append(event) for event in events))
    assert [type(outcome) for outcome in outcomes] == [Outcome] * 4
    assert await store.load(stream) == events
