"""Stripe's books: what a message does not say itself, and the lists that reconciliation reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import stripe

from domain.errors import NotFound
from domain.payments.checkouts import Purchase
from domain.payments.news import (
    BookedLine,
    ListedSubscription,
    Message,
    News,
    UnreadableMessage,
)
from infra.stripe import marks
from infra.stripe.bookings import booked
from infra.stripe.connection import Connection
from infra.stripe.envelopes import (
    customer_of,
    foreign_id,
    message_of,
    subject_of,
    subscription_of,
)
from infra.stripe.facts import (
    ABOUT_A_PAYMENT,
    NOTHING_MORE,
    USED,
    Context,
    Json,
    facts_of,
    facts_of_invoice,
    order_of,
)
from infra.stripe.lists import MOST, every, plain
from infra.stripe.observing import plan_of, will_end
from infra.stripe.purchases import purchase_of
from infra.stripe.readings import id_of, moment

ANOTHER_HOUSE: Final = "another_house"
ANOTHER_PRODUCT: Final = "another_product"


class StripeBooks:
    """Reads Stripe's lists (:class:`domain.payments.news.PaymentBooks`).

    Args:
        connection: with a key that may read.
        environment: this house's; what another one made is nobody's here.
        livemode: whether this house works with real money.
    """

    def __init__(self, connection: Connection, *, environment: str, livemode: bool) -> None:
        self._connection = connection
        self._ask = connection.ask
        self._v1 = connection.client.v1
        self._environment = environment
        self._livemode = livemode

    async def read(self, content: Mapping[str, Any]) -> News:
        """Return what a message means; see the port."""
        try:
            return await self._read(content)
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise UnreadableMessage("This message is not in the shape of its kind.") from error

    async def _read(self, content: Mapping[str, Any]) -> News:
        thing = subject_of(content)
        told = _metadata_of(thing)
        foreign = self._foreign(told)
        if foreign or content.get("type") not in USED:
            return News(message_id=content["id"], foreign=foreign)
        customer_id = customer_of(thing)
        context = NOTHING_MORE
        paid_for = thing if thing.get("object") == "invoice" else None
        if content["type"] in ABOUT_A_PAYMENT:
            invoice = await self._invoice_paid_by(thing)
            if invoice is not None:
                paid_for = invoice
                told = _metadata_of(invoice) | told
                customer_id = customer_id or customer_of(invoice)
                context = await self._context(thing, invoice)
        elif content["type"] == "customer.updated":
            context = await self._balance(content, thing)
        return News(
            message_id=content["id"],
            subscription_id=subscription_of(thing),
            customer_id=customer_id,
            account_id=self._marked(told, marks.ACCOUNT),
            foreign=self._foreign(told),
            facts=facts_of(content, context),
            purchase=self._purchase(paid_for),
        )

    async def payer(self, customer_id: str) -> News:
        """Return whose customer somebody is, as their own metadata say.

        We mark each customer when we make them, so one without our marks pays for something else
        that is sold in the same account of Stripe's.
        """
        try:
            found = await self._ask(lambda: self._v1.customers.retrieve_async(customer_id))
        except NotFound:
            return News(message_id=None, customer_id=customer_id)
        told = _metadata_of(plain(found))
        unmarked = ANOTHER_PRODUCT if marks.ENVIRONMENT not in told else None
        return News(
            message_id=None,
            customer_id=customer_id,
            account_id=self._marked(told, marks.ACCOUNT),
            foreign=self._foreign(told) or unmarked,
        )

    async def messages(self, since: datetime) -> AsyncIterator[Message]:
        """Yield messages from an instant on; see the port."""
        asked: Any = {"created": {"gte": int(since.timestamp())}, "types": list(USED)}
        async for event in every(self._ask, self._v1.events.list_async, asked):
            yield message_of(plain(event), livemode=self._livemode)

    async def message(self, message_id: str) -> Message:
        """Return one message, while Stripe keeps it: thirty days; see the port."""
        found = await self._ask(lambda: self._v1.events.retrieve_async(message_id))
        return message_of(plain(found), livemode=self._livemode)

    async def subscriptions(self) -> AsyncIterator[ListedSubscription]:
        """Yield every subscription of this house; see the port."""
        async for each in every(self._ask, self._v1.subscriptions.list_async, {"status": "all"}):
            if not self._foreign(marks.plain(each.metadata)):
                yield _listed(each, self._marked(marks.plain(each.metadata), marks.MEMBERSHIP))

    async def invoices(self, since: datetime) -> AsyncIterator[News]:
        """Yield what invoices say; see the port."""
        asked = {"created": {"gte": int(since.timestamp())}}
        async for found in every(self._ask, self._v1.invoices.list_async, asked):
            each = plain(found)
            told = _metadata_of(each)
            if not self._foreign(told):
                yield News(
                    message_id=None,
                    subscription_id=subscription_of(each),
                    customer_id=customer_of(each),
                    account_id=self._marked(told, marks.ACCOUNT),
                    facts=facts_of_invoice(each),
                )

    def booked(self, since: datetime, until: datetime) -> AsyncIterator[BookedLine]:
        """Yield what really moved; see the port."""
        return booked(self._connection, since, until)

    async def _invoice_paid_by(self, thing: Json) -> Json | None:
        """Return the invoice that a refunded or disputed payment paid, if it paid one."""
        intent = foreign_id(thing.get("payment_intent"))
        if intent is None:
            return None
        asked: Any = {
            "payment": {"type": "payment_intent", "payment_intent": intent},
            "expand": ["data.invoice"],
            "limit": 1,
        }
        found = await self._ask(lambda: self._v1.invoice_payments.list_async(asked))
        for each in found.data:
            invoice = plain(each).get("invoice")
            return invoice if isinstance(invoice, dict) else None
        return None

    async def _context(self, thing: Json, invoice: Json) -> Context:
        """Return which invoice it is about and, of a refund, which order of ours asked for it."""
        order_id = order_of(thing)
        if thing.get("object") == "refund" and order_id is None:
            notes = await self._ask(
                lambda: self._v1.credit_notes.list_async({"invoice": invoice["id"], "limit": MOST})
            )
            order_id = next(
                (
                    order_of(note)
                    for note in map(plain, notes.data)
                    if thing["id"] in {foreign_id(each["refund"]) for each in note["refunds"]}
                ),
                None,
            )
        return Context(invoice_id=invoice["id"], order_id=order_id)

    async def _balance(self, event: Json, customer: Json) -> Context:
        """Return the lines of a credit balance, if it is the balance that changed."""
        before = (event.get("data") or {}).get("previous_attributes") or {}
        if "balance" not in before:
            return NOTHING_MORE
        lines = await self._ask(
            lambda: self._v1.customers.balance_transactions.list_async(
                customer["id"], {"limit": MOST}
            )
        )
        return Context(balance_lines=tuple(map(plain, reversed(lines.data))))

    def _purchase(self, invoice: Json | None) -> Purchase | None:
        """Return what an invoice was paid for, if it was for something that is paid once."""
        if invoice is None:
            return None
        return purchase_of(
            _metadata_of(invoice),
            invoice_id=foreign_id(invoice.get("id")),
            paid=invoice.get("amount_paid"),
            currency=invoice.get("currency"),
            environment=self._environment,
        )

    def _foreign(self, told: Mapping[str, Any]) -> str | None:
        house = told.get(marks.ENVIRONMENT)
        return ANOTHER_HOUSE if house is not None and house != self._environment else None

    def _marked(self, told: Mapping[str, Any], name: str) -> UUID | None:
        return marks.read_id(told, name, environment=self._environment)


def _metadata_of(thing: Json) -> dict[str, Any]:
    """Return our own words on an object; an invoice carries those of its subscription."""
    parent = thing.get("parent")
    details = (parent.get("subscription_details") if isinstance(parent, dict) else None) or {}
    return {**(details.get("metadata") or {}), **(thing.get("metadata") or {})}


def _listed(each: stripe.Subscription, membership_id: UUID | None) -> ListedSubscription:
    """Return what a list shows of a subscription, read as a look reads it."""
    items = each["items"].data
    end = min((item.current_period_end for item in items), default=None)
    return ListedSubscription(
        subscription_id=each.id,
        customer_id=id_of(each.customer) or "",
        membership_id=membership_id,
        status=each.status,
        period_end_at=moment(end),
        quantity=items[0].quantity if items and items[0].quantity is not None else 1,
        price=plan_of(items[0].price) if items else "",
        ends_at_period_end=will_end(each, end),
    )
