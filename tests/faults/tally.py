"""The smallest application that can lose something: tallies that are added to, and their view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError
from domain.ports import Clock
from domain.recording import Recorded
from services.dispatch import Work


class AddedAlready(DomainError):
    """The order stands on the tally."""

    code = "tally.added_already"


class Tally(Root):
    """A sum, and every order that made it."""

    TOPIC = "peerhour.tally"

    class Begun(Root.Event, AggregateCreated):
        """It was made by the first order."""

        TOPIC = "peerhour.tally.begun"
        order_id: UUID

    class Added(Root.Event):
        """An order was carried out."""

        TOPIC = "peerhour.tally.added"
        order_id: UUID
        amount: int

        @override
        def apply(self, tally: Tally) -> None:
            tally.total += self.amount
            tally.orders.add(self.order_id)

    def __init__(self, *, order_id: UUID) -> None:
        self.first_order = order_id
        self.total = 0
        self.orders: set[UUID] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """Add to a tally; the first order makes it.

    Attributes:
        order_id: the client's name for the order, stored in the event whatever the command's id.
        once: refuse it where it stands already. No client ever hears that refusal: an order that
            comes again is answered as it was the first time.
    """

    tally_id: UUID
    order_id: UUID
    amount: int
    once: bool


async def add(cmd: Add, *, work: Work, clock: Clock) -> None:
    """Load or begin, add, save."""
    tally = await work.find(Tally, cmd.tally_id)
    at = clock.now()
    if tally is None:
        tally = Tally.begin(Tally.Begun, stream_id=cmd.tally_id, at=at, order_id=cmd.order_id)
    if cmd.once and cmd.order_id in tally.orders:
        raise AddedAlready("This order stands on the tally already.")
    tally.record(Tally.Added, at=at, order_id=cmd.order_id, amount=cmd.amount)
    work.save(tally)


class TallyView:
    """How much stands on each tally. Deliberately not idempotent: an event taken twice shows."""

    NAME: Final = "tally"
    VERSION: Final = 1
    TOPICS: Final = (Tally.Added.TOPIC,)
    SCHEMA: Final = """CREATE TABLE tally (
        tally_id uuid PRIMARY KEY, total bigint NOT NULL, orders bigint NOT NULL)"""
    _ADD: Final = """INSERT INTO tally VALUES ($1, $2, 1) ON CONFLICT (tally_id)
                     DO UPDATE SET total = tally.total + $2, orders = tally.orders + 1"""

    async def project(self, recorded: Recorded, connection: Any) -> None:
        """Take one event into the view."""
        event = recorded.event
        assert isinstance(event, Tally.Added)
        await connection.execute(self._ADD, event.originator_id, event.amount)
