"""The application under attack: ``python -m tests.faults.app FOLDER [--bug NAME]``.

It is put together from the real dispatcher, event store and projector, and answers lines of JSON
on the unix socket ``FOLDER/app``:

* ``{"order": id, "tally": id, "amount": n, "once": bool}`` is answered by ``{"position": n}`` or
  ``{"refused": code}``;
* ``{"look": tally, "position": n}`` is answered by ``{"total": n}`` once the view has got there;
* whatever cannot be answered now is answered by ``{"retry": reason}``.

The arguments of ``asyncpg.connect`` lie in ``FOLDER/database.json``. When its standard input ends,
whoever attacked it is gone: it stops the database that nobody else would stop, and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from domain.errors import DomainError, Stale
from domain.recording import OutcomeUnknown, StoreUnavailable
from infra.database import UNREACHABLE, ConnectKwargs, connect, open_pool
from infra.database_errors import DatabaseUnreachable
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.postgres.embedded import EmbeddedPostgres
from infra.projector import Projector
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from services.dispatch import Dispatcher, Order
from tests.faults import bugs
from tests.faults.tally import Add, TallyView, add

AWAY = (
    *UNREACHABLE,
    DatabaseUnreachable,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
    OutcomeUnknown,
    StoreUnavailable,
    Stale,
)
_PATIENCE = 1.0  # seconds
_PAUSE = 0.02
_TOTAL = "SELECT total FROM view_tally.tally WHERE tally_id = $1"


class _AttackOver(Exception):
    """Nobody attacks any more."""


class App:
    """Answers clients while a task of its own moves the view."""

    def __init__(
        self, pool: asyncpg.Pool[Any], dispatch: Dispatcher, projector: Projector, bug: str | None
    ) -> None:
        self._pool = pool
        self._dispatch = dispatch
        self._projector = projector
        self._bug = bug

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client, line by line, until it leaves."""
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                try:
                    answer = await self._answer(json.loads(line))
                except AWAY as error:
                    answer = {"retry": type(error).__name__}
                except DomainError as refusal:
                    answer = {"refused": refusal.code}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def keep_the_view(self) -> None:
        """Move the view behind the log; a database that is away is waited for."""
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._projector.prepare()
                    prepared = True
                taken = await self._projector.advance_all()
            except AWAY:
                taken = 0
            if not taken:
                await asyncio.sleep(_PAUSE)

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "look" in asked:
            if not await self._projector.reached([TallyView.NAME], asked["position"], _PATIENCE):
                return {"retry": "the view is behind"}
            return {"total": await self._pool.fetchval(_TOTAL, UUID(asked["look"]))}
        command_id = UUID(asked["order"])
        command = Add(
            tally_id=UUID(asked["tally"]),
            order_id=command_id,
            amount=int(asked["amount"]),
            once=asked["once"],
        )
        order = Order(command_id=command_id)
        if self._bug == bugs.NO_IDEM:
            outcome = await bugs.dispatch_without_its_id(self._dispatch, command, order)
        else:
            outcome = await self._dispatch(command, order)
        return {"position": outcome.position}


async def main(folder: Path, bug: str | None) -> None:
    """Serve until killed, or until whoever would do it is gone."""
    database: ConnectKwargs = json.loads((folder / "database.json").read_text())
    if bug == bugs.ACK_BEFORE_COMMIT:
        database = bugs.acknowledging_before_the_commit(database)
    pool = await open_pool(database, max_size=10)
    store = PostgresEventStore(
        pool,
        partial(connect, database, for_store=True),
        EventMapper(KeyStore(folder / "keys")),
        SystemClock(),
    )
    store.writer.start()
    kind = bugs.ProjectorOutsideTransaction if bug == bugs.PROJ_OUTSIDE_TX else Projector
    projector = kind(pool, store.recorded, [TallyView()])
    dispatch = Dispatcher(store, {Add: add}, SystemClock(), bytes(32), patience=_PATIENCE)
    app = App(pool, dispatch, projector, bug)
    socket = folder / "app"
    socket.unlink(missing_ok=True)  # the one before was killed
    server = await asyncio.start_unix_server(app.serve_one, socket)
    serving = asyncio.gather(server.serve_forever(), app.keep_the_view(), _attacked())
    with contextlib.suppress(_AttackOver):
        await serving


async def _attacked() -> None:
    """Wait for the end of standard input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()
    raise _AttackOver


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bug", choices=bugs.BUGS)
    chosen = parser.parse_args()
    uvloop.run(main(chosen.folder, chosen.bug))
    EmbeddedPostgres(chosen.folder / "db").stop(anyone=True)
