"""A described history: every text asked, for each licence, by the version of each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.certificates.papers import CreditKind
from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.facts import Attendance, Person
from domain.rules.histories import (
    Answer,
    History,
    Judged,
    LicenceFacts,
    accounts_of,
    entries_of,
    judge_history,
    window_of,
)
from domain.rules.judge import judge
from domain.rules.model import Pack
from domain.values import Interval, Modality
from tests.domain.rules.made import a_pack, a_rule, an_entry, these

LICENCE = LicenceFacts(
    id="ana",
    profession="psychology",
    jurisdiction="US-XX",
    valid_from=date(2020, 1, 1),
    valid_until=date(2026, 12, 31),
)
IN_ROOM = a_rule(id="us-xx", needs={"modalities": ["in_room"]})


def board(*rules: dict[str, Any], **changes: Any) -> Pack:
    """Return a board's text for psychologists with a cycle of a year."""
    about: dict[str, Any] = {
        "id": "us-xx",
        "jurisdiction": "US-XX",
        "professions": ["psychology"],
        "cycle": {"unit": "hour", "months": 12, "required": 20, "carry_over": 3},
    }
    return a_pack(*(rules or (IN_ROOM,)), **about | changes)


def a_meeting(days: int, *, minutes: int = 60, **changes: Any) -> Attendance:
    starts = datetime(2026, 6, 1, 18, tzinfo=UTC) + timedelta(days=days)
    window = Interval(starts, starts + timedelta(minutes=minutes))
    values: dict[str, Any] = {
        "meeting": f"m{days}",
        "scheduled": window,
        "present": (window,),
        "modality": Modality.IN_ROOM,
        "others": (Person(),) * 3,
    }
    return Attendance(**values | changes)


def asked(
    *packs: Pack, licences: tuple[LicenceFacts, ...] = (LICENCE,), **had: Any
) -> list[Answer]:
    return judge_history(RuleBook(packs), History(licences=licences, **had))


def amounts(answer: Answer) -> dict[str, Decimal]:
    return {each.attendance.meeting: each.judgements[0].amount for each in answer.judged}


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        (None, None, True),
        (2, None, True),
        (3, None, False),
        (None, 2, True),
        (None, 1, False),
        (3, 2, False),
        (2, 1, False),
    ],
)
def test_a_licence_covers_its_first_and_its_last_day(
    begins: int | None, ends: int | None, *, held: bool
) -> None:
    licence = LicenceFacts(
        id="ana",
        profession="psychology",
        valid_from=None if begins is None else date(2026, 3, begins),
        valid_until=None if ends is None else date(2026, 3, ends),
    )
    assert licence.held_on(date(2026, 3, 2)) is held


def test_every_text_is_asked_for_each_licence_it_is_about() -> None:
    second = LicenceFacts(id="bo", profession="psychology", jurisdiction="US-XX")
    others = (
        LicenceFacts(id="c", profession="counseling", jurisdiction="US-XX"),
        LicenceFacts(id="d", profession="psychology", jurisdiction="US-YY"),
    )
    everybody = a_pack(a_rule(id="open"), id="open")
    found = asked(board(), everybody, licences=(LICENCE, *others, second))
    assert [(each.pack.id, each.licence) for each in found] == [
        ("open", None),
        ("us-xx", LICENCE),
        ("us-xx", second),
    ]
    assert [(each.judged, each.accounts, each.missing) for each in found] == [((), (), ())] * 3


def test_a_history_is_judged_for_each_licence_with_the_version_of_its_day() -> None:
    older = board(effective_until=date(2026, 6, 30))
    newer = board(IN_ROOM | {"minutes_per_unit": 30}, version=2, effective_from=date(2026, 7, 1))
    other = a_pack(a_rule(id="us-aa", minutes_per_unit=10), id="us-aa", professions=["nursing"])
    (answer,) = asked(older, newer, other, attendances=(a_meeting(40), a_meeting(7)))
    assert (answer.pack, answer.licence) == (newer, LICENCE)
    given = [these(each.pack.version, each.judgements[0].amount) for each in answer.judged]
    assert given == [(1, 1), (2, 2)]
    (account,) = answer.accounts
    assert account.counted == 3


def test_of_two_versions_in_force_the_newer_speaks_and_where_none_is_the_newest_says_so() -> None:
    packs = [board(version=number, effective_until=date(2026, 6, 30)) for number in (1, 2)]
    (answer,) = asked(
        *packs,
        board(version=3, effective_until=date(2026, 6, 3)),
        attendances=(a_meeting(7), a_meeting(40)),
    )
    assert [each.pack.version for each in answer.judged] == [2, 3]
    codes = [[m.code for m in each.judgements[0].missing] for each in answer.judged]
    assert codes == [[], ["rule.not_in_force"]]


def test_a_licence_is_held_on_its_days_and_not_known_where_a_text_is_about_everybody() -> None:
    wants = a_rule(needs={"licence": True})
    (answer,) = asked(board(wants), attendances=(a_meeting(0), a_meeting(300)))
    (no_licence,) = asked(board(wants, professions=None), attendances=(a_meeting(0),))
    found = [
        [missing.code for missing in each.judgements[0].missing]
        for each in (*answer.judged, *no_licence.judged)
    ]
    assert found == [[], ["licence.missing"], ["licence.not_determined"]]


