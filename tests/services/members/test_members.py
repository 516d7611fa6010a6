"""Orders about members: who decides about whom."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.members.member import ErasureBasis, Member, Role
from domain.personal import shown
from domain.recording import Cause, StaleStream
from services.dispatch import Work
from services.members.commands import (
    HOUSE,
    ComeBack,
    CorrectName,
    EndLicence,
    ForgetMember,
    GrantRole,
    RegisterMember,
    TakeLeave,
    WithdrawRole,
    withdraw_role,
)
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.people()
    return house


async def test_the_house_makes_the_first_administrator_and_administrators_make_others(
    house: SmallHouse,
) -> None:
    assert (await house.known(Member, house.admin)).is_administrator
    await house.do(GrantRole(member_id=house.bo, role=Role.ADMINISTRATOR, by=house.admin))
    await house.do(WithdrawRole(member_id=house.admin, role=Role.ADMINISTRATOR, by=house.bo))
    assert (await house.known(Member, house.bo)).is_administrator
    assert not (await house.known(Member, house.admin)).is_administrator


async def test_nobody_makes_themselves_an_administrator(house: SmallHouse) -> None:
    grab = GrantRole(member_id=house.ana, role=Role.ADMINISTRATOR, by=house.ana)
    assert (await house.refused(grab)).code == "not_allowed"
    oust = WithdrawRole(member_id=house.admin, role=Role.ADMINISTRATOR, by=house.ana)
    assert (await house.refused(oust)).code == "not_allowed"
    assert (await house.known(Member, house.admin)).is_administrator


async def test_a_name_is_its_bearers_or_an_administrators_to_correct(house: SmallHouse) -> None:
    for by in (house.ana, house.admin):
        await house.do(
            CorrectName(member_id=house.ana, name_on_papers=f"Ana {by}", reason="Typo.", by=by)
        )
    meddle = CorrectName(
        member_id=house.ana, name_on_papers="Somebody", reason="A joke.", by=house.bo
    )
    assert (await house.refused(meddle)).code == "not_allowed"
    member = await house.known(Member, house.ana)
    assert shown(member.name_on_papers) == f"Ana {house.admin}"


@pytest.mark.parametrize("by", ["ana", "admin", "the house"])
async def test_people_are_forgotten_on_their_own_or_an_administrators_order(
    house: SmallHouse, by: str
) -> None:
    order = ForgetMember(
        member_id=house.ana,
        basis=ErasureBasis.OWN_REQUEST,
        by=HOUSE if by == "the house" else house.id(by),
    )
    await house.do(order)
    assert (await house.known(Member, house.ana)).forgotten
    (effect,) = house.effects("forget_person")
    assert effect.payload == {"subject_id": str(house.ana)}


async def test_nobody_has_another_member_forgotten(house: SmallHouse) -> None:
    order = ForgetMember(member_id=house.ana, basis=ErasureBasis.OWN_REQUEST, by=house.bo)
    assert (await house.refused(order)).code == "not_allowed"
    assert house.effects("forget_person") == []


async def test_nothing_more_is_recorded_about_somebody_forgotten(house: SmallHouse) -> None:
    await house.do(ForgetMember(member_id=house.ana, basis=ErasureBasis.OWN_REQUEST, by=house.ana))
    assert (await house.refused(TakeLeave(member_id=house.ana))).code == "member.forgotten"


async def test_leave_and_return_are_a_members_own(house: SmallHouse) -> None:
    await house.do(TakeLeave(member_id=house.ana))
    assert (await house.known(Member, house.ana)).on_leave
    await house.do(ComeBack(member_id=house.ana))
    assert not (await house.known(Member, house.ana)).on_leave


async def test_a_licence_ends_on_its_last_day(house: SmallHouse) -> None:
    licence_id = await house.psychologist("ana")
    await house.do(EndLicence(member_id=house.ana, licence_id=licence_id, last_day=SIX_PM.date()))
    member = await house.known(Member, house.ana)
    assert member.licences[licence_id].valid_until == SIX_PM.date()


async def test_an_id_is_one_persons_for_good(house: SmallHouse) -> None:
    twice = RegisterMember(member_id=house.ana, name_on_papers="Another Ana")
    assert (await house.refused(twice)).code == "already_exists"
    assert (await house.refused(TakeLeave(member_id=house.id("nobody")))).code == "not_found"


async def test_nobody_takes_the_role_from_themselves_so_that_somebody_has_it(
    house: SmallHouse,
) -> None:
    own = WithdrawRole(member_id=house.admin, role=Role.ADMINISTRATOR, by=house.admin)
    assert (await house.refused(own)).code == "member.own_role"
    by_house = WithdrawRole(member_id=house.admin, role=Role.ADMINISTRATOR, by=HOUSE)
    assert (await house.refused(by_house)).code == "not_allowed"
    assert (await house.known(Member, house.admin)).is_administrator


async def test_two_administrators_cannot_oust_each_other_in_the_same_moment(
    house: SmallHouse,
) -> None:
    await house.do(GrantRole(member_id=house.bo, role=Role.ADMINISTRATOR, by=house.admin))
    pairs = [(house.bo, house.admin), (house.admin, house.bo)]
    for row_exists in (False, True):
        decided = []
        for by, other in pairs:
            work = Work(house.store, uuid4())
            cmd = WithdrawRole(member_id=other, role=Role.ADMINISTRATOR, by=by)
            await withdraw_role(cmd, work=work, clock=house.clock)
            decided.append(work.append(Cause(uuid4()), b""))
        await house.store.append(decided[0])
        with pytest.raises(StaleStream):
            await house.store.append(decided[1])
        assert not (await house.known(Member, house.admin)).is_administrator
        if not row_exists:
            await house.do(GrantRole(member_id=house.admin, role=Role.ADMINISTRATOR, by=house.bo))
