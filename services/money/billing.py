"""Commands about who pays and what happened with their money; nothing here speaks with Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.errors import NotAllowed
from domain.members.member import Member
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.money.facts import MoneyFact, MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.ports import Clock
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Work


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
class NoteCustomerGone:
    """Remember that Stripe was seen to know a customer no more."""

    account_id: UUID
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMoney:
    """Take a fact about money in, once, whoever brings it."""

    account_id: UUID
    kind: MoneyKind
    fact: MoneyFact


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


async def note_customer_gone(cmd: NoteCustomerGone, *, work: Work, clock: Clock) -> None:
    """Let a payer become another customer with their next payment."""
    account = await work.load(BillingAccount, cmd.account_id)
    account.lose_customer(cmd.customer_id, at=clock.now())
    work.save(account)


async def note_money(cmd: NoteMoney, *, work: Work, clock: Clock) -> None:
    """Take a fact in; the ledger begins with the first one."""
    account = await work.load(BillingAccount, cmd.account_id)
    ledger = await work.find(MoneyLedger, money_ledger_id(account.id))
    ledger = ledger or MoneyLedger.open(account.id, at=clock.now())
    ledger.note(cmd.kind, cmd.fact, at=clock.now())
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
