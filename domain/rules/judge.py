"""From one attendance and a pack to what each of its rules credits, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.rules.conditions import obstacles
from domain.rules.counting import Counted, count
from domain.rules.explain import Missing, Step
from domain.rules.facts import Attendance
from domain.rules.model import Pack
from domain.rules.remedies import with_remedy
from domain.rules.ways import Rule, Share
from domain.values import Interval


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule makes of one attendance.

    Attributes:
        rule: which rule.
        amount: in the rule's unit, never negative; nothing is credited while *missing* is not
            empty, the amount then says what it would come to.
        intervals: the time used up, sorted and disjoint: presence, or the whole meeting where a
            text credits all of it.
        minutes: whole minutes of presence in it.
        steps: how the amount came about, each with its clause.
        missing: conditions not met, or not determined, each with its clause and what it would take.
    """

    rule: Rule
    amount: Decimal
    intervals: tuple[Interval, ...]
    minutes: int
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]

    @property
    def may_be_credited(self) -> bool:
        """Whether nothing is missing; an amount of nothing is always for want of something."""
        return not self.missing


def judge(
    pack: Pack,
    attendance: Attendance,
    *,
    licence_held: bool | None,
    taken: Sequence[Interval] = (),
) -> list[Judgement]:
    """Ask every rule of a pack, in its order.

    Pure: the same facts and pack give the same answer. A minute that one rule credits is gone for
    the rules after it. An unknown fact or value is never invented; it stands in *missing* as "not
    determined, because …".

    Args:
        pack: the version in force on the day.
        attendance: what is known.
        licence_held: whether the member holds a licence that the pack is about, on that day;
            ``None`` where nobody knows.
        taken: time that other meetings' credit under this pack, for the same licence, uses.

    Returns:
        One judgement for each rule.

    Source:
        ``pack.source``; each step names its clause.
    """
    gone = list(taken)
    judgements = []
    for rule in pack.rules:
        counted = count(rule, attendance, gone)
        found = (
            *counted.missing,
            *obstacles(pack, rule, attendance, counted.minutes, licence_held=licence_held),
        )
        if not found and not counted.amount:
            found = (_too_little(rule, counted),)
        missing = tuple(with_remedy(each, pack, rule, attendance) for each in found)
        judgement = Judgement(
            rule, counted.amount, counted.intervals, counted.minutes, counted.steps, missing
        )
        if judgement.may_be_credited:
            gone += judgement.intervals
        judgements.append(judgement)
    return judgements


def _too_little(rule: Rule, counted: Counted) -> Missing:
    """Return why an hour with every condition met comes to nothing."""
    values: dict[str, str] = {}
    more = next((step for step in counted.steps if step.code == "more.minutes"), None)
    if more is not None:
        needed, values = more.sentence, more.values
    elif rule.instruction_minutes_per_unit is not None:
        needed = "More minutes of instruction would count."
    elif rule.share is Share.OWN_PRESENTATION:
        needed = "More time on your own practice would count."
    else:
        needed = "A longer meeting would count."
    return Missing(
        "amount.nothing",
        "Every condition is met, but it is less than the least that counts.",
        needed=needed,
        values=values,
    )
