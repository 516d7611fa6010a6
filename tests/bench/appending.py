"""Appending: against the library, against pgbench, and as the log grows."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from eventsourcing.cryptography import AESCipher
from eventsourcing.domain import AggregateEvent
from eventsourcing.persistence import (
    DatetimeAsISO,
    JSONTranscoder,
    Mapper,
    StoredEvent,
    UUIDAsHex,
)
from eventsourcing.utils import Environment

from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.personal import Personal
from domain.recording import Append, Cause
from domain.values import Interval
from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from tests.bench import library
from tests.bench.ground import (
    BODY,
    TOPIC,
    WRITERS,
    fresh_database,
    made,
    rate,
    ready_appends,
    running_writer,
    threaded_rate,
)
from tests.bench.register import Ground, Pair, bench

ROUNDS = 3
OURS, THEIRS = 12_000, 1_500  # appends in a round
PGBENCH_ROUNDS = 7  # pgbench scatters more than the others: it has two threads and 32 sessions
_SECONDS = 4  # of pgbench in a round

# The same rows as one of our appends, one transaction each: three events and their command. The
# positions come from an identity column, so the baseline does not even promise our order.
_SAME_ROWS = f"""
WITH s AS (SELECT gen_random_uuid() AS stream),
     c AS (INSERT INTO commands VALUES
           (gen_random_uuid(), '\\x{"66" * 32}', 3, NULL, now()))
INSERT INTO events (stream_id, stream_version, topic, schema_version, body, metadata, recorded_at,
                    salt, leaf_hash)
SELECT s.stream, v.i, '{TOPIC}', 1, '{BODY}',
       '{{"command":"5ca1ab1e-0000-4000-8000-000000000001"}}', now(),
       '\\x{"01" * 32}', '\\x{"02" * 32}'
  FROM s, (VALUES (1), (2), (3)) AS v (i);
"""


@bench(
    "store.append_vs_library",
    unit="appends/s",
    target=15,
    says="32 writers, 3 ready-made events each; eventsourcing's PostgreSQL recorder, default mode",
)
async def append_vs_library(ground: Ground) -> list[Pair]:
    """Compare ready-made appends."""
    async with fresh_database(ground) as ours, fresh_database(ground, migrated=False) as theirs:
        with library.recorder(theirs) as recorder:
            async with running_writer(ours) as writer:
                await rate(writer.append, ready_appends(2_000))
                pairs = []
                for _ in range(ROUNDS):
                    mine = await rate(writer.append, ready_appends(OURS))
                    stored = [
                        [StoredEvent(stream, v, TOPIC, BODY.encode()) for v in (1, 2, 3)]
                        for stream in (uuid4() for _ in range(THEIRS))
                    ]
                    other = await asyncio.to_thread(
                        threaded_rate, recorder.insert_events, stored, THEIRS
                    )
                    pairs.append(Pair(mine, other))
                return pairs


@bench(
    "store.append_vs_pgbench",
    unit="appends/s",
    target=1.5,
    says="32 writers; pgbench -c 32 -j 2 -M prepared, one transaction an append of the same rows",
)
async def append_vs_pgbench(ground: Ground) -> list[Pair]:
    """Compare with what PostgreSQL does when every append is a transaction."""
    async with fresh_database(ground) as ours, fresh_database(ground) as theirs:
        connection = await connect(theirs)
        await connection.execute(
            "ALTER TABLE events ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY"
        )
        await connection.close()
        async with running_writer(ours) as writer:
            await rate(writer.append, ready_appends(2_000))
            return [
                Pair(
                    await rate(writer.append, ready_appends(OURS * 2)),
                    await asyncio.to_thread(_pgbench, ground, theirs),
                )
                for _ in range(PGBENCH_ROUNDS)
            ]


def _pgbench(ground: Ground, address: ConnectKwargs) -> float:
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "append.sql"
        script.write_text(_SAME_ROWS.replace("\n", " ").strip() + "\n")
        said = subprocess.run(
            [
                str(ground.binaries.folder / "pgbench"),
                *("-h", str(address["host"]), "-p", str(address.get("port", 5432))),
                *("-U", str(address["user"]), "-n", "-c", str(WRITERS), "-j", "2"),
                *("-T", str(_SECONDS), "-M", "prepared", "-f", str(script)),
                str(address["database"]),
            ],
            env={**os.environ, "PGPASSWORD": str(address["password"])},
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"tps = ([0-9.]+)", said.stdout)
    assert found, said.stdout
    return float(found.group(1))


@bench(
    "store.append_growth",
    unit="µs/append",
    target=1.3,
    at_least=False,
    says="cost of an append at 1,000,000 stored events; at 10,000",
)
async def append_growth(ground: Ground) -> list[Pair]:
    """Compare a long log with a short one."""
    async with fresh_database(ground) as long, fresh_database(ground) as short:
        await _fill(long, 1_000_000)
        await _fill(short, 10_000)
        pairs = []
        async with running_writer(long) as at_million, running_writer(short) as at_ten_thousand:
            for writer in (at_million, at_ten_thousand):
                await rate(writer.append, ready_appends(1_000))
            for _ in range(ROUNDS):
                mine = await rate(at_million.append, ready_appends(3_000))
                other = await rate(at_ten_thousand.append, ready_appends(3_000))
                pairs.append(Pair(1e6 / mine, 1e6 / other))
        return pairs


async def _fill(address: ConnectKwargs, events: int) -> None:
    """Fill a log as appends of three events would have, with random streams."""
    connection = await connect(address)
    await connection.execute(
        "INSERT INTO events SELECT 3 * (n - 1) + v.i, s.stream, v.i, $2, 1, $3,"
        ' \'{"command":"5ca1ab1e-0000-4000-8000-000000000001"}\', now(),'
        " sha256(s.stream::text::bytea), sha256(s.stream::text::bytea)"
        " FROM (SELECT n, gen_random_uuid() AS stream FROM generate_series(1, $1::int) n) s,"
        " (VALUES (1), (2), (3)) AS v (i)",
        events // 3,
        TOPIC,
        BODY,
    )
    await connection.execute(
        "INSERT INTO commands SELECT gen_random_uuid(), sha256(n::text::bytea), 3 * n, NULL, now()"
        " FROM generate_series(1, $1::int) n",
        events // 3,
    )
    await connection.execute("UPDATE log_head SET position = (SELECT max(position) FROM events)")
    await connection.execute("VACUUM ANALYZE events")
    await connection.execute("VACUUM ANALYZE commands")
    await connection.execute("CHECKPOINT")
    await connection.close()


class CheckedIn(AggregateEvent):
    """The library's form of an arrival."""

    member_id: UUID
    method: str
    by: UUID
    arrived_at: datetime


