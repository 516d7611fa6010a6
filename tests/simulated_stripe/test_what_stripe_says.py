"""The simulation held to what Stripe says of itself, sentence by sentence.

Sources are the SDK's own documentation strings (stripe 16.1.0) and pages of docs.stripe.com; each
test names its own. Nobody asked Stripe itself: see ``tests/infra/stripe/test_contract.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue, Member
from tests.support.simulated_stripe import SimulatedStripe


async def status(member: Member, key: str) -> str:
    return (await member.client.v1.subscriptions.retrieve_async(key)).status


@pytest.fixture
async def owing(member: Member, catalogue: Catalogue) -> str:
    """A membership whose renewal failed a day ago, and is tried again in two days."""
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(32)
    return made.id


async def test_a_payment_that_fails_changes_the_invoice_too(member: Member, owing: str) -> None:
    """/billing/subscriptions/webhooks: invoice.updated is "sent when a payment succeeds or fails";
    "payment failures also trigger a invoice.payment_failed event"."""
    assert await status(member, owing) == "past_due"
    told = await member.events()
    failed = told.index("invoice.payment_failed")
    assert told[failed - 1] == "invoice.updated"


async def test_only_automatic_tries_are_counted(member: Member, owing: str) -> None:
    """``Invoice.attempt_count``: "manual payment attempts after the first attempt do not affect the
    retry schedule"."""
    before = (await member.invoices())[0]
    for _ in range(4):
        with pytest.raises(stripe.CardError):
            await member.client.v1.invoices.pay_async(before.id)
    after = (await member.invoices())[0]
    assert (after.attempt_count, after.next_payment_attempt) == (1, before.next_payment_attempt)
    assert await status(member, owing) == "past_due"


async def test_an_invoice_is_paid_without_its_person_unless_told(
    member: Member, catalogue: Catalogue
) -> None:
    """``InvoicePayParams.off_session``: "Defaults to true (off-session)"."""
    await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_authenticationRequired")
    await member.passes(32)
    newest = (await member.invoices())[0]
    with pytest.raises(stripe.CardError) as alone:
        await member.client.v1.invoices.pay_async(newest.id)
    assert alone.value.code == "authentication_required"
    with pytest.raises(stripe.CardError) as present:
        await member.client.v1.invoices.pay_async(newest.id, {"off_session": False})
    assert present.value.code == "invoice_payment_intent_requires_action"


async def test_who_takes_back_the_first_invoice_ends_what_never_began(
    member: Member, catalogue: Catalogue
) -> None:
    """/billing/subscriptions/overview, voiding: "If the subscription is incomplete and you void the
    first invoice that's generated, the subscription updates to incomplete_expired"."""
    made = await member.subscribes(catalogue.monthly, payment_behavior="default_incomplete")
    await member.client.v1.invoices.void_invoice_async(str(made.latest_invoice))
    assert await status(member, made.id) == "incomplete_expired"


async def test_who_takes_back_the_newest_invoice_is_active_by_the_one_before(
    member: Member, owing: str
) -> None:
    """The same page: "If the invoice is in a paid or uncollectible state, the subscription state is
    set to active", from the most recent to the oldest."""
    await member.client.v1.invoices.void_invoice_async((await member.invoices())[0].id)
    assert await status(member, owing) == "active"


async def test_an_end_at_once_forgets_the_parts_that_wait(
    member: Member, catalogue: Catalogue
) -> None:
    """``SubscriptionService.cancel``: "if the subscription is set to cancel immediately, pending
    prorations are removed if invoice_now and prorate are both set to false"."""
    made = await member.subscribes(catalogue.monthly)
    await member.passes(10)
    item: Any = {"id": made["items"].data[0].id, "quantity": 3}
    await member.client.v1.subscriptions.update_async(made.id, {"items": [item]})
    listed = member.client.v1.invoice_items.list_async
    assert len((await listed({"customer": member.id})).data) == 2
    await member.client.v1.subscriptions.cancel_async(
        made.id, {"invoice_now": False, "prorate": False}
    )
    assert (await listed({"customer": member.id})).data == []


