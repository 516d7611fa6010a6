"""Claims: lines that add up, answers that balance, corrections beside the original."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims import (
    Claim,
    ClaimAlreadyDecided,
    ClaimNotExported,
    ClaimState,
    DecisionDoesNotBalance,
    LineDoesNotAddUp,
    LineTwice,
    LineUnknown,
    Outcome,
)
from domain.errors import InvalidFields
from domain.values import Money, UnusableCurrency
from tests.support.builders import (
    DIGEST,
    OTHER_MEETING,
    OTHER_RUN,
    RUN,
    SEVEN_PM,
    a_claim,
    a_line,
    a_sent_claim,
    facts,
)


def decision(outcome: Outcome, paid_cents: int, **changes: Any) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "paid_cents": paid_cents,
        "reason_code": None if outcome is Outcome.PAID else "45",
        "reference": "EFT-1",
        "at": SEVEN_PM,
    } | changes


@pytest.mark.parametrize("number", ["", "PH 1", "ph-1", "P" * 18, "PH_1", "ÄH-1"])
def test_a_claim_number_fits_the_payers_form(number: str) -> None:
    with pytest.raises(InvalidFields):
        a_claim(claim_number=number)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lines": []}, InvalidFields),
        ({"period_to": date(2026, 2, 1)}, InvalidFields),
        ({"currency": "usd"}, UnusableCurrency),
        ({"lines": [a_line("L1"), a_line("L1", meeting_id=OTHER_MEETING)]}, LineTwice),
        ({"lines": [a_line("L1"), a_line("L2")]}, LineTwice),
    ],
)
def test_a_claim_that_cannot_be_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_claim(**changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_cents": 9001}, "amount_cents"),
        ({"minutes": 61}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"units": 0, "amount_cents": 0}, "units"),
        ({"rate_cents": 0, "amount_cents": 0}, "rate_cents"),
        ({"line_id": "x"}, "line_id"),
    ],
)
def test_a_line_adds_up(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(LineDoesNotAddUp) as refused:
        a_claim(lines=[a_line(**changes)])
    assert refused.value.facts == {"fields": [field]}


def test_a_claim_goes_out_once_in_a_run_and_may_go_out_again() -> None:
    claim = a_claim()
    for run in (RUN, RUN, OTHER_RUN):
        claim.mark_exported(run_id=run, run_number=1, sha256=DIGEST, at=SEVEN_PM)
    assert claim.state is ClaimState.SUBMITTED
    assert len(facts(claim)) == 2


@pytest.mark.parametrize(
    ("outcome", "paid", "state"),
    [
        (Outcome.PAID, 9000, ClaimState.PAID),
        (Outcome.REDUCED, 4500, ClaimState.REDUCED),
        (Outcome.DENIED, 0, ClaimState.DENIED),
    ],
)
def test_an_answer_is_remembered_once(outcome: Outcome, paid: int, state: ClaimState) -> None:
    claim = a_sent_claim()
    for _ in range(2):
        claim.decide(**decision(outcome, paid))
    assert claim.state is state
    assert len(facts(claim)) == 1


@pytest.mark.parametrize(
    ("outcome", "paid"),
    [
        (Outcome.PAID, 8999),
        (Outcome.REDUCED, 9000),
        (Outcome.REDUCED, 0),
        (Outcome.DENIED, 1),
        (Outcome.REDUCED, -1),
    ],
)
def test_an_answer_balances(outcome: Outcome, paid: int) -> None:
    claim = a_sent_claim()
    with pytest.raises(DecisionDoesNotBalance):
        claim.decide(**decision(outcome, paid))
    assert facts(claim) == []


def test_an_answer_less_than_everything_says_why() -> None:
    with pytest.raises(InvalidFields):
        a_sent_claim().decide(**decision(Outcome.DENIED, 0, reason_code=None))


def test_nobody_decides_what_was_not_sent() -> None:
    with pytest.raises(ClaimNotExported):
        a_claim().decide(**decision(Outcome.PAID, 9000))


def test_another_answer_is_refused() -> None:
    claim = a_sent_claim()
    claim.decide(**decision(Outcome.PAID, 9000))
    with pytest.raises(ClaimAlreadyDecided):
        claim.decide(**decision(Outcome.DENIED, 0))


def test_a_correction_takes_a_line_back_and_puts_the_right_one_beside_it() -> None:
    claim = a_sent_claim()
    claim.decide(**decision(Outcome.PAID, 9000))
    right = a_line("L3", minutes=40, units=1, amount_cents=4500)
    claim.correct("L1", reversal_line_id="L2", replacement=right, reason="Left early.", at=SEVEN_PM)
    assert [(line.line_id, line.amount_cents, line.reverses) for line in claim.lines] == [
        ("L1", 9000, None),
        ("L2", -9000, "L1"),
        ("L3", 4500, None),
    ]
    assert claim.total == Money(4500, "USD")
    assert claim.state is ClaimState.CORRECTION_PENDING
    with pytest.raises(ClaimNotExported):
        claim.decide(**decision(Outcome.PAID, 4500))


def test_a_line_is_taken_back_once() -> None:
    claim = a_claim()
    claim.correct("L1", reversal_line_id="L2", replacement=None, reason="Voided.", at=SEVEN_PM)
    assert claim.total.cents == 0
    for line_id in ("L1", "L2", "L9"):
        with pytest.raises(LineUnknown):
            claim.correct(line_id, reversal_line_id="L4", replacement=None, reason="x", at=SEVEN_PM)
    assert [type(fact) for fact in facts(claim)] == [Claim.Corrected]


def test_a_correction_does_not_claim_another_meeting_twice() -> None:
    other = a_line("L2", meeting_id=OTHER_MEETING)
    claim = a_claim(lines=[a_line("L1"), other])
    with pytest.raises(LineTwice):
        claim.correct(
            "L1",
            reversal_line_id="L3",
            replacement=replace(other, line_id="L4"),
            reason="x",
            at=SEVEN_PM,
        )


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 10_000)), min_size=1, max_size=10),
    st.data(),
)
def test_the_total_is_that_of_the_lines_that_stand(
    amounts: list[tuple[int, int]], data: st.DataObject
) -> None:
    lines = [
        a_line(
            f"L{n}",
            meeting_id=UUID(int=n),
            units=units,
            rate_cents=rate,
            amount_cents=units * rate,
        )
        for n, (units, rate) in enumerate(amounts)
    ]
    claim = a_claim(lines=lines)
    wrong = data.draw(st.sets(st.sampled_from([line.line_id for line in lines])))
    for line_id in sorted(wrong):
        claim.correct(
            line_id, reversal_line_id=f"R{line_id}", replacement=None, reason="x", at=SEVEN_PM
        )
    standing = claim.standing_lines()
    assert {line.line_id for line in standing} == {line.line_id for line in lines} - wrong
    assert claim.total.cents == sum(line.amount_cents for line in standing)
