"""A house that takes dues, with its web, and a simulated Stripe: both speak over real HTTP.

The house calls Stripe, and Stripe's messages come to the house's own door on loopback. Time is one
for both, and goes on only when a test says so.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from infra.database import ConnectKwargs
from infra.stripe.catalogue import STANDARD, Catalogue
from services.memberships.checkouts import find_customer
from tests.support.dues_house import dues_house, served
from tests.support.fakes import FixedClock
from tests.support.pages import Pages, begun, hidden, words_of
from tests.support.simulated_stripe import VISA, SimulatedStripe
from tests.support.simulated_stripe.handle import Landing

AT_HOME = {"country": "DE", "email": "ana@example.org", "name": "Ana", "postal_code": "10115"}


@dataclass
class BillingHouse(Pages):
    """A house, its people's browsers, and the payment service.

    Attributes:
        stripe: the simulated Stripe.
    """

    stripe: SimulatedStripe

    @property
    def now(self) -> datetime:
        return self.real.clock.at

    async def pass_by(self, *, days: float = 0, seconds: float = 1) -> None:
        """Let time go by, for both; then everything that is due is done, and told."""
        self.real.clock.at += timedelta(days=days, seconds=seconds)
        await self.stripe.advance()  # by nothing: it has our clock, and does what is due by now
        await self.settle()

    async def settle(self) -> None:
        """Let Stripe's messages arrive and the worker do all there is to do."""
        for _ in range(2):  # what the worker does makes Stripe speak once more
            await self.stripe.drain()
            await self.real.drain()

    async def send(
        self, browser: httpx.AsyncClient, page: str, address: str | None = None, **answers: Any
    ) -> httpx.Response:
        """Fill in a form of a page, and send it as a browser does."""
        shown = await browser.get(page)
        assert shown.status_code == 200, shown.text
        self.real.clock.move(seconds=1)
        form = {**hidden(shown.text), **_extras(shown.text), **answers}
        return await browser.post(address or page, data=form)

    async def open_checkout(
        self, browser: httpx.AsyncClient, plan: str = "membership-monthly", currency: str = "EUR"
    ) -> str:
        """Go from the page that shows prices to Stripe's own; return its address."""
        page = f"/membership/start?currency={currency}"
        sent = await self.send(browser, page, "/membership/start", plan=plan)
        assert sent.status_code == 303, sent.text
        address: str = sent.headers["location"]
        assert address.startswith(self.stripe.address), address
        return address

    async def pay(self, address: str, number: str = "", **form: str) -> str:
        """Go through Stripe's page, with a card or without; return where it leads, as our path."""
        landed: Landing = await self.stripe.pay(address, number, **AT_HOME, **form)
        assert landed.status == 303, landed.text
        assert landed.url.startswith(self.real.house.origin), landed.url
        return landed.url.removeprefix(self.real.house.origin)

    async def subscribe(self, person_id: UUID, *, settled: bool = True) -> None:
        """Begin somebody's trial, from our page through Stripe's and back."""
        async with await self.browser(person_id) as browser:
            back = await self.pay(await self.open_checkout(browser))
            self.real.clock.move(seconds=1)
            answer = await browser.get(back)
            assert answer.headers["location"] == "/membership?done=begun", answer.text
        if settled:
            await self.settle()

    async def add_card(self, person_id: UUID, number: str = VISA) -> None:
        """Give somebody a card, on Stripe's page for it."""
        async with await self.browser(person_id) as browser:
            sent = await self.send(browser, "/membership", "/membership/card")
        assert sent.status_code == 303, sent.text
        landed = await self.stripe.submit(
            sent.headers["location"], action="card", number=number, expiry="12 / 40"
        )
        assert landed.status == 303, landed.text
        await self.settle()

    async def take_card(self, person_id: UUID, token: str) -> None:
        """Give somebody one of Stripe's test cards, about which its bank has not asked yet."""
        customer_id = await find_customer(self.real.house, person_id)
        assert customer_id is not None
        async with self.stripe.client() as client:
            card = await client.v1.payment_methods.attach_async(token, {"customer": customer_id})
            await client.v1.customers.update_async(
                customer_id, {"invoice_settings": {"default_payment_method": card.id}}
            )
        await self.settle()

    @asynccontextmanager
    async def away(self, route: str = "*") -> AsyncIterator[None]:
        """Let Stripe answer nothing that fits a route, for a while."""
        await self.stripe.fault("error_before", route, times=10_000, should_retry=False)
        try:
            yield
        finally:
            await self.stripe.order("/faults/clear")

    async def words(self, person_id: UUID, page: str = "/membership") -> str:
        """Return what somebody reads on a page."""
        async with await self.browser(person_id) as browser:
            shown = await browser.get(page)
        assert shown.status_code == 200, shown.text
        return words_of(shown.text)

    async def ask(
        self, person_id: UUID, page: str, address: str | None = None, **answers: Any
    ) -> httpx.Response:
        """Let somebody fill in a page's form."""
        async with await self.browser(person_id) as browser:
            return await self.send(browser, page, address, **answers)

    async def becomes_paying(self, person_id: UUID) -> None:
        """Subscribe somebody, give them a card, and let the trial end."""
        await self.subscribe(person_id)
        await self.add_card(person_id)
        await self.pass_by(days=15)


class _Ticking(FixedClock):
    """A clock of which no two readings are the same: a look comes after what it is to see."""

    def now(self) -> datetime:
        self.move(seconds=0.001)
        return self.at


@asynccontextmanager
async def billing_house(
    database: ConnectKwargs,
    folder: Path,
    *,
    seed: int = 1,
    catalogue: Catalogue = STANDARD,
    **overrides: object,
) -> AsyncIterator[BillingHouse]:
    """Open a house with dues on a migrated database, served on a port of loopback.

    Args:
        database: migrated.
        folder: of the test's own.
        seed: of the simulated Stripe.
        catalogue: what is sold.
        overrides: further settings of the house.
    """
    clock = _Ticking()
    clock.at -= timedelta(days=60)  # what is sold was there before the story begins
    async with dues_house(
        database, folder, clock, told=lambda: clock.at, seed=seed, catalogue=catalogue, **overrides
    ) as opened:
        pages = await begun(opened.real)
        house = BillingHouse(pages.real, pages.story, pages.app, opened.stripe)
        async with served(pages.app, opened.listener):
            yield house


_EXTRA = re.compile(r'<input type="hidden" name="(currency|plan)" value="([^"]*)">')


def _extras(page: str) -> dict[str, str]:
    return dict(_EXTRA.findall(page))
