"""One membership's life through the adapter, at whatever answers: the simulation, or a sandbox.

What was seen is told in a form that holds no id, no name, no address and no secret: statuses, sums,
days from the beginning, how many events of which kind, and which fields were filled. So two
tellings can be compared if they begin at the same moment. Nothing that is compared depends on the
order of events, which Stripe does not promise.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
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
_PATIENCE: Final = 240.0  # seconds for a test clock of Stripe's to arrive
_LOOK_EVERY: Final = 2.0
_MONTH: Final = timedelta(days=32)
_REFUNDED: Final = 500
_CLOCK_EVENTS: Final = "test_helpers."


class ClockBroke(Exception):
    """Stripe could not move the test clock: nothing that follows would mean anything."""


@dataclass
class Life:
    """A payer on a test clock of their own, and what was told of them.

    Attributes:
        connection: to Stripe, or to the simulation.
        desk: the adapter that is judged.
        clock: the test clock.
        began: where it stood at first: months are not all as long.
        now: its time.
        customer: whose dues they are.
        quiet: seconds without a new event after which none is expected any more.
        subscription: the dues.
        told: what was seen, step by step.
        order: kinds of all events, in the order in which they were listed: for who reads it only.
        filled: which fields of a subscription and of an invoice held something, ever.
        drafted_for: seconds from a renewal's draft to its invoice.
        dated_by: whether events carry the time of the ``test clock`` or the ``real`` one.
    """

    connection: Connection
    desk: StripeDesk
    clock: str
    began: datetime
    now: datetime
    customer: str
    quiet: float
    membership_id: UUID = field(default_factory=uuid4)
    account_id: UUID = field(default_factory=uuid4)
    subscription: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    filled: dict[str, set[str]] = field(default_factory=dict)
    drafted_for: int | None = None
    dated_by: str = ""
    _newest: str = ""

    @property
    def _api(self) -> Any:
        return self.connection.client.v1

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Call with patience: too many requests are a 429, and so is an object that is busy."""
        return await self.connection.ask(call)

    async def pays(self) -> None:
        """Begin with a card that is paid."""
        await self._uses("pm_card_visa")
        asked: Any = {"lookup_keys": ["membership-monthly"], "active": True}
        (price,) = (await self._ask(lambda: self._api.prices.list_async(asked))).data
        wanted = {
            "customer": self.customer,
            "items": [{"price": price.id}],
            "metadata": {
                marks.ACCOUNT: str(self.account_id),
                marks.MEMBERSHIP: str(self.membership_id),
                marks.ENVIRONMENT: HERE,
            },
        }
        made = await self._ask(lambda: self._api.subscriptions.create_async(wanted))
        self.subscription = made.id
        await self._tell("paid")

    async def fails(self) -> None:
        """Have a card that is declined when the next month is due."""
        await self._uses("pm_card_chargeCustomerFail")
        await self._passes(_MONTH)
        renewal = (await self._listed("invoices", customer=self.customer, limit=1))[0]
        self.drafted_for = renewal.status_transitions.finalized_at - renewal.created
        await self._tell("failed")

    async def mends(self) -> None:
        """Pay what is open with a card that works."""
        await self._uses("pm_card_visa")
        newest = (await self.desk.invoices(self.customer))[0]
        await self._ask(lambda: self._api.invoices.pay_async(newest.invoice_id))
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
        (note,) = await self._listed("credit_notes", invoice=first.invoice_id)
        self.told[-1]["credited"] = note.amount

    async def _carry_out(self, order: PaymentOrder) -> None:
        order_id = str(uuid4())
        for number, call in enumerate(await self.desk.render(order, order_id=order_id)):
            await self.desk.send(call, key=f"{order_id}-{number}")

    async def _uses(self, card: str) -> None:
        whose: Any = {"customer": self.customer}
        method = await self._ask(lambda: self._api.payment_methods.attach_async(card, whose))
        settings: Any = {"invoice_settings": {"default_payment_method": method.id}}
        await self._ask(lambda: self._api.customers.update_async(self.customer, settings))

    async def _passes(self, time: timedelta) -> None:
        self.now += time
        clocks = self._api.test_helpers.test_clocks
        until: Any = {"frozen_time": int(self.now.timestamp())}
        await self._ask(lambda: clocks.advance_async(self.clock, until))
        await arrived(self.connection, self.clock)

    async def _listed(self, kind: str, **asked: Any) -> list[Any]:
        found = await self._ask(lambda: getattr(self._api, kind).list_async(asked))
        rows: list[Any] = found.data
        return rows

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
                "events": await self._news(),
                "invoices": [
                    [each.status, each.total.cents, each.paid.cents, each.total.currency]
                    for each in reversed(await self.desk.invoices(self.customer))
                ],
            }
        )

    def _day(self, at: datetime | None) -> int | None:
        """Return a day counted from the beginning: the hour of a renewal is Stripe's own."""
        return None if at is None else round((at - self.began) / timedelta(days=1))

    def begins_after(self, event_id: str) -> None:
        """Note the newest event before this payer: what they lead to comes after it."""
        self._newest = event_id

    async def _news(self) -> dict[str, int]:
        """Return how many events of which kind were told since the last step, and keep their order.

        They are made some time after what they tell, so it is asked until nothing new comes.
        """
        found = await self._since()
        while self.quiet:
            await asyncio.sleep(self.quiet)
            more = await self._since()
            if not more:
                break
            found += more
        mine = [each for each in found if self._is_mine(each)]
        for each in mine:
            self._learn(each)
        self.order += [each.type for each in mine]
        return dict(sorted(Counter(each.type for each in mine).items()))

    async def _since(self) -> list[stripe.Event]:
        """Return the events after the newest that we know, oldest first."""
        fresh: list[stripe.Event] = []
        while page := await self._listed("events", limit=100, ending_before=self._newest):
            fresh += reversed(page)
            self._newest = page[0].id
        return fresh

    def _is_mine(self, event: stripe.Event) -> bool:
        about: Any = event.data.object
        named = (getattr(about, "customer", None), getattr(about, "id", None))
        return self.customer in named and not event.type.startswith(_CLOCK_EVENTS)

    def _learn(self, event: stripe.Event) -> None:
        """Learn from an event which fields are filled, and by which clock it is dated."""
        about = event.data.object
        if event.type == "customer.subscription.deleted":  # two months after the beginning
            ahead = self.now.timestamp() - datetime.now(UTC).timestamp()
            by_clock = abs(self.now.timestamp() - event.created) < abs(ahead) / 2
            self.dated_by = "test clock" if by_clock else "real"
        if isinstance(about, (stripe.Subscription, stripe.Invoice)):
            seen = self.filled.setdefault(about.object, set())
            seen.update(outline(about.to_dict(for_json=True)))