def test_a_minute_of_two_meetings_counts_once_and_for_the_one_that_began_first() -> None:
    late = a_meeting(7, meeting="a", minutes=60)
    early = a_meeting(7, meeting="b", minutes=30)
    (answer,) = asked(board(), attendances=(late, early))
    assert amounts(answer) == {"b": Decimal("0.5"), "a": Decimal("0.5")}
    same = [a_meeting(7, meeting=name) for name in "ba"]
    (answer,) = asked(board(), attendances=tuple(same))
    assert amounts(answer) == {"a": 1, "b": 0}


def test_what_is_not_credited_takes_no_minute_from_another_meeting() -> None:
    by_phone = a_meeting(7, meeting="a", modality=Modality.PHONE)
    (answer,) = asked(board(), attendances=(by_phone, a_meeting(7, meeting="b")))
    assert amounts(answer) == {"a": 1, "b": 1}
    assert [len(each.judgements[0].missing) for each in answer.judged] == [1, 0]


def test_credit_from_elsewhere_counts_in_the_text_it_was_entered_for_or_in_all() -> None:
    keys = ("us-xx/course", "us-yy/course", "us-xx", "course")
    entries = tuple(an_entry(rule="", key=key, elsewhere=True) for key in keys)
    (answer,) = asked(board(), elsewhere=entries)
    (account,) = answer.accounts
    assert {row.entry.key for row in account.rows} == {"us-xx/course", "us-xx", "course"}


def test_an_attendance_stands_in_the_account_with_what_limits_ask_about() -> None:
    attendance = a_meeting(7, title="Peers", topics=("ethics",))
    pack = board(IN_ROOM, a_rule(id="us-xx-more", needs={"topics": ["law"]}))
    judged = Judged(attendance, pack, tuple(judge(pack, attendance, licence_held=True)))
    assert list(entries_of(judged)) == [
        Entry(
            key="m7:us-xx",
            day=date(2026, 6, 8),
            amount=Decimal(1),
            rule="us-xx",
            title="Peers",
            topics=("ethics",),
            modality=Modality.IN_ROOM,
            live=True,
            credit_kind=CreditKind.CLAIMED,
            minutes=60,
        )
    ]


# Cycles


def on(*days: date) -> list[Entry]:
    return [an_entry(n, rule="", day=day, amount=Decimal(22)) for n, day in enumerate(days)]


def test_a_text_without_a_cycle_keeps_no_account() -> None:
    assert accounts_of(board(cycle=None), LICENCE, on(date(2026, 1, 1))) == ([], [])


def test_an_account_wants_to_know_when_the_cycle_ends() -> None:
    unknown = LicenceFacts(id="ana", profession="psychology")
    for licence in (unknown, None):
        accounts, missing = accounts_of(board(), licence, on(date(2026, 1, 1)))
        assert accounts == []
        assert [each.code for each in missing] == ["cycle.licence_until.not_determined"]
    (answer,) = asked(board(professions=None), elsewhere=tuple(on(date(2026, 1, 1))))
    assert [each.code for each in answer.missing] == ["cycle.licence_until.not_determined"]


def test_a_cycle_knows_when_the_licence_began_and_ends() -> None:
    begun = LicenceFacts(
        id="ana",
        profession="psychology",
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 12, 31),
    )
    assert window_of(board(), begun, date(2026, 5, 5)) == Window(
        date(2026, 1, 1), date(2026, 12, 31), 10
    )


def test_what_is_too_much_passes_into_the_cycle_that_follows_and_into_no_later_one() -> None:
    days = [date(2026, 5, 5), date(2023, 5, 5), date(2025, 5, 5), date(2022, 5, 5)]
    accounts, missing = accounts_of(board(), LICENCE, on(*days))
    assert missing == []
    assert [each.window.from_day.year for each in accounts] == [2022, 2023, 2024, 2025, 2026]
    assert [these(each.carried_in, each.counted, len(each.rows)) for each in accounts] == [
        (0, 22, 1),
        (2, 24, 1),
        (3, 3, 0),
        (0, 22, 1),
        (2, 24, 1),
    ]


@pytest.mark.parametrize(
    ("until", "years"),
    [
        (None, [2020]),
        (date(2020, 12, 31), [2020]),
        (date(2021, 1, 1), [2020, 2021]),
        (date(2022, 6, 1), [2020, 2021, 2022]),
        (date(2030, 6, 1), [2020, 2021, 2022]),
    ],
    ids=str,
)
def test_what_a_year_of_nothing_does_not_need_passes_on_until_it_is_used_up(
    until: date | None, years: list[int]
) -> None:
    cycle = {"unit": "hour", "months": 12, "required": 8, "carry_over": 20}
    accounts, _ = accounts_of(board(cycle=cycle), LICENCE, on(date(2020, 5, 5)), until=until)
    assert [each.window.from_day.year for each in accounts] == years
    assert these(*(each.carried_in for each in accounts)) == these(0, 14, 6)[: len(years)]


def test_what_was_used_up_in_a_year_of_nothing_does_not_reach_the_year_after() -> None:
    cycle = {"unit": "hour", "months": 12, "required": 8, "carry_over": 20}
    days = [date(2020, 5, 5), date(2023, 5, 5)]
    accounts, _ = accounts_of(board(cycle=cycle), LICENCE, on(*days))
    assert [these(each.window.from_day.year, each.carried_in) for each in accounts] == [
        (2020, 0),
        (2021, 14),
        (2022, 6),
        (2023, 0),
    ]


def test_nothing_passes_on_where_nobody_knows_how_much_may() -> None:
    cycle = {"unit": "hour", "months": 12, "required": 20}
    days = [date(2025, 5, 5), date(2026, 5, 5)]
    accounts, _ = accounts_of(board(cycle=cycle), LICENCE, on(*days))
    assert [each.carried_in for each in accounts] == [0, 0]
