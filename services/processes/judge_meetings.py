"""Whenever the facts of a meeting change, judge it again; one still open waits for its close."""

from __future__ import annotations

from domain.meetings.meeting import Meeting
from domain.recording import Recorded
from services.credits.judging import JudgeMeeting

NAME = "judge_meetings"
_WHEN = (
    Meeting.Closed,
    Meeting.EvaluationGiven,
    Meeting.PresenceObserved,
    Meeting.ObservedPersonMatched,
    Meeting.ObservedPersonUnmatched,
    Meeting.PresenceAttested,
    Meeting.PresenceCorrected,
    Meeting.LeadRecorded,
    Meeting.Voided,
)
TOPICS = tuple(event.TOPIC for event in _WHEN)


def react(recorded: Recorded) -> list[JudgeMeeting]:
    """Order the judgement of the meeting that the event is about."""
    if isinstance(recorded.event, _WHEN):
        return [JudgeMeeting(meeting_id=recorded.event.originator_id)]
    return []
