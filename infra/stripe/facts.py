"""From Stripe's events and objects to facts about money: which happened, how much, when, why.

Amounts that Stripe never changes are taken, so that an event and a later look at the same object
say the same: an invoice *asks for* its total, whatever of it a credit balance then covers, and an
invoice in the payer's favour asks for nothing. ``invoice.payment_succeeded`` says what
``invoice.paid`` says, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.foreign_ids import is_foreign_id
from domain.money.facts import Actor, MoneyFact, MoneyKind
from domain.payments.news import UnreadableMessage
from infra.stripe.amounts import from_stripe
from infra.stripe.envelopes import foreign_id, subject_of
from infra.stripe.marks import ORDER, PURPOSE
from infra.stripe.readings import instant

Json = Mapping[str, Any]
Facts = Iterator[tuple[MoneyKind, MoneyFact]]

_WORD: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an object does not say itself, and Stripe's books do.

    Attributes:
        invoice_id: which invoice a refund or a dispute is about.
        order_id: our order, where the credit note of a refund names it and the refund does not.
        balance_lines: newest lines of a customer's credit balance.
    """

    invoice_id: str | None = None
    order_id: str | None = None
    balance_lines: tuple[Json, ...] = ()


NOTHING_MORE: Final = Context()


def facts_of(event: Json, context: Context = NOTHING_MORE) -> list[tuple[MoneyKind, MoneyFact]]:
    """Return what happened with money, as an event tells it.

    Args:
        event: decoded JSON of an event.
        context: what the books said beside it.

    Raises:
        UnreadableMessage: the event is not in the shape that its kind has.
    """
    read = _READERS.get(str(event.get("type")))
    if read is None:
        return []
    try:
        source = _source_of(event)
        return [*read(subject_of(event), context, source)]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise UnreadableMessage(
            "This message is not in the shape of its kind.", kind=str(event.get("type"))
        ) from error


