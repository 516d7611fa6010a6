"""The ledger: no minute twice, no correction over the original, and sums that are sums."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import intervals as time
from domain.credits.awards import TOLD
from domain.credits.ledger import AwardUnknown, AwardWithdrawn, CreditLedger, MinutesAlreadyCredited
from domain.errors import AlreadyExists, InvalidFields
from domain.meetings.presence import EvidenceStrength
from domain.rules.explain import Missing, Step
from domain.values import Interval
from tests.domain.strategies import intervals, many_intervals
from tests.support.builders import (
    AWARD,
    LICENCE,
    MEETING,
    OTHER_AWARD,
    OTHER_MEETING,
    SEVEN_PM,
    a_hold,
    a_ledger,
    an_award,
    credited,
    facts,
    span,
)

RULES = ("contact-hour", "us-ca-psychology")


def test_an_award_is_a_row_with_its_arithmetic() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    assert ledger.total("contact-hour") == 1
    assert ledger.awards[AWARD].credited.arithmetic == ["60 ÷ 60 minutes per contact hour = 1."]


def test_the_same_award_twice_is_no_second_fact_and_an_id_is_its_own() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    ledger.award(AWARD, **an_award())
    with pytest.raises(AlreadyExists):
        ledger.award(AWARD, **an_award(meeting_id=OTHER_MEETING))
    assert len(facts(ledger)) == 1


def test_a_minute_is_credited_once_by_one_rule_and_again_by_another() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    with pytest.raises(MinutesAlreadyCredited) as refused:
        ledger.award(OTHER_AWARD, **an_award(span(30, 90), meeting_id=OTHER_MEETING))
    assert refused.value.facts["minutes"] == 30
    ledger.award(OTHER_AWARD, **an_award(span(30, 90), rule_id="us-ca-psychology"))
    assert ledger.taken("contact-hour", LICENCE) == [span(0, 60)]


def test_a_whole_meeting_is_used_up_by_a_shorter_presence_and_never_the_other_way_round() -> None:
    ledger = a_ledger()
    whole = replace(credited(span(0, 60)), minutes=55)
    ledger.award(AWARD, **an_award(credited=whole))
    assert ledger.taken("contact-hour", LICENCE) == [span(0, 60)]
    beyond = replace(credited(span(60, 120)), minutes=61)
    with pytest.raises(InvalidFields):
        ledger.award(OTHER_AWARD, **an_award(credited=beyond))


def test_what_is_explained_further_is_no_second_fact() -> None:
    ledger = a_ledger()
    plain_one = Missing("evaluation.missing", "This rule needs your evaluation.")
    ledger.hold(MEETING, **a_hold(plain_one))
    assert len(facts(ledger)) == 1
    more = Missing("evaluation.missing", plain_one.sentence, "§ 1", "Evaluate it.", {"hours": "9"})
    ledger.hold(MEETING, **a_hold(more, rule_version=2))
    assert facts(ledger) == []
    ledger.hold(MEETING, **a_hold(Missing("evaluation.late", plain_one.sentence)))
    ledger.hold(MEETING, **a_hold(Missing("evaluation.late", "It came late.")))
    ledger.hold(MEETING, **a_hold(Missing("evaluation.late", "It came late."), amount=Decimal(2)))
    ledger.hold(MEETING, **a_hold(Missing("evaluation.late", "It came late."), unit_name="point"))
    assert len(facts(ledger)) == 4


def test_meetings_at_the_same_time_are_found_once_with_their_minutes() -> None:
    ledger = a_ledger()
    ledger.note_presence(MEETING, intervals=[span(0, 60)], at=SEVEN_PM)
    for _ in range(2):
        ledger.note_presence(OTHER_MEETING, intervals=[span(40, 100)], at=SEVEN_PM)
    found = [fact for fact in facts(ledger) if isinstance(fact, CreditLedger.OverlapFound)]
    assert [(f.meeting_id, f.other_meeting_id, f.minutes) for f in found] == [
        (OTHER_MEETING, MEETING, 20)
    ]


def test_meetings_one_after_the_other_do_not_overlap() -> None:
    ledger = a_ledger()
    ledger.note_presence(MEETING, intervals=[span(0, 60)], at=SEVEN_PM)
    ledger.note_presence(OTHER_MEETING, intervals=[span(60, 120)], at=SEVEN_PM)
    assert ledger.overlaps == {}


def test_an_adjustment_is_a_row_beside_the_first() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    for _ in range(2):
        ledger.adjust(
            AWARD,
            credited=credited(span(0, 45), amount="0.75"),
            reason="Attendance was corrected.",
            at=SEVEN_PM,
        )
    assert [row.amount for row in ledger.rows] == [1, Decimal("-0.25")]
    assert ledger.total("contact-hour") == Decimal("0.75")
    assert ledger.taken("contact-hour", LICENCE) == [span(0, 45)]


def test_an_adjustment_may_use_its_own_minutes_again() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award(span(0, 30), amount="0.5"))
    assert ledger.taken("contact-hour", LICENCE, except_meeting=MEETING) == []
    ledger.adjust(AWARD, credited=credited(span(0, 60)), reason="Came earlier.", at=SEVEN_PM)
    assert ledger.total("contact-hour") == 1


def test_a_withdrawn_award_gives_its_minutes_back_and_stays() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    for _ in range(2):
        ledger.withdraw(AWARD, reason="The meeting was voided.", at=SEVEN_PM)
    assert ledger.total("contact-hour") == 0
    assert len(ledger.rows) == 2
    assert ledger.taken("contact-hour", LICENCE) == []
    with pytest.raises(AwardWithdrawn):
        ledger.adjust(AWARD, credited=credited(span(0, 10)), reason="x", at=SEVEN_PM)


def test_an_unknown_award_is_refused() -> None:
    with pytest.raises(AwardUnknown):
        a_ledger().withdraw(AWARD, reason="x", at=SEVEN_PM)


def test_what_holds_credit_back_is_told_once_and_forgotten_with_the_award() -> None:
    ledger = a_ledger()
    evaluation = Missing("evaluation.missing", "This rule needs your evaluation.")
    licence = Missing("licence.missing", "This rule needs a licence.")
    for missing in ([evaluation, licence], [evaluation, licence], [evaluation]):
        ledger.hold(MEETING, **a_hold(*missing, licence_id=LICENCE))
    assert len(facts(ledger)) == 2
    ledger.hold(MEETING, **a_hold(evaluation, licence_id=LICENCE, amount=Decimal("0.5")))
    assert len(facts(ledger)) == 1, "another amount is another thing to tell"
    assert [held.missing for held in ledger.held.values()] == [[evaluation]]
    ledger.award(AWARD, **an_award())
    assert ledger.held == {}


@pytest.mark.parametrize("amount", ["-1", "10001", "NaN", "Infinity"])
def test_an_amount_is_a_number_within_reason(amount: str) -> None:
    with pytest.raises(InvalidFields):
        a_ledger().award(AWARD, **an_award(amount=amount))


def test_corrections_say_why() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    with pytest.raises(InvalidFields):
        ledger.withdraw(AWARD, reason="", at=SEVEN_PM)


@given(many_intervals(), st.lists(st.tuples(st.sampled_from(RULES), intervals()), max_size=6))
def test_crediting_what_is_uncredited_never_counts_a_minute_twice(
    present: list[Interval], orders: list[tuple[str, Interval]]
) -> None:
    ledger = a_ledger()
    everything = [(rule, each) for rule in RULES for each in present] + orders
    for number, (rule, interval) in enumerate(everything):
        free = time.without([interval], ledger.taken(rule, LICENCE))
        if free:
            ledger.award(UUID(int=1000 + number), **an_award(*free, rule_id=rule))
    for rule in RULES:
        taken = [
            each
            for award in ledger.awards.values()
            if award.rule_id == rule
            for each in award.credited.intervals
        ]
        asked = [interval for name, interval in everything if name == rule]
        assert sum((each.length for each in taken), time.length([])) == time.length(asked)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(["award", "adjust", "withdraw"]),
            st.integers(1, 60),
            st.decimals(0, 100, places=2),
        ),
        max_size=20,
    )
)
def test_the_total_is_the_sum_of_what_stands(
    orders: list[tuple[int, str, int, Decimal]],
) -> None:
    ledger = a_ledger()
    for number, verb, length, amount in orders:
        award_id, part = UUID(int=number), span(number * 60, number * 60 + length)
        what = credited(part, amount=str(amount))
        known: Any = ledger.awards.get(award_id)
        if verb == "award":
            ledger.award(award_id, **an_award(part, credited=what))
        elif known is not None and verb == "adjust" and not known.withdrawn:
            ledger.adjust(award_id, credited=what, reason="Corrected.", at=SEVEN_PM)
        elif known is not None and verb == "withdraw":
            ledger.withdraw(award_id, reason="Voided.", at=SEVEN_PM)
    standing = [each.credited for each in ledger.awards.values() if not each.withdrawn]
    assert ledger.total("contact-hour") == sum((each.amount for each in standing), Decimal(0))
    assert sum(row.minutes for row in ledger.rows) == sum(each.minutes for each in standing)


def test_explaining_more_than_before_is_no_change_of_facts() -> None:
    ledger = a_ledger()
    told = [Step(TOLD, "60 ÷ 60 minutes per contact hour = 1.")]
    ledger.award(AWARD, **an_award() | {"credited": replace(credited(span(0, 60)), steps=told)})
    today = credited(span(0, 60))
    assert today.steps != told
    ledger.adjust(AWARD, credited=today, reason="Judged again.", at=SEVEN_PM)
    assert len(facts(ledger)) == 1, "nothing but the award"
    weaker = replace(today, strength=EvidenceStrength.WEAK)
    ledger.adjust(AWARD, credited=weaker, reason="Judged again.", at=SEVEN_PM)
    assert [type(fact) for fact in facts(ledger)] == [CreditLedger.Adjusted]


def test_what_more_would_have_taken_is_no_fact_of_an_award() -> None:
    ledger = a_ledger()
    ledger.award(AWARD, **an_award())
    known = ledger.awards[AWARD].credited
    more = Step("more.minutes", "From start to end it would be 1.5.", "§ 1")
    ledger.adjust(
        AWARD,
        credited=replace(known, steps=[*known.steps, more]),
        reason="Judged again.",
        at=SEVEN_PM,
    )
    other = [replace(known.steps[0], sentence="60 ÷ 60 minutes per contact hour = 1, as told.")]
    assert len(facts(ledger)) == 1, "nothing but the award"
    ledger.adjust(AWARD, credited=replace(known, steps=other), reason="Judged again.", at=SEVEN_PM)
    assert [type(fact) for fact in facts(ledger)] == [CreditLedger.Adjusted]
