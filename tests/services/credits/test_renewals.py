"""Where licences stand and where the schedule leads, on a real house with its views."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.groups.rhythms import Rhythm
from domain.meetings.leading import LedBy
from domain.rules.book import RuleBook
from domain.rules.facts import Person, Series
from domain.rules.model import Pack
from domain.values import Modality, Style
from infra.database import ConnectKwargs
from services.credits.renewals import Renewal, renewals
from services.credits.what_if import WhatIf, thought
from services.days import own_day, zone_of
from services.groups.commands import AdmitMember, ChangeRhythm, FormGroup, LeaveGroup
from services.groups.programs import ChooseGroupProgram
from services.groups.series import HandOutSyllabus, PlacePart, PlanSeries
from services.groups.standing_schedule import InGroup, standing_schedule
from services.meetings.leads import RecordLead
from services.members.commands import EndLicence
from services.providers import RetireProgram
from tests.domain.rules.made import a_pack, a_rule
from tests.support.builders import SIX_PM, a_rhythm
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

WEEK = timedelta(weeks=1)
LAST_DAY = date(2030, 12, 31)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    """A story of the test's own, at its first meeting's hour."""
    told = house.story(request.node.name)
    await told.begin(sponsored=False)
    house.clock.at = SIX_PM
    await house.drain()
    return told


def a_text(**cycle: Any) -> Pack:
    about: dict[str, Any] = {"unit": "hour", "months": 60, "required": 100} | cycle
    return a_pack(
        a_rule(),
        id="lamp",
        kind="regulator",
        jurisdiction="US-CA",
        professions=["psychology"],
        cycle=about,
    )


async def foreseen(
    house: RealHouse, story: Story, text: Pack, what_if: WhatIf | None = None
) -> Renewal:
    """Return how Ana's licence stands under a text."""
    await house.drain()
    async with house.house.views() as conn:
        (found,) = await renewals(
            conn,
            RuleBook([text]),
            story.ana,
            now=story.clock.now(),
            what_if=what_if or WhatIf(),
            regrets_about=house.house.regrets.of_meetings,
        )
    return found


async def plan_of(house: RealHouse, story: Story, until: date) -> list[InGroup]:
    await house.drain()
    now = story.clock.now()
    async with house.house.views() as conn:
        return await standing_schedule(
            conn,
            story.ana,
            now,
            today=now.date(),
            until=until,
            regrets_about=house.house.regrets.of_meetings,
        )


async def second_group(story: Story) -> None:
    """Ana belongs to another group as well, that meets every second Wednesday."""
    group_id = story.id("second")
    rhythm = a_rhythm(weekday=2, every_weeks=2)
    await story.do(
        FormGroup(
            group_id=group_id,
            name="Wednesday lamp",
            promise="We read.",
            style=Style.READING,
            zone=rhythm.zone,
            rhythm=rhythm,
            program_id=None,
            size_min=2,
            size_max=6,
            facilitator_id=story.joy,
            by=story.joy,
        )
    )
    await story.do(AdmitMember(group_id=group_id, member_id=story.ana, by=story.joy))


async def ended(story: Story, last_day: date = LAST_DAY) -> None:
    """Ana's licence ends on a day."""
    licence_id = story.licence("ana")
    await story.do(EndLicence(member_id=story.ana, licence_id=licence_id, last_day=last_day))


# How far


async def test_a_cycle_of_five_years_is_foreseen_to_the_renewal(
    house: RealHouse, story: Story
) -> None:
    await ended(story)
    found = (await foreseen(house, story, a_text())).standing
    assert found.then is not None
    days = [row.entry.day for row in found.then.rows]
    assert LAST_DAY - WEEK < max(days) <= LAST_DAY
    weeks = (LAST_DAY - story.clock.now().date()) // WEEK
    assert weeks > 200
    assert found.gain == len(days) == weeks


