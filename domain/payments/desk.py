"""The payment service as the house needs it: what can be asked of it.

What it answers stands beside: :mod:`domain.payments.prices`, :mod:`domain.payments.checkouts`,
:mod:`domain.payments.invoices`, and what it refuses in :mod:`domain.payments.refusals`. Everything
that is told about a subscription comes as an
:class:`domain.memberships.observations.Observation`, whoever made us look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.memberships.observations import Observation
from domain.payments.checkouts import CheckoutAsk, CheckoutPage, CheckoutSeen, PurchaseAsk
from domain.payments.invoices import Invoice
from domain.payments.orders import Call, Made, PaymentOrder
from domain.payments.prices import NextCharge, Preview, Price


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


class PaymentDesk(Protocol):
    """What the house asks of its payment service.

    Every method may raise ``PaymentsAway`` (nothing is known to have happened; ask again) and
    ``PaymentRefused``.
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

    async def preview_return(self, subscription_id: str) -> Preview:
        """Return what coming back from a pause would cost now."""
        ...

    async def next_charge(self, subscription_id: str, *, count: int | None = None) -> NextCharge:
        """Return what is charged next; for another *count* if that holds from the renewal on.

        Raises:
            PaymentRefused: nothing is going to be charged.
        """
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
