"""A membership at its edges: given up by Stripe, ended while away, begun at an older price."""

from __future__ import annotations

from datetime import timedelta

from domain.memberships.standings import LapseReason, MembershipState
from domain.payments.prices import Every
from infra.stripe.catalogue import Catalogue, Plan, make
from infra.stripe.connection import connect
from infra.system import SystemRandomness
from services.memberships.checkouts import find_customer, find_membership
from tests.support.billing_house import BillingHouse
from tests.support.dues_house import ENVIRONMENT
from tests.support.simulated_stripe import VISA

NO_MONEY = "4000000000000341"  # can be kept, and is declined when it is charged


async def test_what_stripe_gave_up_on_is_begun_again_though_our_own_days_still_run(
    dues: BillingHouse,
) -> None:
    """Stripe cancels after its last try, by default: then no card and no invoice mends it."""
    ana = dues.story.ana
    await dues.becomes_paying(ana)
    await dues.add_card(ana, NO_MONEY)
    await dues.pass_by(days=28)
    for _ in range(8):
        await dues.pass_by(days=3)
    shown = await dues.words(ana)
    for part in (
        "Your groups go on; a payment is missing.",
        "The payment is not tried any more",
        "Begin again",
    ):
        assert part in shown
    assert "There is nothing to cancel" in await dues.words(ana, "/membership/cancel")
    async with await dues.browser(ana) as browser:
        back = await dues.pay(await dues.open_checkout(browser), VISA)
        dues.real.clock.move(seconds=1)
        answer = await browser.get(back)
    assert answer.headers["location"] == "/membership?done=begun"
    await dues.settle()
    mended = await dues.words(ana)
    assert "You take part." in mended
    assert "not tried any more" not in mended


async def test_paying_what_stripe_gave_up_on_gives_what_is_left_of_its_period(
    dues: BillingHouse,
) -> None:
    chidi = dues.story.chidi
    await dues.becomes_paying(chidi)
    await dues.add_card(chidi, NO_MONEY)
    await dues.pass_by(days=28)
    for _ in range(8):
        await dues.pass_by(days=3)
    given_up = await dues.words(chidi)
    assert "Pay the open invoice under Invoices, and you have paid through" in given_up
    customer_id = await find_customer(dues.real.house, chidi)
    assert customer_id is not None
    async with dues.stripe.client() as client:
        owed = await client.v1.invoices.list_async({"customer": customer_id, "status": "open"})
    await dues.stripe.submit(owed.data[0].hosted_invoice_url or "", number=VISA)
    await dues.settle()
    membership = await find_membership(dues.real.house, chidi)
    assert membership is not None
    assert (membership.state, membership.questions) == (MembershipState.ACTIVE, {})
    shown = await dues.words(chidi)
    for part in ("You take part.", "does not renew", "none: it ends on that day", "Begin again"):
        assert part in shown
    assert "missing" not in shown
    assert "to be paid" not in await dues.words(chidi, "/membership/invoices")
    assert "ends by itself on" in await dues.words(chidi, "/membership/cancel")
    await dues.pass_by(days=10)
    assert "Your membership rests" in await dues.words(chidi)


async def test_who_stops_while_away_has_stopped(dues: BillingHouse) -> None:
    bo = dues.story.bo
    await dues.becomes_paying(bo)
    await dues.ask(bo, "/membership/leave")
    await dues.pass_by(seconds=60)
    assert "It ends at once" in await dues.words(bo, "/membership/cancel")
    await dues.ask(bo, "/membership/cancel")
    await dues.pass_by(seconds=60)
    membership = await find_membership(dues.real.house, bo)
    assert membership is not None
    assert membership.state is MembershipState.LAPSED
    assert membership.standing.why is LapseReason.CANCELLED
    assert "more is kept for you" in await dues.words(bo, "/membership/money")


async def test_a_new_price_is_not_said_to_be_that_of_who_keeps_an_older_one(
    dues: BillingHouse,
) -> None:
    joy = dues.story.joy
    await dues.becomes_paying(joy)
    assert "Price 12.00 EUR each month" in await dues.words(joy)
    dearer = Catalogue(prices={"membership-monthly": Plan(Every.MONTH, {"EUR": 1500})})
    async with connect(
        dues.stripe.api_key, api_base=dues.stripe.address, randomness=SystemRandomness()
    ) as connection:
        await make(connection, dearer, environment=ENVIRONMENT)
    dues.real.clock.at += timedelta(minutes=6)  # prices are kept for five
    shown = await dues.words(joy)
    assert "Price as on your last invoice" in shown
    assert "15.00" not in shown
