"""A member pauses and comes back, as docs.stripe.com/billing/subscriptions/pause tells it.

Each test names the passage of that page which it holds the simulation to.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import DAY, Catalogue, Member

NOW: Any = {"billing_cycle_anchor": {"type": "now"}}
ON_SUCCESS: Any = NOW | {"payment_behavior": "resume_on_payment_success"}
NOTHING_BACK: Any = {"bill_for": {"unused_time_from": {"type": "none"}}}


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    [item] = subscription["items"].data
    return item.current_period_start, item.current_period_end


async def status(member: Member, key: str) -> str:
    return (await member.client.v1.subscriptions.retrieve_async(key)).status


async def newest(member: Member) -> stripe.Invoice:
    return (await member.invoices())[0]


@pytest.fixture
async def paused(member: Member, catalogue: Catalogue) -> str:
    """Paused after half a month; nothing is given back."""
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    await member.client.v1.subscriptions.pause_async(made.id, NOTHING_BACK)
    return made.id


async def test_a_pause_ends_the_period_and_gives_back_unused_time(
    member: Member, catalogue: Catalogue
) -> None:
    """ "The current_period_end updates to the time when you paused the subscription." """
    made = await member.subscribes(catalogue.monthly)
    await member.passes(15.5)
    found = await member.client.v1.subscriptions.pause_async(made.id)
    assert period(found)[1] == member.now
    assert found.status_details is not None
    assert found.status_details.paused.subscription.type == "pause_requested"
    waiting = await member.client.v1.invoice_items.list_async({"customer": member.id})
    assert [each.amount for each in waiting.data] == [-1000]
    await member.passes(60)
    assert len(await member.invoices()) == 1, "a pause generates no invoices"


async def test_a_pause_is_told_twice(member: Member, paused: str) -> None:
    """Identify pause and resume events: ``paused`` and ``updated``."""
    assert await status(member, paused) == "paused"
    assert (await member.events())[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.paused",
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"trial_period_days": 7},
        {"billing_mode": {"type": "classic"}},
        {"collection_method": "send_invoice", "days_until_due": 7},
    ],
    ids=["in a trial", "in classic mode", "sent as invoices"],
)
async def test_some_subscriptions_cannot_be_paused(
    member: Member, catalogue: Catalogue, more: dict[str, Any]
) -> None:
    """The list under "You can't pause a subscription if it"."""
    made = await member.subscribes(catalogue.monthly, **more)
    with pytest.raises(stripe.InvalidRequestError):
        await member.client.v1.subscriptions.pause_async(made.id)


async def test_a_return_asks_for_no_money_by_itself(member: Member, paused: str) -> None:
    """``resume_on_payment_attempt`` (default): "Collect payment with the Pay invoice endpoint." """
    before = period(await member.client.v1.subscriptions.retrieve_async(paused))
    found = await member.client.v1.subscriptions.resume_async(paused, NOW)
    assert (found.status, period(found)) == ("paused", before)
    asks = await newest(member)
    assert (asks.status, asks.attempt_count, asks.total) == ("open", 0, 2000)
    assert found.latest_invoice == asks.id
    await member.client.v1.invoices.pay_async(asks.id)
    back = await member.client.v1.subscriptions.retrieve_async(paused)
    assert (back.status, back.status_details, period(back)[0]) == ("active", None, member.now)
    assert (await member.events())[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.resumed",
    ]


async def test_who_returns_with_a_card_that_fails_is_past_due_and_nothing_is_tried_again(
    member: Member, paused: str
) -> None:
    """Payment behavior: after a failed attempt ``past_due``, no retries."""
    await member.uses("pm_card_chargeCustomerFail")
    await member.client.v1.subscriptions.resume_async(paused, NOW)
    with pytest.raises(stripe.CardError):
        await member.client.v1.invoices.pay_async((await newest(member)).id)
    assert await status(member, paused) == "past_due"
    await member.uses("pm_card_visa")
    await member.passes(20)
    assert (await newest(member)).attempt_count == 1


async def test_a_return_on_success_tries_the_card_at_once(member: Member, paused: str) -> None:
    """``resume_on_payment_success``: "Resume request attempts payment: Yes"."""
    found = await member.client.v1.subscriptions.resume_async(paused, ON_SUCCESS)
    assert (found.status, period(found)[0]) == ("active", member.now)
    assert (await newest(member)).status == "paid"


async def test_a_return_on_success_stays_paused_until_a_retry_succeeds(
    member: Member, paused: str
) -> None:
    """``resume_on_payment_success``: ``paused`` after a failed attempt, and retries."""
    await member.uses("pm_card_chargeCustomerFail")
    found = await member.client.v1.subscriptions.resume_async(paused, ON_SUCCESS)
    assert found.status == "paused"
    await member.uses("pm_card_visa")
    await member.passes(4)
    assert await status(member, paused) == "active"


async def test_a_return_on_success_needs_a_card(newcomer: Member, catalogue: Catalogue) -> None:
    """``resume_on_payment_success``: without a payment method "Stripe returns an error"."""
    ends = {"end_behavior": {"missing_payment_method": "pause"}}
    made = await newcomer.subscribes(catalogue.monthly, trial_period_days=1, trial_settings=ends)
    await newcomer.passes(2)
    with pytest.raises(stripe.InvalidRequestError):
        await newcomer.client.v1.subscriptions.resume_async(made.id, ON_SUCCESS)
    assert await status(newcomer, made.id) == "paused"


async def test_a_return_that_nobody_pays_is_given_up_after_a_day(
    member: Member, paused: str
) -> None:
    """Pending update expiration time: "23 hours after the resume request"."""
    await member.client.v1.subscriptions.resume_async(paused, NOW)
    await member.passes(1)
    assert ((await newest(member)).status, await status(member, paused)) == ("void", "paused")
    await member.client.v1.subscriptions.resume_async(paused, ON_SUCCESS)
    assert await status(member, paused) == "active"


async def test_a_return_whose_invoice_is_written_off_begins(member: Member, paused: str) -> None:
    """ "The subscription becomes active once the invoice is paid or marked uncollectible." """
    await member.client.v1.subscriptions.resume_async(paused, NOW)
    await member.client.v1.invoices.mark_uncollectible_async((await newest(member)).id)
    assert await status(member, paused) == "active"


async def test_a_return_whose_invoice_is_void_does_not_begin(member: Member, paused: str) -> None:
    """ "If you void the resumption invoice, the subscription stays paused." """
    await member.client.v1.subscriptions.resume_async(paused, NOW)
    await member.client.v1.invoices.void_invoice_async((await newest(member)).id)
    assert await status(member, paused) == "paused"


async def test_a_return_that_owes_nothing_begins_at_once(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    subscriptions = member.client.v1.subscriptions
    await subscriptions.pause_async(made.id)  # gives the whole month back
    found = await subscriptions.resume_async(made.id, NOW)
    assert (found.status, (await newest(member)).total) == ("active", 0)


async def test_a_return_to_the_old_anchor_makes_no_invoice_and_begins_at_once(
    member: Member, paused: str
) -> None:
    """ "If resuming doesn't generate an invoice, the status updates to active immediately." """
    await member.passes(30.5)
    kept: Any = {"billing_cycle_anchor": {"type": "unchanged"}}
    found = await member.client.v1.subscriptions.resume_async(paused, kept)
    assert (found.status, period(found)[1] - member.now) == ("active", 15 * DAY)
    waiting = await member.client.v1.invoice_items.list_async({"customer": member.id})
    assert [each.amount for each in waiting.data] == [1000]


async def test_only_a_paused_subscription_resumes(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    with pytest.raises(stripe.InvalidRequestError):
        await member.client.v1.subscriptions.resume_async(made.id)
