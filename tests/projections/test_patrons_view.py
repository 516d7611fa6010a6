"""The view of who carries others: practices, gifts, funds, and wishes that wait."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.members.member import ErasureBasis
from infra.database import ConnectKwargs
from projections import Connection
from projections.patrons import queries as patrons
from services.members.commands import ForgetMember
from services.money.billing import OpenPractice
from tests.support.house import RealHouse, open_real_house
from tests.support.patrons import tell_patrons
from tests.support.story import Story


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture(scope="module")
async def story(house: RealHouse) -> Story:
    """Joy's practice, in which Ana sits; and all the rest that is told there."""
    story = house.story("patrons")
    await story.begin()
    await tell_patrons(story, story.joy, story.ana, story.admin)
    await house.drain()
    return story


@pytest.fixture
async def view(house: RealHouse) -> AsyncIterator[Connection]:
    async with house.house.views() as conn:
        yield conn


async def test_practices_are_listed_for_who_looks_after_them(
    view: Connection, story: Story
) -> None:
    practice = patrons.PracticeRow(story.id("practice"), "Harbour practice")
    assert await patrons.practices_managed_by(view, story.joy) == [practice]
    assert await patrons.practices_managed_by(view, story.admin) == [], "relieved again"
    assert await patrons.practices_managed_by(view, story.eve) == []


@pytest.mark.parametrize(("who", "state"), [("joy", "frozen"), ("ana", "held")])
async def test_a_seat_is_told_with_its_state(
    view: Connection, story: Story, who: str, state: str
) -> None:
    seats = await patrons.seats_of(view, story.id(who))
    assert [each.state for each in seats] == [state]


async def test_whoever_was_freed_finds_the_seat_still(view: Connection, story: Story) -> None:
    assert [each.state for each in await patrons.seats_of(view, story.admin)] == ["released"]
    assert await patrons.seats_of(view, story.eve) == []


async def test_who_asks_to_come_in_is_listed_while_their_offer_waits(
    view: Connection, story: Story
) -> None:
    asked = await patrons.entries_asked(view)
    assert [(each.seat_id, each.name) for each in asked] == [
        (story.id("waits in"), "Harbour practice")
    ]


async def test_a_practice_that_somebody_looks_after_is_not_listed_as_nobodys(
    house: RealHouse,
) -> None:
    other = house.story("lost")
    await other.people("bo")
    practice = other.id("practice")
    await other.do(OpenPractice(practice_id=practice, name="Lighthouse", by=other.bo))
    await house.drain()
    async with house.house.views() as conn:
        assert await patrons.unmanaged_practices(conn) == []
    await other.do(ForgetMember(member_id=other.bo, basis=ErasureBasis.OWN_REQUEST, by=other.bo))
    await house.drain()
    async with house.house.views() as conn:
        lost = patrons.PracticeRow(practice, "Lighthouse")
        assert await patrons.unmanaged_practices(conn) == [lost]


async def test_gifts_are_their_givers(view: Connection, story: Story) -> None:
    given = await patrons.gifts_by(view, story.joy)
    assert [(each.gift_id, each.months, each.waits) for each in given] == [
        (story.id("taken"), 2, False)
    ]
    of_house = await patrons.gifts_of_the_house(view)
    assert [(each.gift_id, each.waits) for each in of_house] == [(story.id("waits"), True)]
    assert await patrons.gifts_by(view, story.eve) == []


async def test_wishes_wait_in_the_order_they_were_asked(view: Connection, story: Story) -> None:
    assert await patrons.waiting_wishes(view, limit=10) == [story.ana, story.joy]
    assert await patrons.waiting_wishes(view, limit=1) == [story.ana]
    funds = await patrons.funds(view)
    assert [(each.name, each.currency) for each in funds] == [("For anybody", "EUR")]


async def test_nothing_is_kept_of_who_is_forgotten(house: RealHouse, story: Story) -> None:
    await story.do(
        ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.admin)
    )
    await house.drain()
    async with house.house.views() as conn:
        assert await patrons.seats_of(conn, story.ana) == []
        assert await patrons.practices_managed_by(conn, story.ana) == []
        assert story.ana not in await patrons.waiting_wishes(conn, limit=10)
