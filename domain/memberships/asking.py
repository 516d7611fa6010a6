"""What people ask of a membership: to begin, to pause, to change the plan, to stop.

Nothing here is so by being asked for; a look at Stripe makes it so
(:mod:`domain.memberships.observing`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.errors import InvalidFields
from domain.fields import require_personal
from domain.foreign_ids import require_foreign_ids
from domain.memberships import events
from domain.memberships.memory import MembershipMemory
from domain.memberships.rules import (
    UNPAID,
    AlreadyTakingPart,
    BackFirst,
    LeaveNotNow,
    MembershipNotLive,
    NotOnLeave,
    PaymentFirst,
    Wish,
)
from domain.memberships.standings import MembershipState
from domain.personal import Personal
from domain.values import Money

_PLAN: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")  # lookup keys of our own prices
_WORD: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")


class Asking(MembershipMemory):
    """What is decided about people's wishes."""

    def open_checkout(
        self, session_id: str, *, plan: str, expires_at: datetime, at: datetime
    ) -> str | None:
        """Remember Stripe's page for the first payment, or for coming back.

        Returns:
            The id of an older page that is still open and has to be expired: there is one at most.

        Raises:
            AlreadyTakingPart: what lives is changed, not begun again.
            InvalidFields: an id or a plan cannot be used.
        """
        require_foreign_ids(session_id=session_id)
        self._must_not_live()
        older = None
        if self.checkout is not None:
            if self.checkout[0] == session_id:
                return None
            older = self.checkout[0] if self.checkout[1] > at else None
            self.record(events.CheckoutClosed, at=at, session_id=self.checkout[0])
        self.record(
            events.CheckoutOpened,
            at=at,
            session_id=session_id,
            plan=usable_plan(plan),
            expires_at=expires_at,
        )
        return older

    def close_checkout(self, session_id: str, *, at: datetime) -> None:
        """Remember that Stripe's page is of no use any more; an unknown one changes nothing."""
        if self.checkout is not None and self.checkout[0] == session_id:
            self.record(events.CheckoutClosed, at=at, session_id=session_id)

    def ask_for_leave(self, *, by: UUID, at: datetime) -> None:
        """Ask for a pause; it begins when Stripe pauses the payments.

        Raises:
            LeaveNotNow: the membership is not paid for at the moment.
            MembershipNotLive: it is, and nothing renews it.
        """
        if self.state is MembershipState.ON_LEAVE and Wish.RETURN not in self.wishes:
            return
        if self.state in UNPAID:
            raise LeaveNotNow(
                "Your last payment did not go through. Mend it first, or write to us; "
                "your groups go on meanwhile."
            )
        if self.state not in {MembershipState.ACTIVE, MembershipState.ON_LEAVE}:
            raise LeaveNotNow("You can take leave once your membership is paid for.")
        self._must_not_run_out()
        if self.will_end:
            raise LeaveNotNow(
                "Your membership is going to end. Stay after all first, then take leave."
            )
        if Wish.LEAVE not in self.wishes:
            self.record(events.LeaveAsked, at=at, by=by)

    def ask_to_return(self, *, by: UUID, at: datetime, agreed: Money | None = None) -> None:
        """Ask to come back from a leave, or take the asking for one back.

        Args:
            by: who asks.
            at: now.
            agreed: what it was shown to cost; it is not done for more. ``None``: for nothing.

        Raises:
            NotOnLeave: there is no leave.
        """
        away = self.state is MembershipState.ON_LEAVE
        if not away and not {Wish.LEAVE, Wish.RETURN} & self.wishes.keys():
            raise NotOnLeave("You are not on leave; there is nothing to end.")
        if Wish.RETURN not in self.wishes:
            self.record(events.ReturnAsked, at=at, by=by, agreed=agreed)

    def ask_for_plan(
        self, plan: str, *, by: UUID, at: datetime, agreed: Sequence[Money] = ()
    ) -> None:
        """Ask to pay by another plan; asking for the present one takes an earlier asking back.

        Args:
            plan: lookup key of the price.
            by: who asks.
            at: now.
            agreed: what it was shown to cost, in each currency; it is not done for another price.

        Raises:
            MembershipNotLive: there is nothing to change, or nothing that renews.
            PaymentFirst: the last payment did not go through.
            BackFirst: it is paused, or about to be; another period would be charged at once.
            InvalidFields: this is no plan.
        """
        self._must_live()
        self._must_not_run_out()
        if self.state in UNPAID:
            raise PaymentFirst(
                "Your last payment did not go through. Mend the card first, then change the plan."
            )
        if self.state is MembershipState.ON_LEAVE or Wish.LEAVE in self.wishes:
            raise BackFirst(
                "Nothing is charged while you are away. Come back, then change the plan."
            )
        if usable_plan(plan) != (self.plan_wanted or self.plan):
            self.record(events.PlanChangeAsked, at=at, plan=plan, by=by, agreed=[*agreed])

    def ask_to_cancel(self, *, by: UUID, reason: Personal[str] | None = None, at: datetime) -> None:
        """Ask to stop at the end of what is paid for; asking twice is one fact.

        Args:
            by: who asks.
            reason: if they like to say; nobody has to.
            at: now.

        Raises:
            MembershipNotLive: there is nothing to stop.
            InvalidFields: the reason cannot be kept.
        """
        self._must_live()
        if reason is not None:
            require_personal(by, reason=reason)
        if not self.will_end:
            self.record(events.CancellationAsked, at=at, by=by, reason=reason)

    def withdraw_cancellation(self, *, by: UUID, at: datetime) -> None:
        """Stay after all; when nothing was going to end, nothing changes.

        Raises:
            MembershipNotLive: it ended already, or cannot renew; it can be begun again.
        """
        self._must_live()
        self._must_not_run_out()
        if self.will_end:
            self.record(events.CancellationWithdrawn, at=at, by=by)

    def give_up_wish(self, wish: Wish, *, why: str, at: datetime) -> None:
        """Remember that Stripe refused what was asked for; the membership stays as it is.

        Args:
            wish: what was asked for; one that nobody has any more changes nothing.
            why: Stripe's word, such as ``card_declined``; never prose.
            at: now.

        Raises:
            InvalidFields: this is no word.
        """
        if not _WORD.fullmatch(why):
            raise InvalidFields(
                why="Use one word of small letters, digits, points and underscores."
            )
        if wish in self.wishes:
            self.record(events.WishNotGranted, at=at, wish=wish, why=why)

    def forget_holder(self, *, at: datetime) -> str | None:
        """End all that is charged, at once: the person was forgotten. Twice changes nothing.

        What is seen to live later was paid by a page that was open still, and is paid back.

        Returns:
            The id of a page that is open, and has to be expired.
        """
        if not self.holder_forgotten:
            self.record(events.HolderForgotten, at=at)
        self._end_all(pay_back=False, at=at)
        if self.checkout is None:
            return None
        session_id, expires_at = self.checkout
        self.record(events.CheckoutClosed, at=at, session_id=session_id)
        return session_id if expires_at > at else None

    def _must_live(self) -> None:
        if self.state is MembershipState.REQUESTED:
            raise MembershipNotLive(
                "Your membership has not begun yet; there is nothing to change."
            )
        if self.state is MembershipState.LAPSED:
            raise MembershipNotLive(
                "Your membership has ended. You can begin again at any time; your papers are here."
            )

    def _must_not_run_out(self) -> None:
        if self.runs_out:
            raise MembershipNotLive(
                "Your membership is paid for, and does not renew any more. Begin again first; "
                "you can do that at any time."
            )

    def _must_not_live(self) -> None:
        if not self.can_begin:
            raise AlreadyTakingPart(
                "You have a membership already; nothing was charged. You can change or mend it."
            )


def usable_plan(plan: str) -> str:
    """Return the lookup key of a price.

    Raises:
        InvalidFields: this is none.
    """
    if not _PLAN.fullmatch(plan):
        raise InvalidFields(plan="Choose one of the plans that are offered.")
    return plan
