"""What somebody recorded about a meeting, as the packs are asked about it; nothing is concluded."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.errors import InvalidFields, NotFound
from domain.groups.group import GroupFacilitatorOnly
from domain.groups.series import PartTaken, SyllabusInFuture
from domain.meetings.leading import LedBy
from domain.meetings.meeting import Meeting
from domain.meetings.rules import FacilitatorOnly, NotOnRoster, NotOpened
from domain.rules.facts import Attendance, Person, Series
from domain.values import Modality
from services.dispatch import Work
from services.groups.series import ClearPart, HandOutSyllabus, PlacePart, PlanSeries
from services.meetings.attendance_facts import enter
from services.meetings.commands import CloseMeeting, OpenMeeting, PostponeMeeting
from services.meetings.leads import RecordLead
from tests.support.builders import SIX_PM, minutes, span
from tests.support.house import SmallHouse
from tests.support.story import check_out

HOUR = (0, 60)
BABCP, OREGON, NEW_YORK = "uk-babcp", "us-or-psychology", "nysed-social-work"
WEEK = timedelta(weeks=1)


@pytest.fixture
async def house() -> SmallHouse:
    """A house whose group follows no program; Ana is a cognitive behavioural therapist."""
    house = SmallHouse()
    await house.begin(sponsored=False)
    await house.psychologist("ana", licence_id=house.id("cbt"), profession="cbt", jurisdiction="UK")
    return house


async def facts_of(house: SmallHouse, meeting_id: UUID, member_id: UUID) -> Attendance:
    work = Work(house.store, meeting_id)
    room = await enter(work, await work.load(Meeting, meeting_id))
    return room.attendance_of(member_id)


async def lacks(house: SmallHouse, meeting_id: UUID, rule_id: str, key: str = "ana") -> set[str]:
    """Return the codes of what somebody's credit by a rule waits for."""
    ledger = await house.ledger(house.id(key))
    held = (
        found
        for (meeting, rule, _), found in ledger.held.items()
        if (meeting, rule) == (meeting_id, rule_id)
    )
    return {each.code for found in held for each in found.missing}


async def amount(house: SmallHouse, meeting_id: UUID, rule_id: str, key: str = "ana") -> Decimal:
    ledger = await house.ledger(house.id(key))
    return sum(
        (
            each.credited.amount
            for each in ledger.awards.values()
            if (each.meeting_id, each.rule_id, each.withdrawn) == (meeting_id, rule_id, False)
        ),
        Decimal(0),
    )


def led(house: SmallHouse, meeting_id: UUID, **changes: Any) -> RecordLead:
    values: dict[str, Any] = {"led_by": LedBy.PEERS, "by": house.joy} | changes
    return RecordLead(meeting_id=meeting_id, **values)


def from_outside(house: SmallHouse, meeting_id: UUID, **changes: Any) -> RecordLead:
    values: dict[str, Any] = {
        "led_by": LedBy.OUTSIDER,
        "name": "Kim Obi",
        "profession": "cbt",
        "qualification": "Accredited supervisor",
        "supervisor": True,
    } | changes
    return led(house, meeting_id, **values)


# Who led


async def test_a_program_says_nothing_about_who_led(house: SmallHouse) -> None:
    await house.offer()
    await house.peer_group(name="second")
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR}, group="second")
    facts = await facts_of(house, meeting_id, house.ana)
    assert facts.program == str(house.program)
    assert facts.facilitated is None


