"""A change waits for its payment: docs.stripe.com/billing/subscriptions/pending-updates.

Each test names the passage of that page, or of the changelog, which it holds the simulation to.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import DAY, Catalogue, Member
from tests.support.simulated_stripe import VISA, SimulatedStripe

HOUR = 3600
ASKS = "pm_card_authenticationRequired"
FAILS = "pm_card_chargeCustomerFail"


async def changes(member: Member, key: str, price: str, **more: Any) -> stripe.Subscription:
    found = await member.client.v1.subscriptions.retrieve_async(key)
    given: Any = {
        "items": [{"id": found["items"].data[0].id, "price": price}],
        "payment_behavior": "pending_if_incomplete",
        "metadata": {"asked": "1"},
    }
    return await member.client.v1.subscriptions.update_async(key, given | more)


async def now(member: Member, key: str) -> stripe.Subscription:
    return await member.client.v1.subscriptions.retrieve_async(key)


async def newest(member: Member) -> stripe.Invoice:
    return (await member.invoices())[0]


def price_of(subscription: stripe.Subscription) -> str:
    found: str = subscription["items"].data[0].price.id
    return found


@pytest.fixture
async def waiting(member: Member, catalogue: Catalogue) -> str:
    """Ten days into a month; another plan waits until the bank has asked its customer."""
    made = await member.subscribes(catalogue.monthly)
    await member.passes(10)
    await member.uses(ASKS)
    await changes(member, made.id, catalogue.annual)
    return made.id


async def test_a_payment_that_succeeds_applies_the_change_at_once(
    member: Member, catalogue: Catalogue
) -> None:
    """ "If payment succeeds, the subscription is updated." """
    made = await member.subscribes(catalogue.monthly)
    found = await changes(member, made.id, catalogue.annual)
    assert (found.pending_update, price_of(found)) == (None, catalogue.annual)
    assert found.metadata.to_dict() == {"asked": "1"}


async def test_until_it_is_paid_nothing_of_the_subscription_changes(
    member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "A populated pending_update hash means the payment failed and your subscription update isn't
    applied"; "the subscription will continue to cycle as if no update request was made"."""
    found = await now(member, waiting)
    asks = await newest(member)
    assert (found.status, price_of(found)) == ("active", catalogue.monthly)
    assert found.metadata.to_dict() == {}
    assert found["items"].data[0].current_period_end < member.now + 22 * DAY
    assert (found.latest_invoice, asks.status) == (asks.id, "open")
    assert found.pending_update is not None
    assert found.pending_update.expires_at == member.now + 23 * HOUR
    [item] = found.pending_update.subscription_items or []
    assert item.price.id == catalogue.annual
    assert found.pending_update.metadata is not None
    assert found.pending_update.metadata.to_dict() == {"asked": "1"}


async def test_a_card_that_is_declined_makes_it_wait_as_well(
    member: Member, catalogue: Catalogue
) -> None:
    """ "Failures are related to declines and customer authentication"."""
    made = await member.subscribes(catalogue.monthly)
    await member.uses(FAILS)
    found = await changes(member, made.id, catalogue.annual)
    assert (found.status, found.pending_update is None) == ("active", False)


