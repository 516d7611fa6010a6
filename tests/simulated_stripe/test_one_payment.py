"""A person pays once on the hosted page, with an invoice for it or without."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue
from tests.support.simulated_stripe import SimulatedStripe

ANA = {"name": "Ana", "country": "DE", "postal_code": "10115"}
GIFT = {
    "currency": "eur",
    "unit_amount": 2000,
    "tax_behavior": "inclusive",
    "product_data": {"name": "Peerhour months"},
}


@pytest.fixture
async def ana(client: stripe.StripeClient) -> str:
    return (await client.v1.customers.create_async({"email": "ana@example.org"})).id


@pytest.fixture
def opened(client: stripe.StripeClient, ana: str) -> Any:
    async def make(**more: Any) -> stripe.checkout.Session:
        given: Any = {
            "mode": "payment",
            "customer": ana,
            "line_items": [{"price_data": GIFT, "quantity": 3}],
            "invoice_creation": {"enabled": True, "invoice_data": {"metadata": {"for": "Bo"}}},
            "success_url": "https://peerhour.test/gifts",
        }
        return await client.v1.checkout.sessions.create_async(given | more)

    return make


async def test_what_is_paid_once_has_an_invoice_that_says_what_for(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    session = await opened()
    assert "Peerhour months" in (await simulated.open(session.url)).text
    assert (await simulated.pay(session.url, **ANA)).status == 303
    done = await client.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["invoice"]})
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "paid", 6000)
    assert done.subscription is None
    invoice = done.invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.parent) == ("paid", 6000, None)
    assert invoice.metadata is not None
    assert invoice.metadata["for"] == "Bo"
    paid_by = await client.v1.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": str(done.payment_intent)}}
    )
    assert [each.invoice for each in paid_by.data] == [invoice.id]


@pytest.mark.parametrize("invoiced", [True, False], ids=["with an invoice", "without"])
async def test_a_payment_carries_what_its_session_said(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any, *, invoiced: bool
) -> None:
    session = await opened(
        invoice_creation={"enabled": invoiced}, payment_intent_data={"metadata": {"for": "Joy"}}
    )
    assert (await simulated.pay(session.url, **ANA)).status == 303
    done = await client.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["payment_intent"]}
    )
    assert (done.payment_status, done.amount_total) == ("paid", 6000)
    assert (done.invoice is not None) == invoiced
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.status == "succeeded"
    assert done.payment_intent.metadata["for"] == "Joy"


async def test_somebody_pays_who_is_nobodys_customer(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    asked: Any = {
        "mode": "payment",
        "line_items": [{"price_data": GIFT, "quantity": 1}],
        "success_url": "https://peerhour.test/gifts",
    }
    session = await client.v1.checkout.sessions.create_async(asked)
    assert session.url is not None
    who = {"email": "joy@example.org", **ANA}
    assert (await simulated.pay(session.url, "4000000000000341", **who)).status == 402
    assert (await simulated.pay(session.url, **who)).status == 303
    done = await client.v1.checkout.sessions.retrieve_async(session.id)
    assert (done.status, done.customer, done.invoice) == ("complete", None, None)
    assert done.customer_details is not None
    assert done.customer_details.email == "joy@example.org"


async def test_a_card_that_is_declined_leaves_the_page_open_and_no_invoice(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any, ana: str
) -> None:
    session = await opened()
    landed = await simulated.pay(session.url, "4000000000000341", **ANA)
    assert landed.status == 402
    assert "declined" in landed.text
    assert not (await client.v1.invoices.list_async({"customer": ana})).data
    again = await client.v1.checkout.sessions.retrieve_async(session.id)
    assert again.status == "open"
    assert (await simulated.pay(session.url, **ANA)).status == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subscription_data": {"trial_period_days": 3}}, "subscription_data"),
        ({"line_items": [{"price_data": GIFT | {"recurring": {"interval": "month"}}}]}, "mode"),
        ({"line_items": [{"quantity": 1}]}, "price_data"),
    ],
)
async def test_what_belongs_to_a_subscription_is_refused(
    opened: Any, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await opened(**change)
    assert words in str(refused.value)


async def test_a_price_that_recurs_cannot_be_paid_once(opened: Any, catalogue: Catalogue) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await opened(line_items=[{"price": catalogue.monthly, "quantity": 1}])
    assert "recurring price" in str(refused.value)


async def test_a_subscription_makes_its_own_invoices(opened: Any, catalogue: Catalogue) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await opened(mode="subscription", line_items=[{"price": catalogue.monthly}])
