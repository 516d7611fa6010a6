"""The way from where a membership stands to where it ought to stand, as facts in order.

No step of the timetable is skipped: a membership that nobody looked at for two months still tells
that grace began, that it was narrowed, and that it lapsed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from domain.base import Root
from domain.memberships import events
from domain.memberships.standings import (
    LapseReason,
    MembershipState,
    Standing,
    lapses_at,
    narrows_at,
)

Step = tuple[type[Root.Event], dict[str, Any]]

_TIMETABLE: Final = (MembershipState.GRACE, MembershipState.NARROWED, MembershipState.LAPSED)
_BACK_FROM: Final = {
    MembershipState.REQUESTED: events.Activated,
    MembershipState.TRIAL: events.Activated,
    MembershipState.ACTIVE: events.Renewed,
    MembershipState.ON_LEAVE: events.Renewed,
    MembershipState.GRACE: events.Recovered,
    MembershipState.NARROWED: events.Recovered,
    MembershipState.LAPSED: events.Reinstated,
}


def steps_between(now: Standing, target: Standing, *, has_begun: bool) -> list[Step]:
    """Return what has to be recorded; nothing when the membership stands where it ought to.

    Args:
        now: where it stands.
        target: what the newest observation means; ``REQUESTED`` says nothing.
        has_begun: whether it ever gave the right to take part.
    """
    if target.state is MembershipState.REQUESTED:
        return []
    steps: list[Step] = []
    on_leave = MembershipState.ON_LEAVE
    if now.state is on_leave and target.state is not on_leave:
        steps.append((events.LeaveEnded, {}))
    if target.unpaid_since is not None:
        return [*steps, *_falling_behind(now, target.state, target.unpaid_since)]
    if target.through is not None:
        return [*steps, *_paid(now, target, target.through, has_begun=has_begun)]
    if now.state is target.state:
        return steps
    if target.state is on_leave:
        return [*steps, (events.LeaveStarted, {})]
    return [*steps, (events.Lapsed, {"why": target.why})]


def _paid(now: Standing, target: Standing, through: datetime, *, has_begun: bool) -> list[Step]:
    if target == now:
        return []
    if target.state is MembershipState.TRIAL:
        return [(events.TrialStarted, {"until": through})]
    event = _BACK_FROM[now.state] if has_begun else events.Activated
    return [(event, {"through": through})]


def _falling_behind(now: Standing, state: MembershipState, since: datetime) -> list[Step]:
    if now.state is state is MembershipState.LAPSED:
        return []
    same = now.unpaid_since == since and now.state in _TIMETABLE
    done = _TIMETABLE.index(now.state) + 1 if same else 0
    way: tuple[Step, ...] = (
        (events.GraceStarted, {"since": since, "until": narrows_at(since)}),
        (events.AccessNarrowed, {"until": lapses_at(since)}),
        (events.Lapsed, {"why": LapseReason.UNPAID}),
    )
    return list(way[done : _TIMETABLE.index(state) + 1])
