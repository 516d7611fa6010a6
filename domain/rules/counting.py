"""From presence to an amount in a rule's unit, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain import intervals as time
from domain.rules.explain import Missing, Step, how_many, not_determined, plain, shown
from domain.rules.facts import Attendance
from domain.rules.scale import Scale, for_more
from domain.rules.ways import Counts, Direction, Rounding, Rule, Share
from domain.values import Interval


@dataclass(frozen=True, slots=True)
class Counted:
    """What the time comes to.

    Attributes:
        amount: in the rule's unit, never negative.
        intervals: the time that this amount uses up, sorted and disjoint: presence, or the whole
            meeting where a text credits all of it.
        minutes: whole minutes of presence in it.
        steps: how the amount came about.
        missing: what is not determined on the way.
    """

    amount: Decimal
    intervals: tuple[Interval, ...]
    minutes: int
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]


def count(rule: Rule, attendance: Attendance, taken: Sequence[Interval] = ()) -> Counted:
    """Count the time of one attendance.

    Args:
        rule: how it counts.
        attendance: the facts.
        taken: time that something else of the same pack has credited.

    Returns:
        The amount with its arithmetic; conditions are none of its business.
    """
    steps: list[Step] = []
    missing: list[Missing] = []
    taken = time.clipped(taken, attendance.scheduled)  # of a year's meetings, those at this time
    reach = _countable(rule, attendance, taken)
    used = time.common(attendance.present, reach)
    if rule.share is Share.OWN_PRESENTATION and attendance.own is None:
        because = "nobody recorded whose practice was the subject when"
        missing.append(not_determined("share", because))
    minutes = credited = time.minutes(used)
    steps.append(_presence(rule, attendance, minutes))
    if minutes and rule.attendance.whole and rule.share is Share.ALL:
        used = _whole(attendance, taken) or used
        credited = time.minutes(used)
    if rule.counts is Counts.MEETINGS:
        steps.append(Step("unit.meeting", "Each meeting is one entry."))
        amount = Decimal(min(minutes, 1))
        return Counted(amount, tuple(used), minutes, tuple(steps), tuple(missing))
    counted, most = _shares(
        rule, attendance, (minutes, credited, time.minutes(reach)), steps, missing
    )
    amount = _units(rule, attendance, counted, most, steps, missing)
    return Counted(amount, tuple(used), minutes, tuple(steps), tuple(missing))


def _countable(rule: Rule, attendance: Attendance, taken: Sequence[Interval]) -> list[Interval]:
    """Return what of a meeting a rule can count; what nobody recorded is nothing."""
    left = time.without([attendance.scheduled], taken)
    if rule.share is Share.OWN_PRESENTATION:
        return time.common(left, attendance.own or ())
    return left


def _whole(attendance: Attendance, taken: Sequence[Interval]) -> list[Interval]:
    """Return the meeting from start to end, unless something has credited a part of it.

    The minutes that a tolerance forgives are used up like those that were attended: another meeting
    at that time cannot credit them once more, nor can this one where another did.
    """
    return [] if time.common([attendance.scheduled], taken) else [attendance.scheduled]


def _presence(rule: Rule, attendance: Attendance, minutes: int) -> Step:
    all_of_it = time.minutes(attendance.present)
    values = {"minutes": str(minutes), "present": str(all_of_it)}
    if rule.share is Share.OWN_PRESENTATION:
        return Step(
            "minutes.own",
            f"{how_many(minutes, 'minute')} of {all_of_it} present "
            f"{'was' if minutes == 1 else 'were'} on your own practice.",
            rule.clause,
            values,
        )
    if minutes != all_of_it:
        return Step(
            "minutes.left",
            f"{minutes} of {how_many(all_of_it, 'minute')} of presence {_counts(minutes)}; "
            f"{'the other is' if all_of_it - minutes == 1 else 'the others are'} credited already.",
            "",
            values,
        )
    said = f"{how_many(minutes, 'minute')} of presence {_counts(minutes)}."
    return Step("minutes.present", said, "", values)


def _counts(minutes: int) -> str:
    return "counts" if minutes == 1 else "count"


def _shares(
    rule: Rule,
    attendance: Attendance,
    minutes: tuple[int, int, int],
    steps: list[Step],
    missing: list[Missing],
) -> tuple[Decimal, Decimal]:
    """Return the minutes to divide, and how many they would be from start to end.

    Args:
        rule: how it counts.
        attendance: the facts.
        minutes: present; credited, which may be the whole meeting; from start to end.
        steps: told in.
        missing: told in.
    """
    present, credited, most = minutes
    if rule.share is Share.EQUAL:
        share = _equal_share(rule, attendance, present, steps, missing)
        return min(share, Decimal(present)), min(share, Decimal(most))
    if credited != present:
        all_of_it = how_many(credited, "minute")
        said = f"Who was there for the whole meeting is credited with its {all_of_it}."
        values = {"minutes": str(credited)}
        steps.append(Step("attendance.whole", said, rule.clause, values))
    return Decimal(credited), Decimal(most)


def _equal_share(
    rule: Rule,
    attendance: Attendance,
    minutes: int,
    steps: list[Step],
    missing: list[Missing],
) -> Decimal:
    """Return the minutes that are a member's share, however long the member was there."""
    people = attendance.people
    if people is None:
        missing.append(not_determined("share", "nobody knows how many people were present"))
        return Decimal(0)
    sharing = sum(not person.leads for person in people)
    if not sharing:
        missing.append(Missing("share.nobody", "Everybody there led; nobody shares the time."))
        return Decimal(0)
    scheduled = time.minutes([attendance.scheduled])
    half = rule.half_share_up_to is not None and 1 < sharing <= rule.half_share_up_to
    by = 2 if half else sharing
    share = Decimal(scheduled) / by
    why = "half of it counts" if half else "it is shared equally"
    steps.append(
        Step(
            "share.equal",
            f"{how_many(sharing, 'person', 'people')} took part in {scheduled} minutes; {why}: "
            f"{scheduled} ÷ {by} = {shown(share)} minutes.",
            rule.clause,
            {"people": str(sharing), "meeting": str(scheduled), "share": shown(share)},
        )
    )
    if share > minutes:
        steps.append(
            Step(
                "share.presence",
                f"You were there for less, so {how_many(minutes, 'minute')} {_counts(minutes)}.",
                "",
                {"minutes": str(minutes)},
            )
        )
    return share


