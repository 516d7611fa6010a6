"""The money ledger: every fact once, in whatever order and however often it is brought."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidFields
from domain.money.facts import Actor, FactDiffers, MoneyFact, MoneyKind, key_of
from domain.money.ledger import MoneyLedger, OrderNotFact
from domain.money.refunds import RefundFrozen, RefundTooLarge, SecondPersonNeeded
from domain.values import DifferentCurrencies, Money
from tests.support.billing import ACCOUNT, a_refund, day, fact
from tests.support.builders import ADMIN, JOY, facts, known

KIND = MoneyKind
NOTED = [kind for kind in KIND if kind is not KIND.REFUND_ASKED]


def a_ledger(*noted: tuple[MoneyKind, MoneyFact]) -> MoneyLedger:
    ledger = MoneyLedger.open(ACCOUNT, at=day(0))
    for kind, each in noted:
        ledger.note(kind, each, at=day(1))
    known(ledger)
    return ledger


def of_kind(kind: MoneyKind, object_id: str = "x_1", cents: int = 100) -> MoneyFact:
    return fact(object_id, cents, attempt=int(kind is KIND.PAYMENT_FAILED))


@pytest.mark.parametrize("kind", NOTED)
def test_a_fact_is_there_once_whoever_brings_it_again(kind: MoneyKind) -> None:
    ledger = a_ledger()
    brought = [of_kind(kind), fact("x_1", 100, attempt=of_kind(kind).attempt, request_id="req_9")]
    for each in [*brought, *brought]:
        ledger.note(kind, each, at=day(2))
    (line,) = ledger.lines.values()
    assert len(facts(ledger)) == 1
    assert line[1] == brought[0]


@pytest.mark.parametrize("kind", NOTED)
def test_the_same_fact_with_another_amount_is_for_somebody_to_look_at(kind: MoneyKind) -> None:
    ledger = a_ledger((kind, of_kind(kind)))
    with pytest.raises(FactDiffers):
        ledger.note(kind, of_kind(kind, cents=101), at=day(2))
    assert facts(ledger) == []


@given(st.data())
def test_any_order_and_repetition_gives_the_same_lines(data: st.DataObject) -> None:
    noted = data.draw(
        st.lists(
            st.tuples(st.sampled_from(NOTED), st.sampled_from(["x_1", "x_2", "x_3"])),
            unique=True,
            max_size=12,
        )
    )
    once = a_ledger(*[(kind, of_kind(kind, name)) for kind, name in noted])
    again = data.draw(st.permutations([*noted, *noted]))
    often = a_ledger(*[(kind, of_kind(kind, name)) for kind, name in again])
    assert often.lines == once.lines
    assert often.version == once.version == len(once.lines) + 1


def test_each_attempt_is_a_fact_of_its_own() -> None:
    ledger = a_ledger(*[(KIND.PAYMENT_FAILED, fact("in_1", attempt=n)) for n in (1, 2, 1)])
    assert list(ledger.lines) == ["in_1/payment_failed/1", "in_1/payment_failed/2"]


def test_a_refund_nobody_ordered_here_is_external_and_counted_once_with_any_name() -> None:
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")))
    back = fact("re_1", 500, about="in_1")
    ledger.note(KIND.REFUND_DONE, back, at=day(2))
    ledger.note(KIND.REFUND_EXTERNAL, back, at=day(2))
    (noted,) = facts(ledger)
    assert isinstance(noted, MoneyLedger.RefundExternal)
    assert ledger.refundable("in_1", "EUR") == Money(1_500, "EUR")
    assert key_of(KIND.REFUND_DONE, back) == key_of(KIND.REFUND_EXTERNAL, back)


def test_a_refund_is_ordered_once_and_its_answer_is_no_external_one() -> None:
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")))
    for _ in range(2):
        ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    assert ledger.refundable("in_1", "EUR") == Money(1_500, "EUR")
    back = fact("re_1", 500, about="in_1", order_id="order-1")
    ledger.note(KIND.REFUND_DONE, back, at=day(3))
    assert ledger.refundable("in_1", "EUR") == Money(1_500, "EUR")
    ledger.note(KIND.REFUND_FAILED, back, at=day(6))
    assert ledger.refundable("in_1", "EUR") == Money(2_000, "EUR")
    happened = [type(each).__name__ for each in facts(ledger)]
    assert happened == ["RefundAsked", "RefundDone", "RefundFailed"]


def test_an_order_that_failed_at_once_holds_nothing_back() -> None:
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")))
    ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    failed = fact("re_1", 500, about="in_1", order_id="order-1")
    ledger.note(KIND.REFUND_FAILED, failed, at=day(3))
    assert ledger.refundable("in_1", "EUR") == Money(2_000, "EUR")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Money(2_001, "EUR")}, RefundTooLarge),
        ({"amount": Money(0, "EUR")}, RefundTooLarge),
        ({"amount": Money(-1, "EUR")}, InvalidFields),
        ({"invoice_id": "in_2"}, RefundTooLarge),
        ({"alone_up_to": Money(499, "EUR")}, SecondPersonNeeded),
        ({"alone_up_to": Money(499, "EUR"), "second_id": ADMIN}, SecondPersonNeeded),
        ({"alone_up_to": Money(499, "USD")}, DifferentCurrencies),
        ({"reason": "Ana was ill, poor thing"}, InvalidFields),
    ],
)
def test_a_refund_that_cannot_be_ordered_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")))
    with pytest.raises(refusal):
        ledger.ask_refund("order-1", **a_refund(**changes), by=ADMIN, at=day(2))
    assert facts(ledger) == []


def test_a_large_refund_takes_two_people() -> None:
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")))
    refund = a_refund(alone_up_to=Money(499, "EUR"), second_id=JOY)
    ledger.ask_refund("order-1", **refund, by=ADMIN, at=day(2))
    (asked,) = facts(ledger)
    assert isinstance(asked, MoneyLedger.RefundAsked)
    assert (asked.fact.person_id, asked.second_id) == (ADMIN, JOY)
    with pytest.raises(FactDiffers):
        ledger.ask_refund("order-1", **a_refund(amount=Money(1, "EUR")), by=ADMIN, at=day(2))


def test_while_a_bank_decides_nothing_is_paid_back() -> None:
    dispute = fact("dp_1", about="in_1")
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")), (KIND.DISPUTE_OPENED, dispute))
    with pytest.raises(RefundFrozen):
        ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    ledger.note(KIND.DISPUTE_CLOSED, fact("dp_1", about="in_1", reason="won"), at=day(3))
    ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(4))
    assert len(facts(ledger)) == 2


def test_while_a_bank_only_asks_a_refund_can_settle_it() -> None:
    asks = fact("dp_1", about="in_1")
    ledger = a_ledger((KIND.INVOICE_PAID, fact("in_1")), (KIND.INQUIRY_OPENED, asks))
    ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    ledger.note(KIND.DISPUTE_OPENED, asks, at=day(3))
    assert ledger.is_disputed("in_1"), "it became a dispute"
    ledger.note(KIND.DISPUTE_CLOSED, fact("dp_1", about="in_1", reason="warning_closed"), at=day(4))
    assert not ledger.is_disputed("in_1")


def test_what_a_bank_gave_back_is_not_paid_back_once_more() -> None:
    ledger = a_ledger(
        (KIND.INVOICE_PAID, fact("in_1")), (KIND.DISPUTE_OPENED, fact("dp_1", about="in_1"))
    )
    ledger.note(KIND.DISPUTE_CLOSED, fact("dp_1", about="in_1", reason="lost"), at=day(3))
    assert ledger.refundable("in_1", "EUR") == Money(0, "EUR")
    with pytest.raises(RefundTooLarge):
        ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(4))


def test_sums_are_kept_apart_by_kind_and_currency() -> None:
    ledger = a_ledger(
        (KIND.INVOICE_PAID, fact("in_1", 100)),
        (KIND.INVOICE_PAID, fact("in_2", 50)),
        (KIND.INVOICE_PAID, fact("in_3", amount=Money(7, "JPY"))),
        (KIND.CREDIT_BALANCE_MOVED, fact("cb_1", -30)),
    )
    assert ledger.sums() == {
        (KIND.INVOICE_PAID, "EUR"): 150,
        (KIND.INVOICE_PAID, "JPY"): 7,
        (KIND.CREDIT_BALANCE_MOVED, "EUR"): -30,
    }


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (KIND.INVOICE_PAID, {"object_id": "in 1"}, "object_id"),
        (KIND.INVOICE_PAID, {"source_event_id": ""}, "source_event_id"),
        (KIND.INVOICE_PAID, {"attempt": 1}, "attempt"),
        (KIND.PAYMENT_FAILED, {}, "attempt"),
        (KIND.PAYMENT_FAILED, {"attempt": -1}, "attempt"),
        (KIND.INVOICE_PAID, {"amount": Money(-1, "EUR")}, "amount"),
        (KIND.INVOICE_PAID, {"reason": "Ana's bank"}, "reason"),
        (KIND.INVOICE_PAID, {"actor": Actor.PERSON}, "person_id"),
        (KIND.INVOICE_PAID, {"person_id": JOY}, "person_id"),
    ],
)
def test_a_fact_that_could_not_be_kept_is_refused(
    kind: MoneyKind, changes: dict[str, Any], field: str
) -> None:
    ledger = a_ledger()
    with pytest.raises(InvalidFields) as refused:
        ledger.note(kind, fact(**({"object_id": "in_1"} | changes)), at=day(1))
    assert list(refused.value.fields) == [field]
    assert facts(ledger) == []


def test_a_refund_is_ordered_not_noted() -> None:
    with pytest.raises(OrderNotFact):
        a_ledger().note(KIND.REFUND_ASKED, fact("order-1"), at=day(1))
