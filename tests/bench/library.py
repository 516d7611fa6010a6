"""The baseline: the recorder of the library ``eventsourcing`` in its default, safe mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from infra.database import ConnectKwargs
from tests.bench.ground import WRITERS


@contextmanager
def recorder(address: ConnectKwargs) -> Iterator[PostgresApplicationRecorder]:
    """Open the library's recorder with a connection for every writer."""
    datastore = PostgresDatastore(
        dbname=str(address["database"]),
        host=str(address["host"]),
        port=str(address.get("port", 5432)),
        user=str(address["user"]),
        password=str(address["password"]),
        pool_size=WRITERS,
        max_overflow=2,
    )
    try:
        found = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
        found.create_table()
        yield found
    finally:
        datastore.close()


def environment(address: ConnectKwargs) -> dict[str, str]:
    """Return the library's settings for a database."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(address["database"]),
        "POSTGRES_HOST": str(address["host"]),
        "POSTGRES_PORT": str(address.get("port", 5432)),
        "POSTGRES_USER": str(address["user"]),
        "POSTGRES_PASSWORD": str(address["password"]),
    }
