"""Migrations: numbered files of plain SQL, each applied once, in order, in one transaction.

Files are called ``NNNN_name.sql``, numbered from 0001 without gaps. What was applied never changes:
a file that differs from what the database remembers is refused, and so is a database that knows
more than the code. Several processes may migrate at once: they queue for one row's lock, which
every PostgreSQL-compatible engine has (advisory locks do nothing on some).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from infra.database_errors import (
    DatabaseNewerThanCode,
    MigrationChanged,
    MigrationFailed,
    MigrationFolderInvalid,
    MigrationNeeded,
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
# A file's own BEGIN or COMMIT would end the transaction that makes it all or nothing. The BEGIN of
# a function's body has no semicolon.
_OWN_TRANSACTION: Final = re.compile(
    r"^\s*(BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|ABORT)\b[^;\n]*;", re.IGNORECASE | re.MULTILINE
)
_CREATE: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number     integer     PRIMARY KEY,
    name       text        NOT NULL,
    sha256     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS schema_migrations_lock (id smallint PRIMARY KEY CHECK (id = 1));
INSERT INTO schema_migrations_lock VALUES (1) ON CONFLICT DO NOTHING;
"""
_EXISTS: Final = "SELECT to_regclass('schema_migrations') IS NOT NULL"
_LOCK: Final = "SELECT id FROM schema_migrations_lock WHERE id = 1 FOR UPDATE"
_APPLIED: Final = "SELECT number, name, sha256 FROM schema_migrations ORDER BY number"
_REMEMBER: Final = "INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)"
_CREATE_ATTEMPTS: Final = 5
_CREATE_RACES: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DuplicateObjectError,
    asyncpg.DuplicateTableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InternalServerError,  # "tuple concurrently updated"
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its place in the sequence, its name, its text and the hash of its text."""

    number: int
    name: str
    sql: str
    sha256: str


def load(folder: Path = MIGRATIONS) -> list[Migration]:
    """Read the migration files in order.

    Raises:
        MigrationFolderInvalid: a name, a number, an encoding or a transaction is not as it has to
            be; the file is named.
    """
    return [
        _read(path, expected) for expected, path in enumerate(sorted(folder.glob("*.sql")), start=1)
    ]


async def pending(connection: asyncpg.Connection[Any], folder: Path = MIGRATIONS) -> list[str]:
    """Return the names of the files that are still to be applied; changes nothing.

    Raises:
        MigrationFolderInvalid, MigrationChanged, DatabaseNewerThanCode: as :func:`apply`.
    """
    return [each.name for each in await _missing(connection, load(folder))]


async def require_current(connection: asyncpg.Connection[Any], folder: Path = MIGRATIONS) -> None:
    """Refuse a database that is older than the code; changes nothing.

    Raises:
        MigrationNeeded: something is still to be applied.
        MigrationFolderInvalid, MigrationChanged, DatabaseNewerThanCode: as :func:`apply`.
    """
    if missing := await pending(connection, folder):
        raise MigrationNeeded(
            "Your database is older than this Peerhour. Stop what still runs, then run"
            f' "peerhour migrate" (not applied yet: {", ".join(missing)}).',
            migrations=missing,
        )


async def apply(connection: asyncpg.Connection[Any], folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing, each file in a transaction of its own.

    Args:
        connection: outside any transaction, and without a lock timeout: whoever comes second waits.
        folder: holds the files.

    Returns:
        The names of the files applied by this call.

    Raises:
        MigrationFolderInvalid: the files form no sequence.
        MigrationChanged: an applied file differs from what was applied.
        DatabaseNewerThanCode: the database knows migrations that the code does not.
        MigrationFailed: PostgreSQL refused a file; nothing of it, and nothing after it, was kept.
    """
    migrations = load(folder)
    await _create_tables(connection)
    applied = []
    while name := await _apply_next(connection, migrations):
        applied.append(name)
    return applied


def _read(path: Path, expected: int) -> Migration:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise _bad_file(path, "it is not called NNNN_name.sql")
    if int(match[1]) != expected:
        raise _bad_file(path, f"the number {expected:04} is expected here")
    try:
        sql = path.read_text("utf-8")  # any line ending becomes \n: a checkout may change them
    except UnicodeDecodeError:
        raise _bad_file(path, "it is not UTF-8") from None
    if own := _OWN_TRANSACTION.search(sql):
        raise _bad_file(path, f"it must leave {own[1].upper()} to the migrator")
    return Migration(expected, path.name, sql, hashlib.sha256(sql.encode()).hexdigest())


async def _missing(
    connection: asyncpg.Connection[Any], migrations: list[Migration]
) -> list[Migration]:
    known = {each.number: each for each in migrations}
    applied = set()
    rows = await connection.fetch(_APPLIED) if await connection.fetchval(_EXISTS) else []
    for row in rows:
        migration = known.get(row["number"])
        if migration is None:
            raise DatabaseNewerThanCode(
                f"Your database was migrated by a newer Peerhour ({row['name']}). Install that"
                " version; this one changes nothing.",
                migration=row["name"],
            )
        if migration.sha256 != row["sha256"]:
            raise MigrationChanged(
                f"The file {migration.name} was changed after it was applied as {row['name']}."
                " Put it back, and write the change as a new migration.",
                migration=migration.name,
            )
        applied.add(migration.number)
    return [each for each in migrations if each.number not in applied]


async def _create_tables(connection: asyncpg.Connection[Any]) -> None:
    """``IF NOT EXISTS`` is no promise among simultaneous callers: one may trip, and looks again."""
    for attempt in range(_CREATE_ATTEMPTS):
        try:
            await connection.execute(_CREATE)
        except _CREATE_RACES:
            if attempt == _CREATE_ATTEMPTS - 1:
                raise
        else:
            return


async def _apply_next(
    connection: asyncpg.Connection[Any], migrations: list[Migration]
) -> str | None:
    async with connection.transaction():
        await connection.fetchval(_LOCK)
        missing = await _missing(connection, migrations)
        if not missing:
            return None
        migration = missing[0]
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as reason:
            raise MigrationFailed(
                f"The file {migration.name} cannot be applied (SQLSTATE {reason.sqlstate}:"
                f" {type(reason).__name__}). Nothing of it was kept.",
                migration=migration.name,
                sqlstate=reason.sqlstate,
            ) from reason
        await connection.execute(_REMEMBER, migration.number, migration.name, migration.sha256)
        return migration.name


def _bad_file(path: Path, reason: str) -> MigrationFolderInvalid:
    return MigrationFolderInvalid(
        f"The migration {path.name} cannot be used: {reason}.", migration=path.name
    )
