"""Zoom's participant reports: with times, with totals only, or for the whole account.

No report names its zone; the date may stand above the table only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from infra.attendance_files import questions
from infra.attendance_files.clock import FileClock, ImpossibleDate
from infra.attendance_files.errors import BadRow
from infra.attendance_files.model import Doubt, Facts, Meeting, Sighting, Window
from infra.attendance_files.names import read_who
from infra.attendance_files.rowfacts import Findings, RawStay, RowReader
from infra.attendance_files.stamps import read_minutes
from infra.attendance_files.table import Table
from infra.attendance_files.text import Row
from infra.attendance_files.zoom_head import (
    Block,
    Columns,
    block_above,
    block_in_front,
    read_columns,
)

_HEAD_WITHIN: Final = 200  # rows; no report writes more above its table
_YES: Final = frozenset({"yes", "true", "1"})


def find_head(rows: list[Row]) -> int | None:
    """Return the index of the row with the headings of participants, or ``None``."""
    found = (index for index, row in enumerate(rows[:_HEAD_WITHIN]) if read_columns(row))
    return next(found, None)


def read_zoom(table: Table, head: int) -> Facts:
    """Read a participant report.

    Args:
        table: its rows.
        head: the index of the row with the headings.

    Raises:
        AttendanceFileError: a row that says something impossible, or a file that ends too early.
        InvalidFields: the order of dates that the person named does not fit.
    """
    columns = read_columns(table.rows[head])
    assert columns is not None  # find_head found them
    body = table.rows[head + 1 :]
    if not body:
        table.cut(table.rows[head].line, "the file ends before the first participant.")
    _check_last(table, body, columns)
    groups: dict[Block, list[tuple[RawStay, bool]]] = {}
    above = block_above(table.rows[:head])
    front = block_in_front(table.rows[head], columns) if columns.block else None
    for row in body:
        waits = row.cell(columns.waiting).casefold() in _YES
        block = front(row) if front else above
        groups.setdefault(block, []).append((_raw(table, columns, row), waits))
    return _facts(table, columns, groups)


def _check_last(table: Table, body: list[Row], columns: Columns) -> None:
    """Refuse a last row without line end that has fewer cells than every other row."""
    last = len(body[-1].cells)
    if last < min((len(row.cells) for row in body[:-1]), default=columns.width):
        reason = "this row has fewer cells than all others."
        if table.open_end or last <= columns.name:
            table.refuse(body[-1], reason)


def _raw(table: Table, columns: Columns, row: Row) -> RawStay:
    minutes = row.cell(columns.minutes)
    seconds = read_minutes(minutes)
    if seconds is None and minutes not in {"", "-", "--"}:
        table.refuse(row, "the minutes are no number.")
    who = read_who(row.cell(columns.name), row.cell(columns.email))
    if not columns.timed:
        return RawStay(row.line, who, seconds=seconds)
    return RawStay(
        row.line,
        who,
        join=table.stamp(row, columns.join, "the joining time"),
        leave=table.stamp(row, columns.leave, "the leaving time"),
        said=(row.cell(columns.join), row.cell(columns.leave)),
        seconds=seconds,
    )


def _facts(
    table: Table, columns: Columns, groups: dict[Block, list[tuple[RawStay, bool]]]
) -> Facts:
    stamps = [stamp for block in groups for stamp in block.stamps]
    stamps += [stamp for rows in groups.values() for raw, _ in rows for stamp in raw.stamps]
    clock = table.clock(stamps)
    meetings = _meetings(table, groups, clock)
    kept = _in_window(meetings, table.asked.scheduled)
    into = Findings(doubts=set(clock.doubts))
    for block in kept:
        _Group(table, columns, clock, block, meetings[block]).read(groups[block], into)
    if len(kept) > 1:
        into.doubts.add(Doubt(questions.SEVERAL_MEETINGS))
    return Facts(
        formats=frozenset({_format(columns)}),
        zones=clock.zones,
        meetings=frozenset(meetings[block] for block in kept),
        sightings=into.sightings,
        doubts=frozenset(into.doubts),
        scheduled=table.asked.scheduled,
    )


def _format(columns: Columns) -> str:
    if columns.block:
        return "zoom_account_report"
    return "zoom_participants" if columns.timed else "zoom_totals"


def _meetings(table: Table, blocks: Iterable[Block], clock: FileClock) -> dict[Block, Meeting]:
    try:
        return {block: block.meeting(clock) for block in blocks}
    except ImpossibleDate:
        raise BadRow(table.asked.name, "the meeting is on a day that does not exist.") from None


def _in_window(meetings: dict[Block, Meeting], window: Window | None) -> list[Block]:
    """Return the meetings meant: the only one at the scheduled time, or else all."""
    if window is None or len(meetings) == 1:
        return list(meetings)
    at_that_time = [
        block
        for block, meeting in meetings.items()
        if meeting.starts_at is not None
        and meeting.ends_at is not None
        and meeting.starts_at < window[1]
        and meeting.ends_at > window[0]
    ]
    return at_that_time if len(at_that_time) == 1 else list(meetings)


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one meeting."""

    table: Table
    columns: Columns
    clock: FileClock
    block: Block
    meeting: Meeting

    def read(self, rows: list[tuple[RawStay, bool]], into: Findings) -> None:
        """Add what the rows show to *into*; time in the waiting room is no presence."""
        for raw, waits in rows:
            if waits:
                into.doubt(questions.WAITING_ROOM, raw.who)
        inside = [raw for raw, waits in rows if not waits]
        if self.block.people is not None and self.block.people > len(rows):
            into.doubts.add(Doubt(questions.FEWER_PEOPLE))
        if self.columns.timed:
            anchor = self.block.anchor(self.clock)
            RowReader(self.clock, self.table.asked.name, anchor).read(inside, into)
            return
        for raw in inside:
            self._total(raw, into)

    def _total(self, raw: RawStay, into: Findings) -> None:
        if raw.seconds is None:
            into.doubt(questions.PRESENCE_NOT_STATED, raw.who)
        said = Sighting(raw.who, seconds_said=raw.seconds, total_of=meeting_mark(self.meeting))
        into.see(said, raw.line)


def meeting_mark(meeting: Meeting) -> str:
    """Return what tells the totals of one meeting from those of the next."""
    starts = meeting.starts_at.isoformat() if meeting.starts_at else ""
    return f"{meeting.meeting_id or meeting.topic or ''}@{starts}"
