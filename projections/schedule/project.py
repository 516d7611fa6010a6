"""Takes events about groups and the planning of meetings into the view ``schedule``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.groups import PeerGroup
from domain.meetings import Meeting
from domain.recording import Recorded
from projections import Connection

NAME: Final = "schedule"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
_STATE_AFTER: Final = {
    Meeting.Opened: "open",
    Meeting.Closed: "closed",
    Meeting.Voided: "voided",
    Meeting.Cancelled: "cancelled",
}
TOPICS: Final = (
    PeerGroup.Formed.TOPIC,
    PeerGroup.MemberAdmitted.TOPIC,
    PeerGroup.MemberLeft.TOPIC,
    PeerGroup.MemberRemoved.TOPIC,
    PeerGroup.FacilitatorNamed.TOPIC,
    PeerGroup.RhythmChanged.TOPIC,
    Meeting.Scheduled.TOPIC,
    Meeting.Postponed.TOPIC,
    Meeting.FacilitatorChanged.TOPIC,
    *(event.TOPIC for event in _STATE_AFTER),
)

_FORM: Final = """INSERT INTO peer_group
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""
_BELONG: Final = "INSERT INTO belonging (group_id, member_id, from_at) VALUES ($1, $2, $3)"
_END: Final = """UPDATE belonging SET until_at = $3
                  WHERE group_id = $1 AND member_id = $2 AND until_at IS NULL"""
_HAND_OVER: Final = "UPDATE peer_group SET facilitator_id = $2 WHERE group_id = $1"
_RHYTHM: Final = """UPDATE peer_group SET weekday = $2, local_time = $3, every_weeks = $4,
                    minutes = $5, starts_on = $6, zone = $7 WHERE group_id = $1"""
_PLAN: Final = """INSERT INTO meeting VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'scheduled')"""
_EXPECT: Final = "INSERT INTO expected VALUES ($1, $2)"
_MOVE: Final = "UPDATE meeting SET starts_at = $2, ends_at = $3 WHERE meeting_id = $1"
_LEAD: Final = "UPDATE meeting SET facilitator_id = $2 WHERE meeting_id = $1"
_STATE: Final = "UPDATE meeting SET state = $2 WHERE meeting_id = $1"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    match event:
        case PeerGroup.Formed(originator_id=group_id, rhythm=rhythm):
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
            )
            await conn.execute(_BELONG, group_id, event.facilitator_id, event.timestamp)
        case PeerGroup.MemberAdmitted(originator_id=group_id, member_id=member_id, timestamp=at):
            await conn.execute(_BELONG, group_id, member_id, at)
        case PeerGroup.MemberLeft() | PeerGroup.MemberRemoved():
            await conn.execute(_END, event.originator_id, event.member_id, event.timestamp)
        case PeerGroup.FacilitatorNamed(originator_id=group_id, facilitator_id=member_id):
            await conn.execute(_HAND_OVER, group_id, member_id)
        case PeerGroup.RhythmChanged(originator_id=group_id, rhythm=rhythm):
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
        case Meeting.Scheduled(originator_id=meeting_id):
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
            )
            await conn.executemany(_EXPECT, [(meeting_id, member) for member in event.roster])
        case Meeting.Postponed(originator_id=meeting_id, starts_at=starts_at, ends_at=ends_at):
            await conn.execute(_MOVE, meeting_id, starts_at, ends_at)
        case Meeting.FacilitatorChanged(originator_id=meeting_id, facilitator_id=member_id):
            await conn.execute(_LEAD, meeting_id, member_id)
        case _ if type(event) in _STATE_AFTER:
            await conn.execute(_STATE, event.originator_id, _STATE_AFTER[type(event)])
