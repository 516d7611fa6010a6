"""When the database does not say how a commit ended: unknown, and settled by a repetition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from domain.recording import (
    Outcome,
    OutcomeUnknown,
    StaleStream,
    StoredRefusal,
    StoreUnavailable,
)
from infra import migrate
from infra.database import ConnectKwargs, connect
from infra.event_store.store import PostgresEventStore
from infra.postgres.embedded import EmbeddedPostgres
from tests.support.appends import FINGERPRINT, a_new_probe, opened_store, ready_text

Connection: TypeAlias = "asyncpg.Connection[Any]"

_AT_COMMIT = """
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN {does}; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW WHEN (NEW.topic = 'peerhour.probe.unlucky') EXECUTE FUNCTION at_commit();
"""
_EXPECTED = "SELECT current_setting('synchronous_standby_names') = $1"
_SLEEPS = """SELECT count(*) > 0 FROM pg_stat_activity
              WHERE wait_event = 'PgSleep' AND datname = current_database()"""
_NO_MORE = "DROP TRIGGER IF EXISTS at_commit ON events; DROP FUNCTION IF EXISTS at_commit"
_COMMIT = "SELECT pg_logical_emit_message(true, 'probe', '')"
_CANCEL = """SELECT pg_cancel_backend(pid) FROM pg_stat_activity
              WHERE wait_event = $1 AND datname = current_database()"""


@pytest.fixture
async def lucky_again(conn: Connection) -> AsyncIterator[None]:
    yield
    await conn.execute(_NO_MORE)


async def append_with_neighbours(store: PostgresEventStore) -> list[Any]:
    """Append the unlucky one between two others, in one batch; return the answers."""
    answers = await asyncio.gather(
        store.append(a_new_probe()),
        store.writer.append(ready_text("peerhour.probe.unlucky")),
        store.append(a_new_probe()),
        return_exceptions=True,
    )
    return list(answers)


@pytest.mark.usefixtures("lucky_again")
async def test_a_notice_during_the_commit_makes_the_outcome_unknown(
    store: PostgresEventStore, conn: Connection
) -> None:
    await conn.execute(_AT_COMMIT.format(does="RAISE WARNING 'cancelled the wait'"))
    unlucky = ready_text("peerhour.probe.unlucky")
    with pytest.raises(OutcomeUnknown):
        await store.writer.append(unlucky)
    told = await store.outcome_of(unlucky.command_id, FINGERPRINT)
    again = await store.writer.append(unlucky)
    assert again == told == Outcome(await store.head(), repeated=True)
    assert not (await store.append(a_new_probe())).repeated  # the notice is forgotten


@pytest.mark.usefixtures("lucky_again")
async def test_a_connection_that_is_cut_before_the_commit_leaves_nothing(
    store: PostgresEventStore, conn: Connection
) -> None:
    head = await store.head()
    await conn.execute(_AT_COMMIT.format(does="PERFORM pg_terminate_backend(pg_backend_pid())"))
    unlucky, neighbour = ready_text("peerhour.probe.unlucky"), a_new_probe()
    answers = await asyncio.gather(
        store.writer.append(unlucky), store.append(neighbour), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [OutcomeUnknown, OutcomeUnknown]
    assert await store.head() == head
    await conn.execute(_NO_MORE)
    assert await store.append(neighbour) == Outcome(head + 1)
    assert await store.writer.append(unlucky) == Outcome(head + 2)


async def test_a_connection_that_is_cut_after_the_commit_leaves_it_standing(
    store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = store.writer._transact

    async def commit_and_lose_the_answer(*args: Any) -> Any:
        await commit(*args)
        raise asyncpg.ConnectionDoesNotExistError("connection was closed")

    append = a_new_probe(2)
    head = await store.head()
    with monkeypatch.context() as unlucky:
        unlucky.setattr(store.writer, "_transact", commit_and_lose_the_answer)
        with pytest.raises(OutcomeUnknown):
            await store.append(append)
    assert await store.append(append) == Outcome(head + 2, repeated=True)
    assert await store.head() == head + 2


async def test_a_connection_that_is_cut_between_a_refusal_and_its_neighbours_leaves_them_unknown(
    store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact = store.writer._transact
    attempts = 0

    async def lose_the_second(*args: Any) -> Any:
        nonlocal attempts
        attempts += 1
        if attempts == 2:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed")
        return await transact(*args)

    known, taken, fresh = a_new_probe(), a_new_probe(), a_new_probe(2)
    first = await store.append(known)
    await store.append(taken)
    stale = replace(a_new_probe(), events=taken.events)
    with monkeypatch.context() as unlucky:
        unlucky.setattr(store.writer, "_transact", lose_the_second)
        answers = await asyncio.gather(
            *(store.append(each) for each in (known, stale, fresh)), return_exceptions=True
        )
    assert answers[0] == replace(first, repeated=True)
    assert [type(answer) for answer in answers[1:]] == [StaleStream, OutcomeUnknown]
    assert await store.append(fresh) == Outcome(first.position + 3)


@pytest.mark.usefixtures("lucky_again")
async def test_a_refused_commit_fails_its_own_append_alone(
    store: PostgresEventStore, conn: Connection
) -> None:
    head = await store.head()
    await conn.execute(_AT_COMMIT.format(does="RAISE EXCEPTION 'no'"))
    first, unlucky, last = await append_with_neighbours(store)
    assert [first, last] == [Outcome(head + 1), Outcome(head + 2)]
    assert isinstance(unlucky, StoreUnavailable)
    assert await store.head() == head + 2


@pytest.mark.usefixtures("lucky_again")
async def test_a_passing_trouble_is_tried_again(
    store: PostgresEventStore, conn: Connection
) -> None:
    await conn.execute("CREATE SEQUENCE IF NOT EXISTS attempts")
    deadlock = "IF nextval('attempts') < 3 THEN RAISE EXCEPTION SQLSTATE '40P01'; END IF"
    await conn.execute(_AT_COMMIT.format(does=deadlock))
    head = await store.head()
    answers = await append_with_neighbours(store)
    assert answers == [Outcome(head + 1), Outcome(head + 2), Outcome(head + 3)]
    assert await conn.fetchval("SELECT last_value FROM attempts") == 3


@pytest.mark.usefixtures("lucky_again")
async def test_a_cancelled_statement_is_rolled_back_and_stored_by_the_next_attempt(
    store: PostgresEventStore, conn: Connection
) -> None:
    await conn.execute("CREATE SEQUENCE IF NOT EXISTS waits")
    sleep = "IF nextval('waits') = 1 THEN PERFORM pg_sleep(60); END IF"
    await conn.execute(_AT_COMMIT.format(does=sleep))
    head = await store.head()
    unlucky = ready_text("peerhour.probe.unlucky")
    answer = asyncio.create_task(store.writer.append(unlucky))
    await until_true(conn, _CANCEL, "PgSleep")
    outcome, neighbour = await asyncio.gather(
        answer, store.append(a_new_probe()), return_exceptions=True
    )
    assert isinstance(outcome, StoreUnavailable)
    assert neighbour == Outcome(head + 1)


async def test_a_refusal_waits_for_a_try_that_is_under_way_in_a_lost_session(
    database: ConnectKwargs, store: PostgresEventStore, conn: Connection, tmp_path: Path
) -> None:
    async with opened_store(database, tmp_path / "other-keys") as lost:
        append = a_new_probe(2)
        await conn.execute(
            _AT_COMMIT.format(does="PERFORM pg_sleep(0.4)").replace("unlucky", "begun")
        )
        under_way = asyncio.create_task(lost.append(append))
        await until_true(conn, _SLEEPS)
        stands = await store.refuse(append.cause, FINGERPRINT, StoredRefusal("late", "Too late."))
        await conn.execute(_NO_MORE)
        assert stands == replace(await under_way, repeated=True)
    assert len(await store.load(append.events[0].originator_id)) == 2


@pytest.fixture
async def lonely(tmp_path: Path) -> AsyncIterator[ConnectKwargs]:
    """A server of its own that can be told to wait for a standby."""
    server = EmbeddedPostgres(tmp_path / "db")
    address = await asyncio.to_thread(server.start)
    try:
        connection = await connect(address)
        await migrate.apply(connection)
        await connection.close()
        yield address
    finally:
        await asyncio.to_thread(server.stop)


@pytest.fixture
async def lonely_store(lonely: ConnectKwargs, tmp_path: Path) -> AsyncIterator[PostgresEventStore]:
    async with opened_store(lonely, tmp_path / "keys") as store:
        yield store


async def test_a_cancelled_wait_is_no_acknowledgement(
    lonely: ConnectKwargs, lonely_store: PostgresEventStore
) -> None:
    conn = await connect(lonely)
    before, after = a_new_probe(), a_new_probe(2)
    await lonely_store.append(before)
    await expect_standbys(conn, "nobody")
    await until_commits_wait(conn, lonely)
    append = asyncio.create_task(lonely_store.append(after))
    await until_true(conn, _CANCEL, "SyncRep")
    with pytest.raises(OutcomeUnknown):
        await append
    assert await lonely_store.head() == 3  # here it can be read, on no standby

    told = asyncio.create_task(lonely_store.outcome_of(after.cause.command_id, FINGERPRINT))
    again = asyncio.create_task(lonely_store.append(after))
    done, _ = await asyncio.wait([told, again], timeout=0.3)
    assert not done  # whoever asks again waits for the standby too
    await expect_standbys(conn, "")
    assert await told == await again == Outcome(3, repeated=True)
    await conn.close()


async def expect_standbys(conn: Connection, names: str) -> None:
    await conn.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
    await conn.execute("SELECT pg_reload_conf()")
    await until_true(conn, _EXPECTED, names)


async def until_commits_wait(conn: Connection, database: ConnectKwargs) -> None:
    """Wait for the server's checkpointer to have heard; until then a commit waits for nobody."""
    probe = await connect(database)
    waited = False
    while not waited:
        commit = asyncio.create_task(probe.execute(_COMMIT))
        while not (waited or commit.done()):
            waited = bool(await conn.fetchval(_CANCEL, "SyncRep"))
            await asyncio.sleep(0.01)
        await commit
    await probe.close()


async def until_true(conn: Connection, question: str, *values: object) -> None:
    while not await conn.fetchval(question, *values):  # noqa: ASYNC110  the answer is the server's
        await asyncio.sleep(0.01)
