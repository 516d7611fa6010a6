"""The wishes people have about memberships, and the refusals that speak for their rules."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from domain.errors import DomainError, Stale
from domain.memberships.observations import Observation
from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import billing_account_id

_MEMBERSHIPS: Final = UUID("a9f0a7de-5d0c-5c39-8d0e-6f7a3f0b5f31")

LIVE: Final = frozenset(
    {
        MembershipState.TRIAL,
        MembershipState.ACTIVE,
        MembershipState.GRACE,
        MembershipState.NARROWED,
        MembershipState.ON_LEAVE,
    }
)
UNPAID: Final = frozenset({MembershipState.GRACE, MembershipState.NARROWED})


class AlreadyTakingPart(DomainError):
    """A membership that lives is changed, not begun a second time."""

    code = "membership.already_taking_part"


class MembershipNotLive(DomainError):
    """There is nothing to change: the membership has not begun, or has lapsed."""

    code = "membership.not_live"


class PaymentFirst(DomainError):
    """While a payment is missing, the card is mended before anything else changes."""

    code = "membership.payment_first"


class LeaveNotNow(DomainError):
    """A leave begins from a membership that is paid for."""

    code = "membership.leave_not_now"


class BackFirst(DomainError):
    """While nothing is charged, nothing changes by which more would be: first one comes back."""

    code = "membership.back_first"


class NotOnLeave(DomainError):
    """Nobody comes back who is not away."""

    code = "membership.not_on_leave"


class NoSuchQuestion(Stale):
    """Nothing about this subscription waits for a person to understand it."""

    code = "membership.no_such_question"


NOT_CONFIRMED: Final = "payment_not_confirmed"  # why a plan that waited did not come
PAID_MEANWHILE: Final = "paid_meanwhile"  # why it could not be taken back


class Wish(StrEnum):
    """What a person asked for and Stripe has yet to do."""

    LEAVE = "leave"
    RETURN = "return"
    PLAN = "plan"
    CANCEL = "cancel"
    KEEP = "keep"


def fulfilled(observation: Observation, plan_wanted: str | None) -> set[Wish]:
    """Return the wishes that are so, as far as a look can tell.

    Args:
        observation: begun after the wish was made; an earlier one says nothing about it.
        plan_wanted: the plan that was asked for, if one was.
    """
    away = observation.status == "paused" and observation.paused_for == "pause_requested"
    ends = observation.ends_at_period_end or observation.is_over
    done = {Wish.LEAVE if away else Wish.RETURN, Wish.CANCEL if ends else Wish.KEEP}
    has_plan = observation.price == plan_wanted and observation.plan_waits is None
    return done | {Wish.PLAN} if has_plan else done


def membership_id(account_id: UUID, holder_id: UUID) -> UUID:
    """Return the id of the one membership that an account pays for a holder.

    One stream for both means that there can never be two that live: whoever comes back after
    years goes on where they stopped.

    Args:
        account_id: who pays.
        holder_id: the person who takes part, or the practice whose seats are paid for.
    """
    return uuid5(_MEMBERSHIPS, f"{account_id}/{holder_id}")


def own_membership_id(payer_id: UUID) -> UUID:
    """Return the id of the membership that a person, or a practice, pays for themselves."""
    return membership_id(billing_account_id(payer_id), payer_id)
