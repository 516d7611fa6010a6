"""The facts of a membership, and what each leaves in its memory.

They stand apart from :mod:`domain.memberships.membership`, which decides when they happen; in the
code they are ``Membership.Activated`` and so on. ``Requested`` alone is nested there, because it
makes the membership. What people *ask for* and what *is so* are different facts: only an
observation of Stripe makes a wish come true.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.memberships.observations import Observation, PaymentTrouble
from domain.memberships.rules import Wish
from domain.memberships.standings import LapseReason, MembershipState, Question, Standing
from domain.personal import Personal
from domain.values import Money

if TYPE_CHECKING:
    from domain.memberships.membership import Membership


class CheckoutOpened(Root.Event):
    """A page of Stripe's waits for the first payment."""

    TOPIC = "peerhour.membership.checkout_opened"
    session_id: str
    plan: str
    expires_at: datetime

    @override
    def apply(self, membership: Membership) -> None:
        membership.checkout = (self.session_id, self.expires_at)


class CheckoutClosed(Root.Event):
    """That page is of no use any more: completed, run out, or replaced by another."""

    TOPIC = "peerhour.membership.checkout_closed"
    session_id: str

    @override
    def apply(self, membership: Membership) -> None:
        membership.checkout = None


class Observed(Root.Event):
    """Stripe was looked at, and this is what it said."""

    TOPIC = "peerhour.membership.observed"
    class_version = 2
    observation: Observation

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 sees a plan that waits for its payment; until then a card that failed let it go."""
        state["observation"]["plan_waits"] = None

    @override
    def apply(self, membership: Membership) -> None:
        membership.remember_observation(self.observation)


class QuestionRaised(Root.Event):
    """Stripe said what is not understood; the last answer stands until a person looked."""

    TOPIC = "peerhour.membership.question_raised"
    subscription_id: str
    question: Question
    observed_at: datetime

    @override
    def apply(self, membership: Membership) -> None:
        membership.questions[self.subscription_id] = (self.question, self.observed_at)


class QuestionSettled(Root.Event):
    """A person looked into what was not understood; the last answer stands."""

    TOPIC = "peerhour.membership.question_settled"
    subscription_id: str
    by: UUID

    @override
    def apply(self, membership: Membership) -> None:
        question, _ = membership.questions.pop(self.subscription_id)
        membership.questions_settled[self.subscription_id] = question


class SecondSubscriptionSeen(Root.Event):
    """Two subscriptions live for one membership; this one has to go, and be paid back."""

    TOPIC = "peerhour.membership.second_subscription_seen"
    subscription_id: str

    @override
    def apply(self, membership: Membership) -> None:
        membership.seconds_told.add(self.subscription_id)


class HolderForgotten(Root.Event):
    """Whoever took part was forgotten: nothing may be charged any more."""

    TOPIC = "peerhour.membership.holder_forgotten"

    @override
    def apply(self, membership: Membership) -> None:
        membership.holder_forgotten = True


class EndOrdered(Root.Event):
    """A subscription of somebody who was forgotten has to end at once."""

    TOPIC = "peerhour.membership.end_ordered"
    subscription_id: str
    pay_back: bool

    @override
    def apply(self, membership: Membership) -> None:
        membership.ends_ordered.add(self.subscription_id)


class TrialStarted(Root.Event):
    """The membership is tried out, without a card."""

    TOPIC = "peerhour.membership.trial_started"
    until: datetime

    @override
    def apply(self, membership: Membership) -> None:
        standing = Standing(MembershipState.TRIAL, self.until)
        membership.enter(standing, at=self.timestamp)


class _PaidThrough(Root.Event):
    """Base of what makes a membership active."""

    through: datetime

    @override
    def apply(self, membership: Membership) -> None:
        standing = Standing(MembershipState.ACTIVE, self.through)
        membership.enter(standing, at=self.timestamp)


class Activated(_PaidThrough):
    """The first dues are paid."""

    TOPIC = "peerhour.membership.activated"


class Renewed(_PaidThrough):
    """The membership is paid through another day than before."""

    TOPIC = "peerhour.membership.renewed"


class Recovered(_PaidThrough):
    """What was unpaid is paid; everything is open again."""

    TOPIC = "peerhour.membership.recovered"


class Reinstated(_PaidThrough):
    """A membership that had lapsed is paid for again."""

    TOPIC = "peerhour.membership.reinstated"


class PaymentFailed(Root.Event):
    """A payment did not go through; nothing changes by that alone."""

    TOPIC = "peerhour.membership.payment_failed"
    trouble: PaymentTrouble

    @override
    def apply(self, membership: Membership) -> None:
        membership.failures.add((self.trouble.invoice_id, self.trouble.attempt))


class GraceStarted(Root.Event):
    """Dues are unpaid; until the last day of grace everything stays open."""

    TOPIC = "peerhour.membership.grace_started"
    since: datetime
    until: datetime

    @override
    def apply(self, membership: Membership) -> None:
        standing = Standing(MembershipState.GRACE, unpaid_since=self.since)
        membership.enter(standing, at=self.timestamp)


class AccessNarrowed(Root.Event):
    """Grace is over: own groups go on, new beginnings wait."""

    TOPIC = "peerhour.membership.access_narrowed"
    until: datetime

    @override
    def apply(self, membership: Membership) -> None:
        since = membership.standing.unpaid_since
        standing = Standing(MembershipState.NARROWED, unpaid_since=since)
        membership.enter(standing, at=self.timestamp)


class Lapsed(Root.Event):
    """The membership ended; papers, export and coming back stay open for ever."""

    TOPIC = "peerhour.membership.lapsed"
    why: LapseReason

    @override
    def apply(self, membership: Membership) -> None:
        since = membership.standing.unpaid_since if self.why is LapseReason.UNPAID else None
        standing = Standing(MembershipState.LAPSED, unpaid_since=since, why=self.why)
        membership.enter(standing, at=self.timestamp)
        for wish in Wish:
            membership.forget_wish(wish)
        membership.ends_at = None


class LeaveAsked(Root.Event):
    """Somebody would like to pause: a birth, an illness, caring for others; nobody asks which."""

    TOPIC = "peerhour.membership.leave_asked"
    by: UUID

    @override
    def apply(self, membership: Membership) -> None:
        membership.wishes[Wish.LEAVE] = self.timestamp


class LeaveStarted(Root.Event):
    """Nothing is charged, seat and credits are kept."""

    TOPIC = "peerhour.membership.leave_started"

    @override
    def apply(self, membership: Membership) -> None:
        membership.enter(Standing(MembershipState.ON_LEAVE), at=self.timestamp)


class ReturnAsked(Root.Event):
    """Somebody would like to come back, or not to leave after all.

    ``agreed`` is what it was shown to cost; ``None`` where nothing was to be charged.
    """

    TOPIC = "peerhour.membership.return_asked"
    class_version = 2
    by: UUID
    agreed: Money | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 keeps what the return was to cost; until then nobody was shown it."""
        state["agreed"] = None

    @override
    def apply(self, membership: Membership) -> None:
        membership.wishes.pop(Wish.LEAVE, None)
        membership.wishes[Wish.RETURN] = self.timestamp


