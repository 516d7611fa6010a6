"""What tests of the subjects' pages ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.database import ConnectKwargs
from tests.support.billing_house import BillingHouse, billing_house
from tests.support.pages import Pages, open_pages

if TYPE_CHECKING:
    from tests.conftest import MakeDatabase


@pytest.fixture(scope="module")
async def database(
    make_database: MakeDatabase, house_template: str
) -> AsyncIterator[ConnectKwargs]:
    """A fresh database for one module of tests, with the views of a house."""
    async with make_database(house_template) as made:
        yield made


@pytest.fixture(scope="module")
async def pages(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pages]:
    """A house of the module's own, with a begun story and its web."""
    async with open_pages(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture(scope="module")
async def dues(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BillingHouse]:
    """A house of the module's own that takes dues, with a simulated Stripe."""
    async with billing_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def ana(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.ana) as browser:
        yield browser


@pytest.fixture
async def bo(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.bo) as browser:
        yield browser


@pytest.fixture
async def joy(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.joy) as browser:
        yield browser
