"""Whose licence period comes to something else, if one version of a text spoke instead of another.

Caps, floors and cycles speak about a period, not about a meeting: so every member's whole record
under the text is reckoned by both versions, one member after the other. What one member attended is
forgotten before the next is read, and the memory needed does not grow with their number.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from domain.base import Root
from domain.credits.ledger import CreditLedger
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.members.member import Licence, Member
from domain.recording import EventStore
from domain.rules.account import Account, Entry, account
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.explain import plain
from domain.rules.facts import Attendance
from domain.rules.histories import History, LicenceFacts, judge_history, window_of
from domain.rules.model import Pack
from projections import Connection
from projections.outside_credits import queries as outside_credits
from services.credits.judging import ledger_id_of
from services.credits.renewals import counts_under, entered_as
from services.dispatch import Work
from services.meetings.attendance_facts import Room, enter
from services.rules.change import always

A = TypeVar("A", bound=Root)

Entered = Callable[[Pack, UUID, UUID], Awaitable[Sequence[Entry]]]
"""Gives what a member entered for a licence, as it counts under a version of the text."""

_ROOMS_KEPT: Final = 500  # members of one group are read one after the other, if at all
_NOBODY: Final = UUID(int=0)  # asks for a unit of work that orders nothing
_NO_CYCLE: Final = ("This version has no such cycle.",)


@dataclass(frozen=True, slots=True)
class AccountDifference:
    """One licence period that comes to something else.

    Attributes:
        member_id: whose.
        licence_id: of which licence.
        window: the period.
        unit: of the amounts.
        before: what counts by the old version, after caps; 0 where it has no such period.
        after: by the new version.
        short_before: what the old version still wants: floors by name, and how much in all.
        short_after: what the new one does.
        why: how the version reckons by which the member is worse off.
    """

    member_id: UUID
    licence_id: UUID
    window: Window
    unit: str
    before: Decimal
    after: Decimal
    short_before: tuple[str, ...]
    short_after: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def gains(self) -> bool:
        """Whether the member is better off: more counts, or as much with less still wanted."""
        if self.before != self.after:
            return self.after > self.before
        return len(self.short_after) <= len(self.short_before)


@dataclass(frozen=True, slots=True)
class ComparedMember:
    """What becomes of one member's periods.

    Attributes:
        periods: how many were reckoned twice.
        unknown: licences of which a version cannot say when their periods begin.
        differences: periods that differ.
    """

    periods: int
    unknown: int
    differences: tuple[AccountDifference, ...]


class AccountComparison:
    """Reckons licence periods by two versions of a text.

    Args:
        store: where members, their ledgers and meetings are read.
        entered: what members entered themselves.
        old: one version.
        new: the other; the days from which they are in force do not matter here.
        since: periods that ended before this day are left out.
        today: periods that begin later are left out where nothing is credited in them.
    """

    def __init__(
        self,
        store: EventStore,
        entered: Entered,
        old: Pack,
        new: Pack,
        *,
        since: date,
        today: date,
    ) -> None:
        self._store = store
        self._entered = entered
        self._versions = (always(old), always(new))
        self._books = tuple(RuleBook([each]) for each in self._versions)
        self._since, self._today = since, today
        self._rooms: OrderedDict[UUID, Room | None] = OrderedDict()

    async def members(self, member_ids: AsyncIterator[UUID]) -> AsyncIterator[ComparedMember]:
        """Yield what becomes of each member; those whom the text is not about have no period."""
        async for member_id in member_ids:
            member = await self.find(Member, member_id)
            licences = [] if member is None else list(self._licences(member))
            if not licences:
                yield ComparedMember(0, 0, ())
                continue
            attendances = await self._attendances(member_id)
            yield await self._compared(member_id, licences, attendances)

    async def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return an aggregate as it is now."""
        return await Work(self._store, _NOBODY).find(kind, stream_id)

    def _licences(self, member: Member) -> Iterator[Licence]:
        for licence in member.licences.values():
            if any(
                pack.professions and pack.is_about(licence.profession, licence.jurisdiction)
                for pack in self._versions
            ):
                yield licence

    async def _attendances(self, member_id: UUID) -> tuple[Attendance, ...]:
        ledger = await self.find(CreditLedger, ledger_id_of(member_id))
        rooms = [await self._room(each) for each in (() if ledger is None else ledger.presence)]
        return tuple(room.attendance_of(member_id) for room in rooms if room is not None)

    async def _room(self, meeting_id: UUID) -> Room | None:
        """Return a meeting that counts; the longest unseen are forgotten first."""
        if meeting_id not in self._rooms:
            meeting = await Work(self._store, _NOBODY).load(Meeting, meeting_id)
            closed = meeting.state is MeetingState.CLOSED
            self._rooms[meeting_id] = await enter(self, meeting) if closed else None
            if len(self._rooms) > _ROOMS_KEPT:
                self._rooms.popitem(last=False)
        self._rooms.move_to_end(meeting_id)
        return self._rooms[meeting_id]

    async def _compared(
        self, member_id: UUID, licences: Sequence[Licence], attendances: tuple[Attendance, ...]
    ) -> ComparedMember:
        periods = unknown = 0
        differences: list[AccountDifference] = []
        for licence in licences:
            reckoned = [
                await self._reckoned(book, pack, member_id, licence, attendances)
                for book, pack in zip(self._books, self._versions, strict=True)
            ]
            old, new = ({} if each is None else each for each in reckoned)
            unknown += None in reckoned
            windows = sorted({*old, *new}, key=lambda each: (each.from_day, each.until_day))
            periods += len(windows)
            for window in windows:
                before, after = (
                    each.get(window) or _empty(pack, _facts(licence), window)
                    for each, pack in zip((old, new), self._versions, strict=True)
                )
                differences += _differences(member_id, licence.licence_id, before, after)
        return ComparedMember(periods, unknown, tuple(differences))

    async def _reckoned(
        self,
        book: RuleBook,
        pack: Pack,
        member_id: UUID,
        licence: Licence,
        attendances: tuple[Attendance, ...],
    ) -> Mapping[Window, Account] | None:
        """Return the periods since the day asked for; ``None`` where they are not determined."""
        entered = await self._entered(pack, member_id, licence.licence_id)
        history = History(
            attendances=attendances, licences=(_facts(licence),), elsewhere=tuple(entered)
        )
        found: dict[Window, Account] = {}
        for answer in judge_history(book, history, until=self._today):
            if answer.missing:
                return None
            found |= {each.window: each for each in answer.accounts}
        return {window: each for window, each in found.items() if window.until_day >= self._since}