async def test_who_led_is_not_determined_until_somebody_says_it(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    await house.settle()
    assert await lacks(house, meeting_id, BABCP) == {
        "group.facilitated.not_determined",
        "group.supervisor.not_determined",
    }
    await house.do(led(house, meeting_id))
    await house.settle()
    assert "group.facilitated" in await lacks(house, meeting_id, BABCP)
    await house.do(from_outside(house, meeting_id))
    await house.settle()
    assert await lacks(house, meeting_id, BABCP) == set()
    assert await amount(house, meeting_id, BABCP) == 1


async def test_a_record_set_right_takes_the_credit_back(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    await house.do(from_outside(house, meeting_id))
    await house.settle()
    assert await amount(house, meeting_id, BABCP) == 1
    await house.do(from_outside(house, meeting_id, supervisor=False))
    await house.settle()
    assert await amount(house, meeting_id, BABCP) == 0


async def test_somebody_from_outside_is_in_the_room_with_what_was_said_of_them(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    await house.do(from_outside(house, meeting_id, supervisor=None))
    facts = await facts_of(house, meeting_id, house.ana)
    assert facts.facilitated is True
    assert facts.others is not None
    assert facts.others[-1] == Person(professions=frozenset({"cbt"}), leads=True)
    assert [each.leads for each in facts.others] == [False, True]


async def test_a_member_who_led_is_no_equal_among_the_others(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR, house.joy: HOUR})
    await house.do(led(house, meeting_id, led_by=LedBy.MEMBER, member_id=house.joy))
    facts = await facts_of(house, meeting_id, house.ana)
    assert (facts.facilitated, facts.me.leads) == (True, False)
    assert sorted(each.leads for each in facts.others or ()) == [False, True]
    assert (await facts_of(house, meeting_id, house.joy)).me.leads


async def test_the_same_word_twice_is_no_second_fact(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    await house.do(from_outside(house, meeting_id))
    head = await house.store.head()
    await house.do(from_outside(house, meeting_id))
    assert await house.store.head() == head


async def test_only_who_leads_says_who_led_and_only_once_the_door_was_open(
    house: SmallHouse,
) -> None:
    planned = await house.plan("planned")
    assert isinstance(await house.refused(led(house, planned)), NotOpened)
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    refusals = [
        (led(house, meeting_id, by=house.ana), FacilitatorOnly),
        (led(house, meeting_id, led_by=LedBy.MEMBER, member_id=house.eve), NotOnRoster),
        (led(house, meeting_id, led_by=LedBy.MEMBER), InvalidFields),
        (from_outside(house, meeting_id, name=" "), InvalidFields),
        (from_outside(house, meeting_id, profession=""), InvalidFields),
    ]
    for command, refusal in refusals:
        assert isinstance(await house.refused(command), refusal)
    await house.do(led(house, meeting_id, by=house.admin))


# Who was one of those present


async def test_who_looked_in_for_a_minute_is_nobody_elses_company(house: SmallHouse) -> None:
    meeting_id = await house.held(
        {house.ana: HOUR, house.bo: (0, 30), house.chidi: (0, 29), house.joy: (59, 60)}
    )
    facts = await facts_of(house, meeting_id, house.ana)
    assert len(facts.others or ()) == 1
    short = await facts_of(house, meeting_id, house.chidi)
    assert len(short.people or ()) == 3  # Ana, Bo, and they themselves


async def test_everybody_has_their_own_way_of_taking_part(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    facts = await facts_of(house, meeting_id, house.ana)
    assert [each.modality for each in facts.people or ()] == [Modality.IN_ROOM] * 2


# Series and their syllabus


async def announced(house: SmallHouse, parts: int = 2, group: str = "group") -> UUID:
    series_id = house.id("series")
    await house.do(
        PlanSeries(
            series_id=series_id,
            group_id=house.id(group),
            title="Endings",
            parts=parts,
            by=house.joy,
        )
    )
    return series_id


async def placed(house: SmallHouse, part: int, meeting_id: UUID, group: str = "group") -> None:
    await house.do(
        PlacePart(
            group_id=house.id(group),
            series_id=house.id("series"),
            part=part,
            meeting_id=meeting_id,
            by=house.joy,
        )
    )


def handed_out(house: SmallHouse, day: date, **changes: Any) -> HandOutSyllabus:
    values: dict[str, Any] = {"series_id": house.id("series"), "by": house.joy} | changes
    return HandOutSyllabus(group_id=house.group, day=day, **values)


async def test_new_york_counts_a_part_once_all_of_the_series_were_attended() -> None:
    house = SmallHouse()
    await house.begin(sponsored=False)
    await house.offer(body="New York State Education Department")
    await house.peer_group(name="course")
    await house.psychologist(
        "ana", licence_id=house.id("ny"), profession="social_work", jurisdiction="US-NY"
    )
    await announced(house, group="course")
    both = {house.ana: HOUR, house.bo: HOUR}
    first = await house.held(both, name="first", group="course")
    await placed(house, 1, first, "course")
    await house.settle()
    assert await lacks(house, first, NEW_YORK) == {"series.incomplete"}

    second = await house.plan("second", start=SIX_PM + WEEK, group="course")
    await placed(house, 2, second, "course")
    await house.settle()
    assert await lacks(house, first, NEW_YORK) == {"series.incomplete"}

    await hold(house, second, house.ana, house.bo)
    assert await lacks(house, first, NEW_YORK) == set()
    expected = Decimal("1.2")
    assert await amount(house, first, NEW_YORK) == expected
    assert await amount(house, second, NEW_YORK) == expected

    await house.correct(second, house.ana)
    await house.settle()
    assert await amount(house, first, NEW_YORK) == 0


async def hold(house: SmallHouse, meeting_id: UUID, *people: UUID) -> None:
    """Open a planned meeting at its start, have people there for all of it, close it."""
    meeting = await house.known(Meeting, meeting_id)
    house.clock.at = meeting.scheduled.from_at
    await house.do(OpenMeeting(meeting_id=meeting_id, by=house.joy))
    for member_id in people:
        await house.do(house.check_in(meeting_id, member_id))
    house.clock.at = meeting.scheduled.to_at
    for member_id in people:
        await house.do(check_out(meeting_id, member_id))
    await house.do(CloseMeeting(meeting_id=meeting_id, by=house.joy))
    await house.settle()


async def test_a_part_that_was_half_attended_counts_and_less_does_not(house: SmallHouse) -> None:
    await announced(house, parts=3)
    for part, until in ((1, 60), (2, 30), (3, 29)):
        meeting_id = await house.held(
            {house.ana: (0, until), house.bo: HOUR}, name=f"{part}", start=SIX_PM + part * WEEK
        )
        await placed(house, part, meeting_id)
    facts = await facts_of(house, house.id("1"), house.ana)
    assert facts.series == Series(parts=3, attended=frozenset({1, 2}))
    alone = await house.held({house.ana: HOUR}, name="alone", start=SIX_PM + 5 * WEEK)
    assert (await facts_of(house, alone, house.ana)).series is None


@pytest.mark.parametrize(
    ("handed_out_on", "first"),
    [
        (None, None),
        (SIX_PM.date() - timedelta(days=1), True),
        (SIX_PM.date(), None),
        (SIX_PM.date() + timedelta(days=1), False),
    ],
)
async def test_whether_the_syllabus_came_first_is_what_two_days_on_record_say(
    house: SmallHouse, handed_out_on: date | None, *, first: bool | None
) -> None:
    await house.psychologist("ana", licence_id=house.id("or"), jurisdiction="US-OR")
    await announced(house)
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    house.clock.at = SIX_PM + timedelta(days=3)
    if handed_out_on is not None:
        await house.do(handed_out(house, handed_out_on))
    assert (await facts_of(house, meeting_id, house.ana)).syllabus_first is None
    await placed(house, 1, meeting_id)
    await house.settle()
    assert (await facts_of(house, meeting_id, house.ana)).syllabus_first is first
    code = {True: set(), False: {"syllabus.missing"}, None: {"syllabus.not_determined"}}[first]
    found = await lacks(house, meeting_id, OREGON)
    assert {each for each in found if each.startswith("syllabus")} == code


async def test_a_first_part_that_moved_is_the_day_that_counts(house: SmallHouse) -> None:
    await announced(house)
    first = await house.plan("first", start=SIX_PM + 2 * WEEK)
    await placed(house, 1, first)
    second = await house.held({house.ana: HOUR, house.bo: HOUR}, name="second")
    await placed(house, 2, second)
    await house.do(handed_out(house, SIX_PM.date()))
    assert (await facts_of(house, second, house.ana)).syllabus_first is True
    start = SIX_PM - timedelta(days=1)
    await house.do(
        PostponeMeeting(
            meeting_id=first, starts_at=start, ends_at=start + minutes(60), by=house.joy
        )
    )
    assert (await facts_of(house, second, house.ana)).syllabus_first is False


async def test_a_meeting_taken_out_of_its_series_stands_alone_again(house: SmallHouse) -> None:
    await announced(house)
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR})
    await placed(house, 1, meeting_id)
    await house.do(ClearPart(group_id=house.group, meeting_id=meeting_id, by=house.joy))
    head = await house.store.head()
    await house.do(ClearPart(group_id=house.group, meeting_id=meeting_id, by=house.joy))
    assert await house.store.head() == head
    assert (await facts_of(house, meeting_id, house.ana)).series is None


async def test_what_makes_no_series_is_refused(house: SmallHouse) -> None:
    await announced(house)
    await house.peer_group(sponsored=False, name="other")
    here = await house.plan("here")
    there = await house.plan("there", group="other", start=SIX_PM + WEEK)
    later = await house.plan("later", start=SIX_PM + 2 * WEEK)
    place = {"group_id": house.group, "series_id": house.id("series"), "by": house.joy}
    await house.do(PlacePart(part=1, meeting_id=here, **place))
    head = await house.store.head()
    await house.do(PlacePart(part=1, meeting_id=here, **place))
    assert await house.store.head() == head, "the same word twice is no second fact"
    refusals: list[tuple[object, type[Exception]]] = [
        (PlacePart(part=1, meeting_id=later, **place), PartTaken),
        (PlacePart(part=2, meeting_id=here, **place), PartTaken),
        (PlacePart(part=3, meeting_id=later, **place), InvalidFields),
        (PlacePart(part=2, meeting_id=there, **place), NotFound),
        (PlacePart(part=2, meeting_id=later, **place | {"by": house.ana}), GroupFacilitatorOnly),
        (PlacePart(part=2, meeting_id=later, **place | {"series_id": later}), NotFound),
        (handed_out(house, date(2030, 1, 1)), SyllabusInFuture),
        (handed_out(house, date(1900, 1, 1)), InvalidFields),
        (handed_out(house, date(2026, 1, 1), series_id=later), NotFound),
        (handed_out(house, date(2026, 1, 1), by=house.ana), GroupFacilitatorOnly),
        (ClearPart(group_id=house.group, meeting_id=here, by=house.ana), GroupFacilitatorOnly),
    ]
    for parts in (1, 61):
        plan = PlanSeries(
            series_id=later, group_id=house.group, title="One", parts=parts, by=house.joy
        )
        refusals.append((plan, InvalidFields))
    for command, refusal in refusals:
        assert isinstance(await house.refused(command), refusal), command


async def test_judging_the_parts_again_on_the_same_facts_changes_nothing(
    house: SmallHouse,
) -> None:
    await announced(house)
    for part in (1, 2):
        meeting_id = await house.held(
            {house.ana: HOUR, house.bo: HOUR}, name=f"{part}", start=SIX_PM + part * WEEK
        )
        await placed(house, part, meeting_id)
    await house.correct(house.id("1"), house.bo, span(0, 60 - 1))
    await house.settle()
    head = await house.store.head()
    await house.settle_again()
    assert await house.store.head() == head
    assert house.refusals() == []
