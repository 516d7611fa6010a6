"""Worked cases: a pack's own examples, the standard meeting they start from, and their failures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.checking import Failure, account_of, attendance_of, failures, judged
from domain.rules.facts import Attendance, Person, Series
from domain.rules.parse import PackFault
from domain.rules.worked_cases import Case
from domain.values import Interval, Modality
from tests.domain.rules.made import a_pack, a_rule, these, with_cycle
from tests.support.builders import at, span

PACK = a_pack(a_rule(needs={"licence": True}), professions=["psychology", "mft"])
ME = frozenset({"psychology"})


def by_video(**changes: Any) -> Person:
    return Person(modality=Modality.LIVE_VIDEO, **changes)


def facts(**case: Any) -> Attendance:
    return attendance_of(PACK, Case(says="so", **case))


def failing(*rules: dict[str, Any], **case: Any) -> list[tuple[str, str]]:
    pack = with_cycle(
        *rules, case=[{"says": "right", "gives": {"hours": 1.38}}, {"says": "so"} | case]
    )
    found = list(failures(pack))
    assert {(each.case, each.says) for each in found} <= {(1, "so")}
    return [(each.expected, each.found) for each in found]


# The standard meeting, and what a case changes


def test_the_standard_meeting() -> None:
    assert facts() == Attendance(
        meeting="case",
        title="A meeting",
        scheduled=span(0, 90),
        present=(span(0, 83),),
        strength=EvidenceStrength.STRONG,
        modality=Modality.LIVE_VIDEO,
        own=(span(0, 20),),
        me=by_video(professions=ME),
        others=(by_video(professions=ME),) * 5,
        facilitated=False,
        approved_by=("an approving body",),
        checked_out=True,
        evaluated=True,
        evaluated_at=at(150),
        interactive=True,
    )


@pytest.mark.parametrize(
    ("case", "key", "value"),
    [
        ({"meeting_minutes": 60}, "scheduled", span(0, 60)),
        ({"meeting_minutes": 60}, "present", (span(0, 60),)),
        ({"minutes": 0}, "present", ()),
        ({"minutes": 0}, "own", ()),
        ({"minutes": 40, "late_minutes": 5}, "present", (span(5, 45),)),
        ({"minutes": 40, "late_minutes": 5}, "own", (span(5, 25),)),
        ({"minutes": 41, "absent_minutes": 7}, "present", (span(0, 20), span(27, 48))),
        ({"own_minutes": 0}, "own", ()),
        ({"minutes": 41, "absent_minutes": 7}, "own", (span(0, 20),)),
        ({"own_known": False}, "own", None),
        ({"people": 0}, "others", None),
        ({"people": 1}, "others", ()),
        ({"evaluated": False}, "evaluated_at", None),
        ({"evaluated": None}, "evaluated_at", None),
        ({"evaluated_after_hours": 3}, "evaluated_at", at(270)),
        ({"profession": "mft"}, "me", by_video(professions=frozenset({"mft"}))),
        (
            {"series_parts": 3, "series_attended": 2},
            "series",
            Series(parts=3, attended=frozenset({1, 2})),
        ),
        ({"series_attended": 2}, "series", None),
        ({}, "syllabus_first", None),
        ({"syllabus_first": True}, "syllabus_first", True),
        ({"approved_by": ()}, "approved_by", ()),
        ({"title": "Ethics"}, "title", "Ethics"),
        ({"topics": ("sleep",)}, "topics", ("sleep",)),
        ({"interactive": None}, "interactive", None),
        ({"post_test": True}, "post_test_passed", True),
        ({"instruction_minutes": 7}, "instruction_minutes", 7),
        ({"check_out": False}, "checked_out", False),
        ({"facilitated": None}, "facilitated", None),
        ({"modality": None}, "modality", None),
        ({"strength": EvidenceStrength.WEAK}, "strength", EvidenceStrength.WEAK),
    ],
)
def test_a_case_changes_what_it_names(case: dict[str, Any], key: str, value: object) -> None:
    assert getattr(facts(**case), key) == value


def test_the_people_of_a_case() -> None:
    mft = frozenset({"mft"})
    assert facts(people=4, others=("mft", "")).others == (
        by_video(professions=mft),
        by_video(),
        by_video(professions=ME),
    )
    assert facts(people=2, others=("mft", "mft", "mft")).others == (by_video(professions=mft),)
    with_one = facts(people=3, supervisor=True)
    assert with_one.me == by_video(professions=ME, supervisor=False)
    assert [each.supervisor for each in with_one.others or ()] == [True, False]
    without = facts(people=3, supervisor=False)
    assert [each.supervisor for each in without.others or ()] == [False, False]
    led = facts(people=3, facilitated=True)
    assert [each.leads for each in led.others or ()] == [False, True]
    apart = facts(people=4, modality=Modality.IN_ROOM, elsewhere=(Modality.PHONE,))
    ways = [each.modality for each in apart.people or ()]
    assert ways == [Modality.IN_ROOM, Modality.PHONE, Modality.IN_ROOM, Modality.IN_ROOM]


def test_a_pack_about_everybody_is_tried_with_a_counselor() -> None:
    found = attendance_of(a_pack(), Case(says="so"))
    assert found.me.professions == {"counseling"}


def test_the_provider_of_a_case_is_approved_by_all_that_the_rules_name() -> None:
    rules = [
        a_rule(id=f"r{n}", needs={"approved_provider": True, "approved_by": named})
        for n, named in enumerate((["ASWB"], ["NBCC", "ASWB"]))
    ]
    assert attendance_of(a_pack(*rules), Case(says="so")).approved_by == ("ASWB", "NBCC")


@pytest.mark.parametrize(
    ("begins", "day", "expected"),
    [
        (None, "", date(2026, 3, 2)),
        (date(2020, 1, 1), "", date(2026, 3, 2)),
        (date(2026, 7, 1), "", date(2026, 7, 1)),
        (date(2026, 7, 1), "2024-02-29", date(2024, 2, 29)),
    ],
)
def test_the_day_of_a_case(begins: date | None, day: str, expected: date) -> None:
    pack = a_pack(effective_from=begins)
    assert attendance_of(pack, Case(says="so", day=day)).day == expected


def test_a_licence_is_held_unless_a_case_says_otherwise() -> None:
    for licence, codes in (
        (True, []),
        (False, ["licence.missing"]),
        (None, ["licence.not_determined"]),
    ):
        (found,) = judged(PACK, Case(says="so", licence=licence))
        assert [each.code for each in found.missing] == codes


# Accounts


def test_the_past_of_a_case_becomes_entries() -> None:
    pack = with_cycle(cycle={"months": 24})
    past = [
        {
            "amount": 2,
            "rule": "hours",
            "times": 2,
            "after_days": 10,
            "topics": ["ethics"],
            "modality": "in_room",
            "title": "Part {n}",
        },
        {"amount": 1, "category": "Books", "live": False},
    ]
    text = with_cycle(cycle={"months": 24}, case=[{"says": "so", "past": past, "counted": 5}])
    found = account_of(pack, text.cases[0])
    assert (found.window.from_day, found.window.until_day, found.window.first_months) == (
        date(2026, 3, 2),
        date(2028, 3, 1),
        None,
    )
    book, first, second = (row.entry for row in found.rows)
    assert these(book.key, book.day, book.amount) == ("1-0", date(2026, 3, 2), 1)
    assert (book.category, book.live, book.elsewhere, book.credit_kind) == (
        "Books",
        False,
        True,
        None,
    )
    assert book.title == "Meeting 1"
    assert [first.key, second.key] == ["0-0", "0-1"]
    assert [first.title, second.title] == ["Part 1", "Part 2"]
    assert (first.day, second.day) == (date(2026, 3, 12), date(2026, 3, 19))
    assert (first.rule, first.live, first.elsewhere) == ("hours", True, False)
    assert (first.credit_kind, first.modality) == (CreditKind.CLAIMED, Modality.IN_ROOM)
    assert first.topics == ("ethics",)


@pytest.mark.parametrize(
    ("cycle", "first", "days"),
    [({"months": 6}, None, 184), ({"months": None}, None, 365), ({"months": 24}, 3, 92)],
)
def test_the_cycle_of_a_case(cycle: dict[str, Any], first: int | None, days: int) -> None:
    past = [{"amount": 1}]
    pack = with_cycle(
        cycle=cycle,
        case=[{"says": "so", "past": past, "counted": 1, "first_cycle_months": first}],
    )
    window = account_of(pack, pack.cases[0]).window
    assert window.until_day - window.from_day == timedelta(days=days - 1)
    assert window.first_months == first


# Failures


def test_a_pack_whose_examples_come_out_has_no_failures() -> None:
    assert failing(gives={"hours": Decimal("1.38")}) == []
    assert list(failures(a_pack())) == []


def test_an_amount_that_does_not_come_out_is_named() -> None:
    assert failing(gives={"hours": Decimal("1.4")}) == [("hours gives 1.4", "1.38")]
    assert failing() == [("hours gives 0", "1.38")]
    pack = a_pack(case=[{"says": "so", "gives": {"hours": 1}}])
    assert list(failures(pack)) == [Failure(0, "so", "hours gives 1", "1.38")]


def test_what_is_missing_is_named_beside_the_amount() -> None:
    rule = a_rule(group={"min": 9}, needs={"topics": ["ethics"]})
    pack = a_pack(rule, case=[{"says": "so", "gives": {"hours": 1}}])
    assert [each.found for each in failures(pack)] == ["0 (group.too_small, topic.other)"]


def test_codes_of_what_is_missing_are_compared_in_any_order_where_a_case_names_them() -> None:
    rule = a_rule(group={"min": 9}, needs={"topics": ["ethics"]})

    def found(*codes: str) -> list[tuple[str, str]]:
        pack = a_pack(rule, case=[{"says": "so", "missing": {"hours": list(codes)}}])
        return [(each.expected, each.found) for each in failures(pack)]

    assert found("topic.other", "group.too_small") == []
    assert found("topic.other") == [("hours misses topic.other", "group.too_small, topic.other")]
    assert failing(gives={"hours": Decimal("1.38")}, missing={"hours": ["x.y", "z"]}) == [
        ("hours misses x.y, z", "")
    ]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"counted": 2, "cut": 1, "required": 9, "short": ["Ethics"]}, []),
        ({"counted": 3}, [("counted is 3", "2")]),
        ({"cut": 0}, [("cut is 0", "1")]),
        ({"required": 8}, [("required is 8", "9")]),
        ({"short": []}, [("short of nothing", "Ethics")]),
        ({"carries_over": 0, "counted": 2}, []),
        ({"carries_over": 1}, [("carries_over is 1", "0")]),
        ({"short": ["Law", "Ethics"]}, [("short of Law, Ethics", "Ethics")]),
        (
            {"counted": 1, "short": []},
            [("counted is 1", "2"), ("short of nothing", "Ethics")],
        ),
    ],
)
def test_an_account_that_does_not_come_out_is_named(
    case: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    pack = with_cycle(
        cycle={"required": 9, "carry_over": 3},
        cap=[{"name": "Peers", "at_most": 2}],
        floor=[
            {"name": "Ethics", "at_least": 1, "of": {"topics": ["ethics"]}},
            {"name": "Any", "at_least": 1},
        ],
        case=[{"says": "so", "past": [{"rule": "hours", "amount": 3}]} | case],
    )
    assert [(each.expected, each.found) for each in failures(pack)] == expected


def test_what_is_required_may_be_unknown_and_a_case_that_wants_it_fails() -> None:
    pack = with_cycle(case=[{"says": "so", "past": [{"amount": 3}], "required": 3}])
    assert [(each.expected, each.found) for each in failures(pack)] == [
        ("required is 3", "unknown")
    ]


@pytest.mark.parametrize(
    ("wanted", "categories", "said", "found"),
    [
        (2, ["Books"], 1, []),
        (2, ["Books"], 0, [("categories_short is 0", "1")]),
        (2, ["Books", "Groups"], 0, []),
        (1, ["Books", "Groups"], 0, []),
        (None, ["Books"], 1, [("categories_short is 1", "unknown")]),
    ],
)
def test_a_case_says_how_many_categories_are_still_wanted(
    wanted: int | None, categories: list[str], said: int, found: list[tuple[str, str]]
) -> None:
    past = [{"amount": 1, "category": each} for each in categories]
    case = [{"says": "so", "past": past, "categories_short": said}]
    cycle = {} if wanted is None else {"distinct_categories": wanted}
    told = failures(with_cycle(cycle=cycle, case=case))
    assert [(each.expected, each.found) for each in told] == found


def test_floors_that_are_short_are_named_in_order() -> None:
    floors = [{"name": name, "at_least": 1, "of": {"topics": ["ethics"]}} for name in "FBEADC"]
    past = [{"rule": "hours", "amount": 3}]
    pack = with_cycle(floor=floors, case=[{"says": "so", "past": past, "short": []}])
    assert [each.found for each in failures(pack)] == ["A, B, C, D, E, F"]


def test_what_it_would_come_to_is_compared_where_something_is_missing() -> None:
    rule = a_rule(group={"min": 9})

    def found(**would: str) -> list[tuple[str, str]]:
        would_give = {key: Decimal(value) for key, value in would.items()}
        pack = a_pack(rule, case=[{"says": "so", "would_give": would_give}])
        return [(each.expected, each.found) for each in failures(pack)]

    assert found(hours="1.38") == []
    assert found(hours="1.5") == [("hours would give 1.5", "1.38")]
    with pytest.raises(PackFault, match=r"case\[0\]\.would_give: The pack has no rule other\."):
        found(other="1")


def test_credit_of_the_past_may_be_said_not_to_be_live() -> None:
    past = [{"rule": "hours", "amount": 1, "live": False}]
    pack = with_cycle(case=[{"says": "so", "past": past, "counted": 1}])
    assert [row.entry.live for row in account_of(pack, pack.cases[0]).rows] == [False]
    unknown = with_cycle(case=[{"says": "so", "past": [{"amount": 1}], "counted": 1}])
    assert [row.entry.live for row in account_of(unknown, unknown.cases[0]).rows] == [None]


def test_presence_in_a_case_is_an_interval() -> None:
    assert facts(minutes=1).present == (Interval(at(0), at(1)),)
