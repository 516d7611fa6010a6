"""The house's payment service: Stripe (:class:`domain.payments.desk.PaymentDesk`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from domain.payments.checkouts import CheckoutAsk, CheckoutPage, CheckoutSeen, PurchaseAsk
from domain.payments.desk import KnownPayer, Seen
from domain.payments.invoices import Invoice
from domain.payments.orders import Call, Made, PaymentOrder
from domain.payments.prices import NextCharge, Preview, Price
from domain.ports import Clock, Randomness
from infra.stripe import invoices, observing
from infra.stripe.checkouts import Checkouts
from infra.stripe.connection import Connection, connect
from infra.stripe.ordering import Ordering
from infra.stripe.previews import Previews
from infra.stripe.prices import PriceList

Turns = Callable[[str], AbstractAsyncContextManager[None]]
"""Lets one at a time do something about a key, among all processes."""


class StripeDesk:
    """Stripe, as the house needs it; every method is explained in the port.

    Args:
        connection: to Stripe.
        clock: tells when looks begin and when prices are old.
        turns: looks at one subscription take turns, so that the later one is the newer truth.
        environment: this house's; goes with everything that is made, and what another one made is
            nobody's here.
        taxes: whether Stripe Tax reckons taxes.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        turns: Turns,
        *,
        environment: str,
        taxes: bool = True,
    ) -> None:
        self._connection = connection
        self._turns = turns
        self._clock = clock
        self._environment = environment
        self._prices = PriceList(connection, clock)
        self._checkouts = Checkouts(connection, self._prices, environment=environment, taxes=taxes)
        self._previews = Previews(connection, self._prices)
        self._ordering = Ordering(connection, self._prices)

    async def prices(self) -> Sequence[Price]:
        """Return what is offered."""
        return await self._prices.prices()

    async def payer(self, customer_id: str) -> KnownPayer | None:
        """Return a payer, unless they were deleted."""
        return await self._checkouts.payer(customer_id)

    async def begin(self, ask: CheckoutAsk) -> CheckoutPage:
        """Open a page for a first payment."""
        return await self._checkouts.begin(ask)

    async def buy(self, ask: PurchaseAsk) -> CheckoutPage:
        """Open a page for something that is paid once."""
        return await self._checkouts.buy(ask)

    async def tax_id(self, customer_id: str) -> tuple[str, str] | None:
        """Return the newest tax id of a payer."""
        return await self._checkouts.tax_id(customer_id)

    async def checkout(self, session_id: str) -> CheckoutSeen:
        """Return what became of such a page."""
        return await self._checkouts.seen(session_id)

    async def card_page(self, customer_id: str, *, back_url: str) -> str:
        """Return the address of the page where a card is changed."""
        return await self._checkouts.card_page(customer_id, back_url=back_url)

    async def send_papers_to(self, customer_id: str, address: str) -> None:
        """Let a payer's invoices go to a mail address."""
        await self._checkouts.send_papers_to(customer_id, address)

    async def preview_plan(self, subscription_id: str, plan: str) -> Preview:
        """Return what another plan would cost."""
        return await self._previews.of_plan(subscription_id, plan)

    async def preview_seats(self, subscription_id: str, count: int) -> Preview:
        """Return what another number of seats would cost."""
        return await self._previews.of_seats(subscription_id, count)

    async def preview_return(self, subscription_id: str) -> Preview:
        """Return what coming back from a pause would cost."""
        return await self._previews.of_return(subscription_id)

    async def next_charge(self, subscription_id: str, *, count: int | None = None) -> NextCharge:
        """Return what is charged next."""
        return await self._previews.next_charge(subscription_id, count)

    async def look(self, subscription_id: str, *, source_event_id: str | None = None) -> Seen:
        """Fetch a subscription anew."""
        async with self._turns(f"look/{subscription_id}"):
            return await observing.look(
                self._connection,
                subscription_id,
                began=self._clock.now(),
                source_event_id=source_event_id,
                environment=self._environment,
            )

    async def invoices(self, customer_id: str) -> Sequence[Invoice]:
        """Return a payer's invoices, newest first."""
        return await invoices.invoices(self._connection, customer_id)

    async def invoice(self, invoice_id: str) -> tuple[str, Invoice]:
        """Return whose an invoice is, and the invoice."""
        return await invoices.invoice(self._connection, invoice_id)

    async def render(self, order: PaymentOrder, *, order_id: str) -> Sequence[Call]:
        """Word an order as calls."""
        return await self._ordering.render(order, order_id=order_id)

    async def send(self, call: Call, *, key: str) -> Made:
        """Make a call."""
        return await self._ordering.send(call, key=key)

    async def made_by(self, call: Call) -> Made | None:
        """Return what a call made, if it was done."""
        return await self._ordering.made_by(call)


@asynccontextmanager
async def open_desk(
    key: str,
    *,
    clock: Clock,
    turns: Turns,
    randomness: Randomness,
    environment: str,
    api_base: str | None = None,
    taxes: bool = True,
) -> AsyncIterator[StripeDesk]:
    """Open a desk of one process, its connection closed at the end; see :class:`StripeDesk`."""
    async with connect(key, api_base=api_base, randomness=randomness) as connection:
        yield StripeDesk(connection, clock, turns, environment=environment, taxes=taxes)
