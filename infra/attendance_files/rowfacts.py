"""From the raw rows of a table to facts: what Zoom's and Teams' tables have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.attendance_files import questions
from infra.attendance_files.clock import FileClock, ImpossibleDate
from infra.attendance_files.errors import BadRow
from infra.attendance_files.model import Doubt, Sighting, Who
from infra.attendance_files.stamps import Stamp, nearest_day

_TOLERANCE = 60  # seconds: tools round lengths to whole minutes


@dataclass(frozen=True, slots=True)
class RawStay:
    """One row before its times are settled.

    Attributes:
        line: where it stands.
        who: the person as the row names them.
        join: when they came, as written.
        leave: when they went, as written.
        said: both cells as written.
        seconds: the length the row states.
    """

    line: int
    who: Who
    join: Stamp | None = None
    leave: Stamp | None = None
    said: tuple[str, str] = ("", "")
    seconds: int | None = None

    @property
    def stamps(self) -> list[Stamp]:
        """Return the stamps of this row."""
        return [stamp for stamp in (self.join, self.leave) if stamp is not None]


@dataclass(slots=True)
class Findings:
    """Collects facts while a table is read."""

    sightings: dict[Sighting, int] = field(default_factory=dict)
    doubts: set[Doubt] = field(default_factory=set)

    def see(self, sighting: Sighting, line: int) -> None:
        """Remember a sighting and the first line that shows it."""
        self.sightings[sighting] = min(line, self.sightings.get(sighting, line))

    def doubt(self, code: str, who: Who) -> None:
        """Remember that something is open about somebody."""
        self.doubts.add(Doubt(code, label(who)))


def label(who: Who) -> str:
    """Return the word by which a question names somebody."""
    return next(iter(who.names + who.emails), "")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Settles raw rows into sightings.

    Attributes:
        clock: of the file.
        file: its name, for refusals.
        anchor: the local time around which bare times of day are meant: the meeting's start.
    """

    clock: FileClock
    file: str
    anchor: datetime | None = None

    def read(self, raws: Iterable[RawStay], into: Findings) -> None:
        """Add what each row shows to *into*.

        Raises:
            BadRow: a leaving before its joining, or a day the calendar does not have.
        """
        for raw in raws:
            self._read_one(raw, into)

    def _read_one(self, raw: RawStay, into: Findings) -> None:
        if raw.join is None or raw.leave is None:
            self._half(raw, into)
            return
        try:
            from_at, to_at = self._instants(raw.join, raw.leave)
        except ImpossibleDate:
            raise BadRow(self.file, "the calendar has no such day.", line=raw.line) from None
        if isinstance(from_at, datetime) and isinstance(to_at, datetime):
            if to_at < from_at:
                raise BadRow(self.file, "the leaving lies before the joining.", line=raw.line)
            self._stay(raw, from_at, to_at, into)
            return
        for code in {code for code in (from_at, to_at) if isinstance(code, str)}:
            if code in {questions.HOUR_TWICE, questions.HOUR_NEVER}:
                into.doubt(code, raw.who)
            else:  # the same for every row: it is about the file
                into.doubts.add(Doubt(code))
        into.see(Sighting(raw.who, said=raw.said, seconds_said=raw.seconds), raw.line)

    def _stay(self, raw: RawStay, from_at: datetime, to_at: datetime, into: Findings) -> None:
        length = (to_at - from_at).total_seconds()
        if raw.seconds is not None and abs(length - raw.seconds) > _TOLERANCE:
            into.doubt(questions.MINUTES_DISAGREE, raw.who)
        into.see(Sighting(raw.who, from_at, to_at, seconds_said=raw.seconds), raw.line)

    def _half(self, raw: RawStay, into: Findings) -> None:
        if raw.join is not None:
            into.doubt(questions.OPEN_STAY, raw.who)
        elif raw.leave is not None:
            into.doubt(questions.LEAVE_WITHOUT_JOIN, raw.who)
        elif raw.seconds is None:
            into.doubt(questions.PRESENCE_NOT_STATED, raw.who)
        into.see(Sighting(raw.who, said=raw.said, seconds_said=raw.seconds), raw.line)

    def _instants(self, join: Stamp, leave: Stamp) -> tuple[datetime | str, datetime | str]:
        joined, left = self.clock.wall(join), self.clock.wall(leave)
        if joined is None and not join.dated and self.anchor is not None and join.time is not None:
            joined = nearest_day(join.time, self.anchor)
        if left is None and not leave.dated and joined is not None and leave.time is not None:
            left = datetime.combine(joined.date(), leave.time)
            if left < joined:  # past midnight
                left += timedelta(days=1)
        return self._instant(joined, join), self._instant(left, leave)

    def _instant(self, wall: datetime | None, stamp: Stamp) -> datetime | str:
        if wall is not None:
            return self.clock.instant(wall, stamp)
        if stamp.dated or self.clock.order is None:
            return questions.DATE_ORDER_AMBIGUOUS
        return questions.DATE_MISSING
