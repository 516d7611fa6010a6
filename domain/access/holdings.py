"""All that one person's access can come from, as its streams stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.access.grants import (
    by_first_meeting,
    by_gift,
    by_membership,
    by_open_house,
    by_scholarship,
    by_seat,
    by_staff,
)
from domain.access.union import Access, Grant, GrantKind, access_of
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.scholarships import Scholarship
from domain.practices.seat_pool import SeatPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that one person's access can come from.

    Attributes:
        member_id: whose.
        memberships: their own, paid by themselves or by somebody else.
        seats: practices' pools, each with the membership by which the practice pays.
        scholarship: if they ever asked for one.
        gifts: months that they took.
        staff: from when they worked for the house, or did not any more.
        takes_dues: whether the house does; where it does not, everything is open to everybody.
        turned_away: when they could not check in.
        first_meeting_is_free: whether everybody is given one.
        first_meeting_at: when it was noted that they attended a meeting for the first time.
    """

    member_id: UUID
    memberships: Sequence[Membership] = ()
    seats: Sequence[tuple[SeatPool, Membership]] = ()
    scholarship: Scholarship | None = None
    gifts: Sequence[Gift] = ()
    staff: Sequence[tuple[datetime, bool]] = ()
    takes_dues: bool = True
    turned_away: Sequence[datetime] = ()
    first_meeting_is_free: bool = False
    first_meeting_at: datetime | None = None

    def access(self) -> Access:
        """Return what all of it comes to."""
        return access_of(self._grants())

    def _grants(self) -> list[Grant]:
        grants = [by_membership(each) for each in self.memberships]
        grants += [by_seat(pool, practice, self.member_id) for pool, practice in self.seats]
        grants += [by_gift(each) for each in self._own_gifts()]
        if self.scholarship is not None:
            grants.append(by_scholarship(self.scholarship))
        if self.staff:
            grants.append(by_staff(self.staff))
        if self.first_meeting_is_free:
            grants.append(by_first_meeting(self.first_meeting_at))
        if not self.takes_dues:
            grants.append(by_open_house())
        return grants

    def without_gifts_of_the_house(self) -> Access:
        """Return what access would be but for what the house gives everybody."""
        kinds = {GrantKind.FIRST_MEETING, GrantKind.OPEN_HOUSE}
        return access_of(each for each in self._grants() if each.kind not in kinds)

    def without_own_dues(self) -> Access:
        """Return what access would be without memberships, and without what everybody is given."""
        others = replace(self, memberships=())
        return others.without_gifts_of_the_house()

    def _own_gifts(self) -> list[Gift]:
        return [each for each in self.gifts if each.redeemed and each.redeemed[0] == self.member_id]
