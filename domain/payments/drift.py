"""Drift: where our record and the payment service's differ.

A difference is found by comparing, healed by looking or noting, and counted. The count ought to be
nought; what cannot be healed waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from domain.values import Money

EVENTS: Final = "stripe/events"
"""The mark that says, by our clock, when the payment service's events were last read to the end."""

NEWEST_EVENT: Final = "stripe/newest_event"
"""The mark from which they are read again: when the newest was made, by the service's clock."""


class DriftKind(StrEnum):
    """What can differ."""

    NO_MEMBER = "no_member"  # a subscription lives, and is nobody's here
    UNSEEN = "unseen"  # a subscription of ours that was never looked at
    DIFFERS = "differs"  # status, period, quantity, price or end are not what was seen last
    SURPLUS = "surplus"  # we hold it to live, and the service does not list it
    SECOND = "second"  # an account pays for two that live
    MEMBER_GONE = "member_gone"  # it lives, and whom it is for is forgotten
    NO_REASON = "no_reason"  # somebody takes part, and nothing that is paid for says why
    NO_ACCOUNT = "no_account"  # an invoice of nobody here
    FACT_MISSING = "fact_missing"  # it happened to an invoice, and no ledger says so
    FACT_DIFFERS = "fact_differs"  # a ledger says another amount
    FACT_SURPLUS = "fact_surplus"  # a ledger names an invoice that the service does not list
    MONEY = "money"  # a month's ledgers and what really moved are not the same
    WATERMARK = "watermark"  # messages were not read for so long that some may be lost


SUBSCRIPTION_KINDS = frozenset(
    {
        DriftKind.NO_MEMBER,
        DriftKind.UNSEEN,
        DriftKind.DIFFERS,
        DriftKind.SURPLUS,
        DriftKind.SECOND,
        DriftKind.MEMBER_GONE,
        DriftKind.NO_REASON,
    }
)
INVOICE_KINDS = frozenset(
    {
        DriftKind.NO_ACCOUNT,
        DriftKind.FACT_MISSING,
        DriftKind.FACT_DIFFERS,
        DriftKind.FACT_SURPLUS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference.

    Attributes:
        kind: what differs.
        subject: the service's id of what it is about, a ledger's key, or a month.
        ours: what we say, in words and figures without names.
        theirs: what the service says.
    """

    kind: DriftKind
    subject: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What moved in a month for other products in the same account: it was not compared.

    Attributes:
        month: its first day, by UTC.
        move: ``paid`` or ``paid_back``.
        many: how many payments, or refunds.
        amount: all of them.
    """

    month: date
    move: str
    many: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """A difference that is not healed, with when it was found and last seen."""

    kind: str
    subject: str
    ours: str
    theirs: str
    found_at: datetime
    seen_at: datetime
