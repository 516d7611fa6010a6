"""Stripe's own pages: for a first payment, and for changing a card."""

from __future__ import annotations

from typing import Any, Final

import stripe

from domain.errors import NotFound
from domain.payments.checkouts import CheckoutAsk, CheckoutPage, CheckoutSeen, Purchase, PurchaseAsk
from domain.payments.desk import KnownPayer
from domain.payments.refusals import CurrencyBound, PaymentRefused
from infra.stripe import marks
from infra.stripe.connection import Connection
from infra.stripe.prices import PriceList
from infra.stripe.purchases import page_params, purchase_of
from infra.stripe.readings import id_of, instant

#: Coupons of scholarships by their percentage; the catalogue makes them, nobody else can use them.
COUPON: Final = "peerhour-{percent}"
_MONTHLY: Final = {"interval": "month", "interval_count": 1}


class Checkouts:
    """Opens Stripe's pages and reads what became of them.

    Args:
        connection: to Stripe.
        prices: what is offered.
        environment: goes with everything that is made.
        taxes: whether Stripe Tax reckons taxes.
    """

    def __init__(
        self, connection: Connection, prices: PriceList, *, environment: str, taxes: bool
    ) -> None:
        self._connection = connection
        self._prices = prices
        self._environment = environment
        self._taxes = taxes

    async def begin(self, ask: CheckoutAsk) -> CheckoutPage:
        """Open a page; see :meth:`domain.payments.desk.PaymentDesk.begin`."""
        price_id = await self._prices.id_of(ask.plan, ask.currency)
        customer_id = ask.customer_id or await self._customer(ask)
        params = _params(ask, price_id, customer_id, self._environment, taxes=self._taxes)
        if await self._prices.is_yearly_seat(ask.plan):
            # what seats cost meanwhile would wait for a year; by the month, the renewal takes it
            params["subscription_data"]["pending_invoice_item_interval"] = _MONTHLY
        try:
            return await self._page(params, ask, customer_id)
        except PaymentRefused:
            await self._prices.require_still_offered(ask.plan, ask.currency)
            await self._require_currency(customer_id, ask.currency)
            raise

    async def payer(self, customer_id: str) -> KnownPayer | None:
        """Return a payer; Stripe answers for a deleted one that it is deleted."""
        try:
            found = await self._connection.ask(
                lambda: self._connection.client.v1.customers.retrieve_async(customer_id)
            )
        except NotFound:
            return None
        if getattr(found, "deleted", False):
            return None
        currency = found.currency.upper() if found.currency else None
        return KnownPayer(customer_id=customer_id, currency=currency)

    async def _require_currency(self, customer_id: str, currency: str) -> None:
        """Refuse another currency than a customer's; Stripe takes one from each.

        Source: docs.stripe.com/billing/customer#currency.
        """
        known = await self.payer(customer_id)
        if known is not None and known.currency not in {None, currency}:
            raise CurrencyBound(
                f"You paid in {known.currency} before, and our payment service keeps to one "
                f"currency for each payer. Choose {known.currency}; nothing was charged.",
                why="currency",
            )

    async def buy(self, ask: PurchaseAsk) -> CheckoutPage:
        """Open a page for something that is paid once."""
        customer_id = ask.customer_id or await self._customer(ask)
        params = page_params(ask, customer_id, self._environment, taxes=self._taxes)
        return await self._page(params, ask, customer_id)

    async def seen(self, session_id: str) -> CheckoutSeen:
        """Return what became of a page.

        Raises:
            NotFound: there is no such page.
        """
        session = await self._connection.ask(
            lambda: self._connection.client.v1.checkout.sessions.retrieve_async(session_id)
        )
        named = marks.read_id(session.metadata, marks.ACCOUNT, environment=self._environment)
        return CheckoutSeen(
            session_id=session.id,
            account_id=named if named == marks.as_id(session.client_reference_id) else None,
            subscription_id=id_of(session.subscription),
            complete=session.status == "complete",
            purchase=self._purchase(session),
        )

    def _purchase(self, session: stripe.checkout.Session) -> Purchase | None:
        """Return what was paid on a page; a payment that is still on its way was not."""
        if session.mode != "payment" or session.payment_status == "unpaid":
            return None
        return purchase_of(
            session.metadata,
            invoice_id=id_of(session.invoice),
            paid=session.amount_total,
            currency=session.currency,
            environment=self._environment,
        )

    async def tax_id(self, customer_id: str) -> tuple[str, str] | None:
        """Return the newest tax id of a payer."""
        found = await self._connection.ask(
            lambda: self._connection.client.v1.customers.tax_ids.list_async(
                customer_id, {"limit": 1}
            )
        )
        return next(((each.type, each.id) for each in found.data), None)

    async def send_papers_to(self, customer_id: str, address: str) -> None:
        """Let a payer's invoices go to a mail address."""
        await self._connection.ask(
            lambda: self._connection.client.v1.customers.update_async(
                customer_id, {"email": address}
            )
        )

    async def card_page(self, customer_id: str, *, back_url: str) -> str:
        """Return the address of the page where a card is changed."""
        session = await self._connection.ask(
            lambda: self._connection.client.v1.billing_portal.sessions.create_async(
                {
                    "customer": customer_id,
                    "return_url": back_url,
                    "flow_data": {
                        "type": "payment_method_update",
                        "after_completion": {
                            "type": "redirect",
                            "redirect": {"return_url": back_url},
                        },
                    },
                }
            )
        )
        return session.url

    async def _customer(self, ask: CheckoutAsk | PurchaseAsk) -> str:
        """Make the payer known, once: two pages opened at once are then for the same customer."""
        known = {marks.ACCOUNT: str(ask.account_id), marks.ENVIRONMENT: self._environment}
        after = f"-after-{ask.former_id}" if ask.former_id else ""
        key = f"ph-{self._environment}-customer-{ask.account_id}{after}"
        customer = await self._connection.ask(
            lambda: self._connection.client.v1.customers.create_async(
                {"metadata": known},
                {"idempotency_key": key},
            )
        )
        return customer.id

    async def _page(
        self, params: Any, ask: CheckoutAsk | PurchaseAsk, customer_id: str
    ) -> CheckoutPage:
        session = await self._connection.ask(
            lambda: self._connection.client.v1.checkout.sessions.create_async(
                params,
                {"idempotency_key": f"ph-{self._environment}-checkout-{ask.key}"},
            )
        )
        return CheckoutPage(
            session_id=session.id,
            customer_id=customer_id,
            url=session.url or ask.back_url,
            expires_at=instant(session.expires_at),
        )


