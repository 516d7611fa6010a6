"""What one person's access comes from, read from the streams themselves.

The truth for a decision and for the page that answers "why?"; which practices and gifts concern a
person is for a view to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.access_words import Holdings
from domain.billing_accounts import billing_account_id
from domain.gifts import Gift
from domain.membership_rules import membership_id
from domain.memberships import Membership
from domain.scholarships import Scholarship, scholarship_id
from domain.seat_pools import SeatPool, seat_pool_id
from domain.values import EARLIEST
from services.dispatch import Work
from services.members import is_administrator


async def holdings_of(
    work: Work,
    member_id: UUID,
    *,
    payer_ids: Iterable[UUID] = (),
    practice_ids: Iterable[UUID] = (),
    gift_ids: Iterable[UUID] = (),
) -> Holdings:
    """Return all that a person's access can come from.

    Args:
        work: where streams are read.
        member_id: whose.
        payer_ids: people who pay for them, beside themselves.
        practice_ids: practices that may have a seat for them.
        gift_ids: gifts that they may have taken.
    """
    own = [await _paid_by(work, payer, member_id) for payer in (member_id, *payer_ids)]
    seats = []
    for practice_id in practice_ids:
        pool = await work.find(SeatPool, seat_pool_id(practice_id))
        paid = await _paid_by(work, practice_id, practice_id)
        if pool is not None and paid is not None:
            seats.append((pool, paid))
    gifts = [await work.find(Gift, gift_id) for gift_id in gift_ids]
    return Holdings(
        member_id=member_id,
        memberships=[each for each in own if each is not None],
        seats=seats,
        scholarship=await work.find(Scholarship, scholarship_id(member_id)),
        gifts=[each for each in gifts if each is not None],
        # Roles have no dates in a member's memory; what counts is that they have one now.
        staff_since=EARLIEST if await is_administrator(work, member_id) else None,
    )


async def _paid_by(work: Work, payer_id: UUID, holder_id: UUID) -> Membership | None:
    return await work.find(Membership, membership_id(billing_account_id(payer_id), holder_id))
