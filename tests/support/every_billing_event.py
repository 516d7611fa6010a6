"""Stories in which every kind of event of the billing subjects happens at least once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.access.records import AccessRecord
from domain.access.union import GrantKind
from domain.base import Root
from domain.memberships.funds import Fund
from domain.memberships.gifts import Gift
from domain.memberships.rules import Wish
from domain.memberships.scholarships import Scholarship, Tier
from domain.money.billing_accounts import BillingAccount, PayerKind
from domain.money.desk_records import DeskRecord
from domain.money.facts import MoneyKind
from domain.money.ledger import MoneyLedger
from domain.practices.seat_pool import SeatPool
from domain.values import Money
from tests.support import billing as b
from tests.support.builders import ADMIN, ANA, BO, CHIDI, JOY, MEETING, SIX_PM, about, at, facts

SEATS = [UUID(int=n) for n in range(750, 754)]


def account_events() -> list[Root.Event]:
    account = BillingAccount.open(payer_kind=PayerKind.PERSON, payer_id=ANA, at=SIX_PM)
    account.link_customer(b.CUSTOMER, at=at(1))
    account.change_contact(UUID(int=701), at=at(2))
    account.set_tax_id(kind="eu_vat", tax_id_ref="txi_1", at=at(3))
    account.forget_payer(at=at(4))
    account.lose_customer(b.CUSTOMER, at=at(5))
    account.close(still_taking_part=0, by=ANA, at=at(6))
    return facts(account)


def membership_events() -> list[Root.Event]:
    membership = b.requested()
    membership.open_checkout("cs_1", plan=b.MONTHLY, expires_at=at(60), at=at(1))
    membership.close_checkout("cs_1", at=at(2))
    membership.observe(b.trialing(0), at=b.day(0))
    membership.observe(b.active(14), at=b.day(14))
    membership.observe(b.active(44, through=74), at=b.day(44))
    membership.ask_for_leave(by=ANA, at=b.day(45))
    membership.observe(b.paused(46), at=b.day(46))
    membership.ask_to_return(by=ANA, at=b.day(50), agreed=Money(800, "EUR"))
    membership.observe(b.active(51, through=81), at=b.day(51))
    membership.ask_for_plan(b.ANNUAL, by=ANA, at=b.day(52))
    membership.observe(b.active(53, through=81, price=b.ANNUAL), at=b.day(53))
    membership.ask_to_cancel(by=ANA, reason=about(ANA, "A long journey."), at=b.day(54))
    membership.observe(b.active(55, through=81, price=b.ANNUAL, ends=True), at=b.day(55))
    membership.withdraw_cancellation(by=ANA, at=b.day(56))
    membership.observe(b.active(57, through=81, price=b.ANNUAL), at=b.day(57))
    membership.ask_for_plan(b.MONTHLY, by=ANA, at=b.day(58), agreed=[Money(1_200, "EUR")])
    membership.give_up_wish(Wish.PLAN, why="card_declined", at=b.day(58))
    waits = b.waiting(59, until=59.9)
    membership.observe(b.active(59, through=81, price=b.ANNUAL, plan_waits=waits), at=b.day(59))
    membership.observe(b.unpaid(81, since=81, price=b.ANNUAL), at=b.day(81))
    membership.tick(at=b.day(96))
    membership.observe(b.active(100, through=446, price=b.ANNUAL), at=b.day(100))
    membership.observe(b.ended(446, price=b.ANNUAL), at=b.day(446))
    again: dict[str, Any] = {"subscription_id": "sub_2", "began": 450, "price": b.ANNUAL}
    membership.observe(b.active(450, through=480, **again), at=b.day(450))
    second: dict[str, Any] = {"subscription_id": "sub_3", "began": 451, "price": b.ANNUAL}
    membership.observe(b.active(451, through=481, **second), at=b.day(451))
    membership.observe(b.observation(452, status="dreaming"), at=b.day(452))
    membership.settle_question(b.SUBSCRIPTION, by=ADMIN, at=b.day(453))
    membership.forget_holder(at=b.day(453))
    return facts(membership)


def seat_pool_events() -> list[Root.Event]:
    pool = SeatPool.open(b.PRACTICE, name="Harbour practice", manager_id=JOY, at=SIX_PM)
    pool.name_manager(BO, by=JOY, at=at(1))
    pool.relieve_manager(BO, by=JOY, at=at(2))
    pool.ask_for_count(3, renews_at=b.day(30), by=JOY, at=at(3))
    pool.observe_count(3, observed_at=at(4), at=at(4))
    pool.ask_for_count(2, renews_at=b.day(30), by=JOY, at=at(5))
    pool.drop_count_change(at=at(6))
    for seat_id in SEATS[:3]:
        pool.offer(seat_id, by=JOY, at=at(7))
    pool.withdraw_offer(SEATS[2], by=JOY, at=at(8))
    pool.accept(SEATS[0], member_id=ANA, at=at(9))
    pool.accept(SEATS[1], member_id=CHIDI, at=at(9))
    pool.freeze(ANA, by=ANA, at=at(10))
    pool.thaw(ANA, by=JOY, at=at(11))
    pool.release(CHIDI, by=JOY, at=at(12))
    pool.offer(SEATS[2], by=JOY, at=at(13))
    pool.ask_to_come_in(SEATS[2], at=at(14))
    pool.decline(SEATS[2], sentence=about(SEATS[2], "Ask us again in spring."), by=ADMIN, at=at(15))
    pool.ask_to_come_in(SEATS[2], at=b.day(15))
    pool.let_in(SEATS[2], member_id=ANA, by=ADMIN, at=b.day(16))
    pool.end_offers(at=b.day(60))
    return facts(pool)


def scholarship_events() -> list[Root.Event]:
    scholarship = Scholarship.apply_for(ANA, tier=Tier.HALF, at=SIX_PM)
    scholarship.apply_again(tier=Tier.FULL, at=at(1))
    until = scholarship.next_until(at(2))
    scholarship.grant(Tier.FULL, until=until, fund_id=b.FUND, at=at(2))
    later = until - timedelta(days=10)
    scholarship.renew(until=scholarship.next_until(later), at=later)
    scholarship.end(at=until)
    return facts(scholarship)


def fund_events() -> list[Root.Event]:
    fund = Fund.open(b.FUND, name="Lamp fund", currency="EUR", at=SIX_PM)
    fund.feed("pi_1", Money(50_000, "EUR"), at=at(1))
    fund.feed("pi_2", Money(1_000, "EUR"), at=at(1))
    fund.give_back("re_2", Money(1_000, "EUR"), at=at(2))
    fund.set_aside(ANA, Money(24_000, "EUR"), until=b.day(365), at=at(3))
    fund.free(ANA, Money(12_000, "EUR"), until=b.day(365), at=b.day(180))
    return facts(fund)


def gift_events() -> list[Root.Event]:
    gift = Gift.give(b.GIFT, months=3, giver_id=BO, at=SIX_PM)
    gift.redeem(ANA, at=at(1))
    return facts(gift)


def taken_back_gift_events() -> list[Root.Event]:
    gift = Gift.give(b.GIFT, months=1, giver_id=None, at=SIX_PM)
    gift.take_back(at=at(1))
    gift.note_return_failed(account_id=b.ACCOUNT, invoice_id="in_1", at=at(2))
    gift.give_again(by=ADMIN, at=at(3))
    return facts(gift)


def money_events() -> list[Root.Event]:
    ledger = MoneyLedger.open(b.ACCOUNT, at=SIX_PM)
    noted = [
        (MoneyKind.INVOICE_ISSUED, b.fact("in_1")),
        (MoneyKind.PAYMENT_FAILED, b.fact("in_1", attempt=1, reason="card_declined")),
        (MoneyKind.INVOICE_PAID, b.fact("in_1")),
        (MoneyKind.INVOICE_VOIDED, b.fact("in_2")),
        (MoneyKind.INVOICE_WRITTEN_OFF, b.fact("in_3")),
        (MoneyKind.CREDIT_NOTE_ISSUED, b.fact("cn_1", 500, about="in_1")),
        (MoneyKind.CREDIT_BALANCE_MOVED, b.fact("cbtxn_1", -250)),
    ]
    for number, (kind, fact) in enumerate(noted):
        ledger.note(kind, fact, at=at(number))
    proposal = {name: b.a_refund()[name] for name in ("invoice_id", "amount", "reason")}
    ledger.propose_refund("order-1", **proposal, by=ADMIN, at=at(8))
    ledger.drop_refund_proposal("order-1", by=JOY, at=at(9))
    ledger.ask_refund("order-0", **b.a_refund(), by=ADMIN, at=at(9))
    ledger.give_up_refund("order-0", by=ADMIN, at=at(9))
    ledger.ask_refund("order-1", **b.a_refund(second_id=JOY), by=ADMIN, at=at(10))
    back = b.fact("re_1", 500, about="in_1", order_id="order-1")
    ledger.note(MoneyKind.REFUND_DONE, back, at=at(11))
    ledger.note(MoneyKind.REFUND_FAILED, back, at=at(12))
    ledger.note(MoneyKind.REFUND_DONE, b.fact("re_2", 100, about="in_1"), at=at(13))
    ledger.note(MoneyKind.INQUIRY_OPENED, b.fact("dp_1", about="in_1"), at=at(14))
    ledger.note(MoneyKind.DISPUTE_OPENED, b.fact("dp_1", about="in_1"), at=at(14))
    ledger.note(MoneyKind.DISPUTE_CLOSED, b.fact("dp_1", about="in_1", reason="won"), at=at(15))
    return facts(ledger)


def access_record_events() -> list[Root.Event]:
    record = AccessRecord.open(ANA, at=SIX_PM)
    record.note_source(GrantKind.SEAT, b.PRACTICE, at=at(1))
    record.note_meeting(MEETING, attended=True, at=at(60))
    record.note_meeting(MEETING, attended=False, at=at(70))
    record.note_turned_away(MEETING, at=at(80))
    return facts(record)


def desk_record_events() -> list[Root.Event]:
    record = DeskRecord.open(b.ACCOUNT, at=SIX_PM)
    record.order_look(b.SUBSCRIPTION, by=ADMIN, at=at(1))
    record.order_replay("evt_1", by=ADMIN, at=at(2))
    record.try_order_again(UUID(int=760), by=ADMIN, at=at(3))
    record.settle_order(UUID(int=760), by=ADMIN, at=at(4))
    return facts(record)


BILLING_STORIES: tuple[Callable[[], list[Root.Event]], ...] = (
    account_events,
    membership_events,
    seat_pool_events,
    scholarship_events,
    fund_events,
    gift_events,
    taken_back_gift_events,
    money_events,
    access_record_events,
    desk_record_events,
)