def _params(
    ask: CheckoutAsk, price_id: str, customer_id: str, environment: str, *, taxes: bool
) -> Any:
    """Word a page; nothing in it depends on the clock, so that a repetition is the same page."""
    known = {
        marks.ACCOUNT: str(ask.account_id),
        marks.MEMBERSHIP: str(ask.membership_id),
        marks.ENVIRONMENT: environment,
    }
    agreed: dict[str, Any] = {"metadata": known, "billing_mode": {"type": "flexible"}}
    page: dict[str, Any] = {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": customer_id,
        "customer_update": {"address": "auto", "name": "auto"},
        "client_reference_id": str(ask.account_id),
        "line_items": [{"price": price_id, "quantity": ask.quantity}],
        "currency": ask.currency.lower(),
        "automatic_tax": {"enabled": taxes},
        "billing_address_collection": "required",
        "tax_id_collection": {"enabled": True},
        "success_url": ask.done_url,
        "cancel_url": ask.back_url,
        "metadata": known,
    }
    if ask.trial_days:
        page["payment_method_collection"] = "if_required"
        agreed["trial_period_days"] = ask.trial_days
        agreed["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}
    if ask.percent_off:
        page["discounts"] = [{"coupon": COUPON.format(percent=ask.percent_off)}]
    return page | {"subscription_data": agreed}
