"""Recognising a file, reading it, and joining several readings of one meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import TypeVar

from domain.errors import InvalidFields
from infra.attendance_files import teams, teams_sections, text, zoom
from infra.attendance_files.clock import ImpossibleDate, check_scheduled, read_zone
from infra.attendance_files.errors import BadRow, DifferentWindows, NotAReport
from infra.attendance_files.model import AttendanceReading, DateOrder, Facts
from infra.attendance_files.people import gather
from infra.attendance_files.table import Asked, Table
from infra.attendance_files.webhook import read_webhook

_Statement = TypeVar("_Statement")


def read_attendance(
    data: bytes,
    *,
    name: str,
    zone: str | None = None,
    date_order: DateOrder | None = None,
    scheduled: tuple[datetime, datetime] | None = None,
) -> AttendanceReading:
    """Read a Zoom or Teams attendance report, or a stream of Zoom webhook messages.

    Pure: the same bytes and answers give the same reading, with the same digest.

    Args:
        data: the file as it came.
        name: its name, for refusals only.
        zone: where its local times are meant (``Europe/Lisbon``), if known.
        date_order: whether its dates are month first or day first, if known.
        scheduled: start and end of the meeting, aware; seconds are clipped to it.

    Returns:
        People with their stays, and the questions that the file leaves open.

    Raises:
        AttendanceFileError: this is no report, or one that cannot be used; names line and reason.
        InvalidFields: an answer that cannot be used: ``zone``, ``date_order`` or ``scheduled``.
    """
    if date_order not in {"mdy", "dmy", None}:
        raise InvalidFields(date_order="Choose mdy (month first) or dmy (day first).")
    window = None if scheduled is None else check_scheduled(scheduled)
    asked = Asked(name, read_zone(zone), date_order, window)
    content = text.decode(data, name=name)
    try:
        facts = _read(content, asked)
    except ImpossibleDate:
        raise BadRow(name, "the meeting is on a day that the calendar does not have.") from None
    return gather(facts)


def _read(content: str, asked: Asked) -> Facts:
    if content.lstrip().startswith("{"):
        return read_webhook(content, asked)
    found = [row for row in text.rows(content, name=asked.name) if not row.blank]
    table = Table(found, text.ends_open(content), asked)
    sections = teams_sections.sections(found)
    if sections:
        return teams.read_sections(table, sections)
    head = teams_sections.find_flat_head(found)
    if head is not None:
        return teams.read_flat(table, head)
    head = zoom.find_head(found)
    if head is not None:
        return zoom.read_zoom(table, head)
    if teams_sections.is_action_list(found):
        return teams.read_actions(table)
    raise NotAReport(asked.name, "this is neither a Zoom nor a Teams attendance report.", line=1)


def merge(readings: Iterable[AttendanceReading]) -> AttendanceReading:
    """Join readings of one meeting: in any order, any number of times, with the same result.

    Args:
        readings: at least one.

    Raises:
        DifferentWindows: they were clipped to different scheduled times.
        ValueError: there is no reading at all.
    """
    every = [reading.facts for reading in readings]
    if not every:
        raise ValueError("There is nothing to merge.")
    return gather(reduce(_unite, every))


def _unite(one: Facts, other: Facts) -> Facts:
    if one.scheduled != other.scheduled:
        raise DifferentWindows
    return Facts(
        formats=one.formats | other.formats,
        zones=one.zones | other.zones,
        meetings=one.meetings | other.meetings,
        sightings=_first_lines(one.sightings, other.sightings),
        moments=_first_lines(one.moments, other.moments),
        doubts=one.doubts | other.doubts,
        scheduled=one.scheduled,
    )


def _first_lines(
    one: Mapping[_Statement, int], other: Mapping[_Statement, int]
) -> dict[_Statement, int]:
    """Join two sets of statements; what both say keeps the smaller line."""
    return {**one, **{key: min(line, one.get(key, line)) for key, line in other.items()}}
