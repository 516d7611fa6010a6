"""Groups and planned hours of somebody who was forgotten go on without them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.groups.group import PeerGroup
from domain.meetings.rules import MeetingState
from domain.members.member import ErasureBasis
from infra.database import ConnectKwargs
from projections.schedule import queries as schedule
from services.groups.commands import AdmitMember
from services.groups.parting import PartWithGroup, PartWithGroups, groups_ever_of
from services.meetings.commands import CloseMeeting, OpenMeeting
from services.members.commands import ForgetMember
from tests.support.builders import SIX_PM
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
    story = house.story(request.node.name)
    await story.begin()
    return story


def forgetting(story: Story, name: str) -> ForgetMember:
    person = story.id(name)
    return ForgetMember(member_id=person, basis=ErasureBasis.OWN_REQUEST, by=person)


async def test_a_forgotten_facilitators_planned_hour_is_led_and_closed_by_another_member(
    house: RealHouse, story: Story
) -> None:
    next_week = SIX_PM + timedelta(days=7)
    meeting_id = await story.plan("next", start=next_week)
    await story.do(forgetting(story, "joy"))
    await house.drain()
    group = await story.known(PeerGroup, story.group)
    heir = group.members()[0]
    async with house.house.views() as conn:
        shown = await schedule.meeting(conn, meeting_id)
    assert shown is not None
    assert (group.facilitator_id, shown.facilitator_id) == (heir, heir)
    expected = await house.fetch(
        "SELECT member_id FROM expected_today WHERE meeting_id = $1", meeting_id
    )
    assert {row[0] for row in expected} == set(group.members())
    assert story.joy not in group.members()
    house.clock.at = next_week
    await story.do(OpenMeeting(meeting_id=meeting_id, by=heir))
    await story.do(CloseMeeting(meeting_id=meeting_id, by=heir))
    assert (await story.meeting(meeting_id)).state is MeetingState.CLOSED


async def test_a_forgotten_member_belongs_to_no_group_and_its_facilitator_stays(
    house: RealHouse, story: Story
) -> None:
    await story.peer_group(name="second")
    await story.do(forgetting(story, "bo"))
    await house.drain()
    for name in ("group", "second"):
        group = await story.known(PeerGroup, story.id(name))
        assert (group.facilitator_id, story.bo in group.members()) == (story.joy, False)
    head = await house.house.store.head()
    await story.do(forgetting(story, "bo"))
    await house.drain()
    assert await house.house.store.head() == head


async def test_whoever_is_taken_in_while_they_are_forgotten_belongs_no_longer(
    house: RealHouse, story: Story
) -> None:
    await story.do(forgetting(story, "eve"))
    await story.do(AdmitMember(group_id=story.group, member_id=story.eve, by=story.joy))
    await house.drain()
    group = await story.known(PeerGroup, story.group)
    assert story.eve not in group.members()


async def test_nobody_who_was_not_forgotten_is_parted_from_a_group() -> None:
    small = SmallHouse()
    await small.begin()
    await small.do(PartWithGroups(member_id=small.joy))
    await small.do(PartWithGroup(group_id=small.group, member_id=small.joy))
    group = await small.known(PeerGroup, small.group)
    assert (group.facilitator_id, small.joy in group.members()) == (small.joy, True)
    assert small.effects("leave_groups") == []


async def test_the_log_tells_every_group_somebody_ever_belonged_to() -> None:
    small = SmallHouse()
    await small.begin()
    await small.peer_group(name="second")
    assert await groups_ever_of(small.memory, small.joy) == [small.group, small.id("second")]
    assert await groups_ever_of(small.memory, small.admin) == []
