"""Who says before an hour that they cannot come: a plan that decides nothing and leaves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.errors import DomainError, Stale
from domain.meetings.regrets import RegretGone, TooLateForRegrets
from domain.meetings.rules import MeetingCancelled, NotOnRoster
from domain.members.member import ErasureBasis, MemberForgotten
from domain.rules.ways import GroupRule
from infra.database import ConnectKwargs
from infra.rule_files import load_rules
from projections.people.queries import LicenceRow
from services.groups.commands import AdmitMember, LeaveGroup, RemoveMember
from services.groups.standing_schedule import standing_schedule
from services.meetings.commands import CancelMeeting, OpenMeeting, PostponeMeeting
from services.meetings.head_counts import least_people, texts_about
from services.meetings.regrets import SendRegrets, own_regrets, send_regrets, take_regrets_back
from services.members.commands import ForgetMember
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, open_real_house
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


async def planned(house: RealHouse, story: Story) -> UUID:
    meeting_id = await story.plan()
    house.clock.move(seconds=60)
    return meeting_id


async def say(house: RealHouse, meeting_id: UUID, member_id: UUID, **more: Any) -> UUID:
    said = SendRegrets(regret_id=uuid4(), meeting_id=meeting_id, member_id=member_id, **more)
    return await send_regrets(house.house, said)


async def who(house: RealHouse, meeting_id: UUID) -> set[UUID]:
    return {each.member_id for each in await house.house.regrets.of_meetings([meeting_id])}


async def kept(house: RealHouse, member_id: UUID) -> int:
    ((many,),) = await house.fetch("SELECT count(*) FROM regrets WHERE member_id = $1", member_id)
    return int(many)


async def test_saying_so_twice_is_once_and_a_form_from_before_brings_nothing_back(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await planned(house, story)
    said = SendRegrets(regret_id=uuid4(), meeting_id=meeting_id, member_id=story.ana)
    head = await house.house.store.head()
    first = await send_regrets(house.house, said)
    assert await say(house, meeting_id, story.ana) == first
    for _ in range(2):
        await take_regrets_back(house.house, meeting_id, first, member_id=story.ana)
    await send_regrets(house.house, said)
    assert await who(house, meeting_id) == set()
    anew = await say(house, meeting_id, story.ana)
    await take_regrets_back(house.house, meeting_id, first, member_id=story.ana)
    assert await who(house, meeting_id) == {story.ana}
    assert anew != first
    assert await house.house.store.head() == head, "the record keeps nothing of it"


async def test_whoever_said_no_and_comes_simply_comes(house: RealHouse, story: Story) -> None:
    meeting_id = await planned(house, story)
    await say(house, meeting_id, story.ana)
    house.clock.at = SIX_PM
    await story.do(OpenMeeting(meeting_id=meeting_id, by=story.joy))
    await story.do(story.check_in(meeting_id, story.ana))
    assert (await story.meeting(meeting_id)).attendance.has_been_here(story.ana)
    with pytest.raises(TooLateForRegrets):
        await say(house, meeting_id, story.bo)


async def test_regrets_are_for_whom_is_expected_at_an_hour_that_takes_place(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await planned(house, story)
    mine = await say(house, meeting_id, story.ana)
    with pytest.raises(NotOnRoster):
        await say(house, meeting_id, story.eve)
    with pytest.raises(RegretGone):
        await take_regrets_back(house.house, meeting_id, mine, member_id=story.bo)
    with pytest.raises(RegretGone):
        await take_regrets_back(house.house, meeting_id, uuid4(), member_id=story.ana)
    await story.do(CancelMeeting(meeting_id=meeting_id, reason="Snow.", by=story.joy))
    with pytest.raises(MeetingCancelled):
        await say(house, meeting_id, story.bo)


async def test_a_regret_is_about_the_time_that_somebody_was_told(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await planned(house, story)
    starts_at = (await story.meeting(meeting_id)).scheduled.from_at
    later = starts_at + timedelta(hours=2)
    await story.do(
        PostponeMeeting(
            meeting_id=meeting_id,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
            by=story.joy,
        )
    )
    with pytest.raises(Stale):
        await say(house, meeting_id, story.ana, starts_at=starts_at)
    assert await who(house, meeting_id) == set()
    await say(house, meeting_id, story.ana, starts_at=later)
    assert await who(house, meeting_id) == {story.ana}


def leaving(story: Story) -> LeaveGroup:
    return LeaveGroup(group_id=story.group, member_id=story.ana)


def removing(story: Story) -> RemoveMember:
    return RemoveMember(
        group_id=story.group, member_id=story.ana, reason="We talked.", by=story.joy
    )


@pytest.mark.parametrize("going", [leaving, removing])
async def test_what_somebody_said_goes_with_them_and_does_not_come_back(
    house: RealHouse, story: Story, going: Callable[[Story], object]
) -> None:
    meeting_id = await planned(house, story)
    await take_regrets_back(
        house.house, meeting_id, await say(house, meeting_id, story.ana), member_id=story.ana
    )
    await say(house, meeting_id, story.ana)
    await say(house, meeting_id, story.bo)
    house.clock.move(seconds=60)
    await story.do(going(story))
    await house.drain()
    assert await kept(house, story.ana) == 0
    house.clock.move(seconds=60)
    await story.do(AdmitMember(group_id=story.group, member_id=story.ana, by=story.joy))
    assert await who(house, meeting_id) == {story.bo}


async def test_whoever_is_forgotten_leaves_no_regret(house: RealHouse, story: Story) -> None:
    meeting_id = await planned(house, story)
    await say(house, meeting_id, story.bo)
    assert [each["meeting_id"] for each in await own_regrets(house.house, story.bo)] == [meeting_id]
    order = ForgetMember(member_id=story.bo, basis=ErasureBasis.OWN_REQUEST, by=story.bo)
    await story.do(order, actor=story.bo)
    with pytest.raises(DomainError) as refused:
        await say(house, meeting_id, story.bo)
    assert isinstance(refused.value, MemberForgotten | NotOnRoster)
    await house.drain()
    assert await kept(house, story.bo) == 0
    assert await own_regrets(house.house, story.bo) == []


async def test_nobody_counts_in_a_forecast_on_an_hour_that_somebody_cannot_come_to(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await planned(house, story)
    await say(house, meeting_id, story.bo)
    await house.drain()

    async def others_of(member_id: UUID) -> list[int]:
        now = house.clock.now()
        async with house.house.views() as conn:
            plan = await standing_schedule(
                conn,
                member_id,
                now,
                today=now.date(),
                until=SIX_PM.date(),
                regrets_about=house.house.regrets.of_meetings,
            )
        hours = [each.attendance for each in plan]
        return [len(hour.others or ()) for hour in hours if hour.meeting == str(meeting_id)]

    assert await others_of(story.ana) == [2]
    assert await others_of(story.bo) == []


# Head counts


def a_licence(jurisdiction: str, profession: str = "psychology") -> LicenceRow:
    return LicenceRow(
        licence_id=uuid4(),
        profession=profession,
        jurisdiction=jurisdiction,
        number="PSY 1",
        valid_from=date(2025, 1, 1),
        valid_until=date(2026, 12, 31),
    )


def test_head_counts_are_those_of_texts_about_a_licence_that_is_held_then() -> None:
    book, day = load_rules(), datetime(2026, 3, 2, tzinfo=UTC).date()
    texts = list(texts_about(book, [a_licence("US-CA")], day))
    assert texts
    assert list(texts_about(book, [a_licence("US-CA")], date(2027, 1, 1))) == []
    assert list(texts_about(book, [a_licence("US-CA", "carpentry")], day)) == []


@pytest.mark.parametrize(
    ("groups", "least"),
    [
        ([GroupRule()], 2),
        ([GroupRule(min=1)], 1),
        ([GroupRule(min=4)], 4),
        ([GroupRule(others_min=4)], 5),
        ([GroupRule(min=6, others_min=4)], 6),
        ([GroupRule(min=6), GroupRule(others_min=2)], 3),
    ],
)
def test_the_least_demanding_rule_says_how_many_people_a_text_wants(
    groups: list[GroupRule], least: int
) -> None:
    pack = load_rules().packs[0]
    rules = tuple(msgspec.structs.replace(pack.rules[0], group=group) for group in groups)
    assert least_people(msgspec.structs.replace(pack, rules=rules)) == least
