"""Billing accounts: one payer, one customer at Stripe, references only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.money.billing_accounts import (
    AccountClosed,
    AccountInUse,
    BillingAccount,
    CustomerDiffers,
    PayerKind,
    billing_account_id,
)
from tests.support.billing import CUSTOMER
from tests.support.builders import ANA, BO, SIX_PM, at, facts, known

CONTACT = UUID(int=701)


def an_account() -> BillingAccount:
    account: BillingAccount = known(
        BillingAccount.open(payer_kind=PayerKind.PERSON, payer_id=ANA, at=SIX_PM)
    )
    return account


def test_a_payer_has_one_account() -> None:
    assert an_account().id == billing_account_id(ANA) != billing_account_id(BO)


def test_an_account_is_one_customer_for_ever() -> None:
    account = an_account()
    for _ in range(2):
        account.link_customer(CUSTOMER, at=at(1))
    with pytest.raises(CustomerDiffers):
        account.link_customer("cus_other", at=at(2))
    assert account.customer_id == CUSTOMER
    assert len(facts(account)) == 1


@pytest.mark.parametrize("customer_id", ["", "cus 1", "cus_\n", "c" * 256, "cüs"])
def test_what_is_no_id_is_refused(customer_id: str) -> None:
    with pytest.raises(InvalidFields):
        an_account().link_customer(customer_id, at=at(1))


def test_contact_and_tax_id_are_references_and_the_same_twice_is_one_fact() -> None:
    account = an_account()
    for _ in range(2):
        account.change_contact(CONTACT, at=at(1))
        account.set_tax_id(kind="eu_vat", tax_id_ref="txi_1", at=at(1))
    assert (account.contact_id, account.tax_id) == (CONTACT, ("eu_vat", "txi_1"))
    assert len(facts(account)) == 2
    with pytest.raises(InvalidFields):
        account.set_tax_id(kind="DE123456789", tax_id_ref="txi_1", at=at(2))


def test_an_account_closes_when_nobody_takes_part_through_it_and_stays_closed() -> None:
    account = an_account()
    with pytest.raises(AccountInUse):
        account.close(still_taking_part=1, by=ANA, at=at(1))
    for _ in range(2):
        account.close(still_taking_part=0, by=ANA, at=at(2))
    orders: list[Callable[[], None]] = [
        lambda: account.link_customer(CUSTOMER, at=at(3)),
        lambda: account.change_contact(CONTACT, at=at(3)),
        lambda: account.set_tax_id(kind="eu_vat", tax_id_ref="txi_1", at=at(3)),
    ]
    for order in orders:
        with pytest.raises(AccountClosed):
            order()
    assert len(facts(account)) == 1
