"""One simulated account for each module of tests, and what most of them begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe

MARCH_FIRST = 1803859200  # 2027-03-01 00:00 UTC
DAY = 86400
HOME: Any = {"country": "DE", "postal_code": "10115"}


@pytest.fixture(scope="module")
async def simulated() -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe() as found:
        yield found


@pytest.fixture(scope="module")
async def client(simulated: SimulatedStripe) -> AsyncIterator[stripe.StripeClient]:
    async with simulated.client() as found:
        yield found


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ids of prices: 20.00 a month, 200.00 a year, 50.00 a month with tax inside."""

    product: str
    monthly: str
    annual: str
    practice: str


@pytest.fixture(scope="module")
async def catalogue(client: stripe.StripeClient) -> Catalogue:
    product = await client.v1.products.create_async({"name": "Peerhour membership"})

    async def price(amount: int, interval: Any, **more: Any) -> str:
        given: Any = {
            "product": product.id,
            "unit_amount": amount,
            "currency": "eur",
            "recurring": {"interval": interval},
        }
        made = await client.v1.prices.create_async(given | more)
        return made.id

    return Catalogue(
        product=product.id,
        monthly=await price(2000, "month", lookup_key="member_monthly"),
        annual=await price(20000, "year", lookup_key="member_annual"),
        practice=await price(5000, "month", tax_behavior="inclusive"),
    )


@dataclass(slots=True)
class Member:
    """A customer on a test clock of their own."""

    client: stripe.StripeClient
    id: str
    clock: str
    before: str = ""
    now: int = MARCH_FIRST

    async def passes(self, days: float) -> None:
        """Time goes on for this member."""
        self.now += int(days * DAY)
        clocks = self.client.v1.test_helpers.test_clocks
        await clocks.advance_async(self.clock, {"frozen_time": self.now})

    async def uses(self, card: str) -> str:
        """Gives the member one of Stripe's test cards, as the default."""
        method = await self.client.v1.payment_methods.attach_async(card, {"customer": self.id})
        await self.client.v1.customers.update_async(
            self.id, {"invoice_settings": {"default_payment_method": method.id}}
        )
        return method.id

    async def subscribes(self, price: str, **more: Any) -> stripe.Subscription:
        given: Any = {"customer": self.id, "items": [{"price": price}]}
        return await self.client.v1.subscriptions.create_async(given | more)

    async def invoices(self) -> list[stripe.Invoice]:
        """Newest first."""
        found = await self.client.v1.invoices.list_async({"customer": self.id, "limit": 100})
        return found.data

    async def events(self) -> list[str]:
        """Types of the events about what is this member's, oldest first."""
        found = await self.client.v1.events.list_async({"limit": 100, "ending_before": self.before})
        assert not found.has_more, "a page is enough for one member"
        about = [(event.type, event.data.object) for event in reversed(found.data)]
        return [
            kind
            for kind, thing in about
            if self.id in (getattr(thing, "customer", None), getattr(thing, "id", None))
        ]


@pytest.fixture
async def newcomer(client: stripe.StripeClient) -> Member:
    """Bo, without a card."""
    clock = await client.v1.test_helpers.test_clocks.create_async({"frozen_time": MARCH_FIRST})
    newest = await client.v1.events.list_async({"limit": 1})
    customer = await client.v1.customers.create_async(
        {"email": "bo@example.org", "test_clock": clock.id}
    )
    return Member(client, customer.id, clock.id, before=newest.data[0].id)


@pytest.fixture
async def member(newcomer: Member) -> Member:
    """Bo with a card that is paid."""
    await newcomer.uses("pm_card_visa")
    return newcomer
