"""The payment service's own pages: what they are asked for, and what became of them.

Cards are never seen here: the service has pages of its own for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutAsk:
    """What the service's page for a first payment is asked for.

    Attributes:
        account_id: who pays; comes back as the page's reference.
        membership_id: what is paid for.
        customer_id: under which id the service knows the payer, if it does.
        former_id: under which id it knew them before that was deleted; else a repeated ask would
            be answered with the deleted one.
        plan: which price.
        currency: three capital letters.
        quantity: 1, or a practice's seats.
        trial_days: without a card, 0 for none; only for who never had one.
        percent_off: what a scholarship carries, 0 for none.
        done_url: where the page leads when it is done; ``{CHECKOUT_SESSION_ID}`` stands in it.
        back_url: where it leads when somebody turns back.
        key: makes a repeated ask the same page.
    """

    account_id: UUID
    membership_id: UUID
    customer_id: str | None
    plan: str
    currency: str
    quantity: int
    trial_days: int
    percent_off: int
    done_url: str
    back_url: str
    key: str
    former_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPage:
    """A page of the service that waits for somebody.

    Attributes:
        session_id: its id.
        customer_id: under which id the service knows the payer: to be linked at once, so that a
            second page is opened for the same one.
        url: where it is.
        expires_at: when it is of no use any more.
    """

    session_id: str
    customer_id: str
    url: str
    expires_at: datetime


class Purpose(StrEnum):
    """What is paid for once, and not each period."""

    FUND = "fund"  # a gift to a scholarship fund
    MONTHS = "months"  # gift months for somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseAsk:
    """What the service's page for something that is paid once is asked for.

    Attributes:
        account_id: who pays; comes back as the page's reference.
        customer_id: under which id the service knows the payer, if it does.
        former_id: as in :class:`CheckoutAsk`.
        purpose: what for.
        subject_id: which fund, or which gift.
        price: of one; *quantity* says how many.
        quantity: how many months; 1 for a gift to a fund.
        line: what its page and its invoice say that it is for.
        includes_tax: whether tax is part of the price; ``None`` where there is no tax.
        done_url: as in :class:`CheckoutAsk`, like *back_url* and *key*.
    """

    account_id: UUID
    customer_id: str | None
    purpose: Purpose
    subject_id: UUID
    price: Money
    quantity: int
    line: str
    includes_tax: bool | None
    done_url: str
    back_url: str
    key: str
    former_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Something that was paid once, and what for, as its invoice says.

    Attributes:
        account_id: who paid; ``None`` if the invoice does not say.
        purpose: what for.
        subject_id: which fund, or which gift.
        quantity: how many months.
        invoice_id: names the payment for ever.
        paid: what was paid, with tax.
    """

    account_id: UUID | None
    purpose: Purpose
    subject_id: UUID
    quantity: int
    invoice_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSeen:
    """What became of such a page.

    Attributes:
        session_id: its id.
        account_id: whose it is, as we had said; ``None`` if it is none of ours.
        subscription_id: what began with it.
        complete: whether it was gone through.
        purchase: what was paid once on it, if anything was.
    """

    session_id: str
    account_id: UUID | None
    subscription_id: str | None
    complete: bool
    purchase: Purchase | None = None
