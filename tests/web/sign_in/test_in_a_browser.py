"""The sign-in story and the problem page in a real Chromium: cookies, CSP, axe, reflow, no script.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page in two sizes and schemes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from litestar import Controller, Response, get
from playwright.async_api import Browser, BrowserContext, Page, expect

from services.web.live import LiveHub, live_answer
from tests.support.browser import AXE, CHROMIUM, SIZES, fit
from tests.support.web import ANA, ANA_ADDRESS, Harness, make_app
from tests.web.gallery import GalleryController

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
LIVE_PAGE = """<!doctype html><html lang="en"><head><title>Roster</title>
<script type="module" src="{script}"></script></head><body><main>
<output id="count" data-live-count>{count}</output>
<div id="roster" data-live="/live">{count} here <button id="b">Check in</button></div>
</main></body></html>"""


class Roster:
    """A page whose truth changes on the server."""

    def __init__(self) -> None:
        self.hub = LiveHub()
        self.count = 0
        self.script = ""

    def arrive(self) -> None:
        self.count += 1
        self.hub.publish(ANA, self.count)

    def controller(self) -> type[Controller]:
        roster = self

        class RosterController(Controller):
            @get("/roster")
            async def show(self) -> Response[str]:
                page = LIVE_PAGE.format(script=roster.script, count=roster.count)
                return Response(page, media_type="text/html")

            @get("/live")
            async def live(self) -> Response[Any]:
                return live_answer(roster.hub, [UUID(int=ANA.int)])

        return RosterController


class Site:
    """A running server, its fakes and its roster."""

    def __init__(self, harness: Harness, origin: str, roster: Roster) -> None:
        self.harness = harness
        self.origin = origin
        self.roster = roster


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        origin = f"http://localhost:{listening.getsockname()[1]}"
        roster = Roster()
        harness = make_app(origin=origin, controllers=[roster.controller(), GalleryController])
        roster.script = harness.app.web.assets.url("live.js")
        config = uvicorn.Config(
            harness.app,
            log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        yield Site(harness, origin, roster)
        roster.hub.close()
        server.should_exit = True
        await serving


@asynccontextmanager
async def opened(
    chromium: Browser, site: Site, **options: Any
) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A browser window that must end without a word in its console."""
    context = await chromium.new_context(
        base_url=site.origin, reduced_motion="reduce", locale="en-US",
        timezone_id="America/Denver", **options,
    )  # fmt: skip
    page = await context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield context, page
    await context.close()
    assert [words for words in said if "Failed to load resource" not in words] == []


async def sign_in(page: Page, site: Site) -> None:
    await page.goto("/sign-in?next=/you/devices")
    await page.get_by_label("Email address").fill(ANA_ADDRESS)
    await page.get_by_role("button", name="Send me a link").click()
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    await page.goto(site.harness.mail.sent[-1].link)
    await page.get_by_role("button", name="Come in").click()
    await expect(page.get_by_role("heading", name="Your devices")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_the_story_of_signing_in_works_with_and_without_script(
    chromium: Browser, site: Site, *, script: bool
) -> None:
    async with opened(chromium, site, java_script_enabled=script) as (context, page):
        await page.goto("/sign-in")
        await page.get_by_label("Email address").fill("ana at example")
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_label("Email address")).to_have_value("ana at example")
        await expect(page.get_by_role("alert")).to_contain_text("name@example.org")
        await sign_in(page, site)
        names = {cookie["name"] for cookie in await context.cookies()}
        assert names == {"__Host-ph"}
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert await context.cookies() == []


async def test_the_code_is_enough_in_the_tab_that_asked(chromium: Browser, site: Site) -> None:
    async with opened(chromium, site) as (_, page):
        await page.goto("/sign-in?next=/you/devices")
        await page.get_by_label("Email address").fill(ANA_ADDRESS)
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Code from the mail")).to_be_visible()
        await page.get_by_label("Code from the mail").fill(site.harness.mail.sent[-1].code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Your devices")).to_be_visible()
        await expect(page.get_by_text("Chrome on Linux")).to_be_visible()


async def test_an_open_page_hears_that_somebody_came(chromium: Browser, site: Site) -> None:
    async with opened(chromium, site) as (_, page):
        async with page.expect_response("**/live"):
            await page.goto("/roster")
        await page.locator("#b").focus()
        site.roster.arrive()
        await expect(page.locator("#roster")).to_contain_text("1 here")
        await expect(page.locator("#count")).to_have_text("1")
        await expect(page.locator("#b")).to_be_focused()
        await page.goto("about:blank")


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desktop", "dark")]
)
async def test_pages_are_fit_for_everybody(
    chromium: Browser, site: Site, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    async with opened(
        chromium, site, viewport={"width": width, "height": height}, color_scheme=scheme
    ) as (_, page):
        await page.goto("/sign-in")
        await fit(page, f"sign-in-{size}-{scheme}")
        await page.get_by_label("Email address").fill("ana at example")
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await fit(page, f"sign-in-error-{size}-{scheme}")
        for name in ("gallery", "gallery/refused"):
            await page.goto(f"/{name}")
            await fit(page, f"{name.replace('/', '-')}-{size}-{scheme}")
        await page.goto("/nothing-here")
        await fit(page, f"problem-{size}-{scheme}")
        await page.goto("/sign-in/code")
        await fit(page, f"code-{size}-{scheme}")
        await sign_in(page, site)
        await fit(page, f"devices-{size}-{scheme}")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        await fit(page, f"signed-out-{size}-{scheme}")


async def test_nothing_runs_off_a_narrow_screen_with_large_type(
    chromium: Browser, site: Site
) -> None:
    async with opened(chromium, site, viewport={"width": 320, "height": 640}) as (_, page):
        await sign_in(page, site)
        for path in ("/you/devices", "/sign-in/code", "/nothing-here", "/gallery/refused"):
            await page.goto(path)
            await page.evaluate("document.documentElement.style.setProperty('font-size', '212.5%')")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_axe_notices_what_it_is_asked_to_notice(chromium: Browser, site: Site) -> None:
    async with opened(chromium, site) as (_, page):
        await page.goto("/sign-in")
        await page.evaluate(
            "for (const n of [1, 2]) { const b = document.createElement('button');"
            "b.textContent = n; b.style.cssText = 'width:9px;height:9px;padding:0;font-size:5px';"
            "document.querySelector('main').append(b); }"
        )
        found = await Axe().run(page, options=AXE)
    assert "target-size" in {one["id"] for one in found.response["violations"]}
