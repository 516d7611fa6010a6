"""Conditions of a rule: what is not met, or not known to be met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from domain import intervals as time
from domain.rules.approvers import names_any
from domain.rules.explain import Missing, how_many, not_determined
from domain.rules.facts import Attendance, Person
from domain.rules.model import Pack
from domain.rules.remedies import ALONE, WAYS
from domain.rules.ways import Needs, PostTest, Rule


def obstacles(
    pack: Pack, rule: Rule, attendance: Attendance, minutes: int, *, licence_held: bool | None
) -> Iterator[Missing]:
    """Yield everything that stands in the way of crediting an attendance.

    Args:
        pack: whose text.
        rule: which of its rules.
        attendance: the facts.
        minutes: of presence that this rule would use.
        licence_held: whether the member holds a licence that the pack is about, on that day.
    """
    if not pack.in_force_on(attendance.day):
        said = f"This version of {pack.name} was not in force then."
        yield Missing("rule.not_in_force", said, pack.source.clause)
    if minutes == 0:
        yield Missing("minutes.none", "No minutes are left to credit under this rule.")
    yield from _about_attendance(rule, attendance, minutes)
    yield from _about_people(pack, rule, attendance)
    if rule.needs.licence:
        yield from _fact("licence", "a licence of this kind on that day", licence_held)
    yield from _about_the_way(rule.needs, attendance)
    yield from _about_the_provider(rule.needs, attendance)
    if rule.needs.syllabus_first:
        said = "a syllabus of dates and topics, handed out before the first meeting,"
        yield from _fact("syllabus", said, attendance.syllabus_first)
    yield from _about_papers(rule.needs, attendance)
    wanted = rule.needs.strength
    if wanted is not None and not attendance.strength.at_least(wanted):
        yield Missing(
            "evidence.too_weak",
            f"This rule wants {wanted} evidence; yours is {attendance.strength}.",
        )


def _about_attendance(rule: Rule, attendance: Attendance, minutes: int) -> Iterator[Missing]:
    wanted = rule.attendance
    least = wanted.minimum_minutes
    if least is not None and 0 < minutes < least:
        yield Missing(
            "minutes.too_few",
            f"This rule counts from {how_many(least, 'minute')} on; you have {minutes}.",
        )
    shortest = wanted.minimum_meeting_minutes
    if shortest is not None and (scheduled := time.minutes([attendance.scheduled])) < shortest:
        yield Missing(
            "meeting.too_short",
            f"This rule counts meetings from {how_many(shortest, 'minute')} on; "
            f"this one had {scheduled}.",
        )
    if wanted.whole and attendance.present:
        yield from _about_gaps(rule, attendance)
    if wanted.all_parts_of_series and attendance.series is not None:
        series = attendance.series
        lacking = len(set(range(1, series.parts + 1)) - series.attended)
        if lacking > 0:
            yield Missing(
                "series.incomplete",
                f"All {series.parts} parts of this series are wanted; you lack {lacking}.",
            )


def _about_gaps(rule: Rule, attendance: Attendance) -> Iterator[Missing]:
    """Compare what was missed at the ends and in between with what is tolerated.

    Who looks in before arriving late, or after leaving early, is not worse off than who does not:
    an absence that ends (or begins) within the tolerance at that end is none in between.
    """
    present = time.union(attendance.present)
    late = present[0].from_at - attendance.scheduled.from_at
    early = attendance.scheduled.to_at - present[-1].to_at
    slack = timedelta(minutes=rule.attendance.late_or_early_minutes or 0)
    begins, ends = attendance.scheduled.from_at + slack, attendance.scheduled.to_at - slack
    inside = max(
        (
            later.from_at - former.to_at
            for former, later in pairwise(present)
            if later.from_at > begins and former.to_at < ends
        ),
        default=timedelta(0),
    )
    for gap, tolerated, code, what in (
        (max(late, early), rule.attendance.late_or_early_minutes, "ends", "at one end"),
        (inside, rule.attendance.absence_minutes, "absence", "in between"),
    ):
        missed = -(-gap // timedelta(minutes=1))
        if not missed:
            continue
        said = f"you missed {how_many(missed, 'minute')} {what}"
        if tolerated is None:
            yield not_determined(
                f"attendance.{code}",
                f"the whole meeting is wanted, {said}, and the text does not say what is tolerated",
            )
        elif missed > tolerated:
            yield Missing(
                f"attendance.{code}",
                f"The whole meeting is wanted: {said}, and "
                f"{tolerated} {'is' if tolerated == 1 else 'are'} tolerated.",
            )


def _about_people(pack: Pack, rule: Rule, attendance: Attendance) -> Iterator[Missing]:
    group, people = rule.group, attendance.people
    asks = (
        group.min is not None
        or group.max is not None
        or group.others_min is not None
        or group.same_profession
        or group.supervisor
    )
    if people is None:
        if asks:
            yield not_determined("group", "nobody knows who was present")
    else:
        if len(people) == 1 and group.min is None and group.others_min is None:
            # No figure of the text's, but what a meeting is; a text that pays it says min = 1.
            yield Missing(ALONE, "Nobody else was there, and an hour alone is no group's hour.")
        yield from _about_size(rule, people)
        yield from _about_kinds(pack, rule, people)
    wanted = group.facilitated
    if wanted is not None:
        if attendance.facilitated is None:
            yield not_determined("group.facilitated", "nobody recorded who led the meeting")
        elif attendance.facilitated is not wanted:
            yield Missing(
                "group.facilitated",
                "This category wants a facilitator."
                if wanted
                else "This category is for groups without a facilitator.",
            )


def _about_size(rule: Rule, people: tuple[Person, ...]) -> Iterator[Missing]:
    least, most = rule.group.min, rule.group.max
    counted = [each for each in people if rule.group.leader_counts or not each.leads]
    if least is not None:
        yield from _about_the_least(rule, counted, least)
    if most is not None and len(counted) > most:
        yield Missing(
            "group.too_large",
            f"This rule allows {_people(most)} present; there were {len(counted)}.",
        )


def _about_the_least(rule: Rule, people: Iterable[Person], least: int) -> Iterator[Missing]:
    took_part = [_took_part(rule, each) for each in people]
    fitting = took_part.count(True)
    if fitting >= least:
        return
    if fitting + took_part.count(None) >= least:
        yield _way_unknown()
        return
    ways = " or ".join(WAYS[each] for each in rule.group.modalities) or "present"
    yield Missing(
        "group.too_small",
        f"This rule wants {_people(least)} {ways}; there {_were(fitting)}.",
    )


def _people(number: int) -> str:
    return how_many(number, "person", "people")


def _were(number: int) -> str:
    return f"{'was' if number == 1 else 'were'} {number}"


def _took_part(rule: Rule, person: Person) -> bool | None:
    """Tell whether somebody took part in a way that counts; ``None`` where nobody knows."""
    ways = rule.group.modalities
    if not ways:
        return True
    return None if person.modality is None else person.modality in ways


def _way_unknown() -> Missing:
    return not_determined("group.modality", "nobody recorded how everybody took part")


def _about_kinds(pack: Pack, rule: Rule, people: tuple[Person, ...]) -> Iterator[Missing]:
    group, (me, *others) = rule.group, people
    if group.same_profession:
        known = [other.professions for other in others]
        # A second licence of the member's, in another profession, makes nobody a colleague here.
        mine = me.professions & frozenset(pack.professions) or me.professions
        strangers = sum(bool(mine and each) and not each & mine for each in known)
        if strangers:
            yield Missing(
                "group.other_professions",
                f"Everybody must be of your profession; {strangers} "
                f"{'was' if strangers == 1 else 'were'} of another.",
            )
        elif not all((mine, *known)):
            yield not_determined("group.professions", "not everybody's licence is known")
    if group.others_min is not None:
        wanted = frozenset(group.others_professions)
        perhaps = [
            other
            for other in others
            if not wanted or not other.professions or other.professions & wanted
        ]
        there = [other for other in perhaps if _took_part(rule, other)]
        fitting = sum(bool(other.professions) for other in there)
        if fitting < group.others_min:
            ways_unknown = sum(_took_part(rule, other) is None for other in perhaps)
            if len(there) >= group.others_min:
                yield not_determined("group.professions", "not everybody's licence is known")
            elif len(there) + ways_unknown >= group.others_min:
                yield _way_unknown()
            else:
                yield Missing(
                    "group.others_too_few",
                    f"This rule wants {how_many(group.others_min, 'other professional')}; "
                    f"there {_were(fitting)}.",
                )
    if group.supervisor and not any(person.supervisor for person in people):
        if any(person.supervisor is None for person in people):
            yield not_determined("group.supervisor", "nobody recorded who is a clinical supervisor")
        else:
            yield Missing("group.supervisor", "Somebody present must be a clinical supervisor.")


def _about_the_way(needs: Needs, attendance: Attendance) -> Iterator[Missing]:
    if needs.modalities:
        wanted = " or ".join(WAYS[each] for each in needs.modalities)
        if attendance.modality is None:
            yield not_determined("modality", "nobody recorded how you took part")
        elif attendance.modality not in needs.modalities:
            took = WAYS[attendance.modality]
            yield Missing("modality.other", f"You must take part {wanted}; you did {took}.")
    if needs.topics and not set(needs.topics) & set(attendance.topics):
        yield Missing("topic.other", f"The topic must be one of: {', '.join(needs.topics)}.")


def _about_the_provider(needs: Needs, attendance: Attendance) -> Iterator[Missing]:
    if not needs.approved_provider:
        return
    bodies = attendance.approved_by
    wanted = "a provider approved for that day and way of meeting"
    yield from _fact("provider_approval", wanted, None if bodies is None else bool(bodies))
    if bodies and (needs.approved_by or needs.approved_by_unknown):
        if names_any(bodies, needs.approvers):
            return
        names = " or ".join(needs.approved_by)
        if needs.approved_by_unknown:
            yield not_determined(
                "provider_approval.body",
                f"it was not read whose approval is taken besides that of {names}"
                if names
                else "the text read does not say whose approval is taken",
            )
        else:
            yield Missing(
                "provider_approval.other_body",
                f"The provider must be approved by {names}; it is approved by others.",
            )


def _about_papers(needs: Needs, attendance: Attendance) -> Iterator[Missing]:
    if needs.check_out:
        yield from _fact("check_out", "your check-out", attendance.checked_out)
    if needs.evaluation or needs.evaluation_within_hours is not None:
        yield from _fact("evaluation", "your evaluation of the meeting", attendance.evaluated)
        hours = needs.evaluation_within_hours
        if attendance.evaluated and hours is not None:
            if attendance.evaluated_at is None:
                yield not_determined("evaluation.time", "nobody recorded when you evaluated it")
            elif attendance.evaluated_at > attendance.scheduled.to_at + timedelta(hours=hours):
                yield Missing(
                    "evaluation.late",
                    f"The evaluation was due {how_many(hours, 'hour')} after the end.",
                )
    if needs.post_test is PostTest.ALWAYS:
        yield from _fact("post_test", "a passed test", attendance.post_test_passed)
    elif needs.post_test is PostTest.WHERE_NOT_INTERACTIVE and not attendance.interactive:
        if attendance.interactive is None and not attendance.post_test_passed:
            yield not_determined("post_test", "nobody recorded whether people could interact")
        else:
            yield from _fact("post_test", "a passed test", attendance.post_test_passed)


def _fact(subject: str, wanted: str, known: bool | None) -> Iterator[Missing]:  # noqa: FBT001 - a fact, not a switch
    if known is None:
        yield not_determined(subject, f"{wanted} is not known")
    elif not known:
        yield Missing(f"{subject}.missing", f"This rule needs {wanted}.")
