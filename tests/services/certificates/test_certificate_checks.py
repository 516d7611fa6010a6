"""Looks at certificates: once an hour, and nothing about who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.certificates.checks import CheckChannel
from services.certificates.checks import NoteCheck
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse

NOTED = "peerhour.certificate_check.noted"


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin()
    return house


async def look(house: SmallHouse) -> NoteCheck:
    """Return the order that notes a look at Ana's certificate."""
    meeting_id = await house.held({house.ana: (0, 60)}, evaluated=(house.ana,))
    await house.settle()
    (certificate,) = await house.certificates(meeting_id, "ana")
    house.clock.at = SIX_PM + timedelta(days=1)
    return NoteCheck(certificate_id=certificate.id, channel=CheckChannel.PAGE)


def noted(house: SmallHouse) -> list[object]:
    return [each for each in house.memory.log if type(each.event).TOPIC == NOTED]


async def test_of_all_looks_in_an_hour_the_first_is_kept(house: SmallHouse) -> None:
    order = await look(house)
    for minutes in (0, 20, 59):
        house.clock.at = SIX_PM + timedelta(days=1, minutes=minutes)
        await house.do(order)
    assert len(noted(house)) == 1
    house.clock.at = SIX_PM + timedelta(days=1, minutes=60)
    await house.do(order)
    assert len(noted(house)) == 2


async def test_a_look_at_nothing_is_refused(house: SmallHouse) -> None:
    order = NoteCheck(certificate_id=house.id("nothing"), channel=CheckChannel.PROGRAM)
    assert (await house.refused(order)).code == "not_found"
    assert noted(house) == []
