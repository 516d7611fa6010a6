"""Settling what is stuck, wherever somebody says so: an order about money goes on two records.

The list of stuck things and the terminal know an order to the payment service by its key alone. So
what it was about is looked up in the queue as it is settled, and the account's record and ledger
are told in the same decision: the amount of a refund that will never happen is free again.
"""

from __future__ import annotations

from uuid import UUID

from domain.memberships.membership import Membership
from domain.payments.files import OrderRow
from domain.payments.orders import ForgetPayer, PayBack, PaymentOrder
from domain.ports import Clock
from domain.troubles import Place
from services import troubles
from services.dispatch import Handler, Work
from services.money.desk_records import OrdersInQueue, SettleOrder, settle_order
from services.troubles import SettleTrouble


async def no_orders(_: UUID) -> OrderRow | None:
    """Return what a house without a queue knows of an order: nothing."""
    return None


def settle_trouble(orders: OrdersInQueue) -> Handler:
    """Return how something stuck is settled.

    Args:
        orders: finds an order that waits in the queue by its key.
    """

    async def handle(cmd: SettleTrouble, *, work: Work, clock: Clock) -> None:
        """Record how it was dealt with; of an order about money with its account, too."""
        row = await _order(orders, cmd)
        account_id = None if row is None else await _account_of(work, row.order)
        if row is None or account_id is None:
            await troubles.settle_trouble(cmd, work=work, clock=clock)
            return
        settles = SettleOrder(
            account_id=account_id,
            effect_id=row.effect_id,
            refund_order_id=row.refund_order_id,
            problem=cmd.problem,
            reason=cmd.reason,
            by=cmd.by,
        )
        await settle_order(orders)(settles, work=work, clock=clock)

    return handle


async def _order(orders: OrdersInQueue, cmd: SettleTrouble) -> OrderRow | None:
    if cmd.place is not Place.OUTBOX:
        return None
    try:
        effect_id = UUID(cmd.key)
    except ValueError:
        return None
    return await orders(effect_id)


async def _account_of(work: Work, order: PaymentOrder | None) -> UUID | None:
    match order:
        case None:
            return None
        case PayBack(account_id=account_id) | ForgetPayer(account_id=account_id):
            return account_id
        case _:
            membership = await work.find(Membership, order.membership_id)
            return None if membership is None else membership.account_id
