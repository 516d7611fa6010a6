"""From minutes to an amount: each key of the arithmetic on both sides of its boundary."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.counting import count
from domain.rules.explain import Step
from domain.rules.facts import Person
from domain.rules.judge import Judgement, judge
from tests.domain.rules.made import COUNSELOR, a_pack, a_rule, attended, judged, these
from tests.support.builders import span

SPONSORS_LEADER = Person(leads=True)


def told(judgement: Judgement) -> list[tuple[str, str]]:
    return [(each.code, each.sentence) for each in judgement.steps]


def amount_of(minutes: float, **rule: Any) -> Decimal:
    return judged(a_rule(**rule), attended(span(0, minutes))).amount


# Units


def test_time_is_divided_cut_to_two_decimals_and_never_rounded_up() -> None:
    judgement = judged(a_rule())
    assert judgement.amount == Decimal("1.38")
    assert judgement.minutes == 83
    assert judgement.intervals == (span(0, 83),)
    assert judgement.steps == (
        Step(
            "minutes.present",
            "83 minutes of presence count.",
            "",
            {"minutes": "83", "present": "83"},
        ),
        Step(
            "unit.divided",
            "83 ÷ 60 minutes per hour = 1.38, written to two decimals and never rounded up.",
            "§ 1",
            {"exact": "1.3833", "per_unit": "60"},
        ),
        Step(
            "more.minutes",
            "From start to end it would be 1.5.",
            "§ 1",
            {"minutes": "90", "amount": "1.5"},
        ),
    )
    assert judgement.missing == ()
    assert judgement.may_be_credited


def test_who_was_there_from_start_to_end_has_nothing_more_to_gain() -> None:
    assert told(judged(a_rule(), attended(span(0, 90)))) == [
        ("minutes.present", "90 minutes of presence count."),
        ("unit.divided", "90 ÷ 60 minutes per hour = 1.5."),
    ]


def test_what_needs_no_cutting_is_not_said_to_be_cut() -> None:
    assert told(judged(a_rule(), attended(span(0, 90))))[1][1] == "90 ÷ 60 minutes per hour = 1.5."


def test_a_rule_of_its_own_clause_names_it() -> None:
    assert judged(a_rule(clause="§ 7")).steps[1].clause == "§ 7"


def test_one_minute_counts_in_the_singular() -> None:
    judgement = judged(a_rule(), attended(span(0, 1)))
    assert told(judgement)[0][1] == "1 minute of presence counts."


def test_an_unknown_unit_is_not_determined() -> None:
    judgement = judged(a_rule(minutes_per_unit=None))
    assert judgement.amount == 0
    assert told(judgement)[1:] == [
        ("unit.not_determined", "How many minutes make a unit is not determined.")
    ]
    assert [(each.code, each.sentence) for each in judgement.missing] == [
        (
            "unit.not_determined",
            "Not determined, because the text does not say how many minutes make a unit.",
        )
    ]
    assert not judgement.may_be_credited


@pytest.mark.parametrize(("instruction", "amount"), [(49, "0.98"), (50, "1"), (70, "1.38")])
def test_of_clock_and_instruction_the_smaller_answer_counts(instruction: int, amount: str) -> None:
    rule = a_rule(instruction_minutes_per_unit=50)
    facts = attended(span(0, 60 if instruction == 50 else 83), instruction_minutes=instruction)
    assert judged(rule, facts).amount == Decimal(amount)


def test_instruction_is_explained() -> None:
    rule = a_rule(instruction_minutes_per_unit=50)
    steps = judged(rule, attended(instruction_minutes=60)).steps
    assert steps[1:] == (
        Step(
            "unit.instruction",
            "One hour holds 50 minutes of instruction: 60 ÷ 50 = 1.2; "
            "the smaller of the two counts.",
            "§ 1",
            {"instruction": "60", "per_unit": "50"},
        ),
        Step(
            "unit.divided",
            "83 ÷ 60 minutes per hour = 1.3833; of instruction there are 1.2.",
            "§ 1",
            {"exact": "1.2", "per_unit": "60"},
        ),
    )


def test_instruction_that_nobody_recorded_is_not_determined() -> None:
    judgement = judged(a_rule(instruction_minutes_per_unit=50))
    assert these(judgement.amount, not judgement.may_be_credited) == (0, True)
    assert [(each.code, each.sentence) for each in judgement.missing] == [
        (
            "instruction.not_determined",
            "Not determined, because nobody recorded how much of it was instruction.",
        )
    ]


# Rounding


@pytest.mark.parametrize(
    ("step", "direction", "minutes", "amount"),
    [
        ("1", "down", 59, "0"),
        ("1", "down", 60, "1"),
        ("1", "down", 119, "1"),
        ("0.25", "nearest", 83, "1.5"),
        ("0.25", "nearest", 67, "1"),
        ("0.25", "nearest", 68, "1.25"),
        ("0.5", "nearest", 44, "0.5"),
        ("0.5", "nearest", 45, "1"),
        ("0.25", "up", 60, "1"),
        ("0.25", "up", 61, "1.25"),
        ("0.1", "nearest", 83, "1.4"),
    ],
)
def test_a_board_rounds_as_its_rule_says(
    step: str, direction: str, minutes: int, amount: str
) -> None:
    rounding = {"step": Decimal(step), "direction": direction}
    assert amount_of(minutes, rounding=rounding) == Decimal(amount)


def test_iacet_counts_600_minutes_to_the_nearest_tenth() -> None:
    rounding = {"step": Decimal("0.1"), "direction": "nearest"}
    assert amount_of(83, minutes_per_unit=600, rounding=rounding) == Decimal("0.1")
    assert amount_of(29, minutes_per_unit=600, rounding=rounding) == 0
    assert amount_of(30, minutes_per_unit=600, rounding=rounding) == Decimal("0.1")


@pytest.mark.parametrize(
    ("direction", "minutes", "said"),
    [
        ("down", 83, "Rounded down to a multiple of 0.25: 1.25."),
        ("nearest", 83, "Rounded to the nearest multiple of 0.25: 1.5."),
        ("up", 83, "Rounded up to a multiple of 0.25: 1.5."),
    ],
)
def test_rounding_is_explained(direction: str, minutes: int, said: str) -> None:
    rule = a_rule(rounding={"step": Decimal("0.25"), "direction": direction})
    steps = judged(rule, attended(span(0, minutes))).steps
    assert steps[1].sentence == "83 ÷ 60 minutes per hour = 1.3833."
    amount = said.removesuffix(".").split(": ")[1]
    values = {"step": "0.25", "direction": direction, "amount": amount}
    assert steps[2] == Step("rounding.applied", said, "§ 1", values)


@pytest.mark.parametrize(
    ("direction", "minutes", "said"),
    [
        ("down", 83, "From 90 minutes on it would be 1.5."),
        ("down", 74, "From 75 minutes on it would be 1.25."),
        ("nearest", 82, "From 83 minutes on it would be 1.5."),
        ("nearest", 83, None),
        ("up", 60, "From 61 minutes on it would be 1.25."),
        ("up", 75, "From 76 minutes on it would be 1.5."),
        ("up", 76, None),
        ("down", 90, None),
    ],
)
def test_what_the_next_step_takes_is_said_where_the_meeting_was_long_enough(
    direction: str, minutes: int, said: str | None
) -> None:
    rule = a_rule(rounding={"step": Decimal("0.25"), "direction": direction})
    more = judged(rule, attended(span(0, minutes))).steps[3:]
    assert [each.sentence for each in more] == ([said] if said else [])
    for each in more:
        assert (each.code, each.clause) == ("more.minutes", "§ 1")
        assert (
            said == f"From {each.values['minutes']} minutes on it would be {each.values['amount']}."
        )


@given(
    st.sampled_from(["down", "nearest", "up"]),
    st.sampled_from(["0.1", "0.25", "0.5", "1", "0.7"]),
    st.integers(1, 100),
    st.integers(1, 90),
)
def test_the_next_step_takes_exactly_the_minutes_that_are_named(
    direction: str, step: str, per_unit: int, minutes: int
) -> None:
    rule = a_rule(
        minutes_per_unit=per_unit, rounding={"step": Decimal(step), "direction": direction}
    )
    judgement = judged(rule, attended(span(0, minutes)))
    more = [each.values for each in judgement.steps if each.code == "more.minutes"]
    for each in more:
        wanted = int(each["minutes"])
        assert minutes < wanted <= 90
        assert judged(rule, attended(span(0, wanted))).amount >= Decimal(each["amount"])
        assert judged(rule, attended(span(0, wanted - 1))).amount == judgement.amount
    if not more:
        assert judged(rule, attended(span(0, 90))).amount == judgement.amount


DOWN = {"step": 1, "direction": "down"}


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        pytest.param({"share": "equal"}, {}, None, id="a share that is whole"),
        pytest.param(
            {"share": "equal"},
            {"present": (span(0, 29),)},
            "From start to end it would be 0.5.",
            id="a share that is not",
        ),
        pytest.param(
            {"share": "equal", "rounding": {"step": Decimal("0.25"), "direction": "down"}},
            {"present": (span(0, 29),)},
            "From start to end it would be 0.5.",
            id="a share, rounded",
        ),
        pytest.param(
            {"share": "own presentation"},
            {"own": (span(80, 89),)},
            "From start to end it would be 0.15.",
            id="a turn of one's own that was left early",
        ),
        pytest.param(
            {"share": "own presentation", "rounding": DOWN},
            {"own": (span(0, 20),)},
            None,
            id="a short turn",
        ),
        pytest.param(
            {"instruction_minutes_per_unit": 30, "rounding": DOWN},
            {"present": (span(0, 50),), "instruction_minutes": 30},
            "From 60 minutes on it would be 1.",
            id="instruction for more",
        ),
        pytest.param(
            {"instruction_minutes_per_unit": 30, "rounding": DOWN},
            {"present": (span(0, 50),), "instruction_minutes": 29},
            None,
            id="too little instruction for more",
        ),
        pytest.param(
            {"instruction_minutes_per_unit": 60},
            {"present": (span(0, 50),), "instruction_minutes": 66},
            "From start to end it would be 1.1.",
            id="instruction for a part of it",
        ),
        pytest.param(
            {"minutes_per_unit": 1, "rounding": DOWN},
            {"present": (), "scheduled": span(0, 1)},
            "From 1 minute on it would be 1.",
            id="one minute",
        ),
        pytest.param(
            {"attendance": {"whole": True, "late_or_early_minutes": 10}},
            {},
            None,
            id="the whole meeting",
        ),
    ],
)
def test_more_is_promised_where_the_meeting_had_it_to_give(
    rule: dict[str, Any], facts: dict[str, Any], said: str | None
) -> None:
    steps = judged(a_rule(**rule), attended(**facts)).steps
    more = [each.sentence for each in steps if each.code == "more.minutes"]
    assert more == ([said] if said else [])


def test_minutes_that_something_else_credited_are_not_promised_again() -> None:
    rule = a_rule(rounding={"step": Decimal("0.25"), "direction": "down"})
    (found,) = judge(a_pack(rule), attended(), licence_held=True, taken=[span(0, 20)])
    assert found.amount == 1, "of 63 minutes"
    assert "more.minutes" not in [each.code for each in found.steps], "70 are left"
    (found,) = judge(a_pack(rule), attended(), licence_held=True, taken=[span(0, 10)])
    assert found.steps[-1].sentence == "From start to end it would be 1.25.", "of 80"


@given(
    st.sampled_from(["all", "equal", "own presentation"]),
    st.none() | st.tuples(st.sampled_from(["down", "nearest", "up"]), st.integers(1, 150)),
    st.none() | st.integers(0, 120),
    st.tuples(st.integers(0, 44), st.integers(45, 90)),
    st.tuples(st.integers(0, 89), st.integers(1, 60)),
)
def test_what_is_promised_from_start_to_end_is_what_it_comes_to(
    share: str,
    rounding: tuple[str, int] | None,
    instruction: int | None,
    stay: tuple[int, int],
    taken: tuple[int, int],
) -> None:
    keys: dict[str, Any] = {"share": share}
    if rounding is not None:
        keys["rounding"] = {"direction": rounding[0], "step": Decimal(rounding[1]) / 100}
    if instruction is not None:
        keys["instruction_minutes_per_unit"] = 50
    pack = a_pack(a_rule(**keys))
    gone = [span(taken[0], taken[0] + taken[1])]
    facts = [
        attended(present, own=(span(20, 50),), instruction_minutes=instruction)
        for present in (span(*stay), span(0, 90))
    ]
    now, whole = (judge(pack, each, licence_held=True, taken=gone)[0] for each in facts)
    more = [each for each in now.steps if each.code == "more.minutes"]
    assert bool(more) is (whole.amount > now.amount)
    for each in more:
        promised = Decimal(each.values["amount"])
        assert now.amount < promised <= whole.amount
        if each.sentence.startswith("From start to end"):
            assert promised == whole.amount


# Shares


def test_only_the_own_practice_counts_where_a_rule_says_so() -> None:
    rule = a_rule(share="own presentation")
    judgement = judged(rule, attended(own=(span(70, 100),)))
    assert (judgement.minutes, judgement.intervals) == (13, (span(70, 83),))
    assert judgement.amount == Decimal("0.21")
    assert judgement.steps[0] == Step(
        "minutes.own",
        "13 minutes of 83 present were on your own practice.",
        "§ 1",
        {"minutes": "13", "present": "83"},
    )


def test_own_time_that_nobody_recorded_is_not_determined() -> None:
    for counts in ("minutes", "meetings"):
        judgement = judged(a_rule(share="own presentation", counts=counts), attended(own=None))
        assert these(judgement.minutes, judgement.intervals, judgement.amount) == (0, (), 0)
        assert (judgement.missing[0].code, judgement.missing[0].sentence) == (
            "share.not_determined",
            "Not determined, because nobody recorded whose practice was the subject when.",
        )


@pytest.mark.parametrize(
    ("people", "amount"),
    [(1, "1.5"), (2, "0.75"), (4, "0.75"), (5, "0.3"), (6, "0.25")],
)
def test_a_small_group_has_half_and_a_larger_one_an_equal_share(people: int, amount: str) -> None:
    rule = a_rule(share="equal", half_share_up_to=4)
    facts = attended(span(0, 90), others=(COUNSELOR,) * (people - 1))
    assert judged(rule, facts).amount == Decimal(amount)


def test_without_halves_everybody_has_an_equal_share() -> None:
    rule = a_rule(share="equal")
    steps = judged(rule).steps
    assert steps[1] == Step(
        "share.equal",
        "3 people took part in 90 minutes; it is shared equally: 90 ÷ 3 = 30 minutes.",
        "§ 1",
        {"people": "3", "meeting": "90", "share": "30"},
    )
    assert len(steps) == 3
    assert steps[2].sentence == "30 ÷ 60 minutes per hour = 0.5."


def test_a_single_minute_counts_and_the_other_one_is_credited() -> None:
    """Sentences agree in number with what they count."""
    alone, whole = (a_rule(share=share) for share in ("own presentation", "all"))
    assert judged(alone, attended(own=(span(82, 90),))).steps[0].sentence == (
        "1 minute of 83 present was on your own practice."
    )
    assert judged(whole, attended(span(0, 1))).steps[0].sentence == "1 minute of presence counts."
    halves = judged(
        a_rule(share="equal", half_share_up_to=4, minutes_per_unit=1), attended(span(0, 1))
    )
    assert halves.steps[2].sentence == "You were there for less, so 1 minute counts."
    for taken, left in (
        (1, "82 of 83 minutes of presence count; the other is"),
        (82, "1 of 83 minutes of presence counts; the others are"),
    ):
        step = count(a_pack(whole).rules[0], attended(), [span(0, taken)]).steps[0]
        assert step.sentence == f"{left} credited already."


def test_halves_are_explained_and_nobody_has_more_than_their_presence() -> None:
    rule = a_rule(share="equal", half_share_up_to=4)
    steps = judged(rule, attended(span(0, 44))).steps
    assert [each.sentence for each in steps] == [
        "44 minutes of presence count.",
        "3 people took part in 90 minutes; half of it counts: 90 ÷ 2 = 45 minutes.",
        "You were there for less, so 44 minutes count.",
        "44 ÷ 60 minutes per hour = 0.73, written to two decimals and never rounded up.",
        "From start to end it would be 0.75.",
    ]
    assert (steps[2].code, steps[2].values) == ("share.presence", {"minutes": "44"})
    assert len(judged(rule, attended(span(0, 45))).steps) == 3


def test_two_people_have_half_each() -> None:
    steps = judged(a_rule(share="equal", half_share_up_to=4), attended(others=(COUNSELOR,))).steps
    assert steps[1].sentence == (
        "2 people took part in 90 minutes; half of it counts: 90 ÷ 2 = 45 minutes."
    )


def test_somebody_alone_has_the_whole_time_and_is_told_so_in_the_singular() -> None:
    steps = judged(a_rule(share="equal", half_share_up_to=4), attended(others=())).steps
    assert steps[1].sentence == (
        "1 person took part in 90 minutes; it is shared equally: 90 ÷ 1 = 90 minutes."
    )


def test_who_leads_without_being_a_member_takes_no_share() -> None:
    rule = a_rule(share="equal")
    facts = attended(span(0, 90), others=(COUNSELOR, SPONSORS_LEADER))
    assert judged(rule, facts).amount == Decimal("0.75")


def test_where_everybody_leads_nobody_shares() -> None:
    facts = attended(me=SPONSORS_LEADER, others=(SPONSORS_LEADER,))
    judgement = judged(a_rule(share="equal"), facts)
    assert judgement.amount == 0
    assert [(each.code, each.sentence) for each in judgement.missing] == [
        ("share.nobody", "Everybody there led; nobody shares the time.")
    ]


def test_a_share_among_nobody_knows_how_many_is_not_determined() -> None:
    judgement = judged(a_rule(share="equal"), attended(others=None))
    assert judgement.amount == 0
    assert [(each.code, each.sentence) for each in judgement.missing] == [
        (
            "share.not_determined",
            "Not determined, because nobody knows how many people were present.",
        )
    ]


# Whole meetings, and meetings instead of minutes


def test_who_was_there_for_the_whole_meeting_is_credited_with_all_of_it() -> None:
    rule = a_rule(attendance={"whole": True, "late_or_early_minutes": 15})
    judgement = judged(rule)
    assert (judgement.amount, judgement.minutes) == (Decimal("1.5"), 83)
    assert judgement.steps[1] == Step(
        "attendance.whole",
        "Who was there for the whole meeting is credited with its 90 minutes.",
        "§ 1",
        {"minutes": "90"},
    )
    assert len(judged(rule, attended(span(0, 90))).steps) == 2
    assert judged(rule, attended(span(0, 0.5))).amount == 0
    short = attended(span(0, 1), scheduled=span(0, 2))
    assert judged(rule, short).amount == Decimal("0.03")


def test_a_share_of_the_time_stays_one_where_the_whole_meeting_is_wanted() -> None:
    whole = {"whole": True, "late_or_early_minutes": 10}
    own = judged(a_rule(share="own presentation", attendance=whole), attended(own=(span(0, 30),)))
    assert (own.amount, own.intervals) == (Decimal("0.5"), (span(0, 30),))
    equal = judged(a_rule(share="equal", attendance=whole))
    assert (equal.amount, equal.intervals) == (Decimal("0.5"), (span(0, 83),))


def test_each_meeting_is_one_entry_where_meetings_count() -> None:
    rule = a_rule(counts="meetings", minutes_per_unit=None)
    judgement = judged(rule)
    assert these(judgement.amount, judgement.minutes, judgement.missing) == (1, 83, ())
    assert told(judgement)[1:] == [("unit.meeting", "Each meeting is one entry.")]
    assert judged(rule, attended(span(0, 1))).amount == 1
    assert judged(rule, attended(span(0, 0.9))).amount == 0
