"""A house that runs while its operator writes packs: what cannot be used changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra import rule_files
from infra.database import ConnectKwargs
from tests.domain.rules.made import FILE, a_rule, a_text
from tests.support.builders import SIX_PM
from tests.support.house import open_real_house
from tests.support.story import Story

HOUR = (0, 60)


def text(version: int, minutes_per_unit: int, gives: float) -> str:
    """Return a pack whose one example is an hour."""
    case = {"says": "An hour", "minutes": 60, "gives": {"hours": gives}}
    return a_text(a_rule(minutes_per_unit=minutes_per_unit), version=version, case=[case])


async def worth(story: Story, meeting_id: UUID) -> tuple[str, int]:
    """Return what the operator's own pack gave Ana, and by which version."""
    award = await story.award(meeting_id, "ana", "hours")
    assert award is not None
    return str(award.credited.amount), award.rule_version


async def test_a_running_house_judges_by_the_last_good_packs(
    database: ConnectKwargs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_files, "_LOOK_EVERY", -1.0)  # every time that somebody asks
    folder = tmp_path / "packs"
    folder.mkdir()
    file = folder / FILE
    file.write_text(text(1, 60, 1))
    async with open_real_house(database, tmp_path / "house", rules_dir=folder) as house:
        story = house.story("packs")
        await story.begin(sponsored=False)
        found = []
        for week, written in enumerate(
            (
                text(1, 60, 1),
                text(2, 30, 1),  # its own example does not come out
                text(2, 30, 2).replace("minutes_per_unit", "minutes_per_hour"),
                "version = ",
                text(2, 30, 2),
            )
        ):
            file.write_text(written)
            start = SIX_PM + timedelta(weeks=week)
            meeting_id = await story.held({story.ana: HOUR}, name=f"week {week}", start=start)
            await house.drain()
            found.append(await worth(story, meeting_id))
    assert found == [("1.00", 1)] * 4 + [("2.00", 2)]
