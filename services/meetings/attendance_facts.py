"""From a stored meeting to the facts that packs are asked about, one attendance a member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain import intervals as time
from domain.meetings.leading import Lead
from domain.meetings.meeting import Meeting
from domain.meetings.presence import Source, Stay
from domain.members.member import Member
from domain.programs import Program
from domain.providers import Provider
from domain.rules.facts import Attendance, Person
from domain.values import Modality
from services.archive import Archive
from services.groups.series_facts import SeriesRecord, series_of

SUPERVISOR: Final = "clinical_supervision"  # a licence of this profession shows the qualification
_TOOLS: Final = frozenset({Source.ZOOM, Source.TEAMS, Source.WEBHOOK, Source.TOOL_TOTAL})


@dataclass(frozen=True, slots=True)
class Room:
    """What all who attended a meeting have in common.

    Attributes:
        meeting: the meeting.
        people: everybody on the roster who was there for a minute or longer.
        topics: of its program; empty without one.
        approved_by: bodies whose approval covers the day and the way of meeting.
        series: what was recorded of the series it is a part of.
        looked_in: who of *people* was there for too short to be one of those present; for their
            own hour they still are.
        guests: who was there without being on the roster: somebody from outside who led.
    """

    meeting: Meeting
    people: Mapping[UUID, Person]
    topics: tuple[str, ...]
    approved_by: tuple[str, ...]
    series: SeriesRecord = field(default_factory=SeriesRecord)
    looked_in: frozenset[UUID] = frozenset()
    guests: tuple[Person, ...] = ()

    def attendance_of(self, member_id: UUID) -> Attendance:
        """Return what is known about one member at this meeting."""
        meeting = self.meeting
        presence = meeting.minutes_of(member_id)
        stays = meeting.presence_of(member_id)
        turns = meeting.attendance.turns
        apart = self.looked_in | {member_id}
        own = [turn.interval for turn in turns if turn.presenter_id == member_id]
        return Attendance(
            meeting=str(meeting.id),
            title=meeting.title,
            scheduled=meeting.scheduled,
            zone=meeting.zone,
            present=presence.intervals,
            strength=presence.strength,
            modality=_modality(meeting.modality, stays),
            own=tuple(time.union(own)) if turns else None,  # no turns noted: nobody knows
            me=self.people.get(member_id, Person()),
            others=(
                *(each for key, each in self.people.items() if key not in apart),
                *self.guests,
            ),
            facilitated=None if meeting.lead is None else meeting.lead.facilitated,
            topics=self.topics,
            program=None if meeting.program_id is None else str(meeting.program_id),
            series=self.series.of(member_id),
            syllabus_first=self.series.syllabus_first,
            approved_by=self.approved_by,
            checked_out=bool(stays) and not any(stay.inferred for stay in stays),
            evaluated=member_id in meeting.evaluated,
            evaluated_at=meeting.evaluated.get(member_id),
            interactive=True,  # a meeting of a peer group is people talking
        )


async def enter(archive: Archive, meeting: Meeting) -> Room:
    """Look up what the packs ask about everybody at a meeting."""
    day = local_day(meeting)
    people = {}
    looked_in = set()
    for member_id in meeting.roster:
        presence = meeting.minutes_of(member_id)
        if not presence.minutes:
            continue
        if not presence.is_of(meeting.scheduled):
            looked_in.add(member_id)
        member = await archive.find(Member, member_id)
        people[member_id] = _there(meeting, member_id, member, day)
    topics: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    program = None
    if meeting.program_id is not None:
        program = await archive.find(Program, meeting.program_id)
    provider = None if program is None else await archive.find(Provider, program.provider_id)
    if program is not None and provider is not None:
        topics = tuple(program.topics)
        approvals = provider.approvals_on(day, meeting.modality)
        approved_by = tuple(dict.fromkeys(each.body for each in approvals))
    return Room(
        meeting,
        people,
        topics,
        approved_by,
        await series_of(archive, meeting),
        frozenset(looked_in),
        _guests(meeting.lead),
    )


def person_on(member: Member, day: date) -> Person:
    """Return what packs ask about somebody in the room."""
    professions = frozenset(licence.profession for licence in member.licences_on(day))
    return Person(
        professions=professions - {SUPERVISOR},
        supervisor=True if SUPERVISOR in professions else None,  # not recorded is not "no"
    )


def _there(meeting: Meeting, member_id: UUID, member: Member | None, day: date) -> Person:
    """Return somebody on the roster as packs ask about them at this meeting."""
    return msgspec.structs.replace(
        Person() if member is None else person_on(member, day),
        leads=meeting.lead is not None and meeting.lead.member_id == member_id,
        modality=_modality(meeting.modality, meeting.presence_of(member_id)),
    )


def _guests(lead: Lead | None) -> tuple[Person, ...]:
    """Return the person from outside who led; how they took part nobody records."""
    outsider = None if lead is None else lead.outsider
    if outsider is None:
        return ()
    professions = frozenset({outsider.profession}) - {SUPERVISOR}
    return (Person(professions=professions, supervisor=outsider.supervisor, leads=True),)


def local_day(meeting: Meeting) -> date:
    """Return the day on which a meeting begins where it takes place."""
    return meeting.scheduled.from_at.astimezone(ZoneInfo(meeting.zone)).date()


def _modality(held: Modality, stays: list[Stay]) -> Modality:
    """Return how a member took part: seen by the meeting tool alone is not in the room."""
    if held is Modality.IN_ROOM and stays and {stay.source for stay in stays} <= _TOOLS:
        return Modality.LIVE_VIDEO
    return held
