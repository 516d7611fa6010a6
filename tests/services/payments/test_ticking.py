"""Time's part: grace ends and scholarships run out, without anybody doing anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotFound
from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Scholarship, Tier, scholarship_id
from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.recording import Outcome
from domain.values import Money
from infra.database import ConnectKwargs
from services.dispatch import Dispatcher, Order
from services.memberships.commands import ObserveSubscription, RequestMembership
from services.memberships.scholarships import (
    ApplyForScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
    TickScholarship,
)
from services.payments.ticking import tick_scholarships
from tests.support.billing import FUND, active, day, unpaid
from tests.support.house import RealHouse, SmallHouse, open_real_house
from tests.support.story import Story


@pytest.fixture
async def real(database: ConnectKwargs, tmp_path: Path) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path) as opened:
        yield opened


async def test_grace_ends_and_a_narrowed_membership_lapses_by_the_clock_alone(
    real: RealHouse,
) -> None:
    story: Story = real.story("ticks")
    await story.people()
    real.clock.at = day(0)
    begin = RequestMembership(
        payer_kind=PayerKind.PERSON, payer_id=story.ana, plan="membership-monthly", by=story.ana
    )
    await story.do(begin)
    key = membership_id(billing_account_id(story.ana), story.ana)
    for number, look in ((0, active(0)), (44, unpaid(44, since=44))):
        real.clock.at = day(number)
        await story.do(ObserveSubscription(membership_id=key, observation=look))
    states = []
    for moment in (44.0, 57.0, 58.1, 88.0, 89.1):
        real.clock.at = day(moment)
        await real.drain()
        states.append((await story.known(Membership, key)).state)
    assert states == [
        MembershipState.GRACE,
        MembershipState.GRACE,
        MembershipState.NARROWED,
        MembershipState.NARROWED,
        MembershipState.LAPSED,
    ]
    ticks = "SELECT count(*) FROM events WHERE topic = $1 AND stream_id = $2"
    assert await real.fetch(ticks, Membership.Lapsed.TOPIC, key) == [(1,)]


async def granted(house: SmallHouse, *people: UUID) -> None:
    """Let a fund carry some people for a year."""
    house.clock.at = day(0)
    amount = Money(24_000, "EUR")
    await house.do(OpenFund(fund_id=FUND, name="Lamp fund", currency="EUR", by=house.admin))
    for number, person_id in enumerate(people):
        await house.do(FeedFund(fund_id=FUND, key=f"pi_{number}", amount=amount))
        own: dict[str, Any] = {"member_id": person_id, "by": person_id}
        await house.do(ApplyForScholarship(tier=Tier.FULL, **own))
        grant: dict[str, Any] = {"percent": Tier.FULL, "fund_id": FUND, "amount": amount}
        await house.do(GrantScholarship(member_id=person_id, **grant))


async def test_a_scholarship_that_nobody_answered_for_ends_once() -> None:
    house = SmallHouse()
    await house.people()
    await granted(house, house.ana)
    ended = []
    for number in (364, 394, 396, 397):
        house.clock.at = day(number)
        ended.append(await tick_scholarships(house.dispatch, house.memory, house.clock))
    assert ended == [0, 0, 1, 0]
    assert (await house.known(Scholarship, scholarship_id(house.ana))).percent is None


async def test_one_scholarship_that_is_refused_keeps_no_other_waiting() -> None:
    house = SmallHouse()
    await house.people()
    await granted(house, house.ana, house.bo)
    house.clock.at = day(396)

    class Refusing(Dispatcher):
        async def __call__(self, command: object, order: Order) -> Outcome:
            if command == TickScholarship(member_id=house.ana):
                raise NotFound("There is no such scholarship.")
            return await house.dispatch(command, order)

    refusing = object.__new__(Refusing)
    assert await tick_scholarships(refusing, house.memory, house.clock) == 1
    assert (await house.known(Scholarship, scholarship_id(house.bo))).percent is None