def entered_for(conn: Connection) -> Entered:
    """Return what gives the credits that members entered, from the view of them."""

    async def entered(pack: Pack, member_id: UUID, licence_id: UUID) -> list[Entry]:
        rows = [row.now for row in await outside_credits.of_member(conn, member_id) if row.counts]
        return [
            entered_as(pack, said)
            for said in rows
            if said.licence_id == licence_id and counts_under(pack, said)
        ]

    return entered


def _facts(licence: Licence) -> LicenceFacts:
    return LicenceFacts(
        id=str(licence.licence_id),
        profession=licence.profession,
        jurisdiction=licence.jurisdiction,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
    )


def _empty(pack: Pack, licence: LicenceFacts, window: Window) -> Account | None:
    """Return a period in which a version counts nothing; ``None`` where it has no such period."""
    if pack.cycle is None or window_of(pack, licence, window.from_day) != window:
        return None
    return account(pack, window, ())


def _differences(
    member_id: UUID, licence_id: UUID, before: Account | None, after: Account | None
) -> Iterator[AccountDifference]:
    one = after or before
    assert one is not None, "one of the two versions has the period"
    found = AccountDifference(
        member_id=member_id,
        licence_id=licence_id,
        window=one.window,
        unit=one.unit,
        before=Decimal(0) if before is None else before.counted,
        after=Decimal(0) if after is None else after.counted,
        short_before=() if before is None else _short(before),
        short_after=() if after is None else _short(after),
        why=(),
    )
    same = (found.before, found.short_before) == (found.after, found.short_after)
    if not same or before is None or after is None:
        yield replace(found, why=_why(before if found.gains else after))


def _short(account: Account) -> tuple[str, ...]:
    """Return what a period still wants."""
    floors = (
        f"{state.floor.name}, {state.span}: {plain(state.lacks)}"
        for state in account.floors
        if state.lacks
    )
    total = (f"in all: {plain(account.lacks)}",) if account.lacks else ()
    return (*floors, *total)


def _why(account: Account | None) -> tuple[str, ...]:
    if account is None:
        return _NO_CYCLE
    cuts = (
        f"{state.cap.name}: {plain(state.cut)} more than the {plain(state.cap.at_most)} that count."
        for state in account.caps
        if state.cut
    )
    return (*(step.sentence for step in account.steps), *cuts)
