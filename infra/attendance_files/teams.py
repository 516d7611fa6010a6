"""Microsoft Teams' attendance reports, in each of the three shapes they have had.

* since 2022: three numbered sections (summary, participants, in-meeting activities);
* 2021: a summary, then one row per stay;
* before: one line per joining and leaving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from infra.attendance_files import questions
from infra.attendance_files.clock import FileClock
from infra.attendance_files.model import Doubt, Facts, Moment, Sighting, Who
from infra.attendance_files.names import clean, name_key, read_who
from infra.attendance_files.rowfacts import Findings, RawStay, RowReader
from infra.attendance_files.stamps import Stamp, read_length
from infra.attendance_files.table import Table
from infra.attendance_files.teams_sections import Heads, Summary, read_heads, read_summary
from infra.attendance_files.text import Row
from infra.attendance_files.zoom import meeting_mark

_EXACT: Final = 2  # seconds by which first-to-last may differ from the length without a break
_PARTICIPANTS, _ACTIVITIES = 2, 3  # numbers of the sections

_JOINED: Final = (
    *("joined", "beigetreten", "teilgenommen", "rejoint", "a rejoint", "se unió", "unido"),
    *("ingresó", "ingressou", "entrou", "participou", "toegetreden", "dołączono"),
)
_LEFT: Final = (
    *("left", "verlassen", "hat verlassen", "quitté", "a quitté", "parti", "sorti", "salió"),
    *("abandonó", "saiu", "vertrokken", "opuszczono"),
)


def read_sections(table: Table, found: dict[int, list[Row]]) -> Facts:
    """Read a report of numbered sections.

    Args:
        table: its rows.
        found: the rows beneath each numbered title.

    Raises:
        AttendanceFileError: a row that says something impossible, or a file that ends too early.
        InvalidFields: the order of dates that the person named does not fit.
    """
    last = table.rows[-1].line if table.rows else None
    if len(found.get(_PARTICIPANTS, ())) < 2:  # noqa: PLR2004 - headings and one participant
        table.cut(last, "the file ends before the first participant.")
    people = _section(table, found[_PARTICIPANTS])
    if people is None:
        head = found[_PARTICIPANTS][0]
        table.refuse(head, "the participants have no joining and leaving times.")
    activities = _section(table, found.get(_ACTIVITIES, []))
    return _Report(table, read_summary(found[1]), people, activities or []).facts()


def read_flat(table: Table, head: int) -> Facts:
    """Read a report of 2021: summary lines, headings at *head*, one row per stay.

    Raises:
        AttendanceFileError: as :func:`read_sections`.
        InvalidFields: as :func:`read_sections`.
    """
    stays = _section(table, table.rows[head:])
    if not stays:
        table.cut(table.rows[-1].line, "the file ends before the first participant.")
    above = [row for row in table.rows[:head] if any(row.cells[1:])]
    return _Report(table, read_summary(above), [], stays).facts()


def _section(table: Table, rows: list[Row]) -> list[RawStay] | None:
    """Return the rows of a section, or ``None`` when it is no table of stays."""
    if not rows:
        return None
    head, *body = rows
    heads = read_heads(head, body)
    if heads is None:
        return None
    shortest = min((len(row.cells) for row in body[:-1]), default=len(head.cells))
    if body and table.open_end and body[-1] is table.rows[-1] and len(body[-1].cells) < shortest:
        table.refuse(body[-1], "this row is not complete.")
    return [_raw(table, heads, row) for row in body]


def _raw(table: Table, heads: Heads, row: Row) -> RawStay:
    join = table.stamp(row, heads.join, "the joining time")
    leave = table.stamp(row, heads.leave, "the leaving time")
    if heads.utc:
        join = None if join is None else join.in_utc()
        leave = None if leave is None else leave.in_utc()
    others = (cell for index, cell in enumerate(row.cells) if index != heads.name)
    return RawStay(
        row.line,
        read_who(row.cell(heads.name), *others),  # address and sign-in name, wherever they stand
        join,
        leave,
        said=(row.cell(heads.join), row.cell(heads.leave)),
        seconds=read_length(row.cell(heads.length)),
    )


@dataclass(frozen=True, slots=True)
class _Report:
    """One report: its summary, a total per participant, and single stays where it has them."""

    table: Table
    summary: Summary
    people: list[RawStay]
    stays: list[RawStay]

    def facts(self) -> Facts:
        """Return what the report says."""
        rows = [*self.people, *self.stays]
        clock = self.table.clock([*self.summary.stamps, *(s for row in rows for s in row.stamps)])
        into = Findings(doubts=set(clock.doubts))
        reader = RowReader(clock, self.table.asked.name)
        reader.read(self._stays_with_addresses(), into)
        reader.read(self._unbroken(clock, into), into)
        meeting = self.summary.meeting(clock)
        for row in self.people:
            total = Sighting(row.who, seconds_said=row.seconds, total_of=meeting_mark(meeting))
            into.see(total, row.line)
        listed = len({row.who for row in self.people or self.stays})
        if self.summary.people is not None and self.summary.people > listed:
            into.doubts.add(Doubt(questions.FEWER_PEOPLE))
        return Facts(
            formats=frozenset({"teams_report"}),
            zones=clock.zones,
            meetings=frozenset({meeting}),
            sightings=into.sightings,
            doubts=frozenset(into.doubts),
            scheduled=self.table.asked.scheduled,
        )

    def _stays_with_addresses(self) -> list[RawStay]:
        """Return the stays; where they lack addresses, the participants' section has them."""
        known: dict[str, list[Who]] = {}
        for row in self.people:
            known.setdefault(_key(row.who), []).append(row.who)

        def whole(row: RawStay) -> RawStay:
            same = known.get(_key(row.who), [])
            only = len(same) == 1 and not row.who.emails
            return replace(row, who=same[0]) if only else row

        return [whole(row) for row in self.stays]

    def _unbroken(self, clock: FileClock, into: Findings) -> list[RawStay]:
        """Return participants without single stays who never left in between."""
        shown = {email for row in self.stays for email in row.who.emails}
        shown |= {_key(row.who) for row in self.stays if not row.who.emails}
        found = []
        for row in self.people:
            if shown.intersection(row.who.emails) or _key(row.who) in shown:
                continue
            if _has_breaks(row, clock):
                into.doubt(questions.GAPS_UNKNOWN, row.who)
            else:
                found.append(row)
        return found


