"""What this installation keeps about its exchange with the payment service, for whoever looks.

Orders that wait, messages that came, and how old both are: neither truth nor view, but what the
queues hold at this moment. Nothing here names anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.payments.orders import EndNow, PayBack, PaymentOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order that is not carried out yet.

    Attributes:
        effect_id: ours.
        order: what is to be done; ``None`` if it can be read no more.
        stuck: whether it waits for a person, and none has ordered that it be tried again.
        tries: how often anything was sent.
        problem: a word for what stands in its way.
        request_id: the service's id of its last answer.
        since: when it was given.
        next_at: when it is tried next; of a stuck one, nothing.
    """

    effect_id: UUID
    order: PaymentOrder | None
    stuck: bool
    tries: int
    problem: str | None
    request_id: str | None
    since: datetime
    next_at: datetime | None

    @property
    def refund_order_id(self) -> str | None:
        """The id of a refund's order in its ledger; nothing for other orders."""
        match self.order:
            case PayBack(order_id=order_id):
                return order_id
            case EndNow(pay_back=True):
                return str(self.effect_id)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message that came.

    Attributes:
        message_id: the service's.
        kind: its word for what happened; ``None`` where nothing of the message is kept.
        root: what it is about in the end.
        state: ``waiting``, ``done`` or ``dead``.
        note: why it was done with without doing anything.
        problem: a word for what stands in its way.
        attempts: how often it was tried.
        came_by: who brought it: ``webhook``, ``reconcile`` or ``manual``.
        received_at: when.
    """

    message_id: str
    kind: str | None
    root: str | None
    state: str
    note: str | None
    problem: str | None
    attempts: int
    came_by: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSeen:
    """What the service last told of a dispute.

    Attributes:
        status: its word, such as ``needs_response``.
        due_at: until when it takes an answer, if it said so.
    """

    status: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFigures:
    """How the exchange is doing.

    Attributes:
        orders_waiting: how many orders wait, those for a later day not counted.
        oldest_order_at: when the oldest of them was given.
        messages_waiting: how many messages wait.
        oldest_message_at: when the oldest of them came.
    """

    orders_waiting: int
    oldest_order_at: datetime | None
    messages_waiting: int
    oldest_message_at: datetime | None


class PaymentFiles(Protocol):
    """Reads what is kept."""

    async def orders(self, subjects: Collection[UUID]) -> Sequence[OrderRow]:
        """Return the orders that wait about accounts and memberships, the oldest first."""
        ...

    async def order(self, effect_id: UUID) -> OrderRow | None:
        """Return an order that waits."""
        ...

    async def messages(
        self, about: Collection[str], named: Collection[str], *, limit: int
    ) -> Sequence[MessageRow]:
        """Return messages by what they are about, or by their own ids, the newest first."""
        ...

    async def message(self, message_id: str) -> MessageRow | None:
        """Return a message that came."""
        ...

    async def dispute(self, dispute_id: str) -> DisputeSeen | None:
        """Return what was last told of a dispute, while a message of it is kept."""
        ...

    async def figures(self) -> PaymentFigures:
        """Return how the exchange is doing."""
        ...
