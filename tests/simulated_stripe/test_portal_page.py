"""The Billing Portal: card, end and its return, invoices."""

from __future__ import annotations

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue, Member
from tests.support.simulated_stripe import SimulatedStripe

HOME = "https://peerhour.test/billing"


async def portal(member: Member) -> str:
    made = await member.client.v1.billing_portal.sessions.create_async(
        {"customer": member.id, "return_url": HOME}
    )
    return made.url


async def test_it_shows_what_there_is_and_says_that_it_is_simulated(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await member.subscribes(catalogue.monthly)
    page = await simulated.open(await portal(member))
    for words in ("Simulated Stripe.", "Ends in 4242", "20.00 EUR, paid", HOME):
        assert words in page.text


async def test_a_member_cancels_and_takes_it_back(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    url = await portal(member)
    subscriptions = member.client.v1.subscriptions
    await simulated.submit(url, action="cancel", subscription=made.id)
    assert (await subscriptions.retrieve_async(made.id)).cancel_at_period_end
    assert "Keep the subscription" in (await simulated.open(url)).text
    await simulated.submit(url, action="keep", subscription=made.id)
    assert not (await subscriptions.retrieve_async(made.id)).cancel_at_period_end


async def test_nobody_cancels_what_is_somebody_elses(
    simulated: SimulatedStripe, member: Member, newcomer: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    stranger = await member.client.v1.customers.create_async({"email": "joy@example.org"})
    opened = await member.client.v1.billing_portal.sessions.create_async({"customer": stranger.id})
    landed = await simulated.submit(opened.url, action="cancel", subscription=made.id)
    assert landed.status == 402
    found = await member.client.v1.subscriptions.retrieve_async(made.id)
    assert not found.cancel_at_period_end


async def test_a_new_card_mends_what_failed(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(32)
    declined = await simulated.submit(
        await portal(member), action="card", number="4000000000000002"
    )
    assert "declined" in declined.text
    await simulated.submit(await portal(member), action="card", number="4242424242424242")
    await member.passes(4)
    assert (await member.client.v1.subscriptions.retrieve_async(made.id)).status == "active"


async def test_a_flow_shows_one_thing_and_leads_back(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    made = await member.subscribes(catalogue.monthly)
    opened = await member.client.v1.billing_portal.sessions.create_async(
        {
            "customer": member.id,
            "flow_data": {
                "type": "subscription_cancel",
                "subscription_cancel": {"subscription": made.id},
                "after_completion": {"type": "redirect", "redirect": {"return_url": HOME}},
            },
        }
    )
    assert "Use this card" not in (await simulated.open(opened.url)).text
    landed = await simulated.submit(opened.url, action="cancel", subscription=made.id)
    assert landed.url == HOME


async def test_an_open_invoice_is_paid_on_its_page(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(32)
    invoice = (await member.invoices())[0]
    assert invoice.hosted_invoice_url is not None
    assert "Pay 20.00 EUR" in (await simulated.open(invoice.hosted_invoice_url)).text
    asked = await simulated.submit(invoice.hosted_invoice_url, number="4000002760003184")
    await simulated.submit(asked.url, answer="yes")
    found = await member.client.v1.invoices.retrieve_async(invoice.id)
    assert found.status == "paid"
    assert found.invoice_pdf is not None
    paper = await simulated.open(found.invoice_pdf)
    assert paper.text.startswith("%PDF")


async def test_what_the_portal_cannot_do_is_501(member: Member) -> None:
    with pytest.raises(stripe.APIError) as caught:
        await member.client.v1.billing_portal.sessions.create_async(
            {"customer": member.id, "flow_data": {"type": "subscription_pause"}}
        )
    assert caught.value.http_status == 501
