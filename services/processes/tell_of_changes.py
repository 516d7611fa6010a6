"""Whenever an hour moves or is called off, write to those who were expected."""

from __future__ import annotations

from domain.meetings.meeting import Meeting
from domain.notices.notice import Notice
from domain.recording import Recorded
from services.notices.ordering import TellOfChange

NAME = "tell_of_changes"
TOPICS = (Meeting.Postponed.TOPIC, Meeting.Cancelled.TOPIC)


def react(recorded: Recorded) -> list[TellOfChange]:
    """Order it; whether it still fits is looked at when each mail goes."""
    event = recorded.event
    match event:
        case Meeting.Postponed(by=by):
            notice = Notice.MOVED
        case Meeting.Cancelled(by=by):
            notice = Notice.CALLED_OFF
        case _:
            return []
    return [
        TellOfChange(
            meeting_id=event.originator_id, notice=notice, by=by, version=event.originator_version
        )
    ]
