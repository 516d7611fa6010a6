"""What it would take: for every obstacle, what would have to be there for the full credit.

The obstacle itself is found by ``conditions`` and ``counting``. Here it gets its clause, a sentence
about the remedy and the remedy's figures as data. A remedy describes what the text wants of such a
meeting; it does not promise that this meeting can still be mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from domain import intervals as time
from domain.rules.explain import READ_THE_TEXT, Missing, how_many
from domain.rules.facts import Attendance
from domain.rules.model import Pack
from domain.rules.ways import Rule, Share
from domain.values import Modality

ALONE: Final = "group.alone"
OUR_PRINCIPLE: Final = "Peerhour's own principle, docs/rules.md"
WAYS: Final = {
    Modality.IN_ROOM: "in the room",
    Modality.LIVE_VIDEO: "by live video",
    Modality.PHONE: "by phone",
}

_Remedy = tuple[str, dict[str, str]]


def with_remedy(missing: Missing, pack: Pack, rule: Rule, attendance: Attendance) -> Missing:
    """Return an obstacle with its clause and what it would take.

    Args:
        missing: as it was found.
        pack: whose text.
        rule: which of its rules.
        attendance: the facts.
    """
    clause = OUR_PRINCIPLE if missing.code == ALONE else missing.clause or rule.clause
    needed, values = _OF_TEXT.get(missing.code, ("", {}))
    if missing.needed:  # who found it knew
        needed, values = missing.needed, missing.values
    elif needed:
        needed = needed.format(body=pack.name)
    elif missing.code == "rule.not_in_force":
        needed, values = _in_force(pack)
    else:
        needed, values = _OF_RULE[missing.code](rule, attendance)
    return replace(missing, clause=clause, needed=needed, values=values)


def _in_force(pack: Pack) -> _Remedy:
    begins, ends = pack.effective_from, pack.effective_until
    span = f" from {begins}" if begins else ""
    span += f" until {ends}" if ends else ""
    values = {"from": str(begins or ""), "until": str(ends or "")}
    return f"A meeting that it speaks about lies on a day{span}.", values


def _minutes(rule: Rule, attendance: Attendance) -> _Remedy:
    if attendance.present and rule.share is Share.OWN_PRESENTATION:
        said = "Time in which your own practice is the subject would count."
    elif attendance.present:
        said = "Time that nothing else of this text has credited would count."
    else:
        said = "You would have to be there."
    return said, {"minutes": "1"}


def _too_few(rule: Rule, _: Attendance) -> _Remedy:
    least = rule.attendance.minimum_minutes
    assert least is not None, "too few minutes are fewer than the least"
    said = f"You would have to be there for {how_many(least, 'minute')} or longer."
    return said, {"minutes": str(least)}


def _too_short(rule: Rule, _: Attendance) -> _Remedy:
    least = rule.attendance.minimum_meeting_minutes
    assert least is not None, "a meeting too short is shorter than the least"
    said = f"The meeting would have to last {how_many(least, 'minute')} or longer."
    return said, {"meeting_minutes": str(least)}


def _parts(_: Rule, attendance: Attendance) -> _Remedy:
    assert attendance.series is not None, "a part that lacks belongs to a series"
    series = attendance.series
    lacking = sorted(set(range(1, series.parts + 1)) - series.attended)
    parts = ", ".join(map(str, lacking))
    return f"You would have to attend part {parts} as well.", {"parts": parts}


def _whole(rule: Rule, attendance: Attendance) -> _Remedy:
    ends, absence = rule.attendance.late_or_early_minutes, rule.attendance.absence_minutes
    minutes = time.minutes([attendance.scheduled])
    said = f"You would have to be there for all {how_many(minutes, 'minute')}"
    said += f"; up to {how_many(ends, 'minute')} at each end may be missed" if ends else ""
    said += f"; up to {how_many(absence, 'minute')} in between may be missed" if absence else ""
    values = {"minutes": str(minutes), "ends": str(ends or 0), "absence": str(absence or 0)}
    return f"{said}.", values


def _size(rule: Rule, _: Attendance) -> _Remedy:
    least, most = rule.group.min, rule.group.max
    bounds = [f"at least {least}"] if least is not None else []
    bounds += [f"at most {most}"] if most is not None else []
    noun = "person" if (least if most is None else most) == 1 else "people"
    said = f"There would have to be {' and '.join(bounds)} {noun} present{_in_ways(rule)}."
    return said, {"min": str(least or ""), "max": str(most or "")}


def _in_ways(rule: Rule) -> str:
    ways = rule.group.modalities
    return f", counting those who take part {_or(ways)}" if ways else ""


def _others(rule: Rule, _: Attendance) -> _Remedy:
    wanted, professions = rule.group.others_min, ", ".join(rule.group.others_professions)
    assert wanted is not None, "too few others are fewer than the least"
    of = f" of {professions}" if professions else " with a licence of their own"
    people = how_many(wanted, "other person", "other people")
    said = f"There would have to be {people}{of}{_in_ways(rule)}."
    return said, {"others": str(wanted), "professions": professions}


def _facilitated(rule: Rule, _: Attendance) -> _Remedy:
    wanted = bool(rule.group.facilitated)
    who = "Somebody who is no member" if wanted else "A member"
    return f"{who} would have to lead.", {"facilitated": str(wanted).lower()}


def _way(rule: Rule, _: Attendance) -> _Remedy:
    ways = rule.needs.modalities
    return f"You would have to take part {_or(ways)}.", {"modalities": ", ".join(ways)}


def _topic(rule: Rule, _: Attendance) -> _Remedy:
    topics = ", ".join(rule.needs.topics)
    return f"The meeting would have to be about one of these: {topics}.", {"topics": topics}


def _body(rule: Rule, _: Attendance) -> _Remedy:
    bodies = rule.needs.approved_by
    said = f"The provider would have to be approved by {' or '.join(bodies)}."
    return said, {"bodies": ", ".join(bodies)}


def _in_time(rule: Rule, attendance: Attendance) -> _Remedy:
    hours = rule.needs.evaluation_within_hours
    assert hours is not None, "what comes too late has a time"
    due = attendance.scheduled.to_at + timedelta(hours=hours)
    said = f"Your evaluation would have to come within {how_many(hours, 'hour')} of the end."
    return said, {"due_at": due.isoformat(), "hours": str(hours)}


def _evaluation(rule: Rule, attendance: Attendance) -> _Remedy:
    if rule.needs.evaluation_within_hours is not None:
        return _in_time(rule, attendance)
    return "Evaluate the meeting.", {}


def _strength(rule: Rule, _: Attendance) -> _Remedy:
    wanted = str(rule.needs.strength)
    said = f"Your presence would have to be shown by {wanted} evidence, such as a code at the door."
    return said, {"strength": wanted}


def _or(ways: tuple[Modality, ...]) -> str:
    return " or ".join(WAYS[each] for each in ways)


_OF_TEXT: Final[dict[str, _Remedy]] = {
    "unit.not_determined": (READ_THE_TEXT, {}),
    "provider_approval.body.not_determined": (READ_THE_TEXT, {}),
    "group.not_determined": ("Somebody would have to record who was present.", {}),
    "group.facilitated.not_determined": ("Somebody would have to record who led.", {}),
    "group.modality.not_determined": (
        "Somebody would have to record how everybody took part.",
        {},
    ),
    "group.professions.not_determined": (
        "Those present would have to enter the licences they hold.",
        {},
    ),
    "group.other_professions": (
        "Everybody present would have to hold a licence of your profession.",
        {},
    ),
    "group.supervisor": ("A qualified clinical supervisor would have to take part.", {}),
    "group.supervisor.not_determined": (
        "A clinical supervisor who takes part would have to enter the qualification.",
        {},
    ),
    ALONE: ("Somebody else would have to be there.", {"min": "2"}),
    "licence.missing": ("You would have to hold a licence that {body} is about on that day.", {}),
    "licence.not_determined": ("Enter your licence with its first day.", {}),
    "modality.not_determined": ("Somebody would have to record how you took part.", {}),
    "provider_approval.missing": (
        "A provider with an approval for that day and way of meeting would have to vouch for it.",
        {},
    ),
    "provider_approval.not_determined": (
        "Somebody would have to record who approves the provider.",
        {},
    ),
    "syllabus.missing": ("The series would have to begin with a syllabus handed out before.", {}),
    "syllabus.not_determined": (
        "Somebody would have to record when the syllabus was handed out.",
        {},
    ),
    "check_out.missing": ("Check out when you leave.", {}),
    "check_out.not_determined": ("Your departure would have to be recorded.", {}),
    "evaluation.not_determined": ("Your evaluation would have to be recorded.", {}),
    "evaluation.time.not_determined": (
        "The time of your evaluation would have to be recorded.",
        {},
    ),
    "post_test.missing": ("Pass the test of the meeting.", {}),
    "post_test.not_determined": (
        "It would have to be recorded that people could talk, or that you passed a test.",
        {},
    ),
    "share.nobody": ("Somebody who does not lead would have to take part.", {}),
    "instruction.not_determined": (
        "Somebody would have to record how many minutes were instruction.",
        {},
    ),
}
_OF_RULE: Final[dict[str, Callable[[Rule, Attendance], _Remedy]]] = {
    "minutes.none": _minutes,
    "minutes.too_few": _too_few,
    "meeting.too_short": _too_short,
    "series.incomplete": _parts,
    "attendance.ends": _whole,
    "attendance.ends.not_determined": _whole,
    "attendance.absence": _whole,
    "attendance.absence.not_determined": _whole,
    "group.too_small": _size,
    "group.too_large": _size,
    "group.others_too_few": _others,
    "group.facilitated": _facilitated,
    "modality.other": _way,
    "topic.other": _topic,
    "provider_approval.other_body": _body,
    "evaluation.missing": _evaluation,
    "evaluation.late": _in_time,
    "evidence.too_weak": _strength,
    "share.not_determined": lambda rule, _: (
        (
            "Somebody would have to note whose practice was the subject when.",
            {},
        )
        if rule.share is Share.OWN_PRESENTATION
        else ("Somebody would have to record who was present.", {})
    ),
}
