"""Two versions of a text over the same meetings: who gains, who loses, and that nothing is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.rules.explain import plain
from domain.rules.model import Pack
from services.rules import change as rule_change
from services.rules.change import Compared, Comparison, Difference
from tests.domain.rules.made import a_pack, a_rule
from tests.support.builders import MONDAY, SIX_PM
from tests.support.house import SmallHouse

HOUR = (0, 60)


def version(*rules: dict[str, Any], **changes: Any) -> Pack:
    """Return a version of a text about Californian psychologists."""
    about: dict[str, Any] = {"professions": ["psychology"], "jurisdiction": "US-CA"}
    return a_pack(*rules, **(about | changes))


OLD = version()


async def a_house() -> SmallHouse:
    """Ana and Bo are psychologists; Chidi and Joy are not."""
    house = SmallHouse()
    await house.begin()
    return house


async def compared(
    house: SmallHouse, old: Pack, new: Pack, *meeting_ids: UUID
) -> Sequence[Compared]:
    async def each() -> AsyncIterator[UUID]:
        for meeting_id in meeting_ids:
            yield meeting_id

    return [one async for one in Comparison(house.store, old, new).meetings(each())]


async def difference(house: SmallHouse, new: Pack, meeting_id: UUID) -> Difference:
    (one,) = await compared(house, OLD, new, meeting_id)
    assert len(one.differences) == 1
    return one.differences[0]


def change(found: Difference) -> tuple[str, str]:
    return plain(found.before), plain(found.after)


async def test_a_shorter_hour_gains_and_the_older_one_says_how_it_counts() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    found = await difference(house, version(a_rule(minutes_per_unit=50)), held)
    assert found == Difference(
        member_id=house.ana,
        meeting_id=held,
        day=MONDAY,
        licence_id=house.licence("ana"),
        rule="hours",
        unit="hour",
        before=Decimal(1),
        after=Decimal("1.2"),
        why=("60 minutes of presence count.", "60 ÷ 60 minutes per hour = 1."),
    )


async def test_why_a_version_counts_less_says_nothing_of_what_the_member_could_have_done() -> None:
    house = await a_house()
    held = await house.held({house.ana: (0, 30)})
    found = await difference(house, version(a_rule(minutes_per_unit=50)), held)
    assert found.why == ("30 minutes of presence count.", "30 ÷ 60 minutes per hour = 0.5.")


async def test_a_new_condition_loses_and_says_what_is_missing() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR, house.chidi: HOUR})
    found = await difference(house, version(a_rule(group={"min": 3})), held)
    assert change(found) == ("1", "0")
    assert found.why == ("This rule wants 3 people present; there were 2.",)


async def test_a_rule_that_only_one_version_has_is_gained_or_lost_whole() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    renamed = version(a_rule(id="other", unit="point"))
    (one,) = await compared(house, OLD, renamed, held)
    lost, gained = one.differences
    none = ("This version has no such rule.",)
    assert (lost.rule, lost.unit, change(lost)) == ("hours", "hour", ("1", "0"))
    assert (gained.rule, gained.unit, change(gained)) == ("other", "point", ("0", "1"))
    assert lost.why == gained.why == none


async def test_only_those_whom_the_text_is_about_are_compared() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR, house.bo: (0, 30), house.chidi: HOUR})
    (one,) = await compared(house, OLD, version(a_rule(minutes_per_unit=30)), held)
    assert one.attendances == 2
    assert {each.member_id: change(each) for each in one.differences} == {
        house.ana: ("1", "2"),
        house.bo: ("0.5", "1"),
    }


async def test_a_text_about_everybody_asks_for_no_licence() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR, house.chidi: HOUR})
    old, new = a_pack(), a_pack(a_rule(minutes_per_unit=30))
    (one,) = await compared(house, old, new, held)
    assert {each.member_id for each in one.differences} == {house.ana, house.chidi}
    assert {each.licence_id for each in one.differences} == {None}


async def test_each_licence_that_falls_under_the_text_is_compared_for_itself() -> None:
    house = await a_house()
    second = house.id("second licence")
    await house.psychologist("ana", licence_id=second, number="PSY 2")
    held = await house.held({house.ana: HOUR})
    (one,) = await compared(house, OLD, version(a_rule(minutes_per_unit=30)), held)
    assert {each.licence_id for each in one.differences} == {house.licence("ana"), second}


async def test_a_text_that_reaches_further_gains_for_those_it_left_out() -> None:
    house = await a_house()
    await house.psychologist("chidi", profession="mft")
    held = await house.held({house.chidi: HOUR})
    needs = {"licence": True}
    old = version(a_rule(needs=needs))
    new = version(a_rule(needs=needs), professions=["psychology", "mft"])
    for (before, after), expected in (((old, new), ("0", "1")), ((new, old), ("1", "0"))):
        (one,) = await compared(house, before, after, held)
        (found,) = one.differences
        assert change(found) == expected
        assert found.why == ("This rule needs a licence of this kind on that day.",)


async def test_a_licence_that_ended_before_the_day_is_none() -> None:
    house = await a_house()
    yesterday = MONDAY - timedelta(days=1)
    await house.psychologist("chidi", valid_until=yesterday)
    held = await house.held({house.chidi: HOUR})
    (one,) = await compared(house, OLD, version(a_rule(minutes_per_unit=30)), held)
    assert (one.attendances, one.differences) == (0, ())


async def test_the_days_of_the_versions_do_not_matter() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    old = version(effective_until=date(2001, 1, 1))
    new = version(a_rule(minutes_per_unit=30), version=2, effective_from=date(2030, 1, 1))
    (one,) = await compared(house, old, new, held)
    assert [change(each) for each in one.differences] == [("1", "2")]


async def test_meetings_that_do_not_count_give_nothing_and_the_others_go_on() -> None:
    house = await a_house()
    planned = await house.plan("planned", start=SIX_PM + timedelta(days=21))
    void = await house.held({house.ana: HOUR}, name="void")
    await house.void(void)
    held = await house.held({house.ana: HOUR}, name="held", start=SIX_PM + timedelta(days=7))
    new = version(a_rule(minutes_per_unit=30))
    found = await compared(house, OLD, new, planned, void, held)
    assert [[each.meeting_id for each in one.differences] for one in found] == [[held]]


async def test_the_same_text_twice_makes_no_difference_and_nothing_is_recorded() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR, house.bo: HOUR})
    await house.settle()
    before = await house.store.head()
    (one,) = await compared(house, OLD, OLD, held)
    assert (one.attendances, one.differences) == (2, ())
    await compared(house, OLD, version(a_rule(minutes_per_unit=30)), held)
    assert await house.store.head() == before


async def test_however_few_people_are_kept_in_memory_the_answers_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await a_house()
    weeks = [SIX_PM + timedelta(days=7 * week) for week in range(3)]
    held = [
        await house.held({house.ana: HOUR, house.bo: HOUR}, name=str(start), start=start)
        for start in weeks
    ]
    new = version(a_rule(minutes_per_unit=30))
    roomy = await compared(house, OLD, new, *held)
    monkeypatch.setattr(rule_change, "_MOST_KEPT", 1)
    assert await compared(house, OLD, new, *held) == roomy
    assert [len(one.differences) for one in roomy] == [2, 2, 2]
