"""Commands of the administrator's desk for money: look now, replay, try again, settle.

Each leaves who wanted it on record first; what it asks for is done by the worker, or by the page
right after.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.memberships.membership import Membership
from domain.money.billing_accounts import BillingAccount
from domain.money.desk_records import NOBODYS, DeskRecord, desk_record_id
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.files import OrderRow
from domain.ports import Clock
from domain.troubles import NotStuck, Place, Trouble, trouble_id
from services.dispatch import Handler, Work
from services.members.commands import require_administrator
from services.troubles import SettleTrouble, TryAgain, settle_trouble, try_again

REPLAY: Final = "replay_payment_message"

OrdersInQueue = Callable[[UUID], Awaitable[OrderRow | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLook:
    """Record that an administrator wants a subscription to be fetched anew."""

    account_id: UUID
    subscription_id: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReplay:
    """Have a message of the payment service handled once more, fetched anew if it never came.

    Attributes:
        account_id: whose money it is about; ``None`` where nobody knows.
        message_id: the service's.
        by: an administrator.
    """

    account_id: UUID | None
    message_id: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOrderAgain:
    """Have a stuck order tried again; *problem* is what stood in its way."""

    account_id: UUID
    effect_id: UUID
    problem: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleOrder:
    """Say that a stuck order was dealt with in another way; it is not carried out.

    Attributes:
        account_id: whose money.
        effect_id: the order.
        refund_order_id: of a refund, its order in the ledger: it holds nothing back any more.
        problem: what stood in its way.
        reason: what was done about it.
        by: an administrator.
    """

    account_id: UUID
    effect_id: UUID
    refund_order_id: str | None
    problem: str
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleQuestion:
    """Say that a person looked into what the payment service said and nobody understood."""

    membership_id: UUID
    subscription_id: str
    by: UUID


async def order_look(cmd: OrderLook, *, work: Work, clock: Clock) -> None:
    """Record who wants to look."""
    record = await _record(work, cmd.account_id, cmd.by, clock)
    record.order_look(cmd.subscription_id, by=cmd.by, at=clock.now())
    work.save(record)


async def order_replay(cmd: OrderReplay, *, work: Work, clock: Clock) -> None:
    """Record who wants it, and ask the worker."""
    record = await _record(work, cmd.account_id, cmd.by, clock)
    record.order_replay(cmd.message_id, by=cmd.by, at=clock.now())
    work.save(record)
    work.effect(REPLAY, message_id=cmd.message_id)


async def try_order_again(cmd: TryOrderAgain, *, work: Work, clock: Clock) -> None:
    """Record it with the account, and do what is done with everything stuck."""
    record = await _record(work, cmd.account_id, cmd.by, clock)
    record.try_order_again(cmd.effect_id, by=cmd.by, at=clock.now())
    work.save(record)
    again = TryAgain(place=Place.OUTBOX, key=str(cmd.effect_id), problem=cmd.problem, by=cmd.by)
    await try_again(again, work=work, clock=clock)


def settle_order(orders: OrdersInQueue) -> Handler:
    """Return how a stuck order is settled.

    Args:
        orders: finds an order that waits in the queue by its key.
    """

    async def handle(cmd: SettleOrder, *, work: Work, clock: Clock) -> None:
        """Settle it, if it is stuck.

        Raises:
            NotStuck: it is not, or somebody has it tried again.
        """
        await require_administrator(work, cmd.by)
        # Known before the queue is asked: who orders another try meanwhile is not overlooked.
        await work.find(Trouble, trouble_id(Place.OUTBOX, str(cmd.effect_id)))
        row = await orders(cmd.effect_id)
        if row is None or not row.stuck:
            raise NotStuck(
                "This is not stuck any more, or somebody has it tried again. "
                "Look at it anew before you settle it."
            )
        await _settle(cmd, work=work, clock=clock)

    return handle


async def _settle(cmd: SettleOrder, *, work: Work, clock: Clock) -> None:
    """Record it with the account, free what a refund held back, and take it off the list."""
    record = await _record(work, cmd.account_id, cmd.by, clock)
    record.settle_order(cmd.effect_id, by=cmd.by, at=clock.now())
    work.save(record)
    if cmd.refund_order_id is not None:
        ledger = await work.find(MoneyLedger, money_ledger_id(cmd.account_id))
        if ledger is not None:  # the house's own refund is told as it is sent, and not before
            ledger.give_up_refund(cmd.refund_order_id, by=cmd.by, at=clock.now())
            work.save(ledger)
    settled = SettleTrouble(
        place=Place.OUTBOX,
        key=str(cmd.effect_id),
        problem=cmd.problem,
        reason=cmd.reason,
        by=cmd.by,
    )
    await settle_trouble(settled, work=work, clock=clock)


async def settle_question(cmd: SettleQuestion, *, work: Work, clock: Clock) -> None:
    """Take a question off the list; the last answer goes on standing."""
    await require_administrator(work, cmd.by)
    membership = await work.load(Membership, cmd.membership_id)
    membership.settle_question(cmd.subscription_id, by=cmd.by, at=clock.now())
    work.save(membership)


async def _record(work: Work, account_id: UUID | None, by: UUID, clock: Clock) -> DeskRecord:
    """Return the record of an account; the caller saves it.

    Raises:
        NotAllowed: somebody else than an administrator asks.
        NotFound: there is no such account.
    """
    await require_administrator(work, by)
    if account_id is not None:
        await work.load(BillingAccount, account_id)
    about = account_id or NOBODYS
    known = await work.find(DeskRecord, desk_record_id(about))
    return known or DeskRecord.open(about, at=clock.now())