async def test_every_month_to_come_says_what_the_schedule_gives(
    house: RealHouse, story: Story
) -> None:
    found = (await foreseen(house, story, a_text(months=1, required=5))).standing
    assert [each.meetings for each in found.months] == mondays(found.months[0].window.from_day)
    (warning,) = [each for each in found.warnings if each.code == "months.too_little"]
    assert "April 2026 (4 of 5)" in warning.sentence


def mondays(first: date) -> list[int]:
    """Return how many Mondays twelve months have, after the one on which the story begins."""
    days = [first + timedelta(days=n) for n in range(370)]
    counted: dict[tuple[int, int], int] = {}
    for day in days:
        comes = day.weekday() == 0 and day > SIX_PM.date()
        counted[day.year, day.month] = counted.get((day.year, day.month), 0) + comes
    return list(counted.values())[:12]


# What would happen if


async def test_every_second_meeting_is_every_second_of_each_group(
    house: RealHouse, story: Story
) -> None:
    await second_group(story)
    until = (SIX_PM + 8 * WEEK).date()
    plan = await plan_of(house, story, until)
    many = {group: [one for one in plan if one.group_id == group] for group in groups(plan)}
    assert {len(each) for each in many.values()} == {8, 4}
    fewer = list(thought(plan, WhatIf(every=2), now=SIX_PM, until=until))
    kept = {
        group: [one.attendance.meeting for one in each if one.attendance in fewer]
        for group, each in many.items()
    }
    for group, each in many.items():
        assert kept[group] == [one.attendance.meeting for one in each[::2]]


def groups(plan: list[InGroup]) -> set[Any]:
    return {each.group_id for each in plan}


async def test_another_group_goes_on_to_the_renewal_as_well(house: RealHouse, story: Story) -> None:
    await ended(story)
    what_if = WhatIf(join_minutes=60, join_every_weeks=1, join_people=4)
    found = await foreseen(house, story, a_text(), what_if)
    assert found.if_so is not None
    weeks = (LAST_DAY - story.clock.now().date()) // WEEK
    assert found.if_so.gain - found.standing.gain in {weeks, weeks - 1}


# What is assumed of meetings to come


async def test_meetings_to_come_are_led_as_the_last_one_on_record_was(
    house: RealHouse, story: Story
) -> None:
    until = (SIX_PM + 2 * WEEK).date()
    (first, *_) = await plan_of(house, story, until)
    assert first.attendance.facilitated is None
    meeting_id = await story.held({story.ana: (0, 60), story.joy: (0, 60)})
    await story.do(
        RecordLead(
            meeting_id=meeting_id,
            led_by=LedBy.OUTSIDER,
            name="Kim Obi",
            profession="psychology",
            qualification="PhD",
            supervisor=True,
            by=story.joy,
        )
    )
    (led, *_) = await plan_of(house, story, until)
    assert led.attendance.facilitated is True
    assert (led.attendance.others or ())[-1] == Person(
        professions=frozenset({"psychology"}), supervisor=True, leads=True
    )
    await story.do(
        RecordLead(meeting_id=meeting_id, led_by=LedBy.MEMBER, member_id=story.joy, by=story.joy)
    )
    (by_joy, *_) = await plan_of(house, story, until)
    assert [each.leads for each in by_joy.attendance.people or ()].count(True) == 1
    assert {each.modality for each in by_joy.attendance.people or ()} == {Modality.IN_ROOM}


async def test_hours_to_come_are_under_their_own_program_and_then_under_the_groups(
    house: RealHouse, story: Story
) -> None:
    until = (SIX_PM + 3 * WEEK).date()
    choice = ChooseGroupProgram(group_id=story.group, program_id=story.program, by=story.joy)
    await story.offer()
    await story.do(choice)
    await story.plan("planned", start=SIX_PM + WEEK)
    await story.do(replace(choice, program_id=None))

    async def programs() -> list[tuple[bool, str | None]]:
        plan = [each.attendance for each in await plan_of(house, story, until)]
        return [(each.meeting == str(story.id("planned")), each.program) for each in plan]

    told = await programs()
    assert told[0] == (True, str(story.program)), "as it was announced"
    assert set(told[1:]) == {(False, None)}
    await story.do(choice)
    assert set((await programs())[1:]) == {(False, str(story.program))}
    await story.do(RetireProgram(program_id=story.program, reason="Over.", by=story.admin))
    assert set((await programs())[1:]) == {(False, None)}, "a retired one sponsors nothing new"


