from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import database as module
from infra.database import (
    ConnectKwargs,
    connect,
    connect_kwargs,
    open_pool,
    parse_database_url,
    unsafe_settings,
)
from infra.database_errors import DatabaseTooOld, DatabaseUnreachable, DatabaseUrlInvalid

SECRET = "s3cr3t"


def test_a_plain_address_is_read_into_its_parts() -> None:
    assert connect_kwargs("postgresql://ana:p%40ss%2Fword@db.example:5433/peerhour") == {
        "host": "db.example",
        "port": 5433,
        "user": "ana",
        "password": "p@ss/word",
        "database": "peerhour",
    }


def test_a_socket_folder_and_tls_are_read_from_the_options() -> None:
    socket = parse_database_url("postgres://ana@/peerhour?host=/run/postgresql")
    assert (socket["host"], socket["port"], "password" in socket) == (
        "/run/postgresql",
        5432,
        False,
    )
    tls = parse_database_url("postgres://ana@db/peerhour?sslmode=verify-full")
    assert tls["ssl"] == "verify-full"
    files = parse_database_url("postgres://ana@db/x?sslmode=verify-full&sslrootcert=/a%20b/ca.pem")
    assert files["dsn"] == "postgresql://?sslrootcert=%2Fa+b%2Fca.pem&sslmode=verify-full"


@pytest.mark.parametrize(
    ("url", "part"),
    [
        (f"mysql://ana:{SECRET}@db/x", "scheme"),
        (f"ana:{SECRET}@db/x", "scheme"),
        ("", "scheme"),
        (f"postgresql://ana:{SECRET}@/x", "host"),
        (f"postgresql://ana:{SECRET}@db:port/x", "host"),
        (f"postgresql://ana:{SECRET}@db:99999/x", "host"),
        (f"postgresql://ana:{SECRET}@[::1/x", "host"),
        (f"postgresql://ana:{SECRET}@one,two/x", "host"),
        (f"postgresql://ana:{SECRET}@one:1,two:2/x", "host"),
        ("postgresql://db/x", "user"),
        (f"postgresql://ana:{SECRET}@db", "database"),
        (f"postgresql://ana:{SECRET}@db/x/y", "database"),
        (f"postgresql://ana:{SECRET}@db/x?pool=3", "options"),
        (f"postgresql://ana:{SECRET}@db/x?sslmode=maybe", "sslmode"),
        (f"postgresql://ana:{SECRET}@db/x#y", "fragment"),
    ],
)
def test_a_wrong_address_is_refused_by_its_part_and_never_shown(url: str, part: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as refusal:
        parse_database_url(url)
    assert refusal.value.facts == {"part": part}
    assert SECRET not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@given(st.text(max_size=80) | st.text(max_size=60).map("postgresql://".__add__))
def test_any_text_is_an_address_or_a_named_refusal(text: str) -> None:
    try:
        kwargs = parse_database_url(text)
    except DatabaseUrlInvalid:
        return
    assert {"host", "port", "user", "database"} <= set(kwargs)


async def test_every_session_is_utc_named_and_never_idle_in_a_transaction(
    database: ConnectKwargs,
) -> None:
    connection = await connect(database, application_name="peerhour-test", for_store=True)
    shown = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in (
            *("timezone", "application_name"),
            *("idle_in_transaction_session_timeout", "lock_timeout"),
        )
    }
    await connection.close()
    assert list(shown.values()) == ["UTC", "peerhour-test", "5s", "3s"]


async def test_a_pooled_session_keeps_its_settings_after_it_was_given_back(
    database: ConnectKwargs,
) -> None:
    async with await open_pool(database, max_size=1) as pool:
        for _ in range(2):
            async with pool.acquire() as connection:
                assert await connection.fetchval("SHOW timezone") == "UTC"
                assert await connection.fetchval("SHOW lock_timeout") == "0"
                await connection.execute("SET timezone = 'America/New_York'")


async def test_a_pool_opens_while_the_database_is_down(tmp_path: Path) -> None:
    pool = await open_pool({"host": str(tmp_path), "user": "ana", "database": "x"})
    with pytest.raises(module.UNREACHABLE):
        await pool.fetchval("SELECT 1")
    await pool.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"host": "/nowhere/at/all"}, "its socket"),
        ({"host": "127.0.0.1", "port": 1}, "nothing listens there"),
        ({"database": "no_such_database"}, "no such database"),
    ],
)
async def test_a_server_that_cannot_be_used_is_a_named_refusal(
    database: ConnectKwargs, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DatabaseUnreachable, match=reason):
        await connect(database | change)


async def test_an_old_server_is_refused_and_the_connection_closed(
    database: ConnectKwargs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OLDEST_MAJOR", 99)
    with pytest.raises(DatabaseTooOld, match="99 or newer"):
        await connect(database, application_name="peerhour-too-old")
    async with await open_pool(database) as pool:
        with pytest.raises(DatabaseTooOld):
            await pool.fetchval("SELECT 1")


async def test_a_session_that_does_not_wait_for_the_disk_is_unsafe(
    conn: asyncpg.Connection[Any],
) -> None:
    assert await unsafe_settings(conn) == {}
    await conn.execute("SET synchronous_commit = local")
    assert await unsafe_settings(conn) == {"synchronous_commit": "local"}