class LeaveEnded(Root.Event):
    """The leave is over; what the membership is now stands in the next fact."""

    TOPIC = "peerhour.membership.leave_ended"


class PlanChangeAsked(Root.Event):
    """Somebody would like to pay by another plan."""

    TOPIC = "peerhour.membership.plan_change_asked"
    class_version = 2
    plan: str
    by: UUID
    agreed: list[Money]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 keeps what the plan was to cost; until then nobody wrote down what was agreed to."""
        state["agreed"] = []

    @override
    def apply(self, membership: Membership) -> None:
        membership.wishes[Wish.PLAN] = self.timestamp
        membership.plan_wanted = self.plan


class PlanChanged(Root.Event):
    """The membership has another plan from now on."""

    TOPIC = "peerhour.membership.plan_changed"
    plan: str

    @override
    def apply(self, membership: Membership) -> None:
        membership.plan = self.plan


class CancellationAsked(Root.Event):
    """Somebody would like to stop at the end of what is paid for; the reason is theirs to give."""

    TOPIC = "peerhour.membership.cancellation_asked"
    by: UUID
    reason: Personal[str] | None

    @override
    def apply(self, membership: Membership) -> None:
        membership.wishes.pop(Wish.KEEP, None)
        membership.wishes[Wish.CANCEL] = self.timestamp


class EndArranged(Root.Event):
    """The membership will not renew: it ends with what is paid for."""

    TOPIC = "peerhour.membership.end_arranged"
    ends_at: datetime

    @override
    def apply(self, membership: Membership) -> None:
        membership.ends_at = self.ends_at


class CancellationWithdrawn(Root.Event):
    """Somebody would like to stay after all."""

    TOPIC = "peerhour.membership.cancellation_withdrawn"
    by: UUID

    @override
    def apply(self, membership: Membership) -> None:
        membership.wishes.pop(Wish.CANCEL, None)
        membership.wishes[Wish.KEEP] = self.timestamp


class EndLifted(Root.Event):
    """The membership renews again."""

    TOPIC = "peerhour.membership.end_lifted"

    @override
    def apply(self, membership: Membership) -> None:
        membership.ends_at = None


class WishNotGranted(Root.Event):
    """Stripe did not do what was asked for; ``why`` is its word for the reason."""

    TOPIC = "peerhour.membership.wish_not_granted"
    wish: Wish
    why: str

    @override
    def apply(self, membership: Membership) -> None:
        membership.forget_wish(self.wish)
