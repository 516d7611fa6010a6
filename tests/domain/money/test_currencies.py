"""Amounts in currencies with none, two and three digits behind the point."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money.currencies import minor_places, plain, written
from domain.values import Money


@pytest.mark.parametrize(
    ("cents", "currency", "read", "typed"),
    [
        (123_450, "USD", "1,234.50 USD", "1234.50"),
        (-5, "EUR", "-0.05 EUR", "-0.05"),
        (1_500, "JPY", "1,500 JPY", "1500"),
        (-1_234_567, "KWD", "-1,234.567 KWD", "-1234.567"),
        (0, "XOF", "0 XOF", "0"),
    ],
)
def test_an_amount_is_written_with_its_currencys_digits(
    cents: int, currency: str, read: str, typed: str
) -> None:
    assert written(Money(cents, currency)) == read
    assert plain(Money(cents, currency)) == typed


@given(st.integers(-(10**9), 10**9), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_what_is_written_is_the_amount_itself(cents: int, currency: str) -> None:
    digits = plain(Money(cents, currency)).replace(".", "")
    assert int(digits) == cents
    assert (
        written(Money(cents, currency)).replace(",", "").startswith(plain(Money(cents, currency)))
    )
    assert minor_places(currency) in {0, 2, 3}
