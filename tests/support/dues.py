"""Memberships told through a dispatcher: what people ask, what looks say, what money did.

Nothing here speaks with a payment service; looks and facts are handed in as if somebody had.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.memberships.observations import DeclineKind, Observation, PaymentTrouble
from domain.memberships.rules import Wish, membership_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.values import Money
from services.memberships import commands as memberships
from services.money import billing
from tests.support.billing import MONTHLY
from tests.support.story import Story


class Dues:
    """One person's dues in a story.

    Args:
        story: where they are told.
        person_id: who pays for themselves.
        customer_id: as the payment service would call them.
    """

    def __init__(self, story: Story, person_id: UUID, customer_id: str = "cus_told") -> None:
        self._story = story
        self.person_id = person_id
        self.customer_id = customer_id
        self.account_id = billing_account_id(person_id)
        self.membership_id = membership_id(self.account_id, person_id)
        self.subscription_id = customer_id.replace("cus", "sub")

    @property
    def now(self) -> datetime:
        return self._story.clock.now()

    async def request(self, plan: str = MONTHLY) -> None:
        await self._story.do(
            memberships.RequestMembership(
                payer_kind=PayerKind.PERSON, payer_id=self.person_id, plan=plan, by=self.person_id
            )
        )

    async def open_page(self, session_id: str, plan: str = MONTHLY) -> None:
        await self._story.do(
            memberships.NoteCheckout(
                membership_id=self.membership_id,
                session_id=session_id,
                plan=plan,
                expires_at=self.now + timedelta(hours=24),
            )
        )

    async def look(self, status: str = "active", **changes: Any) -> None:
        """Hand in a look; by default it is paid for thirty more days."""
        self._story.clock.move(seconds=1)
        values: dict[str, Any] = {
            "subscription_id": self.subscription_id,
            "customer_id": self.customer_id,
            "status": status,
            "began_at": datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
            "period_end_at": self.now + timedelta(days=30),
            "price": MONTHLY,
            "observed_at": self.now,
        } | changes
        self._story.clock.move(seconds=1)
        await self._story.do(
            memberships.ObserveSubscription(
                membership_id=self.membership_id, observation=Observation(**values)
            )
        )

    async def fail(self, *, days_ago: float = 0, second_factor: bool = False) -> None:
        """Hand in a look that found the dues unpaid since some days."""
        since = self.now - timedelta(days=days_ago)
        trouble = PaymentTrouble(
            invoice_id="in_unpaid",
            attempt=1,
            next_try_at=self.now + timedelta(days=3),
            kind=DeclineKind.SOFT,
            needs_second_factor=second_factor,
        )
        await self.look("past_due", unpaid_since=since, trouble=trouble)

    async def ask(self, command: type[Any], **values: Any) -> None:
        """Give one of the commands of which a membership's person is the giver."""
        self._story.clock.move(seconds=1)
        await self._story.do(command(membership_id=self.membership_id, by=self.person_id, **values))

    async def refuse(self, wish: Wish, why: str) -> None:
        await self._story.do(
            memberships.GiveUpWish(membership_id=self.membership_id, wish=wish, why=why)
        )

    async def money(self, kind: MoneyKind, object_id: str, cents: int, **changes: Any) -> None:
        """Note a fact about money."""
        self._story.clock.move(seconds=1)
        values: dict[str, Any] = {
            "object_id": object_id,
            "amount": Money(cents, "EUR"),
            "actor": Actor.STRIPE,
            "true_at": self.now,
            "source_event_id": f"evt_{object_id}",
            "request_id": None,
        } | changes
        await self._story.do(
            billing.NoteMoney(account_id=self.account_id, kind=kind, fact=MoneyFact(**values))
        )


async def tell_dues(story: Story, stays: UUID, leaves: UUID) -> None:
    """Tell two memberships in which every table of the view gets something to keep."""
    first, second = Dues(story, stays, "cus_stays"), Dues(story, leaves, "cus_leaves")
    await first.request()
    await first.open_page("cs_1")
    await first.look("trialing", trial_end_at=first.now + timedelta(days=14))
    await first.look()
    await first.look("active", subscription_id="sub_twice")
    await first.look("dreaming")
    await first.ask(memberships.AskForPlan, plan="membership-annual")
    await first.refuse(Wish.PLAN, "card_declined")
    await first.ask(memberships.AskToCancel, reason="A long journey.")
    await first.money(MoneyKind.INVOICE_ISSUED, "in_1", 2_900)
    await first.money(MoneyKind.PAYMENT_FAILED, "in_1", 2_900, attempt=1, reason="card_declined")
    await first.money(MoneyKind.INVOICE_PAID, "in_1", 2_900)
    await second.request()
    await second.fail(days_ago=20)
    await second.look("active")
    await second.ask(memberships.AskForLeave)  # an end that is arranged stands in its way
    await second.look("active", ends_at_period_end=True)
    await second.look("canceled", ended_for="cancellation_requested")
    await second.open_page("cs_2")
