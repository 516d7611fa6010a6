"""Rules: read from data, applied to facts, never inventing what nobody knows."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.papers import is_bare_ceu
from domain.presence import EvidenceStrength
from domain.rules import model
from domain.rules.judge import Facts, judge, plain
from domain.rules.parse import RuleFileFault, parse_rule_set
from domain.values import Interval
from tests.domain.strategies import many_intervals
from tests.support.builders import MONDAY, span

DATA = sorted((Path(model.__file__).parent / "data").glob("*.toml"))


def a_rule(**changes: Any) -> model.RuleSet:
    values: dict[str, Any] = {
        "id": "house",
        "name": "House rule",
        "version": 1,
        "credit_kind": "sponsored",
        "unit_name": "contact hour",
        "minutes_per_unit": 60,
        "source_url": "urn:house",
        "checked": date(2026, 1, 1),
        "confidence": "ours",
        "clause": "1",
    } | changes
    return parse_rule_set({k: v for k, v in values.items() if v is not None}, "house.toml")


def some_facts(*intervals: Interval, **changes: Any) -> Facts:
    values: dict[str, Any] = {
        "day": MONDAY,
        "intervals": intervals or (span(0, 83),),
        "strength": EvidenceStrength.STRONG,
    } | changes
    return Facts(**values)


def codes(facts: Facts, rule: model.RuleSet) -> list[str]:
    return [each.code for each in judge(facts, rule).missing]


def rule_file(name: str) -> model.RuleSet:
    path = next(path for path in DATA if path.stem == name)
    return parse_rule_set(tomllib.loads(path.read_text()), path.name)


# The data


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_every_rule_file_is_read_and_bears_its_name(path: Path) -> None:
    rule = parse_rule_set(tomllib.loads(path.read_text()), path.name)
    assert rule.id == path.stem
    assert not is_bare_ceu(rule.unit_name)


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("us-ca-psychology", "1.38"),
        ("us-md-counseling", "1.38"),
        ("us-dc-counseling", "1"),
        ("contact-hour", "1.38"),
    ],
)
def test_83_minutes_come_to_what_the_notes_on_regulation_say(name: str, amount: str) -> None:
    facts = some_facts(licence_held=True, provider_approved=True, evaluation_given=True)
    judgement = judge(facts, rule_file(name))
    assert (plain(judgement.amount), judgement.missing) == (amount, ())
    assert judgement.may_be_credited


# Reading


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"minutes_per_unit": "sixty"}, "minutes_per_unit"),
        ({"minutes_per_unit": 0}, "minutes_per_unit"),
        ({"surprise": 1}, "surprise"),
        ({"needs": {"surprise": True}}, "needs.surprise"),
        ({"rounding": {"step": "0", "direction": "down"}}, "rounding"),
        ({"rounding": {"step": "1", "direction": "sideways"}}, "rounding.direction"),
        ({"unit_name": "CEU"}, "unit_name"),
        ({"version": 0}, "version"),
        ({"group_min": 4, "group_max": 3}, "group_max"),
        (
            {"effective_from": date(2026, 2, 1), "effective_until": date(2026, 1, 1)},
            "effective_until",
        ),
        ({"source_url": "somebody said"}, "source_url"),
        ({"minimum_minutes": -1}, "minimum_minutes"),
    ],
)
def test_a_faulty_rule_file_is_refused_by_file_and_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(RuleFileFault) as refused:
        a_rule(**changes)
    assert refused.value.facts == {"where": "house.toml", "key": key}


def test_a_missing_key_is_named() -> None:
    with pytest.raises(RuleFileFault, match="clause"):
        a_rule(clause=None)


# Judging


def test_the_arithmetic_is_told_in_plain_sentences() -> None:
    assert judge(some_facts(), a_rule()).arithmetic == (
        "83 minutes of presence count.",
        "83 ÷ 60 minutes per contact hour = 1.38, written to two decimals and never rounded up.",
    )
    rule = a_rule(minutes_per_unit=50, rounding={"step": "1", "direction": "down"})
    assert judge(some_facts(), rule).arithmetic == (
        "83 minutes of presence count.",
        "83 ÷ 50 minutes per contact hour = 1.66.",
        "Rounded down to a multiple of 1: 1.",
    )


@pytest.mark.parametrize(
    ("step", "direction", "minutes", "amount"),
    [
        ("1", "down", 59, "0"),
        ("0.25", "nearest", 83, "1.5"),
        ("0.5", "nearest", 83, "1.5"),
        ("0.25", "nearest", 67.5, "1"),
        ("0.5", "nearest", 45, "1"),
        ("0.25", "down", 89, "1.25"),
    ],
)
def test_a_board_rounds_as_its_rule_says(
    step: str, direction: str, minutes: float, amount: str
) -> None:
    rule = a_rule(rounding={"step": step, "direction": direction})
    assert plain(judge(some_facts(span(0, minutes)), rule).amount) == amount


def test_an_unknown_unit_is_not_determined() -> None:
    judgement = judge(some_facts(), a_rule(minutes_per_unit=None))
    assert judgement.amount == 0
    assert [each.code for each in judgement.missing] == ["unit.not_determined"]
    assert judgement.missing[0].sentence.startswith("Not determined, because")


@pytest.mark.parametrize(
    ("need", "fact", "subject"),
    [
        ("evaluation", "evaluation_given", "evaluation"),
        ("licence", "licence_held", "licence"),
        ("approved_provider", "provider_approved", "provider_approval"),
    ],
)
def test_a_need_is_met_missing_or_not_determined(need: str, fact: str, subject: str) -> None:
    rule = a_rule(needs={need: True})
    assert codes(some_facts(**{fact: True}), rule) == []
    assert codes(some_facts(**{fact: False}), rule) == [f"{subject}.missing"]
    assert codes(some_facts(), rule) == [f"{subject}.not_determined"]


def test_weak_evidence_is_not_enough_where_a_rule_wants_more() -> None:
    rule = a_rule(needs={"strength": "moderate"})
    assert codes(some_facts(strength=EvidenceStrength.WEAK), rule) == ["evidence.too_weak"]
    assert codes(some_facts(strength=EvidenceStrength.MODERATE), rule) == []


@pytest.mark.parametrize(
    ("present", "found"),
    [
        (2, ["group.too_small"]),
        (3, []),
        (6, []),
        (7, ["group.too_large"]),
        (None, ["group.not_determined"]),
    ],
)
def test_a_group_has_the_size_a_rule_wants(present: int | None, found: list[str]) -> None:
    assert codes(some_facts(people_present=present), a_rule(group_min=3, group_max=6)) == found


def test_too_few_minutes_are_named() -> None:
    rule = a_rule(minimum_minutes=50)
    assert codes(some_facts(span(0, 49)), rule) == ["minutes.too_few"]
    assert codes(some_facts(span(0, 50)), rule) == []
    assert codes(some_facts(span(0, 0.5)), a_rule()) == ["minutes.none"]


def test_a_rule_speaks_about_its_days_only() -> None:
    rule = a_rule(effective_from=MONDAY, effective_until=MONDAY)
    assert codes(some_facts(), rule) == []
    for day in (date(2026, 3, 1), date(2026, 3, 3)):
        assert codes(some_facts(day=day), rule) == ["rule.not_in_force"]


def test_a_rule_is_about_some_licences() -> None:
    california = rule_file("us-ca-psychology")
    assert california.is_about("psychology", "US-CA")
    assert not california.is_about("psychology", "US-MD")
    assert not california.is_about("counseling", "US-CA")
    assert rule_file("contact-hour").is_about("anything", "anywhere")


@given(many_intervals(), st.sampled_from(["0.1", "0.25", "1"]), st.integers(1, 600))
def test_an_amount_is_a_multiple_of_its_step_and_never_negative(
    some: list[Interval], step: str, per_unit: int
) -> None:
    rule = a_rule(minutes_per_unit=per_unit, rounding={"step": step, "direction": "down"})
    judgement = judge(Facts(day=MONDAY, intervals=some, strength=EvidenceStrength.STRONG), rule)
    assert judgement.amount >= 0
    assert judgement.amount % Decimal(step) == 0
    assert judgement.amount * per_unit <= judgement.minutes


@given(many_intervals())
def test_what_is_not_rounded_is_never_more_than_was_there(some: list[Interval]) -> None:
    judgement = judge(Facts(day=MONDAY, intervals=some, strength=EvidenceStrength.STRONG), a_rule())
    assert 0 <= judgement.amount * 60 <= judgement.minutes
