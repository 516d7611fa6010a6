"""The seeded story: told twice it changes nothing, and it leaves papers that can be checked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.meetings.presence import EvidenceStrength
from domain.meetings.rules import MeetingState
from infra.database import ConnectKwargs
from infra.payer_files.verify import verify
from services.corridor.words import look_into
from services.demo import story as demo
from services.demo.run import _write_papers
from services.demo.story import CAST, Played
from tests.support.fakes import FixedClock
from tests.support.house import RealHouse, open_real_house

WEDNESDAY = datetime(2026, 11, 18, 18, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    folder = tmp_path_factory.mktemp("house")
    async with open_real_house(database, folder, FixedClock(WEDNESDAY)) as opened:
        yield opened


@pytest.fixture(scope="module")
async def played(house: RealHouse) -> Played:
    played = await demo.play(house.house)
    await house.drain()
    return played


async def test_the_story_tells_of_an_hour_behind_and_an_hour_ahead(
    house: RealHouse, played: Played
) -> None:
    story = house.story("-")
    past, tonight = await story.meeting(played.past), await story.meeting(played.tonight)
    assert (past.state, tonight.state) == (MeetingState.CLOSED, MeetingState.SCHEDULED)
    assert past.scheduled.to_at < WEDNESDAY
    assert abs(tonight.scheduled.from_at - WEDNESDAY) < timedelta(hours=1)
    assert played.month == (date(2026, 11, 1), date(2026, 11, 30))
    strengths = {person.key: past.minutes_of(person.id).strength for person in CAST}
    assert {strengths["joy"], strengths["ana"]} == {EvidenceStrength.STRONG}
    assert all(past.minutes_of(person.id).minutes >= 45 for person in CAST)


async def test_the_story_told_twice_changes_nothing(house: RealHouse, played: Played) -> None:
    head = await house.house.store.head()
    assert await demo.play(house.house) == played
    await house.drain()
    assert await house.house.store.head() == head
    assert await house.house.desk.stuck() == []


async def test_the_storys_people_left_each_other_words_that_have_not_faded(
    house: RealHouse, played: Played
) -> None:
    del played
    for _ in range(2):  # told twice, they stand there once
        joy = CAST[0].id
        words = (await look_into(house.house, demo.GROUP, joy)).words
        assert [word.just_listen for word in words] == [False, True]
        assert all(word.text and word.written_at < WEDNESDAY for word in words)
        await demo.play(house.house)


async def test_the_storys_papers_are_written_and_the_payers_add_up(
    house: RealHouse, played: Played, tmp_path: Path
) -> None:
    await _write_papers(house.running, played, tmp_path)
    written = files_in(tmp_path)
    certificates = [each for each in written if each.endswith(".pdf")]
    assert [name.split("-")[1] for name in certificates] == ["ana", "joy"]
    assert all(written[each].startswith(b"%PDF-") for each in certificates)
    run = {
        name.removeprefix("run-00001/"): content
        for name, content in written.items()
        if name.startswith("run-00001/")
    }
    assert set(run) == {"claims.csv", "lines.csv", "manifest.json"}
    assert verify(run) == []
    await _write_papers(house.running, played, tmp_path)
    assert files_in(tmp_path) == written


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder by its relative name, in order."""
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 2, 2, 35, tzinfo=UTC),  # the hour ended five minutes ago
        datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
        datetime(2027, 3, 17, 1, 0, tzinfo=UTC),  # the clocks went forward on Sunday
        datetime(2027, 11, 10, 2, 0, tzinfo=UTC),  # and back on this one
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    ],
)
async def test_the_story_can_be_told_again_any_day_later(house: RealHouse, now: datetime) -> None:
    house.clock.at = now
    played = await demo.play(house.house)
    meeting = await house.story("-").meeting(played.past)
    assert meeting.state is MeetingState.CLOSED
    assert timedelta(0) < now - meeting.scheduled.to_at < timedelta(days=8)
    first, last = played.month
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1
