"""Evidence where no cycle is determined: of days that the member names, and says so."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import httpx
import pypdf
import pytest

from services.members.commands import EndLicence
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, words_of
from tests.support.story import CALIFORNIA

WEEK = timedelta(weeks=1)


@pytest.fixture(scope="module")
async def address(pages: Pages) -> str:
    """Two hours under a licence of which nobody recorded the last day."""
    story = pages.story
    both = {story.ana: (0.0, 60.0), story.joy: (0.0, 60.0)}
    await story.held(both, name="first")
    await story.held(both, name="second", start=SIX_PM + WEEK)
    await pages.real.drain()
    return f"/renewals/{story.licence('ana')}/{CALIFORNIA}"


def named(first: str = "2026-03-01", last: str = "2026-03-05", kind: str = "json") -> str:
    return f"/period?from={first}&until={last}&kind={kind}"


async def facts(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_renewals_lead_to_a_period_and_the_period_to_its_pack(
    ana: httpx.AsyncClient, address: str
) -> None:
    assert f'href="{address}/period"' in (await ana.get("/renewals")).text
    assert f'href="{address}/period"' in (await ana.get("/credits")).text
    asked = words_of((await ana.get(f"{address}/period")).text)
    assert "your cycle ends with your licence, and its last day is not recorded" in asked
    answer = await ana.get(f"{address}{named()}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{address}/2026-03-01_2026-03-05.json"


async def test_the_pack_of_a_period_holds_its_days_and_applies_no_cycle_to_them(
    ana: httpx.AsyncClient, address: str
) -> None:
    pack = await facts(ana, f"{address}/2026-03-01_2026-03-05.json")
    assert pack["chosen"] is True
    assert (pack["from_day"], pack["until_day"]) == ("2026-03-01", "2026-03-05")
    assert len(pack["attended"]) == 1
    account = pack["account"]
    assert (account["earned"], account["counted"], account["required"]) == ("1.00", "1.00", None)
    assert (account["caps"], account["floors"]) == ([], [])
    assert [each["code"] for each in account["missing"]] == [
        "cycle.licence_until.not_determined",
        "cycle.chosen",
    ]
    both = await facts(ana, f"{address}/2026-03-02_2026-03-09.json")
    assert len(both["attended"]) == 2


async def test_the_paper_says_that_its_days_were_named(
    ana: httpx.AsyncClient, address: str
) -> None:
    paper = await ana.get(f"{address}/2026-03-01_2026-03-09.pdf")
    printed = " ".join(
        " ".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages
        ).split()
    )
    assert "named by the member; it is no cycle of the body" in printed
    assert "So the member named this period." in printed
    assert "2 hours" in printed


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (named(first=""), "Choose the first day."),
        (named(last="soon"), "Until:"),
        (named(kind="exe"), "As:"),
        (named(last="2099-01-01"), "This day has not come yet; nothing is on record for it."),
        (named(first="2026-03-09"), "This day lies before the first one."),
        (named(first="2001-01-01"), "Choose at most ten years."),
        (named(first="1999-12-31"), "Choose a day from 2000 on."),
    ],
)
async def test_days_that_are_no_period_are_said_at_their_field(
    ana: httpx.AsyncClient, address: str, query: str, said: str
) -> None:
    answer = await ana.get(f"{address}{query}")
    assert answer.status_code == 400
    assert said in words_of(answer.text)


@pytest.mark.parametrize(
    "file_name",
    [
        "2026-03-05_2026-03-01.json",
        "2026-03-01_2099-01-01.json",
        "2001-01-01_2026-03-01.json",
        "1999-01-01_2000-01-01.json",
        "2026-03-01_2026-02-30.json",
        "2026-03-01_.json",
        "2026-03-01.json",
    ],
)
async def test_an_address_that_names_no_period_is_not_found(
    ana: httpx.AsyncClient, address: str, file_name: str
) -> None:
    assert (await ana.get(f"{address}/{file_name}")).status_code == 404


async def test_nobody_else_gets_it(pages: Pages, address: str) -> None:
    for key in ("joy", "eve", "admin"):
        async with await pages.browser(pages.story.id(key)) as other:
            for path in ("/period", "/2026-03-01_2026-03-05.json"):
                assert (await other.get(f"{address}{path}")).status_code == 404


async def test_once_the_cycle_is_known_there_is_no_period_any_more(
    pages: Pages, ana: httpx.AsyncClient, address: str
) -> None:
    story = pages.story
    last_day = (SIX_PM + 52 * WEEK).date()
    licence_id = story.licence("ana")
    await story.do(EndLicence(member_id=story.ana, licence_id=licence_id, last_day=last_day))
    await pages.real.drain()
    assert f"{address}/period" not in (await ana.get("/renewals")).text
    assert (await ana.get(f"{address}/period")).status_code == 404
    assert (await ana.get(f"{address}/2026-03-01_2026-03-05.json")).status_code == 404
