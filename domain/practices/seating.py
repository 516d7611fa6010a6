"""Seats offered and taken: who is invited, who sits, whose seat rests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.practices import events
from domain.practices.events import FreezeReason, Seat, SeatState
from domain.practices.memory import SeatMemory
from domain.practices.rules import (
    AlreadySeated,
    NoSeatFree,
    NotSeated,
)


class Seating(SeatMemory):
    """What is decided about offers and seats."""

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
        if not self.free(at):
            raise NoSeatFree("No seat is free at the moment. Add one, or free one first.")
        self.record(events.Offered, at=at, seat_id=seat_id, by=by)

    def withdraw_offer(self, seat_id: UUID, *, by: UUID, at: datetime) -> None:
        """Take an offer back; one that is not open any more stays as it is.

        Raises:
            SeatManagersOnly: somebody else asks.
        """
        self._must_manage(by)
        if seat_id in self.offers:
            self.record(events.OfferWithdrawn, at=at, seat_id=seat_id, by=by)

    def accept(self, seat_id: UUID, *, member_id: UUID, at: datetime) -> None:
        """Take an offered seat; taking it twice is one fact.

        Raises:
            OfferNotOpen: the offer was withdrawn, somebody else took it, or its time is over.
            AlreadySeated: the person has a seat here, perhaps a frozen one.
            NoSeatFree: the practice pays for fewer seats by now.
        """
        seat = self.seats.get(member_id)
        if seat is not None and seat.state is not SeatState.RELEASED:
            if seat.seat_id == seat_id:
                return
            raise AlreadySeated("You have a seat of this practice already.")
        self._must_wait(seat_id, at)
        if len(self.seated()) >= self.bought:
            raise NoSeatFree("No seat is free at the moment. Your practice can add one.")
        self.record(events.Accepted, at=at, seat_id=seat_id, member_id=member_id)

    def end_offers(self, *, at: datetime) -> list[UUID]:
        """End the offers that nobody took in time.

        Returns:
            Which; the addresses they went to have to be deleted.
        """
        over = self.offers_over(at)
        for seat_id in over:
            self.record(events.OfferEnded, at=at, seat_id=seat_id)
        return over

    def release(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Free somebody's seat; papers, hours and export stay theirs for ever.

        Raises:
            SeatManagersOnly: neither the holder nor a manager asks.
            NotSeated: the person never had a seat here.
        """
        self._must_manage(by, or_be=member_id)
        if self._seat(member_id).state is not SeatState.RELEASED:
            self.record(events.Released, at=at, member_id=member_id, by=by)
            self._thaw(at)

    def freeze(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Keep somebody's seat while they are away; somebody else may sit meanwhile.

        Raises:
            SeatManagersOnly: neither the holder nor a manager asks.
            NotSeated: the person has no seat here.
        """
        self._must_manage(by, or_be=member_id)
        if self._seat_of(member_id).frozen_for is not FreezeReason.ASKED:
            self.record(events.Frozen, at=at, member_id=member_id, reason=FreezeReason.ASKED)
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
        self.record(events.Thawed, at=at, member_id=member_id)

    # Helpers of the decisions above

    def _thaw(self, at: datetime) -> None:
        """Let those sit again whose seats were frozen for want of money, in the order they came."""
        for member_id, seat in list(self.seats.items()):
            room = len(self.seated()) < self.bought
            if room and seat.frozen_for is FreezeReason.FEWER_BOUGHT:
                self.record(events.Thawed, at=at, member_id=member_id)

    def _seat(self, member_id: UUID) -> Seat:
        if member_id not in self.seats:
            raise NotSeated("This person has no seat of the practice.", member_id=member_id)
        return self.seats[member_id]

    def _seat_of(self, member_id: UUID) -> Seat:
        seat = self._seat(member_id)
        if seat.state is SeatState.RELEASED:
            raise NotSeated("This person has no seat of the practice.", member_id=member_id)
        return seat
