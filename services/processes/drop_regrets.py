"""Whenever somebody leaves a group or is removed, delete what they said about its next hours."""

from __future__ import annotations

from domain.groups.group import PeerGroup
from domain.recording import Recorded
from services.meetings.regrets import DropRegrets

NAME = "drop_regrets"
TOPICS = (PeerGroup.MemberLeft.TOPIC, PeerGroup.MemberRemoved.TOPIC)


def react(recorded: Recorded) -> list[DropRegrets]:
    """Order it for whom the event names."""
    match recorded.event:
        case (
            PeerGroup.MemberLeft(originator_id=group_id, member_id=member_id, timestamp=at)
            | PeerGroup.MemberRemoved(originator_id=group_id, member_id=member_id, timestamp=at)
        ):
            return [DropRegrets(group_id=group_id, member_id=member_id, left_at=at)]
    return []
