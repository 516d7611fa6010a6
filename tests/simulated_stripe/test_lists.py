"""Lists, expansion, metadata, and the catalogue."""

from __future__ import annotations

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue, Member
from tests.support.simulated_stripe import SimulatedStripe


async def test_pages_lead_from_one_to_the_next(client: stripe.StripeClient) -> None:
    made = [
        (await client.v1.customers.create_async({"email": "many@example.org"})).id
        for _ in range(25)
    ]
    first = await client.v1.customers.list_async({"email": "many@example.org"})
    assert (len(first.data), first.has_more) == (10, True)
    seen = [each.id async for each in first.auto_paging_iter()]
    assert seen == made[::-1]
    back = await client.v1.customers.list_async(
        {"email": "many@example.org", "ending_before": seen[-1], "limit": 3}
    )
    assert [each.id for each in back.data] == seen[-4:-1]


@pytest.mark.parametrize(
    "wanted", [{"limit": 0}, {"limit": 101}, {"starting_after": "cus_none"}], ids=str
)
async def test_a_page_that_cannot_be(client: stripe.StripeClient, wanted: dict[str, str]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await client.raw_request_async("get", "/v1/customers", **wanted)


async def test_created_bounds_a_list(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    early = await client.v1.products.create_async({"name": "early"})
    await simulated.advance(seconds=60)
    late = await client.v1.products.create_async({"name": "late"})
    newer = await client.v1.products.list_async({"created": {"gt": early.created}})
    assert [each.id for each in newer.data] == [late.id]
    older = await client.v1.products.list_async({"created": {"lte": early.created}})
    assert late.id not in {each.id for each in older.data}
    exact = await client.v1.products.list_async({"created": late.created})
    assert [each.id for each in exact.data] == [late.id]


async def test_events_by_type_and_bound_by_thirty_days(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    await client.v1.products.create_async({"name": "told"})
    for wanted in ({"type": "product.*"}, {"types": ["product.created", "product.deleted"]}):
        found = await client.v1.events.list_async(wanted)  # type: ignore[arg-type]  # either
        assert {event.type for event in found.data} == {"product.created"}
    await simulated.advance(days=31)
    assert (await client.v1.events.list_async()).data == []


async def test_expansion_follows_four_levels(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    found = await member.client.v1.subscriptions.retrieve_async(
        made.id,
        {
            "expand": [
                "customer",
                "items.data.price.product",
                "latest_invoice.payments",
                "latest_invoice.lines",
                "default_payment_method",
            ]
        },
    )
    assert isinstance(found.customer, stripe.Customer)
    assert isinstance(found["items"].data[0].price.product, stripe.Product)
    listed = await member.client.v1.subscriptions.list_async(
        {"customer": member.id, "expand": ["data.latest_invoice.payments"]}
    )
    invoice = listed.data[0].latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.payments is not None


async def test_what_is_not_asked_for_is_not_there(member: Member, catalogue: Catalogue) -> None:
    await member.subscribes(catalogue.monthly)
    assert "payments" not in (await member.invoices())[0]


@pytest.mark.parametrize("path", ["wishes", "email", "balance", "a.b.c.d.e", "name.first"])
async def test_what_cannot_be_expanded(
    client: stripe.StripeClient, member: Member, path: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.customers.retrieve_async(member.id, {"expand": [path]})


async def test_metadata_is_merged_and_unset(client: stripe.StripeClient) -> None:
    made = await client.v1.customers.create_async(
        {"metadata": {"ph_account": "1", "ph_env": "test"}}
    )
    changed = await client.v1.customers.update_async(
        made.id, {"metadata": {"ph_env": "", "ph_event": "9"}}
    )
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"ph_account": "1", "ph_event": "9"}
    cleared = await client.v1.customers.update_async(made.id, {"metadata": ""})
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}


async def test_prices_are_found_by_their_keys_and_change_hands(
    client: stripe.StripeClient, catalogue: Catalogue
) -> None:
    found = await client.v1.prices.list_async({"lookup_keys": ["member_annual"], "active": True})
    assert [each.id for each in found.data] == [catalogue.annual]
    new: stripe.params.PriceCreateParams = {
        "product": catalogue.product,
        "unit_amount": 2200,
        "currency": "eur",
        "recurring": {"interval": "year"},
        "lookup_key": "member_annual",
    }
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.prices.create_async(new)
    made = await client.v1.prices.create_async(new | {"transfer_lookup_key": True})
    assert made.lookup_key == "member_annual"
    assert (await client.v1.prices.retrieve_async(catalogue.annual)).lookup_key is None


async def test_currencies_come_when_asked_for(
    client: stripe.StripeClient, catalogue: Catalogue
) -> None:
    made = await client.v1.prices.create_async(
        {
            "product": catalogue.product,
            "unit_amount": 900,
            "currency": "eur",
            "recurring": {"interval": "month"},
            "currency_options": {"gbp": {"unit_amount": 800}},
            "expand": ["currency_options"],
        }
    )
    assert made.currency_options is not None
    assert made.currency_options["gbp"].unit_amount == 800
    assert "currency_options" not in await client.v1.prices.retrieve_async(made.id)


async def test_a_price_that_vanished_sells_nothing(member: Member, catalogue: Catalogue) -> None:
    price = await member.client.v1.prices.create_async(
        {
            "product": catalogue.product,
            "unit_amount": 1,
            "currency": "eur",
            "recurring": {"interval": "month"},
        }
    )
    await member.client.v1.prices.update_async(price.id, {"active": False})
    for gone in (price.id, "price_none"):
        with pytest.raises(stripe.InvalidRequestError):
            await member.subscribes(gone)


async def test_a_coupon_serves_so_many_and_no_more(member: Member, catalogue: Catalogue) -> None:
    client = member.client
    coupon = await client.v1.coupons.create_async(
        {"amount_off": 500, "currency": "eur", "duration": "once", "max_redemptions": 1}
    )
    made = await member.subscribes(catalogue.monthly, discounts=[{"coupon": coupon.id}])
    assert (await member.invoices())[0].total == 1500
    assert made.discounts == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await member.subscribes(catalogue.monthly, discounts=[{"coupon": coupon.id}])
    assert caught.value.code == "coupon_expired"


async def test_a_deleted_customer_ends_what_they_had(member: Member, catalogue: Catalogue) -> None:
    made = await member.subscribes(catalogue.monthly)
    gone = await member.client.v1.customers.delete_async(member.id)
    assert gone.deleted
    again = await member.client.v1.customers.retrieve_async(member.id)
    assert again.deleted
    found = await member.client.v1.subscriptions.retrieve_async(made.id)
    assert found.status == "canceled"


async def test_the_servers_own_time_renews_those_without_a_test_clock(
    simulated: SimulatedStripe, client: stripe.StripeClient, catalogue: Catalogue
) -> None:
    chidi = await client.v1.customers.create_async({"payment_method": "pm_card_visa"})
    cards = await client.v1.payment_methods.list_async({"customer": chidi.id})
    await client.v1.subscriptions.create_async(
        {
            "customer": chidi.id,
            "items": [{"price": catalogue.monthly}],
            "default_payment_method": cards.data[0].id,
        }
    )
    await simulated.advance(days=32)
    found = await client.v1.invoices.list_async({"customer": chidi.id})
    assert [each.status for each in found.data] == ["paid", "paid"]
    assert found.data[0].created < await simulated.advance(seconds=0)
