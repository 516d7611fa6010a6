"""Whenever somebody leaves a group or is removed, take their words between meetings away."""

from __future__ import annotations

from domain.groups.group import PeerGroup
from domain.recording import Recorded
from services.corridor.parting import TakeWordsBack

NAME = "take_words_back"
TOPICS = (PeerGroup.MemberLeft.TOPIC, PeerGroup.MemberRemoved.TOPIC)


def react(recorded: Recorded) -> list[TakeWordsBack]:
    """Order it for whom the event names."""
    match recorded.event:
        case (
            PeerGroup.MemberLeft(originator_id=group_id, member_id=member_id)
            | PeerGroup.MemberRemoved(originator_id=group_id, member_id=member_id)
        ):
            return [TakeWordsBack(group_id=group_id, member_id=member_id)]
    return []
