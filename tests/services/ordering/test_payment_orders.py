"""Orders to Stripe, from the decision to what is seen of it: a real house, and Stripe over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import stripe

from domain.memberships.membership import Membership
from domain.memberships.rules import Wish
from domain.memberships.scholarships import Tier
from domain.memberships.standings import LapseReason, MembershipState
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.troubles import Place
from domain.values import Money
from infra.advisory_turns import AdvisoryTurns
from infra.stripe.connection import connect
from infra.stripe.desk import StripeDesk
from infra.system import SystemRandomness
from services.memberships.commands import (
    AskForLeave,
    AskForPlan,
    AskToCancel,
    AskToReturn,
    TickMembership,
    WithdrawCancellation,
)
from services.memberships.scholarships import (
    EndScholarship,
)
from services.money.refunds import AskRefund
from services.troubles import SettleTrouble, TryAgain
from tests.support.ordering import (
    AT_HOME,
    HERE,
    Dues,
    ask_refund,
    grants,
    notes_of,
    paid_invoice,
    seats,
    wants_seats,
)
from tests.support.simulated_stripe import VISA


async def test_a_leave_is_asked_for_ordered_and_seen(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    assert (await dues.membership()).state is MembershipState.ACTIVE  # asked is not so
    await dues.work()
    away = await dues.membership()
    assert (away.state, away.wishes) == (MembershipState.ON_LEAVE, {})
    await dues.later(days=40)
    await dues.asks(AskToReturn, agreed=Money(1_200, "EUR"))
    await dues.work()
    back = await dues.membership()
    assert (back.state, back.wishes) == (MembershipState.ACTIVE, {})


async def test_an_end_and_staying_after_all(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskToCancel, reason=None)
    await dues.work()
    assert (await dues.membership()).ends_at is not None
    await dues.asks(WithdrawCancellation)
    await dues.work()
    assert (await dues.membership()).ends_at is None


async def test_what_nobody_wants_any_more_is_not_sent(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    await dues.asks(AskToReturn)
    before = await dues.sent("/pause")
    await dues.work()
    assert await dues.sent("/pause") == before
    assert [each[2] for each in await dues.outbox()] == ["overtaken", "overtaken"]
    assert (await dues.membership()).wishes == {}


async def not_granted(dues: Dues) -> list[tuple[Wish, str]]:
    events = await dues.real.house.store.load(dues.id)
    return [(each.wish, each.why) for each in events if isinstance(each, Membership.WishNotGranted)]


async def statuses(dues: Dues, key: str) -> list[str | None]:
    """Return what became of a subscription's invoices, newest first."""
    found = await dues.api.invoices.list_async({"subscription": key})
    return [each.status for each in found.data]


@pytest.mark.parametrize(
    ("card", "asks"),
    [("pm_card_chargeCustomerFail", False), ("pm_card_authenticationRequired", True)],
)
async def test_a_plan_whose_payment_fails_waits_for_it_and_nothing_changes(
    dues: Dues, card: str, *, asks: bool
) -> None:
    key = await dues.begins()
    await dues.card(card)
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.work()
    membership = await dues.membership()
    assert (membership.plan, {*membership.wishes}) == ("membership-monthly", {Wish.PLAN})
    assert membership.state is MembershipState.ACTIVE
    waits = membership.observed.plan_waits if membership.observed else None
    assert waits is not None
    assert (waits.needs_second_factor, waits.until - dues.real.clock.at) == (
        asks,
        timedelta(hours=23),
    )
    await dues.later(hours=24)
    await dues.looks(key)
    after = await dues.membership()
    assert (after.plan, after.wishes) == ("membership-monthly", {})
    assert await not_granted(dues) == [(Wish.PLAN, "payment_not_confirmed")]