async def test_who_confirms_on_the_invoices_page_has_the_change(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "A successful payment immediately applies the changes in the pending_update hash and updates
    the invoice to paid"; metadata "is applied to the subscription" then (changelog)."""
    await member.passes(0.5)
    asks = await newest(member)
    shown = await simulated.open(str(asks.hosted_invoice_url))
    assert "/authenticate/" in shown.text
    paid_by = (await member.client.v1.invoice_payments.list_async({"invoice": asks.id})).data[0]
    intent = paid_by.payment.payment_intent
    await simulated.submit(f"{simulated.address}/authenticate/{intent}", answer="yes")
    found = await now(member, waiting)
    assert (await newest(member)).status == "paid"
    assert (found.pending_update, price_of(found)) == (None, catalogue.annual)
    assert found.metadata.to_dict() == {"asked": "1"}
    assert found["items"].data[0].current_period_end > member.now + 360 * DAY
    assert (await member.events())[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.pending_update_applied",
    ]


async def test_who_pays_with_another_card_has_the_change(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "For card declines, attach a new payment method to the customer. Then [...] pay the invoice
    that the update generates"."""
    asks = await newest(member)
    await simulated.submit(str(asks.hosted_invoice_url), number=VISA, expiry="12 / 40")
    assert price_of(await now(member, waiting)) == catalogue.annual


async def test_a_bank_that_is_told_no_changes_nothing(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "If payment fails again, the pending_update hash remains on the subscription with the
    original expiry date"."""
    before = await now(member, waiting)
    asks = await newest(member)
    paid_by = (await member.client.v1.invoice_payments.list_async({"invoice": asks.id})).data[0]
    intent = paid_by.payment.payment_intent
    await simulated.submit(f"{simulated.address}/authenticate/{intent}", answer="no")
    after = await now(member, waiting)
    assert after.pending_update == before.pending_update
    assert price_of(after) == catalogue.monthly


async def test_after_23_hours_the_invoice_is_void_and_the_change_forgotten(
    member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "If you don't take any action after an update fails, Stripe voids the invoice and discards
    the update after it expires", "23 hours from the update request"."""
    await member.passes(22 / 24)
    assert (await now(member, waiting)).pending_update is not None
    await member.passes(2 / 24)
    found = await now(member, waiting)
    assert (found.pending_update, price_of(found)) == (None, catalogue.monthly)
    assert (await newest(member)).status == "void"
    assert (await member.events())[-1] == "customer.subscription.pending_update_expired"


async def test_with_the_period_that_runs_it_expires_sooner(
    member: Member, catalogue: Catalogue
) -> None:
    """ "The first occurrence of either the trial end or the earliest items.current period end"."""
    made = await member.subscribes(catalogue.monthly)
    await member.passes(30.5)
    await member.uses(ASKS)
    found = await changes(member, made.id, catalogue.annual)
    assert found.pending_update is not None
    assert found.pending_update.expires_at == found["items"].data[0].current_period_end
    await member.passes(1)
    assert price_of(await now(member, made.id)) == catalogue.monthly
    assert [each.status for each in await member.invoices()] == ["open", "void", "paid"], "renewed"


async def test_who_takes_the_invoice_back_takes_the_change_back(
    member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """ "To cancel a pending update, you need to void the invoice the update created"."""
    await member.client.v1.invoices.void_invoice_async((await newest(member)).id)
    found = await now(member, waiting)
    assert (found.pending_update, price_of(found)) == (None, catalogue.monthly)


async def test_what_an_invoice_took_from_the_balance_comes_back_with_its_end(
    member: Member, catalogue: Catalogue
) -> None:
    """``CustomerBalanceTransaction.type``: ``unapplied_from_invoice``."""
    made = await member.subscribes(catalogue.monthly)
    gift: Any = {"amount": -500, "currency": "eur"}
    await member.client.v1.customers.balance_transactions.create_async(member.id, gift)
    await member.uses(ASKS)
    await changes(member, made.id, catalogue.annual)
    assert (await member.client.v1.customers.retrieve_async(member.id)).balance == 0
    await member.client.v1.invoices.void_invoice_async((await newest(member)).id)
    assert (await member.client.v1.customers.retrieve_async(member.id)).balance == -500


async def test_a_newer_change_takes_the_place_of_the_older(
    member: Member, catalogue: Catalogue, waiting: str
) -> None:
    """It "voids the invoice associated with the previous pending update, and creates a new invoice
    to reflect the updated values"."""
    before = await newest(member)
    await changes(member, waiting, catalogue.annual, metadata={"asked": "2"})
    after = await newest(member)
    old = await member.client.v1.invoices.retrieve_async(before.id)
    assert (old.status, after.status, after.id != before.id) == ("void", "open", True)


async def test_what_makes_no_invoice_cannot_wait_for_one(
    member: Member, catalogue: Catalogue
) -> None:
    """ "Pending updates only support attributes that control proration behavior or generate new
    invoices"; a subscription that is sent as an invoice has none."""
    made = await member.subscribes(catalogue.monthly)
    with pytest.raises(stripe.InvalidRequestError):
        await changes(member, made.id, catalogue.annual, description="Another name")
    sent = await member.subscribes(
        catalogue.monthly, collection_method="send_invoice", days_until_due=7
    )
    with pytest.raises(stripe.InvalidRequestError):
        await changes(member, sent.id, catalogue.annual)
