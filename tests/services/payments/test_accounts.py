"""Orders about billing accounts: who may open, move or close one."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.memberships.rules import membership_id
from domain.money.billing_accounts import AccountClosed, AccountInUse, BillingAccount, PayerKind
from domain.money.billing_accounts import billing_account_id as account_of
from services.memberships.commands import ObserveSubscription, RequestMembership
from services.money.accounts import ChangeContact, CloseAccount, NoteTaxId, OpenAccount
from services.money.billing import OpenPractice, PayerOnly
from tests.support.billing import MONTHLY, PRACTICE, active, day, ended
from tests.support.house import SmallHouse


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    return house


async def account(house: SmallHouse, payer_id: UUID) -> BillingAccount:
    return await house.known(BillingAccount, account_of(payer_id))


async def test_an_account_is_opened_once_by_whoever_pays(house: SmallHouse) -> None:
    for _ in range(2):
        await house.do(OpenAccount(payer_kind=PayerKind.PERSON, payer_id=house.ana, by=house.ana))
    assert (await account(house, house.ana)).version == 1
    with pytest.raises(PayerOnly):
        await house.do(OpenAccount(payer_kind=PayerKind.PERSON, payer_id=house.bo, by=house.ana))


async def test_only_a_practices_managers_move_its_papers_or_close_it(house: SmallHouse) -> None:
    await house.do(OpenPractice(practice_id=PRACTICE, name="Harbour practice", by=house.joy))
    practice = account_of(PRACTICE)
    move = ChangeContact(account_id=practice, contact_id=UUID(int=9), by=house.joy)
    await house.do(move)
    assert (await account(house, PRACTICE)).contact_id == UUID(int=9)
    for by in (house.ana, house.admin):
        with pytest.raises(PayerOnly):
            await house.do(ChangeContact(account_id=practice, contact_id=UUID(int=8), by=by))
        with pytest.raises(PayerOnly):
            await house.do(CloseAccount(account_id=practice, by=by))
    await house.do(CloseAccount(account_id=practice, by=house.joy))
    with pytest.raises(AccountClosed):
        await house.do(NoteTaxId(account_id=practice, kind="eu_vat", tax_id_ref="txi_1"))


async def test_an_account_through_which_somebody_takes_part_stays_open(house: SmallHouse) -> None:
    mine = account_of(house.ana)
    own = membership_id(mine, house.ana)
    begin = RequestMembership(
        payer_kind=PayerKind.PERSON, payer_id=house.ana, plan=MONTHLY, by=house.ana
    )
    await house.do(begin)
    await house.do(ObserveSubscription(membership_id=own, observation=active(0)))
    with pytest.raises(AccountInUse):
        await house.do(CloseAccount(account_id=mine, by=house.ana))
    house.clock.at = day(2)
    await house.do(ObserveSubscription(membership_id=own, observation=ended(1)))
    await house.do(CloseAccount(account_id=mine, by=house.ana))
    assert (await account(house, house.ana)).closed


async def test_a_tax_id_is_remembered_by_its_reference(house: SmallHouse) -> None:
    await house.do(OpenAccount(payer_kind=PayerKind.PERSON, payer_id=house.ana, by=house.ana))
    mine = account_of(house.ana)
    for _ in range(2):
        await house.do(NoteTaxId(account_id=mine, kind="eu_vat", tax_id_ref="txi_1"))
    known = await account(house, house.ana)
    assert (known.tax_id, known.version) == (("eu_vat", "txi_1"), 2)
