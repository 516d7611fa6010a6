"""Professions on the licence form: the packs in use say which there are and what each is called."""

from __future__ import annotations

from collections import Counter

import pytest

from domain.members.member import Member
from domain.members.professions import label_of
from domain.rules.book import RuleBook
from infra.rule_files import load_rules
from services.web.pages.you.you import licence_form
from services.web.words.professions import OTHER, by_place, choices
from tests.domain.rules.made import a_pack, a_rule
from tests.support.pages import Pages, hidden, words_of

SHIPPED = load_rules()


@pytest.mark.parametrize(
    ("profession", "read"),
    [
        ("bachelors_level_social_work", "Social work, bachelor’s level"),
        ("mft", "Marriage and family therapy"),
        ("national_certified_counselor", "National Certified Counselor (NCC)"),
        ("social_work", "Social work"),
        ("dance_therapy", "Dance therapy"),  # no pack of ours names it
        ("psychology", "Psychology"),
        ("", ""),
    ],
)
def test_a_profession_reads_as_people_write_it(profession: str, read: str) -> None:
    assert label_of(profession) == read


def test_the_form_offers_every_profession_of_the_packs_once_by_its_label_and_another_one() -> None:
    offered = choices(SHIPPED)
    named = {name for pack in SHIPPED.packs for name in pack.professions}
    assert {value for value, _ in offered} == named | {"clinical_supervision", "other"}
    labels = [label for _, label in offered]
    assert labels[:-1] == sorted(labels[:-1], key=str.casefold)
    assert offered[-1] == OTHER
    assert [label for label, times in Counter(labels).items() if times > 1] == []
    assert not any("_" in label for label in labels)
    assert licence_form(SHIPPED).fields["profession"].choices == (("", "Choose"), *offered)


def test_a_new_packs_profession_is_offered_without_a_change_of_code() -> None:
    rules = [a_rule(), a_rule(id="other")]
    rules[1]["group"] = {"others_min": 1, "others_professions": ["nursing"]}
    packs = [
        a_pack(rules[0], professions=["dance_therapy", "mft"], jurisdiction="US-AK"),
        a_pack(rules[1], id="everybody"),
    ]
    book = RuleBook(packs)
    assert choices(book) == (
        ("dance_therapy", "Dance therapy"),
        ("mft", "Marriage and family therapy"),
        ("nursing", "Nursing"),
        OTHER,
    )
    assert by_place(book) == [("US-AK", ["Dance therapy", "Marriage and family therapy"])]


def test_a_place_names_the_professions_of_all_its_boards() -> None:
    places = dict(by_place(SHIPPED))
    assert places["US-CA"] == [
        "Clinical social work",
        "Educational psychology",
        "Marriage and family therapy",
        "Professional clinical counseling",
        "Psychology",
    ]
    assert list(places) == sorted(places)


async def test_a_member_enters_a_licence_under_the_boards_own_name(pages: Pages) -> None:
    story = pages.story
    typed = {
        "profession": "mental_health_counseling",
        "jurisdiction": "US-FL",
        "number": "MH 1",
        "valid_from": "2026-01-01",
    }
    async with await pages.browser(story.ana) as ana:
        page = (await ana.get("/you")).text
        assert '<option value="mental_health_counseling"' in page
        assert "Florida, United States (US-FL) Clinical social work, Marriage" in words_of(page)
        answer = await ana.post(
            "/you/licences", data={**hidden(page), **typed}, follow_redirects=True
        )
        assert "Mental health counseling, Florida, United States (US-FL)" in words_of(answer.text)
        refused = await ana.post(
            "/you/licences", data={**hidden(page), **typed, "profession": "sorcery"}
        )
    assert refused.status_code == 400
    assert "Choose one of these." in words_of(refused.text)
    licences = (await story.known(Member, story.ana)).licences.values()
    assert [each.profession for each in licences].count("mental_health_counseling") == 1


async def test_a_profession_that_no_pack_names_any_more_still_shows(pages: Pages) -> None:
    story = pages.story
    another = story.id("of another day")
    await story.psychologist(
        "bo", licence_id=another, profession="dance_therapy", jurisdiction="AU"
    )
    await pages.real.drain()
    async with await pages.browser(story.bo) as bo:
        page = words_of((await bo.get("/you")).text)
    assert "Dance therapy, Australia (AU)" in page
