"""How numbers are written in explanations."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.explain import how_many, plain, shown


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1.50", "1.5"),
        ("1.00", "1"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("0.05", "0.05"),
    ],
)
def test_amounts_are_written_without_exponents_and_trailing_zeros(amount: str, said: str) -> None:
    assert plain(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("amount", "said"), [("1.38339", "1.3833"), ("1.38", "1.38"), ("2", "2"), ("0.00009", "0")]
)
def test_amounts_before_rounding_are_cut_to_four_decimals(amount: str, said: str) -> None:
    assert shown(Decimal(amount)) == said


def test_things_are_counted() -> None:
    assert [how_many(n, "minute") for n in (0, 1, 2)] == ["0 minutes", "1 minute", "2 minutes"]
    assert how_many(1, "person", "people") == "1 person"
    assert how_many(2, "person", "people") == "2 people"


@given(st.decimals(0, 10**6, places=3))
def test_a_written_amount_is_the_amount(amount: Decimal) -> None:
    assert Decimal(plain(amount)) == amount
    assert 0 <= amount - Decimal(shown(amount)) < Decimal("0.0001")
