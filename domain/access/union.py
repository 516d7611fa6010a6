"""Access: the union of all that a person was granted, each grant with an end of its own.

A grant is a line through time: from when it stood how. Access at a moment is the widest of all
grants, so that none revives another and none takes from another. Whoever could attend or facilitate
at any time in the last 24 hours still can: nobody is thrown out of tonight's group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.access.table import (
    SEAT_KEPT_DAYS,
    AccessState,
    Action,
    Answer,
    may,
    widest,
)
from domain.errors import DomainError, NotAllowed

TONIGHT: Final = timedelta(hours=24)
_KEPT_TONIGHT: Final = frozenset({Action.ATTEND_OWN_GROUPS, Action.FACILITATE_BOOKED})

Steps = tuple[tuple[datetime, AccessState], ...]


class AccessNeeded(NotAllowed):
    """What somebody wants to do is not open to them at the moment."""

    code = "access.membership_needed"


class PeerAway(DomainError):
    """Somebody cannot take this on just now; why is for them alone to know."""

    code = "group.peer_away"

    def __init__(self) -> None:
        super().__init__("They are away at the moment. Once they are back, this is possible.")


class GrantKind(StrEnum):
    """What access can come from."""

    MEMBERSHIP = "membership"
    SEAT = "seat"
    SCHOLARSHIP = "scholarship"
    GIFT = "gift"
    STAFF = "staff"
    FIRST_MEETING = "first_meeting"
    OPEN_HOUSE = "open_house"


@dataclass(frozen=True, slots=True)
class Grant:
    """One reason for access, through time.

    Attributes:
        kind: what it comes from.
        steps: from when it stood how, in order; before the first it is not there.
    """

    kind: GrantKind
    steps: Steps

    def state_at(self, at: datetime) -> AccessState:
        """Return how it stood at a moment."""
        return state_in(self.steps, at)


@dataclass(frozen=True, slots=True)
class Access:
    """All that one person was granted."""

    grants: tuple[Grant, ...]

    def state_at(self, at: datetime) -> AccessState:
        """Return the widest state that any grant gives at a moment.

        A leave is a leave: the free first meeting waits for whoever is away until they come back.
        """
        states = [(each.kind, each.state_at(at)) for each in self.grants]
        away = (GrantKind.MEMBERSHIP, AccessState.ON_LEAVE) in states
        return widest(
            [state for kind, state in states if not (away and kind is GrantKind.FIRST_MEETING)]
        )

    def since(self, at: datetime) -> datetime | None:
        """Return from when the state of a moment has stood without a break, if it ever began.

        "Already booked" means booked before then.
        """
        began = None
        for moment in sorted({each for grant in self.grants for each, _ in grant.steps}):
            if moment <= at and (
                began is None or self.state_at(moment) is not self.state_at(began)
            ):
                began = moment
        return began

    def may(self, action: Action, at: datetime) -> Answer:
        """Return what the person may do at a moment.

        Whoever could attend or facilitate at any time in the last 24 hours still can.
        """
        answer = may(action, self.state_at(at))
        if action in _KEPT_TONIGHT:
            for state in self._states_since(at - TONIGHT, at):
                answer = answer.wider(may(action, state))
        return answer

    def require(self, action: Action, at: datetime) -> Answer:
        """Return what the person may do, if it is anything.

        Raises:
            AccessNeeded: nothing of it is open to them.
        """
        answer = self.may(action, at)
        if not answer.allows:
            raise AccessNeeded(
                "This is not open to you at the moment; on your membership page you see why, "
                "and how to open it. Your hours and papers stay yours.",
                action=action.value,
            )
        return answer

    def may_facilitate(self, planned_at: datetime, at: datetime) -> bool:
        """Tell whether the person may lead a meeting, which may have to be booked before.

        Args:
            planned_at: when the meeting was planned.
            at: now.
        """
        answer = self.may(Action.FACILITATE_BOOKED, at)
        if answer is Answer.BOOKED_ONLY:
            began = self.since(at)
            return began is not None and planned_at < began
        return answer.allows

    def may_lead_anew(self, at: datetime) -> bool:
        """Tell whether the person may take on what was not booked before; tonight's rule is none.

        Args:
            at: now.
        """
        return may(Action.FACILITATE_BOOKED, self.state_at(at)) is Answer.YES

    def require_to_facilitate(self, planned_at: datetime | None, at: datetime) -> None:
        """Let the person lead a meeting, or plan one (``None``).

        Raises:
            AccessNeeded: they hand it over, or wait; see :meth:`may_facilitate`.
        """
        if planned_at is None:
            allowed = self.may_lead_anew(at)
            what = "Planning is not open to you at the moment. You can hand the group over"
        else:
            allowed = self.may_facilitate(planned_at, at)
            what = "Leading is not open to you at the moment. Whoever comes can open the door"
        if not allowed:
            raise AccessNeeded(
                f"{what}; on your membership page you see why.",
                action=Action.FACILITATE_BOOKED.value,
            )

    def keeps_seat(self, at: datetime) -> bool:
        """Tell whether the person's place in their groups is kept at a moment.

        It is kept for everybody but those who have lapsed for 30 days.
        """
        return any(
            state is not AccessState.LAPSED
            for state in self._states_since(at - timedelta(days=SEAT_KEPT_DAYS), at)
        )

    def seen_by_peers(self, at: datetime) -> str:
        """Return all that a group ever learns: ``here`` or ``away``, never why."""
        return "here" if self.may(Action.ATTEND_OWN_GROUPS, at).allows else "away"

    def _states_since(self, earlier: datetime, at: datetime) -> set[AccessState]:
        """Return every state that stood at some time after *earlier*, up to *at*."""
        changes = {moment for each in self.grants for moment, _ in each.steps}
        return {self.state_at(each) for each in {earlier, at, *changes} if earlier <= each <= at}


def access_of(grants: Iterable[Grant]) -> Access:
    """Return what all grants of a person come to."""
    return Access(tuple(grants))


def state_in(steps: Steps, at: datetime) -> AccessState:
    """Return how a line through time stood at a moment; before its first step nothing stands."""
    past = [state for since, state in steps if since <= at]
    return past[-1] if past else AccessState.LAPSED


def seat_kept_until(lapsed_at: datetime) -> datetime:
    """Return until when the place in their groups is kept for somebody who lapsed."""
    return lapsed_at + timedelta(days=SEAT_KEPT_DAYS)
