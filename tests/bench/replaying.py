"""Replaying a log through one projection, against the library's own projection runner."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import AggregateEvent
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.recording import Append, Cause, Recorded
from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.projector import Connection, Projector
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from tests.bench import library
from tests.bench.ground import fresh_database, made, rate
from tests.bench.register import Ground, Pair, bench

ROUNDS = 3
OURS, THEIRS = 30_000, 3_000  # events
_ARRIVE: Final = "INSERT INTO arrival VALUES ($1, $2)"


class Arrivals:
    """Our projection: one row an event."""

    NAME = "arrivals"
    VERSION = 1
    TOPICS = (Meeting.CheckedIn.TOPIC,)
    SCHEMA = "CREATE TABLE arrival (member_id uuid NOT NULL, arrived_at timestamptz NOT NULL)"

    @staticmethod
    async def project(recorded: Recorded, conn: Connection) -> None:
        """Keep an arrival."""
        event = recorded.event
        assert isinstance(event, Meeting.CheckedIn)
        await conn.execute(_ARRIVE, event.member_id, event.arrived_at)


class Arrived(AggregateEvent):
    """The library's form of the same event."""

    member_id: UUID
    method: str
    by: UUID
    arrived_at: datetime


class LibraryView(PostgresTrackingRecorder):
    """The library's materialised view: the row and its tracking in one transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS arrival ({0})").format(
                SQL("member_id uuid, arrived_at timestamptz")
            )
        )

    def arrive(self, event: Arrived, tracking: Tracking) -> None:
        """Keep an arrival."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO arrival VALUES (%s, %s)", (event.member_id, event.arrived_at)
            )


class LibraryProjection(Projection[LibraryView]):
    """The library's projection over the view."""

    name = "arrivals"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Keep an arrival."""
        self.view.arrive(domain_event, tracking)


class Meetings(Application[UUID]):
    """The library's application that holds the events."""

    name = "meetings"


@bench(
    "projection.replay_vs_library",
    unit="events/s",
    target=5,
    says="rebuild of one view, a row an event; the library's ProjectionRunner, the same events",
)
async def replay_vs_library(ground: Ground) -> list[Pair]:
    """Compare replays."""
    pairs = []
    async with fresh_database(ground) as ours:
        with tempfile.TemporaryDirectory() as folder:
            keystore = KeyStore(Path(folder))
            pool = await open_pool(ours)
            store = PostgresEventStore(
                pool, partial(connect, ours, for_store=True), EventMapper(keystore), SystemClock()
            )
            store.writer.start()
            await rate(store.append, [_arrivals() for _ in range(OURS // 10)])
            await store.writer.stop()
            projector = Projector(pool, store.recorded, [Arrivals])  # type: ignore[list-item] # constants of a class are as good as a module's
            await projector.prepare()
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                await projector.rebuild(Arrivals)  # type: ignore[arg-type] # as above
                mine = OURS / (time.perf_counter() - begun)
                async with fresh_database(ground, migrated=False) as theirs:
                    other = await asyncio.to_thread(_library_replay, theirs)
                pairs.append(Pair(mine, other))
            assert await pool.fetchval("SELECT count(*) FROM view_arrivals.arrival") == OURS
            await pool.close()
            keystore.close()
    return pairs


def _arrivals() -> Append:
    meeting, at = uuid4(), datetime.now(UTC)
    return Append(
        Cause(uuid4()),
        b"f" * 32,
        [
            made(
                Meeting.CheckedIn,
                originator_id=meeting,
                originator_version=version,
                timestamp=at,
                member_id=uuid4(),
                method=CheckInMethod.DOOR_CODE,
                by=meeting,
                arrived_at=at,
            )
            for version in range(1, 11)
        ],
    )


def _library_replay(address: ConnectKwargs) -> float:
    env = library.environment(address)
    application = Meetings(env)
    at = datetime.now(UTC)
    for _ in range(THEIRS // 10):
        meeting = uuid4()
        application.events.put(
            [
                made(
                    Arrived,
                    originator_id=meeting,
                    originator_version=version,
                    timestamp=at,
                    member_id=uuid4(),
                    method="door_code",
                    by=meeting,
                    arrived_at=at,
                )
                for version in range(1, 11)
            ]
        )
    begun = time.perf_counter()
    with ProjectionRunner(
        application_class=Meetings,
        projection_class=LibraryProjection,
        view_class=LibraryView,
        env=env,
    ) as runner:
        runner.wait(application.recorder.max_notification_id(), timeout=120)
        taken = time.perf_counter() - begun
    application.close()
    return THEIRS / taken
