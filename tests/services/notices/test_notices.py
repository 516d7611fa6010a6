"""Mails about hours: the evening before, and when one is moved or called off; once, if wished."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.members.member import ErasureBasis
from domain.notices.notice import Wishes
from infra.database import ConnectKwargs
from services import bootstrap
from services.groups.commands import LeaveGroup
from services.meetings.commands import CancelMeeting, PostponeMeeting
from services.meetings.regrets import SendRegrets, send_regrets
from services.members.commands import ComeBack, ForgetMember, TakeLeave
from tests.support.builders import SIX_PM
from tests.support.fakes import FixedClock
from tests.support.house import ORIGIN, Outbox, RealHouse, settings_for
from tests.support.post_office import PostOffice, post_office
from tests.support.story import Story

_WEEKS = iter(range(1, 500, 3))
_NAMES = ("Ana", "Bo", "Chidi", "Joy")


@dataclass
class Post:
    """A house whose mail goes through a real server, and a story in it."""

    real: RealHouse
    story: Story
    office: PostOffice

    async def at(self, moment: datetime) -> dict[str, tuple[str, str]]:
        """Let it become *moment*; return subject and words of each mail since, by its reader."""
        before = len(self.office.caught)
        self.real.clock.at = moment
        await self.real.drain()
        found = [
            (
                str(mail["To"]).partition("@")[0],
                (str(mail["Subject"]), mail.get_content().replace("\r\n", "\n")),
            )
            for mail in self.office.caught[before:]
        ]
        assert len(dict(found)) == len(found), "nobody reads the same twice"
        return dict(found)

    async def plan(self, start: datetime) -> UUID:
        meeting_id = await self.story.plan(f"notice:{start}", start=start)
        await self.real.drain()
        return meeting_id


@pytest.fixture(scope="module")
async def post(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Post]:
    clock = FixedClock()
    async with post_office() as (office, url):
        settings = settings_for(database, tmp_path_factory.mktemp("house"), smtp_url=url)
        async with bootstrap.open_house(
            settings, application_name="peerhour tests", migrating=False, clock=clock
        ) as running:
            house = bootstrap.without_worker(running)
            real = RealHouse(running, house, clock, Outbox())
            story = real.story("notices")
            await story.begin()
            for key in ("ana", "bo", "chidi", "joy"):
                await house.vault.keep_mail(story.id(key), f"{key}@example.org")
            await real.drain()
            yield Post(real, story, office)


@pytest.fixture
async def start(post: Post) -> datetime:
    """When an hour of the test's own begins, 7 PM in Berlin; it is a week before."""
    begins = SIX_PM + timedelta(weeks=next(_WEEKS))
    await post.at(begins - timedelta(days=7))
    return begins


async def test_the_evening_before_everybody_expected_is_told_once(
    post: Post, start: datetime
) -> None:
    meeting_id = await post.plan(start)
    six_in_berlin = start.replace(hour=18) - timedelta(days=1, hours=_offset(start))
    assert await post.at(six_in_berlin - timedelta(hours=1)) == {}
    told = await post.at(six_in_berlin)
    assert set(told) == {"ana", "bo", "chidi", "joy"}
    subject, text = told["ana"]
    assert re.fullmatch(r"Your hour on Monday \d+ \w+", subject)
    assert f"{ORIGIN}/meetings/{meeting_id}\n" in text
    assert f"{ORIGIN}/you/mails\n" in text
    assert "in person" in text
    assert "(Central European" in text
    assert not [name for name in _NAMES if name in subject + text]
    assert await post.at(six_in_berlin + timedelta(hours=3)) == {}
    assert await post.at(start + timedelta(hours=1)) == {}


