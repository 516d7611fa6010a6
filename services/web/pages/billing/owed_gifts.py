"""Gift months that ended though money for them is with the house again, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from domain.memberships.gifts import Gift
from domain.money.ledger import MoneyLedger
from domain.values import Money
from projections.patrons.queries import GiftRow
from services.dispatch import Work
from services.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedGift:
    """Gift months whose refund failed.

    Attributes:
        row: which months.
        paid: what was paid for them; ``None`` where the ledger does not say.
        here: how much of it is with the house, and is not on its way back.
    """

    row: GiftRow
    paid: Money | None
    here: Money | None

    @property
    def whole(self) -> bool:
        """Whether all of the payment is with the house, so that the months can be given again."""
        return self.paid is not None and self.here == self.paid


async def owed_gifts(
    house: House, gifts: Sequence[GiftRow], ledger: MoneyLedger | None
) -> list[OwedGift]:
    """Return those of somebody's gifts whose refund failed, with what is still here of each."""
    work = Work(house.store, uuid4())
    owed: list[OwedGift] = []
    for row in gifts:
        if row.return_failed_at is None:
            continue
        gift = await work.find(Gift, row.gift_id)
        unreturned = None if gift is None else gift.unreturned
        paid = ledger.paid(unreturned[1]) if ledger is not None and unreturned is not None else []
        if ledger is None or unreturned is None or not paid:
            owed.append(OwedGift(row=row, paid=None, here=None))
        else:
            here = ledger.refundable(unreturned[1], paid[0].currency)
            owed.append(OwedGift(row=row, paid=paid[0], here=here))
    return owed
