"""What is so: looks at Stripe, and the clock, move a membership; nobody is refused here.

The newest look wins, whatever the order in which looks arrive, because the standing is a pure
function of the newest looks (:mod:`domain.memberships.standings`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.memberships import events
from domain.memberships.memory import MembershipMemory
from domain.memberships.observations import Observation
from domain.memberships.rules import LIVE, NOT_CONFIRMED, NoSuchQuestion, Wish
from domain.memberships.standings import Question, standing_of
from domain.memberships.steps import steps_between


class Observing(MembershipMemory):
    """What looks and the clock make of a membership."""

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
        gone = self._plan_waited_in_vain(known, observation)
        self.record(events.Observed, at=at, observation=observation)
        if gone and Wish.PLAN in self.wishes:
            self.give_up_wish(Wish.PLAN, why=NOT_CONFIRMED, at=at)
        trouble = observation.trouble
        if trouble is not None and (trouble.invoice_id, trouble.attempt) not in self.failures:
            self.record(events.PaymentFailed, at=at, trouble=trouble)
        for other in self.second_subscriptions:
            if other not in self.seconds_told and not self.holder_forgotten:
                self.record(events.SecondSubscriptionSeen, at=at, subscription_id=other)
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
            events.QuestionSettled,
            at=self._not_before_last_step(at),
            subscription_id=subscription_id,
            by=by,
        )

    def tick(self, *, at: datetime) -> None:
        """Let time do its part: grace ends, a narrowed membership lapses. Late is never wrong."""
        self._settle(self._not_before_last_step(at))

    def _plan_waited_in_vain(self, before: Observation | None, seen: Observation) -> bool:
        """Tell whether a plan that waited for its payment does so no more.

        Whoever asked for yet another plan meanwhile waits for that one.
        """
        if before is None or before.plan_waits is None or seen.plan_waits is not None:
            return False
        return self.wishes.get(Wish.PLAN, before.observed_at) < before.observed_at

    def _ask(self, key: str, question: Question, observed_at: datetime, at: datetime) -> None:
        if self.questions_settled.get(key) == question:
            return
        asked = self.questions.get(key)
        if asked is None or asked[1] < observed_at:
            self.record(
                events.QuestionRaised,
                at=at,
                subscription_id=key,
                question=question,
                observed_at=observed_at,
            )

    def _settle(self, at: datetime) -> None:
        """Record the way to where the membership ought to stand, its plan and its renewal."""
        counts = self.observed
        if counts is None:
            return
        target = standing_of(counts, at)
        if isinstance(target, Question):  # never: what is not understood is not remembered
            return
        if counts.price != self.plan:
            self.record(events.PlanChanged, at=at, plan=counts.price)
        for event, values in steps_between(self.standing, target, has_begun=self.has_begun):
            self.record(event, at=at, **values)
        ends_at = counts.period_end_at if counts.ends_at_period_end else None
        if self.state not in LIVE or ends_at == self.ends_at:
            return
        if ends_at is None:
            self.record(events.EndLifted, at=at)
        else:
            self.record(events.EndArranged, at=at, ends_at=ends_at)

    def _not_before_last_step(self, at: datetime) -> datetime:
        """Return *at*, or the last step: a clock that lags never takes the timetable back."""
        return max(at, self.history[-1][0])
