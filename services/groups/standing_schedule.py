"""The meetings to come of a member's groups, as if attended.

Meetings that are planned count as planned; beyond them the group's rhythm goes on. What is assumed
is what a member can see to: there from start to end, checked out, evaluated. A group goes on as it
was recorded last: the way it meets, and who leads it. Whose practice will be the subject is not
known, nor is anything else that nobody recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from domain.groups.rhythms import Rhythm
from domain.meetings.leading import LedBy
from domain.meetings.presence import EvidenceStrength
from domain.rules.facts import Attendance, Person, Series
from domain.values import Interval, Modality
from projections import Connection
from projections.offers import queries as offers
from projections.people import queries as people
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.schedule import series_queries as in_series
from services.days import local_day_of
from services.meetings.attendance_facts import SUPERVISOR

_AT_ONCE: Final = 520  # meetings that a rhythm tells of in one answer: ten years of weeks


@dataclass(frozen=True, slots=True)
class InGroup:
    """A meeting to come, as if attended, and the group whose it is."""

    group_id: UUID
    attendance: Attendance


async def standing_schedule(
    conn: Connection, member_id: UUID, now: datetime, *, today: date, until: date
) -> list[InGroup]:
    """Return the meetings to come of all groups of a member, as if attended.

    Args:
        conn: a connection to the views.
        member_id: whose.
        now: aware UTC.
        today: in the member's calendar.
        until: the last day that matters.
    """
    me = await _person(conn, member_id, today)
    plan: list[InGroup] = []
    for group in await schedule.groups_of(conn, member_id):
        coming = _Coming(group, member_id, me, await _others(conn, group, member_id, today))
        plan += await coming.meetings(conn, now, until)
    return plan


async def _others(
    conn: Connection, group: schedule.GroupRow, member_id: UUID, today: date
) -> dict[UUID, Person]:
    members = await schedule.members_of(conn, group.group_id)
    return {each: await _person(conn, each, today) for each in members if each != member_id}


@dataclass(frozen=True, slots=True)
class _Planned:
    """A meeting to come: one that is scheduled, or that the group's rhythm promises."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    meeting_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Coming:
    """What is to come of one group."""

    group: schedule.GroupRow
    member_id: UUID
    me: Person
    others: dict[UUID, Person]

    async def meetings(self, conn: Connection, now: datetime, until: date) -> list[InGroup]:
        """Return the group's meetings up to a day."""
        group = self.group
        topics, approvals = await _program(conn, group.program_id)
        held = await schedule.meetings_of_group(conn, group.group_id)
        usual = held[0].modality if held else Modality.LIVE_VIDEO.value
        lead = await in_series.last_lead(conn, group.group_id)
        series = await in_series.series(conn, group.group_id)
        found = []
        for meeting in await _meetings(conn, group, now, until):
            way = Modality(meeting.modality or usual)
            day = local_day_of(meeting.starts_at, meeting.zone)
            attended = self._attended(meeting, way, lead)
            part_of = next((row for row in series if _is_part(row, meeting)), None)
            if part_of is not None:
                attended = msgspec.structs.replace(
                    attended,
                    series=await self._series(conn, part_of, now),
                    syllabus_first=await _syllabus_first(conn, part_of),
                )
            found.append(
                InGroup(
                    group.group_id,
                    msgspec.structs.replace(
                        attended,
                        topics=topics,
                        approved_by=tuple(
                            each.body
                            for each in approvals
                            if each.standing_on(day) == "counts" and way.value in each.modalities
                        ),
                    ),
                )
            )
        return found

    def _attended(
        self, meeting: _Planned, way: Modality, lead: in_series.LeadRow | None
    ) -> Attendance:
        window = Interval(meeting.starts_at, meeting.ends_at)
        led_by = None if lead is None else lead.member_id
        return Attendance(
            meeting=meeting.key,
            title=meeting.title,
            scheduled=window,
            zone=meeting.zone,
            present=(window,),
            strength=EvidenceStrength.STRONG,
            modality=way,
            me=_as_there(self.me, way, leads=led_by == self.member_id),
            others=(
                *(
                    _as_there(each, way, leads=led_by == member_id)
                    for member_id, each in self.others.items()
                ),
                *_guests(lead),
            ),
            facilitated=None if lead is None else lead.led_by != LedBy.PEERS.value,
            program=None if self.group.program_id is None else str(self.group.program_id),
            checked_out=True,
            evaluated=True,
            evaluated_at=meeting.ends_at,
            interactive=True,
        )

    async def _series(self, conn: Connection, row: in_series.SeriesRow, now: datetime) -> Series:
        """Return which parts will have been attended: those on record, and those to come."""
        attended = set()
        for meeting in await schedule.meetings(conn, row.meetings.values()):
            part = row.part_of(meeting.meeting_id)
            assert part is not None, "asked for by its part"
            to_come = meeting.state == "scheduled" and meeting.starts_at > now
            if to_come or await _was_there(conn, meeting, self.member_id):
                attended.add(part)
        return Series(parts=row.parts, attended=frozenset(attended))


