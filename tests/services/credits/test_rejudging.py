"""Judging again: licences, approvals and overlapping meetings that change what an hour is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Stale
from domain.rules.book import RuleBook
from services.credits.rejudging import Bulk, performers
from services.dispatch import Order
from services.meetings.commands import BeginTurn, CloseMeeting, EndTurn
from services.members.commands import AddLicence, EndLicence
from services.providers import WithdrawApproval
from tests.domain.rules.made import a_pack, a_rule
from tests.support.builders import SIX_PM, minutes, span
from tests.support.house import SmallHouse
from tests.support.story import CALIFORNIA, CONTACT_HOUR

HOUR = (0, 60)


async def a_house(*, sponsored: bool = True) -> SmallHouse:
    house = SmallHouse()
    await house.begin(sponsored=sponsored)
    return house


async def test_a_licence_told_late_counts_for_the_hours_already_held() -> None:
    house = await a_house()
    held = await house.held({house.chidi: HOUR})
    await house.settle()
    assert await house.award(held, "chidi", CALIFORNIA) is None
    await house.psychologist("chidi")
    await house.settle()
    award = await house.award(held, "chidi", CALIFORNIA)
    assert award is not None
    assert award.credited.minutes == 60


async def test_hours_before_a_licence_began_stay_as_they_are() -> None:
    house = await a_house()
    held = await house.held({house.chidi: HOUR})
    await house.settle()
    tomorrow = SIX_PM.date() + timedelta(days=1)
    await house.psychologist("chidi", valid_from=tomorrow)
    await house.settle()
    assert await house.award(held, "chidi", CALIFORNIA) is None


async def test_an_hour_after_a_licence_ended_loses_its_award_with_a_reason() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    await house.settle()
    assert await house.award(held, "ana", CALIFORNIA) is not None
    yesterday = SIX_PM.date() - timedelta(days=1)
    await house.do(
        EndLicence(member_id=house.ana, licence_id=house.licence("ana"), last_day=yesterday)
    )
    await house.settle()
    award = await house.award(held, "ana", CALIFORNIA)
    assert award is not None
    assert award.withdrawn
    ledger = await house.ledger(house.ana)
    (withdrawn,) = [row for row in ledger.rows if row.amount < 0]
    assert withdrawn.reason == "The facts behind the award changed."


async def test_a_licence_that_was_renewed_after_all_has_its_hours_again() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    await house.settle()
    for days in (-1, 400):
        last_day = SIX_PM.date() + timedelta(days=days)
        await house.do(
            EndLicence(member_id=house.ana, licence_id=house.licence("ana"), last_day=last_day)
        )
        await house.settle()
    again = await house.award(held, "ana", CALIFORNIA, number=2)
    assert again is not None
    assert not again.withdrawn


async def test_minutes_that_a_voided_meeting_gives_back_count_for_the_other_one() -> None:
    house = await a_house(sponsored=False)
    await house.peer_group(sponsored=False, name="second")
    first = await house.held({house.ana: HOUR}, name="first")
    other = await house.held(
        {house.ana: HOUR}, name="other", start=SIX_PM + minutes(30), group="second"
    )
    await house.settle()
    short = await house.award(other, "ana", CALIFORNIA)
    assert short is not None
    assert short.credited.minutes == 30
    await house.void(first)
    await house.settle()
    whole = await house.award(other, "ana", CALIFORNIA)
    assert whole is not None
    assert whole.credited.minutes == 60


async def test_minutes_that_a_correction_gives_back_count_for_the_other_one() -> None:
    house = await a_house(sponsored=False)
    await house.peer_group(sponsored=False, name="second")
    first = await house.held({house.ana: HOUR}, name="first")
    other = await house.held(
        {house.ana: HOUR}, name="other", start=SIX_PM + minutes(30), group="second"
    )
    await house.settle()
    await house.correct(first, house.ana, span(0, 40))
    await house.settle()
    awards = [await house.award(each, "ana", CALIFORNIA) for each in (first, other)]
    assert [each.credited.minutes for each in awards if each] == [40, 50]


WHOLE = {"whole": True, "late_or_early_minutes": 10}


async def forgiving(
    first: tuple[int, int], other: tuple[int, int]
) -> tuple[UUID, UUID, SmallHouse]:
    """Hold two hours, the second from minute 55 on, under a text that forgives ten minutes."""
    house = SmallHouse(lambda: RuleBook([a_pack(a_rule(attendance=WHOLE))]))
    await house.begin(sponsored=False)
    await house.peer_group(sponsored=False, name="second")
    later = SIX_PM + minutes(55)
    held = await house.held({house.ana: first}, name="first")
    await house.settle()
    after = await house.held({house.ana: other}, name="other", start=later, group="second")
    await house.settle()
    return held, after, house


async def amounts(house: SmallHouse, *meetings: UUID) -> list[str]:
    """Return what stands for Ana, meeting by meeting."""
    ledger = await house.ledger(house.ana)
    return [
        str(award.credited.amount)
        for meeting_id in meetings
        for award in ledger.awards.values()
        if award.meeting_id == meeting_id and not award.withdrawn
    ]


@pytest.mark.parametrize(
    ("first", "other", "before"),
    [
        pytest.param((0, 52), (0, 60), ["1.00", "0.91"], id="forgiven to who left the first early"),
        pytest.param(
            (0, 60), (6, 60), ["1.00", "0.90"], id="not forgiven to who came to the other"
        ),
    ],
)
async def test_forgiven_minutes_of_a_voided_meeting_count_for_its_neighbour(
    first: tuple[int, int], other: tuple[int, int], before: list[str]
) -> None:
    held, after, house = await forgiving(first, other)
    assert await amounts(house, held, after) == before
    ledger = await house.ledger(house.ana)
    assert ledger.overlaps == {}, "she was never at two meetings at once"
    await house.void(held)
    await house.settle()
    assert await amounts(house, held, after) == ["1.00"]


async def test_judging_again_for_no_reason_records_nothing() -> None:
    house = await a_house()
    await house.held({house.ana: HOUR, house.bo: HOUR}, evaluated=(house.ana,))
    await house.settle()
    before = await house.memory.head()
    await house.settle_again()
    assert await house.memory.head() == before


async def test_an_approval_that_comes_or_goes_asks_for_the_meetings_of_its_days() -> None:
    house = await a_house()
    await house.settle()
    recorded = house.effects("judge_provider_meetings")
    await house.do(
        WithdrawApproval(
            provider_id=house.provider,
            approval_id=house.id("approval"),
            from_day=date(2026, 2, 1),
            reason="It was not renewed.",
            by=house.admin,
        ),
        actor=house.admin,
    )
    await house.settle()
    asked = house.effects("judge_provider_meetings")
    assert len(asked) == len(recorded) + 1
    assert asked[-1].payload == {
        "provider_id": str(house.provider),
        "from_day": "2026-02-01",
    }


async def test_a_second_licence_in_another_state_is_judged_by_its_own_board() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    await house.settle()
    await house.do(
        AddLicence(
            member_id=house.ana,
            licence_id=house.licence("md"),
            profession="counseling",
            jurisdiction="US-MD",
            number="LC 1",
            valid_from=date(2024, 1, 1),
            valid_until=None,
        )
    )
    await house.settle()
    maryland = house.licence("md")
    award = await house.award(held, "ana", "us-md-counseling", licence_id=maryland)
    assert award is not None
    assert await house.award(held, "ana", CALIFORNIA) is not None
    assert await house.award(held, "ana", CONTACT_HOUR) is None, "nobody evaluated it"


async def test_a_rule_takes_over_minutes_that_another_of_its_text_gives_back() -> None:
    """Once evaluated, time on one's own practice counts apart; the rest keeps what is left."""
    own = a_rule(id="own", share="own presentation", needs={"evaluation": True})
    text = a_pack(own, a_rule(id="rest"), professions=["psychology"], jurisdiction="US-CA")
    house = SmallHouse(lambda: RuleBook([text]))
    await house.begin()
    meeting_id = await house.opened()
    for member_id in (house.ana, house.joy):
        await house.do(house.check_in(meeting_id, member_id))
    for minute, order in (
        (10, BeginTurn(meeting_id=meeting_id, presenter_id=house.ana, by=house.joy)),
        (30, EndTurn(meeting_id=meeting_id, by=house.joy)),
        (60, CloseMeeting(meeting_id=meeting_id, by=house.joy)),
    ):
        house.clock.at = SIX_PM + minutes(minute)
        await house.do(order)
    await house.settle()
    await house.evaluate(meeting_id, house.ana)
    await house.settle()
    ledger = await house.ledger(house.ana)
    assert house.refusals() == []
    assert {each.rule_id: each.credited.minutes for each in ledger.awards.values()} == {
        "own": 20,
        "rest": 40,
    }


