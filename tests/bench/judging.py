"""Judging: the time a person costs, and a rule change against reading the same events."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from msgspec.structs import replace

from domain.base import Root
from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.personal import Personal
from domain.recording import Append, Cause
from domain.rules.judge import judge
from domain.values import Modality
from infra.database import connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.rule_files import load_rules
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from services.dispatch import Work
from services.meetings.attendance_facts import Room, person_on
from services.rules.change import Comparison
from tests.bench.ground import fresh_database, rate
from tests.bench.register import Ground, Pair, bench

_PACKS: Final = (
    "us-ca-psychology",
    "us-md-psychology",
    "us-mn-psychology",
    "au-psyba",
    "ca-on-cpbao",
)
_PEOPLE: Final = 8  # at every meeting
_MEETINGS: Final = 12_500  # of them: 100,000 attendances
_MEMBERS: Final = 1_600
_LIMIT_MS: Final = 1.0
_ROUNDS: Final = 200
_HOME: Final = UUID("5ca1ab1e-0000-4000-8000-000000000002")
_MONDAY: Final = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
_HOUR: Final = timedelta(minutes=90)


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
    meeting, members = _meeting(0), [_member(number) for number in range(_PEOPLE)]
    day = _MONDAY.date()
    people = {member.id: person_on(member, day) for member in members}
    room = Room(meeting, people, ("ethics",), ())
    pairs = []
    for _ in range(3):
        begun = time.process_time()
        for _ in range(_ROUNDS):
            for member in members:
                attendance = room.attendance_of(member.id)
                for pack in packs:
                    judge(pack, attendance, licence_held=True)
        took = (time.process_time() - begun) * 1000 / (_ROUNDS * _PEOPLE)
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
            pool = await open_pool(database)
            store = PostgresEventStore(
                pool,
                partial(connect, database, for_store=True),
                EventMapper(KeyStore(Path(folder))),
                SystemClock(),
            )
            store.writer.start()
            numbers = iter(count())
            appends = [_append(next(numbers), _member(each)) for each in range(_MEMBERS)]
            await rate(store.append, appends)
            for first in range(0, _MEETINGS, 500):
                ids = range(first, min(first + 500, _MEETINGS))
                await rate(store.append, [_append(next(numbers), _meeting(each)) for each in ids])
            await store.writer.stop()
            read = await _seconds(_read(store))
            judged = await _seconds(_compare(store))
            await pool.close()
    return [Pair(judged, read)]


async def _seconds(work: Awaitable[None]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def _read(store: PostgresEventStore) -> None:
    async for meeting_id in _ids():
        await Work(store, _HOME).load(Meeting, meeting_id)


async def _compare(store: PostgresEventStore) -> None:
    old = load_rules().newest("us-ca-psychology")
    assert old is not None
    (rule,) = old.rules
    new = replace(old, version=2, rules=(replace(rule, minutes_per_unit=50),))
    attendances = 0
    async for compared in Comparison(store, old, new).meetings(_ids()):
        attendances += compared.attendances
    assert attendances == _MEETINGS * _PEOPLE, attendances


async def _ids() -> AsyncIterator[UUID]:
    for number in range(_MEETINGS):
        yield uuid5(_HOME, f"meeting:{number}")


def _append(number: int, aggregate: Root) -> Append:
    events = aggregate.collect_events()
    cause = Cause(uuid5(_HOME, f"command:{number}"))
    return Append(cause, b"f" * 32, tuple(e for e in events if isinstance(e, Root.Event)))


def _member(number: int) -> Member:
    member_id = uuid5(_HOME, f"member:{number}")
    member = Member.register(member_id, name_on_papers=Personal(member_id, "Ana Ruiz"), at=_MONDAY)
    member.add_licence(
        uuid5(_HOME, f"licence:{number}"),
        profession="psychology",
        jurisdiction="US-CA",
        number=Personal(member_id, f"PSY {number}"),
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 12, 31),
        at=_MONDAY,
    )
    return member


def _meeting(number: int) -> Meeting:
    """Return one of eight people who were there for 83 minutes, one of them presenting."""
    starts = _MONDAY + timedelta(days=number % 360)
    first = number * _PEOPLE
    people = [uuid5(_HOME, f"member:{(first + each) % _MEMBERS}") for each in range(_PEOPLE)]
    meeting = Meeting.schedule(
        uuid5(_HOME, f"meeting:{number}"),
        group_id=_HOME,
        title="Monday hour",
        starts_at=starts,
        ends_at=starts + _HOUR,
        zone="America/Los_Angeles",
        modality=Modality.LIVE_VIDEO,
        roster=people,
        facilitator_id=people[0],
        program_id=None,
        at=starts,
    )
    meeting.open(by=people[0], at=starts)
    for each in people:
        meeting.check_in(each, method=CheckInMethod.ROSTER, by=people[0], at=starts)
    meeting.begin_turn(people[0], by=people[0], at=starts + timedelta(minutes=10))
    meeting.end_turn(by=people[0], at=starts + timedelta(minutes=30))
    leaves = starts + timedelta(minutes=83)
    for each in people:
        meeting.check_out(each, method=CheckInMethod.ROSTER, by=people[0], at=leaves)
    meeting.close(by=people[0], at=starts + _HOUR)
    return meeting
