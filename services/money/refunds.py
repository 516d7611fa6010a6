"""Commands about paying back: one person alone up to a limit, two people above it.

A refund is ordered with its reason and carried out by the worker, as a credit note at Stripe.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.memberships.membership import Membership
from domain.money.billing_accounts import BillingAccount
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.money.refunds import RefundLimits
from domain.ports import Clock
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.values import Money
from services.dispatch import Work
from services.members.commands import require_administrator
from services.payments import ordering

STANDARD_LIMITS: Final = RefundLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRefund:
    """Order that something be paid back, up to what one person may order.

    Attributes:
        account_id: whose money.
        order_id: ours; goes to Stripe, so that the refund finds its order.
        invoice_id: what was paid.
        amount: at most what can still be paid back.
        reason: a word.
        by: an administrator.
    """

    account_id: UUID
    order_id: str
    invoice_id: str
    amount: Money
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeRefund:
    """Propose a refund to which another administrator has to agree; as :class:`AskRefund`."""

    account_id: UUID
    order_id: str
    invoice_id: str
    amount: Money
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeToRefund:
    """Agree to what another administrator proposed; it is ordered by that."""

    account_id: UUID
    order_id: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRefundProposal:
    """Decide that what was proposed is not paid back."""

    account_id: UUID
    order_id: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOwnRefund:
    """Note what the house is about to pay back by itself, before it does."""

    membership_id: UUID
    order_id: str
    invoice_id: str
    amount: Money
    reason: str


def ask_refund(limits: RefundLimits) -> Callable[..., Awaitable[None]]:
    """Return how one person orders a refund.

    Args:
        limits: how much; nothing at all where the money is their own.
    """

    async def handle(cmd: AskRefund, *, work: Work, clock: Clock) -> None:
        """Order a refund; it is carried out by the worker, as a credit note."""
        await require_administrator(work, cmd.by)
        ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
        ledger.ask_refund(
            cmd.order_id,
            invoice_id=cmd.invoice_id,
            amount=cmd.amount,
            reason=cmd.reason,
            by=cmd.by,
            second_id=None,
            alone_up_to=await _alone_up_to(work, limits, cmd),
            at=clock.now(),
        )
        _save(work, ledger)

    return handle


async def propose_refund(cmd: ProposeRefund, *, work: Work, clock: Clock) -> None:
    """Propose a refund; nothing is ordered until somebody else agrees."""
    await require_administrator(work, cmd.by)
    ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
    ledger.propose_refund(
        cmd.order_id,
        invoice_id=cmd.invoice_id,
        amount=cmd.amount,
        reason=cmd.reason,
        by=cmd.by,
        at=clock.now(),
    )
    work.save(ledger)


async def agree_to_refund(cmd: AgreeToRefund, *, work: Work, clock: Clock) -> None:
    """Agree to a proposal; whoever proposed it must be an administrator still."""
    await require_administrator(work, cmd.by)
    ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
    proposal = ledger.proposals.get(cmd.order_id)
    if proposal is not None:
        await require_administrator(work, proposal.by)
    ledger.agree_to_refund(cmd.order_id, by=cmd.by, at=clock.now())
    _save(work, ledger)


async def drop_refund_proposal(cmd: DropRefundProposal, *, work: Work, clock: Clock) -> None:
    """Drop a proposal, one's own or somebody else's."""
    await require_administrator(work, cmd.by)
    ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
    ledger.drop_refund_proposal(cmd.order_id, by=cmd.by, at=clock.now())
    work.save(ledger)


async def note_own_refund(cmd: NoteOwnRefund, *, work: Work, clock: Clock) -> None:
    """Note it; the order is being carried out already, so none is given."""
    membership = await work.load(Membership, cmd.membership_id)
    known = await work.find(MoneyLedger, money_ledger_id(membership.account_id))
    ledger = known or MoneyLedger.open(membership.account_id, at=clock.now())
    ledger.refund_by_itself(
        cmd.order_id,
        invoice_id=cmd.invoice_id,
        amount=cmd.amount,
        reason=cmd.reason,
        at=clock.now(),
    )
    work.save(ledger)


async def alone_up_to(
    work: Work, limits: RefundLimits, payer_id: UUID, *, by: UUID, currency: str
) -> Money:
    """Return how much of a payer's money one administrator may pay back without somebody else.

    Of their own, and of a practice whose seats they look after, it is nothing.
    """
    pool = await work.find(SeatPool, seat_pool_id(payer_id))  # of a person there is none
    is_own = payer_id == by or (pool is not None and by in pool.managers)
    return Money(0, currency) if is_own else limits.alone_up_to(currency)


async def _alone_up_to(work: Work, limits: RefundLimits, cmd: AskRefund) -> Money:
    account = await work.load(BillingAccount, cmd.account_id)
    return await alone_up_to(
        work, limits, account.payer_id, by=cmd.by, currency=cmd.amount.currency
    )


def _save(work: Work, ledger: MoneyLedger) -> None:
    ordering.order(work, ordering.of_ledger(ledger))
    work.save(ledger)