def facts_of_invoice(invoice: Json) -> list[tuple[MoneyKind, MoneyFact]]:
    """Return what an invoice from a list says happened with it, failed tries left out.

    Raises:
        UnreadableMessage: it is not in an invoice's shape.
    """
    try:
        return [
            fact for read in _TRANSITIONS for fact in read(invoice, NOTHING_MORE, _FROM_THE_BOOKS)
        ]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise UnreadableMessage("This is no invoice.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Which event told, if one did, and what had caused it."""

    at: datetime | None = None
    values: Mapping[str, Any]


_FROM_THE_BOOKS: Final = _Source(values={"actor": Actor.STRIPE})


def _source_of(event: Json) -> _Source:
    """Return where a fact comes from; what a request of ours caused is the system's doing."""
    request = event.get("request") or {}
    key = foreign_id_or_none(request.get("idempotency_key"))
    ours = key is not None and key.startswith("ph-")
    return _Source(
        at=instant(event["created"]),
        values={
            "actor": Actor.SYSTEM if ours else Actor.STRIPE,
            "source_event_id": event["id"],
            "request_id": foreign_id_or_none(request.get("id")),
            "idempotency_key": key,
        },
    )


def foreign_id_or_none(text: Any) -> str | None:
    """Return a text that can be kept as somebody else's id."""
    return text if isinstance(text, str) and is_foreign_id(text) else None


def _issued(invoice: Json, _: Context, source: _Source) -> Facts:
    at = invoice["status_transitions"]["finalized_at"]
    if at is None:
        return
    yield (
        MoneyKind.INVOICE_ISSUED,
        _fact(
            invoice,
            max(invoice["total"], 0),
            at,
            source,
            reason=_paid_once(invoice) or _word(invoice.get("billing_reason")),
        ),
    )


def _paid(invoice: Json, _: Context, source: _Source) -> Facts:
    at = invoice["status_transitions"]["paid_at"]
    if at is not None:
        reason = _paid_once(invoice)
        fact = _fact(invoice, invoice["amount_paid"], at, source, reason=reason)
        yield MoneyKind.INVOICE_PAID, fact


def _not_paid(invoice: Json, _: Context, source: _Source) -> Facts:
    # A first payment that waits for the bank counts no attempt yet; it is the first all the same.
    attempt = max(1, int(invoice["attempt_count"]))
    fact = _fact(invoice, invoice["amount_remaining"], None, source, attempt=attempt)
    yield MoneyKind.PAYMENT_FAILED, fact


def _voided(invoice: Json, _: Context, source: _Source) -> Facts:
    at = invoice["status_transitions"]["voided_at"]
    if at is not None:
        yield MoneyKind.INVOICE_VOIDED, _fact(invoice, max(invoice["total"], 0), at, source)


def _written_off(invoice: Json, _: Context, source: _Source) -> Facts:
    at = invoice["status_transitions"]["marked_uncollectible_at"]
    if at is None:
        return
    details = invoice.get("status_details") or {}
    reason = (details.get("uncollectible") or {}).get("reason")
    yield (
        MoneyKind.INVOICE_WRITTEN_OFF,
        _fact(invoice, max(invoice["total"], 0), at, source, reason=_word(reason)),
    )


def _credited(note: Json, _: Context, source: _Source) -> Facts:
    fact = _fact(
        note,
        note["amount"],
        note["created"],
        source,
        about=foreign_id(note["invoice"]),
        order_id=order_of(note),
        reason=_word(note.get("reason")),
    )
    yield MoneyKind.CREDIT_NOTE_ISSUED, fact


def _refunded(refund: Json, context: Context, source: _Source) -> Facts:
    """A refund is asked for, on its way, done, or failed days after it was done."""
    kind = {
        "succeeded": MoneyKind.REFUND_DONE,
        "failed": MoneyKind.REFUND_FAILED,
        "canceled": MoneyKind.REFUND_FAILED,
    }.get(refund["status"])
    if kind is None:
        return
    failed = kind is MoneyKind.REFUND_FAILED
    reason = (refund.get("failure_reason") if failed else None) or refund.get("reason")
    fact = _fact(
        refund,
        refund["amount"],
        None if failed else refund["created"],
        source,
        about=context.invoice_id,
        order_id=order_of(refund) or context.order_id,
        reason=_word(reason),
    )
    yield kind, fact


def _disputed(dispute: Json, context: Context, source: _Source) -> Facts:
    """A bank asks a payment back, or asks about it first and takes nothing.

    Source: docs.stripe.com/disputes/how-disputes-work, "inquiries".
    """
    asks_only = str(dispute["status"]).startswith("warning_")
    yield (
        MoneyKind.INQUIRY_OPENED if asks_only else MoneyKind.DISPUTE_OPENED,
        _fact(
            dispute,
            dispute["amount"],
            dispute["created"],
            source,
            about=context.invoice_id,
            reason=_word(dispute.get("reason")),
        ),
    )


def _withdrawn(dispute: Json, context: Context, source: _Source) -> Facts:
    """A bank took the money: told right after a dispute opens, or once an inquiry becomes one.

    It is the same fact as that of a dispute that opened, but for its time.
    """
    fact = _fact(
        dispute,
        dispute["amount"],
        None,
        source,
        about=context.invoice_id,
        reason=_word(dispute.get("reason")),
    )
    yield MoneyKind.DISPUTE_OPENED, fact


def _settled(dispute: Json, context: Context, source: _Source) -> Facts:
    yield (
        MoneyKind.DISPUTE_CLOSED,
        _fact(
            dispute,
            dispute["amount"],
            None,
            source,
            about=context.invoice_id,
            reason=_word(dispute.get("status")),
        ),
    )


def _moved(_: Json, context: Context, __: _Source) -> Facts:
    """No event tells a line of the credit balance; that it changed does, and the books the lines.

    What caused the event caused one line of several, so none is said to come from it.
    """
    for line in context.balance_lines:
        yield (
            MoneyKind.CREDIT_BALANCE_MOVED,
            _fact(
                line,
                line["amount"],
                line["created"],
                _FROM_THE_BOOKS,
                about=foreign_id(line.get("invoice")),
                reason=_word(line.get("type")),
            ),
        )


def order_of(thing: Json) -> str | None:
    """Return our own order's id, where an object's metadata name it."""
    return foreign_id_or_none((thing.get("metadata") or {}).get(ORDER))


def _fact(thing: Json, amount: int, at: int | None, source: _Source, **values: Any) -> MoneyFact:
    """Return a fact about an object; true when the object says, else when its event happened."""
    true_at = source.at if at is None else instant(at)
    if true_at is None:
        raise ValueError("a fact from a list says its time")
    object_id = foreign_id(thing["id"])
    if type(amount) is not int or object_id is None:  # True is an int, and no amount
        raise TypeError("an amount is a whole number, and an object has an id")
    return MoneyFact(
        object_id=object_id,
        amount=from_stripe(amount, thing["currency"]),
        true_at=true_at,
        **(dict(source.values) | values),
    )


def _paid_once(invoice: Json) -> str | None:
    """Return what an invoice is for that is paid once; dues are not."""
    return _word((invoice.get("metadata") or {}).get(PURPOSE))


def _word(text: Any) -> str | None:
    return text if isinstance(text, str) and _WORD.fullmatch(text) else None


_TRANSITIONS: Final = (_issued, _paid, _voided, _written_off)
_READERS: Final[Mapping[str, Callable[[Json, Context, _Source], Facts]]] = MappingProxyType(
    {
        "invoice.finalized": _issued,
        "invoice.paid": _paid,
        "invoice.payment_failed": _not_paid,
        "invoice.voided": _voided,
        "invoice.marked_uncollectible": _written_off,
        "credit_note.created": _credited,
        "refund.created": _refunded,
        "refund.updated": _refunded,
        "refund.failed": _refunded,
        "charge.dispute.created": _disputed,
        "charge.dispute.funds_withdrawn": _withdrawn,
        "charge.dispute.closed": _settled,
        "customer.updated": _moved,
    }
)
ABOUT_A_PAYMENT: Final = frozenset(
    {
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    }
)
USED: Final = (
    *_READERS,
    "invoice.payment_action_required",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "checkout.session.completed",
    "checkout.session.expired",
)
"""Every kind of event that we act upon; one list of Stripe's takes twenty kinds at most.

A subscription that resumes is told as one that was updated, too.
"""
