"""Whenever a report brings names, or one is recognised, forget those of the forgotten again."""

from __future__ import annotations

from domain.meetings.meeting import Meeting
from domain.recording import Recorded
from services.members.forgetting import ForgetNames, ForgetNamesIn

NAME = "forget_late_names"
TOPICS = (Meeting.ObservedPersonMatched.TOPIC, Meeting.PresenceObserved.TOPIC)


def react(recorded: Recorded) -> list[ForgetNames | ForgetNamesIn]:
    """Order it for those whom the event names; who is not forgotten keeps their name."""
    event = recorded.event
    if isinstance(event, Meeting.ObservedPersonMatched):
        return [ForgetNames(member_id=event.member_id)]
    if isinstance(event, Meeting.PresenceObserved):
        return [ForgetNamesIn(meeting_id=event.originator_id)]
    return []
