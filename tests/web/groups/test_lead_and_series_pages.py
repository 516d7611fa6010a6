"""Pages on which a facilitator puts on record who led, and which meetings belong together."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from domain.groups.group import PeerGroup
from domain.meetings.leading import LedBy
from services.groups.series import PlanSeries
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

_WEEKS = iter(range(1, 500))
OUTSIDER = {
    "led_by": "outsider",
    "name": "Kim Obi",
    "profession": "psychology",
    "qualification": "PhD, licensed psychologist",
    "supervisor": "yes",
}


@pytest.fixture
async def held(pages: Pages) -> UUID:
    """A meeting of the test's own, that is over."""
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    people = {pages.story.ana: (0.0, 60.0), pages.story.bo: (0.0, 60.0)}
    meeting_id = await pages.story.held(people, name=f"meeting:{start}", start=start)
    await pages.real.drain()
    return meeting_id


async def test_a_facilitator_says_who_led_from_outside_and_everybody_reads_it(
    pages: Pages, held: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{held}"
    assert "Who led is not on record" in words_of((await joy.get(at)).text)
    form = hidden((await joy.get(f"{at}/led")).text) | OUTSIDER
    answers = [await joy.post(f"{at}/led", data=form) for _ in range(2)]
    assert [answer.headers.get("location") for answer in answers] == [f"{at}?done=led"] * 2
    assert await pages.count("meeting.lead_recorded", held) == 1
    lead = (await pages.story.meeting(held)).lead
    assert lead is not None
    assert lead.outsider is not None
    assert (lead.led_by, lead.outsider.supervisor) == (LedBy.OUTSIDER, True)
    async with await pages.browser(pages.story.ana) as ana:
        said = words_of((await ana.get(at)).text)
    assert "Kim Obi, PhD, licensed psychologist, led it from outside the group." in said
    assert "Who led is not on record" not in said


async def test_the_next_meeting_is_proposed_the_last_answer_and_records_nothing_by_itself(
    pages: Pages, held: UUID, joy: httpx.AsyncClient
) -> None:
    form = hidden((await joy.get(f"/meetings/{held}/led")).text) | OUTSIDER
    await joy.post(f"/meetings/{held}/led", data=form)
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    following = await pages.story.held(
        {pages.story.ana: (0.0, 60.0)}, name=f"meeting:{start}", start=start
    )
    await pages.real.drain()
    page = (await joy.get(f"/meetings/{following}/led")).text
    assert 'value="Kim Obi"' in page
    assert "Nothing is recorded of this one yet" in words_of(page)
    assert (await pages.story.meeting(following)).lead is None


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose who led."),
        ({"led_by": "everybody"}, "Who led:"),
        ({"led_by": "member"}, "Choose who led."),
        (OUTSIDER | {"name": " "}, "Write their name."),
        (OUTSIDER | {"profession": ""}, "Choose the profession of their licence."),
        (OUTSIDER | {"profession": "astrology"}, "Their profession:"),
        (OUTSIDER | {"qualification": ""}, "Write their degree or licence."),
        (OUTSIDER | {"supervisor": "perhaps"}, "Are they a qualified clinical supervisor?:"),
        (OUTSIDER | {"name": "K" * 301}, "Use at most 300 characters."),
    ],
)
async def test_what_is_missing_about_a_leader_is_said_at_its_field_and_what_was_typed_stays(
    pages: Pages, held: UUID, joy: httpx.AsyncClient, form: dict[str, str], said: str
) -> None:
    at = f"/meetings/{held}/led"
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | form)
    assert answer.status_code == 400
    assert said in words_of(answer.text)
    if form.get("qualification"):
        assert f'value="{form["qualification"]}"' in answer.text
    assert (await pages.story.meeting(held)).lead is None


async def test_a_stranger_as_the_leading_member_is_refused_with_the_page(
    pages: Pages, held: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{held}/led"
    form = {"led_by": "member", "member_id": str(pages.story.eve)}
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | form)
    assert answer.status_code == 403
    assert "is on the roster; choose again" in words_of(answer.text)


