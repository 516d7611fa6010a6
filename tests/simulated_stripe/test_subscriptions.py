"""A member subscribes, renews, changes and leaves; for pauses see ``test_pauses.py``."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import DAY, HOME, MARCH_FIRST, Catalogue, Member

APRIL_FIRST = MARCH_FIRST + 31 * DAY


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    item = subscription["items"].data[0]
    return item.current_period_start, item.current_period_end


async def reread(member: Member, subscription: stripe.Subscription) -> stripe.Subscription:
    return await member.client.v1.subscriptions.retrieve_async(subscription.id)


async def test_a_paid_subscription_is_active_for_a_calendar_month(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly, expand=["latest_invoice.payments"])
    assert (made.status, made.billing_mode.type) == ("active", "flexible")
    assert period(made) == (MARCH_FIRST, APRIL_FIRST)
    invoice = made.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.total, invoice.billing_reason) == (
        "paid",
        2000,
        "subscription_create",
    )
    assert invoice.payments is not None
    assert invoice.payments.data[0].payment.payment_intent


async def test_the_first_events_come_in_their_order(member: Member, catalogue: Catalogue) -> None:
    await member.subscribes(catalogue.monthly)
    told = await member.events()
    order = [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.succeeded",
        "invoice.paid",
        "customer.subscription.updated",
    ]
    assert sorted(order, key=told.index) == order


async def test_a_renewal_is_a_draft_for_an_hour(member: Member, catalogue: Catalogue) -> None:
    await member.subscribes(catalogue.monthly)
    await member.passes(31)
    draft = (await member.invoices())[0]
    assert (draft.status, draft.billing_reason) == ("draft", "subscription_cycle")
    assert draft.automatically_finalizes_at == APRIL_FIRST + 3600
    await member.passes(1)
    assert [each.status for each in await member.invoices()] == ["paid", "paid"]


async def test_a_year_of_renewals_keeps_its_day(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.passes(366)  # a leap year lies between
    assert len(await member.invoices()) == 13
    assert period(await reread(member, made))[0] == MARCH_FIRST + 366 * DAY


async def test_more_seats_are_prorated_onto_the_next_invoice(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    item = made["items"].data[0].id
    changed = await member.client.v1.subscriptions.update_async(
        made.id,
        {"items": [{"id": item, "quantity": 3}], "proration_behavior": "create_prorations"},
    )
    assert changed["items"].data[0].quantity == 3
    assert len(await member.invoices()) == 1
    await member.passes(16)
    renewal = (await member.invoices())[0]
    amounts = {line.amount for line in renewal.lines.data}
    assert amounts == {-1000, 3000, 6000}
    proration = next(line for line in renewal.lines.data if line.amount == 3000)
    assert proration.parent is not None
    assert proration.parent.subscription_item_details is not None
    assert proration.parent.subscription_item_details.proration


async def test_a_preview_says_what_the_change_will_cost_and_changes_nothing(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    item = made["items"].data[0].id
    change: Any = {
        "items": [{"id": item, "quantity": 3}],
        "proration_behavior": "create_prorations",
    }
    seen = await member.client.v1.invoices.create_preview_async(
        {"subscription": made.id, "subscription_details": change}
    )
    assert seen.total == -1000 + 3000 + 6000
    assert (await reread(member, made))["items"].data[0].quantity == 1
    assert "invoiceitem.created" not in await member.events()
    await member.client.v1.subscriptions.update_async(made.id, change)
    await member.passes(16)
    assert (await member.invoices())[0].total == seen.total


async def test_a_preview_for_somebody_new(member: Member, catalogue: Catalogue) -> None:
    seen = await member.client.v1.invoices.create_preview_async(
        {
            "customer_details": {"address": HOME},
            "automatic_tax": {"enabled": True},
            "subscription_details": {"items": [{"price": catalogue.practice}]},
        }
    )
    assert seen.total == 5000
    assert seen.total_taxes is not None
    assert [tax.amount for tax in seen.total_taxes] == [833]


async def test_a_change_billed_at_once(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    item = made["items"].data[0].id
    await member.client.v1.subscriptions.update_async(
        made.id,
        {
            "items": [{"id": item, "price": catalogue.practice}],
            "proration_behavior": "always_invoice",
        },
    )
    latest = (await member.invoices())[0]
    assert (latest.billing_reason, latest.status, latest.total) == (
        "subscription_update",
        "paid",
        1500,
    )


async def test_a_downgrade_becomes_credit_that_the_next_invoice_uses(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.practice)
    await member.passes(15.5)
    item = made["items"].data[0].id
    await member.client.v1.subscriptions.update_async(
        made.id,
        {
            "items": [{"id": item, "price": catalogue.monthly}],
            "proration_behavior": "always_invoice",
        },
    )
    customer = await member.client.v1.customers.retrieve_async(member.id)
    assert customer.balance == -1500
    await member.passes(16)
    renewal = (await member.invoices())[0]
    assert (renewal.total, renewal.amount_due, renewal.ending_balance) == (2000, 500, 0)


async def test_a_change_to_annual_begins_a_new_period(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    item = made["items"].data[0].id
    changed = await member.client.v1.subscriptions.update_async(
        made.id, {"items": [{"id": item, "price": catalogue.annual}]}
    )
    assert period(changed)[0] == member.now
    assert (await member.invoices())[0].total == 20000 - 1000


async def test_cancelling_at_the_end_can_be_taken_back(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    subscriptions = member.client.v1.subscriptions
    leaving = await subscriptions.update_async(made.id, {"cancel_at_period_end": True})
    assert (leaving.cancel_at, leaving.status) == (APRIL_FIRST, "active")
    staying = await subscriptions.update_async(made.id, {"cancel_at_period_end": False})
    assert (staying.cancel_at, staying.canceled_at) == (None, None)
    await member.passes(40)
    assert (await reread(member, made)).status == "active"


async def test_a_cancelled_subscription_ends_with_its_period(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})
    await member.passes(40)
    over = await reread(member, made)
    assert (over.status, over.ended_at) == ("canceled", APRIL_FIRST)
    assert (await member.events())[-1] == "customer.subscription.deleted"
    assert len(await member.invoices()) == 1


async def test_only_all_lists_what_is_over(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    subscriptions = member.client.v1.subscriptions
    await subscriptions.cancel_async(made.id)
    assert (await subscriptions.list_async({"customer": member.id})).data == []
    every = await subscriptions.list_async({"customer": member.id, "status": "all"})
    assert [each.id for each in every.data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError):
        await subscriptions.cancel_async(made.id)


async def test_a_trial_without_a_card_ends_as_agreed(
    newcomer: Member, catalogue: Catalogue
) -> None:
    member = newcomer
    ends = {"end_behavior": {"missing_payment_method": "cancel"}}
    made = await member.subscribes(catalogue.monthly, trial_period_days=14, trial_settings=ends)
    assert (made.status, made.trial_end) == ("trialing", MARCH_FIRST + 14 * DAY)
    await member.passes(12)
    assert "customer.subscription.trial_will_end" in await member.events()
    await member.passes(3)
    assert (await reread(member, made)).status == "canceled"
    assert [each.total for each in await member.invoices()] == [0]


@pytest.mark.parametrize(("wish", "status"), [("pause", "paused"), ("create_invoice", "past_due")])
async def test_other_ends_of_a_trial_without_a_card(
    newcomer: Member, catalogue: Catalogue, wish: str, status: str
) -> None:
    member = newcomer
    ends = {"end_behavior": {"missing_payment_method": wish}}
    made = await member.subscribes(catalogue.monthly, trial_period_days=1, trial_settings=ends)
    await member.passes(2)
    assert (await reread(member, made)).status == status


async def test_a_trial_with_a_card_becomes_a_paid_month(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly, trial_period_days=14)
    await member.passes(15)
    found = await reread(member, made)
    assert (found.status, period(found)[0]) == ("active", MARCH_FIRST + 14 * DAY)
    assert [each.total for each in await member.invoices()] == [2000, 0]


async def test_a_coupon_holds_for_its_months(member: Member, catalogue: Catalogue) -> None:
    coupon = await member.client.v1.coupons.create_async(
        {"percent_off": 50, "duration": "repeating", "duration_in_months": 2}
    )
    made = await member.subscribes(
        catalogue.monthly, discounts=[{"coupon": coupon.id}], expand=["discounts.source.coupon"]
    )
    discount = made.discounts[0]
    assert isinstance(discount, stripe.Discount)
    assert isinstance(discount.source.coupon, stripe.Coupon)
    await member.passes(95)
    assert [each.total for each in await member.invoices()] == [2000, 2000, 1000, 1000]


async def test_tax_needs_a_place(member: Member, catalogue: Catalogue) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await member.subscribes(catalogue.monthly, automatic_tax={"enabled": True})
    assert caught.value.code == "customer_tax_location_invalid"
    await member.client.v1.customers.update_async(member.id, {"address": HOME})
    made = await member.subscribes(catalogue.monthly, automatic_tax={"enabled": True})
    assert made.status == "active"
    [invoice] = await member.invoices()
    assert (invoice.total, invoice.total_excluding_tax) == (2400, 2000)


async def test_a_place_that_is_lost_stops_the_renewal_and_tells(
    member: Member, catalogue: Catalogue
) -> None:
    client = member.client
    await client.v1.customers.update_async(member.id, {"address": HOME})
    await member.subscribes(catalogue.monthly, automatic_tax={"enabled": True})
    await client.v1.customers.update_async(member.id, {"address": ""})
    await member.passes(32)
    stuck = (await member.invoices())[0]
    assert (stuck.status, stuck.automatic_tax.status) == ("draft", "requires_location_inputs")
    assert "invoice.finalization_failed" in await member.events()


async def test_a_price_in_another_currency(member: Member, catalogue: Catalogue) -> None:
    price = await member.client.v1.prices.create_async(
        {
            "product": catalogue.product,
            "unit_amount": 2000,
            "currency": "eur",
            "recurring": {"interval": "month"},
            "currency_options": {"usd": {"unit_amount": 2300}},
        }
    )
    await member.subscribes(price.id, currency="usd")
    [invoice] = await member.invoices()
    assert (invoice.currency, invoice.total) == ("usd", 2300)
