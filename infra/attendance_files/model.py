"""What a file says (facts), and what follows from it (a reading).

Facts are sets of small statements without any order, so several files of one meeting are joined
by plain union. Everything people see is computed from the facts by
:func:`infra.attendance_files.people.gather`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

DateOrder = Literal["mdy", "dmy"]
Evidence = Literal["strong", "moderate", "weak"]
Kind = Literal["person", "unknown", "bot"]
Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Who:
    """How one row names somebody.

    Attributes:
        names: the name shown first, then the original name where the file has one.
        emails: addresses, lower case, in the file's order.
        bot: whether this is a note-taking service.
    """

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """One row of a report: somebody was there from, to, or for so long.

    Attributes:
        who: the person as this row names them.
        from_at: aware UTC, or ``None`` when the file does not settle it.
        to_at: aware UTC, or ``None``.
        said: the two times as written, kept only while they cannot be turned into instants.
        seconds_said: the length that the row itself states, in seconds.
        total_of: for a total over a whole meeting, which meeting; empty for a single stay.
    """

    who: Who
    from_at: datetime | None = None
    to_at: datetime | None = None
    said: tuple[str, str] = ("", "")
    seconds_said: int | None = None
    total_of: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Half a stay: somebody joined, or left.

    Attributes:
        who: the person as this message names them.
        connection: what ties a leaving to its joining (a device's connection, or a name).
        joined: true for joining, false for leaving.
        at: aware UTC, or ``None`` when the file does not settle it.
        said: the time as written, kept only while it cannot be turned into an instant.
    """

    who: Who
    connection: str
    joined: bool
    at: datetime | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing the file leaves open, about one name or about the file as a whole."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the file says about the meeting itself; times aware UTC."""

    topic: str | None = None
    meeting_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one or more files say, without order and without repetition.

    Attributes:
        formats: the formats recognised.
        zones: the zones in which local times were read; ``UTC`` for files that carry instants.
        meetings: each distinct statement about the meeting.
        sightings: each distinct row, with the first line that says it.
        moments: each distinct joining and leaving, with the first line that says it.
        doubts: what the reading of the rows left open.
        scheduled: the window to which seconds are clipped, aware UTC.
    """

    formats: frozenset[str]
    zones: frozenset[str] = frozenset()
    meetings: frozenset[Meeting] = frozenset()
    sightings: Mapping[Sighting, int] = field(default_factory=dict)
    moments: Mapping[Moment, int] = field(default_factory=dict)
    doubts: frozenset[Doubt] = frozenset()
    scheduled: Window | None = None


@dataclass(frozen=True, slots=True)
class ObservedStay:
    """One unbroken presence as one row shows it; aware UTC; the line of the file that says so."""

    from_at: datetime
    to_at: datetime
    source_line: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person, unknown caller or bot, with everything that the files show about them.

    Attributes:
        names: names shown first, then original names.
        emails: addresses, lower case.
        stays: every stay as observed; stays on several devices may overlap.
        seconds: the union of the stays.
        seconds_in_window: the union clipped to the scheduled window; ``None`` without a window.
        reported_minutes: whole minutes the files state themselves; ``None`` when they do not.
        evidence: *strong* = times and an address, *moderate* = times and a name, *weak* = anything
            less (totals only, times that cannot be placed, nobody can say who it was).
        kind: a person, somebody or something unknown, or a note-taking bot.
    """

    names: tuple[str, ...]
    emails: tuple[str, ...]
    stays: tuple[ObservedStay, ...]
    seconds: int
    seconds_in_window: int | None
    reported_minutes: int | None
    evidence: Evidence
    kind: Kind


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can answer; *people* are names, empty when the file is meant."""

    code: str
    text: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttendanceReading:
    """What was read.

    Attributes:
        format: the format recognised; several are joined by ``+`` in a merged reading.
        zone: the zone in which local times were read, ``UTC`` for files that carry instants,
            ``None`` while it is not known.
        meeting: what the files say about the meeting.
        people: in order of arrival; those without times last.
        questions: what the files leave open.
        digest: SHA-256 (hex) of the facts: equal facts, equal digest, whatever their order.
        facts: the statements themselves, for :func:`~infra.attendance_files.merge`.
    """

    format: str
    zone: str | None
    meeting: Meeting
    people: tuple[Person, ...]
    questions: tuple[Question, ...]
    digest: str
    facts: Facts = field(repr=False)
