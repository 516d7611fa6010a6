"""Paying once: the payment service's page for gift months, or for a gift to a fund."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.errors import DomainError
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.payments.checkouts import CheckoutPage, PurchaseAsk, Purpose
from domain.payments.desk import PaymentDesk
from domain.values import Money
from services.dispatch import Order
from services.house import House
from services.money.accounts import OpenAccount
from services.money.billing import LinkCustomer
from services.money.customers import find_payer


class OtherCurrency(DomainError):
    """The payment service takes one currency from each payer."""

    code = "purchase.other_currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody would like to pay for; see :class:`domain.payments.checkouts.PurchaseAsk`.

    Attributes:
        done_path: where the payment service leads when it is done, with the page's id at its end.
        back_path: where it leads when somebody turns back.
    """

    person_id: UUID
    purpose: Purpose
    subject_id: UUID
    price: Money
    quantity: int
    line: str
    includes_tax: bool | None
    done_path: str
    back_path: str


async def open_purchase(
    house: House, desk: PaymentDesk, order: Order, wanted: Wanted
) -> CheckoutPage:
    """Return the page on which somebody pays; the same form leads to the same page.

    Raises:
        AccountClosed: this person closed their account.
        OtherCurrency: they pay in another currency than this is paid in.
        PaymentsAway, PaymentRefused: no page was opened.
    """
    opens = OpenAccount(payer_kind=PayerKind.PERSON, payer_id=wanted.person_id, by=wanted.person_id)
    await house.dispatch(opens, order.step("account"))
    account_id = billing_account_id(wanted.person_id)
    payer = await find_payer(house, desk, account_id)
    if payer.currency not in {None, wanted.price.currency}:
        raise OtherCurrency(
            f"You pay in {payer.currency} here, and our payment service takes one currency from "
            "each payer. Nothing was charged.",
            currency=payer.currency,
        )
    ask = PurchaseAsk(
        account_id=account_id,
        customer_id=payer.customer_id,
        former_id=payer.former_id,
        purpose=wanted.purpose,
        subject_id=wanted.subject_id,
        price=wanted.price,
        quantity=wanted.quantity,
        line=wanted.line,
        includes_tax=wanted.includes_tax,
        done_url=f"{house.origin}{wanted.done_path}?session_id={{CHECKOUT_SESSION_ID}}",
        back_url=f"{house.origin}{wanted.back_path}?done=turned_back",
        key=str(uuid5(order.command_id, payer.former_id))
        if payer.former_id
        else str(order.command_id),
    )
    page = await desk.buy(ask)
    link = LinkCustomer(account_id=account_id, customer_id=page.customer_id)
    await house.dispatch(link, order.step("customer"))
    return page
