"""Each order to Stripe meets each way in which an answer can fail to come; it is done once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
import stripe

from domain.memberships.scholarships import Tier
from domain.memberships.standings import MembershipState
from domain.values import Money
from services.memberships.commands import (
    AskForLeave,
    AskForPlan,
    AskToCancel,
    AskToReturn,
    WithdrawCancellation,
)
from tests.support.ordering import (
    Dues,
    ask_refund,
    grants,
    notes_of,
    paid_invoice,
    seats,
    wants_seats,
)

IsSo = Callable[[], Awaitable[bool]]
HARMS: Final = ("error_before", "error_after", "close_after")
# So many that the SDK's own tries, and several of ours, meet it: errors under one key count as
# saved then, so that a look and another key follow.
TIMES: Final = 12


async def a_leave(dues: Dues) -> IsSo:
    await dues.begins()
    await dues.asks(AskForLeave)

    async def is_so() -> bool:
        return (await dues.membership()).state is MembershipState.ON_LEAVE

    return is_so


async def a_return(dues: Dues) -> IsSo:
    key = await dues.begins()
    await dues.asks(AskForLeave)
    await dues.work()
    await dues.later(days=40)
    await dues.asks(AskToReturn, agreed=Money(1_200, "EUR"))

    async def is_so() -> bool:
        paid = await dues.api.invoices.list_async({"subscription": key, "status": "paid"})
        back = (await dues.membership()).state is MembershipState.ACTIVE
        return back and len(paid.data) == 2

    return is_so


async def another_plan(dues: Dues) -> IsSo:
    key = await dues.begins()
    await dues.asks(AskForPlan, plan="membership-annual")

    async def is_so() -> bool:
        written = await dues.api.invoices.list_async({"subscription": key})
        return (await dues.membership()).plan == "membership-annual" and len(written.data) == 2

    return is_so


async def an_end(dues: Dues) -> IsSo:
    await dues.begins()
    await dues.asks(AskToCancel, reason=None)

    async def is_so() -> bool:
        return (await dues.membership()).ends_at is not None

    return is_so


async def staying_after_all(dues: Dues) -> IsSo:
    await dues.begins()
    await dues.asks(AskToCancel, reason=None)
    await dues.work()
    assert (await dues.membership()).ends_at is not None
    await dues.asks(WithdrawCancellation)

    async def is_so() -> bool:
        return (await dues.membership()).ends_at is None

    return is_so


async def a_scholarship(dues: Dues) -> IsSo:
    key = await dues.begins()
    await grants(dues, Tier.HALF)

    async def is_so() -> bool:
        return len((await dues.api.subscriptions.retrieve_async(key)).discounts) == 1

    return is_so


async def a_refund(dues: Dues) -> IsSo:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)

    async def is_so() -> bool:
        return [each.amount for each in await notes_of(dues, invoice_id)] == [500]

    return is_so


async def a_second_subscription(dues: Dues) -> IsSo:
    await dues.requests()
    pages = await dues.page(), await dues.page()
    await dues.pays(pages[0])
    dues.real.clock.move(seconds=1)
    second = await dues.pays(pages[1])

    async def is_so() -> bool:
        asked = {"expand": ["latest_invoice"]}
        ended = await dues.api.subscriptions.retrieve_async(second, asked)  # type: ignore[arg-type]  # a plain dictionary
        assert isinstance(ended.latest_invoice, stripe.Invoice)
        return (
            ended.status == "canceled"
            and ended.latest_invoice.post_payment_credit_notes_amount == 1200
        )

    return is_so


async def an_older_page(dues: Dues) -> IsSo:
    await dues.requests()
    older = (await dues.page()).session_id
    await dues.page()

    async def is_so() -> bool:
        return (await dues.api.checkout.sessions.retrieve_async(older)).status == "expired"

    return is_so


ORDERS: Final = (
    a_leave,
    a_return,
    another_plan,
    an_end,
    staying_after_all,
    a_scholarship,
    a_refund,
    a_second_subscription,
    an_older_page,
)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("order", ORDERS, ids=[each.__name__ for each in ORDERS])
async def test_what_was_ordered_is_done_once(
    dues: Dues, order: Callable[[Dues], Awaitable[IsSo]], harm: str
) -> None:
    is_so = await order(dues)
    await through_faults(dues, harm)
    assert await is_so()
    assert {each[0] for each in await dues.outbox()} == {"done"}


@pytest.mark.parametrize("harm", HARMS)
async def test_more_seats_are_ordered_once(practice: Dues, harm: str) -> None:
    await wants_seats(practice, 5)
    await through_faults(practice, harm)
    assert (await seats(practice)).bought == 5
    assert {each[0] for each in await practice.outbox()} == {"done"}


async def through_faults(dues: Dues, harm: str) -> None:
    """Let an hour and more go by in which nothing that changes anything at Stripe is answered."""
    for route in ("post /v1/*", "delete /v1/*"):
        await dues.simulated.fault(harm, route, times=TIMES)  # type: ignore[arg-type]  # one of its harms
    for _ in range(6):
        await dues.later(minutes=20)
    await dues.simulated.order("/faults/clear")
    for _ in range(2):
        await dues.later(minutes=20)
