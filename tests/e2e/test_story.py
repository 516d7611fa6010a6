"""The main story in a real browser, against the real server process: ``peerhour demo``.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page in two sizes and schemes.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from pypdf import PdfReader

from infra.database import ConnectKwargs
from tests.support.house import database_url
from tests.web.test_in_a_browser import CHROMIUM, FLAGS, SIZES, fit, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
ZONE = ZoneInfo("America/Denver")
ANA, JOY, PRIYANKA = "ana@example.org", "joy@example.org", "priyanka@example.org"
_LINK = re.compile(r"http://\S+/sign-in/link/\S+")


@dataclass
class Demo:
    """The running server: where it listens, tonight's meeting, and the mail it sent."""

    origin: str
    tonight: str
    mails: Path

    async def link_for(self, known: set[Path]) -> str:
        """Return the link of the mail that was not there before."""
        while not (fresh := set(self.mails.glob("*.txt")) - known):
            await asyncio.sleep(0.05)
        found = _LINK.search(fresh.pop().read_text())
        assert found is not None
        return found[0]

    async def sign_in(self, page: Page, address: str) -> None:
        """Sign in as people do: ask, open the mail, press the button."""
        known = set(self.mails.glob("*.txt"))
        await page.goto("/sign-in")
        await page.get_by_label("Email address").fill(address)
        await page.get_by_role("button", name="Send me a link").click()
        await page.goto(await self.link_for(known))
        await page.get_by_role("button", name="Come in").click()
        await page.wait_for_url(f"{self.origin}/")


