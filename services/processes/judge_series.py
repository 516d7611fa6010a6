"""Whenever the facts of a series change, judge its parts again: some boards want all of them."""

from __future__ import annotations

from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.recording import Recorded
from services.groups.series import JudgeOtherParts, JudgeSeries

NAME = "judge_series"
_OF_MEETINGS = (
    Meeting.Closed,
    Meeting.PresenceObserved,
    Meeting.ObservedPersonMatched,
    Meeting.ObservedPersonUnmatched,
    Meeting.PresenceCorrected,
    Meeting.Postponed,
    Meeting.Voided,
)
_OF_GROUPS = (PeerGroup.PartPlaced, PeerGroup.PartCleared, PeerGroup.SyllabusHandedOut)
TOPICS = tuple(event.TOPIC for event in (*_OF_MEETINGS, *_OF_GROUPS))


def react(recorded: Recorded) -> list[JudgeOtherParts | JudgeSeries]:
    """Order the judgement of what the event may have changed."""
    event = recorded.event
    if isinstance(event, _OF_MEETINGS):
        return [JudgeOtherParts(meeting_id=event.originator_id)]
    match event:
        case PeerGroup.PartCleared(originator_id=group_id, meeting_id=meeting_id):
            return [
                JudgeSeries(group_id=group_id, series_id=event.series_id, meeting_id=meeting_id)
            ]
        case (
            PeerGroup.PartPlaced(originator_id=group_id)
            | PeerGroup.SyllabusHandedOut(originator_id=group_id)
        ):
            return [JudgeSeries(group_id=group_id, series_id=event.series_id)]
    return []
