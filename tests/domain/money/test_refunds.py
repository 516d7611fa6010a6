"""How much one person may pay back alone, as a setting writes it; and who has to agree above it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidFields
from domain.money.facts import MoneyKind, key_of
from domain.money.ledger import MoneyLedger
from domain.money.refunds import (
    LimitUnreadable,
    ProposalGone,
    RefundFrozen,
    RefundLimits,
    RefundReason,
    RefundTooLarge,
    SecondPersonNeeded,
    read_limits,
)
from domain.money.words import told
from domain.values import Money
from tests.support.billing import ACCOUNT, a_refund, day, fact
from tests.support.builders import ADMIN, BO, JOY, facts, known


def test_a_limit_is_for_every_currency_unless_one_has_its_own() -> None:
    limits = read_limits("200.00, 250.50 USD,30000 JPY")
    assert limits.alone_up_to("EUR") == Money(20_000, "EUR")
    assert limits.alone_up_to("USD") == Money(25_050, "USD")
    assert limits.alone_up_to("JPY") == Money(30_000, "JPY")
    assert limits.alone_up_to("KWD") == Money(200_000, "KWD")


def test_without_an_amount_for_every_currency_the_usual_one_holds() -> None:
    assert read_limits("50 USD").alone_up_to("EUR") == RefundLimits().alone_up_to("EUR")
    assert RefundLimits().alone_up_to("EUR") == Money(20_000, "EUR")


def test_a_limit_is_rounded_down_to_what_a_currency_can_express() -> None:
    assert read_limits("0.999").alone_up_to("JPY") == Money(0, "JPY")
    assert read_limits("0.999").alone_up_to("EUR") == Money(99, "EUR")


@pytest.mark.parametrize(
    "text",
    ["", "much", "-1", "1.2345", "200 EURO", "200 eur", "1, 2", "1 EUR, 2 EUR", "1;2", "1,,"],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(LimitUnreadable):
        read_limits(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_limits(text).alone_up_to("EUR")
    except LimitUnreadable:
        return


@pytest.mark.parametrize("reason", RefundReason)
def test_every_reason_is_told_to_the_payer_in_words(reason: RefundReason) -> None:
    line = told(MoneyKind.REFUND_DONE, fact("re_1", reason=reason.value), reader=BO)
    assert reason.value not in line.meaning


# Two people


def a_ledger(*more: tuple[MoneyKind, Any]) -> MoneyLedger:
    ledger = MoneyLedger.open(ACCOUNT, at=day(0))
    for kind, each in ((MoneyKind.INVOICE_PAID, fact("in_1", 2_000)), *more):
        ledger.note(kind, each, at=day(1))
    known(ledger)
    return ledger


def propose(ledger: MoneyLedger, **changes: Any) -> None:
    values = {name: a_refund()[name] for name in ("invoice_id", "amount", "reason")} | changes
    ledger.propose_refund("order-1", **values, by=ADMIN, at=day(2))


def test_a_proposal_orders_nothing_until_somebody_else_agrees() -> None:
    ledger = a_ledger()
    propose(ledger)
    propose(ledger)
    assert [type(each).__name__ for each in facts(ledger)] == ["RefundProposed"]
    assert ledger.refundable("in_1", "EUR") == Money(2_000, "EUR")
    ledger.agree_to_refund("order-1", by=JOY, at=day(3))
    (asked,) = facts(ledger)
    assert isinstance(asked, MoneyLedger.RefundAsked)
    assert (asked.fact.person_id, asked.second_id) == (ADMIN, JOY)
    assert ledger.proposals == {}
    assert ledger.refundable("in_1", "EUR") == Money(1_500, "EUR")


def test_nobody_agrees_with_themselves_however_small_it_is() -> None:
    ledger = a_ledger()
    propose(ledger, amount=Money(1, "EUR"))
    known(ledger)
    with pytest.raises(SecondPersonNeeded):
        ledger.agree_to_refund("order-1", by=ADMIN, at=day(3))
    assert facts(ledger) == []


@pytest.mark.parametrize("decide", ["agree_to_refund", "drop_refund_proposal"])
@pytest.mark.parametrize("before", ["agree_to_refund", "drop_refund_proposal", None])
def test_a_proposal_is_decided_once(decide: str, before: str | None) -> None:
    ledger = a_ledger()
    if before is not None:
        propose(ledger)
        getattr(ledger, before)("order-1", by=JOY, at=day(3))
    known(ledger)
    with pytest.raises(ProposalGone):
        getattr(ledger, decide)("order-1", by=BO, at=day(4))
    assert facts(ledger) == []


def test_a_proposal_is_judged_again_when_somebody_agrees() -> None:
    ledger = a_ledger()
    propose(ledger, amount=Money(2_000, "EUR"))
    ledger.note(MoneyKind.REFUND_DONE, fact("re_1", 1, about="in_1"), at=day(3))
    with pytest.raises(RefundTooLarge):
        ledger.agree_to_refund("order-1", by=JOY, at=day(4))
    ledger.note(MoneyKind.DISPUTE_OPENED, fact("dp_1", about="in_1"), at=day(4))
    with pytest.raises(RefundFrozen):
        ledger.agree_to_refund("order-1", by=JOY, at=day(5))
    assert set(ledger.proposals) == {"order-1"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Money(2_001, "EUR")}, RefundTooLarge),
        ({"amount": Money(0, "EUR")}, RefundTooLarge),
        ({"amount": Money(100, "USD")}, RefundTooLarge),
        ({"invoice_id": "in_2"}, RefundTooLarge),
        ({"reason": "Because Ana asked."}, InvalidFields),
    ],
)
def test_what_cannot_be_paid_back_cannot_be_proposed(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    ledger = a_ledger()
    with pytest.raises(refusal):
        propose(ledger, **changes)
    assert facts(ledger) == []


# Given up


def test_an_order_that_is_given_up_holds_nothing_back() -> None:
    ledger = a_ledger()
    ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    for _ in range(2):
        ledger.give_up_refund("order-1", by=JOY, at=day(3))
    ledger.give_up_refund("order-2", by=JOY, at=day(3))
    given_up = [each for each in facts(ledger) if isinstance(each, MoneyLedger.RefundGivenUp)]
    assert [each.order_id for each in given_up] == ["order-1"]
    assert ledger.refundable("in_1", "EUR") == Money(2_000, "EUR")


def test_money_that_went_back_all_the_same_counts() -> None:
    ledger = a_ledger()
    ledger.ask_refund("order-1", **a_refund(), by=ADMIN, at=day(2))
    ledger.give_up_refund("order-1", by=JOY, at=day(3))
    back = fact("re_1", 500, about="in_1", order_id="order-1")
    ledger.note(MoneyKind.REFUND_DONE, back, at=day(4))
    assert ledger.lines[key_of(MoneyKind.REFUND_DONE, back)][0] is MoneyKind.REFUND_DONE
    assert ledger.refundable("in_1", "EUR") == Money(1_500, "EUR")
