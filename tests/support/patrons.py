"""A practice, gifts, a fund and a scholarship told through a dispatcher; nothing is paid for."""

from __future__ import annotations

from uuid import UUID

from domain.memberships.scholarships import Tier
from domain.money.billing_accounts import PayerKind
from domain.values import Money
from services.memberships.commands import RequestMembership
from services.memberships.gifts import GiveMonths, RedeemGift
from services.memberships.scholarships import (
    ApplyForScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
)
from services.money.billing import OpenPractice
from services.practices.commands import (
    AcceptSeat,
    AskToComeIn,
    FreezeSeat,
    NameSeatManager,
    OfferSeat,
    ReleaseSeat,
    RelieveSeatManager,
    WithdrawSeatOffer,
)
from services.practices.entries import DeclineEntry
from tests.support.dues import Dues
from tests.support.story import Story


async def tell_patrons(story: Story, stays: UUID, leaves: UUID, admin: UUID) -> None:
    """Tell what gives every table of the view ``patrons`` something to keep, and to let go."""
    practice = story.id("practice")
    await story.do(OpenPractice(practice_id=practice, name="Harbour practice", by=stays))
    await story.do(
        RequestMembership(
            payer_kind=PayerKind.PRACTICE, payer_id=practice, plan="seat-monthly", by=stays
        )
    )
    await Dues(story, practice, "cus_practice").look(quantity=3)
    for who in (stays, leaves, admin):
        seat_id = story.id(f"seat:{who}")
        await story.do(OfferSeat(practice_id=practice, seat_id=seat_id, by=stays))
        await story.do(AcceptSeat(practice_id=practice, seat_id=seat_id, member_id=who, by=who))
    await story.do(FreezeSeat(practice_id=practice, member_id=stays, by=stays))
    await story.do(ReleaseSeat(practice_id=practice, member_id=admin, by=stays))
    waits, gone, declined = story.id("waits in"), story.id("gone in"), story.id("declined")
    for seat_id in (gone, declined, waits):
        await story.do(OfferSeat(practice_id=practice, seat_id=seat_id, by=stays))
        await story.do(AskToComeIn(practice_id=practice, seat_id=seat_id))
        if seat_id == declined:
            await story.do(
                DeclineEntry(practice_id=practice, seat_id=declined, sentence=None, by=admin)
            )
        if seat_id != waits:
            await story.do(WithdrawSeatOffer(practice_id=practice, seat_id=seat_id, by=stays))
    for who in (leaves, admin):
        await story.do(NameSeatManager(practice_id=practice, member_id=who, by=stays))
    await story.do(RelieveSeatManager(practice_id=practice, member_id=admin, by=stays))
    for key, giver in (("taken", stays), ("waits", None)):
        await story.do(GiveMonths(gift_id=story.id(key), months=2, giver_id=giver))
    await story.do(RedeemGift(gift_id=story.id("taken"), member_id=leaves, by=leaves))
    fund = story.id("fund")
    await story.do(OpenFund(fund_id=fund, name="For anybody", currency="EUR", by=admin))
    await story.do(FeedFund(fund_id=fund, key="in_told", amount=Money(90_000, "EUR")))
    for who in (stays, leaves):
        await story.do(ApplyForScholarship(member_id=who, tier=Tier.HALF, by=who))
    await story.do(
        GrantScholarship(
            member_id=stays, percent=Tier.HALF, fund_id=fund, amount=Money(7_200, "EUR")
        )
    )
    await story.do(ApplyForScholarship(member_id=stays, tier=Tier.QUARTER, by=stays))
