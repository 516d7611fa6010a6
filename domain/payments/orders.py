"""What the house tells its payment service to do once an event stands.

An order is decided with its event and stored with it; how the service words it is rendered once,
before it is sent the first time, and never again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.values import Money


class PauseDues(msgspec.Struct, frozen=True, tag="pause_dues"):
    """Charge nothing while somebody is away."""

    membership_id: UUID
    subscription_id: str


class ResumeDues(msgspec.Struct, frozen=True, tag="resume_dues"):
    """Charge again: somebody is back.

    ``agreed`` is what it was shown to cost: for more it is not done. Whoever only took a pause back
    that had not begun agreed to nothing (``at_no_cost``). Orders from before that was kept name
    neither.
    """

    membership_id: UUID
    subscription_id: str
    agreed: Money | None = None
    at_no_cost: bool = False


class ChangePlan(msgspec.Struct, frozen=True, tag="change_plan"):
    """Charge by another plan; differences come with the next invoice.

    ``agreed`` is what it was to cost, in each currency: for another price it is not done. It is
    empty in orders from before that was kept. Whoever ``takes_back`` what waits for its payment
    keeps the plan they have: if the other one was paid by then, nothing is changed again.
    """

    membership_id: UUID
    subscription_id: str
    plan: str
    agreed: tuple[Money, ...] = ()
    takes_back: bool = False


class EndWithPeriod(msgspec.Struct, frozen=True, tag="end_with_period"):
    """Do not renew (``ends``), or renew after all."""

    membership_id: UUID
    subscription_id: str
    ends: bool


class EndNow(msgspec.Struct, frozen=True, tag="end_now"):
    """End a subscription at once.

    A second one, which is paid back; one that lapsed unpaid; one of somebody who was forgotten.
    ``why`` is the word that stands in the ledger where something is paid back.
    """

    membership_id: UUID
    subscription_id: str
    pay_back: bool
    why: str = "second_subscription"


class SetSeats(msgspec.Struct, frozen=True, tag="set_seats"):
    """Charge a practice for another number of seats; differences come with the next invoice.

    Fewer seats are not ordered before ``not_before``, which lies shortly before the renewal.
    """

    membership_id: UUID
    subscription_id: str
    count: int
    not_before: datetime | None = None


class SetPercentOff(msgspec.Struct, frozen=True, tag="set_percent_off"):
    """Let a scholarship carry a part of the dues; 0 percent ends it.

    ``until`` is what was agreed. Nothing ends by itself on that day: a scholarship ends by its own
    rules, and orders it then.
    """

    membership_id: UUID
    subscription_id: str
    percent: int
    until: datetime | None


class PayBack(msgspec.Struct, frozen=True, tag="pay_back"):
    """Pay back through a credit note, so that the invoice's sums stay right.

    ``order_id`` is the id of the order in our ledger and comes back with the refund.
    """

    account_id: UUID
    invoice_id: str
    order_id: str
    amount: Money
    reason: str


class ExpireCheckout(msgspec.Struct, frozen=True, tag="expire_checkout"):
    """Make a page of no use on which nobody shall pay any more."""

    membership_id: UUID
    session_id: str


class ForgetPayer(msgspec.Struct, frozen=True, tag="forget_payer"):
    """Let go of name, mail, address, tax numbers and cards of somebody who was forgotten.

    The customer itself stays, without any of it: finished invoices carry what the law wants kept.
    """

    account_id: UUID
    customer_id: str


PaymentOrder = (
    PauseDues
    | ResumeDues
    | ChangePlan
    | EndWithPeriod
    | EndNow
    | SetSeats
    | SetPercentOff
    | PayBack
    | ExpireCheckout
    | ForgetPayer
)


class Sign(msgspec.Struct, frozen=True):
    """How to see that a call was done: a look, a field, and what stands in it then.

    Attributes:
        path: what to look at; *params* go with it.
        field: the names that lead to the field.
        values: any of these.
        or_field: another field in which the same may stand instead.
    """

    path: str
    params: dict[str, Any]
    field: tuple[str, ...]
    values: tuple[Any, ...]
    or_field: tuple[str, ...] = ()


class PaidBack(msgspec.Struct, frozen=True):
    """What a call pays back that no person ordered: the ledger reads it before it is sent."""

    invoice_id: str
    amount: Money
    reason: str


class Call(msgspec.Struct, frozen=True):
    """One call to the payment service, worded for good.

    Attributes:
        verb: ``post`` or ``delete``.
        path: below the service's address.
        params: as they are sent.
        sign: how to see that it was done, where no answer came.
        pays_back: what it pays back by the house's own order.
        at_most: what may be charged by it; ``None`` sets no limit.
    """

    verb: str
    path: str
    params: dict[str, Any]
    sign: Sign
    pays_back: PaidBack | None = None
    at_most: Money | None = None


class Made(msgspec.Struct, frozen=True):
    """What a call led to.

    Attributes:
        object_id: the id of what was made or changed.
        request_id: the service's id of the answer.
    """

    object_id: str
    request_id: str | None


def encoded(order: PaymentOrder) -> dict[str, Any]:
    """Return an order as an effect holds it."""
    plain: dict[str, Any] = msgspec.to_builtins(order)
    return plain


def decoded(payload: Any) -> PaymentOrder:
    """Return the order that an effect holds.

    Raises:
        msgspec.ValidationError: it is none.
    """
    order: PaymentOrder = msgspec.convert(payload, PaymentOrder)
    return order


def subject_of(order: PaymentOrder) -> str:
    """Return what orders take turns about: a subscription, a payer's account, a page."""
    match order:
        case PayBack(account_id=account_id) | ForgetPayer(account_id=account_id):
            return str(account_id)
        case ExpireCheckout(session_id=session_id):
            return session_id
        case _:
            return order.subscription_id


class EntryOfOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is written about an order that is being carried out.

    Attributes:
        calls: its words, frozen.
        step: how many of them are done.
        generation: which key the next try has; a new one only after a look.
        began_at: when this generation was first tried.
        tries: how often anything was sent.
        broken: how many answers of this generation were errors that may be saved.
    """

    calls: tuple[Call, ...]
    step: int
    generation: int
    began_at: datetime | None
    tries: int
    broken: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to send."""
        return self.step >= len(self.calls)
