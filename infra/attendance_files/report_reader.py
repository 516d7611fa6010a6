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
from datetime import datetime
from uuid import UUID, uuid5

from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.personal import Personal
from domain.values import Interval
from infra.attendance_files import AttendanceReading, Person, read_attendance

_SOURCES = {"zoom": ToolSource.ZOOM, "teams": ToolSource.TEAMS}


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

        Raises:
            AttendanceFileError: names line and reason; nothing is kept.
        """
        reading = await asyncio.to_thread(
            read_attendance, data, name=name, zone=zone, date_order=None, scheduled=scheduled
        )
        people = [
            await self._observed(meeting_id, person)
            for person in reading.people
            if person.kind != "bot"
        ]
        return ReportForMeeting(
            source=_source_of(reading),
            digest=reading.digest,
            people=people,
            questions=[question.text for question in reading.questions],
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


def _source_of(reading: AttendanceReading) -> ToolSource:
    if "webhook" in reading.format:
        return ToolSource.WEBHOOK
    return _SOURCES[reading.format.partition("_")[0]]
