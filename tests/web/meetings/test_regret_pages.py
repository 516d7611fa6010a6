"""I cannot come: said on the page of a meeting, seen by those it concerns, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from domain.rules.book import RuleBook
from domain.rules.ways import GroupRule
from infra.rule_files import load_rules
from services.meetings.commands import OpenMeeting, PostponeMeeting
from services.web.pages.meetings.head_count import warnings_about
from services.web.pages.meetings.seeing import see_meeting
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

_WEEKS = iter(range(1, 500))


@pytest.fixture
async def planned(pages: Pages) -> UUID:
    """The group's next meeting, in two days."""
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    pages.real.clock.at = start - timedelta(days=2)
    return meeting_id


async def cannot(client: httpx.AsyncClient, meeting_id: UUID, **more: str) -> httpx.Response:
    page = (await client.get(f"/meetings/{meeting_id}")).text
    assert "I cannot come" in page
    starts_at = shown_start(page)
    return await client.post(
        f"/meetings/{meeting_id}/regrets", data=hidden(page) | {"starts_at": starts_at} | more
    )


def shown_start(page: str) -> str:
    found = re.search(r'name="starts_at" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def take_back_address(page: str) -> str:
    found = re.search(r'action="([^"]+/take-back)"', page)
    assert found is not None
    return found[1]


async def test_who_cannot_come_is_seen_where_the_hour_is_looked_for_and_can_come_after_all(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    head = await pages.real.house.store.head()
    said = await cannot(ana, planned)
    assert (said.status_code, said.headers["location"]) == (303, f"{at}?done=regrets")
    own = (await ana.get(f"{at}?done=regrets")).text
    assert "Your group sees that you cannot come." in words_of(own)
    assert "I cannot come" not in words_of(own)
    seen = words_of((await joy.get(at)).text)
    assert "3 of 4 expected" in seen
    assert "Nguyễn Thị Ánh cannot come" in seen
    group = words_of((await joy.get(f"/groups/{pages.story.group}")).text)
    assert "Cannot come: Nguyễn Thị Ánh" in group
    assert "Cannot come: Nguyễn Thị Ánh" in words_of((await joy.get("/")).text)
    assert "You said that you cannot come." in words_of((await ana.get("/")).text)
    back = await ana.post(take_back_address(own), data=hidden(own))
    assert (back.status_code, back.headers["location"]) == (303, f"{at}?done=regrets_back")
    assert "cannot come" not in words_of((await joy.get(at)).text).replace("I cannot come", "")
    assert await pages.real.house.store.head() == head, "the record keeps nothing of it"


async def test_the_start_page_tells_also_of_a_later_hour_that_one_cannot_come(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient
) -> None:
    start = (await pages.story.meeting(planned)).scheduled.from_at + timedelta(days=1)
    later = await pages.story.plan(f"later:{start}", start=start)
    await pages.real.drain()
    assert "Cannot come: you" not in words_of((await ana.get("/")).text)
    await cannot(ana, later)
    assert "Cannot come: you" in words_of((await ana.get("/")).text)


async def test_the_same_form_sent_twice_says_it_once_and_once_taken_back_says_nothing(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    page = (await ana.get(at)).text
    form = hidden(page)
    for _ in range(2):
        assert (await ana.post(f"{at}/regrets", data=form)).status_code == 303
    own = (await ana.get(at)).text
    await ana.post(take_back_address(own), data=hidden(own))
    assert (await ana.post(f"{at}/regrets", data=form)).status_code == 303
    assert await pages.real.house.regrets.of_meetings([planned]) == []


async def test_a_meeting_that_moved_expects_everybody_again_and_says_so(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    old = (await ana.get(at)).text
    starts_at = shown_start(old)
    await cannot(ana, planned)
    before = (await pages.story.meeting(planned)).scheduled
    later = timedelta(hours=2)
    await pages.story.do(
        PostponeMeeting(
            meeting_id=planned,
            starts_at=before.from_at + later,
            ends_at=before.to_at + later,
            by=pages.story.joy,
        )
    )
    await pages.real.drain()
    told = words_of((await ana.get(at)).text)
    assert "The meeting has moved since, so you are expected again." in told
    assert "cannot come" not in words_of((await joy.get(at)).text).replace("I cannot come", "")
    async with await pages.browser(pages.story.bo) as bo:
        stale = await bo.post(f"{at}/regrets", data={"starts_at": starts_at})
    assert stale.status_code == 409
    assert "has moved since you looked" in words_of(stale.text)
    assert (await cannot(ana, planned)).status_code == 303


async def test_so_few_that_the_group_or_a_licence_wants_more_is_said_to_all(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    assert "Few can come" not in words_of((await joy.get(at)).text)
    async with (
        await pages.browser(pages.story.bo) as bo,
        await pages.browser(pages.story.chidi) as chidi,
    ):
        for each in (bo, chidi):
            await cannot(each, planned)
        assert "Few can come" not in words_of((await joy.get(at)).text), "two are a group here"
        await cannot(ana, planned)
        for each in (ana, bo, joy):
            told = words_of((await each.get(at)).text)
            assert "1 person is expected at the moment." in told
            assert "The group meets with 2 people or more." in told
            assert "Hardly any board counts an hour that somebody spends alone." in told


async def test_a_licence_that_wants_more_is_named_to_its_holder_and_told_to_the_others_as_a_figure(
    pages: Pages, planned: UUID
) -> None:
    found = load_rules().newest("us-ca-psychology")
    assert found is not None
    rules = tuple(msgspec.structs.replace(each, group=GroupRule(min=4)) for each in found.rules)
    book = RuleBook([msgspec.structs.replace(found, rules=rules)])
    async with await pages.browser(pages.story.chidi) as chidi:
        await cannot(chidi, planned)

    async def told(reader_id: UUID) -> list[str]:
        house = pages.real.house
        async with house.views() as conn:
            view = await see_meeting(
                conn,
                planned,
                reader_id,
                administrator=False,
                takes_dues=False,
                regrets=await house.regrets.of_meetings([planned]),
                now=house.clock.now(),
            )
            return await warnings_about(conn, book, view)

    now = "3 people are expected at the moment."
    own = f"{found.name} counts an hour with 4 people or more for your licence."
    assert await told(pages.story.ana) == [now, own]
    figure = "Some licences in this group want hours with 4 people or more."
    assert await told(pages.story.joy) == [now, figure]


async def test_when_who_leads_cannot_come_everybody_reads_how_the_hour_goes_on(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    await cannot(joy, planned)
    assert "Let somebody else lead" in words_of((await joy.get(f"/meetings/{planned}")).text)
    told = words_of((await ana.get(f"/meetings/{planned}")).text)
    assert "Five minutes after the start anybody expected can open the door." in told


async def test_once_the_door_is_open_it_is_too_late_and_the_roster_still_says_who_said_no(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    await cannot(ana, planned)
    own = (await ana.get(at)).text
    pages.real.clock.at = (await pages.story.meeting(planned)).scheduled.from_at
    await pages.story.do(OpenMeeting(meeting_id=planned, by=pages.story.joy))
    await pages.real.drain()
    refused = await ana.post(take_back_address(own), data=hidden(own))
    assert refused.status_code == 422
    assert "only who comes counts now" in words_of(refused.text)
    async with await pages.browser(pages.story.bo) as bo:
        seen = words_of((await bo.get(at)).text)
        assert "Nguyễn Thị Ánh cannot come" in seen
        assert "0 of 3 here" in seen
        late = await bo.post(f"{at}/regrets", data={"command_id": ""})
    assert late.status_code == 422
    code = pages.real.house.door_codes.current(planned, pages.real.clock.now())
    came = await ana.post(f"{at}/check-in", data={"door_code": code})
    assert came.status_code == 303, "whoever said no and comes simply comes"


@pytest.mark.parametrize("typed", ["soon", "2026-03-02T18:00:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_no_page_shows_is_refused_and_nothing_is_kept(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, typed: str
) -> None:
    answer = await ana.post(f"/meetings/{planned}/regrets", data={"starts_at": typed})
    assert answer.status_code == 400
    assert await pages.real.house.regrets.of_meetings([planned]) == []


async def test_changing_it_all_the_time_is_slowed_down(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    answers = [
        (await joy.post(f"/meetings/{planned}/regrets", data={"n": str(number)})).status_code
        for number in range(40)
    ]
    assert set(answers) == {303, 429}