def outline(value: Any, at: str = "") -> set[str]:
    """Return the paths of all that is filled, without a value: ``items.data[].price.id``."""
    if isinstance(value, dict):
        if at.endswith("metadata"):
            return {at}
        return {path for name, each in value.items() for path in outline(each, f"{at}.{name}")}
    if isinstance(value, list):
        return {path for each in value for path in outline(each, f"{at}[]")}
    return set() if value is None else {at.lstrip(".")}


async def arrived(connection: Connection, clock: str) -> None:
    """Wait until a test clock stands still.

    Raises:
        ClockBroke: it never will.
        TimeoutError: it takes longer than we wait.
    """
    clocks: Any = connection.client.v1.test_helpers.test_clocks
    async with asyncio.timeout(_PATIENCE):
        while (
            seen := await connection.ask(lambda: clocks.retrieve_async(clock))
        ).status != "ready":
            if seen.status == "internal_failure":
                raise ClockBroke(clock)
            await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def begun(
    connection: Connection, desk: StripeDesk, *, quiet: float, began: datetime
) -> AsyncIterator[Life]:
    """Begin with a payer on a new test clock; the clock is deleted at the end, and all with it.

    Args:
        connection: to Stripe, or to the simulation.
        desk: the adapter that is judged.
        quiet: see :class:`Life`; 0 where events are there as soon as what they tell.
        began: where the clock begins, in whole seconds.
    """
    api: Any = connection.client.v1
    wanted: Any = {"frozen_time": int(began.timestamp()), "name": "Peerhour contract"}
    clock: stripe.test_helpers.TestClock = await connection.ask(
        lambda: api.test_helpers.test_clocks.create_async(wanted)
    )
    try:
        payer: Any = {
            "email": "ana@example.org",
            "test_clock": clock.id,
            "address": {"country": "DE", "postal_code": "10115"},
        }
        listed = await connection.ask(lambda: api.events.list_async({"limit": 1}))
        customer = await connection.ask(lambda: api.customers.create_async(payer))
        life = Life(connection, desk, clock.id, began, began, customer.id, quiet)
        life.begins_after(listed.data[0].id)
        yield life
    finally:
        await arrived(connection, clock.id)  # one that is on its way cannot be deleted
        await connection.ask(lambda: api.test_helpers.test_clocks.delete_async(clock.id))
