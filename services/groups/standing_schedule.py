"""The meetings to come of a member's groups, as if attended.

Meetings that are planned count as planned; beyond them the group's rhythm goes on. What is assumed
is what a member can see to: there from start to end, checked out, evaluated. Whoever said that they
cannot come to an hour, the member or a peer, is not there. A group goes on as it was recorded last:
the way it meets, its program, and who leads it. Whose practice will be the subject is not known,
nor is anything else that nobody recorded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from domain.meetings.leading import LedBy
from domain.meetings.presence import EvidenceStrength
from domain.meetings.regrets import Regret, absent
from domain.rules.facts import Attendance, Person, Series
from domain.values import Interval, Modality
from projections import Connection
from projections.offers import queries as offers
from projections.people import queries as people
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.schedule import series_queries as in_series
from services.days import local_day_of
from services.groups.hours_to_come import HourToCome, hours_to_come
from services.meetings.attendance_facts import SUPERVISOR

RegretsAbout = Callable[[Collection[UUID]], Awaitable[Sequence[Regret]]]
_Taught = tuple[tuple[str, ...], list[offers.ApprovalRow]]


@dataclass(frozen=True, slots=True)
class InGroup:
    """A meeting to come, as if attended, and the group whose it is."""

    group_id: UUID
    attendance: Attendance


async def standing_schedule(
    conn: Connection,
    member_id: UUID,
    now: datetime,
    *,
    today: date,
    until: date,
    regrets_about: RegretsAbout,
) -> list[InGroup]:
    """Return the meetings to come of all groups of a member, as if attended.

    Args:
        conn: a connection to the views.
        member_id: whose.
        now: aware UTC.
        today: in the member's calendar.
        until: the last day that matters.
        regrets_about: says who cannot come to meetings that are planned.
    """
    me = await _person(conn, member_id, today)
    plan: list[InGroup] = []
    for group in await schedule.groups_of(conn, member_id):
        others = await _others(conn, group, member_id, today)
        coming = _Coming(group, member_id, me, others, regrets_about)
        plan += await coming.meetings(conn, now, until)
    return plan


async def _others(
    conn: Connection, group: schedule.GroupRow, member_id: UUID, today: date
) -> dict[UUID, Person]:
    members = await schedule.members_of(conn, group.group_id)
    return {each: await _person(conn, each, today) for each in members if each != member_id}


@dataclass(frozen=True, slots=True)
class _Coming:
    """What is to come of one group."""

    group: schedule.GroupRow
    member_id: UUID
    me: Person
    others: dict[UUID, Person]
    regrets_about: RegretsAbout

    async def meetings(self, conn: Connection, now: datetime, until: date) -> list[InGroup]:
        """Return the group's meetings up to a day."""
        group = self.group
        held = await schedule.meetings_of_group(conn, group.group_id)
        usual = held[0].modality if held else Modality.LIVE_VIDEO.value
        lead = await in_series.last_lead(conn, group.group_id)
        series = await in_series.series(conn, group.group_id)
        found = []
        offered = await _still_offered(conn, group.program_id)
        planned = [
            each if each.meeting_id else replace(each, program_id=offered)
            for each in await hours_to_come(conn, group, now, until)
        ]
        regrets = await self.regrets_about([each.meeting_id for each in planned if each.meeting_id])
        programs: dict[UUID | None, _Taught] = {}
        for meeting in planned:
            away = absent(regrets, meeting.meeting_id, meeting.starts_at)
            if self.member_id in away:
                continue
            if meeting.program_id not in programs:
                programs[meeting.program_id] = await _program(conn, meeting.program_id)
            topics, approvals = programs[meeting.program_id]
            way = Modality(meeting.modality or usual)
            day = local_day_of(meeting.starts_at, meeting.zone)
            attended = self._attended(meeting, way, lead, away)
            part_of = next((row for row in series if _is_part(row, meeting)), None)
            if part_of is not None:
                attended = msgspec.structs.replace(
                    attended,
                    series=await self._series(conn, part_of, now, regrets),
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
        self,
        meeting: HourToCome,
        way: Modality,
        lead: in_series.LeadRow | None,
        away: Collection[UUID],
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
                    if member_id not in away
                ),
                *_guests(lead),
            ),
            facilitated=None if lead is None else lead.led_by != LedBy.PEERS.value,
            program=None if meeting.program_id is None else str(meeting.program_id),
            checked_out=True,
            evaluated=True,
            evaluated_at=meeting.ends_at,
            interactive=True,
        )

    async def _series(
        self,
        conn: Connection,
        row: in_series.SeriesRow,
        now: datetime,
        regrets: Sequence[Regret],
    ) -> Series:
        """Return which parts will have been attended: those on record, and those to come."""
        attended = set()
        for meeting in await schedule.meetings(conn, row.meetings.values()):
            part = row.part_of(meeting.meeting_id)
            assert part is not None, "asked for by its part"
            away = absent(regrets, meeting.meeting_id, meeting.starts_at)
            comes = self.member_id not in away
            to_come = comes and meeting.state == "scheduled" and meeting.starts_at > now
            if to_come or await _was_there(conn, meeting, self.member_id):
                attended.add(part)
        return Series(parts=row.parts, attended=frozenset(attended))


def _is_part(row: in_series.SeriesRow, meeting: HourToCome) -> bool:
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


async def _person(conn: Connection, member_id: UUID, today: date) -> Person:
    held = frozenset(
        row.profession
        for row in await people.licences(conn, member_id)
        if row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)
    )
    return Person(professions=held - {SUPERVISOR}, supervisor=True if SUPERVISOR in held else None)


async def _still_offered(conn: Connection, program_id: UUID | None) -> UUID | None:
    """Return the program of what is planned from now on: a retired one sponsors nothing new."""
    program = None if program_id is None else await offers.program(conn, program_id)
    return None if program is None or program.retired_at is not None else program_id


async def _program(conn: Connection, program_id: UUID | None) -> _Taught:
    program = None if program_id is None else await offers.program(conn, program_id)
    if program is None:
        return (), []
    return tuple(program.topics), await offers.approvals(conn, program.provider_id)
