"""A check-in without signal, in a real browser against the real application on PostgreSQL."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect

from infra.database import ConnectKwargs
from services.web.signing_in.session import SESSION_COOKIE
from tests.support.browser import CHROMIUM, fit
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, open_pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
TAP = SIX_PM + timedelta(minutes=2)
BACK = SIX_PM + timedelta(minutes=30)
TAPPED = "7:02 PM"  # in Berlin, where the group meets
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "has_touch": True}


@dataclass
class Site:
    """The application on a free port, and the people of its house."""

    pages: Pages
    origin: str

    @asynccontextmanager
    async def phone_of(self, chromium: Browser, person_id: UUID) -> AsyncIterator[BrowserContext]:
        """Open the browser of somebody signed in; its clock stands where the house's does."""
        context = await chromium.new_context(
            base_url=self.origin, reduced_motion="reduce", locale="en-US",
            timezone_id="Europe/Berlin", **PHONE,
        )  # fmt: skip
        await self.sign_in(context, person_id)
        yield context
        await context.close()

    async def sign_in(self, context: BrowserContext, person_id: UUID) -> None:
        client = await self.pages.browser(person_id)
        secret = client.cookies[SESSION_COOKIE]
        await client.aclose()
        await context.add_cookies(
            [
                {
                    "name": SESSION_COOKIE, "value": secret,
                    "url": self.origin.replace("http:", "https:"), "secure": True,
                    "httpOnly": True, "sameSite": "Lax",
                }
            ]
        )  # fmt: skip

    async def arrivals(self, meeting_id: UUID) -> int:
        return await self.pages.count("meeting.checked_in", meeting_id)


@pytest.fixture(scope="module")
async def site(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    async with open_pages(database, tmp_path_factory.mktemp("house")) as pages:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            config = uvicorn.Config(
                pages.app,
                log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1,
            )  # fmt: skip
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listening]))
            yield Site(pages, f"http://localhost:{listening.getsockname()[1]}")
            server.should_exit = True
            await serving


async def opened(site: Site, name: str, days: int) -> UUID:
    """Open a meeting; each test has its own day, and its own clock therefore."""
    start = SIX_PM + timedelta(days=days)
    meeting_id = await site.pages.story.opened(name, start=start)
    await site.pages.real.drain()
    site.pages.real.clock.at = TAP + timedelta(days=days)
    return meeting_id


async def come_to(context: BrowserContext, site: Site, meeting_id: UUID) -> Page:
    page = await context.new_page()
    await page.clock.set_fixed_time(site.pages.real.clock.now())
    await page.goto(f"/meetings/{meeting_id}")
    return page


async def tap(page: Page, code: str) -> None:
    await page.get_by_label("Code in the room").fill(code)
    await page.get_by_role("button", name="Check in").click()


def code_of(site: Site, meeting_id: UUID) -> str:
    return site.pages.story.codes.current(meeting_id, site.pages.real.clock.now())


async def test_a_tap_without_signal_is_kept_and_sent_once_with_the_time_of_the_tap(
    chromium: Browser, site: Site
) -> None:
    meeting_id = await opened(site, "no signal", 0)
    ana = site.pages.story.ana
    async with site.phone_of(chromium, ana) as phone:
        page = await come_to(phone, site, meeting_id)
        await phone.set_offline(True)
        code = code_of(site, meeting_id)
        await tap(page, f"{code[:3]} {code[3:]}")
        await expect(page.get_by_text(f"Kept on this phone since {TAPPED}")).to_be_visible()
        await expect(page.get_by_text("not sent yet")).to_be_visible()
        await fit(page, "kept-phone-light")
        await page.close()
        assert await site.arrivals(meeting_id) == 0

        site.pages.real.clock.at = BACK
        await phone.set_offline(False)
        page = await come_to(phone, site, meeting_id)
        await expect(page.get_by_text("Sent", exact=True)).to_be_visible()
        await expect(page.get_by_text(f"You have been here since {TAPPED}")).to_be_visible()
        await fit(page, "kept-sent-phone-light")
        for _ in range(2):
            await page.reload()
            await expect(page.get_by_text(f"You have been here since {TAPPED}")).to_be_visible()
            await expect(page.locator("#kept")).to_be_empty()
    assert await site.arrivals(meeting_id) == 1
    async with await site.pages.program(site.pages.story.joy) as program:
        roster = (await program.get(f"/api/v1/meetings/{meeting_id}")).json()["roster"]
    (mine,) = [each for each in roster if each["member_id"] == str(ana)]
    assert (mine["arrived_at"], mine["method"]) == (f"{TAP:%Y-%m-%dT%H:%M:%SZ}", "offline")


