"""What a meeting remembers of who was there; it decides nothing and refuses nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.meetings.presence import Source, Stay
from domain.personal import Personal
from domain.values import Interval


class CheckInMethod(StrEnum):
    """How a presence was shown at the door."""

    DOOR_CODE = "door_code"
    ROSTER = "roster"
    OFFLINE = "offline"


class ToolSource(StrEnum):
    """Which meeting tool's report was read."""

    ZOOM = "zoom"
    TEAMS = "teams"
    WEBHOOK = "webhook"


_MINUTE: Final = timedelta(minutes=1)

_SOURCE_OF_METHOD: Final = {
    CheckInMethod.DOOR_CODE: Source.DOOR_CODE,
    CheckInMethod.ROSTER: Source.ROSTER,
    CheckInMethod.OFFLINE: Source.OFFLINE,
}


@dataclass(frozen=True, slots=True)
class ObservedPerson:
    """One person in a meeting tool's report.

    Attributes:
        person_key: names the person within the meeting, the same in every report of it.
        member_id: whom the importer recognised, if anybody.
        names: as the tool showed them.
        stays: when the tool saw the person; empty where it reports only a total.
        reported_minutes: the tool's total, where it gives no times.
    """

    person_key: str
    member_id: UUID | None
    names: list[Personal[str]]
    stays: list[Interval]
    reported_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class InferredEnd:
    """The concluded end of a stay that nobody ended."""

    member_id: UUID
    left_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody in the room who has not left yet."""

    arrived_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody presented to the group."""

    presenter_id: UUID
    interval: Interval


class Attendance:
    """Stays by source, attestations and corrections of one meeting."""

    def __init__(self) -> None:
        self.present: dict[UUID, Arrival] = {}
        self.matches: dict[str, UUID | None] = {}
        self.digests: set[str] = set()
        self.turns: list[Turn] = []
        self.turn_since: tuple[UUID, datetime] | None = None
        self.corrected: dict[UUID, list[Interval]] = {}
        self._door: defaultdict[UUID, list[Stay]] = defaultdict(list)
        self._observed: defaultdict[str, list[tuple[Source, ObservedPerson]]] = defaultdict(list)
        self._attesters: defaultdict[UUID, set[UUID]] = defaultdict(set)

    def arrive(self, member_id: UUID, method: CheckInMethod, at: datetime) -> None:
        """Begin a stay."""
        self.present[member_id] = Arrival(at, _SOURCE_OF_METHOD[method])

    def leave(self, member_id: UUID, at: datetime, *, inferred: bool = False) -> None:
        """End a stay; one that ends as it begins leaves no trace in the minutes."""
        arrival = self.present.pop(member_id)
        stays = self._door[member_id]
        if arrival.arrived_at < at:
            interval = Interval(arrival.arrived_at, at)
            stays.append(Stay(interval, arrival.source, inferred=inferred))

    def observe(self, source: ToolSource, digest: str, people: list[ObservedPerson]) -> None:
        """Keep what a meeting tool reported."""
        self.digests.add(digest)
        for person in people:
            self._observed[person.person_key].append((Source(source.value), person))
            if person.member_id is not None:
                self.matches.setdefault(person.person_key, person.member_id)

    def has_been_told(self, digest: str, people: Sequence[ObservedPerson]) -> bool:
        """Tell whether this report was kept before, and with the same times of everybody."""
        return digest in self.digests and all(
            any(
                (kept.stays, kept.reported_minutes) == (person.stays, person.reported_minutes)
                for _, kept in self._observed.get(person.person_key, ())
            )
            for person in people
        )

    def attest(self, member_id: UUID, by: UUID) -> None:
        """Keep that somebody says they saw somebody."""
        self._attesters[member_id].add(by)

    def begin_turn(self, presenter_id: UUID, at: datetime) -> None:
        """Somebody begins to present."""
        self.turn_since = (presenter_id, at)

    def end_turn(self, at: datetime) -> None:
        """Whoever presents, stops."""
        if self.turn_since is not None and self.turn_since[1] < at:
            self.turns.append(Turn(self.turn_since[0], Interval(self.turn_since[1], at)))
        self.turn_since = None

    def knows_person(self, person_key: str) -> bool:
        """Tell whether a report named this person."""
        return person_key in self._observed

    def has_been_here(self, member_id: UUID) -> bool:
        """Tell whether the member checked in at any time."""
        return member_id in self.present or member_id in self._door

    def left_since(self, member_id: UUID, at: datetime) -> bool:
        """Tell whether a stay of the member ended after *at*."""
        return any(stay.interval.to_at > at for stay in self._door.get(member_id, ()))

    def has_attested(self, member_id: UUID, by: UUID) -> bool:
        """Tell whether *by* attested this presence before."""
        return by in self._attesters.get(member_id, ())

    def attesters_of(self, member_id: UUID) -> list[UUID]:
        """Return who attests somebody's presence, in a stable order."""
        return sorted(self._attesters.get(member_id, ()))

    def recorded_stays(self, member_id: UUID, window: Interval) -> list[Stay]:
        """Return what all sources recorded, whatever was corrected later."""
        seen = [
            stay
            for key, reports in self._observed.items()
            if self.matches.get(key) == member_id
            for source, person in reports
            for stay in _stays(source, person, window)
        ]
        return self._door.get(member_id, []) + seen

    def stays_of(self, member_id: UUID, window: Interval) -> list[Stay]:
        """Return the stays that hold: the correction's, or else what was recorded."""
        if member_id in self.corrected:
            return [Stay(each, Source.CORRECTION) for each in self.corrected[member_id]]
        return self.recorded_stays(member_id, window)

    def people_seen(self) -> set[UUID]:
        """Return everybody of whom any source or correction speaks."""
        matched = {member_id for member_id in self.matches.values() if member_id is not None}
        return set(self._door) | set(self.present) | set(self.corrected) | matched


def _stays(source: Source, person: ObservedPerson, window: Interval) -> list[Stay]:
    if person.stays:
        return [Stay(interval, source) for interval in person.stays]
    # A total has no place in time; the beginning of the meeting stands for it. Compared as
    # numbers, because a report may claim more minutes than the calendar has.
    total = min(person.reported_minutes or 0, window.length // _MINUTE)
    if total < 1:
        return []
    interval = Interval(window.from_at, window.from_at + total * _MINUTE)
    return [Stay(interval, Source.TOOL_TOTAL, inferred=True)]
