"""What was paid once, carried out: a fund is fed, months are given; and undone when it went back.

The page somebody returns to, the message about the invoice and reconciliation all come through
here, with the same command for the same payment: whoever is first, it is done once.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from domain.memberships.funds import Fund
from domain.money.billing_accounts import BillingAccount
from domain.money.facts import MoneyFact, MoneyKind, is_lost, key_of
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.checkouts import Purchase, Purpose
from domain.payments.news import News, UnknownPayer
from domain.recording import EventStore
from services.dispatch import Dispatcher, Order, Work
from services.memberships.gifts import GiveMonths, NoteGiftReturnFailed, TakeGiftBack
from services.memberships.scholarships import FeedFund, TakeFromFund

_PURCHASES: Final = UUID("4a3e5a1d-3a52-5f0e-8f0c-52a6c5f9d6b7")
_WENT_BACK: Final = frozenset({MoneyKind.REFUND_DONE, MoneyKind.REFUND_EXTERNAL})


class Purchases:
    """Carries out what was paid once.

    Args:
        dispatch: takes commands.
        store: tells whose an account is.
    """

    def __init__(self, dispatch: Dispatcher, store: EventStore) -> None:
        self._dispatch = dispatch
        self._store = store

    async def take(self, news: News) -> None:
        """Take what some news say about something that was paid once; of dues they say nothing.

        The facts themselves must be in the ledger before.

        Raises:
            UnknownPayer: nobody here is known to have paid it, or not yet.
            NotFound: there is no such fund, or the gift is not given yet.
            FundTooLow: what went back is promised already; the house has to fill the gap first.
        """
        purchase = news.purchase
        if purchase is None or news.foreign is not None:
            return
        for kind, fact in news.facts:
            if kind is MoneyKind.INVOICE_PAID:
                await self.carry_out(purchase)
            elif kind in _WENT_BACK or is_lost(kind, fact):
                await self._undo(purchase, fact)
            elif kind is MoneyKind.REFUND_FAILED:
                await self._redo(purchase, fact)

    async def carry_out(self, purchase: Purchase) -> None:
        """Feed the fund, or give the months; twice is once."""
        command: object
        if purchase.purpose is Purpose.FUND:
            command = FeedFund(
                fund_id=purchase.subject_id, key=purchase.invoice_id, amount=purchase.paid
            )
        else:
            command = GiveMonths(
                gift_id=purchase.subject_id,
                months=purchase.quantity,
                giver_id=await self._giver(purchase),
            )
        await self._order(command, f"{purchase.invoice_id}/paid")

    async def _undo(self, purchase: Purchase, fact: MoneyFact) -> None:
        """Undo what was paid, unless it is known already that its return failed."""
        command: object
        if await self._came_again(purchase, fact):
            return
        if purchase.purpose is Purpose.FUND:
            command = TakeFromFund(
                fund_id=purchase.subject_id, key=fact.object_id, amount=fact.amount
            )
        else:
            command = TakeGiftBack(
                gift_id=purchase.subject_id,
                account_id=_payer(purchase),
                invoice_id=purchase.invoice_id,
                currency=fact.amount.currency,
            )
        await self._order(command, f"{fact.object_id}/went-back")

    async def _redo(self, purchase: Purchase, fact: MoneyFact) -> None:
        """Take money in again whose return failed; months that ended wait for a person to decide.

        A return may fail before it was ever done; what never left the fund does not come again.
        """
        key = f"{fact.object_id}/failed"
        if purchase.purpose is Purpose.MONTHS:
            noted = NoteGiftReturnFailed(
                gift_id=purchase.subject_id,
                account_id=_payer(purchase),
                invoice_id=purchase.invoice_id,
            )
            await self._order(noted, key)
            return
        fund = await Work(self._store, _PURCHASES).find(Fund, purchase.subject_id)
        if fund is not None and fact.object_id in fund.returned:
            feed = FeedFund(fund_id=purchase.subject_id, key=key, amount=fact.amount)
            await self._order(feed, key)

    async def _came_again(self, purchase: Purchase, fact: MoneyFact) -> bool:
        if purchase.account_id is None:
            return False
        ledger_id = money_ledger_id(purchase.account_id)
        ledger = await Work(self._store, _PURCHASES).find(MoneyLedger, ledger_id)
        return ledger is not None and key_of(MoneyKind.REFUND_FAILED, fact) in ledger.lines

    async def _giver(self, purchase: Purchase) -> UUID:
        work = Work(self._store, _PURCHASES)
        account = await work.find(BillingAccount, _payer(purchase))
        if account is None:
            raise UnknownPayer("There is no such account here, or not yet.")
        return account.payer_id

    async def _order(self, command: object, key: str) -> None:
        await self._dispatch(command, Order(command_id=uuid5(_PURCHASES, key)))


def _payer(purchase: Purchase) -> UUID:
    if purchase.account_id is None:
        raise UnknownPayer("The invoice does not say who paid it; look at it at the service.")
    return purchase.account_id