async def test_an_open_page_sends_by_itself_when_the_signal_is_back(
    chromium: Browser, site: Site
) -> None:
    meeting_id = await opened(site, "signal back", 1)
    async with site.phone_of(chromium, site.pages.story.ana) as phone:
        page = await come_to(phone, site, meeting_id)
        await phone.set_offline(True)
        await tap(page, code_of(site, meeting_id))
        await expect(page.get_by_text("not sent yet")).to_be_visible()
        await phone.set_offline(False)
        await expect(page.get_by_text(f"You have been here since {TAPPED}")).to_be_visible()
    assert await site.arrivals(meeting_id) == 1


async def test_a_code_that_was_not_on_the_wall_is_not_taken_and_says_so(
    chromium: Browser, site: Site
) -> None:
    meeting_id = await opened(site, "wrong code", 2)
    wrong = f"{(int(code_of(site, meeting_id)) + 1) % 1_000_000:06d}"
    async with site.phone_of(chromium, site.pages.story.ana) as phone:
        page = await come_to(phone, site, meeting_id)
        await phone.set_offline(True)
        await tap(page, "12")
        await expect(page.get_by_text("The code has six digits.")).to_be_visible()
        await tap(page, wrong)
        await expect(page.get_by_text("not sent yet")).to_be_visible()
        await phone.set_offline(False)
        await expect(page.get_by_text("was not taken")).to_be_visible()
        await expect(page.get_by_text("Ask the facilitator to mark you present.")).to_be_visible()
        await page.get_by_role("button", name="I have read it").click()
        await expect(page.locator("#kept")).to_be_empty()
    assert await site.arrivals(meeting_id) == 0


async def test_what_one_person_kept_is_never_sent_as_another(chromium: Browser, site: Site) -> None:
    meeting_id = await opened(site, "shared phone", 3)
    story = site.pages.story
    async with site.phone_of(chromium, story.ana) as phone:
        page = await come_to(phone, site, meeting_id)
        await phone.set_offline(True)
        await tap(page, code_of(site, meeting_id))
        await expect(page.get_by_text("not sent yet")).to_be_visible()
        await page.close()
        await phone.set_offline(False)
        await site.sign_in(phone, story.bo)
        page = await come_to(phone, site, meeting_id)
        await expect(page.get_by_label("Code in the room")).to_be_visible()
        await expect(page.locator("#kept")).to_be_empty()
        assert await site.arrivals(meeting_id) == 0
        await site.sign_in(phone, story.ana)
        await page.goto("/")
        await expect(page.get_by_text("Sent", exact=True)).to_be_visible()
    assert await site.arrivals(meeting_id) == 1


async def test_with_signal_the_form_works_as_without_the_script(
    chromium: Browser, site: Site
) -> None:
    meeting_id = await opened(site, "signal", 4)
    wrong = f"{(int(code_of(site, meeting_id)) + 1) % 1_000_000:06d}"
    async with site.phone_of(chromium, site.pages.story.ana) as phone:
        page = await come_to(phone, site, meeting_id)
        await tap(page, wrong)
        await expect(page.get_by_text("That is not the code on the wall now.")).to_be_visible()
        await expect(page.get_by_label("Code in the room")).to_have_value(wrong)
        refused = await site.pages.count("meeting.check_in_refused", meeting_id)
        await tap(page, code_of(site, meeting_id))
        await expect(page.get_by_text("You are checked in.")).to_be_visible()
    assert (refused, await site.arrivals(meeting_id)) == (1, 1)
