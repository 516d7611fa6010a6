"""Memberships: the right to take part, and what became of it.

A membership is moved by two hands. People *ask* (to begin, pause, change, stop), which stands in
:mod:`domain.memberships.asking`; Stripe is *looked at*, and what it says makes the asked-for so
(:mod:`domain.memberships.observing`). Time moves it too: :meth:`Membership.tick` is called by a
clock. Here it begins, and its facts leave their traces in its memory.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.memberships import events
from domain.memberships.asking import Asking, usable_plan
from domain.memberships.observations import Observation
from domain.memberships.observing import Observing
from domain.memberships.rules import LIVE, Wish, fulfilled, membership_id
from domain.memberships.standings import MembershipState, Question, Standing


class Membership(Root, Asking, Observing):
    """The right of one person to take part, or of one practice to seat people."""

    TOPIC = "peerhour.membership"

    class Requested(Root.Event, AggregateCreated):
        """Somebody would like to take part; nothing is paid yet."""

        TOPIC = "peerhour.membership.requested"
        account_id: UUID
        holder_id: UUID
        plan: str

    CheckoutOpened = events.CheckoutOpened
    CheckoutClosed = events.CheckoutClosed
    Observed = events.Observed
    QuestionRaised = events.QuestionRaised
    QuestionSettled = events.QuestionSettled
    SecondSubscriptionSeen = events.SecondSubscriptionSeen
    HolderForgotten = events.HolderForgotten
    EndOrdered = events.EndOrdered
    TrialStarted = events.TrialStarted
    Activated = events.Activated
    Renewed = events.Renewed
    PaymentFailed = events.PaymentFailed
    GraceStarted = events.GraceStarted
    AccessNarrowed = events.AccessNarrowed
    Recovered = events.Recovered
    LeaveAsked = events.LeaveAsked
    LeaveStarted = events.LeaveStarted
    ReturnAsked = events.ReturnAsked
    LeaveEnded = events.LeaveEnded
    PlanChangeAsked = events.PlanChangeAsked
    PlanChanged = events.PlanChanged
    CancellationAsked = events.CancellationAsked
    CancellationWithdrawn = events.CancellationWithdrawn
    EndArranged = events.EndArranged
    EndLifted = events.EndLifted
    WishNotGranted = events.WishNotGranted
    Lapsed = events.Lapsed
    Reinstated = events.Reinstated

    def __init__(
        self, *, timestamp: datetime, account_id: UUID, holder_id: UUID, plan: str
    ) -> None:
        self.account_id = account_id
        self.holder_id = holder_id
        self.plan = plan
        self.plan_wanted: str | None = None
        self.standing = Standing(MembershipState.REQUESTED)
        self.history = [(timestamp, MembershipState.REQUESTED)]
        self.has_begun = False
        self.ends_at: datetime | None = None  # will not renew
        self.checkout: tuple[str, datetime] | None = None
        self.wishes: dict[Wish, datetime] = {}
        self.seen: dict[str, Observation] = {}  # the newest look at each subscription
        self.questions: dict[str, tuple[Question, datetime]] = {}
        self.questions_settled: dict[str, Question] = {}  # what a person looked into
        self.failures: set[tuple[str, int]] = set()
        self.seconds_told: set[str] = set()
        self.holder_forgotten = False
        self.ends_ordered: set[str] = set()  # because the holder was forgotten

    @classmethod
    def request(cls, *, account_id: UUID, holder_id: UUID, plan: str, at: datetime) -> Membership:
        """Begin a membership; it gives nothing until a trial or a payment is observed.

        Args:
            account_id: who pays.
            holder_id: the person who will take part, or the practice whose seats are paid for.
            plan: lookup key of the price.
            at: now.

        Raises:
            InvalidFields: this is no plan.
        """
        return cls.begin(
            cls.Requested,
            stream_id=membership_id(account_id, holder_id),
            at=at,
            account_id=account_id,
            holder_id=holder_id,
            plan=usable_plan(plan),
        )

    # Helpers of events

    def enter(self, standing: Standing, *, at: datetime) -> None:
        """Remember a new standing (for events; decides nothing)."""
        if standing.state is not self.state:
            self.history.append((at, standing.state))
        self.standing = standing
        self.has_begun = self.has_begun or standing.state in LIVE

    def remember_observation(self, observation: Observation) -> None:
        """Remember the newest look at a subscription (for events; decides nothing)."""
        key = observation.subscription_id
        self.seen[key] = observation
        self.questions_settled.pop(key, None)
        question = self.questions.get(key)
        if question is not None and question[1] < observation.observed_at:
            del self.questions[key]
        for wish in fulfilled(observation, self.plan_wanted):
            if self.wishes.get(wish, observation.observed_at) < observation.observed_at:
                self.forget_wish(wish)

    def forget_wish(self, wish: Wish) -> None:
        """Remember that nobody waits for this any more (for events; decides nothing)."""
        self.wishes.pop(wish, None)
        if wish is Wish.PLAN:
            self.plan_wanted = None
