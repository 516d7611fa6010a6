"""What a membership remembers, and what people ask it; the parts that decide stand on this.

A membership is one aggregate told in four files: :mod:`domain.memberships.membership` begins it
and lets its facts be remembered, :mod:`domain.memberships.asking` says what people may ask for,
:mod:`domain.memberships.observing` what a look at Stripe and the clock make of it. All of them
share this memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Root
from domain.memberships import events
from domain.memberships.observations import Observation, PaymentTrouble, current_of
from domain.memberships.rules import LIVE, UNPAID, Wish
from domain.memberships.standings import (
    MembershipState,
    Question,
    Standing,
    lapses_at,
    narrows_at,
)


class MembershipMemory(ABC):
    """The memory that every part of a membership looks at.

    Attributes:
        account_id: who pays.
        holder_id: the person who takes part, or the practice whose seats are paid for.
        plan: lookup key of the price; *plan_wanted* of the one that was asked for.
        standing: where it stands, and until when.
        history: since when it stood where.
        has_begun: whether it ever gave the right to take part.
        ends_at: when it ends; ``None`` while it renews.
        checkout: Stripe's page that waits for a payment, and until when it does.
        wishes: what was asked for and is not so yet, and since when.
        seen: the newest look at each subscription.
        questions: what is not understood about a subscription, and when it was seen.
        questions_settled: what a person looked into.
        failures: failed tries of payments: the invoice, and which try.
        seconds_told: second subscriptions that have to go.
        holder_forgotten: whether the holder was; *ends_ordered* is what ends because of it.
    """

    account_id: UUID
    holder_id: UUID
    plan: str
    plan_wanted: str | None
    standing: Standing
    history: list[tuple[datetime, MembershipState]]
    has_begun: bool
    ends_at: datetime | None
    checkout: tuple[str, datetime] | None
    wishes: dict[Wish, datetime]
    seen: dict[str, Observation]
    questions: dict[str, tuple[Question, datetime]]
    questions_settled: dict[str, Question]
    failures: set[tuple[str, int]]
    seconds_told: set[str]
    holder_forgotten: bool
    ends_ordered: set[str]

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    @abstractmethod
    def give_up_wish(self, wish: Wish, *, why: str, at: datetime) -> None:
        """Remember that Stripe did not do what was asked for; see :mod:`asking`."""

    @property
    def state(self) -> MembershipState:
        """Where the membership stands."""
        return self.standing.state

    @property
    def observed(self) -> Observation | None:
        """The newest look at the subscription that counts."""
        return current_of(list(self.seen.values()))

    @property
    def can_begin(self) -> bool:
        """Whether a first payment can be asked for: nothing lives that could be paid instead.

        Stripe may give up on what is unpaid before our own timetable does. Then access goes on for
        a while, and only a new beginning mends it.
        """
        counts = self.observed
        return self.state not in LIVE or (counts is not None and counts.is_over)

    @property
    def runs_out(self) -> bool:
        """Whether it is paid for and cannot renew, because its subscription is over.

        So it is when somebody paid what Stripe had given up on already.
        """
        counts = self.observed
        return self.state is MembershipState.ACTIVE and counts is not None and counts.is_over

    @property
    def trouble(self) -> PaymentTrouble | None:
        """A payment that failed and is still wanted, for the page that mends it."""
        open_ones = sorted(
            (each for each in self.seen.values() if not each.is_over),
            key=lambda each: (each is not self.observed, each.subscription_id),
        )
        return next((each.trouble for each in open_ones if each.trouble is not None), None)

    @property
    def second_subscriptions(self) -> list[str]:
        """Subscriptions that live beside the one that counts: to be cancelled and paid back."""
        counts = self.observed
        return sorted(
            each.subscription_id
            for each in self.seen.values()
            if each.is_live and each is not counts
        )

    @property
    def will_end(self) -> bool:
        """Whether it ends with what is paid for, or was asked to and nobody took it back."""
        arranged = self.ends_at is not None and Wish.KEEP not in self.wishes
        return arranged or Wish.CANCEL in self.wishes or self.runs_out

    @property
    def next_tick_at(self) -> datetime | None:
        """When time alone will change something, if it will."""
        if self.runs_out:
            return self.standing.through
        since = self.standing.unpaid_since
        if since is None or self.state not in UNPAID:
            return None
        return narrows_at(since) if self.state is MembershipState.GRACE else lapses_at(since)

    def _end_all(self, *, pay_back: bool, at: datetime) -> None:
        for each in self.seen.values():
            key = each.subscription_id
            if not each.is_over and key not in self.ends_ordered:
                self.record(events.EndOrdered, at=at, subscription_id=key, pay_back=pay_back)