async def test_a_plan_that_is_taken_back_is_not_to_be_paid_any_more(dues: Dues) -> None:
    key = await dues.begins()
    await dues.card("pm_card_authenticationRequired")
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.work()
    await dues.asks(AskForPlan, plan="membership-monthly")
    await dues.work()
    membership = await dues.membership()
    assert (membership.plan, membership.wishes) == ("membership-monthly", {})
    assert membership.observed is not None
    assert membership.observed.plan_waits is None
    assert await statuses(dues, key) == ["void", "paid"]
    assert await not_granted(dues) == []


async def test_a_plan_that_was_paid_before_it_was_taken_back_holds(dues: Dues) -> None:
    key = await dues.begins()
    await dues.card("pm_card_authenticationRequired")
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.work()
    waits = (await dues.membership()).observed
    assert waits is not None
    assert waits.plan_waits is not None
    await dues.asks(AskForPlan, plan="membership-monthly")  # and confirms in another window
    page = f"{dues.simulated.address}/i/{waits.plan_waits.invoice_id}"
    await dues.simulated.submit(page, number=VISA, expiry="12 / 40")
    await dues.work()
    membership = await dues.membership()
    assert (membership.plan, membership.wishes) == ("membership-annual", {})
    assert await statuses(dues, key) == ["paid", "paid"], "nothing is charged or changed again"
    assert await not_granted(dues) == [(Wish.PLAN, "paid_meanwhile")]


async def test_a_plan_of_which_nobody_saw_how_it_waited_is_given_up(dues: Dues) -> None:
    """The house was away while the payment could have been confirmed."""
    key = await dues.begins()
    await dues.card("pm_card_authenticationRequired")
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.simulated.fault("error_before", f"get /v1/subscriptions/{key}", skip=1, times=12)
    await dues.work()
    assert (await dues.membership()).wishes.keys() == {Wish.PLAN}
    assert [each[:2] for each in await dues.outbox()] == [("waiting", "payments.away")]
    await dues.simulated.order("/faults/clear")
    await dues.later(hours=24)
    assert (await dues.membership()).wishes == {}
    assert await not_granted(dues) == [(Wish.PLAN, "payment_not_confirmed")]
    assert [each[0] for each in await dues.outbox()] == ["done"]


async def test_who_leaves_or_is_gone_pays_for_no_plan_that_waited(dues: Dues) -> None:
    key = await dues.begins()
    await dues.card("pm_card_authenticationRequired")
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.work()
    await dues.asks(AskForLeave)
    await dues.work()
    membership = await dues.membership()
    assert (membership.state, membership.plan) == (MembershipState.ON_LEAVE, "membership-monthly")
    assert await statuses(dues, key) == ["void", "paid"]
    assert await not_granted(dues) == [(Wish.PLAN, "payment_not_confirmed")]


async def test_a_return_charges_no_more_than_was_agreed_to(dues: Dues) -> None:
    key = await dues.begins()
    await dues.later(days=10)
    await dues.asks(AskForLeave)
    await dues.work()
    await dues.later(days=40)
    owing: Any = {"amount": 500, "currency": "eur"}
    observed = (await dues.membership()).observed
    assert observed is not None
    customer_id = observed.customer_id
    await dues.api.customers.balance_transactions.create_async(customer_id, owing)
    await dues.asks(AskToReturn, agreed=Money(600, "EUR"))  # 4.00 for ten days of thirty
    await dues.work()
    away = await dues.membership()
    assert (away.state, away.wishes) == (MembershipState.ON_LEAVE, {})
    assert await not_granted(dues) == [(Wish.RETURN, "price_changed")]
    assert await statuses(dues, key) == ["paid"], "what the pause gave back is theirs still"
    assert (await dues.api.customers.retrieve_async(customer_id)).balance == 500
    await dues.asks(AskToReturn, agreed=Money(1_000, "EUR"))
    await dues.work()
    assert (await dues.membership()).state is MembershipState.ACTIVE


