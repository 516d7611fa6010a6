"""All packs together: which version speaks on a day, and whose rule is whose."""

from __future__ import annotations

from datetime import date

import pytest

from domain.rules.book import RuleBook
from domain.rules.model import Pack
from domain.rules.parse import PackFault
from tests.domain.rules.made import a_pack, a_rule

OLD = a_pack(effective_until=date(2025, 12, 31))
NEW = a_pack(version=2, effective_from=date(2026, 1, 1), name="New house")
NEXT = a_pack(version=3, effective_from=date(2027, 1, 1))
OTHER = a_pack(a_rule(id="talks", name="Talks"), a_rule(id="books", name="Books"), id="other")
TEN = a_pack(a_rule(id="ten"), id="ten", version=10)
NINE = a_pack(a_rule(id="ten"), id="ten", version=9)


def book(*packs: Pack) -> RuleBook:
    return RuleBook(reversed(packs))


def all_of_them() -> RuleBook:
    return book(OLD, NEW, NEXT, OTHER, TEN, NINE)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2025, 12, 31), [OLD, OTHER, TEN]),
        (date(2026, 1, 1), [NEW, OTHER, TEN]),
        (date(2027, 1, 1), [NEXT, OTHER, TEN]),
    ],
)
def test_the_newest_version_in_force_speaks(day: date, found: list[Pack]) -> None:
    assert list(all_of_them().on(day)) == found


def test_packs_stand_in_the_order_of_their_names_and_versions() -> None:
    assert list(all_of_them().packs) == [OLD, NEW, NEXT, OTHER, NINE, TEN]


def test_versions_are_found() -> None:
    assert all_of_them().newest("house") is NEXT
    assert all_of_them().newest("nowhere") is None
    assert all_of_them().version("house", 2) is NEW
    assert all_of_them().version("house", 4) is None
    assert all_of_them().version("nowhere", 1) is None


def test_an_award_finds_the_version_it_was_judged_by() -> None:
    assert all_of_them().of_rule("hours", 1) is OLD
    assert all_of_them().of_rule("hours", 2) is NEW
    assert all_of_them().of_rule("books", 1) is OTHER
    assert all_of_them().of_rule("books", 2) is None


def test_a_rule_is_called_by_its_body_and_by_its_category_where_there_are_several() -> None:
    assert book(NEW, OTHER).names() == {
        "hours": "New house",
        "talks": "House: Talks",
        "books": "House: Books",
    }


def test_one_version_is_there_once() -> None:
    with pytest.raises(PackFault) as refused:
        book(NEW, NEW)
    assert str(refused.value) == "house, version 2: Version 2 of house is there twice."
    assert refused.value.facts == {"where": "house, version 2", "line": 1, "key": "id"}


def test_two_texts_share_no_rule() -> None:
    with pytest.raises(PackFault) as refused:
        book(OLD, a_pack(id="stolen"))
    assert str(refused.value) == "stolen, version 1: Rule hours belongs to house already."


def test_a_later_version_keeps_the_rules_that_awards_name() -> None:
    three = [a_rule(id=each) for each in ("hours", "talks", "books")]
    with pytest.raises(
        PackFault, match=r"^house, version 2: It lacks books, which awards of older"
    ):
        book(a_pack(*three), a_pack(version=2))
    more = a_pack(*three, version=2)
    assert book(a_pack(), more).packs == [a_pack(), more]
    assert book(a_pack(), OTHER).names().keys() == {"hours", "talks", "books"}
