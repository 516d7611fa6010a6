"""An hour with another title or program, and a group that follows another program or none."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from domain.values import Modality
from services.meetings.commands import OpenMeeting
from services.providers import PublishProgram, RetireProgram
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

_WEEKS = iter(range(1, 500))


@pytest.fixture
async def planned(pages: Pages) -> UUID:
    return await plan(pages)


async def plan(pages: Pages) -> UUID:
    """Plan a meeting, in two days."""
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    pages.real.clock.at = start - timedelta(days=2)
    return meeting_id


async def another_program(pages: Pages, title: str) -> UUID:
    program_id = uuid4()
    await pages.story.do(
        PublishProgram(
            program_id=program_id,
            provider_id=pages.story.provider,
            title=title,
            objectives=["Name one thing to try."],
            topics=["ethics"],
            modality=Modality.IN_ROOM,
            minutes=60,
            instructor_name="Joy Okafor",
            instructor_qualification="PhD",
        )
    )
    await pages.real.drain()
    return program_id


# Title


async def test_another_title_is_seen_everywhere_and_the_first_one_is_told(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    first = (await pages.story.meeting(planned)).title
    asked = (await joy.get(f"{at}/title")).text
    assert f'value="{first}"' in asked
    form = hidden(asked) | {"title": "Endings"}
    answers = [await joy.post(f"{at}/title", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await pages.count("meeting.retitled", planned) == 1
    assert (await pages.story.meeting(planned)).title == "Endings"
    told = words_of((await ana.get(at)).text)
    assert f"It was announced as “{first}” first." in told
    for address in ("/", f"/groups/{pages.story.group}", at):
        assert "Endings" in words_of((await ana.get(address)).text)
    async with await pages.program(pages.story.ana) as program:
        shown = (await program.get(f"/api/v1{at}")).json()
    assert (shown["title"], shown["first_title"]) == ("Endings", first)
    back = hidden((await joy.get(f"{at}/title")).text) | {"title": first}
    assert (await joy.post(f"{at}/title", data=back)).status_code == 303
    assert "It was announced as" not in words_of((await ana.get(at)).text)


@pytest.mark.parametrize("typed", ["", "  ", "x" * 201, "a\u202eb"])
async def test_a_title_that_no_paper_can_show_is_said_at_its_field(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient, typed: str
) -> None:
    at = f"/meetings/{planned}/title"
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | {"title": typed})
    assert answer.status_code == 400
    assert 'id="e-title"' in answer.text
    assert await pages.count("meeting.retitled", planned) == 0


async def test_an_older_form_gives_no_title_and_no_program(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    for path, first, second in (
        ("title", {"title": "Endings"}, {"title": "Beginnings"}),
        ("program", {"program": "none"}, {"program": str(await another_program(pages, "New"))}),
    ):
        at = f"/meetings/{planned}/{path}"
        older, newer = [hidden((await joy.get(at)).text) for _ in range(2)]
        assert (await joy.post(at, data=newer | first)).status_code == 303
        assert (await joy.post(at, data=older | second)).status_code == 409
    meeting = await pages.story.meeting(planned)
    assert (meeting.title, meeting.program_id) == ("Endings", None)


@pytest.mark.parametrize("path", ["title", "program"])
async def test_once_the_door_is_open_title_and_program_stay(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient, path: str
) -> None:
    at = f"/meetings/{planned}/{path}"
    pages.real.clock.at = (await pages.story.meeting(planned)).scheduled.from_at
    await pages.story.do(OpenMeeting(meeting_id=planned, by=pages.story.joy))
    await pages.real.drain()
    asked = await joy.get(at)
    assert "stays as it is" in words_of(asked.text)
    answer = await joy.post(at, data={"title": "Endings", "program": "none"})
    assert answer.status_code == 422
    assert await pages.count("meeting.retitled", planned) == 0
    assert await pages.count("meeting.program_changed", planned) == 0


# Program


async def test_a_group_follows_another_program_and_what_was_announced_stays(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    group, at = pages.story.group, f"/groups/{pages.story.group}/program"
    before = (await pages.story.meeting(planned)).program_id
    chosen = await another_program(pages, "Ethics together")
    asked = (await joy.get(at)).text
    assert "Ethics together, by Lamp House" in words_of(asked)
    answer = await joy.post(at, data=hidden(asked) | {"program": str(chosen)})
    assert answer.headers["location"] == f"/groups/{group}?done=group_program"
    assert (await pages.story.meeting(planned)).program_id == before != chosen
    later = await plan(pages)
    assert (await pages.story.meeting(later)).program_id == chosen
    assert "Program: Ethics together" in words_of((await ana.get(f"/meetings/{later}")).text)
    assert "Ethics together" in words_of((await ana.get(f"/groups/{group}")).text)
    none = hidden((await joy.get(at)).text) | {"program": "none"}
    assert (await joy.post(at, data=none)).status_code == 303
    assert (await pages.story.meeting(await plan(pages))).program_id is None
    assert (await pages.story.meeting(later)).program_id == chosen


async def test_a_group_whose_program_is_no_longer_offered_says_so_and_can_keep_it(
    pages: Pages, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    group = f"/groups/{pages.story.group}"
    chosen = await another_program(pages, "Soon over")
    asked = hidden((await joy.get(f"{group}/program")).text) | {"program": str(chosen)}
    assert (await joy.post(f"{group}/program", data=asked)).status_code == 303
    await pages.story.do(RetireProgram(program_id=chosen, reason="It ended.", by=pages.story.admin))
    await pages.real.drain()
    assert "Soon over (no longer offered" in words_of((await ana.get(group)).text)
    same = (await joy.get(f"{group}/program")).text
    assert "Soon over, no longer offered" in words_of(same)
    kept = await joy.post(f"{group}/program", data=hidden(same) | {"program": str(chosen)})
    assert kept.status_code == 303
    assert (await pages.story.meeting(await plan(pages))).program_id is None


async def test_one_meeting_is_held_under_another_program_than_its_group_follows(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    chosen = await another_program(pages, "Once only")
    at = f"/meetings/{planned}/program"
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | {"program": str(chosen)})
    assert answer.headers["location"] == f"/meetings/{planned}?done=program_chosen"
    assert (await pages.story.meeting(planned)).program_id == chosen
    assert "Program: Once only" in words_of((await ana.get(f"/meetings/{planned}")).text)
    assert (await pages.story.meeting(await plan(pages))).program_id != chosen


@pytest.mark.parametrize("about", ["groups", "meetings"])
async def test_a_program_that_nobody_offers_is_not_chosen(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient, about: str
) -> None:
    at = f"/{about}/{pages.story.group if about == 'groups' else planned}/program"
    retired = await another_program(pages, "Gone soon")
    await pages.story.do(
        RetireProgram(program_id=retired, reason="Nobody came.", by=pages.story.admin)
    )
    await pages.real.drain()
    asked = (await joy.get(at)).text
    assert "Gone soon" not in asked
    refused = await joy.post(at, data=hidden(asked) | {"program": str(retired)})
    assert refused.status_code == 422
    assert "no longer offered" in words_of(refused.text)
    unknown = await joy.post(at, data=hidden(asked) | {"program": str(uuid4())})
    assert unknown.status_code == 404
    nonsense = await joy.post(at, data=hidden(asked) | {"program": "the best one"})
    assert nonsense.status_code == 400
