"""Who may pay back how much, and who may do what at the desk for money."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domain.base import Root
from domain.members.member import Role
from domain.memberships.rules import membership_id
from domain.money.billing_accounts import billing_account_id
from domain.money.desk_records import NOBODYS, DeskRecord, desk_record_id
from domain.money.facts import MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.troubles import Place, trouble_id
from domain.values import Money
from services.members.commands import HOUSE, GrantRole, WithdrawRole
from services.money import desk_records as desk
from services.money.billing import NoteMoney, OpenPractice
from services.money.refunds import AgreeToRefund, AskRefund, DropRefundProposal, ProposeRefund
from services.troubles import SettleTrouble, TryAgain
from tests.support.billing import fact
from tests.support.dues import Dues
from tests.support.house import SmallHouse

LARGE = 50_000


@pytest.fixture
async def house() -> SmallHouse:
    """Ana paid 500 EUR; Priyanka and Joy look after the house."""
    house = SmallHouse(takes_dues=True)
    await house.people()
    await house.do(GrantRole(member_id=house.joy, role=Role.ADMINISTRATOR, by=HOUSE))
    dues = Dues(house, house.ana)
    await dues.request()
    await dues.look()
    await dues.money(MoneyKind.INVOICE_PAID, "in_1", LARGE)
    return house


def a_refund(house: SmallHouse, cents: int, **changes: Any) -> dict[str, Any]:
    return {
        "account_id": billing_account_id(house.ana),
        "order_id": "refund-1",
        "invoice_id": "in_1",
        "amount": Money(cents, "EUR"),
        "reason": "service_issue",
        "by": house.admin,
    } | changes


async def of_one_decision(house: SmallHouse) -> list[Root.Event]:
    """Return the events of the newest decision."""
    log = house.memory.log
    return [each.event for each in log if each.cause.command_id == log[-1].cause.command_id]


async def ledger_of(house: SmallHouse) -> MoneyLedger:
    return await house.known(MoneyLedger, money_ledger_id(billing_account_id(house.ana)))


async def test_one_person_pays_back_up_to_the_limit(house: SmallHouse) -> None:
    await house.do(AskRefund(**a_refund(house, 20_000)))
    (order,) = house.effects("payment_order")
    assert (order.payload["type"], order.payload["order_id"]) == ("pay_back", "refund-1")


async def test_above_it_nothing_is_ordered_until_somebody_else_agreed(house: SmallHouse) -> None:
    refused = await house.refused(AskRefund(**a_refund(house, 20_001)))
    assert refused.code == "money_ledger.second_person_needed"
    await house.do(ProposeRefund(**a_refund(house, 20_001)))
    assert house.effects("payment_order") == []
    agree: dict[str, Any] = {
        "account_id": billing_account_id(house.ana),
        "order_id": "refund-1",
    }
    alone = await house.refused(AgreeToRefund(**agree, by=house.admin))
    assert alone.code == "money_ledger.second_person_needed"
    await house.do(AgreeToRefund(**agree, by=house.joy))
    assert len(house.effects("payment_order")) == 1
    assert (await ledger_of(house)).proposals == {}


async def test_a_proposal_of_somebody_who_looks_after_the_house_no_longer_is_not_agreed_to(
    house: SmallHouse,
) -> None:
    await house.do(ProposeRefund(**a_refund(house, 20_001)))
    role = Role.ADMINISTRATOR
    await house.do(WithdrawRole(member_id=house.admin, role=role, by=house.joy))
    agree = AgreeToRefund(
        account_id=billing_account_id(house.ana), order_id="refund-1", by=house.joy
    )
    assert (await house.refused(agree)).code == "not_allowed"
    assert house.effects("payment_order") == []


async def test_nobody_pays_themselves_back_alone(house: SmallHouse) -> None:
    await house.do(GrantRole(member_id=house.ana, role=Role.ADMINISTRATOR, by=HOUSE))
    own = await house.refused(AskRefund(**a_refund(house, 1, by=house.ana)))
    assert own.code == "money_ledger.second_person_needed"


async def test_nobody_pays_their_own_practice_back_alone(house: SmallHouse) -> None:
    practice = house.id("practice")
    await house.do(OpenPractice(practice_id=practice, name="Harbour practice", by=house.joy))
    paid = fact("in_9", LARGE)
    account_id = billing_account_id(practice)
    await house.do(NoteMoney(account_id=account_id, kind=MoneyKind.INVOICE_PAID, fact=paid))
    theirs = a_refund(house, 100, account_id=account_id, invoice_id="in_9")
    own = await house.refused(AskRefund(**theirs | {"by": house.joy}))
    assert own.code == "money_ledger.second_person_needed"
    await house.do(AskRefund(**theirs))


async def test_everything_at_the_desk_is_for_administrators(house: SmallHouse) -> None:
    account_id = billing_account_id(house.ana)
    about = {"account_id": account_id, "by": house.bo}
    commands = [
        AskRefund(**a_refund(house, 1, by=house.bo)),
        ProposeRefund(**a_refund(house, 1, by=house.bo)),
        AgreeToRefund(**about, order_id="refund-1"),
        DropRefundProposal(**about, order_id="refund-1"),
        desk.OrderLook(**about, subscription_id="sub_told"),
        desk.OrderReplay(**about, message_id="evt_1"),
        desk.TryOrderAgain(**about, effect_id=uuid4(), problem="payments.refused"),
        desk.SettleOrder(
            **about, effect_id=uuid4(), refund_order_id=None, problem="x", reason="Because."
        ),
        desk.SettleQuestion(
            membership_id=membership_id(account_id, house.ana),
            subscription_id="sub_told",
            by=house.bo,
        ),
    ]
    for command in commands:
        assert (await house.refused(command)).code == "not_allowed", command
    assert await house.memory.load(desk_record_id(account_id)) == []


async def test_a_replay_of_what_nobody_knows_is_recorded_as_nobodys(house: SmallHouse) -> None:
    await house.do(desk.OrderReplay(account_id=None, message_id="evt_9", by=house.admin))
    record = await house.known(DeskRecord, desk_record_id(NOBODYS))
    assert record.account_id == NOBODYS
    (effect,) = house.effects(desk.REPLAY)
    assert effect.payload == {"message_id": "evt_9"}


async def test_settled_among_all_stuck_things_a_refund_frees_its_amount_in_one_decision(
    house: SmallHouse,
) -> None:
    await house.do(AskRefund(**a_refund(house, 10_000)))
    (order,) = house.effects("payment_order")
    settles = SettleTrouble(
        place=Place.OUTBOX,
        key=str(order.effect_id),
        problem="charge_disputed",
        reason="Sent by bank transfer.",
        by=house.joy,
    )
    await house.do(settles)
    assert (await ledger_of(house)).refundable("in_1", "EUR") == Money(LARGE, "EUR")
    record = await house.known(DeskRecord, desk_record_id(billing_account_id(house.ana)))
    trouble = trouble_id(Place.OUTBOX, str(order.effect_id))
    streams = {each.originator_id for each in await of_one_decision(house)}
    assert streams == {record.id, (await ledger_of(house)).id, trouble}
    assert len(house.effects("settle_trouble")) == 1


async def test_a_refund_that_somebody_has_tried_again_is_not_given_up(house: SmallHouse) -> None:
    await house.do(AskRefund(**a_refund(house, 10_000)))
    (order,) = house.effects("payment_order")
    about: dict[str, Any] = {"effect_id": order.effect_id, "problem": "charge_disputed"}
    account_id = billing_account_id(house.ana)
    await house.do(desk.TryOrderAgain(account_id=account_id, by=house.admin, **about))
    settles = desk.SettleOrder(
        account_id=account_id,
        refund_order_id="refund-1",
        reason="Sent by bank transfer.",
        by=house.joy,
        **about,
    )
    among_all = SettleTrouble(
        place=Place.OUTBOX,
        key=str(order.effect_id),
        problem="charge_disputed",
        reason="Sent by bank transfer.",
        by=house.joy,
    )
    for command in (settles, among_all):
        assert (await house.refused(command)).code == "trouble.not_stuck"
    assert (await ledger_of(house)).refundable("in_1", "EUR") == Money(LARGE - 10_000, "EUR")


async def test_a_refund_that_was_given_up_is_not_tried_again(house: SmallHouse) -> None:
    await house.do(AskRefund(**a_refund(house, 10_000)))
    (order,) = house.effects("payment_order")
    about: dict[str, Any] = {"place": Place.OUTBOX, "key": str(order.effect_id), "problem": "gone"}
    await house.do(SettleTrouble(reason="Sent by bank transfer.", by=house.joy, **about))
    again = await house.refused(TryAgain(by=house.admin, **about))
    assert again.code == "trouble.settled"


async def test_another_stuck_thing_is_settled_as_ever(house: SmallHouse) -> None:
    settles = SettleTrouble(
        place=Place.OUTBOX, key=str(uuid4()), problem="gone", reason="By hand.", by=house.joy
    )
    await house.do(settles)
    assert len(house.effects("settle_trouble")) == 1
    assert await house.memory.load(desk_record_id(billing_account_id(house.ana))) == []


async def test_settling_a_refund_that_never_went_out_frees_its_amount(house: SmallHouse) -> None:
    await house.do(AskRefund(**a_refund(house, 10_000)))
    (order,) = house.effects("payment_order")
    await house.do(
        desk.SettleOrder(
            account_id=billing_account_id(house.ana),
            effect_id=order.effect_id,
            refund_order_id="refund-1",
            problem="charge_disputed",
            reason="Sent by bank transfer.",
            by=house.joy,
        )
    )
    assert (await ledger_of(house)).refundable("in_1", "EUR") == Money(LARGE, "EUR")
    assert len(house.effects("settle_trouble")) == 1
