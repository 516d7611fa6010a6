"""Mistakes planted on purpose: a checker that catches none of them would show nothing.

They stand here, in the runner of the test, and nowhere in the product.
"""

from __future__ import annotations

from uuid import uuid4

from typing_extensions import override

from domain.recording import Outcome
from infra.database import ConnectKwargs
from infra.projector import Projection, Projector, reader_of, schema_of
from services.dispatch import Dispatcher, Order
from tests.faults.tally import Add

NO_IDEM = "no_idem"
ACK_BEFORE_COMMIT = "ack_before_commit"
PROJ_OUTSIDE_TX = "proj_outside_tx"
BUGS = (NO_IDEM, ACK_BEFORE_COMMIT, PROJ_OUTSIDE_TX)


async def dispatch_without_its_id(dispatch: Dispatcher, command: Add, _: Order) -> Outcome:
    """Give every attempt a new command id: a repetition is carried out again."""
    return await dispatch(command, Order(command_id=uuid4()))


def acknowledging_before_the_commit(database: ConnectKwargs) -> ConnectKwargs:
    """Let PostgreSQL acknowledge what it has not written to disk."""
    return database | {"server_settings": {"synchronous_commit": "off"}}


class ProjectorOutsideTransaction(Projector):
    """Moves the checkpoint after the view, in a transaction of its own."""

    @override
    async def advance(self, projection: Projection) -> int:
        reader = reader_of(projection)
        async with self._pool.acquire() as connection:
            after = await connection.fetchval(
                "SELECT position FROM checkpoints WHERE reader = $1", reader
            )
            head = await connection.fetchval("SELECT position FROM log_head")
            rows = await connection.fetch(
                "SELECT * FROM events WHERE position > $1 AND position <= $2 AND topic = ANY ($3)"
                " ORDER BY position",
                after,
                head,
                list(projection.TOPICS),
            )
            await connection.execute(f"SET search_path TO {schema_of(projection)}, public")
            for row in rows:
                await projection.project(self._recorded(row), connection)
            await connection.execute(
                "UPDATE checkpoints SET position = $2 WHERE reader = $1", reader, head
            )
        return len(rows)
