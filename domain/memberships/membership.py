"""Memberships: the right to take part, and what became of it.

A membership is moved by two hands. People *ask* (to begin, pause, change, stop); Stripe is *looked
at*, and what it says makes the asked-for so. The newest look wins, whatever the order in which
looks arrive, because the standing is a pure function of the newest looks
(:mod:`domain.memberships.standings`). Time moves it too: :meth:`Membership.tick` is called by a
clock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.errors import InvalidFields
from domain.fields import require_personal
from domain.foreign_ids import require_foreign_ids
from domain.memberships import events
from domain.memberships.observations import Observation, PaymentTrouble, current_of
from domain.memberships.rules import (
    LIVE,
    UNPAID,
    AlreadyTakingPart,
    BackFirst,
    LeaveNotNow,
    MembershipNotLive,
    NoSuchQuestion,
    NotOnLeave,
    PaymentFirst,
    Wish,
    fulfilled,
    membership_id,
)
from domain.memberships.standings import (
    MembershipState,
    Question,
    Standing,
    lapses_at,
    narrows_at,
    standing_of,
)
from domain.memberships.steps import steps_between
from domain.personal import Personal
from domain.values import Money

_PLAN: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")  # lookup keys of our own prices
_WORD: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")


class Membership(Root):
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
            plan=_plan(plan),
        )

    # What people ask

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

    # What people ask for

    def open_checkout(
        self, session_id: str, *, plan: str, expires_at: datetime, at: datetime
    ) -> str | None:
        """Remember Stripe's page for the first payment, or for coming back.

        Returns:
            The id of an older page that is still open and has to be expired: there is one at most.

        Raises:
            AlreadyTakingPart: what lives is changed, not begun again.
            InvalidFields: an id or a plan cannot be used.
        """
        require_foreign_ids(session_id=session_id)
        self._must_not_live()
        older = None
        if self.checkout is not None:
            if self.checkout[0] == session_id:
                return None
            older = self.checkout[0] if self.checkout[1] > at else None
            self.record(self.CheckoutClosed, at=at, session_id=self.checkout[0])
        self.record(
            self.CheckoutOpened,
            at=at,
            session_id=session_id,
            plan=_plan(plan),
            expires_at=expires_at,
        )
        return older

    def close_checkout(self, session_id: str, *, at: datetime) -> None:
        """Remember that Stripe's page is of no use any more; an unknown one changes nothing."""
        if self.checkout is not None and self.checkout[0] == session_id:
            self.record(self.CheckoutClosed, at=at, session_id=session_id)

    def ask_for_leave(self, *, by: UUID, at: datetime) -> None:
        """Ask for a pause; it begins when Stripe pauses the payments.

        Raises:
            LeaveNotNow: the membership is not paid for at the moment.
            MembershipNotLive: it is, and nothing renews it.
        """
        if self.state is MembershipState.ON_LEAVE and Wish.RETURN not in self.wishes:
            return
        if self.state in UNPAID:
            raise LeaveNotNow(
                "Your last payment did not go through. Mend it first, or write to us; "
                "your groups go on meanwhile."
            )
        if self.state not in {MembershipState.ACTIVE, MembershipState.ON_LEAVE}:
            raise LeaveNotNow("You can take leave once your membership is paid for.")
        self._must_not_run_out()
        if self.will_end:
            raise LeaveNotNow(
                "Your membership is going to end. Stay after all first, then take leave."
            )
        if Wish.LEAVE not in self.wishes:
            self.record(self.LeaveAsked, at=at, by=by)

    def ask_to_return(self, *, by: UUID, at: datetime) -> None:
        """Ask to come back from a leave, or take the asking for one back.

        Raises:
            NotOnLeave: there is no leave.
        """
        away = self.state is MembershipState.ON_LEAVE
        if not away and not {Wish.LEAVE, Wish.RETURN} & self.wishes.keys():
            raise NotOnLeave("You are not on leave; there is nothing to end.")
        if Wish.RETURN not in self.wishes:
            self.record(self.ReturnAsked, at=at, by=by)

    def ask_for_plan(
        self, plan: str, *, by: UUID, at: datetime, agreed: Sequence[Money] = ()
    ) -> None:
        """Ask to pay by another plan; asking for the present one takes an earlier asking back.

        Args:
            plan: lookup key of the price.
            by: who asks.
            at: now.
            agreed: what it was shown to cost, in each currency; it is not done for another price.

        Raises:
            MembershipNotLive: there is nothing to change, or nothing that renews.
            PaymentFirst: the last payment did not go through.
            BackFirst: it is paused, or about to be; another period would be charged at once.
            InvalidFields: this is no plan.
        """
        self._must_live()
        self._must_not_run_out()
        if self.state in UNPAID:
            raise PaymentFirst(
                "Your last payment did not go through. Mend the card first, then change the plan."
            )
        if self.state is MembershipState.ON_LEAVE or Wish.LEAVE in self.wishes:
            raise BackFirst(
                "Nothing is charged while you are away. Come back, then change the plan."
            )
        if _plan(plan) != (self.plan_wanted or self.plan):
            self.record(self.PlanChangeAsked, at=at, plan=plan, by=by, agreed=[*agreed])

    def ask_to_cancel(self, *, by: UUID, reason: Personal[str] | None = None, at: datetime) -> None:
        """Ask to stop at the end of what is paid for; asking twice is one fact.

        Args:
            by: who asks.
            reason: if they like to say; nobody has to.
            at: now.

        Raises:
            MembershipNotLive: there is nothing to stop.
            InvalidFields: the reason cannot be kept.
        """
        self._must_live()
        if reason is not None:
            require_personal(by, reason=reason)
        if not self.will_end:
            self.record(self.CancellationAsked, at=at, by=by, reason=reason)

    def withdraw_cancellation(self, *, by: UUID, at: datetime) -> None:
        """Stay after all; when nothing was going to end, nothing changes.

        Raises:
            MembershipNotLive: it ended already, or cannot renew; it can be begun again.
        """
        self._must_live()
        self._must_not_run_out()
        if self.will_end:
            self.record(self.CancellationWithdrawn, at=at, by=by)

    def give_up_wish(self, wish: Wish, *, why: str, at: datetime) -> None:
        """Remember that Stripe refused what was asked for; the membership stays as it is.

        Args:
            wish: what was asked for; one that nobody has any more changes nothing.
            why: Stripe's word, such as ``card_declined``; never prose.
            at: now.

        Raises:
            InvalidFields: this is no word.
        """
        if not _WORD.fullmatch(why):
            raise InvalidFields(
                why="Use one word of small letters, digits, points and underscores."
            )
        if wish in self.wishes:
            self.record(self.WishNotGranted, at=at, wish=wish, why=why)

    def forget_holder(self, *, at: datetime) -> str | None:
        """End all that is charged, at once: the person was forgotten. Twice changes nothing.

        What is seen to live later was paid by a page that was open still, and is paid back.

        Returns:
            The id of a page that is open, and has to be expired.
        """
        if not self.holder_forgotten:
            self.record(self.HolderForgotten, at=at)
        self._end_all(pay_back=False, at=at)
        if self.checkout is None:
            return None
        session_id, expires_at = self.checkout
        self.record(self.CheckoutClosed, at=at, session_id=session_id)
        return session_id if expires_at > at else None

    # What is so

    def observe(self, observation: Observation, *, at: datetime) -> None:
        """Take what a refetch of a subscription said; never refused.

        The newest refetch wins; an older one, and the same one again, change nothing. What is not
        understood is kept as a question, and the last answer stands.

        Args:
            observation: what was seen.
            at: now.
        """
        at = self._not_before_last_step(at)
        key = observation.subscription_id
        known = self.seen.get(key)
        if known is not None and observation.observed_at <= known.observed_at:
            return
        said = standing_of(observation, at)
        if isinstance(said, Question):
            self._ask(key, said, observation.observed_at, at)
            return
        self.record(self.Observed, at=at, observation=observation)
        trouble = observation.trouble
        if trouble is not None and (trouble.invoice_id, trouble.attempt) not in self.failures:
            self.record(self.PaymentFailed, at=at, trouble=trouble)
        for other in self.second_subscriptions:
            if other not in self.seconds_told and not self.holder_forgotten:
                self.record(self.SecondSubscriptionSeen, at=at, subscription_id=other)
        if self.holder_forgotten:  # paid by a page that was open still: it goes back
            self._end_all(pay_back=True, at=at)
        self._settle(at)

    def wonder_whose(self, observation: Observation, *, at: datetime) -> None:
        """Keep as a question that a subscription is another customer's than the account's.

        Args:
            observation: what was seen; nothing of it counts.
            at: now.
        """
        whose = Question(about="customer", said=observation.customer_id)
        key, seen_at = observation.subscription_id, observation.observed_at
        self._ask(key, whose, seen_at, self._not_before_last_step(at))

    def settle_question(self, subscription_id: str, *, by: UUID, at: datetime) -> None:
        """Remember that a person looked into what was not understood.

        The same words are no question any more; others are a new one. What they mean is still not
        known, so the last answer goes on standing until something is seen that is understood.

        Args:
            subscription_id: what the question is about.
            by: who looked.
            at: now.

        Raises:
            NoSuchQuestion: nothing is asked about it, or not any more.
        """
        if subscription_id not in self.questions:
            raise NoSuchQuestion("Nothing is asked about this any more; nothing was done.")
        self.record(
            self.QuestionSettled,
            at=self._not_before_last_step(at),
            subscription_id=subscription_id,
            by=by,
        )

    def tick(self, *, at: datetime) -> None:
        """Let time do its part: grace ends, a narrowed membership lapses. Late is never wrong."""
        self._settle(self._not_before_last_step(at))

    # Helpers of the decisions above, and of events

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

    def _ask(self, key: str, question: Question, observed_at: datetime, at: datetime) -> None:
        if self.questions_settled.get(key) == question:
            return
        asked = self.questions.get(key)
        if asked is None or asked[1] < observed_at:
            self.record(
                self.QuestionRaised,
                at=at,
                subscription_id=key,
                question=question,
                observed_at=observed_at,
            )

    def _end_all(self, *, pay_back: bool, at: datetime) -> None:
        for each in self.seen.values():
            key = each.subscription_id
            if not each.is_over and key not in self.ends_ordered:
                self.record(self.EndOrdered, at=at, subscription_id=key, pay_back=pay_back)

    def _settle(self, at: datetime) -> None:
        """Record the way to where the membership ought to stand, its plan and its renewal."""
        counts = self.observed
        if counts is None:
            return
        target = standing_of(counts, at)
        if isinstance(target, Question):  # never: what is not understood is not remembered
            return
        if counts.price != self.plan:
            self.record(self.PlanChanged, at=at, plan=counts.price)
        for event, values in steps_between(self.standing, target, has_begun=self.has_begun):
            self.record(event, at=at, **values)
        ends_at = counts.period_end_at if counts.ends_at_period_end else None
        if self.state not in LIVE or ends_at == self.ends_at:
            return
        if ends_at is None:
            self.record(self.EndLifted, at=at)
        else:
            self.record(self.EndArranged, at=at, ends_at=ends_at)

    def _not_before_last_step(self, at: datetime) -> datetime:
        """Return *at*, or the last step: a clock that lags never takes the timetable back."""
        return max(at, self.history[-1][0])

    def _must_live(self) -> None:
        if self.state is MembershipState.REQUESTED:
            raise MembershipNotLive(
                "Your membership has not begun yet; there is nothing to change."
            )
        if self.state is MembershipState.LAPSED:
            raise MembershipNotLive(
                "Your membership has ended. You can begin again at any time; your papers are here."
            )

    def _must_not_run_out(self) -> None:
        if self.runs_out:
            raise MembershipNotLive(
                "Your membership is paid for, and does not renew any more. Begin again first; "
                "you can do that at any time."
            )

    def _must_not_live(self) -> None:
        if not self.can_begin:
            raise AlreadyTakingPart(
                "You have a membership already; nothing was charged. You can change or mend it."
            )


def _plan(plan: str) -> str:
    if not _PLAN.fullmatch(plan):
        raise InvalidFields(plan="Choose one of the plans that are offered.")
    return plan
