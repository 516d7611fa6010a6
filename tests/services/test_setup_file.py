"""A house set up from a file: what it says is ordered once, what it cannot say is named."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from domain.claims.payers import Payer
from domain.groups.group import PeerGroup
from domain.providers import Provider
from services.cli.setup_file import SetupFileFault, apply
from services.house import House
from tests.support.house import SmallHouse
from tests.support.repository import ROOT


def documented() -> str:
    text = (ROOT / "docs" / "setup_file.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert found
    return found.group(1)


class Site:
    """A small house and its administrator, who leads the group too."""

    def __init__(self) -> None:
        self.small = SmallHouse()

    async def apply(self, text: str) -> list[tuple[str, str, Any]]:
        house = cast("House", self.small)  # only its dispatch is used
        return await apply(house, text.encode(), "house.toml", self.small.admin)


@pytest.fixture
async def site() -> Site:
    site = Site()
    await site.small.people()
    return site


def file_for(site: Site) -> str:
    return re.sub(r'facilitator_id = "[^"]*"', f'facilitator_id = "{site.small.joy}"', documented())


async def test_the_documented_file_sets_up_a_house(site: Site) -> None:
    done = {table: stream_id for table, _, stream_id in await site.apply(file_for(site))}
    provider = await site.small.known(Provider, done["provider"])
    group = await site.small.known(PeerGroup, done["group"])
    payer = await site.small.known(Payer, done["payer"])
    assert (provider.name, group.name, payer.currency) == ("Lamp CE", "Tuesday lamp", "USD")
    assert group.program_id == done["program"]
    assert group.rhythm.zone == "America/Denver"


async def test_the_same_file_again_changes_nothing(site: Site) -> None:
    await site.apply(file_for(site))
    before = await site.small.memory.head()
    await site.apply(file_for(site))
    assert await site.small.memory.head() == before


async def test_people_are_admitted_and_enrolled(site: Site) -> None:
    more = f"""
[[admission]]
group = "tuesday"
member_id = "{site.small.ana}"

[[enrolment]]
payer = "fund"
member_id = "{site.small.ana}"
payer_member_ref = "F-1"
from_day = 2026-01-01
"""
    done = {table: stream_id for table, _, stream_id in await site.apply(file_for(site) + more)}
    group = await site.small.known(PeerGroup, done["group"])
    assert site.small.ana in group.roster_on(site.small.clock.now())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[provider]", "house.toml"),
        ("provider = 1", r"write \[\[provider\]\]"),
        ('[[provider]]\nname = "x"', r"\[\[provider\]\] 1: give it a key"),
        ('[[provider]]\nkey = "x"\nnam = "x"', "there is no field nam"),
        ('[[provider]]\nkey = "x"\nname = 7', r"\[\[provider\]\] 1: .*name"),
        ('[[province]]\nkey = "x"', "there is no table province"),
        ('[[payer]]\nkey = "x"\nvalid_from = "soon"', r"\[\[payer\]\] 1"),
    ],
)
async def test_a_fault_is_named_by_file_table_and_field(site: Site, text: str, says: str) -> None:
    with pytest.raises(SetupFileFault, match=says):
        await site.apply(text)
