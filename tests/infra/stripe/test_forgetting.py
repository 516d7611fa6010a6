"""Stripe forgets a payer: emptied and not deleted, also when it is asked twice or by halves."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.payments.orders import Call, ForgetPayer
from infra.stripe.connection import Connection
from infra.stripe.desk import StripeDesk
from tests.support.simulated_stripe import SimulatedStripe

ACCOUNT, ORDER_ID = UUID(int=1), str(UUID(int=2))
CARD = {"type": "card", "card[number]": "4242424242424242"}


@pytest.fixture
async def customer(simulated: SimulatedStripe, connection: Connection) -> str:
    """Somebody with everything that Stripe may know of a payer."""
    del connection  # makes the catalogue
    made = await simulated.dashboard(
        "post",
        "/v1/customers",
        {
            "name": "Ana",
            "email": "ana@example.org",
            "phone": "+4930123456",
            "address[country]": "DE",
            "address[postal_code]": "10115",
            "metadata[ph_account]": str(ACCOUNT),
        },
    )
    key: str = made["id"]
    number = {"type": "eu_vat", "value": "DE123456789"}
    await simulated.dashboard("post", f"/v1/customers/{key}/tax_ids", number)
    method = await simulated.dashboard("post", "/v1/payment_methods", CARD)
    path = f"/v1/payment_methods/{method['id']}/attach"
    await simulated.dashboard("post", path, {"customer": key})
    return key


async def calls_for(desk: StripeDesk, customer: str) -> list[Call]:
    return [*await desk.render(ForgetPayer(ACCOUNT, customer), order_id=ORDER_ID)]


async def send(desk: StripeDesk, calls: list[Call]) -> None:
    for number, call in enumerate(calls):
        await desk.send(call, key=f"forget-{call.path}-{number}")


async def test_nothing_is_left_that_names_somebody(
    desk: StripeDesk, simulated: SimulatedStripe, customer: str
) -> None:
    calls = await calls_for(desk, customer)
    assert [await desk.made_by(each) for each in calls] == [None] * 3
    await send(desk, calls)
    assert None not in [await desk.made_by(each) for each in calls]
    left = await simulated.dashboard("get", f"/v1/customers/{customer}")
    assert (left["name"], left["email"], left["phone"], left["address"]) == (
        "Forgotten",
        "forgotten@peerhour.invalid",
        "0",
        None,
    )
    assert left["metadata"]["ph_account"] == str(ACCOUNT), "the ledger still finds its refunds"
    for kind in ("tax_ids", "payment_methods"):
        assert (await simulated.dashboard("get", f"/v1/customers/{customer}/{kind}"))["data"] == []


async def test_what_somebody_did_meanwhile_counts_as_done(
    desk: StripeDesk, simulated: SimulatedStripe, customer: str
) -> None:
    calls = await calls_for(desk, customer)
    deleted = next(each for each in calls if each.verb == "delete")
    await simulated.dashboard("delete", deleted.path)
    assert await desk.made_by(deleted) is not None


async def test_a_customer_that_is_gone_needs_nothing(
    desk: StripeDesk, simulated: SimulatedStripe, customer: str
) -> None:
    await simulated.dashboard("delete", f"/v1/customers/{customer}")
    assert await calls_for(desk, customer) == []
    assert await calls_for(desk, "cus_never_there") == []
