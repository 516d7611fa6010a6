"""Whenever something changes for whoever pays dues, write to them, once."""

from __future__ import annotations

from domain.memberships import Membership
from domain.recording import Recorded
from services.letter_writing import WriteLetter
from services.letters import Letter

NAME = "write_letters"
TOPICS = (
    Membership.GraceStarted.TOPIC,
    Membership.AccessNarrowed.TOPIC,
    Membership.Lapsed.TOPIC,
    Membership.LeaveStarted.TOPIC,
    Membership.LeaveEnded.TOPIC,
    Membership.EndArranged.TOPIC,
    Membership.EndLifted.TOPIC,
)
_LETTERS = {
    Membership.GraceStarted: Letter.UNPAID,
    Membership.AccessNarrowed: Letter.NARROWED,
    Membership.Lapsed: Letter.LAPSED,
    Membership.LeaveStarted: Letter.LEAVE_BEGUN,
    Membership.LeaveEnded: Letter.LEAVE_ENDED,
    Membership.EndArranged: Letter.END_ARRANGED,
    Membership.EndLifted: Letter.END_LIFTED,
}


def react(recorded: Recorded) -> list[WriteLetter]:
    """Order the letter; whether it still fits is looked at when it goes."""
    letter = _LETTERS.get(type(recorded.event))
    if letter is None:
        return []
    return [WriteLetter(letter=letter, subject_id=recorded.event.originator_id)]
