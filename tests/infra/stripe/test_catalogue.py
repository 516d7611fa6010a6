"""The catalogue is made once, and new amounts are new prices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from domain.errors import DomainError
from domain.payments.prices import Every
from domain.payments.refusals import CatalogueFault
from domain.values import Money
from infra.stripe.catalogue import STANDARD, Plan, make, read
from infra.stripe.connection import Connection, connect
from infra.system import SystemRandomness
from tests.infra.stripe.conftest import HERE, desk_at
from tests.support.simulated_stripe import SimulatedStripe, simulated_stripe


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedStripe]:
    async with simulated_stripe() as found:
        yield found


@pytest.fixture
async def connection(simulated: SimulatedStripe) -> AsyncIterator[Connection]:
    async with connect(
        simulated.api_key, api_base=simulated.address, randomness=SystemRandomness()
    ) as opened:
        yield opened


async def test_making_it_again_changes_nothing(
    connection: Connection, simulated: SimulatedStripe
) -> None:
    first = await make(connection, STANDARD, environment=HERE)
    assert {each.partition(": ")[2] for each in first} == {"made"}
    made = (await simulated.state())["objects"]
    again = await make(connection, STANDARD, environment=HERE)
    assert {each.partition(": ")[2] for each in again} == {"there"}
    assert (await simulated.state())["objects"] == made
    assert (made["product"], made["price"], made["coupon"]) == (1, 4, 4)


async def test_new_amounts_are_a_new_price_under_the_same_plan(connection: Connection) -> None:
    await make(connection, STANDARD, environment=HERE)
    dearer = STANDARD.prices | {"membership-monthly": Plan(Every.MONTH, {"EUR": 1400})}
    said = await make(
        connection, msgspec.structs.replace(STANDARD, prices=dearer), environment=HERE
    )
    assert "price membership-monthly: a new one" in said
    offered = [
        each.amount
        for each in await desk_at(connection).prices()
        if each.plan == "membership-monthly"
    ]
    assert offered == [Money(1400, "EUR")]


async def test_a_product_that_was_renamed_by_hand_gets_its_name_back(
    connection: Connection,
) -> None:
    await make(connection, STANDARD, environment=HERE)
    products = connection.client.v1.products
    await products.update_async("peerhour-membership", {"name": "Therapy groups"})
    said = await make(connection, STANDARD, environment=HERE)
    assert said[0] == "product peerhour-membership: changed"
    assert (await products.retrieve_async("peerhour-membership")).name == "Peerhour membership"


async def test_names_are_neutral(connection: Connection) -> None:
    await make(connection, STANDARD, environment=HERE)
    product = await connection.client.v1.products.retrieve_async("peerhour-membership")
    assert (product.name, product.statement_descriptor) == ("Peerhour membership", "PEERHOUR")


def test_a_file_names_the_amounts(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        'tax_code = "txcd_10000000"\n[prices.seat-annual]\nevery = "year"\n'
        "includes_tax = false\namounts = { ISK = 15000, JPY = 16000 }\n"
    )
    found = read(file)
    assert found.tax_code == "txcd_10000000"
    assert found.prices == {
        "seat-annual": Plan(Every.YEAR, {"ISK": 15_000, "JPY": 16_000}, includes_tax=False)
    }


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "",
        "[prices.weekly]\nevery = 'month'\namounts = { EUR = 1 }",
        "[prices.seat-annual]\nevery = 'week'\namounts = { EUR = 1 }",
        "[prices.seat-annual]\nevery = 'year'\namounts = { EUR = 0 }",
        "[prices.seat-annual]\nevery = 'year'\namounts = {}",
        "[prices.seat-annual]\nevery = 'year'\namounts = { euro = 100 }",
        "[prices.seat-annual]\nevery = 'year'\namounts = { EUR = 1 }\nsurprise = 1",
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(DomainError) as refused:
        read(file)
    assert refused.value.code in {CatalogueFault.code, "money.currency_unusable"}


async def test_amounts_of_a_currency_counted_in_hundredths_arrive_as_meant(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text("[prices.membership-monthly]\nevery = 'month'\namounts = { ISK = 1500 }\n")
    await make(connection, read(file), environment=HERE)
    found = await connection.client.v1.prices.list_async({"lookup_keys": ["membership-monthly"]})
    assert found.data[0].unit_amount == 150_000
    assert [each.amount for each in await desk_at(connection).prices()] == [Money(1500, "ISK")]
