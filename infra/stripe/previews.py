"""What a change would cost: Stripe makes it, looks at it and forgets it."""

from __future__ import annotations

from typing import Any

import stripe

from domain.payments.prices import Every, NextCharge, Preview
from domain.payments.refusals import PaymentRefused
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
        subscription = await self._subscription(subscription_id)
        try:
            return await self._of(subscription, {"price": price_id})
        except PaymentRefused:
            await self._prices.require_still_offered(plan)
            raise

    async def of_seats(self, subscription_id: str, count: int) -> Preview:
        """Return what another number of seats would cost."""
        subscription = await self._subscription(subscription_id)
        return await self._of(subscription, {"quantity": count})

    async def of_return(self, subscription_id: str) -> Preview:
        """Return what coming back costs: a period from today, less what the pause gave back."""
        asked: Any = {
            "subscription": subscription_id,
            "subscription_details": {"resume_at": "now"},
        }
        following = await self._ask(asked)
        return _read(
            [*following.lines.data],
            following.currency,
            period_end=None,
            gathered_at=None,
            balance=-(following.starting_balance or 0),
        )

    async def next_charge(self, subscription_id: str, count: int | None) -> NextCharge:
        """Return what the next invoice asks for."""
        subscription = await self._subscription(subscription_id)
        item = only_item(subscription)
        asked: Any = {"subscription": subscription_id}
        if count is not None:
            asked["subscription_details"] = {
                "items": [{"id": item.id, "quantity": count}],
                "proration_behavior": "none",
            }
        following = await self._ask(asked)
        dues = [each for each in following.lines.data if is_dues(each)]
        gathered_at = subscription.next_pending_invoice_item_invoice
        at = item.current_period_end if dues else gathered_at or item.current_period_end
        return NextCharge(
            at=instant(at),
            sum=from_stripe(following.amount_due, following.currency),
            tax=from_stripe(
                sum(each.amount for each in following.total_taxes or []), following.currency
            ),
            from_balance=from_stripe(following.total - following.amount_due, following.currency),
            count=sum(each.quantity or 0 for each in dues) or item.quantity or 1,
            for_period=bool(dues),
        )

    async def _subscription(self, subscription_id: str) -> stripe.Subscription:
        return await self._connection.ask(
            lambda: self._connection.client.v1.subscriptions.retrieve_async(subscription_id)
        )

    async def _of(self, subscription: stripe.Subscription, change: dict[str, Any]) -> Preview:
        item = only_item(subscription)
        asked: Any = {
            "subscription": subscription.id,
            "subscription_details": {
                "items": [{"id": item.id} | change],
                "proration_behavior": "create_prorations",
            },
        }
        following = await self._ask(asked)
        lines = [*following.lines.data]
        if not any(is_dues(each) for each in lines):
            # what waits is billed before the period ends; the dues are on an invoice after that
            period = await self._ask(asked | {"preview_mode": "recurring"})
            lines += [each for each in period.lines.data if is_dues(each)]
        return _read(
            lines,
            following.currency,
            period_end=item.current_period_end,
            gathered_at=subscription.next_pending_invoice_item_invoice,
            balance=-(following.starting_balance or 0),  # Stripe counts credit below nought
        )

    async def _ask(self, asked: Any) -> stripe.Invoice:
        return await self._connection.ask(
            lambda: self._connection.client.v1.invoices.create_preview_async(asked)
        )


def only_item(subscription: stripe.Subscription) -> stripe.SubscriptionItem:
    """Return what a subscription is for; ours are for one price each.

    Raises:
        PaymentRefused: it is for nothing, or for several things.
    """
    rows = subscription["items"].data
    if len(rows) != 1:
        raise PaymentRefused(
            "This membership was changed by hand at the payment service; we look into it.",
            why="several_items",
        )
    item: stripe.SubscriptionItem = rows[0]
    return item


def _read(
    lines: list[stripe.InvoiceLineItem],
    currency: str,
    *,
    period_end: int | None,
    gathered_at: int | None,
    balance: int,
) -> Preview:
    """Read a preview.

    Args:
        lines: of what changed, and of the first full period under the change.
        currency: of all of them.
        period_end: of the period that is running; ``None`` if none is. Dues that begin before it
            are billed at once, and the invoice is for them; else changes gather.
        gathered_at: when they are billed, if not with the next period.
        balance: what the payer has with us; below nought what they owe.
    """
    dues = [each for each in lines if is_dues(each)]
    gathers = period_end is not None and all(each.period.start >= period_end for each in dues)
    counted = [each for each in lines if each not in dues] if gathers else lines
    ends = period_end if gathers and period_end else max(each.period.end for each in dues)
    whole = sum(_whole(each) for each in counted)
    taken = 0 if gathers else min(balance, max(whole, 0))
    return Preview(
        now=from_stripe(whole - taken, currency),
        from_balance=from_stripe(balance if gathers else taken, currency),
        then=from_stripe(sum(_whole(each) for each in dues), currency),
        then_at=instant(ends),
        every=_every(dues),
        tax=from_stripe(sum(_tax(each) for each in counted), currency),
        gathers=gathers,
        gathered_at=instant(min(gathered_at or ends, ends)) if gathers else None,
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
