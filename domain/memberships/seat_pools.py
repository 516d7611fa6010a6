"""Seats: a practice pays for a number of people, and gives each seat to somebody by name.

Never do more people sit than are paid for. When fewer are paid for, the seats taken last are
frozen, not lost; when there is room again, they thaw by themselves in the order people came.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields, NotAllowed
from domain.fields import require_lines
from domain.memberships import seat_events as events
from domain.memberships.seat_events import FreezeReason, Seat, SeatState

_POOLS: Final = UUID("3b1f2b5e-3b0b-5f5e-a1c4-9d4f8b7b0c55")
MOST_SEATS: Final = 1000


class NoSeatFree(DomainError):
    """Every seat that is paid for is taken or offered."""

    code = "seat_pool.no_seat_free"


class FreeSeatsFirst(DomainError):
    """More people sit than the practice would like to pay for."""

    code = "seat_pool.free_seats_first"


class OfferNotOpen(DomainError):
    """The offer was withdrawn, or somebody took it."""

    code = "seat_pool.offer_not_open"


class AlreadySeated(DomainError):
    """One person has one seat of a practice."""

    code = "seat_pool.already_seated"


class NotSeated(DomainError):
    """The person has no seat of this practice."""

    code = "seat_pool.not_seated"


class LastManager(DomainError):
    """Somebody has to look after the seats."""

    code = "seat_pool.last_manager"


class SeatManagersOnly(NotAllowed):
    """Only those who look after the practice's seats decide this."""

    code = "seat_pool.managers_only"


def seat_pool_id(practice_id: UUID) -> UUID:
    """Return the id of a practice's one pool of seats."""
    return uuid5(_POOLS, str(practice_id))


class SeatPool(Root):
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
        self.offers: list[UUID] = []
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

    def seated(self) -> list[UUID]:
        """Return who sits now, in the order they came; never more than are bought."""
        return [who for who, seat in self.seats.items() if seat.state is SeatState.HELD]

    def free(self) -> int:
        """Return how many seats can still be offered, counting what will be fewer soon."""
        limit = self.bought if self.scheduled is None else min(self.bought, self.scheduled[0])
        return max(0, limit - len(self.seated()) - len(self.offers))

    def count_due(self, at: datetime) -> int | None:
        """Return the number of seats that Stripe has to be told by now, if there is one."""
        if self.scheduled is None or at < self.scheduled[1]:
            return None
        return self.scheduled[0]

    # Who looks after the seats

    def name_manager(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Let somebody else look after the seats, too.

        Where nobody is left who does, whoever looks after the house asks.

        Raises:
            SeatManagersOnly: somebody else asks.
        """
        if self.managers:
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
        taken = len(self.seated()) + len(self.offers)
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

    # Who sits

    def offer(self, seat_id: UUID, *, by: UUID, at: datetime) -> None:
        """Offer a seat; the invitation's address is the vault's to keep.

        Args:
            seat_id: of the offer, chosen by the caller; the same one twice is one offer.
            by: who offers it.
            at: now.

        Raises:
            SeatManagersOnly: somebody else asks.
            NoSeatFree: every seat is taken or offered.
        """
        self._must_manage(by)
        if seat_id in self.offers or seat_id in {each.seat_id for each in self.seats.values()}:
            return
        if not self.free():
            raise NoSeatFree("No seat is free at the moment. Add one, or free one first.")
        self.record(self.Offered, at=at, seat_id=seat_id, by=by)

    def withdraw_offer(self, seat_id: UUID, *, by: UUID, at: datetime) -> None:
        """Take an offer back; one that is not open any more stays as it is.

        Raises:
            SeatManagersOnly: somebody else asks.
        """
        self._must_manage(by)
        if seat_id in self.offers:
            self.record(self.OfferWithdrawn, at=at, seat_id=seat_id, by=by)

    def accept(self, seat_id: UUID, *, member_id: UUID, at: datetime) -> None:
        """Take an offered seat; taking it twice is one fact.

        Raises:
            OfferNotOpen: the offer was withdrawn, or somebody else took it.
            AlreadySeated: the person has a seat here, perhaps a frozen one.
            NoSeatFree: the practice pays for fewer seats by now.
        """
        seat = self.seats.get(member_id)
        if seat is not None and seat.state is not SeatState.RELEASED:
            if seat.seat_id == seat_id:
                return
            raise AlreadySeated("You have a seat of this practice already.")
        if seat_id not in self.offers:
            raise OfferNotOpen("This offer is not open any more; ask the practice for another.")
        if len(self.seated()) >= self.bought:
            raise NoSeatFree("No seat is free at the moment. Your practice can add one.")
        self.record(self.Accepted, at=at, seat_id=seat_id, member_id=member_id)

    def release(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Free somebody's seat; papers, hours and export stay theirs for ever.

        Raises:
            SeatManagersOnly: neither the holder nor a manager asks.
            NotSeated: the person never had a seat here.
        """
        self._must_manage(by, or_be=member_id)
        if self._seat(member_id).state is not SeatState.RELEASED:
            self.record(self.Released, at=at, member_id=member_id, by=by)
            self._thaw(at)

    def freeze(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Keep somebody's seat while they are away; somebody else may sit meanwhile.

        Raises:
            SeatManagersOnly: neither the holder nor a manager asks.
            NotSeated: the person has no seat here.
        """
        self._must_manage(by, or_be=member_id)
        if self._seat_of(member_id).frozen_for is not FreezeReason.ASKED:
            self.record(self.Frozen, at=at, member_id=member_id, reason=FreezeReason.ASKED)
            self._thaw(at)

    def thaw(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Let somebody sit again.

        Raises:
            SeatManagersOnly: neither the holder nor a manager asks.
            NotSeated: the person has no seat here.
            NoSeatFree: others sit on every seat that is paid for.
        """
        self._must_manage(by, or_be=member_id)
        if self._seat_of(member_id).state is SeatState.HELD:
            return
        if len(self.seated()) >= self.bought:
            raise NoSeatFree("No seat is free at the moment. The practice can add one.")
        self.record(self.Thawed, at=at, member_id=member_id)

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

    # Helpers of the decisions above

    def _thaw(self, at: datetime) -> None:
        """Let those sit again whose seats were frozen for want of money, in the order they came."""
        for member_id, seat in list(self.seats.items()):
            room = len(self.seated()) < self.bought
            if room and seat.frozen_for is FreezeReason.FEWER_BOUGHT:
                self.record(self.Thawed, at=at, member_id=member_id)

    def _seat(self, member_id: UUID) -> Seat:
        if member_id not in self.seats:
            raise NotSeated("This person has no seat of the practice.", member_id=member_id)
        return self.seats[member_id]

    def _seat_of(self, member_id: UUID) -> Seat:
        seat = self._seat(member_id)
        if seat.state is SeatState.RELEASED:
            raise NotSeated("This person has no seat of the practice.", member_id=member_id)
        return seat

    def _must_manage(self, by: UUID, *, or_be: UUID | None = None) -> None:
        if by not in self.managers and by != or_be:
            raise SeatManagersOnly("Those who look after the practice's seats decide this.")
