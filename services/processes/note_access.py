"""Whenever something grants somebody access, note it in their record; and who had a first meeting.

Seats and gifts note themselves when they are taken. This repeats it for what was taken before there
were records, and adds memberships that somebody pays for somebody else.
"""

from __future__ import annotations

from uuid import UUID

from domain.access.union import GrantKind
from domain.meetings.meeting import Meeting
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.practices.seat_pool import SeatPool
from domain.recording import Recorded
from services.access.records import NoteAccessSource, NoteFirstMeetings

NAME = "note_access"
_SHOWS_WHO_WAS_THERE = (
    Meeting.Closed,
    Meeting.PresenceObserved,
    Meeting.ObservedPersonMatched,
    Meeting.ObservedPersonUnmatched,
    Meeting.PresenceCorrected,
    Meeting.Voided,
)
TOPICS = (
    SeatPool.Accepted.TOPIC,
    Gift.Redeemed.TOPIC,
    Membership.Requested.TOPIC,
    *(each.TOPIC for each in _SHOWS_WHO_WAS_THERE),
)


def react(recorded: Recorded) -> list[NoteAccessSource | NoteFirstMeetings]:
    """Order it for whom the event names."""
    event = recorded.event
    if isinstance(event, _SHOWS_WHO_WAS_THERE):
        return [NoteFirstMeetings(meeting_id=event.originator_id)]
    match event:
        case SeatPool.Accepted(originator_id=pool_id, member_id=member_id):
            return [_source(member_id, GrantKind.SEAT, pool_id)]
        case Gift.Redeemed(originator_id=gift_id, member_id=member_id):
            return [_source(member_id, GrantKind.GIFT, gift_id)]
        case Membership.Requested(originator_id=key, holder_id=holder_id):
            return [_source(holder_id, GrantKind.MEMBERSHIP, key)]
    return []


def _source(member_id: UUID, kind: GrantKind, source_id: UUID) -> NoteAccessSource:
    return NoteAccessSource(member_id=member_id, kind=kind, source_id=source_id)
