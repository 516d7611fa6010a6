"""What was paid once is carried out once, whoever brings it; and undone when it went back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotFound
from domain.memberships.funds import Fund, FundTooLow
from domain.memberships.gifts import Gift
from domain.memberships.scholarships import Tier
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.facts import MoneyFact, MoneyKind
from domain.payments.checkouts import Purchase, Purpose
from domain.payments.news import News, UnknownPayer
from domain.values import Money
from services.memberships.gifts import GiveMonthsAgain, RedeemGift
from services.memberships.scholarships import ApplyForScholarship, GrantScholarship, OpenFund
from services.money.accounts import OpenAccount
from services.money.billing import NoteMoney
from services.money.refunds import AskRefund
from services.payments.purchases import Purchases
from tests.support.billing import FUND, GIFT, day, fact
from tests.support.house import SmallHouse

PAID = Money(3_600, "EUR")


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    house.clock.at = day(0)
    await house.do(OpenAccount(payer_kind=PayerKind.PERSON, payer_id=house.bo, by=house.bo))
    await house.do(OpenFund(fund_id=FUND, name="For anybody", currency="EUR", by=house.admin))
    return house


def purchases(house: SmallHouse) -> Purchases:
    return Purchases(house.dispatch, house.store)


def bought(house: SmallHouse, purpose: Purpose, **changes: Any) -> Purchase:
    values: dict[str, Any] = {
        "account_id": billing_account_id(house.bo),
        "purpose": purpose,
        "subject_id": FUND if purpose is Purpose.FUND else GIFT,
        "quantity": 3,
        "invoice_id": "in_1",
        "paid": PAID,
    } | changes
    return Purchase(**values)


async def bring(
    house: SmallHouse,
    purchase: Purchase,
    kind: MoneyKind,
    object_id: str,
    cents: int = PAID.cents,
    *,
    reason: str | None = None,
) -> None:
    """Note a fact about a purchase and hand its news over, as the worker does."""
    told: MoneyFact = fact(
        object_id, cents, about=None if object_id == "in_1" else "in_1", reason=reason
    )
    await house.do(NoteMoney(account_id=billing_account_id(house.bo), kind=kind, fact=told))
    news = News(message_id=f"evt_{object_id}", facts=[(kind, told)], purchase=purchase)
    await purchases(house).take(news)


async def balance(house: SmallHouse) -> int:
    return (await house.known(Fund, FUND)).balance.cents


async def gift(house: SmallHouse) -> Gift:
    return await house.known(Gift, GIFT)


async def test_page_and_message_feed_a_fund_once(house: SmallHouse) -> None:
    purchase = bought(house, Purpose.FUND)
    await purchases(house).carry_out(purchase)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await purchases(house).carry_out(purchase)
    assert await balance(house) == PAID.cents


async def test_months_are_given_by_whoever_paid(house: SmallHouse) -> None:
    await bring(house, bought(house, Purpose.MONTHS), MoneyKind.INVOICE_PAID, "in_1")
    given = await gift(house)
    assert (given.months, given.giver_id) == (3, house.bo)


async def test_what_went_back_leaves_the_fund_and_comes_again_if_that_failed(
    house: SmallHouse,
) -> None:
    purchase = bought(house, Purpose.FUND)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1", 600)
    assert await balance(house) == PAID.cents - 600
    await bring(house, purchase, MoneyKind.REFUND_FAILED, "re_1", 600)
    assert await balance(house) == PAID.cents


async def test_a_return_that_fails_before_it_was_done_adds_nothing_to_the_fund(
    house: SmallHouse,
) -> None:
    purchase = bought(house, Purpose.FUND)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_FAILED, "re_1", 600)
    assert await balance(house) == PAID.cents
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1", 600)  # told late
    assert await balance(house) == PAID.cents


@pytest.mark.parametrize(("decided", "left"), [("won", PAID.cents), ("lost", 0)])
async def test_what_a_bank_gave_back_leaves_the_fund(
    house: SmallHouse, decided: str, left: int
) -> None:
    purchase = bought(house, Purpose.FUND)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.DISPUTE_CLOSED, "dp_1", reason=decided)
    assert await balance(house) == left


async def test_months_that_a_bank_gave_back_end_if_nobody_took_them(house: SmallHouse) -> None:
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.DISPUTE_CLOSED, "dp_1", reason="lost")
    assert (await gift(house)).is_taken_back


async def test_what_is_promised_already_is_for_the_house_to_fill_up(house: SmallHouse) -> None:
    purchase = bought(house, Purpose.FUND)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await house.do(ApplyForScholarship(member_id=house.eve, tier=Tier.HALF, by=house.eve))
    await house.do(
        GrantScholarship(member_id=house.eve, percent=Tier.HALF, fund_id=FUND, amount=PAID)
    )
    with pytest.raises(FundTooLow):
        await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1")


async def test_a_gift_ends_only_when_all_of_it_went_back_and_nobody_took_it(
    house: SmallHouse,
) -> None:
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1", 600)
    assert not (await gift(house)).is_taken_back
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_2", 3_000)
    assert (await gift(house)).is_taken_back


async def test_months_that_were_taken_stay(house: SmallHouse) -> None:
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await house.do(RedeemGift(gift_id=GIFT, member_id=house.eve, by=house.eve))
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1")
    assert not (await gift(house)).is_taken_back


@pytest.fixture
async def unreturned(house: SmallHouse) -> SmallHouse:
    """Months that ended, and whose refund failed days later."""
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1")
    await bring(house, purchase, MoneyKind.REFUND_FAILED, "re_1")
    return house


async def test_months_whose_refund_failed_stay_ended_until_somebody_decides(
    unreturned: SmallHouse,
) -> None:
    given = await gift(unreturned)
    assert given.is_taken_back
    assert given.unreturned == (billing_account_id(unreturned.bo), "in_1")
    await unreturned.do(GiveMonthsAgain(gift_id=GIFT, by=unreturned.admin))
    await unreturned.do(RedeemGift(gift_id=GIFT, member_id=unreturned.eve, by=unreturned.eve))


async def test_months_of_which_a_part_went_back_for_good_are_not_given_again(
    house: SmallHouse,
) -> None:
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1", 3_000)
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_2", 600)
    await bring(house, purchase, MoneyKind.REFUND_FAILED, "re_2", 600)
    refused = await house.refused(GiveMonthsAgain(gift_id=GIFT, by=house.admin))
    assert refused.code == "gift.partly_paid_back"
    assert (await gift(house)).is_taken_back


async def test_only_an_administrator_gives_months_again(unreturned: SmallHouse) -> None:
    refused = await unreturned.refused(GiveMonthsAgain(gift_id=GIFT, by=unreturned.bo))
    assert refused.code == "not_allowed"


async def test_months_whose_payment_went_back_in_the_end_are_not_given_again(
    unreturned: SmallHouse,
) -> None:
    purchase = bought(unreturned, Purpose.MONTHS)
    await bring(unreturned, purchase, MoneyKind.REFUND_DONE, "re_2")
    assert (await gift(unreturned)).unreturned is None
    refused = await unreturned.refused(GiveMonthsAgain(gift_id=GIFT, by=unreturned.admin))
    assert refused.code == "gift.paid_back"


async def test_months_are_not_given_again_while_their_payment_is_on_its_way_back(
    unreturned: SmallHouse,
) -> None:
    order = AskRefund(
        account_id=billing_account_id(unreturned.bo),
        order_id="refund-1",
        invoice_id="in_1",
        amount=PAID,
        reason="requested_by_customer",
        by=unreturned.admin,
    )
    await unreturned.do(order)
    refused = await unreturned.refused(GiveMonthsAgain(gift_id=GIFT, by=unreturned.admin))
    assert refused.code == "gift.paid_back"


async def test_a_refund_that_fails_before_the_gift_ended_changes_nothing(
    house: SmallHouse,
) -> None:
    purchase = bought(house, Purpose.MONTHS)
    await bring(house, purchase, MoneyKind.INVOICE_PAID, "in_1")
    await bring(house, purchase, MoneyKind.REFUND_FAILED, "re_1")
    await bring(house, purchase, MoneyKind.REFUND_DONE, "re_1")  # told late
    given = await gift(house)
    assert not given.is_taken_back
    assert given.unreturned is None


async def test_a_return_that_is_told_before_the_payment_waits(house: SmallHouse) -> None:
    with pytest.raises(NotFound):
        await bring(house, bought(house, Purpose.MONTHS), MoneyKind.REFUND_DONE, "re_1")


@pytest.mark.parametrize("account_id", [None, UUID(int=99)])
async def test_months_of_somebody_unknown_wait_for_a_person(
    house: SmallHouse, account_id: UUID | None
) -> None:
    with pytest.raises(UnknownPayer):
        await purchases(house).carry_out(bought(house, Purpose.MONTHS, account_id=account_id))


async def test_dues_and_what_is_another_houses_feed_nothing(house: SmallHouse) -> None:
    paid = [(MoneyKind.INVOICE_PAID, fact("in_1"))]
    await purchases(house).take(News(message_id="evt_1", facts=paid))
    foreign = bought(house, Purpose.FUND)
    await purchases(house).take(
        News(message_id="evt_2", facts=paid, purchase=foreign, foreign="another_house")
    )
    assert await balance(house) == 0
