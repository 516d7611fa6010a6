"""From facts to people: whose rows belong together, how long they were there, and what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from infra.attendance_files import questions
from infra.attendance_files.digest import digest_of
from infra.attendance_files.model import (
    AttendanceReading,
    Doubt,
    Evidence,
    Facts,
    Kind,
    Meeting,
    ObservedStay,
    Person,
    Sighting,
    Window,
)
from infra.attendance_files.names import is_caller, is_device, name_key, tells_a_person
from infra.attendance_files.pairing import pair
from infra.attendance_files.spans import at_once, union_seconds

_ONE_MEETING: Final = timedelta(hours=12)  # starts further apart are two meetings of a series
_TOLERANCE: Final = 60  # seconds per stay: tools round lengths to whole minutes
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

_Found = tuple[Sighting, int]


def gather(facts: Facts) -> AttendanceReading:
    """Compute what people see from what the files say.

    A function of the facts as sets: the order of rows and of files makes no difference.
    """
    doubts = set(facts.doubts)
    found = [*facts.sightings.items(), *pair(facts.moments, doubts)]
    found.sort(key=_sighting_order)
    groups = [_Group(rows) for rows in _by_person(found)]
    people = sorted((group.person(facts.scheduled) for group in groups), key=_arrival)
    doubts.update(doubt for group in groups for doubt in group.doubts())
    doubts.update(_same_names(people))
    meeting = _meeting(facts.meetings, doubts)
    return AttendanceReading(
        format="+".join(sorted(facts.formats)),
        zone=next(iter(facts.zones)) if len(facts.zones) == 1 else None,
        meeting=meeting,
        people=tuple(people),
        questions=questions.ask(doubts),
        digest=digest_of(facts),
        facts=facts,
    )


def _sighting_order(found: _Found) -> tuple[object, ...]:
    seen, line = found
    return (
        seen.from_at or _NEVER,
        seen.to_at or _NEVER,
        seen.who.names,
        seen.who.emails,
        seen.said,
        seen.total_of,
        seen.seconds_said or 0,
        line,
    )


def _arrival(person: Person) -> tuple[object, ...]:
    first = person.stays[0].from_at if person.stays else _NEVER
    return (first, person.names, person.emails, person.kind)


def _by_person(found: list[_Found]) -> Iterable[list[_Found]]:
    """Group rows by person: same address, or (without any address) same name.

    A bot never shares a group with a person, even when it joins with its owner's address.
    """
    parents: dict[tuple[object, ...], tuple[object, ...]] = {}

    def root(key: tuple[object, ...]) -> tuple[object, ...]:
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    for seen, _ in found:
        first, *others = _keys(seen)
        for other in others:
            parents[root(other)] = root(first)
    groups: dict[tuple[object, ...], list[_Found]] = {}
    for one in found:
        groups.setdefault(root(_keys(one[0])[0]), []).append(one)
    return groups.values()


def _keys(seen: Sighting) -> list[tuple[object, ...]]:
    who = seen.who
    if who.emails:
        return [(who.bot, "address", email) for email in who.emails]
    # "Ana (iPhone)" and "Bo (iPhone)" share an original name, but it is nobody's.
    own = [name for name in who.names if tells_a_person(name)] or list(who.names[:1])
    return [(who.bot, "name", name_key(name)) for name in own] or [(who.bot, "nobody")]


@dataclass(frozen=True, slots=True)
class _Group:
    """All rows of one person, in order of time."""

    rows: list[_Found]

    @property
    def names(self) -> tuple[str, ...]:
        """Names shown first, then original names; one spelling of each."""
        kept: dict[str, str] = {}
        names = [seen.who.names for seen, _ in self.rows]
        for name in [one for first in names for one in first[:1]] + [
            one for more in names for one in more[1:]
        ]:
            kept.setdefault(name_key(name), name)
        return tuple(kept.values())

    @property
    def emails(self) -> tuple[str, ...]:
        return tuple(sorted({email for seen, _ in self.rows for email in seen.who.emails}))

    @property
    def stays(self) -> tuple[ObservedStay, ...]:
        return tuple(
            ObservedStay(seen.from_at, seen.to_at, line)
            for seen, line in self.rows
            if seen.from_at is not None and seen.to_at is not None
        )

    @property
    def kind(self) -> Kind:
        if any(seen.who.bot for seen, _ in self.rows):
            return "bot"
        known = bool(self.emails) or any(tells_a_person(name) for name in self.names)
        return "person" if known else "unknown"

    @property
    def evidence(self) -> Evidence:
        if not self.stays or self.kind == "unknown":
            return "weak"
        return "strong" if self.emails else "moderate"

    @property
    def reported(self) -> tuple[int | None, int | None]:
        """Seconds that totals state, and seconds that single rows state; ``None`` for neither."""
        totals = [seen.seconds_said for seen, _ in self.rows if seen.total_of]
        single = [seen.seconds_said for seen, _ in self.rows if not seen.total_of]
        return _sum(totals), _sum(single)

    def person(self, window: Window | None) -> Person:
        """Return the person as people see it."""
        stays = self.stays
        said = max((one for one in self.reported if one is not None), default=None)
        return Person(
            names=self.names,
            emails=self.emails,
            stays=stays,
            seconds=union_seconds(stays),
            seconds_in_window=None if window is None else union_seconds(stays, window),
            reported_minutes=None if said is None else said // 60,
            evidence=self.evidence,
            kind=self.kind,
        )

    def doubts(self) -> Iterator[Doubt]:
        """Yield what these rows leave open."""
        name, kind, stays = next(iter(self.names + self.emails), ""), self.kind, self.stays
        if kind == "bot":
            yield Doubt(questions.BOT_PRESENT, name)
        elif kind == "unknown":
            device = any(is_device(one) for one in self.names)
            code = questions.DEVICE_WITHOUT_ADDRESS if device else questions.CALLER_WITHOUT_NAME
            yield Doubt(code, name)
        if not self.emails and at_once(stays):
            yield Doubt(questions.TWO_DEVICES_AT_ONCE, name)
        total, _ = self.reported
        if total is not None and not any(any(seen.said) for seen, _ in self.rows):
            if not stays:
                yield Doubt(questions.TOTALS_WITHOUT_TIMES, name)
            elif not self._agrees(total, stays):
                yield Doubt(questions.MINUTES_DISAGREE, name)

    @staticmethod
    def _agrees(total: int, stays: tuple[ObservedStay, ...]) -> bool:
        slack = _TOLERANCE * len(stays)
        longest = sum((stay.to_at - stay.from_at).total_seconds() for stay in stays)
        return union_seconds(stays) - slack <= total <= longest + slack


def _sum(seconds: list[int | None]) -> int | None:
    known = [one for one in seconds if one is not None]
    return sum(known) if known else None


def _same_names(people: list[Person]) -> Iterator[Doubt]:
    """Yield names that stand for two addresses, or for an address and a row without one."""
    by_name: dict[str, list[Person]] = {}
    for person in people:
        for name in person.names:
            if person.kind == "person" and not is_caller(name) and not is_device(name):
                by_name.setdefault(name_key(name), []).append(person)
    for same in by_name.values():
        with_address = [person for person in same if person.emails]
        name = min(person.names[0] for person in same)
        if len(with_address) > 1:
            yield Doubt(questions.ONE_NAME_TWO_ADDRESSES, name)
        if with_address and len(with_address) < len(same):
            yield Doubt(questions.DEVICE_WITHOUT_ADDRESS, name)


def _meeting(said: frozenset[Meeting], doubts: set[Doubt]) -> Meeting:
    """Join what the files say about the meeting; where they contradict each other, say nothing."""
    starts = [one.starts_at for one in said if one.starts_at is not None]
    ends = [one.ends_at for one in said if one.ends_at is not None]
    numbers = {one.meeting_id for one in said} - {None}
    topics = {one.topic for one in said} - {None}
    apart = max(starts) - min(starts) if starts else timedelta(0)
    several = len(numbers) > 1 or apart > _ONE_MEETING
    if several:
        doubts.add(Doubt(questions.SEVERAL_MEETINGS))
    several = several or Doubt(questions.SEVERAL_MEETINGS) in doubts
    return Meeting(
        topic=topics.pop() if len(topics) == 1 else None,
        meeting_id=numbers.pop() if len(numbers) == 1 else None,
        starts_at=min(starts) if starts and not several else None,
        ends_at=max(ends) if ends and not several else None,
    )
