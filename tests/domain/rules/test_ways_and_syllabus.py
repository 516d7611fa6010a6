"""Who counts where a text asks for a way of taking part, and a syllabus handed out beforehand."""

from __future__ import annotations

import pytest

from domain.rules.facts import Attendance, Person
from domain.values import Modality
from tests.domain.rules.made import a_rule, attended, judged

THREE_IN_THE_ROOM = a_rule(group={"min": 3, "max": 4, "modalities": ["in_room"]})
NEEDS_SYLLABUS = a_rule(needs={"syllabus_first": True})


def in_the_room(*others: Modality | None) -> Attendance:
    """Return the attendance of somebody in the room, with others who took part in these ways."""
    return attended(
        me=Person(modality=Modality.IN_ROOM),
        others=tuple(Person(modality=each) for each in others),
        modality=Modality.IN_ROOM,
    )


@pytest.mark.parametrize(
    ("others", "codes"),
    [
        ((Modality.IN_ROOM, Modality.IN_ROOM), []),
        ((Modality.IN_ROOM, Modality.LIVE_VIDEO), ["group.too_small"]),
        ((Modality.IN_ROOM, None), ["group.modality.not_determined"]),
        ((Modality.LIVE_VIDEO, None), ["group.too_small"]),
        ((Modality.IN_ROOM, Modality.IN_ROOM, None), []),
        ((Modality.IN_ROOM,) * 2 + (Modality.PHONE,), []),
        ((Modality.IN_ROOM,) * 2 + (Modality.PHONE,) * 2, ["group.too_large"]),
    ],
)
def test_the_least_counts_who_took_part_like_that_and_the_most_counts_everybody(
    others: tuple[Modality | None, ...], codes: list[str]
) -> None:
    found = judged(THREE_IN_THE_ROOM, in_the_room(*others))
    assert [each.code for each in found.missing] == codes


@pytest.mark.parametrize(
    ("others", "codes"),
    [
        ((Modality.IN_ROOM, Modality.IN_ROOM), []),
        ((Modality.IN_ROOM, Modality.LIVE_VIDEO), ["group.others_too_few"]),
        ((Modality.IN_ROOM, None), ["group.modality.not_determined"]),
        ((None, Modality.LIVE_VIDEO), ["group.others_too_few"]),
    ],
)
def test_the_other_professionals_are_those_who_took_part_like_that(
    others: tuple[Modality | None, ...], codes: list[str]
) -> None:
    facts = attended(
        others=tuple(Person(professions=frozenset({"mft"}), modality=each) for each in others)
    )
    found = judged(a_rule(group={"others_min": 2, "modalities": ["in_room"]}), facts)
    assert [each.code for each in found.missing] == codes


def test_too_few_who_took_part_like_that_are_told_how_it_would_count() -> None:
    rule = a_rule(group={"min": 3, "modalities": ["in_room", "phone"]})
    (found,) = judged(rule, in_the_room(Modality.LIVE_VIDEO, Modality.PHONE)).missing
    assert found.sentence == "This rule wants 3 people in the room or by phone; there were 2."


def test_an_unknown_way_is_asked_for_where_it_may_decide_beside_an_unknown_licence() -> None:
    mft = frozenset({"mft"})
    there = Person(professions=mft, modality=Modality.IN_ROOM)
    of_no_known_licence = Person(modality=Modality.IN_ROOM)
    of_no_known_way = Person(professions=mft)
    rule = a_rule(group={"others_min": 3, "modalities": ["in_room"]})
    facts = attended(others=(there, of_no_known_licence, of_no_known_way))
    assert [each.code for each in judged(rule, facts).missing] == ["group.modality.not_determined"]


def test_the_unknown_way_of_somebody_of_another_profession_decides_nothing() -> None:
    others = (Person(professions=frozenset({"nursing"})), Person())
    for wanted, code in (
        (["mft"], "group.others_too_few"),
        (["mft", "nursing"], "group.modality.not_determined"),
        ([], "group.modality.not_determined"),
    ):
        group = {"others_min": 2, "others_professions": wanted, "modalities": ["in_room"]}
        found = judged(a_rule(group=group), attended(others=others)).missing
        assert [each.code for each in found] == [code]


def test_the_members_own_way_is_said_once() -> None:
    facts = attended(modality=Modality.IN_ROOM, others=(Person(modality=Modality.IN_ROOM),) * 2)
    assert judged(THREE_IN_THE_ROOM, facts).missing == ()


def test_a_way_that_is_said_of_the_member_is_not_said_over() -> None:
    me = Person(modality=Modality.IN_ROOM)
    for way in (Modality.PHONE, None):
        assert attended(me=me, others=(), modality=way).people == (me,)


def test_without_such_a_wish_every_way_counts_also_an_unknown_one() -> None:
    found = judged(a_rule(group={"min": 3}), in_the_room(None, Modality.PHONE))
    assert found.missing == ()


@pytest.mark.parametrize(
    ("syllabus_first", "codes"),
    [(True, []), (False, ["syllabus.missing"]), (None, ["syllabus.not_determined"])],
)
def test_a_syllabus_before_the_first_meeting_is_wanted_only_where_a_text_asks(
    *, syllabus_first: bool | None, codes: list[str]
) -> None:
    facts = attended(syllabus_first=syllabus_first)
    assert [each.code for each in judged(NEEDS_SYLLABUS, facts).missing] == codes
    assert judged(a_rule(), facts).missing == ()


def test_what_nobody_recorded_of_a_syllabus_is_said_in_a_sentence() -> None:
    (missing,) = judged(NEEDS_SYLLABUS, attended()).missing
    assert missing.sentence == (
        "Not determined, because a syllabus of dates and topics, handed out before the first "
        "meeting, is not known."
    )
