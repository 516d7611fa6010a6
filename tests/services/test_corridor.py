"""Words between meetings go with whoever leaves, and leave room for what the others write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.corridor.rules import CorridorOfPeers, EnoughWords, ReaderNotThere
from domain.corridor.word import MOST_STANDING, Word
from domain.errors import DomainError
from infra.database import ConnectKwargs
from infra.secrets.corridor_shelf import CorridorShelf
from services.corridor.parting import performers
from services.corridor.words import LeaveWord, leave_word, look_into, remove, take_back
from services.groups.commands import AdmitMember, LeaveGroup, NameFacilitator, RemoveMember
from services.house import House
from tests.support.house import RealHouse, SmallHouse, open_real_house
from tests.support.story import Story


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    """Joy leads a group of Ana, Bo and Chidi."""
    story = house.story(request.node.name)
    await story.begin()
    house.clock.move(seconds=60)
    return story


async def say(house: House, story: Story, name: str, text: str = "Mhm.", to: str = "") -> UUID:
    said = LeaveWord(
        word_id=uuid4(),
        group_id=story.group,
        author_id=story.id(name),
        to=story.id(to) if to else None,
        just_listen=False,
        text=text,
    )
    await leave_word(house, said)
    return said.word_id


async def read_by(house: RealHouse, story: Story, name: str) -> list[str]:
    corridor = await look_into(house.house, story.group, story.id(name))
    return [word.text for word in corridor.words]


async def texts_kept(house: RealHouse, story: Story) -> int:
    """Return how many texts lie there, whoever may still read them."""
    ((number,),) = await house.fetch(
        "SELECT count(sealed) FROM corridor_words WHERE group_id = $1", story.group
    )
    return int(number)


def leaving(story: Story, name: str) -> LeaveGroup:
    return LeaveGroup(group_id=story.group, member_id=story.id(name))


def removing(story: Story, name: str) -> RemoveMember:
    return RemoveMember(
        group_id=story.group, member_id=story.id(name), reason="We talked.", by=story.joy
    )


# Whoever leaves


@dataclass
class AnEffect:
    """One that is performed once more, as after a crash."""

    payload: dict[str, str]
    key: tuple[Any, ...] = (UUID(int=7),)


@pytest.mark.parametrize("going", [leaving, removing])
async def test_the_words_of_whoever_goes_are_deleted_and_do_not_come_back_with_them(
    house: RealHouse, story: Story, going: Callable[[Story, str], object]
) -> None:
    await say(house.house, story, "ana", "From Ana.")
    await say(house.house, story, "ana", "For Joy.", to="joy")
    await say(house.house, story, "joy", "For Ana.", to="ana")
    await say(house.house, story, "bo", "From Bo.")
    house.clock.move(seconds=60)
    await story.do(going(story, "ana"))
    await house.drain()
    assert await texts_kept(house, story) == 1
    assert await read_by(house, story, "joy") == ["From Bo."]
    house.clock.move(seconds=60)
    await story.do(AdmitMember(group_id=story.group, member_id=story.ana, by=story.joy))
    assert await read_by(house, story, "ana") == []
    await say(house.house, story, "ana", "Here again.")
    shelf = CorridorShelf(house.running.pool, house.running.keystore)
    again = AnEffect({"group_id": str(story.group), "member_id": str(story.ana)})
    await performers(house.house.store, shelf)["take_words_back"](again)
    assert await read_by(house, story, "ana") == ["Here again."]
    assert await read_by(house, story, "bo") == ["From Bo.", "Here again."]


async def test_a_form_from_before_somebody_left_brings_nothing_back(
    house: RealHouse, story: Story
) -> None:
    said = LeaveWord(
        word_id=uuid4(),
        group_id=story.group,
        author_id=story.ana,
        to=None,
        just_listen=False,
        text="From Ana.",
    )
    await leave_word(house.house, said)
    house.clock.move(seconds=60)
    await story.do(leaving(story, "ana"))
    await house.drain()
    await story.do(AdmitMember(group_id=story.group, member_id=story.ana, by=story.joy))
    await leave_word(house.house, said)
    assert (await read_by(house, story, "ana"), await texts_kept(house, story)) == ([], 0)


class GoneMeanwhile:
    """A shelf on which a word comes just after somebody left.

    Args:
        shelf: the real one.
        leaves: lets them leave.
    """

    def __init__(self, shelf: Any, leaves: Callable[[], Awaitable[object]]) -> None:
        self._shelf = shelf
        self._leaves = leaves

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    async def put(self, word: Word) -> bool:
        await self._leaves()
        return bool(await self._shelf.put(word))


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        pytest.param("ana", CorridorOfPeers, id="its author"),
        pytest.param("joy", ReaderNotThere, id="its one reader"),
    ],
)
async def test_a_word_that_comes_just_after_somebody_left_is_not_kept(
    house: RealHouse, story: Story, who: str, refusal: type[DomainError]
) -> None:
    async def leaves() -> None:
        house.clock.move(seconds=60)
        if who == "joy":
            await story.do(NameFacilitator(group_id=story.group, member_id=story.bo, by=story.joy))
        await story.do(leaving(story, who))
        await house.drain()

    late = replace(house.house, corridor=GoneMeanwhile(house.house.corridor, leaves))
    with pytest.raises(refusal):
        await say(late, story, "ana", "For Joy.", to="joy")
    assert await texts_kept(house, story) == 0


async def test_the_whole_log_seen_once_more_asks_for_nothing_new() -> None:
    small = SmallHouse()
    await small.begin()
    await small.do(leaving(small, "ana"))
    await small.do(removing(small, "bo"))
    for settle in (small.settle, small.settle_again):
        await settle()
        asked = [each.payload for each in small.effects("take_words_back")]
        assert asked == [
            {"group_id": str(small.group), "member_id": str(each)} for each in (small.ana, small.bo)
        ]


# Room for everybody


async def test_one_peer_cannot_fill_a_corridor_and_makes_room_by_taking_back(
    house: RealHouse, story: Story
) -> None:
    await say(house.house, story, "bo", "From Bo.")
    mine = []
    for number in range(MOST_STANDING):
        house.clock.move(seconds=1)
        to = "joy" if number % 2 else ""  # what is for one alone stands as well
        mine.append(await say(house.house, story, "ana", to=to))
    with pytest.raises(EnoughWords):
        await say(house.house, story, "ana")
    assert "From Bo." in await read_by(house, story, "joy")
    await say(house.house, story, "bo", "There is room for me.")
    await take_back(house.house, story.group, mine[0], by=story.ana)
    await say(house.house, story, "ana")
    with pytest.raises(EnoughWords):
        await say(house.house, story, "ana")
    await remove(house.house, story.group, mine[1], by=story.joy)
    await say(house.house, story, "ana")
