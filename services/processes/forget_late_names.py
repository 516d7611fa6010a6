"""Whenever somebody is recognised in a report, forget that name if the person is forgotten."""

from __future__ import annotations

from domain.meetings import Meeting
from domain.recording import Recorded
from services.forgetting import ForgetNames

NAME = "forget_late_names"
TOPICS = (Meeting.ObservedPersonMatched.TOPIC,)


def react(recorded: Recorded) -> list[ForgetNames]:
    """Order it for the member whom the event names; who is not forgotten keeps their name."""
    event = recorded.event
    if isinstance(event, Meeting.ObservedPersonMatched):
        return [ForgetNames(member_id=event.member_id)]
    return []
