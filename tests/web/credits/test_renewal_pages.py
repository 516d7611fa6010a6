"""Renewals: the account of a licence, where the schedule leads, and what would happen if."""

from __future__ import annotations

import re
from datetime import date, timedelta

import httpx
import pytest

from services.members.commands import AddLicence, EndLicence
from tests.support.builders import minutes
from tests.support.pages import Pages, words_of

CALIFORNIA = "California Board of Psychology"


@pytest.fixture
async def ana(pages: Pages) -> httpx.AsyncClient:
    return await pages.browser(pages.story.ana)


async def section(client: httpx.AsyncClient, address: str = "/renewals") -> str:
    """Return the words about the Californian licence."""
    answer = await client.get(address)
    assert answer.status_code == 200
    (found,) = re.findall(
        rf"<section[^>]*>((?:(?!</section>).)*{CALIFORNIA}.*?)</section>", answer.text, re.DOTALL
    )
    return words_of(found)


async def test_a_cycle_without_an_end_is_not_determined_and_says_what_is_wanted(
    ana: httpx.AsyncClient,
) -> None:
    said = await section(ana)
    assert "its last day is not recorded" in said
    assert "Write the last day of this licence" in said


async def test_somebody_without_licences_is_told_where_to_add_them(pages: Pages) -> None:
    eve = await pages.browser(pages.story.eve)
    assert "Add your licences" in (await eve.get("/renewals")).text


async def test_a_licence_about_which_no_text_is_known_is_not_passed_over(pages: Pages) -> None:
    """Its holder would wait for hours that nobody counts."""
    story = pages.story
    licence = AddLicence(
        member_id=story.bo,
        licence_id=story.id("elsewhere"),
        profession="psychology",
        jurisdiction="ZZ",
        number="Z 1",
        valid_from=date(2024, 1, 1),
        valid_until=None,
    )
    bo = await pages.browser(story.bo)
    whole = "Licences whose renewal we cannot reckon"
    assert whole not in (await bo.get("/renewals")).text
    await story.do(licence)
    await pages.real.drain()
    shown = words_of((await bo.get("/renewals")).text)
    assert f"{whole} Psychology, ZZ" in shown


async def test_the_account_the_schedule_and_what_if(pages: Pages, ana: httpx.AsyncClient) -> None:
    story = pages.story
    now = pages.real.clock.now()
    await story.do(
        EndLicence(
            member_id=story.ana,
            licence_id=story.licence("ana"),
            last_day=now.date() + timedelta(days=100),
        )
    )
    start = now + timedelta(days=1)
    await story.held({story.ana: (0, 60), story.joy: (0, 60)}, name="renewal", start=start)
    pages.real.clock.at = start + minutes(90)
    await pages.real.drain()
    said = await section(ana)
    assert "1 of 36 hours" in said
    assert "1 hour earned, 1 counts." in said
    assert "Law and ethics" in said
    assert "Your groups add" in said
    assert "Before it is too late" in said
    assert "must come from elsewhere" in said
    added = re.search(r"Your groups add ([\d.]+): ([\d.]+) of 36", said)
    assert added is not None
    assert float(added[1]) + 1 == float(added[2])

    more = await section(ana, "/renewals?join=60&weeks=2&join_way=live_video&people=5&every=1")
    thought = re.search(r"If you did that ([\d.]+) hours instead of ([\d.]+)\.", more)
    assert thought is not None
    assert float(thought[1]) > float(thought[2]) == float(added[2])

    fewer = await section(ana, "/renewals?every=2")
    halved = re.search(r"If you did that ([\d.]+) hours instead of ([\d.]+)\.", fewer)
    assert halved is not None
    assert float(halved[1]) < float(halved[2])


@pytest.mark.parametrize(
    "query",
    ["join=x", "join=-5", "every=9", "own=99999", "way=teleport", "people=1", "weeks=", "a=b&a=c"],
)
async def test_what_cannot_be_thought_is_said_at_its_field(
    ana: httpx.AsyncClient, query: str
) -> None:
    answer = await ana.get(f"/renewals?{query}")
    expected = 200 if query in {"weeks=", "a=b&a=c"} else 400
    assert answer.status_code == expected
    assert ('role="alert"' in answer.text) is (expected == 400)


async def test_the_credits_page_names_the_clause_of_a_rule(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    await pages.real.drain()
    page = words_of((await ana.get("/credits")).text)
    assert "60 ÷ 60 minutes per hour of peer consultation = 1. 16 CCR 1397.60.1" in page
    assert "You were there for 60 of 60 minutes, in person" in page


async def test_where_every_month_stands_alone_each_to_come_has_its_line(pages: Pages) -> None:
    story = pages.story
    await story.psychologist("chidi", profession="counseling", jurisdiction="UK")
    await pages.real.drain()
    async with await pages.browser(story.chidi) as chidi:
        page = (await chidi.get("/renewals")).text
    (table,) = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert table.count('<th scope="row">') == 12
    assert "Month by month" in page
    assert "April 2026 4 2 of 1.5 nothing" in words_of(re.sub("</t[dh]>", " ", table))
