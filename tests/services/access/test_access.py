"""Access read from the streams: everything a person was granted, found and told."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.access.records import AccessRecord
from domain.access.table import AccessState
from domain.access.words import why
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Tier
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.recording import Append, Cause
from services.access.reading import holdings_of
from services.dispatch import Work
from services.memberships.commands import ObserveSubscription, RequestMembership
from services.memberships.gifts import GiveMonths, RedeemGift
from services.memberships.scholarships import ApplyForScholarship
from services.money.billing import OpenPractice
from services.practices.commands import AcceptSeat, OfferSeat
from tests.support.billing import GIFT, MONTHLY, PRACTICE, active, day, paused
from tests.support.house import SmallHouse

SEAT = UUID(int=750)


async def paid(house: SmallHouse, kind: PayerKind, payer: UUID, by: UUID) -> None:
    await house.do(RequestMembership(payer_kind=kind, payer_id=payer, plan=MONTHLY, by=by))
    own = membership_id(billing_account_id(payer), payer)
    await house.do(ObserveSubscription(membership_id=own, observation=active(0)))


async def test_all_that_a_person_was_granted_is_found() -> None:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    await paid(house, PayerKind.PERSON, house.ana, house.ana)
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    await paid(house, PayerKind.PRACTICE, PRACTICE, house.joy)
    await house.do(OfferSeat(practice_id=PRACTICE, seat_id=SEAT, by=house.joy))
    taken = AcceptSeat(practice_id=PRACTICE, seat_id=SEAT, member_id=house.ana, by=house.ana)
    await house.do(taken)
    await house.do(GiveMonths(gift_id=GIFT, months=1, giver_id=None))
    await house.do(RedeemGift(gift_id=GIFT, member_id=house.ana, by=house.ana))
    await house.do(ApplyForScholarship(member_id=house.ana, tier=Tier.HALF, by=house.ana))
    holdings = await holdings_of(
        Work(house.memory, uuid4()),
        house.ana,
        practice_ids=[PRACTICE, UUID(int=999)],
        gift_ids=[GIFT, UUID(int=998)],
    )
    assert holdings.access().state_at(day(1)) is AccessState.FULL
    assert len(why(holdings, at=day(1), zone="UTC").member) == 5


async def test_a_leave_is_read_as_a_leave() -> None:
    house = SmallHouse()
    await house.people()
    await attended_before(house, house.ana)
    house.clock.at = day(0)
    await paid(house, PayerKind.PERSON, house.ana, house.ana)
    own = membership_id(billing_account_id(house.ana), house.ana)
    await house.do(ObserveSubscription(membership_id=own, observation=paused(1)))
    alone = await holdings_of(Work(house.memory, uuid4()), house.ana)
    assert alone.access().state_at(day(2)) is AccessState.ON_LEAVE


async def attended_before(house: SmallHouse, member_id: UUID) -> None:
    """Let somebody's free first meeting be long over."""
    record = AccessRecord.open(member_id, at=day(-90))
    record.note_meeting(UUID(int=997), attended=True, at=day(-90))
    cause = Cause(uuid4())
    await house.memory.append(Append(cause, b"", tuple(record.collect_events())))  # type: ignore[arg-type] # all are ours


async def test_strangers_have_a_first_meeting_and_administrators_work_here() -> None:
    house = SmallHouse()
    await house.people()
    await attended_before(house, house.bo)
    found = {
        who: (await holdings_of(Work(house.memory, uuid4()), who)).access().state_at(day(1))
        for who in (house.eve, house.bo, house.admin)
    }
    assert list(found.values()) == [AccessState.FULL, AccessState.LAPSED, AccessState.FULL]
