"""Ana and her dues where orders to Stripe are carried out over HTTP, and what tests ask of her."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import stripe

from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Tier
from domain.money.billing_accounts import BillingAccount, PayerKind, billing_account_id
from domain.money.facts import MoneyKind
from domain.payments.checkouts import CheckoutAsk, CheckoutPage
from domain.payments.desk import PaymentDesk
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.values import Money
from services.bootstrap.payments import Orders
from services.memberships.commands import (
    NoteCheckout,
    RequestMembership,
)
from services.memberships.scholarships import (
    ApplyForScholarship,
    FeedFund,
    GrantScholarship,
    OpenFund,
)
from services.money.billing import NoteMoney
from services.money.refunds import AskRefund
from services.payments.looking import look_at
from services.practices.commands import AskForSeats
from tests.support.billing import fact
from tests.support.house import RealHouse
from tests.support.simulated_stripe import VISA, SimulatedStripe
from tests.support.story import Story

HERE = "development"
MARCH_FIRST = datetime.fromisoformat("2027-03-01T09:00:00+00:00")
AT_HOME = {"country": "DE", "email": "ana@example.org", "name": "Ana"}


class Dues:
    """A house that takes dues, with Ana who pays them."""

    def __init__(
        self, real: RealHouse, story: Story, simulated: SimulatedStripe, client: stripe.StripeClient
    ) -> None:
        self.real, self.story, self.simulated, self.api = real, story, simulated, client.v1
        self.by = story.ana
        self.id = membership_id(billing_account_id(self.by), self.by)

    @property
    def desk(self) -> PaymentDesk:
        assert self.real.house.payments is not None
        return self.real.house.payments

    @property
    def orders(self) -> Orders:
        found = self.real.running.chores.steps["payment orders"].__self__  # type: ignore[attr-defined]  # a bound method
        assert isinstance(found, Orders)
        return found

    async def requests(self) -> None:
        await self.story.do(
            RequestMembership(
                payer_kind=PayerKind.PERSON,
                payer_id=self.by,
                plan="membership-monthly",
                by=self.by,
            )
        )

    async def page(self, plan: str = "membership-monthly", quantity: int = 1) -> CheckoutPage:
        membership = await self.membership()
        account = await self.story.known(BillingAccount, membership.account_id)
        page = await self.desk.begin(
            CheckoutAsk(
                account_id=account.id,
                membership_id=membership.id,
                customer_id=account.customer_id,
                plan=plan,
                currency="EUR",
                quantity=quantity,
                trial_days=0,
                percent_off=0,
                done_url="https://peerhour.example/done",
                back_url="https://peerhour.example/",
                key=str(uuid4()),
            )
        )
        await self.story.do(
            NoteCheckout(
                membership_id=self.id,
                session_id=page.session_id,
                plan=plan,
                expires_at=page.expires_at,
                customer_id=page.customer_id,
            )
        )
        return page

    async def pays(self, page: CheckoutPage, number: str = VISA) -> str:
        landed = await self.simulated.pay(page.url, number, **AT_HOME)
        assert landed.status == 303, landed.text
        found = (await self.desk.checkout(page.session_id)).subscription_id
        assert found is not None
        await self.looks(found)
        return found

    async def looks(self, subscription_id: str) -> None:
        self.real.clock.move(seconds=1)
        await look_at(self.real.house, subscription_id)

    async def begins(self) -> str:
        await self.requests()
        return await self.pays(await self.page())

    async def asks(self, command: type, **more: Any) -> None:
        self.real.clock.move(seconds=1)
        await self.story.do(command(membership_id=self.id, by=self.by, **more))

    async def work(self) -> int:
        """Carry out what is due now; return how many pieces were taken."""
        self.real.clock.move(seconds=1)
        many = 0
        while await self.orders.work_one():
            many += 1
        return many

    async def later(self, **by: float) -> int:
        self.real.clock.at += timedelta(**by)
        return await self.work()

    async def membership(self) -> Membership:
        return await self.story.known(Membership, self.id)

    async def outbox(self) -> list[tuple[Any, ...]]:
        """State, error and note of every order, oldest first."""
        return await self.real.fetch(
            "SELECT state, last_error, note FROM outbox WHERE kind = 'payment_order'"
            " ORDER BY created_at, effect_id"
        )

    async def sent(self, path: str) -> int:
        requests = (await self.simulated.state())["requests"]
        return sum(each.startswith("post ") and each.endswith(path) for each in requests)

    async def card(self, token: str) -> None:
        seen = (await self.membership()).observed
        assert seen is not None
        method = await self.api.payment_methods.attach_async(token, {"customer": seen.customer_id})
        await self.api.subscriptions.update_async(
            seen.subscription_id, {"default_payment_method": method.id}
        )


async def paid_invoice(dues: Dues) -> str:
    """Return an invoice that our ledger knows to be paid."""
    await dues.begins()
    seen = (await dues.membership()).observed
    assert seen is not None
    assert seen.latest_invoice is not None
    paid = fact(seen.latest_invoice[0], 1200, true_at=MARCH_FIRST)
    account_id = (await dues.membership()).account_id
    await dues.story.do(NoteMoney(account_id=account_id, kind=MoneyKind.INVOICE_PAID, fact=paid))
    return seen.latest_invoice[0]


async def ask_refund(dues: Dues, invoice_id: str, cents: int = 500) -> None:
    await dues.story.do(
        AskRefund(
            account_id=(await dues.membership()).account_id,
            order_id=f"refund-{dues.id}",
            invoice_id=invoice_id,
            amount=Money(cents, "EUR"),
            reason="requested_by_customer",
            by=dues.story.admin,
        )
    )


async def notes_of(dues: Dues, invoice_id: str) -> list[stripe.CreditNote]:
    return (await dues.api.credit_notes.list_async({"invoice": invoice_id})).data


async def grants(dues: Dues, tier: Tier) -> None:
    fund_id = uuid4()
    admin = dues.story.admin
    await dues.story.do(OpenFund(fund_id=fund_id, name="Fund", currency="EUR", by=admin))
    await dues.story.do(FeedFund(fund_id=fund_id, key="gift", amount=Money(100_000, "EUR")))
    await dues.story.do(ApplyForScholarship(member_id=dues.by, tier=tier, by=dues.by))
    await dues.story.do(
        GrantScholarship(
            member_id=dues.by, percent=tier, fund_id=fund_id, amount=Money(7200, "EUR")
        )
    )


async def seats(dues: Dues) -> SeatPool:
    return await dues.story.known(SeatPool, seat_pool_id((await dues.membership()).holder_id))


async def wants_seats(dues: Dues, count: int) -> None:
    holder: UUID = (await dues.membership()).holder_id
    await dues.story.do(AskForSeats(practice_id=holder, count=count, by=dues.by))
