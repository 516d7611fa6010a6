"""Claims: lines that add up, answers that balance, corrections beside the original."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim import Claim
from domain.claims.lines import (
    DecisionDoesNotBalance,
    LineAnswer,
    LineDoesNotAddUp,
    LineTwice,
    Outcome,
)
from domain.claims.payer_papers import Frequency
from domain.claims.rules import (
    ClaimAlreadyDecided,
    ClaimAlreadySent,
    ClaimNotExported,
    ClaimState,
    LineUnknown,
    NothingToSend,
    SetAsideReason,
    number_of_sending,
)
from domain.errors import InvalidFields, Stale
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


def taken_back(claim: Claim, line_id: str, **changes: Any) -> None:
    values: dict[str, Any] = {
        "reversal_line_id": f"{line_id}-R",
        "replacement": None,
        "reason": "Not there.",
        "at": SEVEN_PM,
    } | changes
    claim.correct(line_id, **values)


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


def test_a_claim_goes_out_once_and_again_only_with_a_correction() -> None:
    claim = a_claim()
    for run in (RUN, RUN):
        claim.mark_exported(run_id=run, run_number=1, sha256=DIGEST, at=SEVEN_PM)
    assert claim.state is ClaimState.SUBMITTED
    with pytest.raises(NothingToSend):
        claim.mark_exported(run_id=OTHER_RUN, run_number=2, sha256=DIGEST, at=SEVEN_PM)
    claim.decide(**decision(Outcome.PAID, 9000))
    taken_back(claim, "L1")
    claim.mark_exported(run_id=OTHER_RUN, run_number=2, sha256=DIGEST, at=SEVEN_PM)
    assert claim.runs == [RUN, OTHER_RUN]
    assert claim.state is ClaimState.SUBMITTED


def test_a_claim_that_changed_while_its_run_was_packed_does_not_go_out() -> None:
    claim = a_claim()
    with pytest.raises(Stale):
        claim.mark_exported(run_id=RUN, run_number=1, sha256=DIGEST, packed=2, at=SEVEN_PM)
    claim.mark_exported(run_id=RUN, run_number=1, sha256=DIGEST, packed=1, at=SEVEN_PM)
    assert claim.state is ClaimState.SUBMITTED


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


def test_a_correction_is_for_the_same_meeting() -> None:
    with pytest.raises(InvalidFields):
        taken_back(a_claim(), "L1", replacement=a_line("L9", meeting_id=OTHER_MEETING))


# What goes to the payer after a correction


def a_paid_claim() -> Claim:
    claim = a_sent_claim(lines=[a_line("L1"), a_line("L2", meeting_id=OTHER_MEETING)])
    claim.decide(**decision(Outcome.PAID, 18000))
    return claim


def sent_again(claim: Claim) -> None:
    claim.mark_exported(run_id=OTHER_RUN, run_number=2, sha256=DIGEST, at=SEVEN_PM)


def test_a_correction_carries_what_is_new_under_a_number_of_its_own() -> None:
    claim = a_paid_claim()
    right = a_line("L3", minutes=40, units=1, amount_cents=4500)
    taken_back(claim, "L1", replacement=right)
    assert claim.next_frequency is Frequency.REPLACEMENT
    assert [line.line_id for line in claim.lines_of(2)] == ["L1-R", "L3"]
    assert claim.number_as_sent(1) == claim.claim_number
    assert claim.number_as_sent(2) != claim.claim_number
    assert len(claim.number_as_sent(2)) == 17


def test_the_numbers_of_corrections_never_change() -> None:
    number = number_of_sending(UUID(int=403), "PH-2026-000001", 2)
    assert number == "PH-60933C4C817954"


def test_a_claim_of_which_nothing_stands_is_void() -> None:
    claim = a_paid_claim()
    for line_id in ("L1", "L2"):
        taken_back(claim, line_id)
    assert claim.next_frequency is Frequency.VOID
    assert [line.reverses for line in claim.lines_of(2)] == ["L1", "L2"]


def test_what_came_and_went_between_two_sendings_is_left_out() -> None:
    claim = a_paid_claim()
    taken_back(claim, "L1", replacement=a_line("L3"))
    taken_back(claim, "L3")
    assert [line.line_id for line in claim.lines_of(2)] == ["L1-R"]
    sent_again(claim)
    assert [line.line_id for line in claim.lines_of(2)] == ["L1-R"]


def test_a_correction_waits_for_the_answer_to_what_it_corrects() -> None:
    claim = a_sent_claim()
    taken_back(claim, "L1")
    assert not claim.may_be_sent
    with pytest.raises(NothingToSend):
        sent_again(claim)
    claim.decide(**decision(Outcome.PAID, 9000))  # of what was sent, not of what stands now
    assert claim.state is ClaimState.CORRECTION_PENDING
    assert claim.may_be_sent


def test_a_correction_is_answered_by_what_it_takes_back() -> None:
    claim = a_paid_claim()
    taken_back(claim, "L1")
    sent_again(claim)
    with pytest.raises(DecisionDoesNotBalance):
        claim.decide(**decision(Outcome.PAID, 9000))
    claim.decide(**decision(Outcome.REDUCED, -4500))
    assert claim.state is ClaimState.REDUCED
    assert not claim.may_be_sent


# Answers line by line


@pytest.mark.parametrize(
    ("paid", "outcome"),
    [
        ((9000, 9000), Outcome.PAID),
        ((9000, 4500), Outcome.REDUCED),
        ((9000, 0), Outcome.REDUCED),
        ((0, 0), Outcome.DENIED),
    ],
)
def test_answers_to_lines_add_up_to_one(paid: tuple[int, int], outcome: Outcome) -> None:
    claim = a_sent_claim(lines=[a_line("L1"), a_line("L2", meeting_id=OTHER_MEETING)])
    answers = [
        LineAnswer(line_id=f"L{n}", paid_cents=cents, reason_code=None if cents == 9000 else "45")
        for n, cents in enumerate(paid, start=1)
    ]
    for _ in range(2):
        claim.decide_lines(answers, reference="EFT-1", at=SEVEN_PM)
    assert claim.decision == (outcome, sum(paid), "EFT-1")
    assert claim.answered[1].lines == answers
    assert len(facts(claim)) == 1


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ([("L1", 9000, None)], LineUnknown),
        ([("L1", 9000, None), ("L1", 9000, None)], LineUnknown),
        ([("L1", 9000, None), ("L9", 9000, None)], LineUnknown),
        ([("L1", 9001, None), ("L2", 9000, None)], DecisionDoesNotBalance),
        ([("L1", -1, "45"), ("L2", 9000, None)], DecisionDoesNotBalance),
        ([("L1", 0, None), ("L2", 9000, None)], InvalidFields),
        ([("L1", 0, " "), ("L2", 9000, None)], InvalidFields),
    ],
)
def test_answers_to_lines_that_cannot_be_are_refused(
    answers: list[tuple[str, int, str | None]], refusal: type[Exception]
) -> None:
    claim = a_sent_claim(lines=[a_line("L1"), a_line("L2", meeting_id=OTHER_MEETING)])
    given_ = [LineAnswer(line_id=i, paid_cents=c, reason_code=r) for i, c, r in answers]
    with pytest.raises(refusal):
        claim.decide_lines(given_, reference="EFT-1", at=SEVEN_PM)
    assert facts(claim) == []


@pytest.mark.parametrize("reference", ["", "=SUM(A1)", "@x", "-1", "Überweisung", "x" * 51, "a\nb"])
def test_an_answer_has_a_number_that_a_correction_can_name(reference: str) -> None:
    with pytest.raises(InvalidFields):
        a_sent_claim().decide(**decision(Outcome.PAID, 9000, reference=reference))


# Set aside


def test_a_claim_is_set_aside_once_and_asks_for_nothing_then() -> None:
    claim = a_claim()
    for _ in range(2):
        claim.set_aside(reason=SetAsideReason.PAID_ELSEWHERE, at=SEVEN_PM)
    assert len(facts(claim)) == 1
    assert (claim.state, claim.standing_lines()) == (ClaimState.SET_ASIDE, [])
    with pytest.raises(NothingToSend):
        sent_again(claim)
    with pytest.raises(LineUnknown):
        taken_back(claim, "L1")
    with pytest.raises(ClaimNotExported):
        claim.decide(**decision(Outcome.PAID, 9000))


def test_what_the_payer_has_is_not_set_aside() -> None:
    with pytest.raises(ClaimAlreadySent):
        a_sent_claim().set_aside(reason=SetAsideReason.PREPARED_IN_ERROR, at=SEVEN_PM)


def test_a_claim_that_asks_for_nothing_any_more_is_not_sent() -> None:
    claim = a_claim()
    taken_back(claim, "L1")
    assert claim.state is ClaimState.SET_ASIDE


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