async def test_what_was_refunded_apart_cannot_be_credited_again(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    """``CreditNoteService.create``: "the credit note API subtracts those refund amounts from the
    maximum creditable amount"."""
    await member.subscribes(catalogue.monthly)
    paid = (await member.invoices())[0]
    found = await member.client.v1.invoice_payments.list_async({"invoice": paid.id})
    intent = str(found.data[0].payment.payment_intent)
    await simulated.dashboard("post", "/v1/refunds", {"payment_intent": intent, "amount": 1500})
    notes = member.client.v1.credit_notes
    with pytest.raises(stripe.InvalidRequestError):
        await notes.create_async({"invoice": paid.id, "amount": 600, "refund_amount": 600})
    made = await notes.create_async({"invoice": paid.id, "amount": 500, "refund_amount": 500})
    assert made.amount == 500


async def test_a_refund_may_be_credited_by_its_own_note(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    """The same text: "create a new refund (using refund_amount) or link existing refunds"."""
    await member.subscribes(catalogue.monthly)
    paid = (await member.invoices())[0]
    found = await member.client.v1.invoice_payments.list_async({"invoice": paid.id})
    intent = str(found.data[0].payment.payment_intent)
    whole = {"payment_intent": intent, "amount": 2000}
    refund = await simulated.dashboard("post", "/v1/refunds", whole)
    linked: Any = {"invoice": paid.id, "amount": 2000}
    linked["refunds"] = [{"refund": refund["id"], "amount_refunded": 2000}]
    made = await member.client.v1.credit_notes.create_async(linked)
    assert [each.refund for each in made.refunds] == [refund["id"]]


async def test_a_card_that_was_given_back_is_not_taken_again(member: Member) -> None:
    """``PaymentMethodService.detach``: "once detached, a PaymentMethod can no longer be used for
    payments or re-attached to a Customer"."""
    card = await member.uses("pm_card_visa")
    methods = member.client.v1.payment_methods
    await methods.detach_async(card)
    with pytest.raises(stripe.InvalidRequestError):
        await methods.attach_async(card, {"customer": member.id})


async def test_an_inquiry_takes_no_money_and_may_be_answered_with_a_refund(member: Member) -> None:
    """/disputes/how-disputes-work: an inquiry takes no funds, and a refund resolves it; a dispute
    says so itself: ``is_charge_refundable``, ``warning_needs_response``."""
    asked: Any = {"amount": 900, "currency": "eur", "confirm": True, "customer": member.id}
    asked["payment_method"] = "pm_card_createDisputeInquiry"
    intent = await member.client.v1.payment_intents.create_async(asked)
    found = await member.client.v1.disputes.list_async({"payment_intent": intent.id})
    [inquiry] = found.data
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    assert "charge.dispute.funds_withdrawn" not in await member.events()
    back = await member.client.v1.refunds.create_async({"payment_intent": intent.id})
    assert back.status == "succeeded"


async def test_a_trial_that_is_ended_without_a_card_ends_as_agreed(
    newcomer: Member, catalogue: Catalogue
) -> None:
    """Stripe's own recipe for ``customer.subscription.paused`` (@stripe/cli) ends a trial by
    ``trial_end=now`` and waits for that event."""
    ends = {"end_behavior": {"missing_payment_method": "pause"}}
    made = await newcomer.subscribes(catalogue.monthly, trial_period_days=7, trial_settings=ends)
    await newcomer.client.v1.subscriptions.update_async(made.id, {"trial_end": "now"})
    assert await status(newcomer, made.id) == "paused"
    assert (await newcomer.events())[-1] == "customer.subscription.paused"


async def test_money_that_is_held_is_taken_by_a_second_call(member: Member) -> None:
    """``PaymentIntentService.capture``: "capture the funds of an existing uncaptured PaymentIntent
    when its status is requires_capture"."""
    asked: Any = {"amount": 900, "currency": "eur", "confirm": True, "customer": member.id}
    asked |= {"payment_method": "pm_card_visa", "capture_method": "manual"}
    intents = member.client.v1.payment_intents
    held = await intents.create_async(asked)
    assert (held.status, held.amount_capturable, held.amount_received) == (
        "requires_capture",
        900,
        0,
    )
    taken = await intents.capture_async(held.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 900)
    given_up = await intents.cancel_async((await intents.create_async(asked)).id)
    charge = await member.client.v1.charges.retrieve_async(str(given_up.latest_charge))
    assert (given_up.status, charge.captured, charge.refunded) == ("canceled", False, True)


async def test_a_clock_says_that_it_is_on_its_way(member: Member) -> None:
    """/api/test_clocks/advance: "A TestClock object with status Advancing is returned"."""
    clocks = member.client.v1.test_helpers.test_clocks
    said = await clocks.advance_async(member.clock, {"frozen_time": member.now + 60})
    assert said.status == "advancing"
    assert (await clocks.retrieve_async(member.clock)).status == "ready"