def _units(
    rule: Rule,
    attendance: Attendance,
    minutes: Decimal,
    most: Decimal,
    steps: list[Step],
    missing: list[Missing],
) -> Decimal:
    per_unit = rule.minutes_per_unit
    if per_unit is None:
        steps.append(Step("unit.not_determined", "How many minutes make a unit is not determined."))
        missing.append(not_determined("unit", "the text does not say how many minutes make a unit"))
        return Decimal(0)
    instruction = None
    if rule.instruction_minutes_per_unit is not None:
        if attendance.instruction_minutes is None:
            because = "nobody recorded how much of it was instruction"
            missing.append(not_determined("instruction", because))
            return Decimal(0)
        instruction = _instruction(rule, attendance.instruction_minutes, steps)
    scale = Scale(per_unit, rule.rounding, instruction)
    clock, exact, amount = minutes / per_unit, scale.exact(minutes), scale.amount(minutes)
    if rule.rounding is None:
        written = plain(amount)
        written += "" if exact == amount else ", written to two decimals and never rounded up"
    else:
        written = shown(exact)
    said = f"{shown(minutes)} ÷ {per_unit} minutes per {rule.unit} = "
    said += written if exact == clock else f"{shown(clock)}; of instruction there are {written}"
    values = {"exact": shown(exact), "per_unit": str(per_unit)}
    steps.append(Step("unit.divided", f"{said}.", rule.clause, values))
    if rule.rounding is not None:
        steps.append(_rounded(rule.rounding, rule.clause, amount))
    steps += for_more(scale, minutes, most, time.minutes([attendance.scheduled]), rule.clause)
    return amount


def _instruction(rule: Rule, known: int, steps: list[Step]) -> Decimal:
    """Return the units that the instruction alone would fill."""
    held = rule.instruction_minutes_per_unit
    assert held is not None, "asked for where instruction is wanted"
    units = Decimal(known) / held
    steps.append(
        Step(
            "unit.instruction",
            f"One {rule.unit} holds {held} minutes of instruction: {known} ÷ {held} = "
            f"{shown(units)}; the smaller of the two counts.",
            rule.clause,
            {"instruction": str(known), "per_unit": str(held)},
        )
    )
    return units


def _rounded(rounding: Rounding, clause: str, amount: Decimal) -> Step:
    step = plain(rounding.step)
    way = {
        Direction.DOWN: "down to a multiple of",
        Direction.NEAREST: "to the nearest multiple of",
        Direction.UP: "up to a multiple of",
    }[rounding.direction]
    return Step(
        "rounding.applied",
        f"Rounded {way} {step}: {plain(amount)}.",
        clause,
        {"step": step, "direction": rounding.direction.value, "amount": plain(amount)},
    )
