"""What a look at Stripe says about a subscription, in our words.

Stripe holds the truth about money. Webhooks, return pages and reconciliation all do the same: they
fetch the subscription anew and hand what they saw to
:meth:`domain.memberships.membership.Membership.observe`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class DeclineKind(StrEnum):
    """What a failed payment means for the next try."""

    SOFT = "soft"  # trying again may help
    HARD = "hard"  # only another card helps


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTrouble:
    """A payment that did not go through and is still wanted.

    Attributes:
        invoice_id: Stripe's id of what is unpaid.
        attempt: how often it was tried, from 1.
        next_try_at: when Stripe tries again; ``None`` when it does not.
        kind: whether trying again may help.
        needs_second_factor: the bank wants its customer to confirm the payment.
    """

    invoice_id: str
    attempt: int
    next_try_at: datetime | None
    kind: DeclineKind
    needs_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWaiting:
    """Another plan that holds once its invoice is paid; until then nothing of the plan changes.

    Attributes:
        invoice_id: Stripe's id of what is to be paid; ``None`` if nobody finds it.
        until: when Stripe takes the invoice, and with it the change, back.
        needs_second_factor: the bank wants its customer to confirm; else it refused the card.
    """

    invoice_id: str | None
    until: datetime
    needs_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one refetch of a subscription said.

    Attributes:
        subscription_id: Stripe's id; *customer_id* says whose it is.
        status: Stripe's word, known to us or not.
        paused_for: why it is paused (``status_details.paused.subscription.type``).
        ended_for: why it ended (``cancellation_details.reason``).
        began_at: when it was created, which decides between two that live.
        period_end_at: until when the current period runs.
        trial_end_at: until when the trial runs or ran.
        ends_at_period_end: it will not renew.
        quantity: how many are paid for: 1, or a practice's seats.
        price: lookup key of the price, which is the membership's plan.
        latest_invoice: id and status of the newest invoice, as Stripe says them.
        unpaid_since: when the oldest invoice that is still open fell due. Not the newest: with a
            second unpaid month the days of grace would begin again.
        trouble: the newest failed payment, while it is still wanted.
        plan_waits: another plan that waits for its payment.
        observed_at: when this refetch was begun. Refetches of one subscription take turns under a
            lock, so the later time is the newer truth.
        source_event_id: the delivery that made us look, if there was one.
        request_id: Stripe's id of the answer.
    """

    subscription_id: str
    customer_id: str
    status: str
    paused_for: str | None = None
    ended_for: str | None = None
    began_at: datetime
    period_end_at: datetime | None
    trial_end_at: datetime | None = None
    ends_at_period_end: bool = False
    quantity: int = 1
    price: str
    latest_invoice: tuple[str, str] | None = None
    unpaid_since: datetime | None = None
    trouble: PaymentTrouble | None = None
    plan_waits: PlanWaiting | None = None
    observed_at: datetime
    source_event_id: str | None = None
    request_id: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether Stripe will never change it again."""
        return self.status in ENDED

    @property
    def is_live(self) -> bool:
        """Whether it gives, or may at any moment give, the right to take part."""
        return self.status in LIVE


_LIVE_RANKS: Final = {"active": 0, "trialing": 0, "paused": 1, "past_due": 2, "unpaid": 2}
LIVE: Final = frozenset(_LIVE_RANKS)
ENDED: Final = frozenset({"canceled", "incomplete_expired"})


def current_of(seen: list[Observation]) -> Observation | None:
    """Return the subscription that counts, of the newest observations of each.

    Two live ones happen when somebody subscribes in two windows, or subscribes again where a card
    failed. What is paid for counts before what is paused or unpaid, and then the older one; the
    other has to go. When none lives, the one that came last explains why. A first payment that did
    not come through yet (``incomplete``) counts only if there is nothing else.
    """
    live = [each for each in seen if each.is_live]
    if live:
        return min(live, key=lambda each: (_LIVE_RANKS[each.status], *_age(each)))
    ended = [each for each in seen if each.is_over]
    return max(ended or seen, key=_age, default=None)


def _age(observation: Observation) -> tuple[datetime, str]:
    return observation.began_at, observation.subscription_id
