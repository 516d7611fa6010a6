"""Orders about providers and programs: who decides, and what follows for meetings."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.programs import Program
from domain.providers import Provider
from domain.values import Modality
from services.certificates.issuing import SettleCertificate
from services.credits.judging import ledger_id_of
from services.providers import CorrectProvider, RetireProgram, WithdrawApproval
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


def correction(house: SmallHouse, by: UUID) -> CorrectProvider:
    return CorrectProvider(
        provider_id=house.provider,
        name="Lamp House Education",
        address="2 Lamp Street",
        contact="office@lamp.example",
        authorising_name="Joy Lin",
        authorising_role="Director of education",
        reason="It moved.",
        by=by,
    )


async def test_only_administrators_correct_a_provider(house: SmallHouse) -> None:
    assert (await house.refused(correction(house, house.joy))).code == "not_allowed"
    assert (await house.known(Provider, house.provider)).name == "Lamp House"


async def test_papers_keep_the_provider_they_were_issued_with_and_new_ones_name_it_anew(
    house: SmallHouse,
) -> None:
    first = await house.held({house.ana: (0, 60)}, name="first", evaluated=[house.ana])
    await house.settle()
    (before,) = await house.certificates(first, "ana")
    await house.do(correction(house, house.admin))
    ledger_id = ledger_id_of(house.ana)
    award_id = before.award_id
    await house.do(SettleCertificate(ledger_id=ledger_id, award_id=award_id))
    (kept,) = await house.certificates(first, "ana")
    assert (kept.stands, kept.facts.provider_name) == (True, "Lamp House")

    start = SIX_PM + timedelta(days=7)
    later = await house.held({house.ana: (0, 60)}, name="later", start=start, evaluated=[house.ana])
    await house.settle()
    (new,) = await house.certificates(later, "ana")
    assert (new.facts.provider_name, new.facts.provider_address) == (
        "Lamp House Education",
        "2 Lamp Street",
    )
