"""What the payment service tells by itself, and what its books say when they are asked.

A message is a doorbell: it says that something happened, and about which subscription. What so is,
is found out by looking (:meth:`domain.payments.desk.PaymentDesk.look`); what *happened* with money
is read out of the message itself and kept for ever, once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.errors import DomainError
from domain.money.facts import MoneyFact, MoneyKind
from domain.payments.checkouts import Purchase
from domain.values import Money


class ForgedMessage(DomainError):
    """Not signed with a secret of ours, or not now; the facts say which, for our own figures."""

    code = "payment_message.forged"


class UnreadableMessage(DomainError):
    """Signed, and yet no message: not UTF-8, no JSON, or without an id."""

    code = "payment_message.unreadable"


class UnknownPayer(DomainError):
    """The message is about somebody's money, and nobody here is known to be that somebody."""

    code = "payment_message.unknown_payer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, as its envelope says.

    Attributes:
        message_id: the service's id; the same message twice has the same.
        kind: its word for what happened.
        root: what it is about in the end: a subscription for all that belongs to it, else the
            customer, else the object itself.
        foreign: a word for why it is none of ours, such as ``foreign_mode``; it is counted, and
            nothing of it is kept.
        content: the message without contact data and without addresses that open somebody's
            papers; nothing of ours needs them.
        created_at: when it was made, by the service's clock; ``None`` if it does not say.
    """

    message_id: str
    kind: str
    root: str
    foreign: str | None
    content: Mapping[str, Any]
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a message means to us.

    Attributes:
        message_id: which message; ``None`` when the books were asked instead.
        subscription_id: what to look at, if anything.
        customer_id: whose money it is about, as the service knows them.
        account_id: whose account that is, as we had said to the service ourselves.
        foreign: a word for why it is none of ours, such as ``another_house``.
        facts: what happened with money; each goes into the ledger once.
        purchase: what the invoice behind the facts was paid for, if it was paid once.
    """

    message_id: str | None
    subscription_id: str | None = None
    customer_id: str | None = None
    account_id: UUID | None = None
    foreign: str | None = None
    facts: Sequence[tuple[MoneyKind, MoneyFact]] = ()
    purchase: Purchase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSubscription:
    """A subscription as the service's list shows it: what can be compared without a look.

    Attributes:
        subscription_id: the service's id; *customer_id* says whose it is.
        membership_id: as we had said to the service; ``None`` if it is none of ours.
        status: the service's word.
        period_end_at: until when the present period runs.
        quantity: how many are paid for.
        price: lookup key of the price, which is the plan.
        ends_at_period_end: it will not renew.
    """

    subscription_id: str
    customer_id: str
    membership_id: UUID | None
    status: str
    period_end_at: datetime | None
    quantity: int
    price: str
    ends_at_period_end: bool


class MessageDoor(Protocol):
    """Opens what comes to the door."""

    def open(self, body: bytes, signature: str, *, at: datetime) -> Message:
        """Return the message.

        Args:
            body: as it came, byte for byte.
            signature: the header that vouches for it; empty if there was none.
            at: now; a signature from elsewhen, before or after, opens nothing.

        Raises:
            ForgedMessage: it is not from the service, or not from now.
            UnreadableMessage: it is, and cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedLine:
    """A line of the service's own account: money that really moved.

    Attributes:
        move: ``paid`` or ``paid_back``.
        amount: how much, in the currency that people paid in; negative where a return came back.
        customer_id: whose payment it was; ``None`` where it names nobody.
    """

    move: str
    amount: Money
    customer_id: str | None


class PaymentBooks(Protocol):
    """What the payment service's books say; every method may raise ``PaymentsAway``."""

    async def read(self, content: Mapping[str, Any]) -> News:
        """Return what a message means, asking the books for what it does not say itself.

        Raises:
            UnreadableMessage: it is not in the shape that its kind has.
        """
        ...

    async def payer(self, customer_id: str) -> News:
        """Return whose customer somebody is, as we had told the service; it says no more."""
        ...

    def messages(self, since: datetime) -> AsyncIterator[Message]:
        """Yield all messages from an instant on that we act upon, in any order."""
        ...

    async def message(self, message_id: str) -> Message:
        """Return one message that the service sent, or wanted to send.

        Raises:
            NotFound: it keeps no such message, or not any more.
        """
        ...

    def subscriptions(self) -> AsyncIterator[ListedSubscription]:
        """Yield every subscription of this house, those that ended too."""
        ...

    def invoices(self, since: datetime) -> AsyncIterator[News]:
        """Yield what every invoice of this house from an instant on says happened with it."""
        ...

    def booked(self, since: datetime, until: datetime) -> AsyncIterator[BookedLine]:
        """Yield what really moved in the service's account, whoever's product it was for."""
        ...
