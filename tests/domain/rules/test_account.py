"""A licence period's account: its sums, what caps cut, and what each is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.certificates.papers import CreditKind
from domain.rules.cycles import Window
from domain.rules.entries import selects
from domain.rules.explain import READ_THE_TEXT, Missing, Step
from domain.rules.periods import Selection
from domain.values import Modality
from tests.domain.rules.made import (
    TWO_YEARS,
    YEAR,
    a_rule,
    amounts,
    an_entry,
    cap,
    counted,
    these,
    told,
    with_cycle,
)

ETHICS = {"topics": ["ethics"]}


# Sums


def test_an_account_adds_up_what_lies_in_its_cycle() -> None:
    outside = [an_entry(8, day=date(2025, 12, 31)), an_entry(9, day=date(2027, 1, 1))]
    inside = [an_entry(0, day=YEAR.from_day), an_entry(1, day=YEAR.until_day)]
    found = counted(with_cycle(cycle={"required": 40}), *outside, *inside)
    assert [row.entry for row in found.rows] == inside
    assert [these(row.worth, row.counted, row.steps) for row in found.rows] == [(1, 1, ())] * 2
    assert these(found.earned, found.counted, found.cut) == (2, 2, 0)
    assert these(found.required, found.lacks, found.carried_in) == (40, 38, 0)
    assert (found.window, found.unit) == (YEAR, "hour")
    assert (found.caps, found.floors, found.missing) == ((), (), ())
    assert (found.categories, found.categories_wanted) == (("Hours",), None)
    assert found.steps == (
        Step("account.earned", "2 hours earned, 2 count.", "", {"earned": "2", "counted": "2"}),
        Step(
            "account.required",
            "40 required, 38 to go.",
            "§ 1",
            {"required": "40", "lacks": "38"},
        ),
    )


def test_a_cycle_that_is_full_has_nothing_to_go() -> None:
    found = counted(with_cycle(cycle={"required": 1}), *amounts(1, 1))
    assert found.lacks == 0
    assert told(found)[1] == ("account.required", "1 required.")
    assert found.steps[1].values == {"required": "1", "lacks": "0"}


def test_what_is_required_may_be_unknown() -> None:
    found = counted(with_cycle(), *amounts(1))
    assert (found.required, found.lacks) == (None, None)
    assert [each.code for each in found.steps] == ["account.earned"]
    assert found.missing == (
        Missing(
            "cycle.required.not_determined",
            "Not determined, because the text does not say how much.",
            "§ 1",
            READ_THE_TEXT,
        ),
    )


def test_a_first_cycle_says_why_it_requires_less() -> None:
    window = Window(YEAR.from_day, YEAR.until_day, 7)
    pack = with_cycle(cycle={"required": 30, "first": {"per_month": 2}})
    found = counted(pack, window=window)
    assert found.required == 14
    assert found.steps[1] == Step(
        "cycle.first",
        "Your licence began in this cycle: 2 for each of its 7 whole months.",
        "§ 1",
    )


def test_what_was_carried_in_counts_and_is_said() -> None:
    found = counted(with_cycle(cycle={"required": 10}), *amounts(4), carried_in=Decimal(3))
    assert these(found.earned, found.counted, found.cut, found.lacks) == (4, 7, 0, 3)
    assert found.carried_in == 3
    assert found.steps[:2] == (
        Step("account.earned", "4 hours earned, 4 count.", "", {"earned": "4", "counted": "4"}),
        Step("account.carried_in", "3 hours carried in from the cycle before.", "§ 1"),
    )
    assert told(found)[2][1] == "10 required, 3 to go."


def test_a_duty_of_its_own_does_not_count_towards_the_total() -> None:
    pack = with_cycle(a_rule(), a_rule(id="duty", name="Duty", counts_in_total=False))
    found = counted(pack, an_entry(0), an_entry(1, rule="duty", amount=Decimal(5)))
    assert these(found.earned, found.counted, found.categories) == (1, 1, ("Hours",))
    assert [row.counted for row in found.rows] == [1, 5]


def test_categories_are_counted_where_something_of_them_counts() -> None:
    pack = with_cycle(
        a_rule(),
        a_rule(id="talks", name="Talks"),
        cycle={"distinct_categories": 2},
        cap=[cap(0, of={"rules": ["talks"]})],
    )
    entries = [
        an_entry(0),
        an_entry(1),
        an_entry(2, rule="talks"),
        an_entry(3, rule="", category="Books"),
        an_entry(4, rule=""),
    ]
    found = counted(pack, *entries)
    assert (found.categories, found.categories_wanted) == (("Books", "Hours"), 2)


def test_a_category_that_is_spelled_in_two_ways_is_one() -> None:
    names = ("Sponsored CE", "sponsored  ce", "SponsoredCE")
    entries = [an_entry(n, rule="", category=name) for n, name in enumerate(names)]
    assert len(counted(with_cycle(), *entries).categories) == 2


def test_categories_stand_in_order() -> None:
    books = [an_entry(n, rule="", category=name) for n, name in enumerate("FBEADC")]
    assert counted(with_cycle(), *books).categories == ("A", "B", "C", "D", "E", "F")


TOLD_APART = {
    "distinct_categories": 2,
    "categories": [["Talks", "Talks: peers", "Peers"], ["Sponsored CE"]],
}


@pytest.mark.parametrize(
    ("entered", "categories", "unread"),
    [
        (["Peers", "Talks", " talks:  PEERS"], ("Talks",), None),
        (["Peers", "sponsored ce"], ("Sponsored CE", "Talks"), None),
        (["Peers", "Books", "Films", ""], ("Talks",), "Books, Films"),
        (["Books", "Films"], (), "Books, Films"),
        (["Books"], (), None),
        (["Peers", "Sponsored CE", "Books"], ("Sponsored CE", "Talks"), None),
    ],
)
def test_categories_are_those_that_the_text_tells_apart(
    entered: list[str], categories: tuple[str, ...], unread: str | None
) -> None:
    pack = with_cycle(cycle={"required": 2} | TOLD_APART)
    entries = [an_entry(n, rule="", category=name) for n, name in enumerate(entered)]
    found = counted(pack, *entries)
    assert found.categories == categories
    because = f"it was not read whether this is a category of its own: {unread}"
    expected = Missing(
        "cycle.categories.not_determined",
        f"Not determined, because {because}.",
        "§ 1",
        READ_THE_TEXT,
    )
    assert found.missing == (() if unread is None else (expected,))


def test_categories_that_a_text_tells_apart_stand_in_order_too() -> None:
    apart = {"distinct_categories": 6, "categories": [[name] for name in "FBEADC"]}
    books = [an_entry(n, rule="", category=name) for n, name in enumerate("FBEADC")]
    found = counted(with_cycle(cycle=apart), *books)
    assert found.categories == ("A", "B", "C", "D", "E", "F")


# Caps


def test_a_cap_cuts_what_comes_last_and_says_so() -> None:
    pack = with_cycle(cap=[cap(18, shared_with=["panels", "service"], clause="§ 5")])
    entries = amounts(10, "7.5", "1.5", 2)
    found = counted(pack, *reversed(entries))
    assert [row.counted for row in found.rows] == [10, Decimal("7.5"), Decimal("0.5"), 0]
    assert [row.worth for row in found.rows] == [10, Decimal("7.5"), Decimal("1.5"), 2]
    assert these(found.earned, found.counted, found.cut) == (21, 18, 3)
    assert found.rows[1].steps == ()
    assert found.rows[2].steps == (
        Step(
            "cap.cut",
            "Peers: at most 18 hours a cycle, shared with panels, service; 1 too many.",
            "§ 5",
            {"cap": "Peers", "at_most": "18", "cut": "1"},
        ),
        Step(
            "more.cap",
            "There is room again from 2027-01-01 on; what this limit is not about can still count.",
            "§ 5",
            {"cap": "Peers", "from": "2027-01-01"},
        ),
    )
    (state,) = found.caps
    assert these(state.span, state.used, state.cut, state.left) == (YEAR.from_day, 18, 3, 0)


def test_a_cap_without_a_clause_of_its_own_names_that_of_the_text() -> None:
    found = counted(with_cycle(cap=[cap(1)]), *amounts(2))
    assert (found.rows[0].steps[0].clause, found.rows[0].steps[0].sentence) == (
        "§ 1",
        "Peers: at most 1 hour a cycle; 1 too many.",
    )


def test_a_cap_that_nothing_touched_has_its_whole_room() -> None:
    (state,) = counted(with_cycle(cap=[cap(5, per="month")])).caps
    assert these(state.span, state.used, state.cut, state.left) == (YEAR.from_day, 0, 0, 5)


@pytest.mark.parametrize(
    ("per", "spans"),
    [
        ("day", ["2026-03-02", "2026-03-03", "2027-03-02"]),
        ("month", ["2026-03-01", "2027-03-01"]),
        ("year", ["2026-01-01", "2027-01-01"]),
        ("cycle", ["2026-01-01"]),
    ],
)
def test_a_cap_holds_in_each_span(per: str, spans: list[str]) -> None:
    days = [date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 3), date(2027, 3, 2)]
    entries = [an_entry(n, day=day, amount=Decimal(3)) for n, day in enumerate(days)]
    found = counted(with_cycle(cap=[cap(4, per=per)]), *entries, window=TWO_YEARS)
    assert [state.span.isoformat() for state in found.caps] == spans
    assert [state.used for state in found.caps] == [
        min(4, 3 * sum(_span(per, day) == each for day in days)) for each in spans
    ]
    assert sum(state.cut for state in found.caps) == 12 - found.counted
    cut = [row for row in found.rows if row.steps]
    assert all(f" a {per};" in row.steps[0].sentence for row in cut)


def _span(per: str, day: date) -> str:
    starts = {
        "day": day,
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
        "cycle": TWO_YEARS.from_day,
    }
    return starts[per].isoformat()


def test_nested_caps_both_hold_and_each_says_what_it_cut() -> None:
    pack = with_cycle(
        a_rule(),
        a_rule(id="talks"),
        cap=[
            cap(5, name="Talks", of={"rules": ["talks"]}),
            cap(8, name="All"),
        ],
    )
    entries = [
        an_entry(0, rule="hours", amount=Decimal(4)),
        an_entry(1, rule="talks", amount=Decimal(7), day=date(2026, 4, 1)),
    ]
    found = counted(pack, *entries)
    assert [row.counted for row in found.rows] == [4, 4]
    cuts = [step for step in found.rows[1].steps if step.code == "cap.cut"]
    assert [step.values["cut"] for step in cuts] == ["2", "1"]
    assert [these(state.used, state.cut, state.left) for state in found.caps] == [
        (4, 2, 1),
        (8, 1, 0),
    ]


def test_a_shared_cap_is_used_up_by_any_of_its_rules() -> None:
    pack = with_cycle(
        a_rule(),
        a_rule(id="talks"),
        a_rule(id="books"),
        cap=[cap(3, of={"rules": ["hours", "talks"]})],
    )
    entries = [
        an_entry(0, amount=Decimal(2)),
        an_entry(1, rule="talks", amount=Decimal(2)),
        an_entry(2, rule="books", amount=Decimal(2)),
    ]
    assert [row.counted for row in counted(pack, *entries).rows] == [2, 1, 2]


def test_what_is_earned_goes_before_what_is_planned_on_the_same_day() -> None:
    planned = an_entry(0, planned=True)
    earned = an_entry(1)
    found = counted(with_cycle(cap=[cap(1)]), planned, earned)
    assert [row.entry for row in found.rows] == [earned, planned]
    assert [row.counted for row in found.rows] == [1, 0]


# Selections


@pytest.mark.parametrize(
    ("of", "fits", "fits_not"),
    [
        ({"rules": ["hours", "talks"]}, {"rule": "talks"}, {"rule": "other"}),
        ({"categories": ["Talks"]}, {"rule": "talks"}, {"category": "Talks"}),
        (
            {"categories": ["Talks", "Books"]},
            {"rule": "", "category": "Books"},
            {"rule": "", "category": "Films"},
        ),
        ({"topics": ["ethics", "law"]}, {"topics": ("sleep", "law")}, {"topics": ("sleep",)}),
        ({"topics": ["ethics"]}, {"topics": ("ethics",)}, {"topics": ()}),
        (
            {"title_contains": ["Ethic", "law"]},
            {"title": "On ETHICS"},
            {"title": "On morals", "topics": ("ethics",)},
        ),
        (
            {"modalities": ["in_room", "phone"]},
            {"modality": Modality.PHONE},
            {"modality": Modality.LIVE_VIDEO},
        ),
        ({"modalities": ["in_room"]}, {"modality": Modality.IN_ROOM}, {"modality": Modality.PHONE}),
        ({"live": True}, {"live": True}, {"live": False}),
        ({"live": False}, {"live": False}, {"live": True}),
        (
            {"credit_kinds": ["sponsored", "portfolio entry"]},
            {"credit_kind": CreditKind.PORTFOLIO},
            {"credit_kind": CreditKind.CLAIMED},
        ),
        (
            {"live": True, "topics": ["ethics"]},
            {"live": True, "topics": ("ethics",)},
            {"live": False, "topics": ("ethics",)},
        ),
    ],
)
def test_a_selection_takes_what_it_names(
    of: dict[str, Any], fits: dict[str, Any], fits_not: dict[str, Any]
) -> None:
    rules = [a_rule(), a_rule(id="talks", name="Talks")]
    pack = with_cycle(*rules, cap=[cap(0, of=of)])
    found = counted(pack, an_entry(0, **fits), an_entry(1, **fits_not))
    assert [row.counted for row in found.rows] == [0, 1]


def test_a_selection_of_nothing_takes_everything() -> None:
    assert selects(Selection(), an_entry(live=None), "")
