"""A payer's answer that does not hold: reversed on record, another in its place, sums follow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim import Claim
from domain.claims.lines import DecisionDoesNotBalance, LineAnswer
from domain.claims.rules import (
    AnswerCorrection,
    AnswerIsNamed,
    ClaimState,
    LineUnknown,
    SendingNotAnswered,
)
from domain.errors import InvalidFields
from tests.support.builders import ADMIN, DIGEST, OTHER_RUN, SEVEN_PM, a_sent_claim, facts


def said(paid_cents: int, line_id: str = "L1") -> list[LineAnswer]:
    """Return the payer's answer to one line of 9000 cents."""
    reason = None if abs(paid_cents) == 9000 else "45"
    return [LineAnswer(line_id=line_id, paid_cents=paid_cents, reason_code=reason)]


def answered(paid_cents: int = 9000) -> Claim:
    claim = a_sent_claim()
    claim.decide_lines(said(paid_cents), reference="EFT-1", at=SEVEN_PM)
    facts(claim)
    return claim


def correct(
    claim: Claim, answers: list[LineAnswer] | None, sending: int = 1, **changes: Any
) -> None:
    values: dict[str, Any] = {
        "reference": "EFT-2",
        "why": AnswerCorrection.KEPT_WRONGLY,
        "reason": "Two letters were mixed up.",
        "by": ADMIN,
        "at": SEVEN_PM,
    } | changes
    claim.correct_answer(sending, answers, **values)


def with_a_correction_sent() -> Claim:
    """Return a claim that was paid, and whose one line was taken back and sent so."""
    claim = answered()
    claim.correct("L1", reversal_line_id="L1-R", replacement=None, reason="Not there.", at=SEVEN_PM)
    claim.mark_exported(run_id=OTHER_RUN, run_number=2, sha256=DIGEST, at=SEVEN_PM)
    facts(claim)
    return claim


def test_what_the_payer_said_takes_the_place_of_what_was_kept() -> None:
    claim = answered()
    correct(claim, said(4500))
    [event] = facts(claim)
    assert isinstance(event, Claim.AnswerCorrected)
    assert (event.reversed_cents, event.by) == (9000, ADMIN)
    assert (claim.state, claim.paid.cents) == (ClaimState.REDUCED, 4500)
    assert claim.decision is not None
    assert claim.decision[2] == "EFT-2"


def test_an_answer_that_never_came_is_waited_for_again() -> None:
    claim = answered(0)
    correct(claim, None)
    assert (claim.state, claim.awaits_answer, claim.paid.cents) == (ClaimState.SUBMITTED, True, 0)
    claim.decide_lines(said(9000), reference="EFT-3", at=SEVEN_PM)
    assert (claim.state, claim.paid.cents) == (ClaimState.PAID, 9000)


def test_what_was_sent_is_not_changed_and_a_later_sending_keeps_its_own_answer() -> None:
    claim = with_a_correction_sent()
    before = claim.lines_of(2), claim.number_as_sent(2), claim.sent_up_to
    correct(claim, said(4500))
    assert (claim.lines_of(2), claim.number_as_sent(2), claim.sent_up_to) == before
    assert (claim.state, claim.awaits_answer) == (ClaimState.SUBMITTED, True)
    claim.decide_lines(said(-4500, "L1-R"), reference="EFT-4", at=SEVEN_PM)
    assert claim.paid.cents == 0
    correct(claim, said(9000), reference="EFT-5")
    assert (claim.state, claim.paid.cents) == (ClaimState.REDUCED, 4500)
    assert claim.decision is not None
    assert claim.decision[2] == "EFT-4", "a correction names the answer to what was sent last"


def test_an_answer_that_a_sent_correction_names_cannot_be_as_if_none_had_come() -> None:
    claim = with_a_correction_sent()
    with pytest.raises(AnswerIsNamed):
        correct(claim, None)
    assert facts(claim) == []


def test_a_correction_still_to_be_sent_waits_or_names_the_new_answer() -> None:
    claim = answered()
    claim.correct("L1", reversal_line_id="L1-R", replacement=None, reason="Not there.", at=SEVEN_PM)
    correct(claim, said(4500))
    assert (claim.state, claim.may_be_sent) == (ClaimState.CORRECTION_PENDING, True)
    correct(claim, None)
    assert (claim.state, claim.may_be_sent) == (ClaimState.CORRECTION_PENDING, False)


@pytest.mark.parametrize("sending", [0, 2, 99])
def test_what_was_never_answered_is_not_corrected(sending: int) -> None:
    with pytest.raises(SendingNotAnswered):
        correct(answered(), said(4500), sending)
    with pytest.raises(SendingNotAnswered):
        correct(a_sent_claim(), said(4500))


@pytest.mark.parametrize(
    ("answers", "changes", "refusal"),
    [
        (said(9001), {}, DecisionDoesNotBalance),
        (said(-1), {}, DecisionDoesNotBalance),
        (said(4500, "L2"), {}, LineUnknown),
        ([], {}, LineUnknown),
        ([LineAnswer(line_id="L1", paid_cents=0)], {}, InvalidFields),
        (said(4500), {"reference": "=1"}, InvalidFields),
        (said(4500), {"reason": " "}, InvalidFields),
    ],
)
def test_an_answer_that_cannot_be_takes_no_place(
    answers: list[LineAnswer], changes: dict[str, Any], refusal: type[Exception]
) -> None:
    claim = answered()
    with pytest.raises(refusal):
        correct(claim, answers, **changes)
    assert facts(claim) == []


def test_the_same_answer_again_is_no_second_fact() -> None:
    claim = answered()
    correct(claim, said(9000), reference="EFT-1")
    assert facts(claim) == []


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=6))
def test_however_often_it_is_corrected_the_last_answer_is_the_sum(paid: list[int]) -> None:
    claim = answered()
    for number, cents in enumerate(paid):
        line = LineAnswer(line_id="L1", paid_cents=cents, reason_code="45")
        correct(claim, [line], reference=f"EFT-{number}")
    assert claim.paid.cents == paid[-1]
    reversals = [each for each in facts(claim) if isinstance(each, Claim.AnswerCorrected)]
    assert (
        9000
        + sum(
            each.replacement.paid_cents - each.reversed_cents
            for each in reversals
            if each.replacement is not None
        )
        == paid[-1]
    )
