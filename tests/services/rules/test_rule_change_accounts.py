"""Two versions of a text over whole licence periods: caps, floors, cycles, and who is worse off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.rules.account import Entry
from domain.rules.cycles import Window
from domain.rules.model import Pack
from services.members.commands import EndLicence
from services.rules import change_accounts as rule_change_accounts
from services.rules.change_accounts import AccountComparison, AccountDifference, ComparedMember
from tests.domain.rules.made import a_rule, an_entry, these, with_cycle
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse

HOUR = (0, 60)
YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))


def version(*rules: dict[str, Any], **changes: Any) -> Pack:
    about: dict[str, Any] = {"professions": ["psychology"], "jurisdiction": "US-CA"}
    cycle = {"begins": "01-01", "required": 2} | changes.pop("cycle", {})
    return with_cycle(*rules, **(about | changes), cycle=cycle)


OLD = version()


async def a_house(meetings: int = 3) -> SmallHouse:
    """Ana and Bo were at a meeting a week; only they are psychologists."""
    house = SmallHouse()
    await house.begin()
    for week in range(meetings):
        start = SIX_PM + timedelta(days=7 * week)
        people = {house.ana: HOUR, house.bo: HOUR, house.chidi: HOUR}
        await house.held(people, name=f"week {week}", start=start)
    await house.settle()
    return house


async def compared(
    house: SmallHouse,
    old: Pack,
    new: Pack,
    *,
    since: date = YEAR.from_day,
    today: date = YEAR.until_day,
    entered: Sequence[Entry] = (),
) -> list[ComparedMember]:
    async def everybody() -> AsyncIterator[UUID]:
        for member_id in (house.ana, house.bo, house.chidi, house.id("nobody")):
            yield member_id

    async def entered_by(_pack: Pack, member_id: UUID, _licence: UUID) -> Sequence[Entry]:
        return entered if member_id == house.ana else ()

    comparison = AccountComparison(house.store, entered_by, old, new, since=since, today=today)
    return [each async for each in comparison.members(everybody())]


async def of_ana(house: SmallHouse, new: Pack, **changes: Any) -> AccountDifference:
    ana, *_ = await compared(house, OLD, new, **changes)
    (found,) = ana.differences
    return found


async def test_a_lower_cap_loses_though_every_meeting_is_worth_the_same() -> None:
    house = await a_house()
    found = await of_ana(house, version(cap=[{"name": "Peers", "at_most": 1}]))
    assert found == AccountDifference(
        member_id=house.ana,
        licence_id=house.licence("ana"),
        window=YEAR,
        unit="hour",
        before=Decimal(3),
        after=Decimal(1),
        short_before=(),
        short_after=("in all: 1",),
        why=(
            "3 hours earned, 1 counts.",
            "2 required, 1 to go.",
            "Peers: 2 more than the 1 that count.",
        ),
    )
    assert not found.gains


async def test_more_for_a_meeting_gains_nothing_under_a_cap_that_is_full() -> None:
    house = await a_house()
    capped = {"cap": [{"name": "Peers", "at_most": 2}]}
    halves = version(a_rule(minutes_per_unit=30), **capped)
    assert [each.differences for each in await compared(house, version(**capped), halves)] == [
        (),
        (),
        (),
        (),
    ]


async def test_a_new_floor_leaves_the_total_and_is_still_a_loss() -> None:
    house = await a_house()
    found = await of_ana(
        house, version(floor=[{"name": "Law", "at_least": 2, "of": {"topics": ["law"]}}])
    )
    assert these(found.before, found.after) == (3, 3)
    assert (found.short_before, found.short_after) == ((), ("Law, 2026-01-01: 2",))
    assert not found.gains


async def test_a_version_that_counts_nothing_still_has_the_period() -> None:
    house = await a_house(1)
    found = await of_ana(house, version(a_rule(group={"min": 9})))
    assert these(found.before, found.after, found.window) == (1, 0, YEAR)
    assert found.why == ("0 hours earned, 0 count.", "2 required, 2 to go.")


async def test_what_was_entered_counts_with_what_was_attended() -> None:
    house = await a_house(1)
    entered = [an_entry(rule="", amount=Decimal(4), elsewhere=True)]
    found = await of_ana(house, version(a_rule(minutes_per_unit=30)), entered=entered)
    assert these(found.before, found.after, found.gains) == (5, 6, True)
    assert found.why[0] == "5 hours earned, 5 count."


async def test_a_shorter_cycle_says_that_the_other_version_has_none_like_it() -> None:
    house = await a_house(1)
    ana, *_ = await compared(
        house, OLD, version(cycle={"months": 24, "begins_in_year": 2026, "required": 2})
    )
    year, two_years = ana.differences
    assert these(ana.periods, year.after, two_years.before) == (2, 0, 0)
    assert year.why == two_years.why == ("This version has no such cycle.",)
    assert (year.gains, two_years.gains) == (False, True)


async def test_periods_that_ended_before_the_day_are_left_out() -> None:
    house = await a_house(1)
    new = version(a_rule(minutes_per_unit=30))
    assert [each.periods for each in await compared(house, OLD, new)] == [1, 1, 0, 0]
    after = YEAR.until_day + timedelta(days=1)
    assert [each.periods for each in await compared(house, OLD, new, since=after)] == [0] * 4


async def test_a_period_that_is_not_determined_is_counted_as_such() -> None:
    house = await a_house(1)
    open_end = version(cycle={"begins": None})
    ana, *_ = await compared(house, OLD, open_end)
    assert (ana.unknown, ana.periods) == (1, 1)
    await house.do(
        EndLicence(
            member_id=house.ana,
            licence_id=house.licence("ana"),
            last_day=date(2026, 12, 31),
        )
    )
    ana, bo, *_ = await compared(house, OLD, open_end)
    assert (ana.unknown, ana.differences, bo.unknown) == (0, (), 1)


async def test_however_few_meetings_are_kept_the_answers_are_the_same_and_none_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await a_house()
    new = version(a_rule(minutes_per_unit=30))
    head = await house.store.head()
    roomy = await compared(house, OLD, new)
    monkeypatch.setattr(rule_change_accounts, "_ROOMS_KEPT", 1)
    assert await compared(house, OLD, new) == roomy
    assert [len(each.differences) for each in roomy] == [1, 1, 0, 0]
    assert await house.store.head() == head


async def test_a_meeting_that_does_not_count_counts_in_no_period() -> None:
    house = await a_house(2)
    await house.void(house.id("week 0"))
    found = await of_ana(house, version(a_rule(minutes_per_unit=30)))
    assert these(found.before, found.after) == (1, 2)


THE_YEAR_AFTER = Window(date(2027, 1, 1), date(2027, 12, 31))


async def test_what_is_carried_into_a_year_of_nothing_is_compared_too() -> None:
    house = await a_house()
    old, new = (version(cycle={"carry_over": most}) for most in (0, 5))
    today = date(2027, 6, 1)
    ana, bo, *_ = await compared(house, old, new, since=THE_YEAR_AFTER.from_day, today=today)
    (found,) = ana.differences
    assert these(found.window, found.before, found.after) == (THE_YEAR_AFTER, 0, 1)
    assert found.short_before == ("in all: 2",)
    assert (ana.periods, bo.periods, found.gains) == (1, 1, True)
    ana, *_ = await compared(house, old, new, since=THE_YEAR_AFTER.from_day)
    assert ana.periods == 0, "the year has not begun"


async def test_a_year_of_nothing_hands_on_what_it_does_not_need() -> None:
    house = await a_house()
    last = an_entry(rule="", amount=Decimal(1), day=date(2028, 3, 1), elsewhere=True)
    old, new = (version(cycle={"required": 1, "carry_over": most}) for most in (1, 5))
    ana, *_ = await compared(
        house, old, new, since=date(2028, 1, 1), today=date(2028, 6, 1), entered=[last]
    )
    (found,) = ana.differences
    assert these(found.before, found.after) == (1, 2)
