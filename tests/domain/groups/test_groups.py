"""Peer groups and the dates people belonged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import InvalidFields
from domain.groups.group import (
    FacilitatorNeeded,
    GroupFacilitatorOnly,
    GroupFull,
    NotInGroup,
    PeerGroup,
)
from domain.values import UnknownZone
from tests.support.builders import (
    ADMIN,
    ANA,
    BO,
    CHIDI,
    EVE,
    JOY,
    SIX_PM,
    a_group,
    a_rhythm,
    about,
    at,
    facts,
)

WHY = about(ANA, "Moved away.")


def test_the_facilitator_is_the_first_member() -> None:
    assert a_group().roster_on(SIX_PM) == [JOY]


def test_the_roster_is_that_of_its_moment() -> None:
    group = a_group()
    group.admit(ANA, by=JOY, at=at(10))
    group.leave(ANA, at=at(20))
    group.admit(ANA, by=JOY, at=at(30))
    rosters = [group.roster_on(at(moment)) for moment in (9, 10, 19, 20, 30)]
    assert rosters == [[JOY], [JOY, ANA], [JOY, ANA], [JOY], [JOY, ANA]]


def test_admitting_and_leaving_twice_are_one_fact_each() -> None:
    group = a_group()
    for _ in range(2):
        group.admit(ANA, by=JOY, at=at(10))
    for _ in range(2):
        group.leave(ANA, at=at(20))
    assert [type(fact) for fact in facts(group)] == [PeerGroup.MemberAdmitted, PeerGroup.MemberLeft]


def test_a_full_group_has_a_place_again_when_somebody_leaves() -> None:
    group = a_group(size_max=2)
    group.admit(ANA, by=JOY, at=at(1))
    with pytest.raises(GroupFull):
        group.admit(BO, by=JOY, at=at(2))
    group.remove(ANA, reason=WHY, by=JOY, at=at(3))
    group.remove(ANA, reason=WHY, by=JOY, at=at(3))
    group.admit(BO, by=ADMIN, administrator=True, at=at(4))
    assert group.roster_on(at(4)) == [JOY, BO]


def test_members_do_not_decide_for_the_facilitator() -> None:
    group = a_group()
    group.admit(ANA, by=JOY, at=at(1))
    orders: list[Callable[[], None]] = [
        lambda: group.admit(BO, by=ANA, at=at(2)),
        lambda: group.remove(ANA, reason=WHY, by=ANA, at=at(2)),
        lambda: group.name_facilitator(ANA, by=ANA, at=at(2)),
        lambda: group.change_rhythm(a_rhythm(weekday=1), by=ANA, at=at(2)),
    ]
    for order in orders:
        with pytest.raises(GroupFacilitatorOnly):
            order()
    assert len(facts(group)) == 1


def test_the_facilitator_hands_over_before_leaving() -> None:
    group = a_group()
    with pytest.raises(FacilitatorNeeded):
        group.leave(JOY, at=at(1))
    with pytest.raises(NotInGroup):
        group.name_facilitator(EVE, by=JOY, at=at(1))
    group.admit(CHIDI, by=JOY, at=at(1))
    group.name_facilitator(CHIDI, by=JOY, at=at(2))
    group.leave(JOY, at=at(3))
    assert group.roster_on(at(3)) == [CHIDI]


def test_a_group_whose_facilitator_never_comes_again_passes_to_who_belonged_longest() -> None:
    group = a_group(size_max=4)
    for minute, member_id in enumerate((ANA, BO, CHIDI), start=1):
        group.admit(member_id, by=JOY, at=at(minute))
    group.leave(ANA, at=at(4))
    group.admit(ANA, by=JOY, at=at(5))  # came back, and counts from then
    group.part_with(JOY, by=ADMIN, at=at(6))
    assert (group.facilitator_id, group.roster_on(at(6))) == (BO, [BO, CHIDI, ANA])
    group.part_with(CHIDI, by=ADMIN, at=at(7))
    assert (group.facilitator_id, group.roster_on(at(7))) == (BO, [BO, ANA])


def test_a_group_of_one_who_never_comes_again_waits_for_an_administrator() -> None:
    group = a_group()
    for _ in range(2):  # the second time is no fact
        group.part_with(JOY, by=ADMIN, at=at(1))
    assert [type(fact) for fact in facts(group)] == [PeerGroup.MemberLeft]
    group.admit(ANA, by=ADMIN, administrator=True, at=at(2))
    group.name_facilitator(ANA, by=ADMIN, administrator=True, at=at(3))
    assert (group.facilitator_id, group.members()) == (ANA, [ANA])


def test_the_same_rhythm_is_no_fact() -> None:
    group = a_group()
    group.change_rhythm(a_rhythm(), by=JOY, at=at(1))
    group.change_rhythm(a_rhythm(weekday=3), by=JOY, at=at(1))
    assert len(facts(group)) == 1
    assert group.rhythm.weekday == 3


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, InvalidFields),
        ({"promise": ""}, InvalidFields),
        ({"size_min": 1}, InvalidFields),
        ({"size_min": 5, "size_max": 4}, InvalidFields),
        ({"size_max": 31}, InvalidFields),
        ({"zone": "Moon/Base"}, UnknownZone),
    ],
)
def test_a_group_that_cannot_be_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_group(**changes)
