"""Time's part: grace ends and scholarships run out, without anybody doing anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.billing_accounts import PayerKind, billing_account_id
from domain.membership_rules import membership_id
from domain.memberships import Membership
from domain.scholarships import Scholarship, Tier, scholarship_id
from domain.standings import MembershipState
from domain.values import Money
from infra.database import ConnectKwargs
from services.memberships import ObserveSubscription, RequestMembership
from services.payments.ticking import tick_scholarships
from services.scholarships import ApplyForScholarship, FeedFund, GrantScholarship, OpenFund
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


async def test_a_scholarship_that_nobody_answered_for_ends_once() -> None:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    amount = Money(24_000, "EUR")
    await house.do(OpenFund(fund_id=FUND, name="Lamp fund", currency="EUR", by=house.admin))
    await house.do(FeedFund(fund_id=FUND, key="pi_1", amount=amount))
    own: dict[str, Any] = {"member_id": house.ana, "by": house.ana}
    await house.do(ApplyForScholarship(tier=Tier.FULL, **own))
    await house.do(
        GrantScholarship(member_id=house.ana, percent=Tier.FULL, fund_id=FUND, amount=amount)
    )
    ended = []
    for number in (364, 394, 396, 397):
        house.clock.at = day(number)
        ended.append(await tick_scholarships(house.dispatch, house.memory, house.clock))
    assert ended == [0, 0, 1, 0]
    assert (await house.known(Scholarship, scholarship_id(house.ana))).percent is None
