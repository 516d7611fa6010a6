"""What stands above Zoom's table of participants, and which column holds what.

Zoom has renamed its headings more than once. The meeting may be described in a block of its own,
in ``Key: value`` lines, or (account-wide report) in front of every single row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from infra.attendance_files.clock import FileClock
from infra.attendance_files.model import Meeting
from infra.attendance_files.names import clean
from infra.attendance_files.stamps import Stamp, read_minutes, read_stamp
from infra.attendance_files.table import find_column, heading
from infra.attendance_files.text import Row

_ORIGINAL_NAME: Final = ("name (original name)", "name(original name)", "user name (original name)")
_NAME: Final = (
    *_ORIGINAL_NAME,
    *("name", "participant name", "participant", "full name", "display name", "user name"),
)
_EMAIL: Final = ("user email", "email", "e-mail", "email address", "user email address")
_JOIN: Final = ("join time", "joined at", "time joined", "joined")
_LEAVE: Final = ("leave time", "left at", "time left", "left")
_MINUTES: Final = (
    *("total duration (minutes)", "duration (minutes)", "duration(minutes)"),
    *("time in session (minutes)", "total duration", "duration"),
)
_WAITING: Final = ("in waiting room",)

_TOPIC: Final = ("topic", "meeting topic", "meeting name", "meeting title")
_MEETING_ID: Final = ("meeting id", "meetingid", "id")
_START: Final = ("start time", "actual start time", "meeting start time", "start")
_END: Final = ("end time", "actual end time", "meeting end time", "end")
_CREATED: Final = ("creation time", "created at")
_DATE: Final = ("date", "meeting date", "start date", "report date")
_PEOPLE: Final = ("participants", "number of participants")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the table has what; ``None`` for what it does not have.

    Attributes:
        block: how many columns in front of the participant describe the meeting.
        width: how many columns there are.
    """

    block: int
    name: int
    email: int | None
    join: int | None
    leave: int | None
    minutes: int | None
    waiting: int | None
    width: int

    @property
    def timed(self) -> bool:
        """Whether rows have joining and leaving times."""
        return self.join is not None and self.leave is not None


def read_columns(row: Row) -> Columns | None:
    """Return the columns of a table of participants, or ``None`` for any other row."""
    headings = [heading(cell) for cell in row.cells]
    block = _block_width(headings)
    own = [""] * block + headings[block:]
    name, minutes = find_column(own, *_NAME), find_column(own, *_MINUTES)
    join, leave = find_column(own, *_JOIN), find_column(own, *_LEAVE)
    if name is None or (minutes is None and (join is None or leave is None)):
        return None
    email, waiting = find_column(own, *_EMAIL), find_column(own, *_WAITING)
    return Columns(block, name, email, join, leave, minutes, waiting, len(headings))


def _block_width(headings: list[str]) -> int:
    name = find_column(headings, *_ORIGINAL_NAME) or 0
    describes_a_meeting = find_column(headings[:name], *_TOPIC, *_MEETING_ID) is not None
    return name if describes_a_meeting else 0


@dataclass(frozen=True, slots=True)
class Block:
    """What is written about a meeting.

    Attributes:
        topic: its name.
        meeting_id: its number, without spaces.
        start: when it began, as written; may lack the date.
        end: when it ended, as written; may lack the date.
        created: when it was created; helps to tell day from month.
        day: its date, where that stands alone.
        people: how many participants the report announces.
    """

    topic: str = ""
    meeting_id: str = ""
    start: Stamp | None = None
    end: Stamp | None = None
    created: Stamp | None = None
    day: Stamp | None = None
    people: int | None = None

    @property
    def stamps(self) -> list[Stamp]:
        """Return all stamps of this block."""
        found = (self.start, self.end, self.created, self.day)
        return [stamp for stamp in found if stamp is not None]

    @property
    def dated(self) -> bool:
        """Whether the day of the meeting is written."""
        return any(stamp is not None and stamp.dated for stamp in (self.start, self.day))

    def anchor(self, clock: FileClock) -> datetime | None:
        """Return the local time around which bare times of day are meant, if it is known.

        Raises:
            ImpossibleDate: the calendar has no such day.
        """
        start = self._on_its_day(self.start) or self.day
        if start is None:
            return None
        # Noon is nearest to every time of day of the same date.
        return clock.wall(start if start.time is not None else replace(start, time=time(12)))

    def meeting(self, clock: FileClock) -> Meeting:
        """Return what is known about the meeting.

        Raises:
            ImpossibleDate: the calendar has no such day.
        """
        return Meeting(
            topic=self.topic or None,
            meeting_id=self.meeting_id or None,
            starts_at=clock.exact(self._on_its_day(self.start)),
            ends_at=clock.exact(self.end) if self.end is not None and self.end.dated else None,
        )

    def _on_its_day(self, stamp: Stamp | None) -> Stamp | None:
        if stamp is None or stamp.dated or self.day is None:
            return stamp if stamp is None or stamp.dated else None
        return replace(self.day, time=stamp.time, offset=stamp.offset)


def block_in_front(head: Row, columns: Columns) -> Callable[[Row], Block]:
    """Return the reader of the meeting in front of each row of an account-wide report."""
    headings = [heading(cell) for cell in head.cells[: columns.block]]
    return lambda row: _read_block(headings, row)


def block_above(rows: list[Row]) -> Block:
    """Read the lines above the table: headings over values, or ``Key: value`` lines.

    Where none of them is called a date, the only date among them is the meeting's.
    """
    for head, values in pairwise(rows):
        headings = [heading(cell) for cell in head.cells]
        known = (find_column(headings, *names) for names in (_TOPIC, _MEETING_ID, _START, _DATE))
        if sum(column is not None for column in known) > 1:
            return _with_day(_read_block(headings, values), rows)
    pairs = [_pair(row) for row in rows]
    values = Row(1, tuple(value for _, value in pairs))
    return _with_day(_read_block([key for key, _ in pairs], values), rows)


def _with_day(block: Block, rows: list[Row]) -> Block:
    return block if block.dated else replace(block, day=_only_date(rows))


def _pair(row: Row) -> tuple[str, str]:
    first, rest = row.cell(0), " ".join(cell for cell in row.cells[1:] if cell)
    if not rest:
        first, _, rest = first.partition(":")
    return heading(first), rest.strip()


def _only_date(rows: list[Row]) -> Stamp | None:
    # "Mar 25, 2026" without quotes falls into two cells.
    cells = {one for row in rows for one in (*row.cells, _pair(row)[1], ", ".join(row.cells))}
    found = (read_stamp(cell) for cell in cells)
    dates = {replace(stamp, time=None, offset=None) for stamp in found if stamp and stamp.dated}
    return dates.pop() if len(dates) == 1 else None


def _read_block(headings: list[str], row: Row) -> Block:
    def value(names: tuple[str, ...]) -> str:
        return row.cell(find_column(headings, *names))

    number, people = clean(value(_MEETING_ID)), read_minutes(value(_PEOPLE))
    digits = number.replace(" ", "").replace("-", "")
    return Block(
        topic=clean(value(_TOPIC)),
        meeting_id=digits if digits.isdigit() else number,
        start=read_stamp(value(_START)),
        end=read_stamp(value(_END)),
        created=read_stamp(value(_CREATED)),
        day=read_stamp(value(_DATE)),
        people=None if people is None else people // 60,
    )
