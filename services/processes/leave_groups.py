"""Whenever somebody is forgotten, end what binds them to groups; and again if one takes them in.

An admission that was on its way while its person was forgotten is ended in the same way.
"""

from __future__ import annotations

from domain.groups.group import PeerGroup
from domain.members.member import Member
from domain.recording import Recorded
from services.groups.parting import PartWithGroup, PartWithGroups

NAME = "leave_groups"
TOPICS = (Member.Forgotten.TOPIC, PeerGroup.Formed.TOPIC, PeerGroup.MemberAdmitted.TOPIC)


def react(recorded: Recorded) -> list[PartWithGroup | PartWithGroups]:
    """Order it for those whom the event names; who is not forgotten stays."""
    match recorded.event:
        case Member.Forgotten(originator_id=member_id):
            return [PartWithGroups(member_id=member_id)]
        case PeerGroup.Formed(originator_id=group_id, facilitator_id=member_id):
            return [PartWithGroup(group_id=group_id, member_id=member_id)]
        case PeerGroup.MemberAdmitted(originator_id=group_id, member_id=member_id):
            return [PartWithGroup(group_id=group_id, member_id=member_id)]
    return []
