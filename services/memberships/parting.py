"""What somebody who was forgotten leaves behind where money is: dues, a scholarship, seats, a card.

Nothing may be charged in the name of a person whom nobody knows any more. The lines of the ledger
and finished invoices stay, as the law asks, and name nobody here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from domain.memberships.membership import Membership
from domain.memberships.rules import LIVE, own_membership_id
from domain.memberships.scholarships import Scholarship, scholarship_id
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.payments.orders import ExpireCheckout
from domain.ports import Clock
from domain.practices.seat_pool import SeatPool
from domain.recording import EventStore
from services.dispatch import Order, Work
from services.effects import Piece
from services.groups.parting import is_forgotten, streams_that_took_in
from services.members.commands import HOUSE
from services.memberships.scholarships import EndScholarship, end_scholarship
from services.payments import ordering

_LEAVE: Final = "leave_practices"
_TAKE_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        SeatPool.Opened.TOPIC: "manager_id",
        SeatPool.ManagerNamed.TOPIC: "member_id",
        SeatPool.Accepted.TOPIC: "member_id",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWithDues:
    """End all that an account pays for, if its payer was forgotten."""

    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWithSupport:
    """End what carried or seated somebody who was forgotten: a scholarship, practices."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWithPractice:
    """End what binds somebody to a practice's seats, if they were forgotten."""

    pool_id: UUID
    member_id: UUID


async def part_with_dues(cmd: PartWithDues, *, work: Work, clock: Clock) -> None:
    """End dues and payment page at once, and let Stripe forget the payer.

    What was paid for and is not used any more is paid back by people, if somebody asks first.
    """
    account = await work.find(BillingAccount, cmd.account_id)
    if account is None or account.payer_kind is not PayerKind.PERSON:
        return
    if await is_forgotten(work, account.payer_id):
        await _end(work, account, clock)


async def part_with_support(cmd: PartWithSupport, *, work: Work, clock: Clock) -> None:
    """End the scholarship, and ask for the search of practices: they stand in the log."""
    if not await is_forgotten(work, cmd.member_id):
        return
    if await work.find(Scholarship, scholarship_id(cmd.member_id)) is not None:
        ends = EndScholarship(member_id=cmd.member_id, by=cmd.member_id)
        await end_scholarship(ends, work=work, clock=clock)
    work.effect(_LEAVE, member_id=str(cmd.member_id))


async def part_with_practice(cmd: PartWithPractice, *, work: Work, clock: Clock) -> None:
    """Free the seat; where nobody looks after the seats any more, their dues run out.

    Those who sit keep what is paid for. Until it ends, whoever looks after the house can let
    somebody else look after the seats, who may then keep them. Name, mail and card that Stripe
    has were the forgotten person's, and go at once.
    """
    if not await is_forgotten(work, cmd.member_id):
        return
    now = clock.now()
    pool = await work.load(SeatPool, cmd.pool_id)
    managed = cmd.member_id in pool.managers
    pool.part_with(cmd.member_id, by=HOUSE, at=now)
    work.save(pool)
    if managed and not pool.managers:
        await _let_run_out(work, pool, clock)


def performers(
    store: EventStore, dispatch: Callable[[object, Order], Awaitable[object]]
) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who ends what binds a forgotten member to practices."""

    async def leave(piece: Piece) -> None:
        member_id = UUID(piece.payload["member_id"])
        for pool_id in await streams_that_took_in(store, member_id, _TAKE_IN):
            command = PartWithPractice(pool_id=pool_id, member_id=member_id)
            await dispatch(command, Order(command_id=uuid5(piece.key[0], f"leave:{pool_id}")))

    return {_LEAVE: leave}


async def _end(work: Work, account: BillingAccount, clock: Clock) -> None:
    now = clock.now()
    account.forget_payer(at=now)
    ordering.order(work, ordering.of_account(account))
    membership = await work.find(Membership, own_membership_id(account.payer_id))
    if membership is not None:
        page = membership.forget_holder(at=now)
        ordering.order(work, ordering.of_membership(membership))
        if page is not None:
            ordering.order(work, [ExpireCheckout(membership.id, page)])
        work.save(membership)
    work.save(account)


async def _let_run_out(work: Work, pool: SeatPool, clock: Clock) -> None:
    now = clock.now()
    account = await work.load(BillingAccount, billing_account_id(pool.practice_id))
    account.forget_payer(at=now)
    ordering.order(work, ordering.of_account(account))
    work.save(account)
    membership = await work.find(Membership, own_membership_id(pool.practice_id))
    if membership is None:
        return
    if membership.state in LIVE:
        membership.ask_to_cancel(by=HOUSE, at=now)
        ordering.order(work, ordering.of_membership(membership))
    if membership.checkout is not None:
        session_id, _ = membership.checkout
        membership.close_checkout(session_id, at=now)
        ordering.order(work, [ExpireCheckout(membership.id, session_id)])
    work.save(membership)
