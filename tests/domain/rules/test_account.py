"""A licence period's account: caps never burst, floors are watched, rows add up to the total."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.certificates.papers import CreditKind
from domain.rules.account import Account, CapState, account
from domain.rules.cycles import Window
from domain.rules.entries import Entry, is_about, selects
from domain.rules.explain import READ_THE_TEXT, Missing, Step
from domain.rules.model import Pack
from domain.rules.periods import Per, Selection
from domain.rules.spans import span_of
from domain.rules.ways import Bands
from domain.rules.worth import band
from domain.values import Modality
from tests.domain.rules.made import TWO_YEARS, YEAR, a_rule, an_entry, counted, these, with_cycle

DAY = timedelta(days=1)
MARYLAND = {"steps": [[7, 1], [14, 2], [21, 3], [28, 4]], "unit": "CE hour"}
UNEVEN = Window(date(2024, 2, 29), date(2027, 2, 27))  # three years from a leap day


def cap(at_most: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "Peers", "at_most": at_most} | changes


def floor(at_least: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "Ethics", "at_least": at_least} | changes


def amounts(*values: Any, **changes: Any) -> list[Entry]:
    """Return entries a week apart."""
    return [
        an_entry(n, amount=Decimal(str(each)), day=date(2026, 3, 2) + 7 * n * DAY, **changes)
        for n, each in enumerate(values)
    ]


def told(found: Account) -> list[tuple[str, str]]:
    return [(each.code, each.sentence) for each in found.steps]


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


# Floors


def test_a_floor_lacks_what_is_not_there() -> None:
    pack = with_cycle(floor=[floor(3, of={"topics": ["ethics"]})])
    entries = [an_entry(0, topics=("ethics",)), an_entry(1)]
    (state,) = counted(pack, *entries).floors
    assert these(state.span, state.until, state.have, state.lacks) == (
        YEAR.from_day,
        YEAR.until_day,
        1,
        2,
    )
    (full,) = counted(pack, an_entry(0, topics=("ethics",), amount=Decimal(4))).floors
    assert these(full.have, full.lacks) == (4, 0)


def test_a_floor_only_if_used_lacks_nothing_until_then() -> None:
    pack = with_cycle(floor=[floor(2, if_used=True)])
    assert counted(pack).floors[0].lacks == 0
    assert counted(pack, an_entry()).floors[0].lacks == 1
    assert counted(with_cycle(floor=[floor(2)])).floors[0].lacks == 2


def test_a_floor_counts_what_caps_leave() -> None:
    pack = with_cycle(cap=[cap(1, of={"live": False})], floor=[floor(2)])
    assert counted(pack, *amounts(1, 1, live=False)).floors[0].have == 1


def test_no_month_makes_up_for_another() -> None:
    pack = with_cycle(floor=[floor("1.5", per="month")])
    entries = [an_entry(0, amount=Decimal(9), day=date(2026, 2, 28))]
    states = counted(pack, *entries).floors
    assert [state.span.month for state in states] == list(range(1, 13))
    assert [state.lacks for state in states] == [
        0 if n == 2 else Decimal("1.5") for n in range(1, 13)
    ]
    assert [state.until.day for state in states][:3] == [31, 28, 31]


def test_a_floor_holds_in_a_month_of_which_a_cycle_has_one_day() -> None:
    window = Window(date(2026, 1, 15), date(2026, 3, 1))
    states = counted(with_cycle(floor=[floor(1, per="month")]), window=window).floors
    assert [(state.span, state.until) for state in states] == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 1)),
    ]


def test_a_yearly_floor_holds_in_each_year_of_a_cycle() -> None:
    pack = with_cycle(floor=[floor(1, per="year")])
    days = [date(2026, 1, 1), date(2026, 12, 31)]
    found = counted(pack, *(an_entry(n, day=day) for n, day in enumerate(days)), window=TWO_YEARS)
    assert [these(state.span, state.until, state.have) for state in found.floors] == [
        (date(2026, 1, 1), date(2026, 12, 31), 2),
        (date(2027, 1, 1), date(2027, 12, 31), 0),
    ]


# Bands, repeats, carrying over


@pytest.mark.parametrize(
    ("attended", "credit"),
    [("0", 0), ("6.99", 0), ("7", 1), ("13.99", 1), ("14", 2), ("27", 3), ("28", 4), ("99", 4)],
)
def test_a_band_gives_the_credit_of_the_highest_step_reached(attended: str, credit: int) -> None:
    pack = with_cycle(a_rule(bands=MARYLAND))
    bands = pack.rules[0].bands
    assert bands is not None
    assert band(bands, Decimal(attended)) == credit
    assert counted(pack, *amounts(attended)).counted == credit


def test_the_credit_of_a_band_falls_to_the_entry_that_reaches_it() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), *amounts(6, "1.5", 7))
    assert [row.worth for row in found.rows] == [0, 1, 1]
    assert [row.steps[0] for row in found.rows][1] == Step(
        "band.reached",
        "7.5 hours in this cycle so far come to 1 CE hour.",
        "§ 1",
        {"attended": "7.5", "credit": "1"},
    )


def test_a_title_counts_once_in_a_cycle_where_the_text_says_so() -> None:
    rules = [a_rule(repeat="title"), a_rule(id="talks", repeat="title"), a_rule(id="free")]
    entries = [
        an_entry(0, title="Group  one"),
        an_entry(1, title=" group ONE"),
        an_entry(2, title="Group one, part 2"),
        an_entry(3, title="Group one", rule="talks"),
        an_entry(4, title="Group one", rule="free"),
        an_entry(5, title="Group one", rule="free"),
    ]
    found = counted(with_cycle(*rules), *entries)
    assert [row.worth for row in found.rows] == [1, 0, 1, 1, 1, 1]
    assert found.rows[1].steps == (
        Step("repeat.title", "“ group ONE” counts once in a cycle.", "§ 1"),
        Step("more.title", "An activity with a title of its own would count.", "§ 1"),
    )


def test_of_a_title_that_counts_once_the_best_attendance_counts_and_not_the_first() -> None:
    pack = with_cycle(a_rule(repeat="title"))
    amounts_ = ["0.25", "1.38", "1.38", "1", "1.5"]
    minutes = [15, 83, 83, 60, 90]
    entries = [
        an_entry(number, title="Ethics", amount=Decimal(amount), minutes=there)
        for number, (amount, there) in enumerate(zip(amounts_, minutes, strict=True))
    ]
    found = counted(pack, *entries)
    assert [str(row.worth) for row in found.rows] == ["0.25", "1.13", "0", "0", "0.12"]
    assert found.counted == Decimal("1.5"), "as if only the longest had been attended"
    assert [step.sentence for step in found.rows[1].steps] == [
        "“Ethics” counts once in a cycle; this is 1.13 more than before."
    ]
    assert [step.code for step in found.rows[2].steps] == ["repeat.title", "more.title"]


def test_minutes_of_a_title_are_added_up_as_those_of_its_best_attendance() -> None:
    """Four attendances, of which 27 and 3 minutes count: 30 of 600 are 0.05."""
    pack = with_cycle(a_rule(repeat="title", minutes_per_unit=600))
    attended = [("A", 12, "0.02"), ("A", 15, "0.02"), ("A", 27, "0.04"), ("B", 3, "0")]
    entries = [
        an_entry(number, title=title, amount=Decimal(amount), minutes=there)
        for number, (title, there, amount) in enumerate(attended)
    ]
    found = counted(pack, *entries)
    assert [str(row.worth) for row in found.rows] == ["0.02", "0", "0.02", "0.01"]


def test_minutes_that_a_better_attendance_adds_are_added_up_with_all_others() -> None:
    """85 and 70 of 60 minutes are 2.58, though they are written 0.25 + 1.16 and 1.16."""
    pack = with_cycle(a_rule(repeat="title", minutes_per_unit=60))
    attended = [("A", 15, "0.25"), ("A", 85, "1.41"), ("B", 70, "1.16")]
    entries = [
        an_entry(number, title=title, amount=Decimal(amount), minutes=there)
        for number, (title, there, amount) in enumerate(attended)
    ]
    assert counted(pack, *entries).counted == Decimal("2.58")


def test_who_gave_no_title_repeats_none() -> None:
    pack = with_cycle(a_rule(repeat="title"))
    found = counted(pack, an_entry(0, title=""), an_entry(1, title=" "), an_entry(2, title=""))
    assert [row.worth for row in found.rows] == [1, 1, 1]


def test_a_band_says_from_where_on_the_next_begins() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), *amounts(6, 22))
    assert found.rows[0].steps[-1] == Step(
        "more.band",
        "From 7 hours on it would be 1.",
        "§ 1",
        {"attended": "7", "credit": "1"},
    )
    assert [step.code for step in found.rows[1].steps] == ["band.reached"], "the highest"


# Floors before caps

ETHICS = {"topics": ["ethics"]}


def test_what_fills_a_floor_is_counted_before_plain_hours_of_earlier_days() -> None:
    pack = with_cycle(cap=[cap(10)], floor=[floor(2, of=ETHICS)])
    late = an_entry(9, amount=Decimal(3), day=date(2026, 11, 1), topics=("ethics",))
    found = counted(pack, *amounts(5, 5, 5), late)
    assert [row.counted for row in found.rows] == [5, 3, 0, 2]
    assert these(found.counted, found.cut, found.floors[0].lacks) == (10, 8, 0)
    assert [(step.code, step.sentence) for step in found.rows[1].steps] == [
        ("cap.cut", "Peers: at most 10 hours a cycle; 2 too many."),
        ("cap.kept", "2 of these count first, for a minimum that has to be met."),
        (
            "more.cap",
            "There is room again from 2027-01-01 on; what this limit is not about can still count.",
        ),
    ]
    assert found.rows[1].steps[1].values == {"cap": "Peers", "kept": "2"}
    (state,) = found.caps
    assert these(state.used, state.cut) == (10, 8)


def test_one_hour_that_is_kept_for_a_floor_counts_and_two_count() -> None:
    pack = with_cycle(cap=[cap(10)], floor=[floor(1, of=ETHICS)])
    late = an_entry(9, amount=Decimal(1), day=date(2026, 11, 1), topics=("ethics",))
    said = [step.sentence for step in counted(pack, *amounts(5, 5), late).rows[1].steps]
    assert said[1] == "1 of these counts first, for a minimum that has to be met."


def test_no_room_is_kept_for_a_floor_that_is_filled_without_it() -> None:
    pack = with_cycle(cap=[cap(2, of={"live": True})], floor=[floor(2, of=ETHICS)])
    read = an_entry(8, amount=Decimal(2), live=False, topics=("ethics",))
    late = an_entry(9, amount=Decimal(2), day=date(2026, 11, 1), live=True, topics=("ethics",))
    found = counted(pack, read, *amounts(2, live=True), late)
    assert {row.entry.key: row.counted for row in found.rows} == {"e8": 2, "e0": 2, "e9": 0}
    assert "cap.kept" not in [step.code for step in found.rows[-1].steps]


def test_of_two_floors_the_one_with_less_to_choose_from_is_served_first() -> None:
    pack = with_cycle(
        cap=[cap(1, of={"modalities": ["phone"]})],
        floor=[floor(1, of=ETHICS), floor(1, name="Law", of={"topics": ["law"]})],
    )
    phone = an_entry(0, topics=("ethics",), modality=Modality.PHONE)
    room = an_entry(1, topics=("ethics",), modality=Modality.PHONE, amount=Decimal(2))
    only = an_entry(2, topics=("law",), modality=Modality.PHONE)
    there = an_entry(3, topics=("ethics",), modality=Modality.IN_ROOM)
    found = counted(pack, phone, room, only, there)
    assert [state.lacks for state in found.floors] == [0, 0]


def test_an_hour_that_fills_two_floors_goes_first() -> None:
    pack = with_cycle(
        cap=[cap(1)], floor=[floor(1, of=ETHICS), floor(1, name="Live", of={"live": True})]
    )
    found = counted(
        pack,
        an_entry(0, topics=("ethics",), live=False),
        an_entry(1, live=True),
        an_entry(2, topics=("ethics",), live=True),
    )
    assert [row.counted for row in found.rows] == [0, 0, 1]


def test_a_floor_that_is_wanted_only_if_used_waits_for_the_others() -> None:
    pack = with_cycle(
        cap=[cap(1)],
        floor=[floor(1, name="Peers", of={"live": True}, if_used=True), floor(1, of=ETHICS)],
    )
    found = counted(
        pack, an_entry(0, live=True), an_entry(1, live=False, topics=("ethics",), amount=Decimal(9))
    )
    assert [row.counted for row in found.rows] == [0, 1]
    assert [state.lacks for state in found.floors] == [0, 0]


def test_one_hour_fills_two_floors_at_once_and_never_counts_for_more_than_it_is_worth() -> None:
    used = floor(1, name="Peers", of={"live": True}, if_used=True)
    pack = with_cycle(cap=[cap(2)], floor=[floor(1, of=ETHICS), used])
    both = an_entry(9, amount=Decimal(2), day=date(2026, 9, 1), topics=("ethics",), live=True)
    found = counted(pack, *amounts(1, live=False), both)
    assert [row.counted for row in found.rows] == [1, 1]
    high = with_cycle(cap=[cap(9)], floor=[floor(1, of=ETHICS), used | {"at_least": 5}])
    assert [row.counted for row in counted(high, both).rows] == [2]


def test_more_than_enough_without_a_limit_takes_nothing_away_under_it() -> None:
    pack = with_cycle(cap=[cap(2, of={"live": True})], floor=[floor(2, of=ETHICS)])
    read = an_entry(0, amount=Decimal(5), live=False, topics=("ethics",))
    heard = an_entry(1, amount=Decimal(2), live=True, topics=("ethics",))
    found = counted(pack, read, heard)
    assert [row.counted for row in found.rows] == [5, 2]
    (state,) = found.caps
    assert these(state.used, state.cut) == (2, 0)
    late = an_entry(2, live=True, topics=("ethics",))
    assert "cap.kept" not in [step.code for step in counted(pack, read, heard, late).rows[2].steps]


def test_each_month_keeps_room_for_its_own_floor() -> None:
    pack = with_cycle(cap=[cap(2, per="month")], floor=[floor(1, of=ETHICS, per="month")])
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    plain_hours = [an_entry(n, day=day, amount=Decimal(3)) for n, day in enumerate(days)]
    ethics = [
        an_entry(n + 2, day=day + 9 * DAY, topics=("ethics",), amount=Decimal(n + 1))
        for n, day in enumerate(days)
    ]
    found = counted(pack, *plain_hours, *ethics)
    assert {row.entry.key: row.counted for row in found.rows} == {
        "e0": 1,
        "e1": 1,
        "e2": 1,
        "e3": 1,
    }


# Duties of their own


def test_a_duty_of_its_own_uses_up_no_cap_that_does_not_name_it() -> None:
    rules = [a_rule(), a_rule(id="duty", name="Duty", counts_in_total=False)]
    duty, hour = an_entry(0, rule="duty"), an_entry(1)
    for of, left in (({}, 1), ({"live": True}, 1), ({"rules": ["duty", "hours"]}, 0)):
        found = counted(with_cycle(*rules, cap=[cap(1, of=of)]), duty, hour)
        assert found.counted == left
    named = with_cycle(*rules, cap=[cap(0, of={"categories": ["Duty"]})])
    assert [row.counted for row in counted(named, duty, hour).rows] == [0, 1]
    kinds_named = cap(0, of={"credit_kinds": ["supervision record"]})
    supervised = an_entry(0, rule="duty", credit_kind=CreditKind.SUPERVISION)
    other = an_entry(1, credit_kind=CreditKind.CLAIMED)
    found = counted(with_cycle(*rules, cap=[kinds_named]), supervised, other)
    assert [row.counted for row in found.rows] == [0, 1]


def test_a_duty_of_its_own_fills_no_floor_that_does_not_name_it() -> None:
    rules = [a_rule(), a_rule(id="duty", counts_in_total=False)]
    pack = with_cycle(*rules, floor=[floor(1, of=ETHICS), floor(1, of={"rules": ["duty"]})])
    found = counted(pack, an_entry(0, rule="duty", topics=("ethics",)))
    assert [state.lacks for state in found.floors] == [1, 0]
    assert [row.in_total for row in found.rows] == [False]


def test_credit_under_no_rule_counts_as_it_is() -> None:
    found = counted(with_cycle(a_rule(bands=MARYLAND)), an_entry(rule="", elsewhere=True))
    assert these(found.rows[0].worth, found.rows[0].steps) == (1, ())


@pytest.mark.parametrize(
    ("cycle", "earned", "carried"),
    [
        ({"required": 10}, [12], None),
        ({"required": 10, "carry_over": 0}, [12], 0),
        ({"carry_over": 0}, [12], 0),
        ({"carry_over": 5}, [12], None),
        ({"required": 10, "carry_over": 5}, [12], 2),
        ({"required": 10, "carry_over": 5}, [10], 0),
        ({"required": 10, "carry_over": 5}, [9], 0),
        ({"required": 10, "carry_over": 5}, [16], 5),
    ],
)
def test_so_much_passes_into_the_next_cycle(
    cycle: dict[str, Any], earned: list[int], carried: int | None
) -> None:
    assert counted(with_cycle(cycle=cycle), *amounts(*earned)).carries_over == carried


def test_only_late_credit_passes_on_where_the_text_says_so() -> None:
    cycle = {"required": 10, "carry_over": 5, "carry_over_from_last_months": 3}
    for day, carried in ((date(2026, 10, 1), 3), (date(2026, 9, 30), 0)):
        entries = [an_entry(0, amount=Decimal(11)), an_entry(1, day=day, amount=Decimal(3))]
        assert counted(with_cycle(cycle=cycle), *entries).carries_over == carried


# Properties

kinds = st.sampled_from(list(CreditKind))
entries_ = st.lists(
    st.builds(
        Entry,
        key=st.uuids().map(str),
        day=st.dates(date(2024, 2, 1), date(2027, 4, 1)),
        amount=st.decimals(0, 9, places=2),
        rule=st.sampled_from(["", "hours", "talks", "duty"]),
        title=st.sampled_from(["Ethics", "ethics", "Sleep"]),
        topics=st.sampled_from([(), ("ethics",)]),
        modality=st.none() | st.sampled_from(list(Modality)),
        live=st.none() | st.booleans(),
        credit_kind=kinds,
        planned=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda entry: entry.key,
)
selections = st.fixed_dictionaries(
    {},
    optional={
        "rules": st.sampled_from([["hours"], ["hours", "talks"]]),
        "categories": st.just(["Hours"]),
        "topics": st.just(["ethics"]),
        "live": st.booleans(),
        "modalities": st.just(["in_room"]),
        "credit_kinds": kinds.map(lambda kind: [kind.value]),
    },
)
pers = st.sampled_from([each.value for each in Per])
caps_ = st.lists(st.builds(cap, st.integers(0, 15), per=pers, of=selections), max_size=4)
RULES = [
    a_rule(),
    a_rule(id="talks", name="Talks", bands=MARYLAND),
    a_rule(id="duty", counts_in_total=False, repeat="title"),
]
packs = st.builds(
    lambda caps, per: with_cycle(
        *RULES,
        cycle={"required": 20, "carry_over": 5},
        cap=caps,
        floor=[floor(1, per=per, of={"topics": ["ethics"]}, outside="any")],
    ),
    caps_,
    pers.filter(lambda per: per != "day"),
)
some = settings(max_examples=50)  # each draws a whole pack


@some
@given(packs, entries_, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(
    pack: Pack, entries: list[Entry], chance: random.Random
) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert account(pack, UNEVEN, shuffled) == account(pack, UNEVEN, entries)


@some
@given(packs, entries_)
def test_caps_are_never_exceeded_and_totals_are_the_sum_of_their_rows(
    pack: Pack, entries: list[Entry]
) -> None:
    found = account(pack, UNEVEN, entries, carried_in=Decimal(2))
    for one in pack.caps:
        used: defaultdict[date, Decimal] = defaultdict(Decimal)
        for row in found.rows:
            if is_about(pack, one.of, row.entry, unknown_fits=True):
                used[span_of(one.per, row.entry.day, UNEVEN)[0]] += row.counted
        assert all(amount <= one.at_most for amount in used.values())
        states = {each.span: each for each in found.caps if each.cap is one}
        assert all(states[span].used == amount for span, amount in used.items())
        assert all(0 <= state.left <= one.at_most for state in states.values())
    total = [row for row in found.rows if row.entry.rule != "duty"]
    assert found.counted == sum((row.counted for row in total), Decimal(2))
    assert found.earned == sum((row.worth for row in total), Decimal(0))
    assert found.cut == found.earned - found.counted + 2
    for row in found.rows:
        assert 0 <= row.counted <= row.worth
        assert (row.counted == row.entry.amount) or row.steps
        cuts = [Decimal(step.values["cut"]) for step in row.steps if step.code == "cap.cut"]
        assert sum(cuts, Decimal(0)) == row.worth - row.counted


@some
@given(packs, entries_)
def test_floors_see_every_counted_credit_in_one_span(pack: Pack, entries: list[Entry]) -> None:
    found = account(pack, UNEVEN, entries)
    ethics = [row.counted for row in found.rows if row.entry.topics and row.in_total]
    assert sum((state.have for state in found.floors), Decimal(0)) == sum(ethics, Decimal(0))
    assert found.floors[0].span == UNEVEN.from_day
    assert found.floors[-1].until == UNEVEN.until_day
    for former, later in zip(found.floors, found.floors[1:], strict=False):
        assert later.span == former.until + DAY
    assert found.carries_over is not None
    assert 0 <= found.carries_over <= 5


@some
@given(packs, entries_)
def test_no_floor_lacks_what_was_cut_in_favour_of_what_no_floor_needs(
    pack: Pack, entries: list[Entry]
) -> None:
    found = account(pack, UNEVEN, entries)
    for state in found.floors:
        for row in found.rows:
            inside = state.span <= row.entry.day <= state.until
            if not (inside and is_about(pack, state.floor.of, row.entry)) or not state.lacks:
                continue
            if row.counted < row.worth:  # every hour in the way fills this very floor
                assert any(
                    cap_state.left == 0
                    and all(
                        is_about(pack, state.floor.of, other.entry)
                        for other in found.rows
                        if other.counted
                        and is_about(pack, cap_state.cap.of, other.entry, unknown_fits=True)
                        and _in_span(cap_state, other.entry.day)
                    )
                    for cap_state in found.caps
                    if is_about(pack, cap_state.cap.of, row.entry, unknown_fits=True)
                    and _in_span(cap_state, row.entry.day)
                )


def _in_span(state: CapState, day: date) -> bool:
    return span_of(state.cap.per, day, UNEVEN)[0] == state.span


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 5), st.booleans()), max_size=9),
    st.integers(0, 12),
    st.integers(1, 12),
)
def test_a_floor_is_filled_as_far_as_entries_and_a_shared_cap_allow(
    hours: list[tuple[int, int, bool]], at_most: int, at_least: int
) -> None:
    pack = with_cycle(cap=[cap(at_most)], floor=[floor(at_least, of=ETHICS)])
    entries = [
        an_entry(
            number,
            day=YEAR.from_day + day * DAY,
            amount=Decimal(amount),
            topics=("ethics",) if ethics else (),
        )
        for number, (day, amount, ethics) in enumerate(hours)
    ]
    found = counted(pack, *entries)
    there = sum(amount for _, amount, ethics in hours if ethics)
    assert found.floors[0].have >= min(there, at_least, at_most)
    assert found.counted == min(at_most, sum(amount for _, amount, _ in hours))


LAMINAR = with_cycle(
    *RULES,
    cap=[
        cap(2, per="day", of={"rules": ["hours"]}),
        cap(5, per="month", of={"rules": ["hours"]}),
        cap(9, of={"rules": ["hours"]}),
        cap(12, of={"rules": ["hours", "talks"]}),
        cap(20),
    ],
)


@given(entries_, st.data())
def test_one_credit_less_is_never_more_where_caps_lie_inside_each_other(
    entries: list[Entry], data: st.DataObject
) -> None:
    in_total = [entry for entry in entries if entry.rule != "duty"]
    fewer = [entry for entry in in_total if data.draw(st.booleans())]
    whole = account(LAMINAR, UNEVEN, in_total)
    assert account(LAMINAR, UNEVEN, fewer).counted <= whole.counted


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1), st.data())
def test_bands_never_fall(rises: list[tuple[int, int]], data: st.DataObject) -> None:
    steps, at, credit = [], Decimal(0), Decimal(0)
    for more, worth in rises:
        at, credit = at + more, credit + worth
        steps.append((at, credit))
    bands = Bands(steps=tuple(steps), unit="CE hour")
    less = data.draw(st.decimals(0, 500, places=2))
    more_ = data.draw(st.decimals(less, 600, places=2))
    assert band(bands, less) <= band(bands, more_) <= credit


@given(
    st.sampled_from(list(Per)),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_spans_tile_a_cycle(per: Per, begins: date, lasts: int, into: int) -> None:
    window = Window(begins, begins + lasts * DAY)
    day = begins + min(into, lasts) * DAY
    first, last = span_of(per, day, window)
    assert window.from_day <= first <= day <= last <= window.until_day
    for other in (first, last):
        assert span_of(per, other, window) == (first, last)
    if first > window.from_day:
        assert span_of(per, first - DAY, window)[1] == first - DAY
    if last < window.until_day:
        assert span_of(per, last + DAY, window)[0] == last + DAY


@pytest.mark.parametrize(
    ("of", "unknown"),
    [
        ({"live": False}, {"live": None}),
        ({"credit_kinds": ["sponsored"]}, {"credit_kind": None}),
        ({"modalities": ["live_video"]}, {"modality": None}),
    ],
)
def test_what_nobody_knows_is_capped_and_fills_no_floor(
    of: dict[str, Any], unknown: dict[str, Any]
) -> None:
    pack = with_cycle(a_rule(), cap=[cap(1, of=of)], floor=[floor(1, of=of)])
    found = counted(pack, an_entry(0, amount=Decimal(3), **unknown))
    assert found.counted == 1
    (state,) = found.floors
    assert state.have == 0


def test_minutes_are_added_up_before_they_are_written_as_hours() -> None:
    pack = with_cycle(a_rule())
    each = [an_entry(day, amount=Decimal("1.16"), minutes=70) for day in range(6)]
    found = counted(pack, *each)
    assert found.counted == 7, "six times 70 minutes"
    assert sum(row.counted for row in found.rows) == 7
    assert [step.code for row in found.rows for step in row.steps].count("minutes.added_up") == 4
    banded = with_cycle(a_rule(bands={"steps": [[7, 1]], "unit": "CE hour"}, minutes_per_unit=60))
    assert counted(banded, *each).counted == 1
    rounded = with_cycle(a_rule(rounding={"step": Decimal("0.01"), "direction": "down"}))
    assert counted(rounded, *each).counted == Decimal("6.96"), "a text that rounds each meeting"


def test_a_duty_of_its_own_that_was_entered_does_not_count_in_the_total() -> None:
    pack = with_cycle(a_rule(), cycle={"not_in_total": {"credit_kinds": ["supervision record"]}})
    supervised = an_entry(0, rule="", elsewhere=True, credit_kind=CreditKind.SUPERVISION)
    unsaid = an_entry(1, rule="", elsewhere=True)
    assert counted(pack, supervised, unsaid, an_entry(2)).counted == 2


def test_what_just_fits_under_a_cap_is_not_said_to_be_cut() -> None:
    found = counted(with_cycle(a_rule(), cap=[cap(1)]), an_entry(0))
    (row,) = found.rows
    assert these(row.counted, row.steps) == (1, ())


def test_shares_of_a_meeting_are_not_added_up_by_the_presence_behind_them() -> None:
    pack = with_cycle(a_rule(share="equal"))
    alone = [an_entry(day, amount=Decimal("1.16"), minutes=70) for day in range(6)]
    assert counted(pack, *alone).counted == Decimal("6.96"), "their minutes are not known here"


def test_a_text_that_lets_one_cycle_make_up_for_another_says_so() -> None:
    for averaging, said in ((True, 1), (False, 0)):
        found = counted(with_cycle(a_rule(), cycle={"averaging": averaging}), an_entry(0))
        assert [step.code for step in found.steps].count("cycle.averaging") == said
