"""What every table reader is given, and the cells that every table has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from zoneinfo import ZoneInfo

from infra.attendance_files.clock import FileClock, ImpossibleDate
from infra.attendance_files.errors import BadRow, CutShort
from infra.attendance_files.model import DateOrder, Window
from infra.attendance_files.names import name_key
from infra.attendance_files.stamps import Stamp, read_stamp
from infra.attendance_files.text import Row

_NOTHING = frozenset({"", "-", "--", "n/a"})  # how reports write an empty time


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person said about the file.

    Attributes:
        name: the file's name.
        zone: where its local times are meant, if known.
        date_order: how its dates are read, if known.
        scheduled: the meeting's scheduled time, aware UTC, if known.
    """

    name: str
    zone: ZoneInfo | None
    date_order: DateOrder | None
    scheduled: Window | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file.

    Attributes:
        rows: all rows that say something.
        open_end: whether the last line lacks its end, as in a file that was cut.
        asked: what the person said about the file.
    """

    rows: list[Row]
    open_end: bool
    asked: Asked

    def refuse(self, row: Row, reason: str) -> NoReturn:
        """Refuse a row: as cut short where the file ends in it, else as wrong.

        Raises:
            CutShort: the row is the last one and its line has no end.
            BadRow: any other row.
        """
        if self.open_end and self.rows and row.line == self.rows[-1].line:
            raise CutShort(self.asked.name, "the file ends within this row.", line=row.line)
        raise BadRow(self.asked.name, reason, line=row.line)

    def cut(self, line: int | None, reason: str) -> NoReturn:
        """Refuse a file that ends before it says what it must.

        Raises:
            CutShort: always.
        """
        raise CutShort(self.asked.name, reason, line=line)

    def stamp(self, row: Row, index: int | None, what: str) -> Stamp | None:
        """Return the time in a cell, or ``None`` where the cell is empty.

        Raises:
            BadRow: the cell holds something else.
            CutShort: as above, where the file ends.
        """
        cell = row.cell(index)
        if cell.casefold() in _NOTHING:
            return None
        stamp = read_stamp(cell)
        if stamp is None or stamp.time is None:
            self.refuse(row, f"{what} cannot be read.")
        return stamp

    def clock(self, stamps: list[Stamp]) -> FileClock:
        """Return the clock that reads all stamps of this file.

        Raises:
            BadRow: no single order of day and month fits every date.
            InvalidFields: the order the person named does not fit.
        """
        try:
            return FileClock.of(stamps, self.asked.zone, self.asked.date_order)
        except ImpossibleDate:
            reason = "some dates can only be day first, others only month first."
            raise BadRow(self.asked.name, reason) from None


def heading(cell: str) -> str:
    """Return a heading without case, spacing and final colon or question mark."""
    return name_key(cell).rstrip(" :?")


def find_column(headings: list[str], *spellings: str) -> int | None:
    """Return the first column whose heading is one of *spellings*, in the order of spellings."""
    return next((headings.index(one) for one in spellings if one in headings), None)
