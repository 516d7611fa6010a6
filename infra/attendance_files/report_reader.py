"""Meeting tools' reports as a meeting can observe them: people keyed, recognised, protected.

Satisfies :class:`services.house.Reports`. A person is recognised by mail address alone; a name is
never enough, a facilitator matches those. Keys are the same in every report of one meeting and say
nothing outside it.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid5

from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.personal import Personal
from domain.values import Interval
from infra.attendance_files import AttendanceReading, DateOrder, Person, read_attendance
from infra.attendance_files.errors import AnotherDay
from infra.attendance_files.model import Window
from infra.attendance_files.questions import DATE_ORDER_AMBIGUOUS

_SOURCES = {"zoom": ToolSource.ZOOM, "teams": ToolSource.TEAMS}
_ORDERS: Final[tuple[DateOrder, ...]] = ("mdy", "dmy")
_SAME_EVENING: Final = timedelta(hours=12)  # an hour that was held at another time than planned
NOBODY_IN_TIME: Final = (
    "Nobody in the file was there at the planned time. Is it of this meeting, and was it read on "
    "the right clock?"
)


@dataclass(frozen=True, slots=True)
class ReportForMeeting:
    """A report, ready to be observed; see :class:`services.house.ReadReport`."""

    source: ToolSource
    digest: str
    people: Sequence[ObservedPerson]
    questions: Sequence[str]


class ReportReader:
    """Reads reports of meetings.

    Args:
        secret: keys the persons' keys.
        person_with_mail: tells whose mail address it is.
    """

    def __init__(
        self, secret: bytes, person_with_mail: Callable[[str], Awaitable[UUID | None]]
    ) -> None:
        self._secret = secret
        self._person_with_mail = person_with_mail

    async def read(
        self,
        meeting_id: UUID,
        data: bytes,
        *,
        name: str,
        zone: str,
        scheduled: tuple[datetime, datetime],
    ) -> ReportForMeeting:
        """Read a report of one meeting.

        Dates that can be read month first or day first are read as the day of the meeting: who
        uploads a report for a meeting says with it which day it is about.

        Raises:
            AttendanceFileError: names line and reason; nothing is kept.
            AnotherDay: it is a report of another day.
        """
        read = partial(read_attendance, data, name=name, zone=zone, scheduled=scheduled)
        reading = await asyncio.to_thread(_of_the_day, read, name, scheduled)
        people = [
            await self._observed(meeting_id, person)
            for person in reading.people
            if person.kind != "bot"
        ]
        return ReportForMeeting(
            source=_source_of(reading),
            digest=reading.digest,
            people=people,
            questions=_questions(reading),
        )

    async def _observed(self, meeting_id: UUID, person: Person) -> ObservedPerson:
        member_id = None
        for address in person.emails:
            member_id = member_id or await self._person_with_mail(address)
        key = self._key(meeting_id, person)
        subject = member_id or uuid5(meeting_id, f"observed:{key}")
        return ObservedPerson(
            person_key=key,
            member_id=member_id,
            names=[Personal(subject, each) for each in person.names],
            stays=[
                Interval(stay.from_at, stay.to_at)
                for stay in person.stays
                if stay.from_at < stay.to_at
            ],
            reported_minutes=person.reported_minutes,
        )

    def _key(self, meeting_id: UUID, person: Person) -> str:
        known_by = min(person.emails, default="") or "|".join(sorted(person.names)).casefold()
        text = f"{meeting_id}|{known_by}".encode()
        return hmac.digest(self._secret, text, "sha256")[:12].hex()


def _of_the_day(
    read: Callable[..., AttendanceReading], name: str, scheduled: Window
) -> AttendanceReading:
    """Return the reading that is about a meeting's day.

    Raises:
        AnotherDay: times are in the file, and none of them lies near the meeting.
    """
    reading = read(date_order=None)
    asked = {question.code for question in reading.questions}
    if DATE_ORDER_AMBIGUOUS in asked:
        read_both_ways = [read(date_order=order) for order in _ORDERS]
        fitting = [each for each in read_both_ways if _is_near(each, scheduled)]
        if not fitting:
            raise AnotherDay(name)
        return fitting[0] if len(fitting) == 1 else reading
    if any(person.stays for person in reading.people) and not _is_near(reading, scheduled):
        raise AnotherDay(name)
    return reading


def _is_near(reading: AttendanceReading, scheduled: Window) -> bool:
    from_at, to_at = scheduled[0] - _SAME_EVENING, scheduled[1] + _SAME_EVENING
    return any(
        stay.from_at < to_at and from_at < stay.to_at
        for person in reading.people
        for stay in person.stays
    )


def _questions(reading: AttendanceReading) -> list[str]:
    """Return what the file leaves open; first, if nobody's times would count."""
    texts = [question.text for question in reading.questions]
    timed = [person for person in reading.people if person.stays]
    if timed and not any(person.seconds_in_window for person in timed):
        texts.insert(0, NOBODY_IN_TIME)
    return texts


def _source_of(reading: AttendanceReading) -> ToolSource:
    if "webhook" in reading.format:
        return ToolSource.WEBHOOK
    return _SOURCES[reading.format.partition("_")[0]]
