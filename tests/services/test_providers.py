"""Orders about providers and programs: who decides, and what follows for meetings."""

from __future__ import annotations

import pytest

from domain.programs import Program
from domain.providers import Provider
from domain.values import Modality
from services.providers import RetireProgram, WithdrawApproval
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin()
    return house


async def test_only_administrators_withdraw_approvals_and_retire_programs(
    house: SmallHouse,
) -> None:
    withdraw = WithdrawApproval(
        provider_id=house.provider,
        approval_id=house.id("approval"),
        from_day=SIX_PM.date(),
        reason="I say so.",
        by=house.joy,
    )
    retire = RetireProgram(program_id=house.program, reason="I say so.", by=house.joy)
    for order in (withdraw, retire):
        assert (await house.refused(order)).code == "not_allowed"
    provider = await house.known(Provider, house.provider)
    assert provider.approvals_on(SIX_PM.date(), Modality.IN_ROOM)
    assert not (await house.known(Program, house.program)).retired


async def test_a_retired_program_sponsors_what_was_planned_before_and_nothing_after(
    house: SmallHouse,
) -> None:
    before = await house.plan("before")
    await house.do(RetireProgram(program_id=house.program, reason="A new one.", by=house.admin))
    after = await house.plan("after")
    programs = [(await house.meeting(each)).program_id for each in (before, after)]
    assert programs == [house.program, None]
