"""Who gains and who loses what, if one version of a text spoke instead of another.

Nothing is recorded: papers stay as they were issued. Meetings are read one after the other, so the
memory needed does not grow with their number; meetings at the same time are compared each for
itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from domain.base import Root
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.members.member import Licence, Member
from domain.recording import EventStore
from domain.rules.explain import derivation
from domain.rules.facts import Attendance
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from services.dispatch import Work
from services.meetings.attendance_facts import enter

A = TypeVar("A", bound=Root)

_MOST_KEPT: Final = 2_000  # members, programs and providers in memory at once
_NOBODY: Final = UUID(int=0)  # asks for a unit of work that orders nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """One attendance that the two versions credit differently.

    Attributes:
        member_id: whose.
        meeting_id: at which meeting, on *day*.
        day: local date of the meeting.
        licence_id: for which licence; ``None`` for texts that are about everybody.
        rule: of the text.
        unit: of both amounts.
        before: by the old version; 0 where it credits nothing.
        after: by the new version.
        why: what the version that credits less finds missing, or how it counts.
    """

    member_id: UUID
    meeting_id: UUID
    day: date
    licence_id: UUID | None
    rule: str
    unit: str
    before: Decimal
    after: Decimal
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one meeting.

    Attributes:
        attendances: how many were judged twice.
        differences: those that differ.
    """

    attendances: int
    differences: tuple[Difference, ...]


class Comparison:
    """Judges meetings by two versions of a text.

    Args:
        store: where meetings and members are read.
        old: one version.
        new: the other; the days from which they are in force do not matter here.
    """

    def __init__(self, store: EventStore, old: Pack, new: Pack) -> None:
        self._store = store
        self._old, self._new = always(old), always(new)
        self._kept: OrderedDict[UUID, Root | None] = OrderedDict()

    async def meetings(self, meeting_ids: AsyncIterator[UUID]) -> AsyncIterator[Compared]:
        """Yield what becomes of each meeting; those that do not count give nothing."""
        async for meeting_id in meeting_ids:
            meeting = await Work(self._store, _NOBODY).load(Meeting, meeting_id)
            if meeting.state is not MeetingState.CLOSED:
                continue
            room = await enter(self, meeting)
            attendances = 0
            differences: list[Difference] = []
            for member_id in room.people:
                member = await self.find(Member, member_id)
                attendance = room.attendance_of(member_id)
                for licence in self._licences(member, attendance.day):
                    attendances += 1
                    differences += self._compare(meeting_id, member_id, licence, attendance)
            yield Compared(attendances, tuple(differences))

    async def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return a member, program or provider; the longest unseen are forgotten first."""
        if stream_id not in self._kept:
            self._kept[stream_id] = await Work(self._store, _NOBODY).find(kind, stream_id)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(stream_id)
        found = self._kept[stream_id]
        return found if isinstance(found, kind) else None

    def _licences(self, member: Member | None, day: date) -> Sequence[Licence | None]:
        if not self._new.professions:
            return [None]
        held = [] if member is None else member.licences_on(day)
        return [
            licence
            for licence in held
            if self._old.is_about(licence.profession, licence.jurisdiction)
            or self._new.is_about(licence.profession, licence.jurisdiction)
        ]

    def _compare(
        self, meeting_id: UUID, member_id: UUID, licence: Licence | None, attendance: Attendance
    ) -> Iterator[Difference]:
        before = _judged(self._old, licence, attendance)
        after = _judged(self._new, licence, attendance)
        for rule_id in dict.fromkeys((*before, *after)):
            old, new = before.get(rule_id), after.get(rule_id)
            given = (_credited(old), _credited(new))
            if given[0] == given[1]:
                continue
            less = old if given[0] < given[1] else new
            one = new or old
            assert one is not None, "one of the two versions has the rule"
            yield Difference(
                member_id=member_id,
                meeting_id=meeting_id,
                day=attendance.day,
                licence_id=None if licence is None else licence.licence_id,
                rule=rule_id,
                unit=one.rule.unit,
                before=given[0],
                after=given[1],
                why=_why(less),
            )


def always(pack: Pack) -> Pack:
    """Return a version as if it had always been in force."""
    return msgspec.structs.replace(pack, effective_from=None, effective_until=None)


def _judged(pack: Pack, licence: Licence | None, attendance: Attendance) -> dict[str, Judgement]:
    held = licence is not None and pack.is_about(licence.profession, licence.jurisdiction)
    judgements = judge(pack, attendance, licence_held=held if pack.professions else None)
    return {each.rule.id: each for each in judgements}


def _credited(judgement: Judgement | None) -> Decimal:
    return judgement.amount if judgement is not None and judgement.may_be_credited else Decimal(0)


def _why(judgement: Judgement | None) -> tuple[str, ...]:
    if judgement is None:
        return ("This version has no such rule.",)
    if judgement.missing:
        return tuple(each.sentence for each in judgement.missing)
    return tuple(step.sentence for step in derivation(judgement.steps))
