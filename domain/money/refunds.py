"""Refunds: the reasons that may be given, how much one person may order alone, and refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, NotAllowed, Stale
from domain.money.currencies import minor_places
from domain.values import Money

_USUAL: Final = Decimal(200)
_LIMIT: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(?: ([A-Z]{3}))?")


class LimitUnreadable(DomainError):
    """How much one person may pay back alone is not written in a way that can be read."""

    code = "refund.limit_unreadable"


class RefundTooLarge(DomainError):
    """More would be paid back than was paid."""

    code = "money_ledger.refund_too_large"


class RefundFrozen(DomainError):
    """The payer's bank is asking for the payment; paying back waits for its answer."""

    code = "money_ledger.refund_frozen"


class SecondPersonNeeded(NotAllowed):
    """A large refund is asked for by two people."""

    code = "money_ledger.second_person_needed"


class ProposalGone(Stale):
    """There is no such proposal any more: it was agreed to, or dropped."""

    code = "money_ledger.proposal_gone"


class RefundReason(StrEnum):
    """Why something is paid back: words, so that no reason can name anybody."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"
    SERVICE = "service_issue"
    CHANGED = "order_change"
    NOT_CONTENT = "product_unsatisfactory"
    FRAUD = "fraudulent"


@dataclass(frozen=True, slots=True)
class RefundLimits:
    """The largest refund that one person may order; above it somebody else agrees first.

    Attributes:
        usual: in whole units of any currency that has no limit of its own.
        own: in whole units, by currency.
    """

    usual: Decimal = _USUAL
    own: Mapping[str, Decimal] = field(default_factory=dict)

    def alone_up_to(self, currency: str) -> Money:
        """Return the limit in a currency, rounded down to what it can express."""
        whole = self.own.get(currency, self.usual)
        return Money(int(whole * 10 ** minor_places(currency)), currency)


def read_limits(text: str) -> RefundLimits:
    """Return limits as a setting writes them: ``200.00``, or ``200.00, 250.00 USD, 30000 JPY``.

    An amount without a currency is for every currency that is not named.

    Raises:
        LimitUnreadable: it is not written so, or names something twice.
    """
    read: dict[str | None, Decimal] = {}
    for part in text.split(","):
        found = _LIMIT.fullmatch(part.strip())
        if found is None or found[2] in read:
            raise LimitUnreadable("Write amounts such as 200.00, 250.00 USD, each currency once.")
        read[found[2]] = Decimal(found[1])
    usual = read.pop(None, _USUAL)
    return RefundLimits(usual, {name: each for name, each in read.items() if name is not None})
