"""Judging: what a person costs, and a rule change: its time, and its memory as a house grows."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from domain.meetings.meeting import Meeting
from domain.rules.judge import judge
from infra.database import ConnectKwargs, connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.rule_files import load_rules
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from services.dispatch import Work
from services.meetings.attendance_facts import Room, person_on
from services.rules.change import Comparison
from tests.bench.crowd import HOME, MONDAY, PEOPLE, Crowd, member
from tests.bench.ground import fresh_database
from tests.bench.register import Ground, Pair, bench
from tests.bench.rule_change import versions

_PACKS: Final = (
    "us-ca-psychology",
    "us-md-psychology",
    "us-mn-psychology",
    "au-psyba",
    "ca-on-cpbao",
)
_TENTH: Final = Crowd(groups=20, meetings=1_250)  # 10,000 attendances
_WHOLE: Final = Crowd(groups=200, meetings=12_500)  # 100,000
_LIMIT_MS: Final = 1.0
_ROUNDS: Final = 200


@bench(
    "rules.judge_person",
    unit="ms of CPU a person",
    target=_LIMIT_MS,
    at_least=False,
    says="one meeting of 8 people under 5 packs each; the baseline is the limit of one millisecond",
)
async def judge_person(ground: Ground) -> list[Pair]:
    """Measure what a person costs."""
    del ground  # no database
    book = load_rules()
    packs = [pack for name in _PACKS if (pack := book.newest(name)) is not None]
    assert len(packs) == len(_PACKS)
    meeting, members = _WHOLE.meeting(0), [member(number) for number in range(PEOPLE)]
    day = MONDAY.date()
    people = {member.id: person_on(member, day) for member in members}
    room = Room(meeting, people, ("ethics",), ())
    pairs = []
    for _ in range(3):
        begun = time.process_time()
        for _ in range(_ROUNDS):
            for each in members:
                attendance = room.attendance_of(each.id)
                for pack in packs:
                    judge(pack, attendance, licence_held=True)
        took = (time.process_time() - begun) * 1000 / (_ROUNDS * PEOPLE)
        pairs.append(Pair(took, _LIMIT_MS))
    return pairs


@bench(
    "rules.rejudge_vs_read",
    unit="s",
    target=10,
    at_least=False,
    says="100,000 attendances judged by two versions of a text; reading the events of the same",
)
async def rejudge_vs_read(ground: Ground) -> list[Pair]:
    """Compare a rule change with reading alone."""
    async with fresh_database(ground) as database:
        with tempfile.TemporaryDirectory() as folder:
            async with _store(database, folder) as store:
                await _WHOLE.fill(store)
                read = await _seconds(_read(store))
                judged = await _seconds(_compare(store))
    return [Pair(judged, read)]


@bench(
    "rules.rejudge_memory",
    unit="MB at its peak",
    target=1.25,
    at_least=False,
    says="a process that compares two versions of a text, meetings and licence periods, for "
    "100,000 attendances of 1,600 members; for 10,000 of 160",
)
async def rejudge_memory(ground: Ground) -> list[Pair]:
    """Compare the memory of a rule change in a house and in one ten times as large."""
    tenth = await _peak(ground, _TENTH)
    return [Pair(await _peak(ground, _WHOLE), tenth)]


async def _peak(ground: Ground, crowd: Crowd) -> float:
    """Return the megabytes that a rule change takes in a process of its own."""
    async with fresh_database(ground) as database:
        with tempfile.TemporaryDirectory() as folder:
            async with _store(database, folder) as store:
                await crowd.fill(store, ledgers=True)
            told = await _in_a_process(database, folder, crowd)
    sys.stderr.write(f"  {crowd.meetings * PEOPLE} attendances: {json.dumps(told)}\n")
    return float(told["periods"]["peak_mb"])


async def _in_a_process(database: ConnectKwargs, folder: str, crowd: Crowd) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.rule_change", json.dumps(database), folder),
        *(str(crowd.groups), str(crowd.meetings)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, "it wrote why"
    told: dict[str, Any] = json.loads(said)
    return told


@asynccontextmanager
async def _store(database: ConnectKwargs, folder: str) -> AsyncIterator[PostgresEventStore]:
    pool = await open_pool(database)
    store = PostgresEventStore(
        pool,
        partial(connect, database, for_store=True),
        EventMapper(KeyStore(Path(folder))),
        SystemClock(),
    )
    store.writer.start()
    yield store
    await store.writer.stop()
    await pool.close()


async def _seconds(work: Awaitable[None]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def _read(store: PostgresEventStore) -> None:
    async for meeting_id in _WHOLE.meeting_ids():
        await Work(store, HOME).load(Meeting, meeting_id)


async def _compare(store: PostgresEventStore) -> None:
    attendances = 0
    async for compared in Comparison(store, *versions()).meetings(_WHOLE.meeting_ids()):
        attendances += compared.attendances
    assert attendances == _WHOLE.meetings * PEOPLE, attendances
