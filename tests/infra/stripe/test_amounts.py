"""Amounts: Stripe's smallest units are not always ISO's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import Money
from infra.stripe.amounts import from_stripe, to_stripe

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "ISK", "UGX", "KWD", "BHD", "XOF", "CLP"])


@pytest.mark.parametrize(
    ("amount", "currency", "money"),
    [
        (1200, "eur", Money(1200, "EUR")),
        (1200, "jpy", Money(1200, "JPY")),
        (1200, "isk", Money(12, "ISK")),  # counted in hundredths, though ISO knows none
        (1200, "ugx", Money(12, "UGX")),
        (1200, "kwd", Money(1200, "KWD")),
        (1200, "mga", Money(120_000, "MGA")),  # the other way round
        (150, "isk", Money(2, "ISK")),
        (-150, "isk", Money(-2, "ISK")),
        (149, "isk", Money(1, "ISK")),
    ],
)
def test_an_amount_is_read_as_iso_counts_it(amount: int, currency: str, money: Money) -> None:
    assert from_stripe(amount, currency) == money


@given(st.integers(-(10**9), 10**9), CURRENCIES)
def test_what_we_say_is_what_we_read_again(cents: int, currency: str) -> None:
    amount = Money(cents, currency)
    assert from_stripe(to_stripe(amount), currency.lower()) == amount


def test_parts_that_stripe_cannot_count_are_refused() -> None:
    assert to_stripe(Money(500, "MGA")) == 5
    with pytest.raises(ValueError, match="MGA"):
        to_stripe(Money(501, "MGA"))
