"""Who paid before and comes back: in the same currency, and also where Stripe deleted them."""

from __future__ import annotations

import pytest

from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import billing_account_id
from domain.payments.checkouts import CheckoutAsk
from domain.payments.refusals import CurrencyBound
from services.memberships.checkouts import find_customer, find_membership
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA


async def test_who_comes_back_is_offered_the_one_currency_that_stripe_takes(
    dues: BillingHouse,
) -> None:
    ana = dues.story.ana
    await dues.becomes_paying(ana)
    await dues.ask(ana, "/membership/leave")
    await dues.pass_by(seconds=60)
    await dues.ask(ana, "/membership/cancel")  # at once, and what is left stays in the balance
    await dues.pass_by(seconds=60)
    shown = await dues.words(ana, "/membership/start?currency=USD")
    assert "You paid in EUR before" in shown
    assert "USD" not in shown
    await _is_refused_by_name(dues, ana_customer=await find_customer(dues.real.house, ana))
    async with await dues.browser(ana) as browser:
        await dues.pay(await dues.open_checkout(browser, currency="USD"), VISA)
    await dues.settle()
    assert "You take part" in await dues.words(ana)


async def _is_refused_by_name(dues: BillingHouse, ana_customer: str | None) -> None:
    """Ask for a page in the other currency all the same, as a form that is older may."""
    desk, membership = (
        dues.real.house.payments,
        await find_membership(dues.real.house, dues.story.ana),
    )
    assert desk is not None
    assert membership is not None
    ask = CheckoutAsk(
        account_id=membership.account_id,
        membership_id=membership.id,
        customer_id=ana_customer,
        plan="membership-monthly",
        currency="USD",
        quantity=1,
        trial_days=0,
        percent_off=0,
        done_url="http://127.0.0.1/done",
        back_url="http://127.0.0.1/back",
        key="in-dollars",
    )
    with pytest.raises(CurrencyBound, match="Choose EUR"):
        await desk.begin(ask)


async def test_who_was_deleted_at_stripes_desk_pays_again_as_another_customer(
    dues: BillingHouse,
) -> None:
    bo, house = dues.story.bo, dues.real.house
    await dues.becomes_paying(bo)
    before = await find_customer(house, bo)
    await dues.stripe.dashboard("delete", f"/v1/customers/{before}")
    await dues.pass_by(seconds=60)
    membership = await find_membership(house, bo)
    assert membership is not None
    assert membership.state is MembershipState.LAPSED
    async with await dues.browser(bo) as browser:
        sent = await dues.send(browser, "/membership", "/membership/card")
        assert sent.headers["location"] == "/membership?done=no_card_yet"
        shown = words_of((await browser.get("/membership/start?currency=USD")).text)
        assert "paid in" not in shown  # somebody new to Stripe may choose again
        back = await dues.pay(await dues.open_checkout(browser), VISA)
        dues.real.clock.move(seconds=1)
        answer = await browser.get(back)
    assert answer.headers["location"] == "/membership?done=begun"
    await dues.settle()
    assert await find_customer(house, bo) not in {None, before}
    assert "You take part." in await dues.words(bo)
    await dues.pass_by(days=31)
    assert "You take part." in await dues.words(bo)
    async with house.views() as conn:
        kept = await conn.fetchval(
            "SELECT count(*) FROM billing_reference WHERE account_id = $1 AND reference = $2",
            billing_account_id(bo),
            before,
        )
    assert kept == 1
