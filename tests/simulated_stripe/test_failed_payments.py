"""A card fails: what Stripe tells, how often it tries, and what becomes of the subscription."""

from __future__ import annotations

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue, Member
from tests.support.simulated_stripe import SimulatedStripe


async def status(member: Member, subscription: stripe.Subscription) -> str:
    return (await member.client.v1.subscriptions.retrieve_async(subscription.id)).status


async def test_a_declined_card_is_refused_as_soon_as_it_is_attached(member: Member) -> None:
    with pytest.raises(stripe.CardError) as caught:
        await member.uses("pm_card_chargeDeclined")
    assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
    assert caught.value.error is not None
    assert caught.value.error.decline_code == "generic_decline"


async def test_a_failed_renewal_is_past_due_and_tried_again(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(31.1)
    assert await status(member, made) == "past_due"
    invoice = (await member.invoices())[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt is not None
    assert invoice.next_payment_attempt - member.now < 3 * 86400
    await member.uses("pm_card_visa")
    await member.passes(3)
    assert await status(member, made) == "active"
    told = await member.events()
    assert told.count("invoice.payment_failed") == 1
    assert (await member.invoices())[0].status == "paid"


async def test_when_no_try_is_left_the_subscription_ends(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(31 + 20)
    over = await member.client.v1.subscriptions.retrieve_async(made.id)
    assert over.status == "canceled"
    assert over.cancellation_details is not None
    assert over.cancellation_details.reason == "payment_failed"
    assert (await member.events()).count("invoice.payment_failed") == 4


async def test_an_account_may_let_it_stay_unpaid(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await simulated.settings(when_exhausted="unpaid")
    try:
        made = await member.subscribes(catalogue.monthly)
        await member.uses("pm_card_chargeCustomerFail")
        await member.passes(31 + 40)
        assert await status(member, made) == "unpaid"
        waiting = (await member.invoices())[0]
        assert (waiting.status, waiting.auto_advance) == ("draft", False)
    finally:
        await simulated.settings(when_exhausted="cancel")


async def test_an_open_invoice_can_be_paid_by_hand(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(32)
    invoice = (await member.invoices())[0]
    with pytest.raises(stripe.CardError):
        await member.client.v1.invoices.pay_async(invoice.id)
    card = await member.uses("pm_card_visa")
    paid = await member.client.v1.invoices.pay_async(invoice.id, {"payment_method": card})
    assert (paid.status, await status(member, made)) == ("paid", "active")
    with pytest.raises(stripe.InvalidRequestError):
        await member.client.v1.invoices.void_invoice_async(invoice.id)


async def test_a_card_expires(member: Member, catalogue: Catalogue) -> None:
    client = member.client
    card = await client.v1.payment_methods.create_async(
        {"type": "card", "card": {"number": "4242424242424242", "exp_month": 3, "exp_year": 2027}}
    )
    await client.v1.payment_methods.attach_async(card.id, {"customer": member.id})
    made = await member.subscribes(catalogue.monthly, default_payment_method=card.id)
    assert made.status == "active"
    await member.passes(32)
    assert await status(member, made) == "past_due"
    charge = (await client.v1.charges.list_async({"customer": member.id})).data[0]
    assert (charge.failure_code, charge.paid) == ("expired_card", False)


async def test_a_first_payment_that_needs_its_person_waits_and_expires(
    member: Member, catalogue: Catalogue
) -> None:
    await member.uses("pm_card_threeDSecure2Required")
    made = await member.subscribes(catalogue.monthly)
    assert made.status == "incomplete"
    assert "invoice.payment_action_required" in await member.events()
    await member.passes(1)
    assert await status(member, made) == "incomplete_expired"
    assert [each.status for each in await member.invoices()] == ["void"]


async def test_the_person_confirms_the_first_payment(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await member.uses("pm_card_threeDSecure2Required")
    made = await member.subscribes(catalogue.monthly, expand=["latest_invoice.payments"])
    invoice = made.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.hosted_invoice_url is not None
    page = await simulated.open(invoice.hosted_invoice_url)
    assert "Your bank wants you to confirm" in page.text
    assert invoice.payments is not None
    intent = invoice.payments.data[0].payment.payment_intent
    landed = await simulated.submit(f"/authenticate/{intent}", answer="yes")
    assert landed.url == f"/i/{invoice.id}"
    assert await status(member, made) == "active"


async def test_the_person_tells_the_bank_no(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await member.uses("pm_card_threeDSecure2Required")
    made = await member.subscribes(catalogue.monthly)
    intents = await member.client.v1.payment_intents.list_async({"customer": member.id})
    intent = intents.data[0]
    assert intent.status == "requires_action"
    await simulated.submit(f"/authenticate/{intent.id}", answer="no")
    found = await member.client.v1.payment_intents.retrieve_async(intent.id)
    assert found.status == "requires_payment_method"
    assert await status(member, made) == "incomplete"


async def test_a_renewal_that_needs_its_person_is_past_due_and_says_why(
    member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_authenticationRequired")
    await member.passes(32)
    assert await status(member, made) == "past_due"
    told = await member.events()
    assert {"invoice.payment_action_required", "invoice.payment_failed"} <= set(told)
    intents = await member.client.v1.payment_intents.list_async({"customer": member.id})
    assert intents.data[0].last_payment_error is not None
    assert intents.data[0].last_payment_error.decline_code == "authentication_required"


async def test_nothing_is_made_when_the_first_payment_must_succeed(
    member: Member, catalogue: Catalogue
) -> None:
    await member.uses("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        await member.subscribes(catalogue.monthly, payment_behavior="error_if_incomplete")
    assert await member.invoices() == []
    assert "customer.subscription.created" not in await member.events()


async def test_default_incomplete_waits_for_a_client(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(
        catalogue.monthly,
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )
    assert made.status == "incomplete"
    invoice = made.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.confirmation_secret is not None
    assert "_secret_" in invoice.confirmation_secret.client_secret


async def test_without_any_card_a_payment_is_refused(
    newcomer: Member, catalogue: Catalogue
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await newcomer.subscribes(catalogue.monthly)
    assert caught.value.code == "resource_missing"
    assert await newcomer.invoices() == []
