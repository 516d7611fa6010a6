"""Commands about memberships: what people ask for, and what looks at Stripe and time say.

What is asked for becomes an event, and an order to Stripe is stored with it. Nothing here speaks
with Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import NotAllowed
from domain.memberships.membership import Membership
from domain.memberships.observations import Observation
from domain.memberships.rules import LIVE, Wish, membership_id
from domain.money.billing_accounts import BillingAccount, PayerKind
from domain.payments.orders import ExpireCheckout
from domain.personal import Personal
from domain.ports import Clock
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.values import Money
from services.dispatch import Work
from services.money.billing import account_of, require_payer
from services.payments import ordering


class MembershipOfAnother(NotAllowed):
    """Only who takes part or pays decides about a membership."""

    code = "membership.not_yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMembership:
    """Ask to take part; for oneself, or for the practice whose seats one looks after."""

    payer_kind: PayerKind
    payer_id: UUID
    plan: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCheckout:
    """Remember the page on which the first payment waits, and for whom it was made."""

    membership_id: UUID
    session_id: str
    plan: str
    expires_at: datetime
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveSubscription:
    """Take what a refetch of a subscription said, whoever made us look."""

    membership_id: UUID
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class TickMembership:
    """Let time do its part in one membership."""

    membership_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForLeave:
    """Ask for a pause of a membership."""

    membership_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToReturn:
    """Ask to come back for what was shown, or take the asking for a leave back for nothing."""

    membership_id: UUID
    by: UUID
    agreed: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForPlan:
    """Ask for another plan, at the price that was shown, in each of its currencies."""

    membership_id: UUID
    plan: str
    by: UUID
    agreed: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToCancel:
    """Ask to stop at the end of what is paid for; a reason may be given."""

    membership_id: UUID
    reason: str | None
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCancellation:
    """Stay after all."""

    membership_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpWish:
    """Remember that Stripe refused what was asked for."""

    membership_id: UUID
    wish: Wish
    why: str


async def request_membership(cmd: RequestMembership, *, work: Work, clock: Clock) -> None:
    """Begin a membership, with the account that pays for it; asking again changes nothing."""
    await require_payer(work, cmd.payer_kind, cmd.payer_id, by=cmd.by)
    account = await account_of(work, cmd.payer_kind, cmd.payer_id, clock)
    known = await work.find(Membership, membership_id(account.id, cmd.payer_id))
    if known is None:
        known = Membership.request(
            account_id=account.id, holder_id=cmd.payer_id, plan=cmd.plan, at=clock.now()
        )
    work.save(account, known)


async def note_checkout(cmd: NoteCheckout, *, work: Work, clock: Clock) -> None:
    """Remember the open page; an older one that is still open is expired by the worker."""
    membership = await work.load(Membership, cmd.membership_id)
    older = membership.open_checkout(
        cmd.session_id, plan=cmd.plan, expires_at=cmd.expires_at, at=clock.now()
    )
    if cmd.customer_id is not None:
        account = await work.load(BillingAccount, membership.account_id)
        account.link_customer(cmd.customer_id, at=clock.now())
        work.save(account)
    if older is not None:
        ordering.order(work, [ExpireCheckout(membership.id, older)])
    work.save(membership)


async def observe_subscription(cmd: ObserveSubscription, *, work: Work, clock: Clock) -> None:
    """Take a look at Stripe in; a practice's seats follow the number that is paid for.

    A subscription of another customer than the account's is a question for a person: nothing it
    says counts, and nothing that stands changes.
    """
    membership = await work.load(Membership, cmd.membership_id)
    account = await work.load(BillingAccount, membership.account_id)
    seen, now = cmd.observation, clock.now()
    if seen.customer_id in account.former_customers:
        pass  # what a deleted customer had ends truly, and brings nobody back
    elif account.customer_id is None:
        account.link_customer(seen.customer_id, at=now)
    elif account.customer_id != seen.customer_id:
        membership.wonder_whose(seen, at=now)
        work.save(membership)
        return
    membership.observe(seen, at=now)
    _save(work, membership)
    work.save(account)
    counts = membership.observed
    if account.payer_kind is PayerKind.PRACTICE and counts is not None:
        pool = await work.load(SeatPool, seat_pool_id(account.payer_id))
        # Stripe may give up before our own days are over, or before somebody pays after all:
        # until then everybody keeps their seat
        paid_for = 0 if counts.is_over and membership.state not in LIVE else counts.quantity
        newest = max(each.observed_at for each in membership.seen.values())
        pool.observe_count(paid_for, observed_at=newest, at=now)
        work.save(pool)


async def tick_membership(cmd: TickMembership, *, work: Work, clock: Clock) -> None:
    """Let time do its part."""
    membership = await work.load(Membership, cmd.membership_id)
    membership.tick(at=clock.now())
    _save(work, membership)


async def ask_for_leave(cmd: AskForLeave, *, work: Work, clock: Clock) -> None:
    """Ask for a pause."""
    membership = await _own(work, cmd.membership_id, cmd.by)
    membership.ask_for_leave(by=cmd.by, at=clock.now())
    _save(work, membership)


async def ask_to_return(cmd: AskToReturn, *, work: Work, clock: Clock) -> None:
    """Ask to come back."""
    membership = await _own(work, cmd.membership_id, cmd.by)
    membership.ask_to_return(by=cmd.by, at=clock.now(), agreed=cmd.agreed)
    _save(work, membership)


async def ask_for_plan(cmd: AskForPlan, *, work: Work, clock: Clock) -> None:
    """Ask for another plan."""
    membership = await _own(work, cmd.membership_id, cmd.by)
    membership.ask_for_plan(cmd.plan, by=cmd.by, agreed=cmd.agreed, at=clock.now())
    _save(work, membership)


async def ask_to_cancel(cmd: AskToCancel, *, work: Work, clock: Clock) -> None:
    """Ask to stop."""
    membership = await _own(work, cmd.membership_id, cmd.by)
    reason = None if cmd.reason is None else Personal(cmd.by, cmd.reason)
    membership.ask_to_cancel(by=cmd.by, reason=reason, at=clock.now())
    _save(work, membership)


async def withdraw_cancellation(cmd: WithdrawCancellation, *, work: Work, clock: Clock) -> None:
    """Stay after all."""
    membership = await _own(work, cmd.membership_id, cmd.by)
    membership.withdraw_cancellation(by=cmd.by, at=clock.now())
    _save(work, membership)


async def give_up_wish(cmd: GiveUpWish, *, work: Work, clock: Clock) -> None:
    """Remember that Stripe refused."""
    membership = await work.load(Membership, cmd.membership_id)
    membership.give_up_wish(cmd.wish, why=cmd.why, at=clock.now())
    _save(work, membership)


def _save(work: Work, membership: Membership) -> None:
    """Hand over what was decided, with what it calls for at Stripe."""
    ordering.order(work, ordering.of_membership(membership))
    work.save(membership)


async def _own(work: Work, stream_id: UUID, by: UUID) -> Membership:
    """Return a membership to whoever takes part by it, pays for it, or looks after its seats."""
    membership = await work.load(Membership, stream_id)
    account = await work.load(BillingAccount, membership.account_id)
    may_decide = {membership.holder_id, account.payer_id}
    pool = await work.find(SeatPool, seat_pool_id(account.payer_id))
    if pool is not None:
        may_decide |= pool.managers
    if by not in may_decide:
        raise MembershipOfAnother("Only who takes part or pays can change this membership.")
    return membership
