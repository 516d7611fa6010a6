"""A year of dues in a storm: messages lost, repeated and shuffled, and Stripe failing in between.

What must come of it is reckoned here from Stripe's own objects, by other code than the house's.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import stripe
from prometheus_client import CollectorRegistry
from typing_extensions import override

from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.facts import key_of
from domain.money.ledger import MoneyLedger, money_ledger_id
from infra.database import ConnectKwargs
from services import bootstrap
from services.dispatch import Order, Work
from services.members.commands import RegisterMember
from services.memberships.commands import RequestMembership
from services.payments.reconciling import Reconciled, reconcile_lists, reconcile_messages
from services.web.live import LiveHub
from tests.support.dues_house import dues_house, served
from tests.support.fakes import FixedClock
from tests.support.house import RealHouse
from tests.support.simulated_stripe import SimulatedStripe

_IDS: Final = UUID("7d3a0b44-2a2c-4b5e-9a55-b6b7b8f8a001")
_PLAN: Final = "membership-monthly"
_CARDS: Final = ("pm_card_visa", "pm_card_mastercard", "pm_card_refundFail", "pm_card_visa")


Fact = tuple[str, int, str]
"""What has to stand in a ledger: its key, minor units, and the currency."""


@dataclass
class RunningClock(FixedClock):
    """A clock that goes, and that can be put ahead: one time for the house and for Stripe."""

    began: float = field(default_factory=time.monotonic)

    @override
    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.began)


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody who takes part, and what Stripe calls them."""

    number: int
    person_id: UUID
    account_id: UUID
    membership_id: UUID
    customer_id: str
    subscription_id: str


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of it.

    Attributes:
        events: how many Stripe had told.
        deliveries: how many arrived, and *lost* how many never did.
        seconds: that the deliveries took.
        wrong_before: facts and subscriptions that were wrong before reconciliation.
        wrong_subscriptions, wrong_facts: after it.
        added: messages that the first reconciliation took in, *added_again* the second one.
        drift: differences that are left.
    """

    events: int
    deliveries: int
    lost: int
    seconds: float
    wrong_before: int
    wrong_subscriptions: list[str]
    wrong_facts: list[str]
    added: int
    added_again: int
    drift: list[str]


@dataclass(frozen=True, slots=True)
class StormyHouse:
    """A house, served over real HTTP, and its Stripe."""

    real: RealHouse
    simulated: SimulatedStripe
    client: stripe.StripeClient
    clock: RunningClock

    async def go_ahead(self, days: float) -> None:
        """Let time pass for both; what falls due at Stripe happens."""
        self.clock.move(seconds=days * 86_400)
        await self.simulated.advance(seconds=0)

    async def settle(self) -> None:
        """Do all background work, over the pauses after failures too."""
        for _ in range(4):
            await self.real.drain()
            self.clock.move(seconds=31)

    @property
    def reconciler(self) -> Any:
        found = self.real.running.news.reconciler
        assert found is not None
        return found


@asynccontextmanager
async def stormy_house(
    database: ConnectKwargs, folder: Path, *, seed: int = 1
) -> AsyncIterator[StormyHouse]:
    """Open a house on a migrated database, with a door on loopback that Stripe knows."""
    clock = RunningClock()
    async with (
        dues_house(database, folder, clock, told=clock.now, seed=seed) as opened,
        opened.stripe.client() as client,
    ):
        app = bootstrap.web_app(opened.real.running, LiveHub(), CollectorRegistry())
        async with served(app, opened.listener):
            yield StormyHouse(opened.real, opened.stripe, client, clock)


Acts = Mapping[int, Callable[[StormyHouse, Payer], Awaitable[None]]]
"""What some of the crowd do, by the rest of their number divided by six."""


async def storm(house: StormyHouse, *, payers: int) -> Storm:
    """Let a crowd pay for two months, with messages held and then let go in a storm each time.

    Each stretch is shorter than the thirty days for which Stripe keeps its events.
    """
    await no_chores(house)
    await house.simulated.hold()
    crowd = [await begin_dues(house, number) for number in range(payers)]
    tries: set[Fact] = set()
    sent, lost, seconds, added, before = 0, 0, 0.0, 0, 0
    for days, acts in _STRETCHES:
        await house.simulated.hold()
        await _live(house, crowd, days, acts)
        tries |= await _failed_tries(house)
        began = time.perf_counter()
        told = await house.simulated.release(shuffle=True, repeat=0.2, drop=0.05)
        seconds += time.perf_counter() - began
        sent, lost = sent + told["sent"], lost + told["dropped"]
        await house.simulated.fault("error_before", "get /v1/subscriptions/*", times=3)
        await house.settle()
        before += sum(map(len, await _wrong(house, crowd, tries)))
        added += (await _reconcile(house)).added
    again = await _reconcile(house)
    subscriptions, facts = await _wrong(house, crowd, tries)
    return Storm(
        events=await _count_events(house),
        deliveries=sent,
        lost=lost,
        seconds=seconds,
        wrong_before=before,
        wrong_subscriptions=subscriptions,
        wrong_facts=facts,
        added=added,
        added_again=again.added + again.found,
        drift=[
            f"{each.kind} {each.subject}" for each in await house.real.running.news.drift.open()
        ],
    )


async def no_chores(house: StormyHouse) -> None:
    """Keep what comes by the clock away: the storm says itself when it reconciles."""
    await house.real.running.pool.execute(
        "INSERT INTO regular_chores (name, due_at) SELECT *, now() + interval '99 years'"
        " FROM unnest($1::text[])",
        ["payment messages", "payment lists", "payment sums", "scholarships"],
    )


async def _reconcile(house: StormyHouse) -> Reconciled:
    messages = await reconcile_messages(house.reconciler)
    await house.settle()
    lists = await reconcile_lists(house.reconciler)
    await house.settle()
    return Reconciled(added=messages.added, found=lists.found, left=lists.left)


async def register(house: StormyHouse, number: int) -> None:
    """Make somebody known who would like to take part."""
    person_id = uuid5(_IDS, str(number))
    for command in (
        RegisterMember(member_id=person_id, name_on_papers=f"Ana {number}"),
        RequestMembership(
            payer_kind=PayerKind.PERSON, payer_id=person_id, plan=_PLAN, by=person_id
        ),
    ):
        order = Order(command_id=uuid4(), actor_id=person_id)
        await house.real.house.dispatch(command, order)


async def begin_dues(house: StormyHouse, number: int, *, known: bool = True) -> Payer:
    """Register somebody, and begin their dues at Stripe as Checkout would.

    Args:
        house: theirs.
        number: says what they do later, and their card.
        known: whether our own record of it stands already.
    """
    person_id = uuid5(_IDS, str(number))
    account_id = billing_account_id(person_id)
    the_membership = membership_id(account_id, person_id)
    if known:
        await register(house, number)
    marks = {"ph_account": str(account_id), "ph_env": "development"}
    v1 = house.client.v1
    customer = await v1.customers.create_async({"metadata": marks})
    await _take_card(house, customer.id, _CARDS[number % len(_CARDS)])
    prices = await v1.prices.list_async({"lookup_keys": [_PLAN]})
    asked: Any = {
        "customer": customer.id,
        "items": [{"price": prices.data[0].id}],
        "metadata": marks | {"ph_membership": str(the_membership)},
    }
    if number % 3 == 2:
        asked["trial_period_days"] = 14
    subscription = await v1.subscriptions.create_async(asked)
    return Payer(number, person_id, account_id, the_membership, customer.id, subscription.id)


async def _live(house: StormyHouse, crowd: list[Payer], days: float, acts: Acts) -> None:
    """Let time pass, then let some of the crowd do what they do."""
    await house.go_ahead(days)
    for payer in crowd:
        act = acts.get(payer.number % 6)
        if act is not None:
            await act(house, payer)


async def _card_fails(house: StormyHouse, payer: Payer) -> None:
    await _take_card(house, payer.customer_id, "pm_card_chargeCustomerFail")


async def _card_is_mended(house: StormyHouse, payer: Payer) -> None:
    if payer.number % 12 == 1:
        await _take_card(house, payer.customer_id, "pm_card_visa")


async def _part_is_paid_back(house: StormyHouse, payer: Payer) -> None:
    paid = await paid_invoice(house, payer)
    if paid is not None:
        asked: Any = {"invoice": paid, "amount": 300, "refund_amount": 300}
        await house.client.v1.credit_notes.create_async(asked)


async def _cancels(house: StormyHouse, payer: Payer) -> None:
    asked: Any = {"cancel_at_period_end": True}
    await house.client.v1.subscriptions.update_async(payer.subscription_id, asked)


async def _pauses(house: StormyHouse, payer: Payer) -> None:
    asked: Any = {"type": "subscription"}
    await house.client.v1.subscriptions.pause_async(payer.subscription_id, asked)


async def _comes_back(house: StormyHouse, payer: Payer) -> None:
    asked: Any = {
        "billing_cycle_anchor": {"type": "now"},
        "payment_behavior": "resume_on_payment_success",  # otherwise it asks for no money by itself
    }
    await house.client.v1.subscriptions.resume_async(payer.subscription_id, asked)


async def _is_given_credit(house: StormyHouse, payer: Payer) -> None:
    asked: Any = {"amount": -500, "currency": "eur"}
    await house.client.v1.customers.balance_transactions.create_async(payer.customer_id, asked)


async def _refund_by_hand(house: StormyHouse, payer: Payer) -> None:
    """Somebody refunds in the dashboard, and every second bank asks for the rest as well."""
    paid = await paid_invoice(house, payer)
    if paid is None:
        return
    found = await house.client.v1.invoice_payments.list_async({"invoice": paid})
    intent = str(found.data[0].payment.payment_intent)
    await house.simulated.dashboard(
        "post", "/v1/refunds", {"payment_intent": intent, "amount": 100}
    )
    if payer.number % 12 == 0:
        opened = await house.simulated.order("/disputes", payment_intent=intent)
        await house.simulated.order("/disputes/close", dispute=opened["id"], won=True)


_EARLY: Final = {
    1: _card_fails,
    2: _part_is_paid_back,
    3: _cancels,
    4: _pauses,
    5: _is_given_credit,
}
_LATE: Final = {0: _refund_by_hand, 1: _card_is_mended, 4: _comes_back}
_STRETCHES: Final[tuple[tuple[float, Acts], ...]] = ((20, _EARLY), (15, _LATE), (28, {}))


async def _take_card(house: StormyHouse, customer_id: str, card: str) -> None:
    v1 = house.client.v1
    method = await v1.payment_methods.attach_async(card, {"customer": customer_id})
    await v1.customers.update_async(
        customer_id, {"invoice_settings": {"default_payment_method": method.id}}
    )


async def paid_invoice(house: StormyHouse, payer: Payer) -> str | None:
    found = await house.client.v1.invoices.list_async(
        {"customer": payer.customer_id, "status": "paid"}
    )
    return next((each.id for each in found.data if each.amount_paid >= 500), None)


async def _count_events(house: StormyHouse) -> int:
    return int((await house.simulated.state())["objects"]["event"])


async def _wrong(
    house: StormyHouse, crowd: list[Payer], tries: set[Fact]
) -> tuple[list[str], list[str]]:
    """Return which subscriptions, and which facts, are not as Stripe says."""
    work = Work(house.real.house.store, uuid4())
    subscriptions, facts = [], []
    for payer in crowd:
        membership = await work.load(Membership, payer.membership_id)
        seen = membership.seen.get(payer.subscription_id)
        stands = await house.client.v1.subscriptions.retrieve_async(payer.subscription_id)
        item = stands["items"].data[0]
        said = (stands.status, datetime.fromtimestamp(item.current_period_end, UTC), item.quantity)
        ours = seen and (seen.status, seen.period_end_at, seen.quantity)
        if said != ours:
            subscriptions.append(f"{payer.number}: {said}, not {ours}")
        ledger = await work.find(MoneyLedger, money_ledger_id(payer.account_id))
        lines = {} if ledger is None else ledger.lines
        known = Counter(
            (key_of(kind, fact), fact.amount.cents, fact.amount.currency)
            for kind, fact in lines.values()
        )
        found, invoices = await _facts_at_stripe(house, payer)
        mine = [each for each in tries if each[0].split("/")[0] in invoices]
        wanted = Counter([*found, *mine])
        facts += [f"{payer.number}: too much {each}" for each in (known - wanted).elements()]
        facts += [f"{payer.number}: missing {each}" for each in (wanted - known).elements()]
    return subscriptions, facts


async def _facts_at_stripe(house: StormyHouse, payer: Payer) -> tuple[list[Fact], set[str]]:
    """Return every fact as it must stand, read off Stripe's objects, and the invoices."""
    v1 = house.client.v1
    found: list[Fact] = []
    invoices = await v1.invoices.list_async({"customer": payer.customer_id, "limit": 100})
    for invoice in invoices.data:
        times = invoice.status_transitions
        asks = max(0, invoice.total)
        stages = (
            ("issued", times.finalized_at, asks),
            ("paid", times.paid_at, invoice.amount_paid),
            ("voided", times.voided_at, asks),
            ("written_off", times.marked_uncollectible_at, asks),
        )
        found += [(f"{invoice.id}/{name}", cents, "EUR") for name, at, cents in stages if at]
        payments = await v1.invoice_payments.list_async({"invoice": invoice.id})
        for payment in payments.data:
            if payment.payment.payment_intent:
                found += await _after_the_payment(house, str(payment.payment.payment_intent))
    for note in (await v1.credit_notes.list_async({"customer": payer.customer_id})).data:
        found.append((f"{note.id}/credited", note.amount, "EUR"))
    for line in (await v1.customers.balance_transactions.list_async(payer.customer_id)).data:
        found.append((f"{line.id}/moved", line.amount, "EUR"))
    return found, {each.id for each in invoices.data}


async def _after_the_payment(house: StormyHouse, intent: str) -> list[Fact]:
    v1 = house.client.v1
    found = []
    for refund in (await v1.refunds.list_async({"payment_intent": intent})).data:
        found.append((f"{refund.id}/done", refund.amount, "EUR"))
        if refund.status == "failed":
            found.append((f"{refund.id}/failed", refund.amount, "EUR"))
    for dispute in (await v1.disputes.list_async({"payment_intent": intent})).data:
        found.append((f"{dispute.id}/opened", dispute.amount, "EUR"))
        if dispute.status in {"won", "lost"}:
            found.append((f"{dispute.id}/closed", dispute.amount, "EUR"))
    return found


async def _failed_tries(house: StormyHouse) -> set[Fact]:
    """Return failed tries, which stand nowhere but in the events of the last thirty days."""
    tries = set()
    page = await house.client.v1.events.list_async({"type": "invoice.payment_failed", "limit": 100})
    async for event in page.auto_paging_iter():
        invoice: Any = event.data.object
        attempt = max(1, invoice["attempt_count"])
        key = f"{invoice['id']}/payment_failed/{attempt}"
        tries.add((key, invoice["amount_remaining"], "EUR"))
    return tries
