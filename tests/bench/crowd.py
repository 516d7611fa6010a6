"""A made-up house for the benches of judging: groups of eight that meet once a week."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID, uuid5

from domain.base import Root
from domain.credits.ledger import CreditLedger
from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.personal import Personal
from domain.recording import Append, Cause
from domain.values import Interval, Modality
from infra.event_store.store import PostgresEventStore
from services.credits.judging import ledger_id_of
from tests.bench.ground import rate

HOME: Final = UUID("5ca1ab1e-0000-4000-8000-000000000002")
MONDAY: Final = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
PEOPLE: Final = 8  # at every meeting
_HOUR: Final = timedelta(minutes=90)
_STAYED: Final = timedelta(minutes=83)
_AT_ONCE: Final = 500  # streams that are made before they are written


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many meet how often.

    Attributes:
        groups: of eight people each.
        meetings: of all groups together, one a week each.
    """

    groups: int
    meetings: int

    async def fill(self, store: PostgresEventStore, *, ledgers: bool = False) -> None:
        """Write members and meetings into a store, and on request what their ledgers know."""
        numbers = count()
        await _write(store, numbers, (member(each) for each in range(self.groups * PEOPLE)))
        await _write(store, numbers, (self.meeting(each) for each in range(self.meetings)))
        if ledgers:
            people = range(self.groups * PEOPLE)
            await _write(store, numbers, (self._ledger(each) for each in people))

    async def meeting_ids(self) -> AsyncIterator[UUID]:
        """Yield every meeting."""
        for number in range(self.meetings):
            yield _meeting_id(number)

    async def member_ids(self) -> AsyncIterator[UUID]:
        """Yield every member."""
        for number in range(self.groups * PEOPLE):
            yield _member_id(number)

    def meeting(self, number: int) -> Meeting:
        """Return one of eight people who were there for 83 minutes, one of them presenting."""
        starts = self._starts(number)
        first = number % self.groups * PEOPLE
        people = [_member_id(first + each) for each in range(PEOPLE)]
        meeting = Meeting.schedule(
            _meeting_id(number),
            group_id=HOME,
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
        for each in people:
            meeting.check_out(each, method=CheckInMethod.ROSTER, by=people[0], at=starts + _STAYED)
        meeting.close(by=people[0], at=starts + _HOUR)
        return meeting

    def _ledger(self, number: int) -> CreditLedger:
        member_id = _member_id(number)
        ledger = CreditLedger.open(ledger_id_of(member_id), member_id=member_id, at=MONDAY)
        for each in range(number // PEOPLE, self.meetings, self.groups):
            starts = self._starts(each)
            present = [Interval(starts, starts + _STAYED)]
            ledger.note_presence(_meeting_id(each), intervals=present, at=starts + _HOUR)
        return ledger

    def _starts(self, number: int) -> datetime:
        return MONDAY + timedelta(weeks=number // self.groups)


def member(number: int) -> Member:
    """Return a psychologist."""
    member_id = _member_id(number)
    member = Member.register(member_id, name_on_papers=Personal(member_id, "Ana Ruiz"), at=MONDAY)
    member.add_licence(
        uuid5(HOME, f"licence:{number}"),
        profession="psychology",
        jurisdiction="US-CA",
        number=Personal(member_id, f"PSY {number}"),
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 12, 31),
        at=MONDAY,
    )
    return member


def _member_id(number: int) -> UUID:
    return uuid5(HOME, f"member:{number}")


def _meeting_id(number: int) -> UUID:
    return uuid5(HOME, f"meeting:{number}")


async def _write(
    store: PostgresEventStore, numbers: Iterator[int], aggregates: Iterator[Root]
) -> None:
    while appends := [
        _append(number, aggregate)
        for aggregate, number in zip(_some(aggregates), numbers, strict=False)
    ]:
        await rate(store.append, appends)


def _some(aggregates: Iterator[Root]) -> Iterator[Root]:
    for _ in range(_AT_ONCE):
        aggregate = next(aggregates, None)
        if aggregate is None:
            return
        yield aggregate


def _append(number: int, aggregate: Root) -> Append:
    events = aggregate.collect_events()
    cause = Cause(uuid5(HOME, f"command:{number}"))
    return Append(cause, b"f" * 32, tuple(e for e in events if isinstance(e, Root.Event)))
