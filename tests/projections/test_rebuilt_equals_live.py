"""A view built anew from the log equals the live one, row for row, whatever has happened."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.members.member import ErasureBasis
from infra.database import ConnectKwargs
from infra.projector import Projection, schema_of
from services.bootstrap import PROJECTIONS
from services.dispatch import Order
from services.members.commands import ForgetMember
from tests.support.builders import SIX_PM, span
from tests.support.house import RealHouse, open_real_house
from tests.support.long_story import a_late_report, tell
from tests.support.story import Story

NAMES = [each.NAME for each in PROJECTIONS]

Dump = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    """A house in which the long story was told."""
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        told = await tell(opened)
        await opened.house.dispatch(a_late_report(told.past), Order(command_id=told.past))
        await opened.drain()
        yield opened


async def dump(house: RealHouse, projection: Projection) -> Dump:
    """Return every row of every table of a view, in an order of their own."""
    schema = schema_of(projection)
    tables = await house.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $1", schema
    )
    return {
        table: sorted(await house.fetch(f"SELECT * FROM {schema}.{table}"), key=repr)  # noqa: S608  our own tables
        for (table,) in tables
    }


@pytest.mark.parametrize("projection", PROJECTIONS, ids=NAMES)
async def test_a_rebuilt_view_equals_the_live_one(house: RealHouse, projection: Projection) -> None:
    live = await dump(house, projection)
    assert all(live.values()), "every table has something to compare"
    assert await house.running.projector.rebuild(projection)
    assert await dump(house, projection) == live


@pytest.mark.parametrize("projection", PROJECTIONS, ids=NAMES)
async def test_a_rebuilt_view_goes_on_with_what_comes_next(
    house: RealHouse, projection: Projection
) -> None:
    assert await house.running.projector.rebuild(projection)
    story = house.story(f"after {projection.NAME}")
    await story.people("eve")
    await house.drain()
    lags = {each.reader: each.behind for each in await house.house.desk.lags()}
    assert lags[f"view.{projection.NAME}"] == 0


@pytest.mark.parametrize("seed", range(3))
async def test_views_rebuilt_after_a_random_evening_equal_the_live_ones(
    house: RealHouse, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret, a story
    story = house.story(f"random {seed}")
    await story.begin()
    for evening in range(3):
        await an_evening(story, chance, evening)
        if chance.random() < 0.7:
            await house.drain()
    await story.do(ForgetMember(member_id=story.bo, basis=ErasureBasis.OWN_REQUEST, by=story.admin))
    await house.drain()
    for projection in PROJECTIONS:
        live = await dump(house, projection)
        assert await house.running.projector.rebuild(projection)
        assert await dump(house, projection) == live, projection.NAME


async def an_evening(story: Story, chance: random.Random, number: int) -> None:
    """Hold a meeting at which chance decides who comes, and what is set right afterwards."""
    there = [who for who in (story.ana, story.bo, story.chidi) if chance.random() < 0.8]
    came = {who: (chance.randint(-5, 20), chance.randint(25, 60)) for who in there}
    meeting_id = await story.held(
        came,
        name=f"evening {number}",
        start=SIX_PM + timedelta(days=number),
        evaluated=[who for who in there if chance.random() < 0.5],
    )
    for who in chance.sample(there, k=min(len(there), 2)):
        stays = [span(0, 30)] if chance.random() < 0.5 else []
        await story.correct(meeting_id, who, *stays)
    if chance.random() < 0.3:
        await story.void(meeting_id)