def _offset(start: datetime) -> int:
    """Return how far Berlin is ahead of UTC, in hours: the story meets at the same UTC hour."""
    local = (start - timedelta(days=1)).astimezone(ZoneInfo("Europe/Berlin"))
    return int((local.utcoffset() or timedelta(0)).total_seconds() // 3600)


async def test_who_cannot_come_is_on_leave_or_wishes_none_is_not_reminded(
    post: Post, start: datetime
) -> None:
    story, house = post.story, post.real.house
    meeting_id = await post.plan(start)
    await send_regrets(
        house,
        SendRegrets(regret_id=story.id(f"r{start}"), meeting_id=meeting_id, member_id=story.ana),
    )
    await story.do(TakeLeave(member_id=story.bo))
    await house.wishes.put(Wishes(member_id=story.chidi, reminders=False))
    assert set(await post.at(start - timedelta(hours=2))) == {"joy"}
    await story.do(ComeBack(member_id=story.bo))
    await house.wishes.put(Wishes(member_id=story.chidi))


async def test_a_moved_hour_is_told_at_once_and_reminded_of_at_its_new_time_alone(
    post: Post, start: datetime
) -> None:
    story = post.story
    meeting_id = await post.plan(start)
    await post.real.house.wishes.put(Wishes(member_id=story.bo, changes=False))
    later = start + timedelta(days=2)
    await story.do(
        PostponeMeeting(
            meeting_id=meeting_id,
            by=story.joy,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
        )
    )
    told = await post.at(post.real.clock.at)
    assert set(told) == {"ana", "chidi"}, "who did it knows; who wishes none gets none"
    subject, text = told["ana"]
    assert subject.startswith("An hour has moved: now Wednesday")
    assert "This is when it is now." in text
    assert await post.at(start) == {}, "of its old time nobody is reminded"
    assert set(await post.at(later - timedelta(hours=3))) == {"ana", "bo", "chidi", "joy"}
    await post.real.house.wishes.put(Wishes(member_id=story.bo))


async def test_an_hour_that_moves_after_its_evening_is_told_once_by_whichever_mail_they_wish(
    post: Post, start: datetime
) -> None:
    story = post.story
    meeting_id = await post.plan(start)
    assert set(await post.at(start - timedelta(hours=20))) == {"ana", "bo", "chidi", "joy"}
    await post.real.house.wishes.put(Wishes(member_id=story.bo, changes=False))
    later = start + timedelta(hours=1)
    await story.do(
        PostponeMeeting(
            meeting_id=meeting_id,
            by=story.joy,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
        )
    )
    told = await post.at(post.real.clock.at)
    assert {reader: subject.partition(" ")[0] for reader, (subject, _) in told.items()} == {
        "ana": "An",
        "chidi": "An",
    }
    told = await post.at(start - timedelta(hours=18))
    assert {reader: subject.partition(" ")[0] for reader, (subject, _) in told.items()} == {
        "bo": "Your"
    }
    assert await post.at(start) == {}
    await post.real.house.wishes.put(Wishes(member_id=story.bo))


async def test_many_mails_about_hours_hold_up_nothing_else_that_waits(
    post: Post, start: datetime
) -> None:
    await post.plan(start)
    steps = post.real.running.chores.steps
    post.real.clock.at = start - timedelta(hours=20)
    await steps["clock"]()
    before = len(post.office.caught)
    assert await steps["outbox"]() == 0
    assert len(post.office.caught) == before
    assert [await steps["hour notices"]() for _ in range(5)] == [1, 1, 1, 1, 0]
    assert len(post.office.caught) == before + 4


async def test_a_called_off_hour_is_told_at_once_without_its_reason(
    post: Post, start: datetime
) -> None:
    story = post.story
    meeting_id = await post.plan(start)
    await story.do(CancelMeeting(meeting_id=meeting_id, by=story.joy, reason="My mother is ill."))
    told = await post.at(post.real.clock.at)
    assert set(told) == {"ana", "bo", "chidi"}
    subject, text = told["bo"]
    assert re.fullmatch(r"The hour on Monday \d+ \w+ is called off", subject)
    assert "mother" not in text
    assert await post.at(start) == {}


async def test_a_mail_that_waited_too_long_says_nothing_that_is_not_so(
    post: Post, start: datetime
) -> None:
    story = post.story
    meeting_id = await post.plan(start)
    await story.do(CancelMeeting(meeting_id=meeting_id, by=story.joy, reason="A reason."))
    assert await post.at(start + timedelta(minutes=1)) == {}, "it would be over by now"


async def test_whoever_leaves_or_is_forgotten_reads_nothing_more(
    post: Post, start: datetime
) -> None:
    story = post.story
    await post.plan(start)
    await story.do(LeaveGroup(group_id=story.group, member_id=story.bo))
    await story.do(
        ForgetMember(member_id=story.chidi, basis=ErasureBasis.OWN_REQUEST, by=story.admin)
    )
    assert set(await post.at(start - timedelta(hours=5))) == {"ana", "joy"}
    kept = await post.real.house.wishes.of_member(story.chidi)
    assert kept == Wishes(member_id=story.chidi)
    rows = await post.real.fetch("SELECT 1 FROM notice_wishes WHERE member_id = $1", story.chidi)
    assert rows == []
    waiting = await post.real.fetch("SELECT payload FROM outbox WHERE kind = 'hour_notice'")
    assert not [row for row in waiting if "@" in str(row[0])], "what waits are ids"
