"""Between two versions: what the program says about a database and views of an older one."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra import migrate
from infra.database import ConnectKwargs, connect
from services.bootstrap import PROCESSES, PROJECTIONS
from services.cli.main import main
from tests.support.house import database_url, open_real_house

VIEWS = {f"view.{each.NAME}" for each in PROJECTIONS}
NEW_PROCESSES = {f"process.{each.NAME}": "not begun yet" for each in PROCESSES}


@pytest.fixture
def address(
    empty_database: ConnectKwargs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ConnectKwargs:
    """A database that the command line finds, without any table."""
    monkeypatch.setenv("DATABASE_URL", database_url(empty_database))
    monkeypatch.setenv("PEERHOUR_DATA_DIR", str(tmp_path / "house"))
    return empty_database


async def status(*options: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["status", *options])


async def not_current() -> dict[str, str]:
    """Return what ``peerhour status`` says is still to be done, by reader."""
    told = await status("--json")
    assert told.exit_code == 0, told.output
    found: dict[str, str] = json.loads(told.stdout)["not_current"]
    return found


async def migrate_with(address: ConnectKwargs, folder: Path) -> None:
    connection = await connect(address)
    try:
        await migrate.apply(connection, folder)
    finally:
        await connection.close()


async def test_an_older_database_is_refused_by_name_and_told_what_to_run(
    address: ConnectKwargs, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for file in sorted(migrate.MIGRATIONS.glob("*.sql"))[:3]:
        shutil.copy(file, older)
    await migrate_with(address, older)
    told = await status()
    assert told.exit_code == 2
    assert "[migration.needed]" in told.output
    assert "peerhour migrate" in told.output
    assert "0004_queues.sql" in told.output


async def test_views_and_processes_that_are_still_to_come_are_told(address: ConnectKwargs) -> None:
    await migrate_with(address, migrate.MIGRATIONS)
    assert await not_current() == dict.fromkeys(VIEWS, "not built yet") | NEW_PROCESSES


async def test_a_view_that_older_code_built_is_told_until_it_is_rebuilt(
    address: ConnectKwargs, tmp_path: Path
) -> None:
    await migrate_with(address, migrate.MIGRATIONS)
    async with open_real_house(address, tmp_path / "house") as house:
        await house.drain()
    assert await not_current() == {}
    connection = await connect(address)
    await connection.execute("UPDATE checkpoints SET version = 0 WHERE reader = 'view.people'")
    await connection.close()
    assert await not_current() == {"view.people": "to be rebuilt"}
    in_words = (await status()).output
    assert [line for line in in_words.splitlines() if "to be rebuilt" in line]
    async with open_real_house(address, tmp_path / "house"):
        """Starting rebuilds it."""
    assert await not_current() == {}
