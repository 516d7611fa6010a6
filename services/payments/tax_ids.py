"""Which tax id a payer's invoices name, as the payment service says; its number stays there."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid5

from domain.errors import DomainError
from domain.money.billing_accounts import BillingAccount
from services.dispatch import Order
from services.house import House
from services.money.accounts import NoteTaxId


async def note_tax_id(house: House, account: BillingAccount) -> None:
    """Ask for the newest tax id and remember it; no page fails because that was not to be had."""
    if house.payments is None or account.customer_id is None:
        return
    with suppress(DomainError):
        found = await house.payments.tax_id(account.customer_id)
        if found is not None and found != account.tax_id:
            kind, ref = found
            note = NoteTaxId(account_id=account.id, kind=kind, tax_id_ref=ref)
            # the one before the last may come back: that is no repetition
            command_id = uuid5(account.id, f"tax-id:{account.version}:{ref}")
            await house.dispatch(note, Order(command_id=command_id))