async def test_a_planned_meeting_was_led_by_nobody_yet(
    pages: Pages, joy: httpx.AsyncClient
) -> None:
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    at = f"/meetings/{meeting_id}/led"
    page = await joy.get(at)
    assert "once the door was open" in words_of(page.text)
    answer = await joy.post(at, data={"command_id": str(meeting_id), "led_by": "peers"})
    assert answer.status_code == 422


async def test_a_series_is_announced_placed_and_told_on_every_page(
    pages: Pages, held: UUID, joy: httpx.AsyncClient
) -> None:
    group = f"/groups/{pages.story.group}"
    page = (await joy.get(f"{group}/series")).text
    form = hidden(page) | {"title": "Endings", "parts": "2"}
    for _ in range(2):
        answer = await joy.post(f"{group}/series", data=form)
        assert answer.headers["location"] == f"{group}/series?done=series"
    page = (await joy.get(f"{group}/series")).text
    assert words_of(page).count("Endings") >= 1
    assert "Nobody recorded when dates and topics were handed out." in words_of(page)
    known = (await pages.story.known(PeerGroup, pages.story.group)).series.values()
    series = next(each for each in known if each.title == "Endings")

    at = f"/meetings/{held}/series"
    page = (await joy.get(at)).text
    assert "None, it stands alone" in words_of(page)
    answer = await joy.post(at, data=hidden(page) | {"part": f"{series.series_id}:2"})
    assert answer.headers["location"] == f"/meetings/{held}?done=part"
    assert "Part 2 of 2 of Endings" in words_of((await joy.get(f"/meetings/{held}")).text)
    assert f"/meetings/{held}" in (await joy.get(f"{group}/series")).text

    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    other = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    page = (await joy.get(f"/meetings/{other}/series")).text
    assert "Endings, part 1 of 2" in words_of(page)
    assert "Endings, part 2 of 2" not in words_of(page), "another meeting is that part"
    taken = hidden(page) | {"part": f"{series.series_id}:2"}
    assert (await joy.post(f"/meetings/{other}/series", data=taken)).status_code == 400

    page = (await joy.get(at)).text
    answer = await joy.post(at, data=hidden(page) | {"part": "none"})
    assert "It stands alone" in (await joy.get(answer.headers["location"])).text
    assert "Part 2 of 2" not in words_of((await joy.get(f"/meetings/{held}")).text)


async def test_the_day_of_a_syllabus_is_kept_once_it_came(
    pages: Pages, joy: httpx.AsyncClient
) -> None:
    group = f"/groups/{pages.story.group}"
    series_id = pages.story.id("with a syllabus")
    await pages.story.do(
        PlanSeries(
            series_id=series_id,
            group_id=pages.story.group,
            title="Sleep",
            parts=2,
            by=pages.story.joy,
        )
    )
    await pages.real.drain()
    at = f"{group}/series/{series_id}/syllabus"
    page = (await joy.get(at)).text
    for day, status in (("2099-01-01", 422), ("", 400), ("1900-01-01", 400), ("soon", 400)):
        answer = await joy.post(at, data=hidden(page) | {"day": day})
        assert answer.status_code == status, day
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | {"day": "2026-03-01"})
    assert answer.headers["location"] == f"{group}/series?done=syllabus"
    said = words_of((await joy.get(f"{group}/series")).text)
    assert "Dates and topics were handed out on Sunday 1 March 2026." in said


@pytest.mark.parametrize(
    "form",
    [{"title": "", "parts": "2"}, {"title": "One", "parts": "1"}, {"title": "x", "parts": "61"}],
)
async def test_a_series_that_is_none_is_said_at_its_field(
    pages: Pages, joy: httpx.AsyncClient, form: dict[str, str]
) -> None:
    at = f"/groups/{pages.story.group}/series"
    answer = await joy.post(at, data=hidden((await joy.get(at)).text) | form)
    assert answer.status_code == 400
    assert re.search(r'role="alert"', answer.text)


async def test_members_read_a_series_and_decide_nothing_about_it(pages: Pages) -> None:
    async with await pages.browser(pages.story.ana) as ana:
        page = (await ana.get(f"/groups/{pages.story.group}/series")).text
    assert "Announce a series" not in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
