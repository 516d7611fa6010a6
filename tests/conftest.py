"""What every test may ask for: a real PostgreSQL, a fresh migrated database, a connection."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from infra import migrate
from infra.database import ConnectKwargs, connect, parse_database_url
from infra.postgres.embedded import MAINTENANCE, EmbeddedPostgres

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.support.sharing import ByWhatIsShared

LONG = {"browser", "faults"}  # markers of files that take half a minute or more
QUICK = 2  # the rank of files that need no database: milliseconds for each of their tests
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
ROOM = 4 * 2**30  # bytes; containers often have 64 MiB there
FOLDERS = pytest.StashKey[list[Path]]()

MakeDatabase: TypeAlias = Callable[[str], AbstractAsyncContextManager[ConnectKwargs]]
"""Makes a database from the template of a name; it is dropped at the end."""

# No test asserts on time: what is slow on a busy machine is not wrong.
settings.register_profile("peerhour", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("peerhour")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are read, nor later among what was read: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files where `make test` shares them out among processes.

    A file is never divided, so what its module makes is made once; a long one at the end would
    leave all processes but one without work. The quickest come last and even that out.
    """
    if hasattr(config, "workerinput"):  # one of several processes
        ranks: dict[Path, int] = {}
        for item in items:
            ranks[item.path] = min(ranks.get(item.path, QUICK), rank_of(item))
        items.sort(key=lambda item: ranks[item.path])


def rank_of(item: pytest.Item) -> int:
    """Return how early the file of a test has its turn: 0 is first."""
    if LONG & {mark.name for mark in item.iter_markers()}:
        return 0
    return 1 if "database_server" in getattr(item, "fixturenames", ()) else QUICK


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatIsShared | None:
    """Hand out files one by one, but those together that share what is long in the making."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.support import sharing  # only where several processes share

    return sharing.ByWhatIsShared(config, log)


@pytest.hookimpl(optionalhook=True)  # pytest-xdist asks it
def pytest_configure_node(node: Any) -> None:
    """Give a process the folder of its server: a test may change settings of the whole server."""
    folder = new_folder()
    node.config.stash.setdefault(FOLDERS, []).append(folder)
    node.workerinput["folder"] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what those processes could not stop because they were killed."""
    for folder in config.stash.get(FOLDERS, []):
        remove_server(folder)


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[ConnectKwargs]:
    """A server, told by how to reach a database from which others can be made.

    ``DATABASE_URL`` names one whose user may create databases; else an embedded one is started.
    """
    if url := os.environ.get("DATABASE_URL"):
        yield parse_database_url(url)
        return
    given = getattr(request.config, "workerinput", {}).get("folder")
    folder = Path(given) if given else new_folder()
    server = EmbeddedPostgres(folder / "db")
    try:
        server.start()
        yield server.connect_kwargs(MAINTENANCE)
    finally:
        remove_server(folder)


def new_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="peerhour-tests-", dir=quick_folder()))


def remove_server(folder: Path) -> None:
    EmbeddedPostgres(folder / "db").stop(anyone=True)
    shutil.rmtree(folder, ignore_errors=True)


def quick_folder() -> Path | None:
    """Where a database need not wait for a disk: no test pulls the plug. None: wherever.

    The servers that tests kill are not this one, and lie on the disk.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


@pytest.fixture(scope="session")
def make_database(database_server: ConnectKwargs) -> MakeDatabase:
    """Makes databases, each dropped at the end; copying one is quicker than filling another."""

    @asynccontextmanager
    async def made(template: str) -> AsyncIterator[ConnectKwargs]:
        name = await _create(database_server, template)
        yield database_server | {"database": name}
        await _drop(database_server, name)

    return made


@pytest.fixture(scope="session")
async def migrated_template(make_database: MakeDatabase) -> AsyncIterator[str]:
    """The name of a database with every migration applied: copying it is quicker than migrating."""
    async with make_database("template0") as made:
        connection = await connect(made)
        try:
            await migrate.apply(connection)
        finally:
            await connection.close()
        yield made["database"]


@pytest.fixture(scope="session")
async def house_template(
    make_database: MakeDatabase,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[str]:
    """The name of a database in which a house has made its views; they are copied sooner."""
    from tests.support.house import open_real_house  # many tests need no house

    async with make_database(migrated_template) as made:
        async with open_real_house(made, tmp_path_factory.mktemp("template")):
            pass
        yield made["database"]


@pytest.fixture(scope="module")
async def database(
    make_database: MakeDatabase, migrated_template: str
) -> AsyncIterator[ConnectKwargs]:
    """A fresh migrated database for one module of tests: ``asyncpg.connect(**database)``."""
    async with make_database(migrated_template) as made:
        yield made


@pytest.fixture
async def conn(database: ConnectKwargs) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection to the module's database; what a test commits stays for the next one."""
    connection = await connect(database)
    yield connection
    await connection.close()


@pytest.fixture
async def empty_database(make_database: MakeDatabase) -> AsyncIterator[ConnectKwargs]:
    """A database without any table, for one test."""
    async with make_database("template0") as made:
        yield made


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A browser for all stories of a process; each opens windows of its own."""
    from tests.support.browser import launched  # most runs need no browser

    async with launched() as browser:
        yield browser


async def _create(server: ConnectKwargs, template: str) -> str:
    name = f"peerhour_test_{secrets.token_hex(6)}"
    connection = await connect(server)
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()
    return name


async def _drop(server: ConnectKwargs, name: str) -> None:
    connection = await connect(server)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
