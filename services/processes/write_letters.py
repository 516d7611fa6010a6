"""Whenever something changes for whoever pays dues, or was paid for, write to them, once."""

from __future__ import annotations

from domain.memberships.membership import Membership
from domain.practices.seat_pool import SeatPool
from domain.recording import Recorded
from services.memberships.letter_writing import WriteLetter
from services.memberships.letters import Letter

NAME = "write_letters"
TOPICS = (
    Membership.GraceStarted.TOPIC,
    Membership.AccessNarrowed.TOPIC,
    Membership.Lapsed.TOPIC,
    Membership.LeaveStarted.TOPIC,
    Membership.LeaveEnded.TOPIC,
    Membership.EndArranged.TOPIC,
    Membership.EndLifted.TOPIC,
    SeatPool.Released.TOPIC,
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
    event = recorded.event
    if isinstance(event, SeatPool.Released):
        if event.by == event.member_id:
            return []  # they did it themselves
        freed = WriteLetter(
            letter=Letter.SEAT_FREED, subject_id=event.originator_id, to=event.member_id
        )
        return [freed]
    letter = _LETTERS.get(type(event))
    return [] if letter is None else [WriteLetter(letter=letter, subject_id=event.originator_id)]
