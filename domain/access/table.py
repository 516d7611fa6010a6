"""What a person may do, by where their membership stands: one table, nothing else decides.

Source: the design of membership, section 7.6. The last rows are promises that no state ever takes
back: what somebody earned stays theirs, and the way back in stays open.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AccessState(StrEnum):
    """The columns of the table, from the widest to the narrowest."""

    FULL = "full"  # trial, active
    GRACE = "grace"  # the first 14 unpaid days
    NARROWED = "narrowed"  # day 15 to 45
    ON_LEAVE = "on_leave"
    LAPSED = "lapsed"  # also: not begun yet


class Action(StrEnum):
    """The rows of the table."""

    ATTEND_OWN_GROUPS = "attend_own_groups"
    FACILITATE_BOOKED = "facilitate_booked"
    JOIN_OR_FOUND = "join_or_found"
    WRITE_TO_PEERS = "write_to_peers"
    READ_OWN_NOTES = "read_own_notes"
    DOWNLOAD_PAPERS = "download_papers"  # certificates, evidence, hours
    PUBLIC_CHECK = "public_check"
    EXPORT = "export"
    INVOICES = "invoices"
    CARD_PAGE = "card_page"
    REINSTATE = "reinstate"


class Answer(StrEnum):
    """What stands in a cell."""

    YES = "yes"
    FOR_EVER = "for_ever"
    BOOKED_ONLY = "booked_only"
    OWN_GROUPS = "own_groups"
    FACILITATOR_ONLY = "facilitator_only"
    HAND_OVER = "hand_over"
    SEAT_KEPT = "seat_kept"
    SEAT_KEPT_30_DAYS = "seat_kept_30_days"
    NO = "no"

    @property
    def allows(self) -> bool:
        """Whether the action is open, if only in part."""
        return _RANKS[self] < _RANKS[Answer.HAND_OVER]

    def wider(self, other: Answer) -> Answer:
        """Return the answer that allows more; grants add up, they never take from each other."""
        return min(self, other, key=_RANKS.__getitem__)


_RANKS: Final[Mapping[Answer, int]] = MappingProxyType(
    {answer: rank for rank, answer in enumerate(Answer)}
)
SEAT_KEPT_DAYS: Final = 30
_Y, _F, _N = Answer.YES, Answer.FOR_EVER, Answer.NO

# Columns as in AccessState: full, grace, narrowed, on leave, lapsed.
_ROWS: Final[Mapping[Action, tuple[Answer, Answer, Answer, Answer, Answer]]] = MappingProxyType(
    {
        Action.ATTEND_OWN_GROUPS: (_Y, _Y, _Y, Answer.SEAT_KEPT, Answer.SEAT_KEPT_30_DAYS),
        Action.FACILITATE_BOOKED: (
            _Y, _Y, Answer.BOOKED_ONLY, Answer.HAND_OVER, Answer.HAND_OVER,
        ),
        Action.JOIN_OR_FOUND: (_Y, _Y, _N, _N, _N),
        Action.WRITE_TO_PEERS: (
            _Y, _Y, Answer.OWN_GROUPS, Answer.OWN_GROUPS, Answer.FACILITATOR_ONLY,
        ),
        Action.READ_OWN_NOTES: (_Y, _Y, _Y, _Y, _Y),
        Action.DOWNLOAD_PAPERS: (_Y, _Y, _Y, _Y, _F),
        Action.PUBLIC_CHECK: (_Y, _Y, _Y, _Y, _F),
        Action.EXPORT: (_Y, _Y, _Y, _Y, _F),
        Action.INVOICES: (_Y, _Y, _Y, _Y, _F),
        Action.CARD_PAGE: (_Y, _Y, _Y, _Y, _F),
        Action.REINSTATE: (_Y, _Y, _Y, _Y, _F),
    }
)  # fmt: skip


def may(action: Action, state: AccessState) -> Answer:
    """Return what the table says."""
    return _ROWS[action][list(AccessState).index(state)]


def widest(states: list[AccessState]) -> AccessState:
    """Return the state that allows most; nothing at all is like a membership that lapsed."""
    return min(states, key=list(AccessState).index, default=AccessState.LAPSED)


def narrowest(*states: AccessState) -> AccessState:
    """Return the state that allows least, where one thing hangs on another."""
    return max(states, key=list(AccessState).index)
