"""Credits earned elsewhere: what a member may say of them, and how it is set right."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Root
from domain.credits.outside import (
    MOST,
    AmountImpossible,
    NotEarnedYet,
    NotYourCredit,
    OutsideCredit,
    OutsideCreditRemoved,
)
from domain.errors import InvalidFields
from domain.personal import Personal
from tests.support.builders import (
    ANA,
    BO,
    OTHER_DOCUMENT,
    OUTSIDE_CREDIT,
    SEVEN_PM,
    a_document,
    about,
    an_outside_credit,
    at,
    facts,
    outside_facts,
)

WHY = about(ANA, "I read the certificate again.")


def enter(**changes: Any) -> OutsideCredit:
    """Enter what Ana says, changed."""
    return OutsideCredit.enter(
        OUTSIDE_CREDIT, member_id=ANA, facts=outside_facts(**changes), by=ANA, at=SEVEN_PM
    )


def test_a_member_enters_what_they_earned() -> None:
    credit = enter()
    (event,) = facts(credit)
    assert isinstance(event, OutsideCredit.Entered)
    assert (event.member_id, event.facts) == (ANA, outside_facts())
    assert (credit.facts, credit.removed) == (outside_facts(), False)


@pytest.mark.parametrize("amount", ["0", "-1", "200.01", "1.005", "NaN", "Infinity", "-0.01"])
def test_an_impossible_amount_is_refused(amount: str) -> None:
    with pytest.raises(AmountImpossible, match="above 0 and up to 200"):
        enter(amount=Decimal(amount))


@pytest.mark.parametrize("amount", ["0.01", "0.25", "1.50", "1.500", "200", "2E+1"])
def test_an_amount_has_two_decimals_at_most(amount: str) -> None:
    assert enter(amount=Decimal(amount)).facts.amount == Decimal(amount) <= MOST


def test_a_day_to_come_is_refused_once_it_has_begun_nowhere() -> None:
    late = SEVEN_PM.replace(hour=9, minute=59)  # in the Line Islands it is nearly tomorrow
    for now, day, fine in (
        (SEVEN_PM, date(2026, 3, 3), True),
        (late, date(2026, 3, 2), True),
        (late, date(2026, 3, 3), False),
        (SEVEN_PM, date(2026, 3, 4), False),
    ):
        said = outside_facts(day=day)
        if fine:
            OutsideCredit.enter(OUTSIDE_CREDIT, member_id=ANA, facts=said, by=ANA, at=now)
        else:
            with pytest.raises(NotEarnedYet):
                OutsideCredit.enter(OUTSIDE_CREDIT, member_id=ANA, facts=said, by=ANA, at=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", about(ANA, " ")),
        ("title", about(ANA, "two\nlines")),
        ("provider_name", about(ANA, "x" * 301)),
        ("category", about(ANA, "")),
        ("pack_id", ""),
        ("unit", ""),
    ],
)
def test_a_text_that_cannot_be_shown_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidFields) as caught:
        enter(**{field: value})
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize(
    "topics", [["ethics", "ethics"], ["b", "a"], [""], ["x" * 301], [f"t{n:02}" for n in range(21)]]
)
def test_topics_are_few_in_order_and_each_once(topics: list[str]) -> None:
    with pytest.raises(InvalidFields):
        enter(topics=topics)


def test_words_about_somebody_else_are_refused_as_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="must be about"):
        enter(title=about(BO, "Bo's course"))


def test_only_the_member_enters_corrects_and_removes() -> None:
    with pytest.raises(NotYourCredit):
        OutsideCredit.enter(
            OUTSIDE_CREDIT, member_id=ANA, facts=outside_facts(), by=BO, at=SEVEN_PM
        )
    credit = an_outside_credit()
    with pytest.raises(NotYourCredit):
        credit.correct(outside_facts(amount=Decimal(2)), reason=WHY, by=BO, at=SEVEN_PM)
    with pytest.raises(NotYourCredit):
        credit.remove(reason=WHY, by=BO, at=SEVEN_PM)
    assert facts(credit) == []


def test_a_correction_stands_beside_what_was_entered_with_its_reason() -> None:
    credit = an_outside_credit()
    better = outside_facts(amount=Decimal(2), document=a_document(OTHER_DOCUMENT))
    credit.correct(better, reason=WHY, by=ANA, at=at(70))
    (event,) = facts(credit)
    assert isinstance(event, OutsideCredit.Corrected)
    assert (event.facts, event.reason, credit.facts) == (better, WHY, better)


def test_a_correction_needs_a_reason_and_sound_facts() -> None:
    credit = an_outside_credit()
    with pytest.raises(InvalidFields):
        credit.correct(
            outside_facts(amount=Decimal(2)), reason=about(ANA, " "), by=ANA, at=SEVEN_PM
        )
    with pytest.raises(AmountImpossible):
        credit.correct(outside_facts(amount=Decimal(0)), reason=WHY, by=ANA, at=SEVEN_PM)
    assert (facts(credit), credit.facts) == ([], outside_facts())


def test_the_same_facts_again_are_no_correction() -> None:
    credit = an_outside_credit()
    credit.correct(outside_facts(amount=Decimal("1.50")), reason=WHY, by=ANA, at=SEVEN_PM)
    assert facts(credit) == []


def test_what_was_taken_back_is_not_corrected_and_taken_back_once() -> None:
    credit = an_outside_credit()
    credit.remove(reason=WHY, by=ANA, at=at(70))
    credit.remove(reason=WHY, by=ANA, at=at(71))
    with pytest.raises(OutsideCreditRemoved):
        credit.correct(outside_facts(amount=Decimal(2)), reason=WHY, by=ANA, at=at(72))
    (event,) = facts(credit)
    assert isinstance(event, OutsideCredit.Removed)
    assert (event.reason, credit.removed) == (WHY, True)


def test_a_removal_needs_a_reason() -> None:
    with pytest.raises(InvalidFields):
        an_outside_credit().remove(reason=Personal(ANA, ""), by=ANA, at=SEVEN_PM)


steps = st.lists(st.one_of(st.none(), st.integers(1, 400)), max_size=8)


@given(steps)
def test_whatever_the_order_the_last_correction_before_the_removal_holds(
    orders: list[int | None],
) -> None:
    """A number corrects the amount to so many hundredths of an hour; ``None`` takes it back."""
    credit = an_outside_credit()
    for number, order in enumerate(orders):
        moment = SEVEN_PM + timedelta(minutes=number)
        if order is None:
            credit.remove(reason=WHY, by=ANA, at=moment)
        elif credit.removed:
            said = outside_facts(amount=Decimal(order) / 100)
            with pytest.raises(OutsideCreditRemoved):
                credit.correct(said, reason=WHY, by=ANA, at=moment)
        else:
            said = outside_facts(amount=Decimal(order) / 100)
            credit.correct(said, reason=WHY, by=ANA, at=moment)
    before = orders[: orders.index(None)] if None in orders else orders
    said_last = [Decimal("1.5"), *(Decimal(each) / 100 for each in before if each is not None)]
    assert credit.facts.amount == said_last[-1]
    assert credit.removed is (None in orders)
    changes = sum(said != earlier for earlier, said in pairwise(said_last))
    events = facts(credit)
    assert len(events) == changes + (None in orders)
    assert _replayed(credit, events) == (credit.facts, credit.removed)


def _replayed(credit: OutsideCredit, events: list[Root.Event]) -> tuple[object, bool]:
    """Return what the events alone say, on a fresh entry."""
    again: Any = an_outside_credit()
    for event in events:
        again = event.mutate(again)
    assert again.version == credit.version
    return again.facts, again.removed