# A provider's meetings


@dataclass(frozen=True)
class Due:
    """An effect that is due."""

    key: tuple[UUID]
    payload: Any


class GivenUp(Exception):
    """Trying again is useless."""


def bulk(house: SmallHouse, *meetings: UUID) -> tuple[Bulk, dict[UUID, Any]]:
    """Return what the performers need, and where they leave what they order."""
    ordered: dict[UUID, Any] = {}

    async def found(_provider_id: UUID, _from_day: date) -> list[UUID]:
        return list(meetings)

    async def order_all(_cause: UUID, kind: str, payloads: Mapping[UUID, Any]) -> None:
        assert kind == "judge_meeting"
        ordered.update(payloads)

    needs = Bulk(
        dispatch=house.dispatch, meetings_of_provider=found, order_all=order_all, give_up=GivenUp
    )
    return needs, ordered


async def test_a_provider_with_many_meetings_has_each_judged_by_a_piece_of_its_own() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    needs, ordered = bulk(house, held, house.id("another"))
    find = Due((house.id("piece"),), {"provider_id": str(house.provider), "from_day": "2026-01-01"})
    for _ in range(2):  # a piece may come twice
        await performers(needs)["judge_provider_meetings"](find)
    assert sorted(each["meeting_id"] for each in ordered.values()) == sorted(
        [str(held), str(house.id("another"))]
    )
    assert await house.award(held, "ana", CALIFORNIA) is None, "nothing is judged while looking"


async def test_a_meeting_that_cannot_be_judged_stops_no_other() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})
    needs, _ = bulk(house)
    judge = performers(needs)["judge_meeting"]
    with pytest.raises(GivenUp, match="not_found"):
        await judge(Due((house.id("first"),), {"meeting_id": str(house.id("nowhere"))}))
    await judge(Due((house.id("second"),), {"meeting_id": str(held)}))
    assert await house.award(held, "ana", CALIFORNIA) is not None


async def test_a_judgement_that_others_overtook_is_tried_again() -> None:
    house = await a_house()
    held = await house.held({house.ana: HOUR})

    async def overtaken(_command: object, _order: Order) -> None:
        raise Stale("Too many people changed this at once.")

    needs, _ = bulk(house)
    judge = performers(replace(needs, dispatch=overtaken))["judge_meeting"]
    with pytest.raises(Stale):
        await judge(Due((held,), {"meeting_id": str(held)}))
