from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from infra import migrate
from infra.database import ConnectKwargs, connect
from infra.database_errors import (
    DatabaseNewerThanCode,
    MigrationChanged,
    MigrationFailed,
    MigrationFolderInvalid,
    MigrationNeeded,
)

ONE = "CREATE TABLE one (id integer PRIMARY KEY);\nINSERT INTO one VALUES (1);\n"
TWO = "ALTER TABLE one ADD COLUMN name text;\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_one.sql").write_text(ONE)
    (tmp_path / "0002_two.sql").write_text(TWO)
    return tmp_path


@pytest.fixture
async def empty(empty_database: ConnectKwargs) -> Any:
    connection = await connect(empty_database)
    yield connection
    await connection.close()


Connection: TypeAlias = "asyncpg.Connection[Any]"  # generic in the stubs only


async def test_files_are_applied_in_order_and_only_once(empty: Connection, folder: Path) -> None:
    assert await migrate.pending(empty, folder) == ["0001_one.sql", "0002_two.sql"]
    assert await migrate.apply(empty, folder) == ["0001_one.sql", "0002_two.sql"]
    assert await migrate.apply(empty, folder) == []
    assert await migrate.pending(empty, folder) == []
    assert await empty.fetchval("SELECT count(*) FROM one WHERE name IS NULL") == 1


async def test_looking_at_what_is_pending_changes_nothing(empty: Connection, folder: Path) -> None:
    await migrate.pending(empty, folder)
    assert await empty.fetchval("SELECT to_regclass('schema_migrations')") is None


async def test_a_database_that_is_behind_is_refused_until_it_is_migrated(
    empty: Connection, folder: Path
) -> None:
    with pytest.raises(MigrationNeeded, match=r"peerhour migrate.*0001_one\.sql, 0002_two\.sql"):
        await migrate.require_current(empty, folder)
    await migrate.apply(empty, folder)
    await migrate.require_current(empty, folder)


async def test_only_the_new_file_is_applied_later(empty: Connection, folder: Path) -> None:
    await migrate.apply(empty, folder)
    (folder / "0003_three.sql").write_text("CREATE TABLE three ();")
    assert await migrate.pending(empty, folder) == ["0003_three.sql"]
    assert await migrate.apply(empty, folder) == ["0003_three.sql"]


async def test_an_applied_file_that_changed_is_refused_by_name(
    empty: Connection, folder: Path
) -> None:
    await migrate.apply(empty, folder)
    (folder / "0001_one.sql").write_text(ONE + "-- harmless?\n")
    (folder / "0003_three.sql").write_text("CREATE TABLE three ();")
    with pytest.raises(MigrationChanged, match=r"0001_one\.sql"):
        await migrate.apply(empty, folder)
    assert await empty.fetchval("SELECT to_regclass('three')") is None


async def test_other_line_endings_are_no_change(empty: Connection, folder: Path) -> None:
    await migrate.apply(empty, folder)
    (folder / "0001_one.sql").write_bytes(ONE.replace("\n", "\r\n").encode())
    assert await migrate.apply(empty, folder) == []


async def test_a_database_newer_than_the_code_is_refused(empty: Connection, folder: Path) -> None:
    await migrate.apply(empty, folder)
    (folder / "0002_two.sql").unlink()
    with pytest.raises(DatabaseNewerThanCode, match=r"0002_two\.sql"):
        await migrate.apply(empty, folder)
    with pytest.raises(DatabaseNewerThanCode):
        await migrate.pending(empty, folder)


async def test_a_failing_file_leaves_nothing_of_itself_and_keeps_what_came_before(
    empty: Connection, folder: Path
) -> None:
    (folder / "0003_three.sql").write_text("CREATE TABLE three (); SELECT 1 / 0;")
    with pytest.raises(MigrationFailed, match=r"0003_three\.sql.*22012") as refusal:
        await migrate.apply(empty, folder)
    assert refusal.value.facts == {"migration": "0003_three.sql", "sqlstate": "22012"}
    assert await empty.fetchval("SELECT to_regclass('three')") is None
    assert await migrate.pending(empty, folder) == ["0003_three.sql"]


async def test_many_processes_at_once_apply_each_file_once(
    empty_database: ConnectKwargs, folder: Path
) -> None:
    connections = [await connect(empty_database) for _ in range(8)]
    try:
        applied = await asyncio.gather(*(migrate.apply(each, folder) for each in connections))
    finally:
        for each in connections:
            await each.close()
    assert sorted(name for names in applied for name in names) == ["0001_one.sql", "0002_two.sql"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("0004_gap.sql", b"SELECT 1;", "0003"),
        ("0002_twice.sql", b"SELECT 1;", "0002|0003"),
        ("third.sql", b"SELECT 1;", "NNNN_name"),
        ("0003_own.sql", b"SELECT 1;\n  commit ;\nSELECT 2;", "COMMIT"),
        ("0003_latin.sql", b"-- \xe9", "UTF-8"),
    ],
)
def test_files_that_form_no_sequence_are_refused_by_name(
    folder: Path, name: str, text: bytes, reason: str
) -> None:
    (folder / name).write_bytes(text)
    with pytest.raises(MigrationFolderInvalid, match=reason):
        migrate.load(folder)


def test_the_begin_of_a_function_is_no_transaction(folder: Path) -> None:
    body = "DO $$\nBEGIN\n  PERFORM 1;\nEND\n$$;"
    (folder / "0003_function.sql").write_text(body)
    assert migrate.load(folder)[2].sql == body


async def test_our_own_migrations_are_applied_whole(conn: Connection) -> None:
    assert await migrate.pending(conn) == []
    names = [row["name"] for row in await conn.fetch("SELECT name FROM schema_migrations")]
    assert names == [each.name for each in migrate.load()]


async def test_a_house_that_stood_before_tells_nobody_of_changes_from_before(
    empty: Connection, tmp_path: Path
) -> None:
    """Mails about hours begin with 0016: its process would read the log from its first event."""
    files = sorted(migrate.MIGRATIONS.glob("*.sql"))
    for file in files[:15]:
        (tmp_path / file.name).write_text(file.read_text())
    await migrate.apply(empty, tmp_path)
    await empty.execute(
        "INSERT INTO events SELECT n, gen_random_uuid(), 1, 'any', 1, '{}', '{}', now(), '', ''"
        " FROM generate_series(1, 3) AS n"
    )
    await migrate.apply(empty)
    seen = "SELECT position FROM checkpoints WHERE reader = 'process.tell_of_changes'"
    assert await empty.fetchval(seen) == 3


async def test_a_new_house_tells_of_changes_from_its_first_event_on(empty: Connection) -> None:
    await migrate.apply(empty)
    assert await empty.fetchval("SELECT count(*) FROM checkpoints") == 0


async def test_a_house_that_has_told_changes_already_goes_on_where_it_is(
    empty: Connection, tmp_path: Path
) -> None:
    files = sorted(migrate.MIGRATIONS.glob("*.sql"))
    for file in files[:15]:
        (tmp_path / file.name).write_text(file.read_text())
    await migrate.apply(empty, tmp_path)
    await empty.execute(
        "INSERT INTO checkpoints (reader, version, position)"
        " VALUES ('process.tell_of_changes', 1, 7)"
    )
    await migrate.apply(empty)
    seen = "SELECT position FROM checkpoints WHERE reader = 'process.tell_of_changes'"
    assert await empty.fetchval(seen) == 7
