"""Conditions: each is met, not met, or not determined, and says so in one sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.meetings.presence import EvidenceStrength
from domain.rules.approvers import names_any
from domain.rules.facts import Attendance, Person, Series
from domain.values import Interval, Modality
from tests.domain.rules.made import COUNSELOR, PSYCHOLOGIST, STRANGER, a_rule, attended, judged
from tests.support.builders import MONDAY, at, span

SUPERVISOR = Person(professions=frozenset({"counseling"}), supervisor=True)
PERHAPS = Person(professions=frozenset({"counseling"}), supervisor=None)
BOTH = Person(professions=frozenset({"counseling", "psychology"}))


def missing(rule: dict[str, Any], facts: Attendance, **changes: Any) -> list[tuple[str, str]]:
    judgement = judged(rule, facts, **changes)
    assert judgement.may_be_credited is (not judgement.missing)
    return [(each.code, each.sentence) for each in judgement.missing]


def not_determined(subject: str, because: str) -> list[tuple[str, str]]:
    return [(f"{subject}.not_determined", f"Not determined, because {because}.")]


# The text and the day


@pytest.mark.parametrize(
    ("begins", "ends", "found"),
    [
        (None, None, False),
        (MONDAY, MONDAY, False),
        (MONDAY + timedelta(days=1), None, True),
        (None, MONDAY - timedelta(days=1), True),
    ],
)
def test_a_version_speaks_about_its_days_only(
    begins: date | None, ends: date | None, *, found: bool
) -> None:
    said = missing(a_rule(), attended(), effective_from=begins, effective_until=ends)
    expected = [("rule.not_in_force", "This version of House was not in force then.")]
    assert said == (expected if found else [])


def test_the_day_is_the_local_one() -> None:
    assert attended(scheduled=span(360, 450), zone="UTC").day.isoformat() == "2026-03-03"
    assert attended(scheduled=span(360, 450), zone="America/New_York").day.isoformat() == (
        "2026-03-02"
    )


# Minutes and the whole meeting


def test_no_minutes_are_nothing() -> None:
    expected = [("minutes.none", "No minutes are left to credit under this rule.")]
    assert missing(a_rule(attendance={"minimum_minutes": 5}), attended(span(0, 0.9))) == expected


def test_a_shortest_presence() -> None:
    rule = a_rule(attendance={"minimum_minutes": 50})
    assert missing(rule, attended(span(0, 50))) == []
    assert missing(rule, attended(span(0, 49.9))) == [
        ("minutes.too_few", "This rule counts from 50 minutes on; you have 49.")
    ]
    assert [code for code, _ in missing(rule, attended(span(0, 1)))] == ["minutes.too_few"]


def test_a_shortest_meeting() -> None:
    rule = a_rule(attendance={"minimum_meeting_minutes": 60})
    hour = attended(span(0, 50), scheduled=span(0, 60))
    assert missing(rule, hour) == []
    assert missing(rule, attended(span(0, 50), scheduled=span(0, 59))) == [
        ("meeting.too_short", "This rule counts meetings from 60 minutes on; this one had 59.")
    ]


@pytest.mark.parametrize(
    ("present", "found"),
    [
        ([span(0, 90)], []),
        ([span(15, 75)], []),
        ([span(0, 40), span(50, 90)], []),
        ([span(15, 40), span(50, 75)], []),
        (
            [span(15.5, 90)],
            [("attendance.ends", "you missed 16 minutes at one end, and 15 are tolerated")],
        ),
        (
            [span(0, 74.5)],
            [("attendance.ends", "you missed 16 minutes at one end, and 15 are tolerated")],
        ),
        (
            [span(0, 40), span(50.5, 90)],
            [("attendance.absence", "you missed 11 minutes in between, and 10 are tolerated")],
        ),
        (
            [span(0, 20), span(28, 40), span(52, 90)],
            [("attendance.absence", "you missed 12 minutes in between, and 10 are tolerated")],
        ),
        ([span(0, 1), span(15, 90)], []),
        ([span(0, 75), span(89, 90)], []),
        (
            [span(0, 1), span(16, 90)],
            [("attendance.absence", "you missed 15 minutes in between, and 10 are tolerated")],
        ),
        (
            [span(0, 74), span(89, 90)],
            [("attendance.absence", "you missed 15 minutes in between, and 10 are tolerated")],
        ),
        (
            [span(16, 40), span(60, 90)],
            [
                ("attendance.ends", "you missed 16 minutes at one end, and 15 are tolerated"),
                ("attendance.absence", "you missed 20 minutes in between, and 10 are tolerated"),
            ],
        ),
    ],
)
def test_of_a_whole_meeting_so_much_may_be_missed(
    present: list[Interval], found: list[tuple[str, str]]
) -> None:
    tolerated = {"whole": True, "late_or_early_minutes": 15, "absence_minutes": 10}
    said = missing(a_rule(attendance=tolerated), attended(*present))
    assert said == [(code, f"The whole meeting is wanted: {why}.") for code, why in found]


def test_one_minute_is_tolerated_and_two_are() -> None:
    rule = a_rule(attendance={"whole": True, "late_or_early_minutes": 1, "absence_minutes": 2})
    assert [said for _, said in missing(rule, attended(span(2, 40), span(43, 90)))] == [
        "The whole meeting is wanted: you missed 2 minutes at one end, and 1 is tolerated.",
        "The whole meeting is wanted: you missed 3 minutes in between, and 2 are tolerated.",
    ]


def test_stays_that_overlap_or_touch_or_come_unsorted_leave_no_gap() -> None:
    rule = a_rule(attendance={"whole": True, "late_or_early_minutes": 0, "absence_minutes": 0})
    assert missing(rule, attended(span(50, 90), span(0, 50), span(10, 20))) == []


def test_what_is_tolerated_may_be_unknown() -> None:
    rule = a_rule(attendance={"whole": True})
    why = "the whole meeting is wanted, you missed {}, and the text does not say what is tolerated"
    assert missing(rule, attended(span(0, 90))) == []
    assert missing(rule, attended(span(0.1, 90))) == not_determined(
        "attendance.ends", why.format("1 minute at one end")
    )
    assert missing(rule, attended(span(0, 40), span(42, 90))) == not_determined(
        "attendance.absence", why.format("2 minutes in between")
    )


def test_without_a_known_tolerance_at_the_ends_every_absence_is_one_in_between() -> None:
    rule = a_rule(attendance={"whole": True, "absence_minutes": 0})
    assert missing(rule, attended(span(0, 0.5), span(1, 90))) == [
        (
            "attendance.absence",
            "The whole meeting is wanted: you missed 1 minute in between, and 0 are tolerated.",
        )
    ]


def test_who_was_not_there_at_all_is_told_so_once() -> None:
    rule = a_rule(attendance={"whole": True})
    assert [code for code, _ in missing(rule, attended(present=()))] == ["minutes.none"]


def test_all_parts_of_a_series() -> None:
    rule = a_rule(attendance={"all_parts_of_series": True})
    for attended_parts, lacking in (({1, 2, 3}, 0), ({1, 3}, 1), ({3, 4, 9}, 2)):
        series = Series(parts=3, attended=frozenset(attended_parts))
        said = f"All 3 parts of this series are wanted; you lack {lacking}."
        expected = [("series.incomplete", said)] if lacking else []
        assert missing(rule, attended(series=series)) == expected
        assert missing(a_rule(), attended(series=series)) == []
    assert missing(rule, attended()) == []


# People


@pytest.mark.parametrize(
    ("others", "found"),
    [
        (1, [("group.too_small", "This rule wants 3 people present; there were 2.")]),
        (2, []),
        (5, []),
        (6, [("group.too_large", "This rule allows 6 people present; there were 7.")]),
    ],
)
def test_a_group_has_the_size_a_rule_wants(others: int, found: list[tuple[str, str]]) -> None:
    rule = a_rule(group={"min": 3, "max": 6})
    assert missing(rule, attended(others=(COUNSELOR,) * others)) == found


ALONE = [("group.alone", "Nobody else was there, and an hour alone is no group's hour.")]


def test_an_hour_alone_is_no_groups_hour() -> None:
    for rule in (a_rule(), a_rule(counts="meetings"), a_rule(credit_kind="sponsored")):
        assert missing(rule, attended(others=())) == ALONE
        assert missing(rule, attended(others=(STRANGER,))) == []
        assert missing(rule, attended(others=(Person(leads=True),))) == []
        assert missing(rule, attended(others=None)) == [], "nobody knows that they were alone"
    (found,) = judged(a_rule(group={"max": 6}), attended(others=())).missing
    assert (found.clause, found.needed, found.values) == (
        "Peerhour's own principle, docs/rules.md",
        "Somebody else would have to be there.",
        {"min": "2"},
    )


def test_a_text_with_a_figure_of_its_own_decides_about_an_hour_alone() -> None:
    assert missing(a_rule(group={"min": 1}), attended(others=())) == []
    (found,) = missing(a_rule(group={"min": 3}), attended(others=()))
    assert found[0] == "group.too_small"
    (found,) = missing(a_rule(group={"others_min": 2}), attended(others=()))
    assert found[0] == "group.others_too_few"


def test_whether_a_leader_counts_is_up_to_the_rule() -> None:
    facts = attended(others=(COUNSELOR, Person(leads=True)))
    small = [("group.too_small", "This rule wants 3 people present; there were 2.")]
    assert missing(a_rule(group={"min": 3}), facts) == []
    assert missing(a_rule(group={"min": 3, "leader_counts": False}), facts) == small


@pytest.mark.parametrize(
    "group",
    [{"min": 1}, {"max": 9}, {"others_min": 1}, {"same_profession": True}, {"supervisor": True}],
)
def test_a_wish_about_people_is_not_determined_where_nobody_knows_who_was_there(
    group: dict[str, Any],
) -> None:
    expected = not_determined("group", "nobody knows who was present")
    assert missing(a_rule(group=group), attended(others=None)) == expected
    assert missing(a_rule(), attended(others=None)) == []


UNKNOWN_LICENCES = not_determined("group.professions", "not everybody's licence is known")


@pytest.mark.parametrize(
    ("me", "others", "found"),
    [
        (COUNSELOR, (COUNSELOR, COUNSELOR), []),
        (COUNSELOR, (BOTH,), []),
        (
            COUNSELOR,
            (COUNSELOR, PSYCHOLOGIST, STRANGER),
            [
                (
                    "group.other_professions",
                    "Everybody must be of your profession; 1 was of another.",
                )
            ],
        ),
        (COUNSELOR, (COUNSELOR, STRANGER), UNKNOWN_LICENCES),
        (STRANGER, (COUNSELOR,), UNKNOWN_LICENCES),
    ],
)
def test_everybody_is_of_ones_own_profession(
    me: Person, others: tuple[Person, ...], found: list[tuple[str, str]]
) -> None:
    rule = a_rule(group={"same_profession": True})
    assert missing(rule, attended(me=me, others=others)) == found
    assert missing(a_rule(), attended(me=me, others=others)) == []


def test_the_profession_that_all_share_is_one_that_the_text_is_about() -> None:
    rule = a_rule(group={"same_profession": True})
    text = {"professions": ["psychology"]}
    among_counselors = attended(me=BOTH, others=(COUNSELOR, COUNSELOR))
    assert missing(rule, among_counselors, **text) == [
        (
            "group.other_professions",
            "Everybody must be of your profession; 2 were of another.",
        )
    ]
    assert missing(rule, attended(me=BOTH, others=(PSYCHOLOGIST, BOTH)), **text) == []


@pytest.mark.parametrize(
    ("professions", "others", "found"),
    [
        ([], (COUNSELOR, PSYCHOLOGIST), []),
        ([], (COUNSELOR, STRANGER), UNKNOWN_LICENCES),
        (
            [],
            (COUNSELOR,),
            [
                (
                    "group.others_too_few",
                    "This rule wants 2 other professionals; there was 1.",
                )
            ],
        ),
        (["psychology", "mft"], (BOTH, PSYCHOLOGIST), []),
        (["psychology"], (COUNSELOR, PSYCHOLOGIST, STRANGER), UNKNOWN_LICENCES),
        (
            ["psychology"],
            (COUNSELOR, COUNSELOR, STRANGER),
            [
                (
                    "group.others_too_few",
                    "This rule wants 2 other professionals; there were 0.",
                )
            ],
        ),
    ],
)
def test_so_many_others_of_these_professions(
    professions: list[str], others: tuple[Person, ...], found: list[tuple[str, str]]
) -> None:
    rule = a_rule(group={"others_min": 2, "others_professions": professions})
    assert missing(rule, attended(me=PSYCHOLOGIST, others=others)) == found


@pytest.mark.parametrize(
    ("me", "others", "found"),
    [
        (COUNSELOR, (COUNSELOR, SUPERVISOR), []),
        (SUPERVISOR, (COUNSELOR,), []),
        (
            COUNSELOR,
            (COUNSELOR,),
            [("group.supervisor", "Somebody present must be a clinical supervisor.")],
        ),
        (
            COUNSELOR,
            (COUNSELOR, PERHAPS),
            not_determined("group.supervisor", "nobody recorded who is a clinical supervisor"),
        ),
        (PERHAPS, (COUNSELOR, SUPERVISOR), []),
    ],
)
def test_a_clinical_supervisor_is_there(
    me: Person, others: tuple[Person, ...], found: list[tuple[str, str]]
) -> None:
    rule = a_rule(group={"supervisor": True})
    assert missing(rule, attended(me=me, others=others)) == found


@pytest.mark.parametrize(
    ("wanted", "was", "found"),
    [
        (True, True, []),
        (True, False, [("group.facilitated", "This category wants a facilitator.")]),
        (False, False, []),
        (
            False,
            True,
            [("group.facilitated", "This category is for groups without a facilitator.")],
        ),
        (
            True,
            None,
            not_determined("group.facilitated", "nobody recorded who led the meeting"),
        ),
        (
            False,
            None,
            not_determined("group.facilitated", "nobody recorded who led the meeting"),
        ),
    ],
)
def test_a_group_is_facilitated_or_not(
    *, wanted: bool, was: bool | None, found: list[tuple[str, str]]
) -> None:
    rule = a_rule(group={"facilitated": wanted})
    assert missing(rule, attended(facilitated=was, others=None)) == found
    assert missing(a_rule(), attended(facilitated=was)) == []


# Needs


@pytest.mark.parametrize(
    ("needs", "fact", "subject", "wanted"),
    [
        ({"check_out": True}, "checked_out", "check_out", "your check-out"),
        ({"evaluation": True}, "evaluated", "evaluation", "your evaluation of the meeting"),
        (
            {"evaluation_within_hours": 10_000},
            "evaluated",
            "evaluation",
            "your evaluation of the meeting",
        ),
        ({"post_test": "always"}, "post_test_passed", "post_test", "a passed test"),
    ],
)
def test_a_need_is_met_missing_or_not_determined(
    needs: dict[str, Any], fact: str, subject: str, wanted: str
) -> None:
    rule, known = a_rule(needs=needs), {"evaluated_at": at(95)}
    assert missing(rule, attended(**known | {fact: True})) == []
    assert missing(rule, attended(**known | {fact: False})) == [
        (f"{subject}.missing", f"This rule needs {wanted}.")
    ]
    assert missing(rule, attended(**known | {fact: None})) == not_determined(
        subject, f"{wanted} is not known"
    )
    assert missing(a_rule(), attended(**{fact: False})) == []


def test_a_licence_is_held_missing_or_not_known() -> None:
    rule, wanted = a_rule(needs={"licence": True}), "a licence of this kind on that day"
    assert missing(rule, attended(), licence_held=True) == []
    assert missing(rule, attended(), licence_held=False) == [
        ("licence.missing", f"This rule needs {wanted}.")
    ]
    assert missing(rule, attended(), licence_held=None) == not_determined(
        "licence", f"{wanted} is not known"
    )
    assert missing(a_rule(), attended(), licence_held=False) == []


def test_an_evaluation_comes_in_time() -> None:
    rule = a_rule(needs={"evaluation_within_hours": 96})
    due = at(90) + timedelta(hours=96)
    late = [("evaluation.late", "The evaluation was due 96 hours after the end.")]
    assert missing(rule, attended(evaluated=True, evaluated_at=due)) == []
    for evaluated, code in ((False, "evaluation.missing"), (None, "evaluation.not_determined")):
        assert [each for each, _ in missing(rule, attended(evaluated=evaluated))] == [code]
    too_late = attended(evaluated=True, evaluated_at=due + timedelta(seconds=1))
    assert missing(rule, too_late) == late
    assert missing(a_rule(needs={"evaluation": True}), too_late) == []
    assert missing(rule, attended(evaluated=True)) == not_determined(
        "evaluation.time", "nobody recorded when you evaluated it"
    )


@pytest.mark.parametrize(
    ("interactive", "passed", "code"),
    [
        (True, None, None),
        (True, False, None),
        (False, True, None),
        (False, False, "post_test.missing"),
        (False, None, "post_test.not_determined"),
        (None, True, None),
        (None, False, "post_test.not_determined"),
        (None, None, "post_test.not_determined"),
    ],
)
def test_a_test_is_wanted_where_people_cannot_interact(
    *, interactive: bool | None, passed: bool | None, code: str | None
) -> None:
    rule = a_rule(needs={"post_test": "where not interactive"})
    said = missing(rule, attended(interactive=interactive, post_test_passed=passed))
    assert [each for each, _ in said] == ([code] if code else [])
    if interactive is None and not passed:
        why = "nobody recorded whether people could interact"
        assert said == not_determined("post_test", why)


def test_a_way_of_taking_part() -> None:
    rule = a_rule(needs={"modalities": ["in_room", "phone"]})
    assert missing(rule, attended(modality=Modality.PHONE)) == []
    assert missing(rule, attended(modality=Modality.LIVE_VIDEO)) == [
        ("modality.other", "You must take part in the room or by phone; you did by live video.")
    ]
    assert missing(rule, attended(modality=None)) == not_determined(
        "modality", "nobody recorded how you took part"
    )
    assert missing(a_rule(), attended(modality=None)) == []


def test_a_topic() -> None:
    rule = a_rule(needs={"topics": ["ethics", "law"]})
    assert missing(rule, attended(topics=("sleep", "law"))) == []
    assert missing(rule, attended(topics=("sleep",))) == [
        ("topic.other", "The topic must be one of: ethics, law.")
    ]


def test_a_provider_vouches() -> None:
    rule = a_rule(needs={"approved_provider": True})
    wanted = "a provider approved for that day and way of meeting"
    assert missing(rule, attended(approved_by=("Anybody",))) == []
    assert missing(rule, attended(approved_by=())) == [
        ("provider_approval.missing", f"This rule needs {wanted}.")
    ]
    assert missing(rule, attended(approved_by=None)) == not_determined(
        "provider_approval", f"{wanted} is not known"
    )
    assert missing(a_rule(), attended(approved_by=())) == []


def test_a_provider_is_approved_by_one_of_these_bodies() -> None:
    rule = a_rule(needs={"approved_provider": True, "approved_by": ["ASWB", "nbcc"]})
    assert missing(rule, attended(approved_by=("Rotary", "The aswb (ACE)"))) == []
    assert missing(rule, attended(approved_by=("NBCC",))) == []
    assert missing(rule, attended(approved_by=("Rotary",))) == [
        (
            "provider_approval.other_body",
            "The provider must be approved by ASWB or nbcc; it is approved by others.",
        )
    ]
    assert [code for code, _ in missing(rule, attended(approved_by=()))] == [
        "provider_approval.missing"
    ]


def test_whose_approval_is_taken_may_be_unknown_in_part() -> None:
    rule = a_rule(
        needs={"approved_provider": True, "approved_by": ["APA"], "approved_by_unknown": True}
    )
    assert missing(rule, attended(approved_by=("APA",))) == []
    assert missing(rule, attended(approved_by=("Rotary",))) == not_determined(
        "provider_approval.body", "it was not read whose approval is taken besides that of APA"
    )
    nobody = a_rule(needs={"approved_provider": True, "approved_by_unknown": True})
    assert missing(nobody, attended(approved_by=("APA",))) == not_determined(
        "provider_approval.body", "the text read does not say whose approval is taken"
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("APA", True),
        ("apa, sponsor", True),
        ("APA-accredited", True),
        ("the-APA", False),
        ("CAPA", False),
        ("APAC", False),
        ("American Psychological  Association", True),
        ("American Psychological Associations", False),
    ],
)
def test_a_body_is_named_by_whole_words(body: str, *, found: bool) -> None:
    assert names_any([body], ["APA", "American psychological association"]) is found
    assert names_any(["Rotary", body], ["x", "APA", "American psychological association"]) is found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Australian Psychotherapy Association (APA)", False),
        ("APA (Australian Psychotherapy Association)", False),
        ("American Psychological Association (APA)", True),
        ("APA [American Psychological Association]", True),
        ("APA", True),
        ("(APA)", True),
        ("APA Office of Continuing Education", True),
        ("Ohio APA", False),
        ("Office of the American Psychological Association", True),
        ("", False),
    ],
)
def test_beside_a_name_in_full_an_abbreviation_says_nothing(body: str, *, found: bool) -> None:
    assert names_any([body], ["APA", "American Psychological Association"]) is found


@pytest.mark.parametrize(
    "body",
    [
        "Board of Lamps: not approved yet",
        "Board of Lamps (pending)",
        "Board of Lamps, applied for in May",
        "Withdrawn: Board of Lamps",
    ],
)
def test_a_body_that_is_said_not_to_approve_is_none(body: str) -> None:
    for wanted in (["Board of Lamps"], ["Lamps"]):
        assert not names_any([body], wanted)
        assert names_any([body, "Board of Lamps, number 1234"], wanted)


def test_a_body_is_recognised_by_names_that_nobody_reads() -> None:
    names = {"approved_by": ["LLC"], "approved_by_spelled": ["League of Lamps and Candles"]}
    rule = a_rule(needs={"approved_provider": True} | names)
    for body in ("LLC", "League of Lamps and Candles", "LLC (League of Lamps and Candles)"):
        assert missing(rule, attended(approved_by=(body,))) == []
    for body in ("Rotary", "Lovers of Longer Candles (LLC)"):
        assert missing(rule, attended(approved_by=(body,))) == [
            (
                "provider_approval.other_body",
                "The provider must be approved by LLC; it is approved by others.",
            )
        ]


def test_where_a_text_names_abbreviations_only_one_will_do() -> None:
    for body in ("Association of Social Work Boards (ASWB)", "ASWB ACE", "The ASWB"):
        assert names_any([body], ["ASWB"])
    assert not names_any(["ASWBX"], ["ASWB"])
    assert not names_any(["ASWB"], [])


def test_evidence_is_strong_enough() -> None:
    rule = a_rule(needs={"strength": "moderate"})
    assert missing(rule, attended(strength=EvidenceStrength.MODERATE)) == []
    assert missing(rule, attended(strength=EvidenceStrength.WEAK)) == [
        ("evidence.too_weak", "This rule wants moderate evidence; yours is weak.")
    ]
    assert missing(a_rule(), attended(strength=EvidenceStrength.NONE)) == []


def test_everything_that_stands_in_the_way_is_named_at_once() -> None:
    rule = a_rule(group={"min": 9}, needs={"check_out": True, "topics": ["ethics"]})
    codes = [code for code, _ in missing(rule, attended(checked_out=False))]
    assert codes == ["group.too_small", "topic.other", "check_out.missing"]


@given(st.lists(st.sampled_from([COUNSELOR, PSYCHOLOGIST, STRANGER, SUPERVISOR]), max_size=6))
def test_the_order_of_the_people_does_not_matter(others: list[Person]) -> None:
    group = {"same_profession": True, "others_min": 2, "supervisor": True, "min": 3, "max": 5}
    rule = a_rule(group=group)
    answers = [
        missing(rule, attended(others=tuple(each))) for each in (others, sorted(others, key=repr))
    ]
    assert answers[0] == answers[1]
