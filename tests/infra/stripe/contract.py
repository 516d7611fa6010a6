"""One membership's life through the adapter, at whatever answers: the simulation, or a sandbox.

What was seen is told in a form that holds no id, no name, no address and no secret: statuses, sums,
days from the beginning, and the kinds of events in their order. So two tellings can be compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import stripe

from domain.payments.orders import EndWithPeriod, PauseDues, PayBack, PaymentOrder, ResumeDues
from domain.values import Money
from infra.stripe import marks
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk

HERE: Final = "contract"
_PATIENCE: Final = 180.0  # seconds for a test clock of Stripe's to arrive
_LOOK_EVERY: Final = 2.0
_MONTH: Final = timedelta(days=32)
_REFUNDED: Final = 500
_CLOCK_EVENTS: Final = "test_helpers."


@dataclass
class Life:
    """A payer on a test clock of their own, and what was told of them.

    Attributes:
        connection: to Stripe, or to the simulation.
        desk: the adapter that is judged.
        clock: the test clock.
        now: its time.
        customer: whose dues they are.
        subscription: the dues.
        told: what was seen, step by step.
    """

    connection: Connection
    desk: StripeDesk
    clock: str
    began: datetime
    now: datetime
    customer: str
    membership_id: UUID = field(default_factory=uuid4)
    account_id: UUID = field(default_factory=uuid4)
    subscription: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def _api(self) -> Any:
        return self.connection.client.v1

    async def pays(self) -> None:
        """Begin with a card that is paid."""
        await self._uses("pm_card_visa")
        (price,) = (await self._api.prices.list_async({"lookup_keys": ["membership-monthly"]})).data
        made = await self._api.subscriptions.create_async(
            {
                "customer": self.customer,
                "items": [{"price": price.id}],
                "metadata": {
                    marks.ACCOUNT: str(self.account_id),
                    marks.MEMBERSHIP: str(self.membership_id),
                    marks.ENVIRONMENT: HERE,
                },
            }
        )
        self.subscription = made.id
        await self._tell("paid")

    async def fails(self) -> None:
        """Have a card that is declined when the next month is due."""
        await self._uses("pm_card_chargeCustomerFail")
        await self._passes(_MONTH)
        await self._tell("failed")

    async def mends(self) -> None:
        """Pay what is open with a card that works."""
        await self._uses("pm_card_visa")
        newest = (await self.desk.invoices(self.customer))[0]
        await self._api.invoices.pay_async(newest.invoice_id)
        await self._tell("mended")

    async def pauses(self) -> None:
        """Pause, and come back."""
        await self._carry_out(PauseDues(self.membership_id, self.subscription))
        await self._tell("paused")
        await self._carry_out(ResumeDues(self.membership_id, self.subscription))
        await self._tell("back")

    async def cancels(self) -> None:
        """Arrange the end, and reach it."""
        await self._carry_out(EndWithPeriod(self.membership_id, self.subscription, ends=True))
        await self._tell("end arranged")
        await self._passes(_MONTH)
        await self._tell("ended")

    async def is_paid_back(self) -> None:
        """Get a part of the first invoice back."""
        first = (await self.desk.invoices(self.customer))[-1]
        amount = Money(_REFUNDED, first.total.currency)
        await self._carry_out(
            PayBack(self.account_id, first.invoice_id, str(uuid4()), amount, "duplicate")
        )
        await self._tell("paid back")
        (note,) = (await self._api.credit_notes.list_async({"invoice": first.invoice_id})).data
        self.told[-1]["credited"] = note.amount

    async def _carry_out(self, order: PaymentOrder) -> None:
        order_id = str(uuid4())
        for number, call in enumerate(await self.desk.render(order, order_id=order_id)):
            await self.desk.send(call, key=f"{order_id}-{number}")

    async def _uses(self, card: str) -> None:
        method = await self._api.payment_methods.attach_async(card, {"customer": self.customer})
        await self._api.customers.update_async(
            self.customer, {"invoice_settings": {"default_payment_method": method.id}}
        )

    async def _passes(self, time: timedelta) -> None:
        self.now += time
        clocks = self._api.test_helpers.test_clocks
        await clocks.advance_async(self.clock, {"frozen_time": int(self.now.timestamp())})
        async with asyncio.timeout(_PATIENCE):
            while (await clocks.retrieve_async(self.clock)).status != "ready":  # noqa: ASYNC110  Stripe tells no other way
                await asyncio.sleep(_LOOK_EVERY)

    async def _tell(self, step: str) -> None:
        seen = await self.desk.look(self.subscription)
        assert (seen.membership_id, seen.account_id) == (self.membership_id, self.account_id)
        what = seen.observation
        self.told.append(
            {
                "step": step,
                "status": what.status,
                "plan": what.price,
                "paused_for": what.paused_for,
                "ends_at_period_end": what.ends_at_period_end,
                "period_ends_on_day": self._day(what.period_end_at),
                "unpaid_since_day": self._day(what.unpaid_since),
                "trouble": what.trouble is not None,
                "invoices": [
                    [each.status, each.total.cents, each.paid.cents, each.total.currency]
                    for each in reversed(await self.desk.invoices(self.customer))
                ],
            }
        )

    def _day(self, at: datetime | None) -> int | None:
        """Return a day counted from the beginning: the hour of a renewal is Stripe's own."""
        return None if at is None else round((at - self.began) / timedelta(days=1))

    async def events(self) -> list[str]:
        """Return the kinds of events about this payer, oldest first."""
        found: list[str] = []
        since = int(datetime.now(UTC).timestamp()) - 3600  # dated by the real clock, or a test's
        listed = await self._api.events.list_async({"limit": 100})
        async for event in listed.auto_paging_iter():
            about = event.data.object
            mine = self.customer in (getattr(about, "customer", None), about.id)
            if mine and not event.type.startswith(_CLOCK_EVENTS):
                found.append(event.type)
            if event.created < since and not mine:
                break
        return found[::-1]


@asynccontextmanager
async def begun(connection: Connection, desk: StripeDesk) -> AsyncIterator[Life]:
    """Begin with a payer on a new test clock; the clock is deleted at the end, and all with it."""
    api: Any = connection.client.v1
    now = datetime.now(UTC).replace(microsecond=0)
    clock: stripe.test_helpers.TestClock = await api.test_helpers.test_clocks.create_async(
        {"frozen_time": int(now.timestamp()), "name": "Peerhour contract"}
    )
    try:
        customer = await api.customers.create_async(
            {
                "email": "ana@example.org",
                "test_clock": clock.id,
                "address": {"country": "DE", "postal_code": "10115"},
            }
        )
        yield Life(connection, desk, clock.id, now, now, customer.id)
    finally:
        await api.test_helpers.test_clocks.delete_async(clock.id)
