"""The shape of Teams' reports: numbered sections, translated headings, columns by what they hold.

Headings come in the language of whoever downloads the report, and sometimes in another order.
English ones are known by name; all others by their place and by the values beneath them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from infra.attendance_files.clock import FileClock
from infra.attendance_files.model import Meeting
from infra.attendance_files.names import clean, name_key
from infra.attendance_files.stamps import Stamp, read_length, read_stamp
from infra.attendance_files.table import find_column, heading
from infra.attendance_files.text import Row

_TITLE: Final = re.compile(r"([1-9])\s?[.)]\s*\S.*", re.ASCII)
_UTC: Final = "(utc)"
_SAMPLE: Final = 50  # rows that show what a column holds

_NAME: Final = ("name", "full name", "participant name")
_JOIN: Final = ("first join", "first join time", "join time", "joined")
_LEAVE: Final = ("last leave", "last leave time", "leave time", "left")
_LENGTH: Final = re.compile(r"duration|dauer|durée|duración|duração|durata|duur|czas trwania|längd")
_TOPIC: Final = ("meeting title", "title", "meeting name")
_MEETING_ID: Final = ("meeting id",)
_ATTENDED: Final = ("attended participants", "total number of participants", "attended")


def sections(rows: list[Row]) -> dict[int, list[Row]]:
    """Return the rows beneath each numbered title; empty for a file without such titles."""
    found: dict[int, list[Row]] = {}
    current: list[Row] | None = None
    for row in rows:
        title = _TITLE.fullmatch(row.cell(0))
        if title and not any(row.cells[1:]) and int(title[1]) == len(found) + 1:
            current = found.setdefault(int(title[1]), [])
        elif current is None:
            return {}
        else:
            current.append(row)
    return found


@dataclass(frozen=True, slots=True)
class Heads:
    """Where a section has what, and whether its times say that they are UTC."""

    name: int
    join: int
    leave: int
    length: int | None
    utc: bool


def read_heads(head: Row, body: list[Row]) -> Heads | None:
    """Return where the columns of a section stand, or ``None`` when it has no two times."""
    raw = [heading(cell) for cell in head.cells]
    utc = any(_UTC in one for one in raw)
    headings = [one.replace(_UTC, "").strip() for one in raw]
    join, leave = find_column(headings, *_JOIN), find_column(headings, *_LEAVE)
    if join is None or leave is None:
        times = [column for column in range(len(headings)) if _holds_times(body, column)]
        if len(times) < 2:  # noqa: PLR2004 - joining and leaving
            return None
        join, leave = times[:2]
    name = find_column(headings, *_NAME)
    if name is None:
        name = next((index for index in range(len(headings)) if index not in {join, leave}), None)
    if name is None:
        return None
    return Heads(name, join, leave, _length_column(headings, body, leave), utc)


def _holds_times(body: list[Row], column: int) -> bool:
    stamps = (read_stamp(row.cell(column)) for row in islice(body, _SAMPLE))
    return any(stamp is not None and stamp.time is not None for stamp in stamps)


def _length_column(headings: list[str], body: list[Row], leave: int) -> int | None:
    named = (index for index, one in enumerate(headings) if _LENGTH.search(one))
    after = leave + 1  # its place in every language we know
    lengths = (read_length(row.cell(after)) for row in islice(body, _SAMPLE))
    beneath = after if any(length is not None for length in lengths) else None
    return next(named, beneath)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the first section says about the meeting; times as written."""

    topic: str = ""
    meeting_id: str = ""
    start: Stamp | None = None
    end: Stamp | None = None
    people: int | None = None

    @property
    def stamps(self) -> list[Stamp]:
        """Return the stamps of the summary."""
        return [stamp for stamp in (self.start, self.end) if stamp is not None]

    def meeting(self, clock: FileClock) -> Meeting:
        """Return what is known about the meeting.

        Raises:
            ImpossibleDate: the calendar has no such day.
        """
        starts_at, ends_at = clock.exact(self.start), clock.exact(self.end)
        return Meeting(self.topic or None, self.meeting_id or None, starts_at, ends_at)


def read_summary(rows: list[Row]) -> Summary:
    """Read the lines of keys and values: title, people, start, end, in this order.

    The title is known by its key or by being first; start and end are the first two times.
    """
    pairs = [(heading(row.cell(0)), row.cell(1)) for row in rows]
    keys = [key.replace(_UTC, "").strip() for key, _ in pairs]
    title = find_column(keys, *_TOPIC)
    topic = pairs[title or 0][1] if pairs else ""
    identity = find_column(keys, *_MEETING_ID)
    stamps = [_summary_stamp(key, value) for key, value in pairs]
    times = [stamp for stamp in stamps if stamp is not None and stamp.dated]
    counts = [index for index, (_, value) in enumerate(pairs) if re.fullmatch(r"\d{1,6}", value)]
    attended = find_column(keys, *_ATTENDED)
    count = attended if attended in counts else counts[0] if len(counts) == 1 else None
    is_title = title is not None or (bool(stamps) and stamps[0] is None and 0 not in counts)
    return Summary(
        topic=clean(topic) if is_title else "",
        meeting_id="" if identity is None else clean(pairs[identity][1]),
        start=times[0] if times else None,
        end=times[1] if len(times) > 1 else None,
        people=None if count is None else int(pairs[count][1]),
    )


def _summary_stamp(key: str, value: str) -> Stamp | None:
    stamp = read_stamp(value)
    return stamp.in_utc() if stamp is not None and _UTC in key else stamp


def is_action_list(rows: list[Row]) -> bool:
    """Tell whether this is the oldest report: full name, joined or left, and when."""
    if len(rows) < 1 or sum(bool(cell) for cell in rows[0].cells) != 3:  # noqa: PLR2004 - as above
        return False
    headings = tuple(name_key(cell) for cell in rows[0].cells[:3])
    if headings == ("full name", "user action", "timestamp"):
        return True
    first = read_stamp(rows[1].cell(2)) if len(rows) > 1 else None
    return (
        first is not None
        and first.dated
        and read_stamp(rows[0].cell(2)) is None
        and read_stamp(rows[1].cell(1)) is None
        and len(rows[1].cells) == 3  # noqa: PLR2004 - as above
    )


def find_flat_head(rows: list[Row]) -> int | None:
    """Return where the reports of 2021 have their headings: no numbered sections yet."""
    for index, row in enumerate(rows[:_SAMPLE]):
        headings = {heading(cell) for cell in row.cells}
        if {"full name", "join time", "leave time"} <= headings and any(
            one.startswith("participant id") or one == "role" for one in headings
        ):
            return index
    return None
