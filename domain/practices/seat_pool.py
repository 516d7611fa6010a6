"""Seats: a practice pays for a number of people, and gives each seat to somebody by name.

Never do more people sit than are paid for. When fewer are paid for, the seats taken last are
frozen, not lost; when there is room again, they thaw by themselves in the order people came. Who is
offered a seat and who sits is decided in :mod:`domain.practices.seating`, who is let in of those
who are no members yet in :mod:`domain.practices.entering`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.base import AggregateCreated, Root
from domain.errors import InvalidFields
from domain.fields import require_lines
from domain.practices import events
from domain.practices.entering import Entering
from domain.practices.events import Entry, FreezeReason, Seat, SeatState
from domain.practices.rules import MOST_SEATS, FreeSeatsFirst, LastManager
from domain.practices.seating import Seating

_POOLS: Final = UUID("3b1f2b5e-3b0b-5f5e-a1c4-9d4f8b7b0c55")


def seat_pool_id(practice_id: UUID) -> UUID:
    """Return the id of a practice's one pool of seats."""
    return uuid5(_POOLS, str(practice_id))


class SeatPool(Root, Seating, Entering):
    """The seats of one practice."""

    TOPIC = "peerhour.seat_pool"

    class Opened(Root.Event, AggregateCreated):
        """A practice would like to pay for people; no seat is bought yet."""

        TOPIC = "peerhour.seat_pool.opened"
        practice_id: UUID
        name: str
        manager_id: UUID

    ManagerNamed = events.ManagerNamed
    ManagerRelieved = events.ManagerRelieved
    CountChangeScheduled = events.CountChangeScheduled
    CountChangeDropped = events.CountChangeDropped
    Bought = events.Bought
    Offered = events.Offered
    OfferWithdrawn = events.OfferWithdrawn
    OfferEnded = events.OfferEnded
    EntryAsked = events.EntryAsked
    EntryGranted = events.EntryGranted
    EntryDeclined = events.EntryDeclined
    Accepted = events.Accepted
    Released = events.Released
    Frozen = events.Frozen
    Thawed = events.Thawed

    def __init__(self, *, practice_id: UUID, name: str, manager_id: UUID) -> None:
        self.practice_id = practice_id
        self.name = name
        self.managers = {manager_id}
        self.bought = 0
        self.counted_at: datetime | None = None
        self.scheduled: tuple[int, datetime] | None = None
        self.offers: dict[UUID, datetime] = {}  # since when they wait
        self.entries: dict[UUID, Entry] = {}
        self.seats: dict[UUID, Seat] = {}  # in the order people came

    @classmethod
    def open(cls, practice_id: UUID, *, name: str, manager_id: UUID, at: datetime) -> SeatPool:
        """Begin a practice's pool of seats.

        Args:
            practice_id: whose seats; gives the pool its id.
            name: what its people call the practice.
            manager_id: who looks after the seats first.
            at: now.

        Raises:
            InvalidFields: the name cannot be used.
        """
        require_lines(name=name)
        return cls.begin(
            cls.Opened,
            stream_id=seat_pool_id(practice_id),
            at=at,
            practice_id=practice_id,
            name=name,
            manager_id=manager_id,
        )

    # What people ask

    def count_due(self, at: datetime) -> int | None:
        """Return the number of seats that Stripe has to be told by now, if there is one."""
        if self.scheduled is None or at < self.scheduled[1]:
            return None
        return self.scheduled[0]

    # Who looks after the seats

    def name_manager(
        self, member_id: UUID, *, by: UUID, at: datetime, administrator: bool = False
    ) -> None:
        """Let somebody else look after the seats, too.

        Args:
            member_id: who.
            by: who asks.
            at: now.
            administrator: whether that is somebody who looks after the house; they name somebody
                where nobody is left who looks after the seats, and only there.

        Raises:
            SeatManagersOnly: somebody else asks.
        """
        if self.managers or not administrator:
            self._must_manage(by)
        if member_id not in self.managers:
            self.record(self.ManagerNamed, at=at, member_id=member_id, by=by)

    def relieve_manager(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Let somebody not look after the seats any more.

        Raises:
            SeatManagersOnly: somebody else asks.
            LastManager: nobody would.
        """
        self._must_manage(by)
        if self.managers == {member_id}:
            raise LastManager("Name somebody else first, so that the seats are in good hands.")
        if member_id in self.managers:
            self.record(self.ManagerRelieved, at=at, member_id=member_id, by=by)

    # How many

    def ask_for_count(self, count: int, *, renews_at: datetime, by: UUID, at: datetime) -> None:
        """Ask for another number of seats: more at once, fewer with the renewal.

        Args:
            count: how many; the present number takes an earlier asking back.
            renews_at: when the practice's dues renew.
            by: who asks.
            at: now.

        Raises:
            SeatManagersOnly: somebody else asks.
            FreeSeatsFirst: more people sit, or are offered a seat.
            InvalidFields: this is no number of seats.
        """
        self._must_manage(by)
        if not 1 <= count <= MOST_SEATS:
            raise InvalidFields(count=f"Choose 1 to {MOST_SEATS} seats.")
        taken = len(self.seated()) + len(self.open_offers(at))
        if count < taken:
            raise FreeSeatsFirst(
                f"{taken} seats are taken or offered. Free some first; nobody loses their papers.",
                taken=taken,
            )
        if count == self.bought:
            self.drop_count_change(at=at)
        elif self.scheduled is None or self.scheduled[0] != count:
            effective_at = at if count > self.bought else renews_at
            self.record(
                self.CountChangeScheduled, at=at, count=count, effective_at=effective_at, by=by
            )

    def drop_count_change(self, *, at: datetime) -> None:
        """Keep the number as it is; when none was asked for, nothing changes."""
        if self.scheduled is not None:
            self.record(self.CountChangeDropped, at=at)

    def observe_count(self, count: int, *, observed_at: datetime, at: datetime) -> None:
        """Take how many seats are paid for; the newest look wins, and nobody is refused.

        Args:
            count: the quantity at Stripe; 0 once nothing is paid for any more.
            observed_at: when that was looked at.
            at: now.
        """
        if self.counted_at is not None and observed_at <= self.counted_at:
            return
        self.record(self.Bought, at=at, count=max(0, count), observed_at=observed_at)
        for member_id in self.seated()[self.bought :][::-1]:
            reason = FreezeReason.FEWER_BOUGHT
            self.record(self.Frozen, at=at, member_id=member_id, reason=reason)
        self._thaw(at)

    # Who was forgotten

    def part_with(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Let somebody go who was forgotten: from their seat, and from looking after the seats.

        Perhaps nobody looks after them then; see :meth:`name_manager`. Twice changes nothing.
        """
        seat = self.seats.get(member_id)
        if seat is not None and seat.state is not SeatState.RELEASED:
            self.record(self.Released, at=at, member_id=member_id, by=by)
            self._thaw(at)
        if member_id in self.managers:
            self.record(self.ManagerRelieved, at=at, member_id=member_id, by=by)
