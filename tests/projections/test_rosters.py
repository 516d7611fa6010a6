"""Who is expected: views and decisions agree at every moment, in any order of what happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.groups.group import PeerGroup
from domain.meetings.rules import MeetingState
from domain.members.member import ErasureBasis
from domain.personal import ERASED
from infra.database import ConnectKwargs
from projections.roster import project as roster_view
from projections.roster import queries as roster
from projections.schedule import project as schedule_view
from projections.schedule import queries as schedule
from services.groups.commands import AdmitMember, LeaveGroup, NameFacilitator, RemoveMember
from services.meetings.commands import (
    CancelMeeting,
    ChangeFacilitator,
    OpenMeeting,
    PostponeMeeting,
)
from services.members.commands import ForgetMember
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

_STORIES = count()


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


async def a_story(house: RealHouse) -> tuple[Story, UUID]:
    """Return a group with Joy, Ana, Bo and Chidi, and its planned meeting."""
    story = house.story(f"roster {next(_STORIES)}")
    await story.begin(sponsored=False)
    return story, await story.plan()


async def seen(house: RealHouse, meeting_id: UUID) -> tuple[set[UUID], UUID]:
    """Return who is expected and who leads, as the views show it."""
    await house.drain()
    async with house.house.views() as conn:
        row = await schedule.meeting(conn, meeting_id)
        assert row is not None
        return set(await schedule.expected(conn, meeting_id)), row.facilitator_id


async def test_a_member_admitted_after_the_planning_finds_the_meeting_and_one_who_left_does_not(
    house: RealHouse,
) -> None:
    story, meeting_id = await a_story(house)
    await story.do(AdmitMember(group_id=story.group, member_id=story.eve, by=story.joy))
    await story.do(LeaveGroup(group_id=story.group, member_id=story.bo))
    everybody = {story.joy, story.ana, story.chidi, story.eve}
    assert await seen(house, meeting_id) == (everybody, story.joy)
    async with house.house.views() as conn:
        before = SIX_PM - timedelta(days=1)
        assert [m.meeting_id for m in await schedule.upcoming(conn, story.eve, before)] == [
            meeting_id
        ]
        assert await schedule.upcoming(conn, story.bo, before) == []
    story.clock.at = SIX_PM
    await story.do(OpenMeeting(meeting_id=meeting_id, by=story.joy))
    await story.do(story.check_in(meeting_id, story.eve))
    assert (await story.refused(story.check_in(meeting_id, story.bo))).code == (
        "meeting.not_on_roster"
    )
    await story.do(LeaveGroup(group_id=story.group, member_id=story.chidi))
    await story.do(AdmitMember(group_id=story.group, member_id=story.bo, by=story.joy))
    assert await seen(house, meeting_id) == (everybody, story.joy)
    async with house.house.views() as conn:
        rows = {row.member_id: row for row in await roster.roster(conn, meeting_id)}
    assert rows.keys() == everybody
    assert rows[story.eve].here


async def test_an_hour_that_nobody_opened_keeps_the_members_of_its_time(house: RealHouse) -> None:
    story, meeting_id = await a_story(house)
    story.clock.at = SIX_PM + timedelta(days=1)
    await story.do(AdmitMember(group_id=story.group, member_id=story.eve, by=story.joy))
    await story.do(LeaveGroup(group_id=story.group, member_id=story.bo))
    people, _ = await seen(house, meeting_id)
    assert people == {story.joy, story.ana, story.bo, story.chidi}


async def test_why_a_meeting_is_called_off_is_shown_until_its_author_is_forgotten(
    house: RealHouse,
) -> None:
    story, meeting_id = await a_story(house)
    await story.do(CancelMeeting(meeting_id=meeting_id, reason="Snow.", by=story.joy))
    await house.drain()
    until = SIX_PM + timedelta(days=1)
    async with house.house.views() as conn:
        (off,) = await schedule.called_off(conn, story.ana, SIX_PM, until)
        assert (off.meeting_id, off.called_off_because) == (meeting_id, "Snow.")
        assert await schedule.called_off(conn, story.eve, SIX_PM, until) == []
        assert await schedule.called_off(conn, story.ana, SIX_PM, SIX_PM) == []
    forget = ForgetMember(member_id=story.joy, basis=ErasureBasis.OWN_REQUEST, by=story.admin)
    await story.do(forget)
    await house.drain()
    async with house.house.views() as conn:
        (row,) = await schedule.meetings(conn, [meeting_id, UUID(int=404)])
    assert row.called_off_because == ERASED


WHO = st.sampled_from(["ana", "bo", "chidi", "joy", "eve"])
DEEDS = st.tuples(
    st.sampled_from(["admit", "leave", "remove", "hand over", "lead", "move"]), WHO
) | st.just(("open", "joy"))


@given(deeds=st.lists(DEEDS, min_size=1, max_size=10))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_in_any_order_views_and_decisions_agree_and_rebuilt_views_with_both(
    house: RealHouse, deeds: list[tuple[str, str]]
) -> None:
    story, meeting_id = await a_story(house)
    for number, (what, who) in enumerate(deeds):
        await _do(story, meeting_id, what, story.id(who), number)
        people, leads = await seen(house, meeting_id)
        meeting = await story.meeting(meeting_id)
        group = await story.known(PeerGroup, story.group)
        if meeting.state is MeetingState.SCHEDULED:
            meeting.expect(
                group.members(), group_facilitator_id=group.facilitator_id, at=story.clock.now()
            )
        assert (people, leads) == (set(meeting.roster), meeting.facilitator_id)
    for view in (schedule_view, roster_view):
        assert await house.running.projector.rebuild(view)
    assert await seen(house, meeting_id) == (people, leads)


async def _do(story: Story, meeting_id: UUID, what: str, who: UUID, number: int) -> None:
    """Order something; that a rule says no is as good as anything."""
    story.clock.move(seconds=1)
    if what == "open":
        story.clock.at = max(story.clock.at, SIX_PM)
    start = SIX_PM + timedelta(minutes=number)
    group = {"group_id": story.group, "member_id": who}
    command = {
        "admit": AdmitMember(**group, by=story.admin),
        "leave": LeaveGroup(**group),
        "remove": RemoveMember(**group, reason="Moved.", by=story.admin),
        "hand over": NameFacilitator(**group, by=story.admin),
        "lead": ChangeFacilitator(meeting_id=meeting_id, facilitator_id=who, by=story.admin),
        "move": PostponeMeeting(
            meeting_id=meeting_id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            by=story.admin,
        ),
        "open": OpenMeeting(meeting_id=meeting_id, by=story.admin),
    }[what]
    try:
        await story.do(command)
    except DomainError:
        return
