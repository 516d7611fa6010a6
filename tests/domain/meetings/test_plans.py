"""Until the door opens a meeting gets another title or program, and people say they cannot come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.errors import InvalidFields
from domain.groups.group import GroupFacilitatorOnly
from domain.meetings.meeting import Meeting
from domain.meetings.regrets import Regret, TooLateForRegrets, absent, require_before
from domain.meetings.rules import AlreadyBegun, FacilitatorOnly, MeetingCancelled, NotOnRoster
from tests.support import builders as b
from tests.support.builders import facts

Change = Callable[[Meeting, UUID], None]


def retitle(meeting: Meeting, by: UUID) -> None:
    meeting.retitle("Endings", by=by, at=b.at(-10))


def change_program(meeting: Meeting, by: UUID) -> None:
    meeting.change_program(b.PROGRAM, by=by, at=b.at(-10))


@pytest.mark.parametrize("change", [retitle, change_program])
def test_only_who_leads_changes_a_plan_and_only_until_the_door_opens(change: Change) -> None:
    meeting = b.a_meeting()
    with pytest.raises(FacilitatorOnly):
        change(meeting, b.ANA)
    opened = b.an_open_meeting()
    with pytest.raises(AlreadyBegun):
        change(opened, b.JOY)
    assert facts(meeting) == facts(opened) == []


@pytest.mark.parametrize("change", [retitle, change_program])
def test_a_plan_that_is_as_it_was_is_no_second_fact(change: Change) -> None:
    meeting = b.a_meeting()
    for _ in range(2):
        change(meeting, b.JOY)
    assert len(facts(meeting)) == 1


def test_the_title_that_is_announced_last_is_the_meetings_and_the_old_one_stays_told() -> None:
    meeting = b.a_meeting()
    before = meeting.title
    meeting.retitle("Endings", by=b.JOY, at=b.at(-10))
    assert meeting.title == "Endings"
    assert before != "Endings"
    with pytest.raises(InvalidFields):
        meeting.retitle(" ", by=b.JOY, at=b.at(-9))


def test_a_meeting_is_held_under_the_program_chosen_last_or_under_none() -> None:
    meeting = b.a_meeting(program_id=uuid4())
    meeting.change_program(None, by=b.ADMIN, administrator=True, at=b.at(-10))
    assert meeting.program_id is None
    meeting.change_program(b.PROGRAM, by=b.JOY, at=b.at(-9))
    assert meeting.program_id == b.PROGRAM


def test_a_group_follows_the_program_that_its_facilitator_chose_last() -> None:
    group = b.a_group()
    with pytest.raises(GroupFacilitatorOnly):
        group.change_program(None, by=b.ANA, at=b.SIX_PM)
    for program_id in (b.PROGRAM, b.PROGRAM, None):
        group.change_program(program_id, by=b.JOY, at=b.SIX_PM)
        assert group.program_id == program_id


# Regrets


def test_anybody_expected_can_send_regrets_until_the_door_opens() -> None:
    meeting = b.a_meeting()
    require_before(meeting, b.JOY, at=b.at(10))  # late, and nobody has opened
    with pytest.raises(NotOnRoster):
        require_before(meeting, b.EVE, at=b.at(-10))
    with pytest.raises(TooLateForRegrets):
        require_before(meeting, b.ANA, at=b.at(60))
    with pytest.raises(TooLateForRegrets):
        require_before(b.an_open_meeting(), b.ANA, at=b.at(1))


def test_nobody_sends_regrets_to_an_hour_that_is_called_off() -> None:
    meeting = b.a_meeting()
    meeting.cancel(reason=b.about(b.JOY, "Snow."), by=b.JOY, at=b.at(-60))
    with pytest.raises(MeetingCancelled):
        require_before(meeting, b.ANA, at=b.at(-10))


def test_regrets_about_another_time_or_meeting_say_nothing_about_this_one() -> None:
    regret = Regret(
        regret_id=uuid4(),
        group_id=b.GROUP,
        meeting_id=b.MEETING,
        member_id=b.ANA,
        starts_at=b.SIX_PM,
        said_at=b.at(-60),
    )
    told = [
        regret,
        replace(regret, member_id=b.BO, starts_at=b.SIX_PM + timedelta(days=1)),
        replace(regret, member_id=b.CHIDI, meeting_id=b.OTHER_MEETING),
    ]
    assert absent(told, b.MEETING, b.SIX_PM) == {b.ANA}
    assert absent(told, b.MEETING, b.SIX_PM + timedelta(days=1)) == {b.BO}
