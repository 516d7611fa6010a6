"""The two things that get killed: the database server and the application."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from infra import migrate
from infra.database import ConnectKwargs, connect
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.process import processes_of, running_postmaster

_LAST_WORDS = 500  # characters


class Victims:
    """A database server and an application, each killed and started again by its own pid.

    Args:
        folder: holds the data, the keys and the application's socket; its path is short.
        bug: the mistake that the application makes.

    Attributes:
        kills: how often each was killed.
        deaths: what the application said last whenever it ended by itself, which it never may.
    """

    def __init__(self, folder: Path, bug: str | None) -> None:
        self.folder = folder
        self.socket = folder / "app"
        self.kills = {"application": 0, "database": 0, "backend": 0}
        self.deaths: list[str] = []
        self._bug = bug
        self._server = EmbeddedPostgres(folder / "db")
        self._app: asyncio.subprocess.Process | None = None

    async def start(self) -> ConnectKwargs:
        """Start both on an empty log; return how to reach the database."""
        await _to_its_end(self._server.start)
        address = self._server.connect_kwargs()
        connection = await connect(address)
        await migrate.apply(connection)
        await connection.close()
        (self.folder / "database.json").write_text(json.dumps(address))
        await self._start_app()
        return address

    async def kill_one(self, random: Random) -> None:
        """Kill one of them and start it again."""
        victim = random.choices(["application", "database", "backend"], [4, 5, 1])[0]
        self.kills[victim] += 1
        if victim == "application":
            await self.stop_app()
            await self._start_app()
        elif victim == "database":
            _kill(running_postmaster(self._server.cluster))
            await asyncio.sleep(random.random() / 2)
            await _to_its_end(self._server.start)
        else:  # the server notices, ends all others, and recovers by itself
            postmaster = running_postmaster(self._server.cluster)
            others = [p for p in processes_of(self._server.cluster) if p != postmaster]
            _kill(random.choice(others) if others else None)

    async def stop_app(self) -> None:
        """End the application by force, as everything here ends."""
        app, self._app = self._app, None
        if app is None:
            return
        if app.returncode is not None:
            self.deaths.append((self.folder / "app.log").read_text()[-_LAST_WORDS:])
            return
        with suppress(ProcessLookupError):
            app.kill()
        await app.wait()

    async def stop(self) -> None:
        """End both."""
        await self.stop_app()
        await _to_its_end(partial(self._server.stop, anyone=True))

    async def _start_app(self) -> None:
        command = [sys.executable, "-m", "tests.faults.app", str(self.folder)]
        if self._bug is not None:
            command += ["--bug", self._bug]
        with (self.folder / "app.log").open("ab") as log:
            self._app = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log
            )


@asynccontextmanager
async def running(folder: Path, bug: str | None) -> AsyncIterator[tuple[Victims, ConnectKwargs]]:
    """Run both, and leave nothing running behind."""
    victims = Victims(folder, bug)
    try:
        yield victims, await victims.start()
    finally:
        await victims.stop()


async def _to_its_end(blocking: Callable[[], object]) -> None:
    """Wait for a start or a stop even when cancelled: a server half started would be left over."""
    task = asyncio.ensure_future(asyncio.to_thread(blocking))
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait([task])


def _kill(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
