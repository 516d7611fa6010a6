"""What tests of services ask for: a house's database, and a terminal on a told demo."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.database import ConnectKwargs
from tests.support.terminal import ReadyProgram, Terminal

if TYPE_CHECKING:
    from tests.conftest import MakeDatabase


@pytest.fixture(scope="module")
async def database(
    make_database: MakeDatabase, house_template: str
) -> AsyncIterator[ConnectKwargs]:
    """A fresh database for one module of tests, with the views of a house."""
    async with make_database(house_template) as made:
        yield made


@pytest.fixture(scope="session")
def ready_program() -> Iterator[ReadyProgram]:
    """The program, imported once for all its processes."""
    with ReadyProgram.started() as program:
        yield program


@pytest.fixture(scope="session")
async def told_demo(
    make_database: MakeDatabase,
    migrated_template: str,
    ready_program: ReadyProgram,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[str, Path]]:
    """The database and the folder of a told demo, which are only copied: telling takes long."""
    folder = tmp_path_factory.mktemp("told")
    async with make_database(migrated_template) as database:
        terminal = Terminal.of(ready_program, database, folder)
        (told,) = await asyncio.to_thread(
            terminal.run, ("demo", "--no-serve", "--data-dir", folder, "--port", "0")
        )
        assert "As member    ana@example.org" in told
        yield database["database"], folder


@pytest.fixture(scope="module")
async def demo_database(
    make_database: MakeDatabase, told_demo: tuple[str, Path]
) -> AsyncIterator[ConnectKwargs]:
    """The module's own copy of the database."""
    async with make_database(told_demo[0]) as database:
        yield database


@pytest.fixture(scope="module")
def terminal(
    demo_database: ConnectKwargs,
    told_demo: tuple[str, Path],
    ready_program: ReadyProgram,
    tmp_path_factory: pytest.TempPathFactory,
) -> Terminal:
    """A terminal on the module's own copy of that house."""
    folder = tmp_path_factory.mktemp("terminal") / "data"
    shutil.copytree(told_demo[1], folder)
    return Terminal.of(ready_program, demo_database, folder)
