"""Facts about money: what moved or was asked for, how much, why, and how we know.

A fact is not an observation. An observation is overtaken by a newer one; a fact must be in the
ledger once and for ever, whichever of webhook, return page and reconciliation brings it first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.errors import DomainError, InvalidFields
from domain.foreign_ids import is_foreign_id
from domain.values import Money, check_instant

_WORD: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")


class FactDiffers(DomainError):
    """The same fact was told before with another amount; somebody has to look at both."""

    code = "money_ledger.fact_differs"


class MoneyKind(StrEnum):
    """What can happen with money; each becomes an event of its own."""

    INVOICE_ISSUED = "invoice_issued"
    INVOICE_PAID = "invoice_paid"
    PAYMENT_FAILED = "payment_failed"
    INVOICE_VOIDED = "invoice_voided"
    INVOICE_WRITTEN_OFF = "invoice_written_off"
    CREDIT_NOTE_ISSUED = "credit_note_issued"
    REFUND_ASKED = "refund_asked"
    REFUND_DONE = "refund_done"
    REFUND_FAILED = "refund_failed"
    REFUND_EXTERNAL = "refund_external"
    INQUIRY_OPENED = "inquiry_opened"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_CLOSED = "dispute_closed"
    CREDIT_BALANCE_MOVED = "credit_balance_moved"


class Actor(StrEnum):
    """Who made it happen; a person is named by id beside it."""

    PERSON = "person"
    SYSTEM = "system"
    STRIPE = "stripe"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFact:
    """One line of the ledger.

    Attributes:
        object_id: Stripe's id of the invoice, refund, credit note, dispute or balance transaction;
            of a refund that is asked for, the id of our own order.
        attempt: of a failed payment, from 1; 0 elsewhere.
        amount: never negative but for a moved credit balance. Stripe's number, never our own sum.
        about: Stripe's id of the invoice that this concerns, where it is another object.
        order_id: of a refund, the id of our own order that asked for it, as its metadata say.
        actor: who made it happen, and *person_id* which person.
        reason: a word such as ``requested_by_customer``; never prose, which could name people.
        true_at: when it happened at Stripe; when we came to know stands on the event.
        source_event_id: Stripe's event that told us.
        request_id: Stripe's id of the answer that told us.
        idempotency_key: under which we had asked for it.
    """

    object_id: str
    attempt: int = 0
    amount: Money
    about: str | None = None
    order_id: str | None = None
    actor: Actor
    person_id: UUID | None = None
    reason: str | None = None
    true_at: datetime
    source_event_id: str | None = None
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def concerns(self) -> str:
        """Which invoice it is about; itself, when nothing else is named."""
        return self.about or self.object_id


# A refund made by us and one made at Stripe's own desk are one transition of one object: whichever
# we took it for first, it is never counted twice.
_TRANSITION: Final = {
    MoneyKind.INVOICE_ISSUED: "issued",
    MoneyKind.INVOICE_PAID: "paid",
    MoneyKind.PAYMENT_FAILED: "payment_failed",
    MoneyKind.INVOICE_VOIDED: "voided",
    MoneyKind.INVOICE_WRITTEN_OFF: "written_off",
    MoneyKind.CREDIT_NOTE_ISSUED: "credited",
    MoneyKind.REFUND_ASKED: "asked",
    MoneyKind.REFUND_DONE: "done",
    MoneyKind.REFUND_FAILED: "failed",
    MoneyKind.REFUND_EXTERNAL: "done",
    MoneyKind.INQUIRY_OPENED: "inquired",
    MoneyKind.DISPUTE_OPENED: "opened",
    MoneyKind.DISPUTE_CLOSED: "closed",
    MoneyKind.CREDIT_BALANCE_MOVED: "moved",
}


def key_of(kind: MoneyKind, fact: MoneyFact) -> str:
    """Return what makes a fact the same fact: the object, its transition, and the attempt."""
    key = f"{fact.object_id}/{_TRANSITION[kind]}"
    return f"{key}/{fact.attempt}" if fact.attempt else key


def is_lost(kind: MoneyKind, fact: MoneyFact) -> bool:
    """Tell whether a bank gave a payment back to its payer: money left, and no refund says so."""
    return kind is MoneyKind.DISPUTE_CLOSED and fact.reason == "lost"


def require_sound(kind: MoneyKind, fact: MoneyFact) -> None:
    """Refuse a fact that could not be kept or read.

    Raises:
        InvalidFields: names every field that needs another look.
        UnusableInstant: the time is no instant we can keep.
    """
    check_instant(fact.true_at)
    ids = {
        "object_id": fact.object_id,
        "about": fact.about,
        "order_id": fact.order_id,
        "source_event_id": fact.source_event_id,
        "request_id": fact.request_id,
        "idempotency_key": fact.idempotency_key,
    }
    faults = {
        name: "Use 1 to 255 characters, without spaces."
        for name, each in ids.items()
        if each is not None and not is_foreign_id(each)
    }
    if fact.reason is not None and not _WORD.fullmatch(fact.reason):
        faults["reason"] = "Use one word of small letters, digits, points and underscores."
    if (fact.attempt > 0) is not (kind is MoneyKind.PAYMENT_FAILED) or fact.attempt < 0:
        faults["attempt"] = "A failed payment counts its attempts from 1; nothing else has any."
    if fact.amount.cents < 0 and kind is not MoneyKind.CREDIT_BALANCE_MOVED:
        faults["amount"] = "An amount is not negative; what it means is said by its kind."
    if (fact.actor is Actor.PERSON) is not (fact.person_id is not None):
        faults["person_id"] = "Name the person who did it, and nobody else."
    if faults:
        raise InvalidFields(**faults)
