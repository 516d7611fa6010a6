"""Changes of a year's subscription are billed by the month, where that was agreed."""

from __future__ import annotations

from typing import Any

import stripe

from tests.simulated_stripe.conftest import DAY, MARCH_FIRST, Catalogue, Member

APRIL_FIRST = MARCH_FIRST + 31 * DAY
MONTHLY: Any = {"interval": "month"}


async def yearly(member: Member, catalogue: Catalogue) -> stripe.Subscription:
    return await member.subscribes(catalogue.annual, pending_invoice_item_interval=MONTHLY)


async def seats(member: Member, made: stripe.Subscription, count: int) -> None:
    await member.client.v1.subscriptions.update_async(
        made.id,
        {
            "items": [{"id": made["items"].data[0].id, "quantity": count}],
            "proration_behavior": "create_prorations",
        },
    )


async def reasons(member: Member) -> list[str | None]:
    return [each.billing_reason for each in await member.invoices()]


async def test_the_next_invoice_for_what_waits_is_named(
    member: Member, catalogue: Catalogue
) -> None:
    made = await yearly(member, catalogue)
    assert made.next_pending_invoice_item_invoice == APRIL_FIRST
    assert made.pending_invoice_item_interval is not None
    assert made.pending_invoice_item_interval.interval_count == 1
    ended = await member.client.v1.subscriptions.update_async(
        made.id, {"pending_invoice_item_interval": ""}
    )
    assert ended.next_pending_invoice_item_invoice is None


async def test_five_changes_of_a_month_are_one_invoice(
    member: Member, catalogue: Catalogue
) -> None:
    made = await yearly(member, catalogue)
    for count in (2, 3, 4, 5, 6):
        await member.passes(5)
        await seats(member, made, count)
    await member.passes(7)
    assert await reasons(member) == [
        "automatic_pending_invoice_item_invoice",
        "subscription_create",
    ]
    gathered = (await member.invoices())[0]
    assert gathered.status == "paid"
    assert len(gathered.lines.data) == 10
    await member.passes(60)
    assert len(await member.invoices()) == 2, "a month without changes has no invoice"


async def test_what_waits_on_the_day_of_the_renewal_goes_with_it(
    member: Member, catalogue: Catalogue
) -> None:
    made = await yearly(member, catalogue)
    await member.passes(360)
    await seats(member, made, 2)
    await member.passes(7)
    assert await reasons(member) == ["subscription_cycle", "subscription_create"]
    again = await member.client.v1.subscriptions.retrieve_async(made.id)
    following = again.next_pending_invoice_item_invoice
    assert following is not None
    assert following > member.now


async def test_a_preview_is_for_what_waits_and_the_recurring_one_for_the_period(
    member: Member, catalogue: Catalogue
) -> None:
    made = await yearly(member, catalogue)
    await member.passes(183)
    asked: Any = {
        "subscription": made.id,
        "subscription_details": {
            "items": [{"id": made["items"].data[0].id, "quantity": 2}],
            "proration_behavior": "create_prorations",
        },
    }
    preview = await member.client.v1.invoices.create_preview_async(asked)
    assert [each.amount for each in preview.lines.data] == [-10_000, 20_000]
    period = await member.client.v1.invoices.create_preview_async(
        asked | {"preview_mode": "recurring"}
    )
    assert [each.amount for each in period.lines.data] == [40_000]
    assert await reasons(member) == ["subscription_create"]
