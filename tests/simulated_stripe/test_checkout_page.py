"""A person pays on the hosted page: without scripts, with every kind of card."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from tests.simulated_stripe.conftest import HOME, Catalogue
from tests.support.simulated_stripe import SimulatedStripe

BACK = "https://peerhour.test/billing/welcome?session={CHECKOUT_SESSION_ID}"
Session = stripe.checkout.Session
ANA = {"name": "Ana", "country": "DE", "postal_code": "10115"}


@pytest.fixture
async def ana(client: stripe.StripeClient) -> str:
    return (await client.v1.customers.create_async({"email": "ana@example.org"})).id


@pytest.fixture
def opened(client: stripe.StripeClient, catalogue: Catalogue, ana: str) -> Any:
    async def make(**more: Any) -> Session:
        given: dict[str, Any] = {
            "mode": "subscription",
            "customer": ana,
            "client_reference_id": "account-1",
            "line_items": [{"price": catalogue.monthly, "quantity": 1}],
            "success_url": BACK,
            "cancel_url": "https://peerhour.test/billing",
        }
        return await client.v1.checkout.sessions.create_async(given | more)  # type: ignore[arg-type]  # a plain dict

    return make


async def reread(client: stripe.StripeClient, session: Session) -> Session:
    return await client.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["line_items", "subscription.latest_invoice"]}
    )


async def test_every_page_says_that_it_is_simulated(
    simulated: SimulatedStripe, opened: Any
) -> None:
    page = await simulated.open((await opened()).url)
    assert "Simulated Stripe." in page.text
    assert 'label for="number"' in page.text
    assert "<script" not in page.text
    assert "Simulated Stripe." in (await simulated.open("/")).text


async def test_a_paid_checkout_leads_back_with_its_id(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    session = await opened()
    landed = await simulated.pay(session.url, **ANA)
    assert landed.status == 303
    assert parse_qs(urlsplit(landed.url).query)["session"] == [session.id]
    done = await reread(client, session)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.client_reference_id == "account-1"
    subscription = done.subscription
    assert isinstance(subscription, stripe.Subscription)
    assert subscription.status == "active"
    assert subscription.default_payment_method is not None
    assert (await simulated.pay(session.url, **ANA)).status == 402


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4000 0000 0000 0002", "Your card was declined."),
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "expired"),
        ("4000000000000341", "Your card was declined."),
        ("4111111111111111", "test cards only"),
        ("", "Your card number is incomplete."),
    ],
)
async def test_a_bad_card_leaves_the_page_open_and_makes_nothing(
    simulated: SimulatedStripe,
    client: stripe.StripeClient,
    opened: Any,
    ana: str,
    number: str,
    words: str,
) -> None:
    session = await opened()
    landed = await simulated.pay(session.url, number, **ANA)
    assert landed.status == 402
    assert words in landed.text
    assert (await reread(client, session)).status == "open"
    found = await client.v1.subscriptions.list_async({"customer": ana, "status": "all"})
    assert found.data == []
    assert (await simulated.pay(session.url, **ANA)).status == 303


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
async def test_a_bank_asks_for_a_second_factor(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any, number: str
) -> None:
    session = await opened()
    asked = await simulated.submit(session.url, number=number, **ANA)
    assert "/authenticate/" in asked.url
    assert (await reread(client, session)).status == "open"
    refused = await simulated.submit(asked.url, answer="no")
    assert "unable to authenticate" in refused.text
    assert (await simulated.pay(session.url, number, **ANA)).status == 303
    assert (await reread(client, session)).status == "complete"


async def test_a_trial_asks_for_no_card(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    session = await opened(
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
            "metadata": {"ph_account": "account-1"},
        },
    )
    assert 'name="number"' not in (await simulated.open(session.url)).text
    assert (await simulated.pay(session.url, "", **ANA)).status == 303
    done = await reread(client, session)
    subscription = done.subscription
    assert isinstance(subscription, stripe.Subscription)
    assert (subscription.status, done.payment_status) == ("trialing", "no_payment_required")
    assert subscription.metadata.to_dict() == {"ph_account": "account-1"}
    assert subscription.trial_settings is not None


async def test_tax_address_and_tax_id_are_collected(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any, ana: str
) -> None:
    session = await opened(
        automatic_tax={"enabled": True},
        billing_address_collection="required",
        tax_id_collection={"enabled": True},
        customer_update={"address": "auto", "name": "auto"},
    )
    incomplete = await simulated.pay(session.url, name="Ana")
    assert "address is incomplete" in incomplete.text
    more = {"tax_id_type": "eu_vat", "tax_id": "DE123456789"}
    assert (await simulated.pay(session.url, **ANA, **more)).status == 303
    done = await reread(client, session)
    assert (done.amount_subtotal, done.amount_total) == (2000, 2400)
    assert done.automatic_tax.status == "complete"
    assert done.customer_details is not None
    assert done.customer_details.tax_ids is not None
    assert [each.value for each in done.customer_details.tax_ids] == ["DE123456789"]
    customer = await client.v1.customers.retrieve_async(ana, {"expand": ["tax_ids"]})
    assert customer.address is not None
    assert (customer.name, customer.address.country) == ("Ana", HOME["country"])
    assert customer.tax_ids is not None
    assert len(customer.tax_ids.data) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"tax_id_collection": {"enabled": True}},
        {"automatic_tax": {"enabled": True}},
        {"customer_email": "bo@example.org"},
        {"line_items": []},
        {"discounts": [{"coupon": "none"}]},
        {"expires_at": 1},
    ],
    ids=lambda more: next(iter(more)),
)
async def test_a_session_that_stripe_would_refuse(opened: Any, more: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await opened(**more)


async def test_a_promotion_code_lowers_the_price(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    coupon = await client.v1.coupons.create_async({"percent_off": 25, "duration": "forever"})
    await client.v1.promotion_codes.create_async(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "KIND25"}
    )
    session = await opened(allow_promotion_codes=True)
    assert "invalid" in (await simulated.pay(session.url, promotion_code="OTHER", **ANA)).text
    assert (await simulated.pay(session.url, promotion_code="kind25", **ANA)).status == 303
    assert (await reread(client, session)).amount_total == 1500


async def test_a_coupon_is_shown_before_paying(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    coupon = await client.v1.coupons.create_async(
        {"percent_off": 75, "duration": "repeating", "duration_in_months": 12}
    )
    session = await opened(discounts=[{"coupon": coupon.id}])
    assert (session.amount_subtotal, session.amount_total) == (2000, 500)
    assert "5.00 EUR" in (await simulated.open(session.url)).text
    assert (await simulated.pay(session.url, **ANA)).status == 303
    assert (await reread(client, session)).amount_total == 500


async def test_an_expired_session_takes_no_money(
    simulated: SimulatedStripe, client: stripe.StripeClient, opened: Any
) -> None:
    session = await opened()
    url = session.url
    expired = await client.v1.checkout.sessions.expire_async(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert "no longer open" in (await simulated.open(url)).text
    assert (await simulated.pay(url, **ANA)).status == 402
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.checkout.sessions.expire_async(session.id)


async def test_a_card_is_saved_without_a_payment(
    simulated: SimulatedStripe, client: stripe.StripeClient, ana: str
) -> None:
    session = await client.v1.checkout.sessions.create_async(
        {"mode": "setup", "customer": ana, "currency": "eur", "success_url": BACK}
    )
    assert (await simulated.pay(str(session.url), "4000002500003155", **ANA)).status == 303
    done = await client.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["setup_intent.payment_method"]}
    )
    intent = done.setup_intent
    assert isinstance(intent, stripe.SetupIntent)
    assert intent.status == "succeeded"
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    assert intent.payment_method.customer == ana


async def test_somebody_unknown_becomes_a_customer(
    simulated: SimulatedStripe, client: stripe.StripeClient, catalogue: Catalogue
) -> None:
    session = await client.v1.checkout.sessions.create_async(
        {
            "mode": "subscription",
            "customer_email": "joy@example.org",
            "line_items": [{"price": catalogue.monthly, "quantity": 2}],
            "success_url": BACK,
        }
    )
    landed = await simulated.pay(str(session.url), email="joy@example.org", name="Joy")
    assert landed.status == 303
    done = await client.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["customer"]})
    assert isinstance(done.customer, stripe.Customer)
    assert done.customer.email == "joy@example.org"


async def test_a_page_that_nobody_has_is_404(simulated: SimulatedStripe) -> None:
    for path in ("/c/pay/cs_test_none", "/i/in_none", "/p/session/bps_none", "/authenticate/pm_1"):
        assert (await simulated.open(path)).status == 404


async def test_what_a_person_writes_stays_text(simulated: SimulatedStripe, opened: Any) -> None:
    session = await opened()
    written = "<script>alert(1)</script>"
    landed = await simulated.submit(session.url, name=written, number="1", country=written)
    assert landed.status == 402
    assert written not in landed.text
    assert "&lt;script&gt;" in landed.text
