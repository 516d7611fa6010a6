"""Takes events about groups and the planning of meetings into the view ``schedule``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.base import Root
from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.personal import ERASED, shown
from domain.recording import Recorded
from projections import Connection
from projections.schedule.take_series import OF_SERIES, take_lead, take_series

NAME: Final = "schedule"
VERSION: Final = 4
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
_STATE_AFTER: Final = {
    Meeting.Opened: "open",
    Meeting.Closed: "closed",
    Meeting.Voided: "voided",
    Meeting.Cancelled: "cancelled",
}
_CHANGES: Final = (Meeting.Postponed, Meeting.Retitled, Meeting.Cancelled)  # as calendars tell it
_OF_GROUPS: Final = (
    PeerGroup.Formed,
    PeerGroup.MemberAdmitted,
    PeerGroup.MemberLeft,
    PeerGroup.MemberRemoved,
    PeerGroup.FacilitatorNamed,
    PeerGroup.RhythmChanged,
    PeerGroup.ProgramChanged,
)
TOPICS: Final = (
    *(event.TOPIC for event in (*_OF_GROUPS, *OF_SERIES)),
    Meeting.Scheduled.TOPIC,
    Meeting.RosterSet.TOPIC,
    Meeting.Postponed.TOPIC,
    Meeting.Retitled.TOPIC,
    Meeting.ProgramChanged.TOPIC,
    Meeting.FacilitatorChanged.TOPIC,
    Meeting.LeadRecorded.TOPIC,
    *(event.TOPIC for event in _STATE_AFTER),
    Member.Forgotten.TOPIC,
)

_FORM: Final = """INSERT INTO peer_group
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"""
_BELONG: Final = "INSERT INTO belonging (group_id, member_id, from_at) VALUES ($1, $2, $3)"
_END: Final = """UPDATE belonging SET until_at = $3
                  WHERE group_id = $1 AND member_id = $2 AND until_at IS NULL"""
_HAND_OVER: Final = "UPDATE peer_group SET facilitator_id = $2 WHERE group_id = $1"
_RHYTHM: Final = """UPDATE peer_group SET weekday = $2, local_time = $3, every_weeks = $4,
                    minutes = $5, starts_on = $6, zone = $7 WHERE group_id = $1"""
_PROGRAM: Final = "UPDATE peer_group SET program_id = $2 WHERE group_id = $1"
_PLAN: Final = """INSERT INTO meeting (meeting_id, group_id, title, starts_at, ends_at, zone,
                                       modality, facilitator_id, program_id, changed_at,
                                       state)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'scheduled')"""
_EXPECT: Final = "INSERT INTO expected SELECT $1, unnest($2::uuid[])"
_EXPECT_NOBODY: Final = "DELETE FROM expected WHERE meeting_id = $1"
_MOVE: Final = """UPDATE meeting SET starts_at = $2, ends_at = $3,
                         moved_from = coalesce(moved_from, starts_at) WHERE meeting_id = $1"""
_RETITLE: Final = """UPDATE meeting SET title = $2,
                            first_title = nullif(coalesce(first_title, title), $2)
                      WHERE meeting_id = $1"""
_CHANGED: Final = "UPDATE meeting SET changes = changes + 1, changed_at = $2 WHERE meeting_id = $1"
_CHOOSE: Final = "UPDATE meeting SET program_id = $2 WHERE meeting_id = $1"
_LEAD: Final = "UPDATE meeting SET facilitator_id = $2 WHERE meeting_id = $1"
_CALL_OFF: Final = """UPDATE meeting SET called_off_because = $2, called_off_by = $3
                       WHERE meeting_id = $1"""
_FORGET: Final = "UPDATE meeting SET called_off_because = $2 WHERE called_off_by = $1"
_STATE: Final = "UPDATE meeting SET state = $2 WHERE meeting_id = $1"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    if isinstance(event, _OF_GROUPS):
        await _take_group(event, conn)
    elif isinstance(event, OF_SERIES):
        await take_series(event, conn)
    elif isinstance(event, Meeting.LeadRecorded):
        await take_lead(event, conn)
    elif isinstance(event, Member.Forgotten):
        await conn.execute(_FORGET, event.originator_id, ERASED)
    else:
        await _take_meeting(event, conn)


async def _take_group(event: Root.Event, conn: Connection) -> None:
    group_id = event.originator_id
    match event:
        case PeerGroup.Formed(rhythm=rhythm):
            await conn.execute(
                _FORM,
                group_id,
                event.name,
                event.promise,
                event.style.value,
                event.zone,
                rhythm.weekday,
                rhythm.local_time,
                rhythm.every_weeks,
                rhythm.minutes,
                rhythm.starts_on,
                event.program_id,
                event.facilitator_id,
                event.size_min,
            )
            await conn.execute(_BELONG, group_id, event.facilitator_id, event.timestamp)
        case PeerGroup.MemberAdmitted(member_id=member_id, timestamp=at):
            await conn.execute(_BELONG, group_id, member_id, at)
        case PeerGroup.MemberLeft() | PeerGroup.MemberRemoved():
            await conn.execute(_END, group_id, event.member_id, event.timestamp)
        case PeerGroup.FacilitatorNamed(facilitator_id=member_id):
            await conn.execute(_HAND_OVER, group_id, member_id)
        case PeerGroup.ProgramChanged(program_id=program_id):
            await conn.execute(_PROGRAM, group_id, program_id)
        case PeerGroup.RhythmChanged(rhythm=rhythm):
            await conn.execute(
                _RHYTHM,
                group_id,
                rhythm.weekday,
                rhythm.local_time,
                rhythm.every_weeks,
                rhythm.minutes,
                rhythm.starts_on,
                rhythm.zone,
            )


async def _take_meeting(event: Root.Event, conn: Connection) -> None:
    meeting_id = event.originator_id
    if type(event) in _STATE_AFTER:
        await conn.execute(_STATE, meeting_id, _STATE_AFTER[type(event)])
    if isinstance(event, _CHANGES):
        await conn.execute(_CHANGED, meeting_id, event.timestamp)
    match event:
        case Meeting.Scheduled():
            await conn.execute(
                _PLAN,
                meeting_id,
                event.group_id,
                event.title,
                event.starts_at,
                event.ends_at,
                event.zone,
                event.modality.value,
                event.facilitator_id,
                event.program_id,
                event.timestamp,
            )
            await conn.execute(_EXPECT, meeting_id, event.roster)
        case Meeting.RosterSet(roster=roster):
            await conn.execute(_EXPECT_NOBODY, meeting_id)
            await conn.execute(_EXPECT, meeting_id, roster)
            await conn.execute(_LEAD, meeting_id, event.facilitator_id)
        case Meeting.Postponed(starts_at=starts_at, ends_at=ends_at):
            await conn.execute(_MOVE, meeting_id, starts_at, ends_at)
        case Meeting.Retitled(title=title):
            await conn.execute(_RETITLE, meeting_id, title)
        case Meeting.ProgramChanged(program_id=program_id):
            await conn.execute(_CHOOSE, meeting_id, program_id)
        case Meeting.FacilitatorChanged(facilitator_id=member_id):
            await conn.execute(_LEAD, meeting_id, member_id)
        case Meeting.Cancelled(reason=reason, by=by):
            await conn.execute(_CALL_OFF, meeting_id, shown(reason), by)