async def test_a_series_to_come_counts_the_parts_on_record_and_those_planned(
    house: RealHouse, story: Story
) -> None:
    series = story.id("series")
    about = {"group_id": story.group, "by": story.joy}
    await story.do(PlanSeries(series_id=series, title="Endings", parts=4, **about))
    await story.do(HandOutSyllabus(series_id=series, day=date(2026, 1, 2), **about))
    there, short = (0.0, 60.0), (0.0, 29.0)
    for part, stay in ((1, there), (2, short)):
        start = SIX_PM + part * WEEK
        people = {story.ana: stay, story.joy: there}
        held = await story.held(people, name=f"part {part}", start=start)
        await story.do(PlacePart(series_id=series, part=part, meeting_id=held, **about))
    planned = await story.plan("part 3", start=SIX_PM + 4 * WEEK)
    await story.do(PlacePart(series_id=series, part=3, meeting_id=planned, **about))
    plan = await plan_of(house, story, (SIX_PM + 5 * WEEK).date())
    (third,) = [one.attendance for one in plan if one.attendance.meeting == str(planned)]
    assert third.series == Series(parts=4, attended=frozenset({1, 3}))
    assert third.syllabus_first is True
    assert all(one.attendance.series is None for one in plan if one.attendance is not third)


# Which day it is


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Los_Angeles", 31), ("Europe/Berlin", 31), ("Asia/Tokyo", 1), ("UTC", 31)],
)
async def test_a_licence_ends_with_the_day_where_its_holder_meets(
    house: RealHouse, story: Story, zone: str, day: int
) -> None:
    at = datetime(2026, 12, 31, 22, tzinfo=UTC)
    if zone != "Europe/Berlin":
        at -= timedelta(hours=1)
    await moved(house, story, zone)
    house.clock.at = at
    async with house.house.views() as conn:
        assert (await own_day(conn, story.ana, at)).day == day
        assert (await own_day(conn, story.eve, at)).day == 31, "who has no group reads UTC"
        assert await zone_of(conn, story.ana, here="Asia/Seoul") != "Asia/Seoul"
        assert await zone_of(conn, story.eve, here="Asia/Seoul") == "Asia/Seoul"


async def moved(house: RealHouse, story: Story, zone: str) -> None:
    rhythm: Rhythm = replace(a_rhythm(), zone=zone)
    await story.do(ChangeRhythm(group_id=story.group, rhythm=rhythm, by=story.joy))
    await house.drain()


async def test_the_group_somebody_left_last_still_tells_their_day(
    house: RealHouse, story: Story
) -> None:
    await moved(house, story, "Asia/Tokyo")
    await story.do(LeaveGroup(group_id=story.group, member_id=story.ana))
    await house.drain()
    at = datetime(2026, 12, 31, 21, tzinfo=UTC)
    async with house.house.views() as conn:
        assert await own_day(conn, story.ana, at) == date(2027, 1, 1)


async def test_a_licence_that_ended_at_home_is_not_foreseen_any_more(
    house: RealHouse, story: Story
) -> None:
    await ended(story, date(2026, 12, 31))
    await moved(house, story, "Asia/Tokyo")
    book = RuleBook([a_text()])
    for hour, runs in ((14, 1), (15, 0)):
        now = datetime(2026, 12, 31, hour, tzinfo=UTC)
        async with house.house.views() as conn:
            found = await renewals(
                conn,
                book,
                story.ana,
                now=now,
                what_if=WhatIf(),
                regrets_about=house.house.regrets.of_meetings,
            )
        assert len(found) == runs, hour
