"""What a practice's pool of seats remembers; the parts that decide stand on this.

A pool is one aggregate told in four files: :mod:`domain.practices.seat_pool` says who looks
after it and how many seats there are, :mod:`domain.practices.seating` who is offered one and who
sits, :mod:`domain.practices.entering` which invitees ask to become members. They share this memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Root
from domain.practices.events import Entry, Seat, SeatState
from domain.practices.rules import OFFER_LASTS, OfferNotOpen, SeatManagersOnly


class SeatMemory(ABC):
    """The memory that every part of a pool looks at.

    Attributes:
        managers: who looks after the seats.
        bought: how many are paid for.
        scheduled: another number that was asked for, and from when on.
        offers: offers that nobody took or ended, and since when they wait.
        entries: those whose invitees were not members and asked to come in.
        seats: what people had and have, in the order they came.
    """

    managers: set[UUID]
    bought: int
    scheduled: tuple[int, datetime] | None
    offers: dict[UUID, datetime]
    entries: dict[UUID, Entry]
    seats: dict[UUID, Seat]

    @abstractmethod
    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened; see :meth:`domain.base.Root.record`."""

    def seated(self) -> list[UUID]:
        """Return who sits now, in the order they came; never more than are bought."""
        return [who for who, seat in self.seats.items() if seat.state is SeatState.HELD]

    def free(self, at: datetime) -> int:
        """Return how many seats can still be offered, counting what will be fewer soon."""
        limit = self.bought if self.scheduled is None else min(self.bought, self.scheduled[0])
        return max(0, limit - len(self.seated()) - len(self.open_offers(at)))

    def open_offers(self, at: datetime) -> list[UUID]:
        """Return the offers that can be taken; one that is over takes no place, ended or not."""
        return [each for each in self.offers if self.is_open(each, at)]

    def offers_over(self, at: datetime) -> list[UUID]:
        """Return the offers that nobody took in time, and that were not ended yet."""
        return [each for each in self.offers if not self.is_open(each, at)]

    def is_open(self, seat_id: UUID, at: datetime) -> bool:
        """Tell whether an offer can be taken."""
        return seat_id in self.offers and at < self.offer_ends_at(seat_id)

    def offer_ends_at(self, seat_id: UUID) -> datetime:
        """Return until when an offer waits: anew from each asking to come in, and each answer."""
        entry = self.entries.get(seat_id)
        since = self.offers[seat_id] if entry is None else entry.changed_at
        return since + OFFER_LASTS

    @property
    def entries_asked(self) -> dict[UUID, datetime]:
        """The offers whose invitees ask to come in and have no answer, and since when."""
        return {each: entry.asked_at[-1] for each, entry in self.entries.items() if entry.waits}

    def _must_manage(self, by: UUID, *, or_be: UUID | None = None) -> None:
        if by not in self.managers and by != or_be:
            raise SeatManagersOnly("Those who look after the practice's seats decide this.")

    def _must_wait(self, seat_id: UUID, at: datetime) -> None:
        if not self.is_open(seat_id, at):
            raise OfferNotOpen("This offer is not open any more; ask the practice for another.")

    def close_offer(self, seat_id: UUID) -> None:
        """Remember that an offer waits no more (for events; decides nothing)."""
        del self.offers[seat_id]
        self.entries.pop(seat_id, None)
