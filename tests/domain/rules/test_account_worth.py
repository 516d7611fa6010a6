"""A licence period's account: bands, titles that count once, and what is carried over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.rules.explain import Step
from domain.rules.worth import band
from tests.domain.rules.made import (
    a_rule,
    amounts,
    an_entry,
    counted,
    with_cycle,
)

MARYLAND = {"steps": [[7, 1], [14, 2], [21, 3], [28, 4]], "unit": "CE hour"}


# Bands, repeats, carrying over


@pytest.mark.parametrize(
    ("attended", "credit"),
    [("0", 0), ("6.99", 0), ("7", 1), ("13.99", 1), ("14", 2), ("27", 3), ("28", 4), ("99", 4)],
)
def test_a_band_gives_the_credit_of_the_highest_step_reached(attended: str, credit: int) -> None:
    pack = with_cycle(a_rule(bands=MARYLAND))
    bands = pack.rules[0].bands
    assert bands is not None
    assert band(bands, Decimal(attended)) == credit
    assert counted(pack, *amounts(attended)).counted == credit


def test_the_credit_of_a_band_falls_to_the_entry_that_reaches_it() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), *amounts(6, "1.5", 7))
    assert [row.worth for row in found.rows] == [0, 1, 1]
    assert [row.steps[0] for row in found.rows][1] == Step(
        "band.reached",
        "7.5 hours in this cycle so far come to 1 CE hour.",
        "§ 1",
        {"attended": "7.5", "credit": "1"},
    )


def test_a_title_counts_once_in_a_cycle_where_the_text_says_so() -> None:
    rules = [a_rule(repeat="title"), a_rule(id="talks", repeat="title"), a_rule(id="free")]
    entries = [
        an_entry(0, title="Group  one"),
        an_entry(1, title=" group ONE"),
        an_entry(2, title="Group one, part 2"),
        an_entry(3, title="Group one", rule="talks"),
        an_entry(4, title="Group one", rule="free"),
        an_entry(5, title="Group one", rule="free"),
    ]
    found = counted(with_cycle(*rules), *entries)
    assert [row.worth for row in found.rows] == [1, 0, 1, 1, 1, 1]
    assert found.rows[1].steps == (
        Step("repeat.title", "“ group ONE” counts once in a cycle.", "§ 1"),
        Step("more.title", "An activity with a title of its own would count.", "§ 1"),
    )


def test_of_a_title_that_counts_once_the_best_attendance_counts_and_not_the_first() -> None:
    pack = with_cycle(a_rule(repeat="title"))
    amounts_ = ["0.25", "1.38", "1.38", "1", "1.5"]
    minutes = [15, 83, 83, 60, 90]
    entries = [
        an_entry(number, title="Ethics", amount=Decimal(amount), minutes=there)
        for number, (amount, there) in enumerate(zip(amounts_, minutes, strict=True))
    ]
    found = counted(pack, *entries)
    assert [str(row.worth) for row in found.rows] == ["0.25", "1.13", "0", "0", "0.12"]
    assert found.counted == Decimal("1.5"), "as if only the longest had been attended"
    assert [step.sentence for step in found.rows[1].steps] == [
        "“Ethics” counts once in a cycle; this is 1.13 more than before."
    ]
    assert [step.code for step in found.rows[2].steps] == ["repeat.title", "more.title"]


def test_minutes_of_a_title_are_added_up_as_those_of_its_best_attendance() -> None:
    """Four attendances, of which 27 and 3 minutes count: 30 of 600 are 0.05."""
    pack = with_cycle(a_rule(repeat="title", minutes_per_unit=600))
    attended = [("A", 12, "0.02"), ("A", 15, "0.02"), ("A", 27, "0.04"), ("B", 3, "0")]
    entries = [
        an_entry(number, title=title, amount=Decimal(amount), minutes=there)
        for number, (title, there, amount) in enumerate(attended)
    ]
    found = counted(pack, *entries)
    assert [str(row.worth) for row in found.rows] == ["0.02", "0", "0.02", "0.01"]


def test_minutes_that_a_better_attendance_adds_are_added_up_with_all_others() -> None:
    """85 and 70 of 60 minutes are 2.58, though they are written 0.25 + 1.16 and 1.16."""
    pack = with_cycle(a_rule(repeat="title", minutes_per_unit=60))
    attended = [("A", 15, "0.25"), ("A", 85, "1.41"), ("B", 70, "1.16")]
    entries = [
        an_entry(number, title=title, amount=Decimal(amount), minutes=there)
        for number, (title, there, amount) in enumerate(attended)
    ]
    assert counted(pack, *entries).counted == Decimal("2.58")


def test_who_gave_no_title_repeats_none() -> None:
    pack = with_cycle(a_rule(repeat="title"))
    found = counted(pack, an_entry(0, title=""), an_entry(1, title=" "), an_entry(2, title=""))
    assert [row.worth for row in found.rows] == [1, 1, 1]


def test_a_band_says_from_where_on_the_next_begins() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), *amounts(6, 22))
    assert found.rows[0].steps[-1] == Step(
        "more.band",
        "From 7 hours on it would be 1.",
        "§ 1",
        {"attended": "7", "credit": "1"},
    )
    assert [step.code for step in found.rows[1].steps] == ["band.reached"], "the highest"
