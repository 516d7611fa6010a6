"""Whenever a leave begins or ends on one side, carry it to the other."""

from __future__ import annotations

from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.recording import Recorded
from services.members.leave import FollowMember, FollowMembership, KeepLeave

NAME = "keep_one_leave"
TOPICS = (
    Membership.LeaveStarted.TOPIC,
    Membership.LeaveEnded.TOPIC,
    Membership.Activated.TOPIC,
    Membership.Recovered.TOPIC,
    Member.LeaveTaken.TOPIC,
    Member.Returned.TOPIC,
)


def react(recorded: Recorded) -> list[FollowMembership | FollowMember | KeepLeave]:
    """Order it for the side that did not hear of it."""
    match recorded.event:
        case Membership.LeaveStarted(originator_id=key) | Membership.LeaveEnded(originator_id=key):
            return [FollowMembership(membership_id=key)]
        case Membership.Activated(originator_id=key) | Membership.Recovered(originator_id=key):
            return [KeepLeave(membership_id=key)]
        case Member.LeaveTaken(originator_id=member_id) | Member.Returned(originator_id=member_id):
            return [FollowMember(member_id=member_id)]
    return []
