"""The facts of a practice's seats, and what each leaves in its memory.

They stand apart from :mod:`domain.practices.seat_pool`, which decides when they happen; in the
code they are ``SeatPool.Bought`` and so on. ``Opened`` alone is nested there, because it makes the
pool.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.personal import Personal

if TYPE_CHECKING:
    from domain.practices.seat_pool import SeatPool


class FreezeReason(StrEnum):
    """Why a seat is frozen."""

    ASKED = "asked"  # its holder or the practice asked for it
    FEWER_BOUGHT = "fewer_bought"  # the practice pays for fewer seats than it gave


class SeatState(StrEnum):
    """What somebody has of a seat."""

    HELD = "held"
    FROZEN = "frozen"
    RELEASED = "released"


@dataclass(slots=True)
class Seat:
    """What one person had of a practice's seats, from when.

    Attributes:
        seat_id: of the offer that was accepted last.
        state: what they have now.
        frozen_for: why it is frozen, if it is.
        history: every change, in order; kept when the person has long gone.
    """

    seat_id: UUID
    state: SeatState = SeatState.HELD
    frozen_for: FreezeReason | None = None
    history: list[tuple[datetime, SeatState]] = field(default_factory=list)

    def enter(self, state: SeatState, at: datetime, frozen_for: FreezeReason | None = None) -> None:
        """Remember a change (for events; decides nothing)."""
        self.state, self.frozen_for = state, frozen_for
        self.history.append((at, state))


@dataclass(slots=True)
class Entry:
    """What became of an invitee's asking to come in.

    Attributes:
        asked_at: when they asked, each time.
        answered_at: when whoever looks after the house answered the last time; ``None`` while it
            waits.
        let_in: whom they became, if they were let in.
        sentence: what they were told with the last no, if anything.
        told: whether they were ever told anything that is encrypted for the invitation.
    """

    asked_at: list[datetime] = field(default_factory=list)
    answered_at: datetime | None = None
    let_in: UUID | None = None
    sentence: Personal[str] | None = None
    told: bool = False

    @property
    def waits(self) -> bool:
        """Whether an answer is due."""
        return self.answered_at is None

    @property
    def changed_at(self) -> datetime:
        """When they asked, or were answered, last."""
        return self.answered_at or self.asked_at[-1]

    def ask(self, at: datetime) -> None:
        """Remember that they ask (for events; decides nothing)."""
        self.asked_at.append(at)
        self.answered_at = self.sentence = None

    def answer(
        self, at: datetime, *, let_in: UUID | None = None, sentence: Personal[str] | None = None
    ) -> None:
        """Remember the answer (for events; decides nothing)."""
        self.answered_at, self.let_in, self.sentence = at, let_in, sentence
        self.told = self.told or sentence is not None


class ManagerNamed(Root.Event):
    """Somebody else looks after the seats, too."""

    TOPIC = "peerhour.seat_pool.manager_named"
    member_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.managers.add(self.member_id)


class ManagerRelieved(Root.Event):
    """Somebody does not look after the seats any more."""

    TOPIC = "peerhour.seat_pool.manager_relieved"
    member_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.managers.discard(self.member_id)


class CountChangeScheduled(Root.Event):
    """The practice would like another number of seats: more at once, fewer with the renewal."""

    TOPIC = "peerhour.seat_pool.count_change_scheduled"
    count: int
    effective_at: datetime
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.scheduled = (self.count, self.effective_at)


class CountChangeDropped(Root.Event):
    """The number stays as it is, or the payment for more did not go through."""

    TOPIC = "peerhour.seat_pool.count_change_dropped"

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.scheduled = None


class Bought(Root.Event):
    """So many seats are paid for, as Stripe was seen to say."""

    TOPIC = "peerhour.seat_pool.bought"
    count: int
    observed_at: datetime

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.bought, pool.counted_at = self.count, self.observed_at
        if pool.scheduled is not None and pool.scheduled[0] == self.count:
            pool.scheduled = None


class Offered(Root.Event):
    """A seat waits for somebody; whom the invitation went to is in the vault."""

    TOPIC = "peerhour.seat_pool.offered"
    seat_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.offers[self.seat_id] = self.timestamp


class OfferWithdrawn(Root.Event):
    """The seat does not wait any more."""

    TOPIC = "peerhour.seat_pool.offer_withdrawn"
    seat_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.close_offer(self.seat_id)


class OfferEnded(Root.Event):
    """Nobody took the seat in time; it does not wait any more."""

    TOPIC = "peerhour.seat_pool.offer_ended"
    seat_id: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.close_offer(self.seat_id)


class EntryAsked(Root.Event):
    """Whoever was invited is not a member yet, and asks the house to come in."""

    TOPIC = "peerhour.seat_pool.entry_asked"
    seat_id: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.entries.setdefault(self.seat_id, Entry()).ask(self.timestamp)


class EntryGranted(Root.Event):
    """Whoever looks after the house let somebody in who asked; they still take their own seat."""

    TOPIC = "peerhour.seat_pool.entry_granted"
    seat_id: UUID
    member_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.entries[self.seat_id].answer(self.timestamp, let_in=self.member_id)


class EntryDeclined(Root.Event):
    """Whoever looks after the house does not let somebody in who asked.

    The sentence to them is encrypted for the invitation, and its key goes with its address.
    """

    TOPIC = "peerhour.seat_pool.entry_declined"
    seat_id: UUID
    sentence: Personal[str] | None
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.entries[self.seat_id].answer(self.timestamp, sentence=self.sentence)


class Accepted(Root.Event):
    """Somebody took the seat."""

    TOPIC = "peerhour.seat_pool.accepted"
    seat_id: UUID
    member_id: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.close_offer(self.seat_id)
        seat = pool.seats.pop(self.member_id, None) or Seat(self.seat_id)
        pool.seats[self.member_id] = seat  # last in the row of those who came
        seat.seat_id = self.seat_id
        seat.enter(SeatState.HELD, self.timestamp)


class Released(Root.Event):
    """The seat is free; what its holder earned on it stays theirs."""

    TOPIC = "peerhour.seat_pool.released"
    member_id: UUID
    by: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.seats[self.member_id].enter(SeatState.RELEASED, self.timestamp)


class Frozen(Root.Event):
    """The seat is kept for its holder, and meanwhile somebody else may sit."""

    TOPIC = "peerhour.seat_pool.frozen"
    member_id: UUID
    reason: FreezeReason

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.seats[self.member_id].enter(SeatState.FROZEN, self.timestamp, self.reason)


class Thawed(Root.Event):
    """The holder sits again."""

    TOPIC = "peerhour.seat_pool.thawed"
    member_id: UUID

    @override
    def apply(self, pool: SeatPool) -> None:
        pool.seats[self.member_id].enter(SeatState.HELD, self.timestamp)
