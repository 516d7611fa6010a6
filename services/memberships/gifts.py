"""Commands about gift months: given once they are paid for, or by the house; taken once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from domain.access.union import GrantKind
from domain.errors import NotAllowed
from domain.members.member import Member
from domain.memberships.gifts import Gift, GiftPaidBack, GiftPartlyPaidBack, GiftSpent
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.ports import Clock
from services.access.records import note_source
from services.dispatch import Work
from services.members.commands import require_administrator


class OwnGiftOnly(NotAllowed):
    """Gift months are taken by the person who will use them."""

    code = "gift.own_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMonths:
    """Give months of taking part, paid for before; asked for by the system.

    Attributes:
        giver_id: who paid; ``None`` for the house.
    """

    gift_id: UUID
    months: int
    giver_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMonthsOfTheHouse:
    """Give months that nobody pays for."""

    gift_id: UUID
    months: int
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemGift:
    """Take gift months for oneself."""

    gift_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeGiftBack:
    """End a gift whose payment went back, if all of it did and nobody took the months.

    Attributes:
        account_id: who had paid.
        invoice_id: what for; the account's ledger knows how much of it went back.
        currency: of the payment.
    """

    gift_id: UUID
    account_id: UUID
    invoice_id: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteGiftReturnFailed:
    """Note that the money of an ended gift came back to the house; as :class:`TakeGiftBack`."""

    gift_id: UUID
    account_id: UUID
    invoice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMonthsAgain:
    """Let an ended gift be taken after all, because all of its payment is with the house."""

    gift_id: UUID
    by: UUID


async def give_months(cmd: GiveMonths, *, work: Work, clock: Clock) -> None:
    """Give months."""
    await work.require_new(cmd.gift_id)
    work.save(Gift.give(cmd.gift_id, months=cmd.months, giver_id=cmd.giver_id, at=clock.now()))


async def give_months_of_the_house(cmd: GiveMonthsOfTheHouse, *, work: Work, clock: Clock) -> None:
    """Give months; for administrators."""
    await require_administrator(work, cmd.by)
    await work.require_new(cmd.gift_id)
    work.save(Gift.give(cmd.gift_id, months=cmd.months, giver_id=None, at=clock.now()))


async def redeem_gift(cmd: RedeemGift, *, work: Work, clock: Clock) -> None:
    """Take the months."""
    if cmd.by != cmd.member_id:
        raise OwnGiftOnly("Gift months are taken by the person who will use them.")
    await work.load(Member, cmd.member_id)
    gift = await work.load(Gift, cmd.gift_id)
    gift.redeem(cmd.member_id, at=clock.now())
    work.save(gift)
    await note_source(work, cmd.member_id, GrantKind.GIFT, gift.id, clock)


async def take_gift_back(cmd: TakeGiftBack, *, work: Work, clock: Clock) -> None:
    """End it; months that somebody took stay theirs, and a part that went back ends nothing."""
    gift = await work.load(Gift, cmd.gift_id)
    ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
    if ledger.refundable(cmd.invoice_id, cmd.currency).cents > 0:
        return
    with suppress(GiftSpent):
        gift.take_back(at=clock.now())
    work.save(gift)


async def note_gift_return_failed(cmd: NoteGiftReturnFailed, *, work: Work, clock: Clock) -> None:
    """Note it; a gift that did not end goes on as it was."""
    gift = await work.load(Gift, cmd.gift_id)
    gift.note_return_failed(account_id=cmd.account_id, invoice_id=cmd.invoice_id, at=clock.now())
    work.save(gift)


async def give_months_again(cmd: GiveMonthsAgain, *, work: Work, clock: Clock) -> None:
    """Give them again, if all of their payment is with the house and none is on its way back.

    Raises:
        GiftPaidBack: it went back by another way since, or is on its way.
        GiftPartlyPaidBack: a part of it did, or is.
    """
    await require_administrator(work, cmd.by)
    gift = await work.load(Gift, cmd.gift_id)
    if gift.unreturned is not None:
        account_id, invoice_id = gift.unreturned
        ledger = await work.load(MoneyLedger, money_ledger_id(account_id))
        paid = ledger.paid(invoice_id)
        here = [ledger.refundable(invoice_id, each.currency) for each in paid]
        if not any(each.cents for each in here):
            raise GiftPaidBack("The payment of this gift went back, or is on its way back.")
        if here != paid:
            raise GiftPartlyPaidBack(
                "A part of this gift's payment went back, or is on its way back. "
                "Send back what is left of it, or give months of the house."
            )
    gift.give_again(by=cmd.by, at=clock.now())
    work.save(gift)
