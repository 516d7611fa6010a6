"""The payment service as the house needs it: what can be asked of it, and what it answers.

Cards are never seen here: the service has pages of its own for them. Everything that is told
about a subscription comes as an :class:`domain.memberships.observations.Observation`, whoever made
us look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.errors import DomainError
from domain.memberships.observations import Observation
from domain.money.billing_accounts import PayerKind
from domain.payments.orders import Call, Made, PaymentOrder
from domain.values import Money


class PaymentsAway(DomainError):
    """The payment service does not answer."""

    code = "payments.away"


class PaymentKeyRefused(PaymentsAway):
    """The payment service knows our key no more, or the key may not do this; somebody must look."""

    code = "payments.key_refused"


class PaymentsOff(DomainError):
    """This house takes no dues."""

    code = "payments.off"


class PriceGone(DomainError):
    """A plan is not offered any more, or not in this currency."""

    code = "payments.price_gone"


class PriceChanged(PriceGone):
    """A plan does not cost any more what somebody agreed to."""

    code = "payments.price_changed"


class PaymentRefused(DomainError):
    """The payment service refused; ``facts["why"]`` is its word for the reason, never prose."""

    code = "payments.refused"

    @property
    def why(self) -> str:
        """The word, such as ``resource_missing``; ``unknown`` where none was said."""
        return str(self.facts.get("why") or "unknown")


class CardRefused(PaymentRefused):
    """A bank said no to a card; ``facts["why"]`` is its word."""

    code = "payments.card_refused"


class CurrencyBound(PaymentRefused):
    """A payer pays in one currency: the one in which they began."""

    code = "payments.currency_bound"


class CatalogueFault(DomainError):
    """A file of prices cannot be used; the message says why."""

    code = "payments.catalogue_fault"


class Every(StrEnum):
    """How often dues are paid."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a plan costs.

    Attributes:
        plan: its lookup key, which is the name of the plan everywhere.
        payer_kind: whether people pay it for themselves, or practices for each seat.
        amount: for one person and one period.
        every: the period.
        includes_tax: whether tax is part of the amount or comes on top.
        since: when it was made, if that is known; who began before may have an older one.
    """

    plan: str
    payer_kind: PayerKind
    amount: Money
    every: Every
    includes_tax: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPayer:
    """A payer as the service knows them.

    Attributes:
        customer_id: under which id.
        currency: in which they pay, three capital letters; ``None`` before they ever did.
    """

    customer_id: str
    currency: str | None


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
        line: a neutral word for it, as invoice and bank show it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A look at a subscription, and whose it is.

    Attributes:
        membership_id: as its metadata say; ``None`` if it is none of ours.
        account_id: as above.
        observation: what was seen.
    """

    membership_id: UUID | None
    account_id: UUID | None
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would cost, as the service reckons it.

    Attributes:
        now: charged at once, less the balance, or with the next invoice when *gathers*.
        then: each full period from *then_at* on.
        then_at: when the first full period under the change begins.
        every: the period.
        tax: the part of *now* that is tax.
        gathers: nothing is charged now; the difference comes with the next invoice.
        gathered_at: when that invoice is written; ``None`` if nothing gathers.
        from_balance: what the payer's balance took off *now*; when it *gathers*, what lies there
            and is taken off that invoice. Negative for what they owe.
        lines: the service's own words for each line, with its amount.
    """

    now: Money
    then: Money
    then_at: datetime
    every: Every
    tax: Money
    gathers: bool
    gathered_at: datetime | None
    from_balance: Money
    lines: Sequence[tuple[str, Money]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice, as the service shows it; the paper with legal force is the service's own.

    Attributes:
        invoice_id: the service's id.
        number: as printed; ``None`` for a draft.
        status: the service's word: draft, open, paid, void, uncollectible.
        total: with tax; *tax* is the part that is tax, *paid* what was paid of it.
        issued_at: when it was made final.
        paid_at: when it was paid.
        period: from when to when it is for, if it is for a period.
        page_url: the service's page for it, where it can be paid; *file_url* its PDF.
    """

    invoice_id: str
    number: str | None
    status: str
    total: Money
    tax: Money
    paid: Money
    issued_at: datetime | None
    paid_at: datetime | None
    period: tuple[datetime, datetime] | None
    page_url: str | None
    file_url: str | None


class PaymentDesk(Protocol):
    """What the house asks of its payment service.

    Every method may raise :class:`PaymentsAway` (nothing is known to have happened; ask again) and
    :class:`PaymentRefused`.
    """

    async def prices(self) -> Sequence[Price]:
        """Return what is offered; kept for some minutes."""
        ...

    async def payer(self, customer_id: str) -> KnownPayer | None:
        """Return a payer; ``None`` if they were deleted at the service's own desk."""
        ...

    async def begin(self, ask: CheckoutAsk) -> CheckoutPage:
        """Return a page for a first payment, or for coming back.

        Raises:
            PriceGone: the plan is not offered.
            CurrencyBound: this payer pays in another currency.
        """
        ...

    async def buy(self, ask: PurchaseAsk) -> CheckoutPage:
        """Return a page for something that is paid once; an invoice is made for it."""
        ...

    async def checkout(self, session_id: str) -> CheckoutSeen:
        """Return what became of such a page."""
        ...

    async def tax_id(self, customer_id: str) -> tuple[str, str] | None:
        """Return the newest tax id that a payer's invoices name: its kind, and the id of it."""
        ...

    async def card_page(self, customer_id: str, *, back_url: str) -> str:
        """Return the address of the page where a card is changed; it works for some minutes."""
        ...

    async def send_papers_to(self, customer_id: str, address: str) -> None:
        """Let a payer's invoices go to a mail address, which the service keeps and we do not."""
        ...

    async def preview_plan(self, subscription_id: str, plan: str) -> Preview:
        """Return what another plan would cost.

        Raises:
            PriceGone: the plan is not offered.
        """
        ...

    async def preview_seats(self, subscription_id: str, count: int) -> Preview:
        """Return what another number of seats would cost."""
        ...

    async def look(self, subscription_id: str, *, source_event_id: str | None = None) -> Seen:
        """Fetch a subscription anew; the look begins when this is called."""
        ...

    async def invoices(self, customer_id: str) -> Sequence[Invoice]:
        """Return a payer's invoices, newest first."""
        ...

    async def invoice(self, invoice_id: str) -> tuple[str, Invoice]:
        """Return whose an invoice is (the customer's id), and the invoice."""
        ...

    async def render(self, order: PaymentOrder, *, order_id: str) -> Sequence[Call]:
        """Word an order as calls, once; it may look at the service for what it needs.

        Args:
            order: what.
            order_id: ours; every call leaves it there, so that what was made can be found.

        Returns:
            What to send, in order; nothing when it is so already.
        """
        ...

    async def send(self, call: Call, *, key: str) -> Made:
        """Make a call; the same key makes a repetition the same doing.

        Raises:
            CardRefused: a card was asked and refused; nothing else changed.
        """
        ...

    async def made_by(self, call: Call) -> Made | None:
        """Return what a call made, if it is seen to have been done; changes nothing."""
        ...
