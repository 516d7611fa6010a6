"""What a change would cost: Stripe makes it, looks at it and forgets it."""

from __future__ import annotations

from typing import Any

import stripe

from domain.payments import Every, PaymentRefused, Preview
from domain.values import Money
from infra.stripe.amounts import from_stripe
from infra.stripe.connection import Connection
from infra.stripe.invoices import is_dues
from infra.stripe.prices import PriceList
from infra.stripe.readings import instant


class Previews:
    """Asks Stripe what a change would cost.

    Args:
        connection: to Stripe.
        prices: what is offered.
    """

    def __init__(self, connection: Connection, prices: PriceList) -> None:
        self._connection = connection
        self._prices = prices

    async def of_plan(self, subscription_id: str, plan: str) -> Preview:
        """Return what another plan would cost."""
        price_id = await self._prices.id_of(plan)
        item = await item_of(self._connection, subscription_id)
        try:
            return await self._of(subscription_id, item, {"price": price_id})
        except PaymentRefused:
            await self._prices.require_still_offered(plan)
            raise

    async def of_seats(self, subscription_id: str, count: int) -> Preview:
        """Return what another number of seats would cost."""
        item = await item_of(self._connection, subscription_id)
        return await self._of(subscription_id, item, {"quantity": count})

    async def _of(
        self, subscription_id: str, item: stripe.SubscriptionItem, change: dict[str, Any]
    ) -> Preview:
        asked: Any = {
            "subscription": subscription_id,
            "subscription_details": {
                "items": [{"id": item.id} | change],
                "proration_behavior": "create_prorations",
            },
        }
        invoice = await self._connection.ask(
            lambda: self._connection.client.v1.invoices.create_preview_async(asked)
        )
        return _read(invoice, period_end=item.current_period_end)


async def item_of(connection: Connection, subscription_id: str) -> stripe.SubscriptionItem:
    """Return what a subscription is for; ours are for one price each.

    Raises:
        NotFound: there is no such subscription.
        PaymentRefused: it is for nothing, or for several things.
    """
    subscription = await connection.ask(
        lambda: connection.client.v1.subscriptions.retrieve_async(subscription_id)
    )
    rows = subscription["items"].data
    if len(rows) != 1:
        raise PaymentRefused(
            "This membership was changed by hand at the payment service; we look into it.",
            why="several_items",
        )
    item: stripe.SubscriptionItem = rows[0]
    return item


def _read(invoice: stripe.Invoice, *, period_end: int) -> Preview:
    """Read a preview.

    Args:
        invoice: as Stripe would make it.
        period_end: of the period that is running. Dues that begin before it are billed at once,
            and the invoice is for them; else changes gather until then.
    """
    lines, currency = invoice.lines.data, invoice.currency
    dues = [each for each in lines if is_dues(each)]
    gathers = all(each.period.start >= period_end for each in dues)
    counted = [each for each in lines if each not in dues] if gathers else lines
    ends = period_end if gathers else max(each.period.end for each in dues)
    return Preview(
        now=from_stripe(sum(_whole(each) for each in counted), currency),
        then=from_stripe(sum(_whole(each) for each in dues), currency),
        then_at=instant(ends),
        every=_every(dues),
        tax=from_stripe(sum(_tax(each) for each in counted), currency),
        gathers=gathers,
        lines=[(each.description or "", _money(each, currency)) for each in lines],
    )


def _money(line: stripe.InvoiceLineItem, currency: str) -> Money:
    return from_stripe(_whole(line), currency)


def _whole(line: stripe.InvoiceLineItem) -> int:
    """Return what a line adds to the sum: less discounts, with taxes that come on top."""
    off = sum(each.amount for each in line.discount_amounts or [])
    on_top = sum(each.amount for each in line.taxes or [] if each.tax_behavior == "exclusive")
    return line.amount - off + on_top


def _tax(line: stripe.InvoiceLineItem) -> int:
    return sum(each.amount for each in line.taxes or [])


_LONGEST_MONTH = 32 * 86_400  # seconds


def _every(dues: list[stripe.InvoiceLineItem]) -> Every:
    """Return how often dues come, by the length of their period."""
    longest = max((each.period.end - each.period.start for each in dues), default=0)
    return Every.YEAR if longest > _LONGEST_MONTH else Every.MONTH