def _key(who: Who) -> str:
    return " ".join(name_key(name) for name in who.names)


def _has_breaks(row: RawStay, clock: FileClock) -> bool:
    """Tell whether first-to-last is longer than the time present, or may be."""
    if row.join is None or row.leave is None:
        return False  # an open stay: asked about as such
    joined, left = clock.exact(row.join), clock.exact(row.leave)
    if joined is None or left is None or left < joined:
        return False  # another question, or a refusal, comes first
    return row.seconds is None or (left - joined).total_seconds() - row.seconds > _EXACT


def read_actions(table: Table) -> Facts:
    """Read the oldest report: one line per joining and leaving.

    Raises:
        AttendanceFileError: an action that is neither, or a time that cannot be read.
        InvalidFields: the order of dates that the person named does not fit.
    """
    rows = table.rows[1:]
    if not rows:
        table.cut(table.rows[0].line, "the file ends before the first participant.")
    stamped: list[tuple[Row, Stamp]] = []
    for row in rows:
        stamp = table.stamp(row, 2, "the time")
        if stamp is None or not stamp.dated:
            table.refuse(row, "the time is missing.")
        stamped.append((row, stamp))
    clock = table.clock([stamp for _, stamp in stamped])
    doubts = set(clock.doubts)
    moments: dict[Moment, int] = {}
    for row, stamp in stamped:
        moments.setdefault(_moment(table, clock, row, stamp, doubts), row.line)
    return Facts(
        formats=frozenset({"teams_actions"}),
        zones=clock.zones,
        moments=moments,
        doubts=frozenset(doubts),
        scheduled=table.asked.scheduled,
    )


def _moment(table: Table, clock: FileClock, row: Row, stamp: Stamp, doubts: set[Doubt]) -> Moment:
    action = name_key(clean(row.cell(1)))
    if not action.startswith((*_JOINED, *_LEFT)):
        table.refuse(row, "the action is neither joining nor leaving.")
    who = read_who(row.cell(0))
    wall = clock.wall(stamp)
    at = None if wall is None else clock.instant(wall, stamp)
    if isinstance(at, str):
        about_a_row = at in {questions.HOUR_TWICE, questions.HOUR_NEVER}
        doubts.add(Doubt(at, next(iter(who.names), "") if about_a_row else ""))
        at = None
    said = row.cell(2) if at is None else ""
    return Moment(who, connection=_key(who), joined=action.startswith(_JOINED), at=at, said=said)
