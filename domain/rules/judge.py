"""From facts and a rule to an amount, with the arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from domain import intervals as time
from domain.presence import EvidenceStrength
from domain.rules.model import WRITTEN_STEP, Direction, Missing, RuleSet
from domain.values import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about one member at one meeting; ``None`` means nobody knows.

    Attributes:
        day: local date of the meeting.
        intervals: presence that this rule has not credited yet.
        strength: how well the presence is shown.
        people_present: people in the room, the member included.
        evaluation_given: whether the member evaluated the meeting.
        licence_held: whether the member holds a licence of the kind the rule is about that day.
        provider_approved: whether an approved provider vouches for that day and way of meeting.
    """

    day: date
    intervals: Sequence[Interval]
    strength: EvidenceStrength
    people_present: int | None = None
    evaluation_given: bool | None = None
    licence_held: bool | None = None
    provider_approved: bool | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule makes of the facts.

    Attributes:
        amount: in the rule's unit, never negative; nothing is credited while *missing* is not
            empty, the amount then says what it would come to.
        intervals: the presence counted, sorted and disjoint.
        minutes: whole minutes counted.
        arithmetic: how the amount came about, a sentence a step.
        missing: conditions not met, or not determined.
    """

    amount: Decimal
    intervals: tuple[Interval, ...]
    minutes: int
    arithmetic: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def may_be_credited(self) -> bool:
        """Whether nothing is missing and there is something to credit."""
        return not self.missing and self.amount > 0


def judge(facts: Facts, rule: RuleSet) -> Judgement:
    """Apply a rule.

    Pure: the same facts and rule give the same answer. An unknown fact or rule value is never
    invented; it stands in *missing* as "not determined, because …".

    Args:
        facts: what is known.
        rule: the version of the rule in force on ``facts.day``.

    Returns:
        The amount with its arithmetic, and everything that stands in the way of crediting it.

    Source:
        ``rule.source_url`` and ``rule.clause``, which are also printed on papers.
    """
    counted = time.union(facts.intervals)
    minutes = time.minutes(counted)
    amount, arithmetic = _amount(minutes, rule)
    missing = tuple(_missing(facts, rule, minutes))
    return Judgement(amount, tuple(counted), minutes, tuple(arithmetic), missing)


def plain(amount: Decimal) -> str:
    """Return an amount as people write it: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(minutes: int, rule: RuleSet) -> tuple[Decimal, list[str]]:
    present = f"{minutes} minutes of presence count."
    per_unit = rule.minutes_per_unit
    if per_unit is None:
        return Decimal(0), [present, "How many minutes make a unit is not determined."]
    exact = Decimal(minutes) / per_unit
    divided = f"{minutes} ÷ {per_unit} minutes per {rule.unit_name}"
    if rule.rounding is None:
        amount = exact.quantize(WRITTEN_STEP, rounding=ROUND_DOWN)
        how = "" if exact == amount else ", written to two decimals and never rounded up"
        return amount, [present, f"{divided} = {plain(amount)}{how}."]
    amount = rule.rounding.apply(exact)
    shown = plain(exact.quantize(Decimal("0.0001"), rounding=ROUND_DOWN))
    way = "down" if rule.rounding.direction is Direction.DOWN else "to the nearest"
    step = plain(rule.rounding.step)
    joiner = "to a multiple of" if rule.rounding.direction is Direction.DOWN else "multiple of"
    return amount, [
        present,
        f"{divided} = {shown}.",
        f"Rounded {way} {joiner} {step}: {plain(amount)}.",
    ]


def _missing(facts: Facts, rule: RuleSet, minutes: int) -> Iterator[Missing]:
    yield from _about_the_rule(facts, rule)
    yield from _about_minutes(rule, minutes)
    yield from _about_people(facts, rule)
    needs = rule.needs
    if needs.evaluation:
        yield from _fact("evaluation", "your evaluation of the meeting", facts.evaluation_given)
    if needs.licence:
        yield from _fact("licence", "a licence of this kind on that day", facts.licence_held)
    if needs.approved_provider:
        wanted = "a provider approved for that day and way of meeting"
        yield from _fact("provider_approval", wanted, facts.provider_approved)
    if needs.strength is not None and not facts.strength.at_least(needs.strength):
        yield Missing(
            "evidence.too_weak",
            f"This rule wants {needs.strength} evidence; yours is {facts.strength}.",
        )


def _about_the_rule(facts: Facts, rule: RuleSet) -> Iterator[Missing]:
    if not rule.in_force_on(facts.day):
        yield Missing("rule.not_in_force", f"This version of {rule.name} was not in force then.")
    if rule.minutes_per_unit is None:
        yield Missing(
            "unit.not_determined",
            f"Not determined, because {rule.name} does not say how many minutes make a unit.",
        )


def _about_minutes(rule: RuleSet, minutes: int) -> Iterator[Missing]:
    least = rule.minimum_minutes
    if minutes == 0:
        yield Missing("minutes.none", "No minutes are left to credit under this rule.")
    elif least is not None and minutes < least:
        yield Missing(
            "minutes.too_few", f"This rule counts from {least} minutes on; you have {minutes}."
        )


def _about_people(facts: Facts, rule: RuleSet) -> Iterator[Missing]:
    least, most, present = rule.group_min, rule.group_max, facts.people_present
    if least is None and most is None:
        return
    if present is None:
        yield Missing(
            "group.not_determined",
            "Not determined, because nobody knows how many people were present.",
        )
    elif least is not None and present < least:
        yield Missing(
            "group.too_small", f"This rule wants {least} people present; there were {present}."
        )
    elif most is not None and present > most:
        yield Missing(
            "group.too_large",
            f"This rule allows {most} people present; there were {present}.",
        )


def _fact(subject: str, wanted: str, known: bool | None) -> Iterator[Missing]:  # noqa: FBT001 - a fact, not a switch
    if known is None:
        yield Missing(
            f"{subject}.not_determined", f"Not determined, because {wanted} is not known."
        )
    elif not known:
        yield Missing(f"{subject}.missing", f"This rule needs {wanted}.")
