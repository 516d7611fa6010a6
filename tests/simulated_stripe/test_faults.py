"""Faults on demand, idempotency, keys: how the real SDK lives through a bad day."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import stripe

from tests.support.simulated_stripe import RESTRICTED_KEY, SimulatedStripe

POST_CUSTOMER = "post /v1/customers"
ANA: stripe.params.CustomerCreateParams = {"email": "ana@example.org"}


async def customers(client: stripe.StripeClient, email: str) -> int:
    return len((await client.v1.customers.list_async({"email": email})).data)


async def test_an_answer_that_is_lost_after_the_work_makes_one_object(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    await simulated.fault("close_after", POST_CUSTOMER)
    made = await client.v1.customers.create_async({"email": "lost@example.org"})
    assert await customers(client, "lost@example.org") == 1
    assert made.last_response is not None
    assert made.last_response.headers["idempotent-replayed"] == "true"


async def test_a_connection_cut_before_the_work_is_tried_again(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    await simulated.fault("close_before", POST_CUSTOMER)
    await client.v1.customers.create_async({"email": "cut@example.org"})
    assert await customers(client, "cut@example.org") == 1


async def test_a_client_that_does_not_retry_learns_of_the_cut(simulated: SimulatedStripe) -> None:
    await simulated.fault("close_before", POST_CUSTOMER)
    async with simulated.client(retries=0) as hasty:
        with pytest.raises(stripe.APIConnectionError):
            await hasty.v1.customers.create_async(ANA)


async def test_an_error_before_the_work_is_forgotten_by_its_key(
    simulated: SimulatedStripe,
) -> None:
    await simulated.fault("error_before", POST_CUSTOMER)
    async with simulated.client(retries=0) as hasty:
        options: stripe.RequestOptions = {"idempotency_key": "ph-before"}
        with pytest.raises(stripe.APIError) as caught:
            await hasty.v1.customers.create_async({"email": "before@example.org"}, options)
        assert caught.value.http_status == 500
        assert str(caught.value).startswith("Request req_")
        await hasty.v1.customers.create_async({"email": "before@example.org"}, options)
        assert await customers(hasty, "before@example.org") == 1


async def test_an_error_after_the_work_stays_with_its_key(simulated: SimulatedStripe) -> None:
    await simulated.fault("error_after", POST_CUSTOMER)
    async with simulated.client(retries=0) as hasty:
        for _ in range(3):
            with pytest.raises(stripe.APIError):
                await hasty.v1.customers.create_async(
                    {"email": "after@example.org"}, {"idempotency_key": "ph-after"}
                )
        assert await customers(hasty, "after@example.org") == 1


async def test_too_many_requests_are_not_tried_again_unless_stripe_says_so(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    await simulated.fault("too_many", POST_CUSTOMER)
    with pytest.raises(stripe.RateLimitError):
        await client.v1.customers.create_async(ANA)
    await simulated.fault("too_many", POST_CUSTOMER, should_retry=True)
    await client.v1.customers.create_async(ANA)


async def test_the_nth_request_is_harmed(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    await simulated.fault("too_many", "get /v1/customers*", skip=1, times=2)
    outcomes = []
    for _ in range(4):
        try:
            await client.v1.customers.list_async({"limit": 1})
            outcomes.append(True)
        except stripe.RateLimitError:
            outcomes.append(False)
    assert outcomes == [True, False, False, True]


async def test_a_key_in_use_is_409(simulated: SimulatedStripe) -> None:
    await simulated.fault("slow", POST_CUSTOMER, seconds=0.3)
    options: stripe.RequestOptions = {"idempotency_key": "ph-twice"}
    async with simulated.client(retries=0) as one, simulated.client(retries=0) as other:
        first = asyncio.create_task(one.v1.customers.create_async(ANA, options))
        await asyncio.sleep(0.1)
        with pytest.raises(stripe.StripeError) as caught:
            await other.v1.customers.create_async(ANA, options)
        assert caught.value.http_status == 409
        made = await first
        again = await other.v1.customers.create_async(ANA, options)
        assert again.id == made.id


async def test_a_key_with_other_parameters_is_a_bug(client: stripe.StripeClient) -> None:
    options: stripe.RequestOptions = {"idempotency_key": "ph-other"}
    await client.v1.customers.create_async(ANA, options)
    with pytest.raises(stripe.IdempotencyError) as caught:
        await client.v1.customers.create_async({"email": "bo@example.org"}, options)
    assert caught.value.http_status == 400


async def test_a_decline_is_replayed(client: stripe.StripeClient) -> None:
    customer = await client.v1.customers.create_async(ANA)
    options: stripe.RequestOptions = {"idempotency_key": "ph-decline"}
    ids = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            await client.v1.payment_methods.attach_async(
                "pm_card_chargeDeclined", {"customer": customer.id}, options
            )
        assert caught.value.headers is not None
        ids.add(caught.value.headers.get("idempotent-replayed", "first"))
    assert ids == {"first", "true"}


async def test_a_mended_mistake_may_keep_its_key(client: stripe.StripeClient) -> None:
    options: stripe.RequestOptions = {"idempotency_key": "ph-mended"}
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.customers.create_async({"mail": "x"}, options)  # type: ignore[arg-type]  # the mistake
    await client.v1.customers.create_async(ANA, options)


async def test_a_key_is_forgotten_after_a_day(
    simulated: SimulatedStripe, client: stripe.StripeClient
) -> None:
    options: stripe.RequestOptions = {"idempotency_key": "ph-old"}
    first = await client.v1.customers.create_async(ANA, options)
    await simulated.advance(days=1.1)
    assert (await client.v1.customers.create_async(ANA, options)).id != first.id


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "pk_test_1", "nonsense"])
async def test_keys_that_are_not_for_tests_are_refused(
    simulated: SimulatedStripe, key: str
) -> None:
    async with simulated.client(key=key) as stranger:
        with pytest.raises(stripe.AuthenticationError):
            await stranger.v1.customers.list_async()


async def test_a_restricted_key_is_taken(simulated: SimulatedStripe) -> None:
    async with simulated.client(key=RESTRICTED_KEY) as worker:
        await worker.v1.customers.list_async({"limit": 1})


async def test_without_a_key_and_in_an_old_version_nothing_is_said(
    simulated: SimulatedStripe,
) -> None:
    async with httpx.AsyncClient(base_url=simulated.address) as raw:
        assert (await raw.get("/v1/customers")).status_code == 401
        old = {"authorization": "Bearer sk_test_x", "stripe-version": "2020-08-27"}
        assert (await raw.get("/v1/customers", headers=old)).status_code == 400
        new = {"authorization": "Bearer sk_test_x"}
        answer = await raw.get("/v1/customers", headers=new)
        assert answer.headers["request-id"].startswith("req_")


async def test_a_control_that_lacks_a_word_is_400(simulated: SimulatedStripe) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await simulated.order("/disputes")
