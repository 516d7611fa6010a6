"""The meetings to come of a member's groups, as if attended.

Meetings that are planned count as planned; beyond them the group's rhythm goes on. What is assumed
is what a member can see to: there from start to end, checked out, evaluated; whose practice will be
the subject is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.presence import EvidenceStrength
from domain.rhythms import Rhythm
from domain.rules.facts import Attendance, Person
from domain.values import Interval, Modality
from projections import Connection
from projections.offers import queries as offers
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.attendance_facts import SUPERVISOR

AHEAD: Final = timedelta(days=3 * 366)  # no cycle that is looked at ends later
_MOST_MEETINGS: Final = 200  # of one group within that time


async def standing_schedule(conn: Connection, member_id: UUID, now: datetime) -> list[Attendance]:
    """Return the meetings to come of all groups of a member, as if attended."""
    today = now.date()
    me = await _person(conn, member_id, today)
    plan = []
    for group in await schedule.groups_of(conn, member_id):
        ids = [
            each for each in await schedule.members_of(conn, group.group_id) if each != member_id
        ]
        others = tuple([await _person(conn, each, today) for each in ids])
        topics, approvals = await _program(conn, group.program_id)
        held = await schedule.meetings_of_group(conn, group.group_id)
        modality = Modality(held[0].modality) if held else Modality.LIVE_VIDEO
        for meeting in await _meetings(conn, group, now):
            way = Modality(meeting.modality) if meeting.modality else modality
            day = local_day_of(meeting.starts_at, meeting.zone)
            plan.append(
                _attended(
                    meeting,
                    modality=way,
                    me=me,
                    others=others,
                    topics=topics,
                    program=None if group.program_id is None else str(group.program_id),
                    approved_by=tuple(
                        each.body
                        for each in approvals
                        if each.standing_on(day) == "counts" and way.value in each.modalities
                    ),
                )
            )
    return plan


@dataclass(frozen=True, slots=True)
class _Planned:
    """A meeting to come: one that is scheduled, or that the group's rhythm promises."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str


async def _meetings(conn: Connection, group: schedule.GroupRow, now: datetime) -> list[_Planned]:
    scheduled = await schedule.to_come(conn, group.group_id, now)
    planned = [
        _Planned(str(row.meeting_id), row.title, row.starts_at, row.ends_at, row.zone, row.modality)
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
    for start in rhythm.occurrences(after=last, many=_MOST_MEETINGS):
        if start > now + AHEAD:
            break
        ends = start + timedelta(minutes=group.minutes)
        key = f"{group.group_id}:{start.isoformat()}"
        planned.append(_Planned(key, group.name, start, ends, group.zone, ""))
    return planned


def _attended(
    meeting: _Planned,
    *,
    modality: Modality,
    me: Person,
    others: tuple[Person, ...],
    topics: tuple[str, ...],
    program: str | None,
    approved_by: tuple[str, ...],
) -> Attendance:
    window = Interval(meeting.starts_at, meeting.ends_at)
    return Attendance(
        meeting=meeting.key,
        title=meeting.title,
        scheduled=window,
        zone=meeting.zone,
        present=(window,),
        strength=EvidenceStrength.STRONG,
        modality=modality,
        me=me,
        others=others,
        facilitated=program is not None,
        topics=topics,
        program=program,
        approved_by=approved_by,
        checked_out=True,
        evaluated=True,
        evaluated_at=meeting.ends_at,
        interactive=True,
    )


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


def local_day_of(at: datetime, zone: str) -> date:
    """Return the day that people of a zone read at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()
