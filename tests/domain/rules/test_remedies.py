"""What it would take: every obstacle has its clause, a remedy in words, and its figures."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.meetings.presence import EvidenceStrength
from domain.rules import conditions, counting, remedies
from domain.rules.explain import READ_THE_TEXT, Missing
from domain.rules.facts import Attendance, Person, Series
from domain.rules.judge import judge
from domain.values import Modality
from tests.domain.rules.made import (
    COUNSELOR,
    PSYCHOLOGIST,
    a_pack,
    a_rule,
    attended,
    judged,
)
from tests.support.builders import at, span

VIDEO, ROOM = Modality.LIVE_VIDEO, Modality.IN_ROOM


def only(rule: dict[str, Any], facts: Attendance | None = None, **changes: Any) -> Missing:
    (found,) = judged(rule, facts, **changes).missing
    return found


PROVIDER = {"approved_provider": True}
LATE = {"evaluated": True, "evaluated_at": at(90 + 24 * 60 + 1)}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, dict[str, str]]] = [
    ("minutes.none", {}, {"present": ()}, "You would have to be there.", {"minutes": "1"}),
    (
        "minutes.none",
        {"share": "own presentation"},
        {"own": ()},
        "Time in which your own practice is the subject would count.",
        {"minutes": "1"},
    ),
    (
        "minutes.too_few",
        {"attendance": {"minimum_minutes": 90}},
        {},
        "You would have to be there for 90 minutes or longer.",
        {"minutes": "90"},
    ),
    (
        "meeting.too_short",
        {"attendance": {"minimum_meeting_minutes": 120}},
        {},
        "The meeting would have to last 120 minutes or longer.",
        {"meeting_minutes": "120"},
    ),
    (
        "series.incomplete",
        {"attendance": {"all_parts_of_series": True}},
        {"series": Series(parts=4, attended=frozenset({1, 3}))},
        "You would have to attend part 2, 4 as well.",
        {"parts": "2, 4"},
    ),
    (
        "attendance.ends",
        {"attendance": {"whole": True, "late_or_early_minutes": 5, "absence_minutes": 1}},
        {},
        (
            "You would have to be there for all 90 minutes; up to 5 minutes at each end may be "
            "missed; up to 1 minute in between may be missed."
        ),
        {"minutes": "90", "ends": "5", "absence": "1"},
    ),
    (
        "attendance.absence.not_determined",
        {"attendance": {"whole": True}},
        {"present": (span(0, 40), span(50, 90))},
        "You would have to be there for all 90 minutes.",
        {"minutes": "90", "ends": "0", "absence": "0"},
    ),
    (
        "group.too_small",
        {"group": {"min": 4}},
        {},
        "There would have to be at least 4 people present.",
        {"min": "4", "max": ""},
    ),
    (
        "group.too_large",
        {"group": {"min": 2, "max": 2}},
        {},
        "There would have to be at least 2 and at most 2 people present.",
        {"min": "2", "max": "2"},
    ),
    (
        "group.too_large",
        {"group": {"max": 1}},
        {},
        "There would have to be at most 1 person present.",
        {"min": "", "max": "1"},
    ),
    (
        "group.too_small",
        {"group": {"min": 1, "leader_counts": False}},
        {"me": Person(leads=True), "others": ()},
        "There would have to be at least 1 person present.",
        {"min": "1", "max": ""},
    ),
    (
        "group.too_large",
        {"group": {"min": 1, "max": 2}},
        {},
        "There would have to be at least 1 and at most 2 people present.",
        {"min": "1", "max": "2"},
    ),
    (
        "group.too_small",
        {"group": {"min": 2, "modalities": ["in_room", "phone"]}},
        {"others": (Person(modality=VIDEO),), "me": Person(modality=ROOM)},
        (
            "There would have to be at least 2 people present, counting those who take part in the "
            "room or by phone."
        ),
        {"min": "2", "max": ""},
    ),
    (
        "group.not_determined",
        {"group": {"max": 2}},
        {"others": None},
        "Somebody would have to record who was present.",
        {},
    ),
    (
        "group.too_large",
        {"group": {"max": 2}},
        {},
        "There would have to be at most 2 people present.",
        {"min": "", "max": "2"},
    ),
    (
        "group.others_too_few",
        {"group": {"others_min": 1, "others_professions": ["social work", "mft"]}},
        {"others": (COUNSELOR,)},
        "There would have to be 1 other person of social work, mft.",
        {"others": "1", "professions": "social work, mft"},
    ),
    (
        "group.others_too_few",
        {"group": {"others_min": 3}},
        {},
        "There would have to be 3 other people with a licence of their own.",
        {"others": "3", "professions": ""},
    ),
    (
        "group.other_professions",
        {"group": {"same_profession": True}},
        {"others": (PSYCHOLOGIST,)},
        "Everybody present would have to hold a licence of your profession.",
        {},
    ),
    (
        "group.facilitated",
        {"group": {"facilitated": True}},
        {"facilitated": False},
        "Somebody who is no member would have to lead.",
        {"facilitated": "true"},
    ),
    (
        "group.facilitated",
        {"group": {"facilitated": False}},
        {"facilitated": True},
        "A member would have to lead.",
        {"facilitated": "false"},
    ),
    (
        "group.supervisor",
        {"group": {"supervisor": True}},
        {},
        "A qualified clinical supervisor would have to take part.",
        {},
    ),
    (
        "modality.other",
        {"needs": {"modalities": ["in_room", "phone"]}},
        {},
        "You would have to take part in the room or by phone.",
        {"modalities": "in_room, phone"},
    ),
    (
        "topic.other",
        {"needs": {"topics": ["ethics", "law"]}},
        {},
        "The meeting would have to be about one of these: ethics, law.",
        {"topics": "ethics, law"},
    ),
    (
        "provider_approval.other_body",
        {"needs": PROVIDER | {"approved_by": ["ASWB", "NBCC"]}},
        {"approved_by": ("Board of Lamps",)},
        "The provider would have to be approved by ASWB or NBCC.",
        {"bodies": "ASWB, NBCC"},
    ),
    (
        "provider_approval.body.not_determined",
        {"needs": PROVIDER | {"approved_by_unknown": True}},
        {"approved_by": ("Board of Lamps",)},
        READ_THE_TEXT,
        {},
    ),
    (
        "evaluation.missing",
        {"needs": {"evaluation": True}},
        {"evaluated": False},
        "Evaluate the meeting.",
        {},
    ),
    (
        "evaluation.missing",
        {"needs": {"evaluation_within_hours": 24}},
        {"evaluated": False},
        "Your evaluation would have to come within 24 hours of the end.",
        {"due_at": "2026-03-03T19:30:00+00:00", "hours": "24"},
    ),
    (
        "evaluation.late",
        {"needs": {"evaluation_within_hours": 24}},
        LATE,
        "Your evaluation would have to come within 24 hours of the end.",
        {"due_at": "2026-03-03T19:30:00+00:00", "hours": "24"},
    ),
    (
        "evidence.too_weak",
        {"needs": {"strength": "strong"}},
        {"strength": EvidenceStrength.WEAK},
        "Your presence would have to be shown by strong evidence, such as a code at the door.",
        {"strength": "strong"},
    ),
    (
        "share.not_determined",
        {"share": "equal"},
        {"others": None, "present": (span(0, 90),)},
        "Somebody would have to record who was present.",
        {},
    ),
    ("unit.not_determined", {"minutes_per_unit": None}, {}, READ_THE_TEXT, {}),
]


@pytest.mark.parametrize(
    ("code", "rule", "facts", "needed", "values"), CASES, ids=lambda each: str(each)[:30]
)
def test_an_obstacle_says_what_it_would_take(
    code: str, rule: dict[str, Any], facts: dict[str, Any], needed: str, values: dict[str, str]
) -> None:
    found = only(a_rule(**rule, clause="§ 7"), attended(**facts))
    assert (found.code, found.clause) == (code, "§ 7")
    assert (found.needed, found.values) == (needed, values)
    assert found.told == f"{found.sentence} {needed}"


def test_minutes_that_are_gone_are_asked_for_elsewhere() -> None:
    found = judged(
        a_rule(share="own presentation"), attended(own=None, present=(span(0, 90),))
    ).missing
    assert [each.code for each in found] == ["share.not_determined", "minutes.none"]
    assert found[0].needed == "Somebody would have to note whose practice was the subject when."


def test_time_that_is_credited_already_is_told_from_time_that_was_missed() -> None:
    (found,) = judge(a_pack(), attended(), licence_held=True, taken=[span(0, 90)])
    (credited,) = found.missing
    assert credited.needed == "Time that nothing else of this text has credited would count."
    away = only(a_rule(share="own presentation"), attended(present=(), own=(span(0, 9),)))
    assert away.needed == "You would have to be there."


def test_parts_that_lack_are_named_in_order() -> None:
    facts = attended(series=Series(parts=9, attended=frozenset(range(1, 10)) - {1, 8}))
    found = only(a_rule(attendance={"all_parts_of_series": True}), facts)
    assert found.needed == "You would have to attend part 1, 8 as well."


def test_a_version_that_does_not_speak_about_the_day_says_when_it_does() -> None:
    found = only(
        a_rule(clause="§ 7"), effective_from=date(2027, 1, 1), effective_until=date(2028, 1, 1)
    )
    assert found.clause == "§ 1", "of the text, not of the rule"
    assert found.needed == (
        "A meeting that it speaks about lies on a day from 2027-01-01 until 2028-01-01."
    )
    assert found.values == {"from": "2027-01-01", "until": "2028-01-01"}
    over = only(a_rule(), effective_until=date(2025, 1, 1))
    assert over.needed == "A meeting that it speaks about lies on a day until 2025-01-01."
    assert over.values == {"from": "", "until": "2025-01-01"}
    to_come = only(a_rule(), effective_from=date(2027, 1, 1))
    assert to_come.needed == "A meeting that it speaks about lies on a day from 2027-01-01."
    assert to_come.values == {"from": "2027-01-01", "until": ""}


def test_a_licence_is_named_with_whose_it_is() -> None:
    found = only(a_rule(needs={"licence": True}), licence_held=False)
    assert found.needed == "You would have to hold a licence that House is about on that day."


def test_every_obstacle_that_the_engine_knows_has_a_remedy() -> None:
    text = "".join(Path(str(each.__file__)).read_text() for each in (conditions, counting))
    said = set(re.findall(r'Missing\(\s*"([a-z_.]+)"', text))
    unknown = set(re.findall(r'not_determined\(\s*f?"([a-z_.]+)"', text))
    facts = set(re.findall(r'_fact\(\s*"([a-z_.]+)"', text))
    expected = said | {f"{each}.not_determined" for each in unknown | facts}
    expected |= {f"{each}.missing" for each in facts}
    known = {*remedies._OF_TEXT, *remedies._OF_RULE, "rule.not_in_force"}
    assert len(expected) > 30
    assert expected - known == set()