class CheckedOut(AggregateEvent):
    """The library's form of a departure."""

    member_id: UUID
    method: str
    by: UUID
    left_at: datetime


class PresenceCorrected(AggregateEvent):
    """The library's form of a correction; its cipher encrypts the whole body."""

    member_id: UUID
    stays: list[list[datetime]]
    reason: str
    by: UUID


@bench(
    "store.save_vs_library",
    unit="appends/s",
    target=8,
    says="3 domain events each, mapped, encrypted, hashed; the library's mapper, AES and recorder",
)
async def save_vs_library(ground: Ground) -> list[Pair]:
    """Compare from domain events on."""
    async with fresh_database(ground) as ours, fresh_database(ground, migrated=False) as theirs:
        with tempfile.TemporaryDirectory() as folder, library.recorder(theirs) as recorder:
            keystore = KeyStore(Path(folder))
            people = [uuid4() for _ in range(50)]
            for person in people:
                keystore.key_for_writing(person)
            pool = await open_pool(ours)
            store = PostgresEventStore(
                pool, partial(connect, ours, for_store=True), EventMapper(keystore), SystemClock()
            )
            store.writer.start()
            mapper = _library_mapper()

            def save(events: list[AggregateEvent]) -> None:
                recorder.insert_events([mapper.to_stored_event(event) for event in events])

            pairs = []
            for _ in range(ROUNDS):
                appends = list(_decisions(OURS // 2, people))
                mine = await rate(store.append, appends)
                decided = list(_library_decisions(THEIRS // 2, people))
                other = await asyncio.to_thread(threaded_rate, save, decided, len(decided))
                pairs.append(Pair(mine, other))
            await store.writer.stop()
            await pool.close()
            keystore.close()
            return pairs


def _decisions(many: int, people: list[UUID]) -> Iterator[Append]:
    for number in range(many):
        person, meeting = people[number % len(people)], uuid4()
        at = datetime.now(UTC)
        there = {"originator_id": meeting, "timestamp": at, "member_id": person, "by": person}
        stay = Interval(at, at + timedelta(minutes=58))
        yield Append(
            Cause(uuid4(), person),
            b"f" * 32,
            [
                made(
                    Meeting.CheckedIn,
                    originator_version=1,
                    method=CheckInMethod.DOOR_CODE,
                    arrived_at=at,
                    **there,
                ),
                made(
                    Meeting.CheckedOut,
                    originator_version=2,
                    method=CheckInMethod.DOOR_CODE,
                    left_at=at,
                    **there,
                ),
                made(
                    Meeting.PresenceCorrected,
                    originator_version=3,
                    stays=[stay],
                    reason=Personal(person, "The phone was left at home."),
                    **there,
                ),
            ],
        )


def _library_decisions(many: int, people: list[UUID]) -> Iterator[list[AggregateEvent]]:
    for number in range(many):
        person, meeting = people[number % len(people)], uuid4()
        at = datetime.now(UTC)
        there = {"originator_id": meeting, "timestamp": at, "member_id": person, "by": person}
        yield [
            made(CheckedIn, originator_version=1, method="door_code", arrived_at=at, **there),
            made(CheckedOut, originator_version=2, method="door_code", left_at=at, **there),
            made(
                PresenceCorrected,
                originator_version=3,
                stays=[[at, at + timedelta(minutes=58)]],
                reason="The phone was left at home.",
                **there,
            ),
        ]


def _library_mapper() -> Mapper[UUID]:
    transcoder = JSONTranscoder()
    transcoder.register(UUIDAsHex())
    transcoder.register(DatetimeAsISO())
    key = {"CIPHER_KEY": AESCipher.create_key(32)}
    return Mapper(transcoder, cipher=AESCipher(Environment(env=key)))
