"""What was recorded of the series that a meeting is a part of: who attended which, the syllabus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.groups.group import PeerGroup
from domain.groups.series import MeetingSeries
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.rules.facts import Series
from services.archive import Archive


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """A series as the streams tell of it.

    Attributes:
        parts: how many there are; 0 where the meeting is no part of a series.
        held: the meetings of it that took place, by part.
        syllabus_first: whether its dates and topics were handed out on a day before that of its
            first part. ``None`` where nobody recorded the one or the other, and where both were on
            the same day: which came first is then not on record.
    """

    parts: int = 0
    held: Mapping[int, Meeting] = field(default_factory=dict)
    syllabus_first: bool | None = None

    def of(self, member_id: UUID) -> Series | None:
        """Return what a member attended of it; ``None`` where there is no series.

        A part was attended by whoever is one of those present at it.
        """
        if not self.parts:
            return None
        attended = [part for part, each in self.held.items() if each.had(member_id)]
        return Series(parts=self.parts, attended=frozenset(attended))


async def series_of(archive: Archive, meeting: Meeting) -> SeriesRecord:
    """Look up the series that a meeting is a part of, if it is one."""
    group = await archive.find(PeerGroup, meeting.group_id)
    series = None if group is None else group.series_of(meeting.id)
    if series is None:
        return SeriesRecord()
    meetings = {}
    for part, meeting_id in sorted(series.meetings.items()):
        found = await archive.find(Meeting, meeting_id)
        if found is not None:
            meetings[part] = found
    return SeriesRecord(
        parts=series.parts,
        held={part: each for part, each in meetings.items() if each.state is MeetingState.CLOSED},
        syllabus_first=_syllabus_first(series, meetings.get(1)),
    )


def _syllabus_first(series: MeetingSeries, first: Meeting | None) -> bool | None:
    if series.syllabus_on is None or first is None:
        return None
    day = first.scheduled.from_at.astimezone(ZoneInfo(first.zone)).date()
    return None if series.syllabus_on == day else series.syllabus_on < day
