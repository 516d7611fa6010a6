"""What administrators read about money has words for everything that can happen."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from domain.memberships.standings import MembershipState
from domain.money.facts import MoneyKind
from domain.money.refunds import RefundReason
from domain.payments.orders import PaymentOrder
from domain.values import Money
from services.web.forms.reading import Unusable
from services.web.pages.billing.forms import is_id, message_id, refund_form
from services.web.words import billing as billing_words
from services.web.words import memberships as membership_words


def test_every_state_every_kind_of_line_and_every_reason_has_words() -> None:
    assert set(billing_words.STATES) == set(MembershipState)
    assert set(billing_words.MONEY) == set(MoneyKind)
    assert set(billing_words.REFUND_REASONS) == set(RefundReason)


def test_every_order_has_words() -> None:
    assert set(billing_words._ORDERS) == set(get_args(PaymentOrder))
    assert billing_words.order_words(None) == "An order that can be read no more"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (None, "never"),
        (timedelta(), "nothing waits"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "1 hour"),
        (timedelta(days=2, hours=5), "2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(time: timedelta | None, words: str) -> None:
    assert billing_words.age(time) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [("in_1Abc", True), ("evt_1", True), ("refund-1", True), ("Ana Ruiz", False), ("ana", False)],
)
def test_an_id_is_told_from_a_name(text: str, expected: bool) -> None:  # noqa: FBT001  a table
    assert is_id(text) is expected


@pytest.mark.parametrize("text", ["evt_", "evt_1 2", "evt_1\n", "in_1", "evt_" + "x" * 300])
def test_what_is_no_event_is_not_replayed(text: str) -> None:
    with pytest.raises(Unusable):
        message_id(text)


@pytest.mark.parametrize(
    ("currency", "text", "cents"),
    [("EUR", "12", 1_200), ("EUR", "12,5", 1_250), ("JPY", "300", 300), ("KWD", "1.234", 1_234)],
)
def test_an_amount_is_read_in_its_own_currency(currency: str, text: str, cents: int) -> None:
    field = refund_form(Money(10_000, currency)).fields["amount"]
    assert field.read([text]) == Money(cents, currency)


@pytest.mark.parametrize(
    ("currency", "text"), [("JPY", "1.5"), ("EUR", "1.234"), ("EUR", "-1"), ("EUR", "0.00")]
)
def test_an_amount_that_cannot_be_is_refused(currency: str, text: str) -> None:
    field = refund_form(Money(10_000, currency)).fields["amount"]
    with pytest.raises(Unusable):
        field.read([text])


@pytest.mark.parametrize(
    "word",
    [
        "authentication_required",
        "subscription_payment_intent_requires_action",
        "invoice_payment_intent_requires_action",
    ],
)
def test_a_bank_that_wanted_a_second_factor_is_told_as_such_whatever_stripe_calls_it(
    word: str,
) -> None:
    assert "wanted you to confirm" in membership_words.refused_words(word)
