"""Who is away, asked of a view: the same as the streams say, live and built anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from domain.access.table import AccessState, Action
from domain.access.union import Access, GrantKind
from domain.groups.group import PeerGroup
from domain.members.member import Role
from domain.memberships.scholarships import Tier, scholarship_id
from domain.money.billing_accounts import PayerKind
from domain.values import Money
from infra.database import ConnectKwargs
from projections.holdings import project as holdings_view
from projections.holdings import queries as holdings
from services.access.reading import holdings_of
from services.access.records import NoteFirstMeetings
from services.dispatch import Work
from services.groups.tending import tend_places
from services.members.commands import GrantRole, WithdrawRole
from services.memberships.commands import RequestMembership
from services.memberships.gifts import GiveMonths, RedeemGift
from services.memberships.scholarships import (
    ApplyForScholarship,
    EndScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
    RenewScholarship,
)
from services.money.billing import OpenPractice
from services.practices.commands import AcceptSeat, FreezeSeat, OfferSeat, ReleaseSeat, ThawSeat
from tests.projections.test_rebuilt_equals_live import dump
from tests.support.builders import SIX_PM
from tests.support.dues import Dues
from tests.support.evenings import DAYS, an_evening, planned
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

EVERYBODY = ("ana", "bo", "chidi", "joy", "eve", "admin")


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    folder = tmp_path_factory.mktemp("house")
    async with open_real_house(database, folder, takes_dues=True) as opened:
        yield opened


@pytest.fixture(scope="module")
async def told(house: RealHouse) -> Story:
    """Everything that can grant access happens to somebody at least once."""
    story = house.story("holdings")
    await an_evening(story, AccessState.LAPSED)
    await _seats(story)
    await _scholarships(story)
    await story.do(GiveMonths(gift_id=story.id("gift"), months=1, giver_id=None))
    await story.do(RedeemGift(gift_id=story.id("gift"), member_id=story.chidi, by=story.chidi))
    await story.do(GrantRole(member_id=story.chidi, role=Role.ADMINISTRATOR, by=story.admin))
    story.clock.move(seconds=60)
    await story.do(WithdrawRole(member_id=story.chidi, role=Role.ADMINISTRATOR, by=story.admin))
    first = story.id("first")
    await story.correct(first, story.chidi)
    await story.do(NoteFirstMeetings(meeting_id=first))  # given back: he was not there
    await house.drain()
    return story


async def _seats(story: Story) -> None:
    practice = story.id("practice")
    await story.do(OpenPractice(practice_id=practice, name="Harbour practice", by=story.joy))
    dues = Dues(story, practice, "cus_practice")
    await story.do(
        RequestMembership(
            payer_kind=PayerKind.PRACTICE, payer_id=practice, plan="seat-monthly", by=story.joy
        )
    )
    await dues.look(quantity=2, period_end_at=dues.now + 400 * DAYS)
    for who in (story.ana, story.eve):
        seat_id = story.id(f"seat:{who}")
        await story.do(OfferSeat(practice_id=practice, seat_id=seat_id, by=story.joy))
        await story.do(AcceptSeat(practice_id=practice, seat_id=seat_id, member_id=who, by=who))
        story.clock.move(seconds=5)
    ana = {"practice_id": practice, "member_id": story.ana, "by": story.ana}
    await story.do(FreezeSeat(**ana))
    story.clock.move(seconds=5)
    await story.do(ThawSeat(**ana))
    story.clock.move(seconds=5)
    await story.do(ReleaseSeat(**ana))
    await dues.fail(days_ago=20)


async def _scholarships(story: Story) -> None:
    fund = story.id("fund")
    year = Money(30_000, "EUR")
    await story.do(OpenFund(fund_id=fund, name="For anybody", currency="EUR", by=story.admin))
    await story.do(FeedFund(fund_id=fund, key="pi_1", amount=Money(900_000, "EUR")))
    for who in (story.eve, story.bo):
        await story.do(ApplyForScholarship(member_id=who, tier=Tier.FULL, by=who))
        await story.do(
            GrantScholarship(member_id=who, percent=Tier.FULL, fund_id=fund, amount=year)
        )
    now = story.clock.at
    story.clock.at = now + 350 * DAYS
    await story.do(RenewScholarship(member_id=story.bo, amount=year, by=story.bo))
    await story.do(EndScholarship(member_id=story.eve, by=story.eve))
    story.clock.at = now


async def by_streams(house: RealHouse, member_id: UUID) -> Access:
    work = Work(house.house.store, uuid4())
    return (await holdings_of(work, member_id)).access()


MOMENTS = (-90, -51, -40, -3, -2.9, 0, 0.0005, 1, 12, 28, 45, 351, 396, 700, 800)


async def test_the_view_says_what_the_streams_say_at_every_moment(
    house: RealHouse, told: Story
) -> None:
    people = [told.id(key) for key in EVERYBODY]
    async with house.house.views() as conn:
        seen = await holdings.access_of_many(conn, people, takes_dues=True)
    for who in people:
        known = await by_streams(house, who)
        for moment in (SIX_PM + days * DAYS for days in MOMENTS):
            assert seen[who].state_at(moment) is known.state_at(moment), (who, moment)
            for action in Action:
                assert seen[who].may(action, moment) is known.may(action, moment)
            assert seen[who].keeps_seat(moment) == known.keeps_seat(moment)
    assert {each.state_at(SIX_PM + DAYS) for each in seen.values()} > {AccessState.FULL}


@pytest.mark.usefixtures("told")
async def test_a_view_built_anew_says_the_same(house: RealHouse) -> None:
    live = await dump(house, holdings_view)
    assert all(live.values()), "every table has something to compare"
    assert await house.running.projector.rebuild(holdings_view)
    assert await dump(house, holdings_view) == live


async def test_what_concerns_a_member_can_be_asked(house: RealHouse, told: Story) -> None:
    async with house.house.views() as conn:
        found = await holdings.sources_of(conn, told.eve)
        nobody = await holdings.sources_of(conn, told.id("nobody"))
    kinds = {kind for kind, _ in found}
    assert kinds == {GrantKind.SEAT, GrantKind.SCHOLARSHIP, GrantKind.FIRST_MEETING}
    assert (GrantKind.SCHOLARSHIP.value, scholarship_id(told.eve)) in found
    assert nobody == []


async def test_a_house_without_dues_finds_nobody_away(house: RealHouse, told: Story) -> None:
    async with house.house.views() as conn:
        at = SIX_PM + 5 * DAYS
        assert await holdings.away(conn, [told.ana, told.joy], at, takes_dues=False) == set()
        assert await holdings.away(conn, [told.ana, told.joy], at, takes_dues=True) == {told.ana}


async def test_places_are_tended_hour_by_hour(house: RealHouse) -> None:
    story = house.story("tended")
    evening = await an_evening(story, AccessState.LAPSED)
    ahead = await planned(story, evening.own_group, story.admin, "ahead", days=40)
    story.clock.at = SIX_PM + 0.5 * DAYS  # the chore comes again after an hour
    await house.drain()
    group = await story.known(PeerGroup, evening.own_group)
    assert (group.facilitator_id, story.ana in group.members()) == (story.bo, True)
    assert (await story.meeting(ahead)).facilitator_id == story.bo
    story.clock.at = SIX_PM + 28 * DAYS
    await house.drain()
    assert await tend_places(house.house) == 0
    group = await story.known(PeerGroup, evening.own_group)
    assert (group.facilitator_id, story.ana in group.members()) == (story.bo, False)
