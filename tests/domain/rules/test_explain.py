"""How numbers are written in explanations."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.explain import (
    READ_THE_TEXT,
    Step,
    derivation,
    explained,
    how_many,
    not_determined,
    of_unit,
    plain,
    shown,
)


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


def test_neighbours_that_follow_from_one_clause_name_it_once_at_the_end() -> None:
    clauses = ("", "§ 1", "§ 1", "§ 2", "§ 1", "", "", "§ 3")
    steps = [Step("a.b", f"Step {n}.", clause) for n, clause in enumerate(clauses)]
    assert explained(steps) == [
        "Step 0.",
        "Step 1.",
        "Step 2 (§ 1).",
        "Step 3 (§ 2).",
        "Step 4 (§ 1).",
        "Step 5.",
        "Step 6.",
        "Step 7 (§ 3).",
    ]
    assert explained(steps[1:3]) == ["Step 1.", "Step 2 (§ 1)."]
    assert explained([]) == []


def test_things_are_counted() -> None:
    assert [how_many(n, "minute") for n in (0, 1, 2)] == ["0 minutes", "1 minute", "2 minutes"]
    assert how_many(1, "person", "people") == "1 person"
    assert how_many(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("1", "hour", "1 hour"),
        ("1.00", "hour", "1 hour"),
        ("0", "hour", "0 hours"),
        ("1.5", "credit hour of 50 minutes", "1.5 credit hours of 50 minutes"),
        ("2", "hour of supervision", "2 hours of supervision"),
        ("2", "unit of 60 minutes", "2 units of 60 minutes"),
        ("2", "point", "2 points"),
        ("2", "AMA PRA Category 1 Credit", "2 AMA PRA Category 1 Credits"),
        ("2", "IACET CEU", "2 IACET CEUs"),
        ("2", "portfolio entry", "2 portfolio entries"),
        ("2", "entry an hour", "2 entries an hour"),
        ("2", "hour or hour", "2 hours or hour"),
        ("2", "Stunde", "2 Stunde"),
    ],
)
def test_amounts_have_the_full_name_of_their_unit(amount: str, unit: str, said: str) -> None:
    assert of_unit(Decimal(amount), unit) == said


@given(st.decimals(0, 10**6, places=3))
def test_a_written_amount_is_the_amount(amount: Decimal) -> None:
    assert Decimal(plain(amount)) == amount
    assert 0 <= amount - Decimal(shown(amount)) < Decimal("0.0001")


def test_what_is_missing_is_told_with_what_it_would_take_if_anything_helps() -> None:
    unread = not_determined("unit", "the text does not say", needed=READ_THE_TEXT)
    assert (unread.code, unread.needed) == ("unit.not_determined", READ_THE_TEXT)
    assert unread.told == f"Not determined, because the text does not say. {READ_THE_TEXT}"
    assert not_determined("unit", "nobody knows").told == "Not determined, because nobody knows."


def test_how_an_amount_came_about_leaves_out_what_more_would_have_taken() -> None:
    counted, cut = Step("units.counted", "One."), Step("amount.rounded", "Two.")
    assert derivation([counted, Step("more.minutes", "Three."), cut]) == [counted, cut]
