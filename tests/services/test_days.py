"""By which place's clock somebody reads: that of the group they have belonged to longest."""

from __future__ import annotations

from pathlib import Path

from domain.values import Style
from infra.database import ConnectKwargs
from services.days import zone_of, zones_of
from services.groups.commands import AdmitMember, FormGroup, LeaveGroup
from tests.support.builders import SIX_PM, a_rhythm
from tests.support.house import open_real_house


async def test_one_question_for_many_gives_what_each_of_theirs_does(
    database: ConnectKwargs, tmp_path: Path
) -> None:
    async with open_real_house(database, tmp_path) as real:
        story = real.story("days")
        await story.begin()
        story.clock.at = SIX_PM
        denver = story.id("denver")
        await story.do(
            FormGroup(
                group_id=denver,
                name="Denver circle",
                promise="Half the time is not cases.",
                style=Style.INTERVISION,
                zone="America/Denver",
                rhythm=a_rhythm(zone="America/Denver"),
                program_id=None,
                size_min=2,
                size_max=6,
                facilitator_id=story.ana,
                by=story.ana,
            )
        )
        await story.do(AdmitMember(group_id=denver, member_id=story.bo, by=story.ana))
        for leaves in (story.bo, story.chidi):
            await story.do(LeaveGroup(group_id=story.group, member_id=leaves))
        await real.drain()
        people = [story.ana, story.bo, story.chidi, story.eve]
        async with real.house.views() as conn:
            found = await zones_of(conn, people)
            assert found == {each: await zone_of(conn, each) for each in people}
        assert found == dict(
            zip(people, ["Europe/Berlin", "America/Denver", "Europe/Berlin", "UTC"], strict=True)
        )
