"""Which tax id invoices name is followed, also back to one that was there before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from services.money.accounts import OpenAccount
from services.money.billing import LinkCustomer
from services.payments.tax_ids import note_tax_id
from tests.support.billing import CUSTOMER
from tests.support.house import SmallHouse


async def test_a_tax_id_that_comes_back_is_shown_again() -> None:
    small = SmallHouse()
    await small.people()
    account_id = billing_account_id(small.ana)
    await small.do(OpenAccount(payer_kind=PayerKind.PERSON, payer_id=small.ana, by=small.ana))
    await small.do(LinkCustomer(account_id=account_id, customer_id=CUSTOMER))
    newest = ("eu_vat", "")

    async def tax_id(_: str) -> tuple[str, str]:
        return newest

    house: Any = SimpleNamespace(payments=SimpleNamespace(tax_id=tax_id), dispatch=small.dispatch)
    for ref in ("txi_a", "txi_b", "txi_a"):
        newest = ("eu_vat", ref)
        await note_tax_id(house, await small.known(BillingAccount, account_id))
        assert (await small.known(BillingAccount, account_id)).tax_id == newest
