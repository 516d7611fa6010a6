"""Who a payer is at the payment service: asked before anything is paid, and not taken for granted.

A customer can be deleted at the service's own desk. Nothing can be paid as that customer any more,
so the account lets go of the id, and the next payment makes the payer known again.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.money.billing_accounts import BillingAccount
from domain.payments.desk import PaymentDesk
from services.dispatch import Order, Work
from services.house import House
from services.money.billing import NoteCustomerGone


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """How the payment service knows somebody now.

    Attributes:
        customer_id: under which id; ``None`` if it does not, or not any more.
        former_id: the id that was deleted last, if one was.
        currency: in which they pay, if that is settled.
    """

    customer_id: str | None = None
    former_id: str | None = None
    currency: str | None = None


async def find_payer(house: House, desk: PaymentDesk, account_id: UUID) -> Payer:
    """Return how the service knows a payer now; one without an account is not known.

    Raises:
        PaymentsAway: it could not be asked.
    """
    account = await Work(house.store, account_id).find(BillingAccount, account_id)
    if account is None:
        return Payer()
    customer_id = account.customer_id
    if customer_id is None:
        return Payer(former_id=next(reversed(account.former_customers), None))
    known = await desk.payer(customer_id)
    if known is None:
        gone = NoteCustomerGone(account_id=account_id, customer_id=customer_id)
        command_id = uuid5(account_id, f"customer-gone/{customer_id}")
        await house.dispatch(gone, Order(command_id=command_id))
        return Payer(former_id=customer_id)
    former_id = next(reversed(account.former_customers), None)
    return Payer(customer_id=customer_id, former_id=former_id, currency=known.currency)