@pytest.fixture(scope="module")
async def site(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    """A demo process on a fresh database; stopped as an operator stops it, and it must end well."""
    folder = tmp_path_factory.mktemp("demo")
    mails = folder / "mail"
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("peerhour")),
        "demo", "--port", "0", "--data-dir", str(folder / "data"), "--mail-dir", str(mails),
        env={**os.environ, "DATABASE_URL": database_url(database)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while "Serving on" not in said:
        line = (await process.stdout.readline()).decode()
        assert line, said
        said += line
    reading = asyncio.create_task(process.stdout.read())  # a full pipe would hold the server up
    origin = re.search(r"Serving on (http://localhost:\d+)", said)
    tonight = re.search(r"/meetings/[0-9a-f-]{36}", said)
    assert origin is not None
    assert tonight is not None
    yield Demo(origin[1], tonight[0], mails)
    process.send_signal(signal.SIGTERM)
    log = (await reading).decode()
    Path("/tmp/pages_demo/e2e.log").write_text(log)
    assert await process.wait() == 0
    assert "web.fault" not in log, log[log.index("web.fault") :][:2000]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def test_one_hour_from_the_door_to_a_certificate(chromium: Browser, site: Demo) -> None:
    async with AsyncExitStack() as stack:
        _, joy = await stack.enter_async_context(opened(chromium, site, **PHONE))
        _, ana = await stack.enter_async_context(opened(chromium, site, **PHONE))
        await site.sign_in(joy, JOY)
        await site.sign_in(ana, ANA)

        # The facilitator opens the door from the start page, and the room's code appears.
        await joy.get_by_role("button", name="Open the door").click()
        await expect(joy.get_by_text("The door is open.")).to_be_visible()
        code = (await joy.locator(".door-code").inner_text()).strip()

        # The member checks in by it; the facilitator's open page hears of it by itself.
        await ana.goto("/")
        await ana.get_by_role("link", name="Check in").click()
        await ana.get_by_label("Code in the room").fill(code)
        await ana.get_by_role("button", name="Check in").click()
        await expect(ana.get_by_text("You are here since")).to_be_visible()
        row = joy.locator(".roster li", has_text="Nguyễn Thị Ánh")
        await expect(row).to_contain_text("here since")
        await expect(joy.locator("#room")).to_contain_text("1 of 4 here")

        # The other phone without a code: the roster says so, and the member sees it live.
        chidi = joy.locator(".roster li", has_text="Chidi Anozie")
        await chidi.get_by_role("button", name="Mark present").click()
        await expect(ana.locator("#room")).to_contain_text("2 of 4 here")

        # The member leaves and answers; the facilitator closes with a second tap.
        await ana.get_by_role("button", name="Check out").click()
        await expect(ana.get_by_text("You left at")).to_be_visible()
        await ana.get_by_text("How was it? Three questions").click()
        for question in await ana.locator("fieldset.scale").all():
            await question.get_by_role("radio", name="4").check()
        await ana.get_by_role("button", name="Keep my answers").click()
        await expect(ana.get_by_text("Your answers are kept.")).to_be_visible()
        await joy.get_by_role("link", name="Close the meeting").click()
        await joy.get_by_role("button", name="Close the meeting").click()
        await expect(joy.get_by_text("The meeting is closed.")).to_be_visible()

        # The test has no hour to wait: the facilitator sets the hour right, with a reason.
        await joy.locator(".roster li", has_text="Nguyễn Thị Ánh").get_by_role("link").click()
        stamp = await joy.locator("main time").first.get_attribute("datetime")
        assert stamp is not None
        starts_at = datetime.fromisoformat(stamp).astimezone(ZONE)
        await joy.get_by_label("Came at").fill(f"{starts_at:%H:%M}")
        await joy.get_by_label("Left at").fill(f"{starts_at + timedelta(minutes=45):%H:%M}")
        await joy.get_by_label("Why").fill("The whole hour was held; the phone was off.")
        await joy.get_by_role("button", name="Set it right").click()
        await expect(joy.get_by_text("The correction stands")).to_be_visible()

        # The credit appears with its arithmetic, and its certificate can be had and checked.
        await renewed(ana, "/credits", ana.get_by_text("0.75 contact hours"))
        await expect(ana.get_by_text("45 minutes of presence count.").first).to_be_visible()
        await expect(ana.get_by_role("heading", name="Claimed peer activity")).to_be_visible()
        paper = ana.locator("li.row", has_text="0.75 contact hours")
        await renewed(ana, "/certificates", paper.get_by_role("link", name="PDF"))
        async with ana.expect_download() as downloading:
            await paper.get_by_role("link", name="PDF").click()
        download = await downloading.value
        content = Path(await download.path()).read_bytes()
        text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
        assert "Nguyễn Thị Ánh" in text
        assert download.suggested_filename.endswith("-v1.pdf")
        await paper.get_by_role("link", name="Code").click()
        await expect(ana.get_by_text("It stands", exact=True)).to_be_visible()
        await expect(ana.get_by_text("0.75 contact hours")).to_be_visible()
        await ana.get_by_label("The PDF you were given").set_input_files(
            {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        await ana.get_by_role("button", name="Compare it").click()
        await expect(ana.get_by_text("The same bytes", exact=True)).to_be_visible()


async def renewed(page: Page, path: str, wanted: Locator) -> None:
    """Load a page until the worker's doings have reached it."""
    async with asyncio.timeout(30):
        await page.goto(path)
        while not await wanted.first.is_visible():
            await asyncio.sleep(0.2)
            await page.reload()


@pytest.mark.parametrize(
    ("who", "size", "scheme"),
    [(ANA, "phone", "light"), (JOY, "phone", "dark"), (PRIYANKA, "desktop", "light")],
)
async def test_every_page_is_fit_for_everybody(
    chromium: Browser, site: Demo, who: str, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    async with opened(
        chromium, site, viewport={"width": width, "height": height}, color_scheme=scheme
    ) as (_, page):
        await site.sign_in(page, who)
        for name, path in (await places(page, site, who)).items():
            await page.goto(path)
            await fit(page, f"{who.partition('@')[0]}-{name}-{size}-{scheme}")


@pytest.mark.parametrize("who", [JOY, PRIYANKA])
async def test_nothing_runs_off_a_narrow_screen_with_large_type(
    chromium: Browser, site: Demo, who: str
) -> None:
    async with opened(chromium, site, viewport={"width": 320, "height": 640}) as (_, page):
        await site.sign_in(page, who)
        for path in (await places(page, site, who)).values():
            await page.goto(path)
            await page.evaluate("document.documentElement.style.setProperty('font-size', '212.5%')")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def places(page: Page, site: Demo, who: str) -> dict[str, str]:
    """Return every page that somebody can reach."""
    found = {
        "home": "/", "groups": "/groups", "meeting": site.tonight, "credits": "/credits",
        "certificates": "/certificates", "you": "/you", "verify": "/v",
        "unknown": "/v/00000-00000-0000",
    }  # fmt: skip
    if who != ANA:
        found |= {each: f"{site.tonight}/{each}" for each in ("door", "close", "void", "reports")}
    if who == PRIYANKA:
        found |= {"admin": "/admin", "people": "/admin/people", "claims": "/admin/claims"}
    for name, start in (("groups", "/groups/"), ("certificates", "/v/")):
        await page.goto(f"/{name}")
        link = page.locator(f"main a[href^='{start}']")
        if await link.count():
            found[f"{name}-one"] = str(await link.first.get_attribute("href"))
    if "groups-one" in found:
        await page.goto(found["groups-one"])
        past = page.locator("main .rows a[href^='/meetings/']").last
        found["past"] = str(await past.get_attribute("href"))
    return found
