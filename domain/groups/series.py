"""Series of a group: meetings announced as parts 1 to n, and the syllabus that told of them.

Some boards credit a part only to whoever attended all of them, and some want the dates and topics
handed out before the first. Both are facts that somebody records; nothing here is concluded from
the times of meetings alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.errors import DomainError, InvalidFields, NotFound
from domain.fields import require_lines

if TYPE_CHECKING:
    from domain.groups.group import PeerGroup

MOST_PARTS: Final = 60
_FIRST_YEAR: Final = 2000


class PartTaken(DomainError):
    """Another meeting is this part of the series, or the meeting is another part."""

    code = "series.part_taken"


class SyllabusInFuture(DomainError):
    """A syllabus is recorded once it was handed out, not before."""

    code = "series.syllabus_in_future"


@dataclass(slots=True)
class MeetingSeries:
    """Meetings of one group that belong together.

    Attributes:
        title: as announced.
        parts: how many there are.
        meetings: which meeting is which part, counted from 1; parts still to be planned are
            missing.
        syllabus_on: the day on which dates and topics were handed out, where the group meets;
            ``None`` where nobody recorded it.
    """

    series_id: UUID
    title: str
    parts: int
    meetings: dict[int, UUID] = field(default_factory=dict)
    syllabus_on: date | None = None

    def part_of(self, meeting_id: UUID) -> int | None:
        """Return which part a meeting is, if it is one."""
        return next((part for part, each in self.meetings.items() if each == meeting_id), None)


class SeriesPlanned(Root.Event):
    """The group announces meetings that belong together."""

    TOPIC = "peerhour.group.series_planned"
    series_id: UUID
    title: str
    parts: int
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.series[self.series_id] = MeetingSeries(self.series_id, self.title, self.parts)


class PartPlaced(Root.Event):
    """A meeting is this part of a series."""

    TOPIC = "peerhour.group.part_placed"
    series_id: UUID
    part: int
    meeting_id: UUID
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.series[self.series_id].meetings[self.part] = self.meeting_id


class PartCleared(Root.Event):
    """The meeting that was this part of a series is none of it any more."""

    TOPIC = "peerhour.group.part_cleared"
    series_id: UUID
    part: int
    meeting_id: UUID
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.series[self.series_id].meetings.pop(self.part, None)


class SyllabusHandedOut(Root.Event):
    """Everybody got the dates and topics of a series on this day; the newest word holds."""

    TOPIC = "peerhour.group.syllabus_handed_out"
    series_id: UUID
    day: date
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.series[self.series_id].syllabus_on = self.day


class PlansSeries(ABC):
    """What a group decides about its series.

    Attributes:
        series: by id, in the order they were announced.
    """

    series: dict[UUID, MeetingSeries]

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    @abstractmethod
    def must_lead(self, by: UUID, *, administrator: bool) -> None:
        """Leave this to the facilitator and to administrators."""

    def series_of(self, meeting_id: UUID) -> MeetingSeries | None:
        """Return the series that a meeting is a part of."""
        return next((each for each in self.series.values() if each.part_of(meeting_id)), None)

    def plan_series(
        self,
        series_id: UUID,
        *,
        title: str,
        parts: int,
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Announce meetings that belong together; the same series twice is no second fact.

        Args:
            series_id: chosen by the caller.
            title: as announced.
            parts: how many meetings, 2 to 60.
            by: who decides.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            InvalidFields: the title is missing, or the number cannot be used.
        """
        self.must_lead(by, administrator=administrator)
        require_lines(title=title)
        if not 2 <= parts <= MOST_PARTS:  # noqa: PLR2004 - one meeting is no series
            raise InvalidFields(parts=f"A series has 2 to {MOST_PARTS} parts.")
        if series_id not in self.series:
            self.record(SeriesPlanned, at=at, series_id=series_id, title=title, parts=parts, by=by)

    def place_part(
        self,
        series_id: UUID,
        part: int,
        meeting_id: UUID,
        *,
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Say which part of a series a meeting of this group is; saying it twice changes nothing.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            NotFound: the group has no such series.
            InvalidFields: the series has no such part.
            PartTaken: another meeting is that part, or the meeting is another part already.
        """
        self.must_lead(by, administrator=administrator)
        series = self._known(series_id)
        if not 1 <= part <= series.parts:
            raise InvalidFields(part=f"The parts of this series are 1 to {series.parts}.")
        if series.meetings.get(part) == meeting_id:
            return
        if part in series.meetings:
            raise PartTaken("Another meeting is this part; take it out of the series first.")
        if self.series_of(meeting_id) is not None:
            raise PartTaken("This meeting is another part; take it out of its series first.")
        self.record(PartPlaced, at=at, series_id=series_id, part=part, meeting_id=meeting_id, by=by)

    def clear_part(
        self, meeting_id: UUID, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Take a meeting out of its series; one that is in none stays as it is.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
        """
        self.must_lead(by, administrator=administrator)
        series = self.series_of(meeting_id)
        if series is not None:
            self.record(
                PartCleared,
                at=at,
                series_id=series.series_id,
                part=series.part_of(meeting_id),
                meeting_id=meeting_id,
                by=by,
            )

    def hand_out_syllabus(
        self,
        series_id: UUID,
        day: date,
        *,
        today: date,
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """Keep on which day everybody got the dates and topics of a series.

        Args:
            series_id: which series.
            day: where the group meets.
            today: likewise.
            by: who says so.
            administrator: whether *by* looks after the whole house.
            at: now.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            NotFound: the group has no such series.
            SyllabusInFuture: the day has not come yet.
            InvalidFields: the day is no likely one.
        """
        self.must_lead(by, administrator=administrator)
        series = self._known(series_id)
        if day > today:
            raise SyllabusInFuture("This day has not come yet; record it once it was handed out.")
        if day.year < _FIRST_YEAR:
            raise InvalidFields(day="Choose a day from 2000 on.")
        if series.syllabus_on != day:
            self.record(SyllabusHandedOut, at=at, series_id=series_id, day=day, by=by)

    def _known(self, series_id: UUID) -> MeetingSeries:
        series = self.series.get(series_id)
        if series is None:
            raise NotFound("This group has no such series.")
        return series