def _is_part(row: in_series.SeriesRow, meeting: _Planned) -> bool:
    return meeting.meeting_id is not None and row.part_of(meeting.meeting_id) is not None


async def _was_there(conn: Connection, meeting: schedule.MeetingRow, member_id: UUID) -> bool:
    """Tell whether the door, or a correction, shows half of a meeting that took place."""
    if meeting.state != "closed":
        return False
    for row in await roster.roster(conn, meeting.meeting_id):
        if row.member_id == member_id:
            stays = zip(row.comings, row.goings, strict=False)
            there = sum(
                (
                    max(min(left, meeting.ends_at) - max(came, meeting.starts_at), timedelta(0))
                    for came, left in stays
                ),
                timedelta(0),
            )
            return 2 * there >= meeting.ends_at - meeting.starts_at
    return False


async def _syllabus_first(conn: Connection, row: in_series.SeriesRow) -> bool | None:
    """Return whether the syllabus came before the first part; see ``series_facts``."""
    first = await schedule.meeting(conn, row.meetings[1]) if 1 in row.meetings else None
    if row.syllabus_on is None or first is None:
        return None
    day = local_day_of(first.starts_at, first.zone)
    return None if row.syllabus_on == day else row.syllabus_on < day


def _as_there(person: Person, way: Modality, *, leads: bool) -> Person:
    return msgspec.structs.replace(person, modality=way, leads=leads)


def _guests(lead: in_series.LeadRow | None) -> tuple[Person, ...]:
    if lead is None or lead.profession is None:
        return ()
    professions = frozenset({lead.profession}) - {SUPERVISOR}
    return (Person(professions=professions, supervisor=lead.supervisor, leads=True),)


async def _meetings(
    conn: Connection, group: schedule.GroupRow, now: datetime, until: date
) -> list[_Planned]:
    scheduled = await schedule.to_come(conn, group.group_id, now)
    planned = [
        _Planned(
            key=str(row.meeting_id),
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=row.zone,
            modality=row.modality,
            meeting_id=row.meeting_id,
        )
        for row in scheduled
        if row.state == "scheduled"
    ]
    rhythm = Rhythm(
        group.weekday,
        group.local_time,
        group.every_weeks,
        group.zone,
        group.minutes,
        group.starts_on,
    )
    last = max([now, *(row.starts_at for row in scheduled)])
    for start in rhythm.occurrences(after=last, many=_AT_ONCE):
        if local_day_of(start, group.zone) > until:
            break
        ends = start + timedelta(minutes=group.minutes)
        key = f"{group.group_id}:{start.isoformat()}"
        planned.append(_Planned(key, group.name, start, ends, group.zone, ""))
    return planned


async def _person(conn: Connection, member_id: UUID, today: date) -> Person:
    held = frozenset(
        row.profession
        for row in await people.licences(conn, member_id)
        if row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)
    )
    return Person(professions=held - {SUPERVISOR}, supervisor=True if SUPERVISOR in held else None)


async def _program(
    conn: Connection, program_id: UUID | None
) -> tuple[tuple[str, ...], list[offers.ApprovalRow]]:
    program = None if program_id is None else await offers.program(conn, program_id)
    if program is None:
        return (), []
    return tuple(program.topics), await offers.approvals(conn, program.provider_id)
