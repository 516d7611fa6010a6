"""Commands about who pays and what happened with their money; nothing here speaks with Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.currencies import minor_places
from domain.errors import NotAllowed
from domain.members import Member
from domain.money_facts import MoneyFact, MoneyKind
from domain.money_ledger import MoneyLedger, money_ledger_id
from domain.ports import Clock
from domain.seat_pools import SeatPool, seat_pool_id
from domain.values import Money
from services.dispatch import Work
from services.members import require_administrator
from services.payments import ordering

ALONE_UP_TO: Final = 100  # whole units of a currency: what one person may order to be paid back


class PayerOnly(NotAllowed):
    """People pay for themselves, or for the practice whose seats they look after."""

    code = "billing_account.payer_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPractice:
    """Begin a practice that would like to pay for people; whoever begins it looks after it."""

    practice_id: UUID
    name: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCustomer:
    """Remember under which id Stripe knows a payer."""

    account_id: UUID
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMoney:
    """Take a fact about money in, once, whoever brings it."""

    account_id: UUID
    kind: MoneyKind
    fact: MoneyFact


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


async def open_practice(cmd: OpenPractice, *, work: Work, clock: Clock) -> None:
    """Begin a practice with its pool of seats and its account."""
    await work.load(Member, cmd.by)
    await work.require_new(seat_pool_id(cmd.practice_id))
    pool = SeatPool.open(cmd.practice_id, name=cmd.name, manager_id=cmd.by, at=clock.now())
    work.save(pool, await account_of(work, PayerKind.PRACTICE, cmd.practice_id, clock))


async def link_customer(cmd: LinkCustomer, *, work: Work, clock: Clock) -> None:
    """Remember Stripe's id of a payer."""
    account = await work.load(BillingAccount, cmd.account_id)
    account.link_customer(cmd.customer_id, at=clock.now())
    work.save(account)


async def note_money(cmd: NoteMoney, *, work: Work, clock: Clock) -> None:
    """Take a fact in; the ledger begins with the first one."""
    account = await work.load(BillingAccount, cmd.account_id)
    ledger = await work.find(MoneyLedger, money_ledger_id(account.id))
    ledger = ledger or MoneyLedger.open(account.id, at=clock.now())
    ledger.note(cmd.kind, cmd.fact, at=clock.now())
    work.save(ledger)


async def ask_refund(cmd: AskRefund, *, work: Work, clock: Clock) -> None:
    """Order a refund; it is carried out by the worker, as a credit note."""
    await require_administrator(work, cmd.by)
    ledger = await work.load(MoneyLedger, money_ledger_id(cmd.account_id))
    currency = cmd.amount.currency
    ledger.ask_refund(
        cmd.order_id,
        invoice_id=cmd.invoice_id,
        amount=cmd.amount,
        reason=cmd.reason,
        by=cmd.by,
        second_id=None,
        alone_up_to=Money(ALONE_UP_TO * 10 ** minor_places(currency), currency),
        at=clock.now(),
    )
    ordering.order(work, ordering.of_ledger(ledger))
    work.save(ledger)


async def account_of(work: Work, kind: PayerKind, payer_id: UUID, clock: Clock) -> BillingAccount:
    """Return a payer's account, a new one if there is none; the caller saves it."""
    known = await work.find(BillingAccount, billing_account_id(payer_id))
    return known or BillingAccount.open(payer_kind=kind, payer_id=payer_id, at=clock.now())


async def require_payer(work: Work, kind: PayerKind, payer_id: UUID, *, by: UUID) -> None:
    """Refuse everybody but the person themselves, or those who look after the practice.

    Raises:
        NotFound: there is no such member, or no such practice.
        PayerOnly: somebody else asks.
    """
    if kind is PayerKind.PERSON:
        await work.load(Member, payer_id)
        allowed = {payer_id}
    else:
        allowed = (await work.load(SeatPool, seat_pool_id(payer_id))).managers
    if by not in allowed:
        raise PayerOnly("You can pay for yourself, or for a practice whose seats you look after.")
