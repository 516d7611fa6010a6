"""Whatever order looks at Stripe arrive in, and whichever are lost or repeated, the newest wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.access.grants import by_membership
from domain.access.table import Action, Answer
from domain.access.union import access_of
from domain.memberships.membership import Membership
from domain.memberships.observations import Observation
from domain.memberships.standings import (
    LapseReason,
    MembershipState,
    Standing,
    lapses_at,
    narrows_at,
)
from tests.support.billing import ANNUAL, MONTHLY, day, observation, requested, trouble
from tests.support.builders import ANA, facts

FOR_EVER = [
    Action.READ_OWN_NOTES,
    Action.DOWNLOAD_PAPERS,
    Action.PUBLIC_CHECK,
    Action.EXPORT,
    Action.INVOICES,
    Action.CARD_PAGE,
    Action.REINSTATE,
]
OPEN = [Action.ATTEND_OWN_GROUPS, Action.FACILITATE_BOOKED, Action.JOIN_OR_FOUND]


@st.composite
def moods(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a subscription may say of itself, some of it never heard before."""
    status = draw(
        st.sampled_from(
            ["active", "active", "trialing", "past_due", "paused", "canceled", "dreaming"]
        )
    )
    return {
        "status": status,
        "paused_for": draw(st.sampled_from(["pause_requested", "final_payment_failure", "system"])),
        "ended_for": draw(
            st.sampled_from(["cancellation_requested", "payment_failed", "payment_disputed", None])
        ),
        "period_end_at": day(draw(st.integers(10, 90))),
        "ends_at_period_end": draw(st.booleans()),
        "price": draw(st.sampled_from([MONTHLY, ANNUAL])),
        "unpaid_since": draw(st.none() | st.integers(0, 40).map(day)),
        "trouble": draw(st.none() | st.integers(1, 4).map(trouble)),
    }


class Weather(RuleBasedStateMachine):
    """One membership, two subscriptions, and deliveries that come as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.now = day(0)
        self.looks: list[Observation] = []
        self.arrived: list[Observation] = []
        self.membership = requested()

    @initialize()
    def begins(self) -> None:
        facts(self.membership)

    @rule(number=st.sampled_from([1, 1, 2]), mood=moods(), at_once=st.booleans())
    def somebody_looks(self, number: int, mood: dict[str, Any], at_once: bool) -> None:  # noqa: FBT001 - drawn by name
        self.now += timedelta(seconds=1)
        look = observation(
            0,
            subscription_id=f"sub_{number}",
            began_at=day(number),
            observed_at=self.now,
            **mood,
        )
        self.looks.append(look)
        if at_once:
            self._arrives(look)

    @precondition(lambda self: self.looks)
    @rule(data=st.data())
    def some_look_arrives(self, data: st.DataObject) -> None:
        self._arrives(data.draw(st.sampled_from(self.looks)))

    def _arrives(self, look: Observation) -> None:
        self.membership.observe(look, at=self.now)
        self.arrived.append(look)
        facts(self.membership)
        self.membership.observe(look, at=self.now)
        assert facts(self.membership) == []

    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def the_clock_ticks(self) -> None:
        self.membership.tick(at=self.now)
        facts(self.membership)
        self.membership.tick(at=self.now)
        assert facts(self.membership) == []

    @rule()
    def somebody_wishes_something(self) -> None:
        if self.membership.state is MembershipState.ACTIVE:
            if not self.membership.will_end:
                self.membership.ask_for_leave(by=ANA, at=self.now)
            self.membership.ask_to_cancel(by=ANA, at=self.now)

    @invariant()
    def what_counts_is_the_newest_of_one_subscription(self) -> None:
        live = [each for each in self.membership.seen.values() if each.is_live]
        assert len(self.membership.second_subscriptions) == max(0, len(live) - 1)
        for key, seen in self.membership.seen.items():
            assert seen.observed_at == max(
                each.observed_at
                for each in self.arrived
                if each.subscription_id == key and _understood(each)
            )

    @invariant()
    def access_never_narrows_before_its_day(self) -> None:
        standing = self.membership.standing
        since = standing.unpaid_since
        if standing.state is MembershipState.NARROWED:
            assert since is not None
            assert self.now >= narrows_at(since)
        if standing.why is LapseReason.UNPAID:
            assert since is not None
            assert self.now >= lapses_at(since)
        if standing.state in {MembershipState.ACTIVE, MembershipState.GRACE}:
            access = access_of([by_membership(self.membership)])
            assert {access.may(each, self.now) for each in OPEN} == {Answer.YES}

    @invariant()
    def some_things_are_open_for_ever(self) -> None:
        access = access_of([by_membership(self.membership)])
        assert all(access.may(each, self.now).allows for each in FOR_EVER)

    def teardown(self) -> None:
        for look in reversed(self.looks):  # reconciliation brings what was lost
            self.membership.observe(look, at=self.now)
        self.membership.tick(at=self.now)
        assert _shape(self.membership, self.now) == _shape(self._only_the_newest(), self.now)

    def _only_the_newest(self) -> Membership:
        """Return a membership that saw nothing but the newest look that can be understood."""
        fresh = requested()
        understood = [each for each in self.looks if _understood(each)]
        for key in ("sub_2", "sub_1"):
            own = [each for each in understood if each.subscription_id == key]
            for look in own[-1:]:
                fresh.observe(look, at=self.now)
        fresh.tick(at=self.now)
        for key in ("sub_1", "sub_2"):
            for look in [each for each in self.looks if each.subscription_id == key][-1:]:
                fresh.observe(look, at=self.now)
        return fresh


def _understood(look: Observation) -> bool:
    fresh = requested()
    fresh.observe(look, at=look.observed_at)
    return not fresh.questions


def _shape(membership: Membership, now: datetime) -> tuple[Any, ...]:
    """Return all of a membership that must not depend on what was seen before."""
    standing = membership.standing
    shown = Standing(
        standing.state,
        standing.through,
        standing.unpaid_since if standing.state is not MembershipState.LAPSED else None,
    )
    access = access_of([by_membership(membership)])
    return (
        shown,
        membership.plan if membership.seen else None,
        membership.ends_at,
        membership.second_subscriptions,
        {key: question for key, (question, _) in membership.questions.items()},
        membership.trouble,
        access.state_at(now),
    )


Weather.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWeather = Weather.TestCase