async def test_who_takes_a_pause_back_that_had_begun_is_charged_for_nothing(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    await dues.work()
    await dues.asks(AskToReturn)
    await dues.work()
    assert (await dues.membership()).state is MembershipState.ON_LEAVE
    assert await not_granted(dues) == [(Wish.RETURN, "paused_meanwhile")]


async def test_a_plan_that_vanished_is_given_up(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForPlan, plan="membership-weekly")
    await dues.work()
    assert (await dues.membership()).wishes == {}
    assert await dues.outbox() == [("done", None, "price_gone")]


async def test_what_stripe_does_not_take_waits_for_a_person(dues: Dues) -> None:
    key = await dues.begins()
    seen = (await dues.membership()).observed
    assert seen is not None
    await dues.simulated.dashboard("delete", f"/v1/subscriptions/{key}")
    price = (await dues.api.prices.list_async({"lookup_keys": ["membership-monthly"]})).data[0]
    method = await dues.api.payment_methods.attach_async(
        "pm_card_visa", {"customer": seen.customer_id}
    )
    classic: Any = {
        "customer": seen.customer_id,
        "default_payment_method": method.id,
        "items": [{"price": price.id}],
        "billing_mode": {"type": "classic"},
        "metadata": {"ph_membership": str(dues.id), "ph_env": HERE},
    }
    await dues.looks(key)
    made = await dues.api.subscriptions.create_async(classic)
    await dues.looks(made.id)
    await dues.asks(AskForLeave)
    await dues.work()
    assert [each[:2] for each in await dues.outbox()] == [("dead", "invalid_request")]
    assert (await dues.membership()).wishes == {}
    stuck = await dues.real.house.desk.stuck()
    assert [(each.kind, each.problem) for each in stuck] == [("payment_order", "invalid_request")]


async def test_a_refund_becomes_one_credit_note_that_names_its_order(dues: Dues) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.work()
    (note,) = await notes_of(dues, invoice_id)
    assert note.amount == 500
    assert note.metadata is not None
    assert note.metadata.to_dict() == {"ph_order": f"refund-{dues.id}"}


async def test_only_administrators_order_refunds_and_only_what_one_person_may(dues: Dues) -> None:
    invoice_id = await paid_invoice(dues)
    order = AskRefund(
        account_id=(await dues.membership()).account_id,
        order_id="refund-x",
        invoice_id=invoice_id,
        amount=Money(500, "EUR"),
        reason="requested_by_customer",
        by=dues.by,
    )
    assert (await dues.story.refused(order)).code == "not_allowed"
    assert await dues.outbox() == []


async def test_a_lost_answer_leaves_one_credit_note(dues: Dues) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.simulated.fault("close_after", "post /v1/credit_notes")
    await dues.work()
    assert len(await notes_of(dues, invoice_id)) == 1
    assert [each[0] for each in await dues.outbox()] == ["done"]


async def test_an_error_that_is_saved_is_looked_behind_before_another_key_is_used(
    dues: Dues,
) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.simulated.fault("error_after", "post /v1/credit_notes")  # done, and never told
    for _ in range(3):
        await dues.later(minutes=20)
        assert [each[:2] for each in await dues.outbox()] == [("waiting", "payments.away")]
    await dues.later(minutes=20)
    assert [each[0] for each in await dues.outbox()] == ["done"]
    assert len(await notes_of(dues, invoice_id)) == 1


async def test_a_refund_that_was_given_up_is_not_sent_though_somebody_had_it_tried_again(
    dues: Dues,
) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.simulated.fault("error_before", "post /v1/credit_notes", times=3)
    await dues.work()
    account_id = (await dues.membership()).account_id
    ((effect_id,),) = await dues.real.fetch("SELECT effect_id FROM outbox")
    settles = SettleTrouble(
        place=Place.OUTBOX,
        key=str(effect_id),
        problem="payments.away",
        reason="Sent by bank transfer.",
        by=dues.story.admin,
    )
    refused = await dues.story.refused(settles)
    assert refused.code == "trouble.not_stuck", "it may be sent yet"
    await dues.real.fetch("UPDATE outbox SET state = 'dead' WHERE effect_id = $1", effect_id)
    await dues.story.do(settles)
    # as a worker of the release before could have left it, which tried again what was settled
    await dues.real.fetch("UPDATE outbox SET state = 'waiting' WHERE effect_id = $1", effect_id)
    await dues.later(minutes=20)
    assert await notes_of(dues, invoice_id) == []
    assert [each[0::2] for each in await dues.outbox()] == [("done", "overtaken")]
    ledger = await dues.story.known(MoneyLedger, money_ledger_id(account_id))
    assert ledger.refundable(invoice_id, "EUR") == Money(1200, "EUR")


async def test_a_stuck_refund_that_is_to_be_tried_again_is_not_settled_meanwhile(
    dues: Dues,
) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    ((effect_id,),) = await dues.real.fetch("SELECT effect_id FROM outbox")
    await dues.real.fetch("UPDATE outbox SET state = 'dead' WHERE effect_id = $1", effect_id)
    about: dict[str, Any] = {
        "place": Place.OUTBOX,
        "key": str(effect_id),
        "problem": "payments.refused",
        "by": dues.story.admin,
    }
    await dues.story.do(TryAgain(**about))
    refused = await dues.story.refused(SettleTrouble(reason="By bank transfer.", **about))
    assert refused.code == "trouble.not_stuck", "nobody has carried the other try out yet"


async def test_after_a_look_that_found_nothing_another_key_is_used(dues: Dues) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.simulated.fault("error_before", "post /v1/credit_notes", times=4 * 3)
    for _ in range(4):
        await dues.later(minutes=20)
    assert await entries(dues) == [(2, 4, 1)]
    await dues.later(minutes=20)
    assert len(await notes_of(dues, invoice_id)) == 1


async def entries(dues: Dues) -> list[tuple[Any, ...]]:
    return await dues.real.fetch(
        "SELECT generation, tries, broken FROM payment_orders JOIN outbox USING (effect_id)"
    )


async def test_a_key_older_than_a_day_is_looked_behind(dues: Dues) -> None:
    invoice_id = await paid_invoice(dues)
    await ask_refund(dues, invoice_id)
    await dues.simulated.fault("error_after", "post /v1/credit_notes")
    await dues.work()
    await dues.later(hours=25)  # Stripe has forgotten the key: the same one would pay back twice
    assert [each[0] for each in await dues.outbox()] == ["done"]
    assert len(await notes_of(dues, invoice_id)) == 1


async def test_too_many_requests_are_tried_again_with_growing_pauses(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    await dues.simulated.fault("too_many", "post /v1/subscriptions/*/pause", times=3)
    await dues.work()
    assert [each[:2] for each in await dues.outbox()] == [("waiting", "payments.away")]
    await dues.later(minutes=1)
    assert (await dues.membership()).state is MembershipState.ON_LEAVE
    assert (await dues.real.fetch("SELECT attempts FROM outbox")) == [(0,)]


async def test_words_are_frozen_before_the_first_try(dues: Dues) -> None:
    key = await dues.begins()
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.simulated.fault("error_before", f"post /v1/subscriptions/{key}", times=3)
    await dues.work()
    calls = "SELECT calls FROM payment_orders JOIN outbox USING (effect_id)"
    before = await dues.real.fetch(calls)
    await dues.later(hours=1)
    assert await dues.real.fetch(calls) == before
    assert (await dues.membership()).plan == "membership-annual"


async def test_a_later_order_waits_for_an_earlier_one(dues: Dues) -> None:
    key = await dues.begins()
    await dues.asks(AskForPlan, plan="membership-annual")
    await dues.asks(AskToCancel, reason=None)
    await dues.simulated.fault("error_before", f"post /v1/subscriptions/{key}", times=3)
    await dues.work()
    assert [each[:2] for each in await dues.outbox()] == [
        ("waiting", "payments.away"),
        ("waiting", "an_earlier_order"),
    ]
    await dues.later(hours=1)
    await dues.later(hours=1)
    await dues.looks(key)  # both may have been carried out, and looked at, at one instant
    membership = await dues.membership()
    assert membership.plan == "membership-annual"
    assert membership.ends_at is not None


async def test_a_key_that_is_refused_stops_the_queue_and_is_shown(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    carrier = dues.orders.carrier
    ours = carrier.payments
    async with connect(
        "rk_live_nobody", api_base=dues.simulated.address, randomness=SystemRandomness()
    ) as connection:
        turns = AdvisoryTurns(dues.real.running.pool, most=1)
        carrier.payments = StripeDesk(connection, dues.real.clock, turns, environment=HERE)
        try:
            await dues.work()
            assert carrier.is_closed
            stuck = await dues.real.house.desk.stuck()
            assert [(each.problem, each.retriable) for each in stuck] == [
                ("payments.key_refused", False)
            ]
        finally:
            carrier.payments = ours
    assert await dues.work() == 0  # closed for some minutes
    await dues.later(minutes=6)
    assert (await dues.membership()).state is MembershipState.ON_LEAVE
    assert await dues.real.house.desk.stuck() == []


async def test_an_older_page_is_closed_when_a_newer_one_opens(dues: Dues) -> None:
    await dues.requests()
    older = await dues.page()
    newer = await dues.page()
    await dues.work()
    assert (await dues.simulated.pay(older.url, **AT_HOME)).status != 303
    await dues.pays(newer)
    assert (await dues.membership()).state is MembershipState.ACTIVE


async def test_who_pays_twice_at_once_keeps_one_and_is_paid_back_for_the_other(dues: Dues) -> None:
    await dues.requests()
    first, second = await dues.page(), await dues.page()
    one = await dues.pays(first)  # before the worker closed its page
    dues.real.clock.move(seconds=1)
    two = await dues.pays(second)
    assert (await dues.membership()).second_subscriptions == [two]
    await dues.work()
    membership = await dues.membership()
    assert membership.second_subscriptions == []
    assert membership.observed is not None
    assert membership.observed.subscription_id == one
    ended = await dues.api.subscriptions.retrieve_async(two, {"expand": ["latest_invoice"]})
    assert ended.status == "canceled"
    assert isinstance(ended.latest_invoice, stripe.Invoice)
    assert ended.latest_invoice.post_payment_credit_notes_amount == 1200
    await dues.work()
    assert {each[0] for each in await dues.outbox()} == {"done"}


async def test_the_second_is_paid_back_though_no_answer_came_to_its_end(dues: Dues) -> None:
    await dues.requests()
    first, second = await dues.page(), await dues.page()
    await dues.pays(first)
    dues.real.clock.move(seconds=1)
    two = await dues.pays(second)
    await dues.simulated.fault("error_before", "post /v1/credit_notes", times=3)
    await dues.simulated.fault("close_after", f"delete /v1/subscriptions/{two}", times=3)
    for _ in range(3):
        await dues.later(minutes=20)
        await dues.looks(two)
    ended = await dues.api.subscriptions.retrieve_async(two, {"expand": ["latest_invoice"]})
    assert isinstance(ended.latest_invoice, stripe.Invoice)
    assert ended.latest_invoice.post_payment_credit_notes_amount == 1200
    assert {each[0] for each in await dues.outbox()} == {"done"}


async def test_who_lapsed_unpaid_is_not_charged_any_more(dues: Dues) -> None:
    key = await dues.begins()
    await dues.simulated.settings(when_exhausted="past_due")
    try:
        await dues.card("pm_card_chargeCustomerFail")
        dues.real.clock.at += timedelta(days=32)
        await dues.looks(key)
        assert (await dues.membership()).state is MembershipState.GRACE
        dues.real.clock.at += timedelta(days=46)
        await dues.story.do(TickMembership(membership_id=dues.id))
        await dues.work()
        membership = await dues.membership()
        assert membership.standing.why is LapseReason.UNPAID
        assert (await dues.api.subscriptions.retrieve_async(key)).status == "canceled"
    finally:
        await dues.simulated.settings(when_exhausted="cancel")


async def test_a_scholarship_lowers_the_dues_from_its_grant_to_its_end(dues: Dues) -> None:
    key = await dues.begins()
    await grants(dues, Tier.HALF)
    await dues.work()
    assert len((await dues.api.subscriptions.retrieve_async(key)).discounts) == 1
    await dues.story.do(EndScholarship(member_id=dues.by, by=dues.by))
    await dues.work()
    assert (await dues.api.subscriptions.retrieve_async(key)).discounts == []


async def test_what_was_refused_is_said_anew_when_a_person_tries_again(
    dues: Dues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.stripe.ordering.COUPON", "forgotten-{percent}")
    key = await dues.begins()
    await grants(dues, Tier.HALF)
    await dues.work()
    (stuck,) = await dues.real.house.desk.stuck()
    assert (stuck.problem, stuck.retriable) == ("resource_missing", True)
    await dues.api.coupons.create_async(
        {"id": "forgotten-50", "percent_off": 50, "duration": "forever"}
    )
    await dues.real.house.desk.revive(stuck.where, stuck.key)
    await dues.work()
    assert len((await dues.api.subscriptions.retrieve_async(key)).discounts) == 1
    assert {each[0] for each in await dues.outbox()} == {"done"}


async def test_more_seats_come_at_once(practice: Dues) -> None:
    await wants_seats(practice, 5)
    await practice.work()
    pool = await seats(practice)
    assert (pool.bought, pool.scheduled) == (5, None)


async def test_fewer_seats_are_told_just_before_the_renewal(practice: Dues) -> None:
    await wants_seats(practice, 2)
    await practice.work()
    assert [each[:2] for each in await practice.outbox()] == [("waiting", "not_due")]
    assert (await seats(practice)).bought == 3
    renews_at = (await practice.membership()).observed
    assert renews_at is not None
    assert renews_at.period_end_at is not None
    practice.real.clock.at = renews_at.period_end_at - timedelta(hours=1)
    await practice.work()
    assert (await seats(practice)).bought == 2


async def test_while_fewer_seats_wait_for_their_day_other_orders_go_on(practice: Dues) -> None:
    await wants_seats(practice, 2)
    await practice.work()
    await practice.asks(AskForLeave)
    await practice.work()
    assert (await practice.membership()).state is MembershipState.ON_LEAVE


async def test_an_asking_for_fewer_seats_that_was_taken_back_is_not_sent(practice: Dues) -> None:
    await wants_seats(practice, 2)
    await wants_seats(practice, 3)
    await practice.later(days=31)
    assert [each[2] for each in await practice.outbox()] == ["overtaken"]
    assert (await seats(practice)).bought == 3


async def test_another_customers_subscription_is_a_question_and_changes_nothing(
    dues: Dues,
) -> None:
    key = await dues.begins()
    stranger = await dues.api.customers.create_async(
        {"address": {"country": "DE"}, "metadata": {"ph_env": HERE}}
    )
    method = await dues.api.payment_methods.attach_async("pm_card_visa", {"customer": stranger.id})
    price = (await dues.api.prices.list_async({"lookup_keys": ["membership-monthly"]})).data[0]
    made = await dues.api.subscriptions.create_async(
        {
            "customer": stranger.id,
            "items": [{"price": price.id}],
            "default_payment_method": method.id,
            "metadata": {"ph_membership": str(dues.id), "ph_env": HERE},
        }
    )
    await dues.looks(made.id)
    membership = await dues.membership()
    question, _ = membership.questions[made.id]
    assert (question.about, question.said) == ("customer", stranger.id)
    assert list(membership.seen) == [key]
    assert await dues.work() == 0


async def test_what_was_done_long_ago_is_forgotten(dues: Dues) -> None:
    await dues.begins()
    await dues.asks(AskForLeave)
    await dues.work()
    many = "SELECT count(*) FROM payment_orders JOIN outbox USING (effect_id)"
    await dues.orders.book.sweep(at=dues.real.clock.now() + timedelta(days=399))
    assert await dues.real.fetch(many) == [(1,)]
    await dues.orders.book.sweep(at=dues.real.clock.now() + timedelta(days=401))
    assert await dues.real.fetch(many) == [(0,)]
