"""The roster of a meeting is that of its day: it follows the group until the door opens."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.groups.group import PeerGroup
from domain.meetings import rules
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from tests.support.builders import (
    ADMIN,
    ANA,
    BO,
    CHIDI,
    DOOR,
    EVE,
    JOY,
    SIX_PM,
    a_group,
    a_meeting,
    about,
    an_open_meeting,
    at,
    facts,
)


def expecting(meeting: Meeting, *roster: UUID, led_by: UUID = JOY) -> Meeting:
    meeting.expect(list(roster), group_facilitator_id=led_by, at=at(-30))
    return meeting


def test_whoever_was_admitted_since_the_planning_is_expected_and_whoever_left_is_not() -> None:
    meeting = expecting(a_meeting(), ANA, CHIDI, JOY, EVE)
    meeting.open(by=JOY, at=SIX_PM)
    assert meeting.roster == [ANA, CHIDI, JOY, EVE]
    assert [type(fact) for fact in facts(meeting)] == [Meeting.RosterSet, Meeting.Opened]
    meeting.check_in(EVE, method=DOOR, by=EVE, at=SIX_PM)
    with pytest.raises(rules.NotOnRoster):
        meeting.check_in(BO, method=DOOR, by=BO, at=SIX_PM)


def test_the_same_people_in_another_order_are_no_fact() -> None:
    meeting = a_meeting()
    expecting(meeting, *reversed(meeting.roster))
    assert facts(meeting) == []


def a_cancelled_meeting() -> Meeting:
    meeting = a_meeting()
    meeting.cancel(reason=about(JOY, "Snow."), by=JOY, at=at(-60))
    return meeting


def a_voided_meeting() -> Meeting:
    meeting = an_open_meeting()
    meeting.void(reason=about(JOY, "A lunch."), by=JOY, at=at(10))
    return meeting


@pytest.mark.parametrize("ended", [an_open_meeting, a_cancelled_meeting, a_voided_meeting])
def test_what_is_no_longer_planned_keeps_its_roster(ended: Callable[[], Meeting]) -> None:
    meeting = ended()
    before = list(meeting.roster)
    facts(meeting)
    expecting(meeting, JOY, EVE)
    assert (meeting.roster, facts(meeting)) == (before, [])


def test_a_meeting_whose_facilitator_left_is_led_by_the_groups() -> None:
    meeting = expecting(a_meeting(), ANA, BO, led_by=BO)
    assert meeting.facilitator_id == BO
    with pytest.raises(rules.NotOnRoster):
        meeting.open(by=JOY, at=SIX_PM)
    meeting.open(by=BO, at=SIX_PM)


def test_who_leads_this_one_meeting_goes_on_leading_while_they_belong() -> None:
    meeting = a_meeting()
    meeting.change_facilitator(ANA, by=JOY, at=at(-60))
    expecting(meeting, ANA, BO, JOY, led_by=BO)
    assert meeting.facilitator_id == ANA


COMINGS = st.tuples(st.sampled_from(["admit", "leave", "remove"]), st.sampled_from([ANA, BO, EVE]))


@given(
    before=st.lists(COMINGS, max_size=8),
    between=st.lists(COMINGS, max_size=8),
    looks=st.sets(st.integers(0, 8)),
    after=st.lists(COMINGS, max_size=8),
)
def test_in_any_order_the_roster_is_who_belongs_when_the_door_opens(
    before: list[tuple[str, UUID]],
    between: list[tuple[str, UUID]],
    looks: set[int],
    after: list[tuple[str, UUID]],
) -> None:
    group = a_group(size_max=6)
    for number, (what, who) in enumerate(before):
        _come_or_go(group, what, who, number)
    meeting = a_meeting(roster=group.members())
    for number, (what, who) in enumerate(between):
        _come_or_go(group, what, who, 10 + number)
        if number in looks:  # an order for the planned meeting: it sees its group as it stands
            meeting.expect(group.members(), group_facilitator_id=JOY, at=at(0))
            assert set(meeting.roster) == set(group.members())
    meeting.expect(group.members(), group_facilitator_id=JOY, at=at(0))
    belonged = set(group.members())
    meeting.open(by=JOY, at=at(0))
    for number, (what, who) in enumerate(after):
        _come_or_go(group, what, who, 20 + number)
        meeting.expect(group.members(), group_facilitator_id=JOY, at=at(1))
    assert set(meeting.roster) == belonged
    assert meeting.state is MeetingState.OPEN


def _come_or_go(group: PeerGroup, what: str, who: UUID, number: int) -> None:
    if what == "admit":
        group.admit(who, by=ADMIN, administrator=True, at=at(-100 + number))
    elif what == "leave":
        group.leave(who, at=at(-100 + number))
    else:
        group.remove(who, reason=about(who, "Moved."), by=JOY, at=at(-100 + number))
