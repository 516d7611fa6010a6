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
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from infra.database import ConnectKwargs
from tests.support.browser import CHROMIUM, SIZES, fit
from tests.support.house import database_url

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
CREDIT = "0.15 contact hours"  # nine minutes of sixty
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
ZONE = ZoneInfo("America/Denver")
ANA, JOY, PRIYANKA = "ana@example.org", "joy@example.org", "priyanka@example.org"
_ADMIN = {
    "admin": "/admin", "people": "/admin/people", "claims": "/admin/claims",
    "administrators": "/admin/administrators", "providers": "/admin/providers",
    "every-group": "/admin/groups", "find-certificate": "/admin/certificates",
}  # fmt: skip
_LINK = re.compile(r"http://\S+/sign-in/link/\S+")


@dataclass
class Demo:
    """The running server: where it listens, tonight's meeting, and the mail it sent."""

    origin: str
    tonight: str
    mails: Path

    async def link_for(self, known: set[Path]) -> str:
        """Return the link of the mail that was not there before; other letters hold none."""
        while True:  # another process writes it
            for fresh in set(self.mails.glob("*.txt")) - known:
                if found := _LINK.search(fresh.read_text()):
                    return found[0]
            await asyncio.sleep(0.05)

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
    assert await process.wait() == 0
    assert "web.fault" not in log, log[log.index("web.fault") :][:2000]


@asynccontextmanager
async def window(chromium: Browser, site: Demo, **options: Any) -> AsyncIterator[Page]:
    """A browser window of one person, which must end without a word in its console."""
    context = await chromium.new_context(
        base_url=site.origin, reduced_motion="reduce", locale="en-US",
        timezone_id="America/Denver", **options,
    )  # fmt: skip
    page = await context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield page
    await context.close()
    assert [words for words in said if "Failed to load resource" not in words] == []


async def test_one_hour_from_the_door_to_a_certificate(chromium: Browser, site: Demo) -> None:
    async with window(chromium, site, **PHONE) as joy, window(chromium, site, **PHONE) as ana:
        await site.sign_in(joy, JOY)
        await site.sign_in(ana, ANA)
        began = datetime.now(ZONE) - timedelta(minutes=10)
        await plan_and_open(joy, began)
        await ana.goto(joy.url.partition("?")[0])
        await come(ana, joy)
        await leave(ana)
        await close_and_set_right(joy, began)
        content = await take_the_paper(ana)
        text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
        assert "Nguyễn Thị Ánh" in text
        await check_the_paper(ana, content)


async def test_a_word_between_meetings_reaches_an_open_page_and_is_taken_back(
    chromium: Browser, site: Demo
) -> None:
    word = "The radiator sings again."
    async with window(chromium, site, **PHONE) as joy, window(chromium, site, **PHONE) as ana:
        for page, address in ((joy, JOY), (ana, ANA)):
            await site.sign_in(page, address)
            await page.get_by_role("link", name="Tuesday lamp", exact=True).click()
            await page.get_by_role("link", name="Read, or leave a word").click()
        await joy.get_by_label("Your word").fill("Half a thought")
        await ana.get_by_label("Your word").fill(word)
        await ana.get_by_label("Just listen").check()
        await ana.get_by_role("button", name="Leave it here").click()
        await expect(ana.get_by_text("Your word is there.")).to_be_visible()
        heard = joy.locator("#corridor li", has_text=word)
        await expect(heard).to_contain_text("just listen")
        await expect(joy.get_by_label("Your word")).to_have_value("Half a thought")
        mine = ana.locator("#corridor li", has_text=word)
        await mine.get_by_role("button", name="Take it back").click()
        await expect(ana.get_by_text("You took your word back.")).to_be_visible()
        await expect(heard).to_have_count(0)


async def plan_and_open(joy: Page, began: datetime) -> None:
    """Plan a short meeting that has just begun: the proposal, at another time. Open its door."""
    await joy.get_by_role("link", name="Tuesday lamp", exact=True).click()
    await joy.get_by_text("Plan the next meeting").click()
    await joy.get_by_label("Title").fill("One more evening")
    await joy.get_by_label("Day").fill(f"{began:%Y-%m-%d}")
    await joy.get_by_label("Begins at").fill(f"{began:%H:%M}")
    await joy.get_by_label("Minutes").first.fill("15")  # of which nine are more than half
    await joy.get_by_role("button", name="Plan it").click()
    await expect(joy.get_by_text("The meeting is planned.")).to_be_visible()
    await joy.get_by_role("button", name="Open the door").click()
    await expect(joy.get_by_text("The door is open.")).to_be_visible()


async def come(ana: Page, joy: Page) -> None:
    """Check in by the room's code; both open pages hear of each arrival by themselves."""
    await ana.reload()
    code = (await joy.locator(".door-code").inner_text()).strip()
    await ana.get_by_label("Code in the room").fill(code)
    await ana.get_by_role("button", name="Check in").click()
    await expect(ana.get_by_text("You have been here since")).to_be_visible()
    await expect(on_roster(joy, "Nguyễn Thị Ánh")).to_contain_text("here since")
    await expect(joy.locator("#room")).to_contain_text("1 of 3 here")  # Chidi is on leave
    bo = on_roster(joy, "Søren Ægir")
    await bo.get_by_role("button", name="Mark present").click()
    await expect(ana.locator("#room")).to_contain_text("2 of 3 here")


async def leave(ana: Page) -> None:
    """Check out, and answer the questions."""
    await ana.get_by_role("button", name="Check out").click()
    await expect(ana.get_by_text("You left at")).to_be_visible()
    await ana.get_by_text("How was it? Three questions").click()
    for question in await ana.locator("fieldset.scale").all():
        await question.get_by_role("radio", name="4").check()
    await ana.get_by_role("button", name="Keep my answers").click()
    await expect(ana.get_by_text("Your answers are kept.")).to_be_visible()


async def close_and_set_right(joy: Page, began: datetime) -> None:
    """Close with a second tap. The test has no time to sit: corrections say they sat longer."""
    await joy.get_by_role("link", name="Close the meeting").click()
    await joy.get_by_role("button", name="Close the meeting").click()
    await expect(joy.get_by_text("The meeting is closed.")).to_be_visible()
    for name in ("Søren Ægir", "Nguyễn Thị Ánh"):  # an hour alone would be no group's hour
        await on_roster(joy, name).get_by_role("link").click()
        await joy.get_by_label("Came at").fill(f"{began:%H:%M}")
        await joy.get_by_label("Left at").fill(f"{began + timedelta(minutes=9):%H:%M}")
        await joy.get_by_label("Why").fill("Both were there from the start; a phone was off.")
        await joy.get_by_role("button", name="Set it right").click()
        await expect(joy.get_by_text("The correction stands")).to_be_visible()


async def take_the_paper(ana: Page) -> bytes:
    """Look at the credit and its arithmetic; return the certificate."""
    await renewed(ana, "/credits", ana.get_by_text("9 minutes of presence count."))
    await expect(ana.get_by_text(CREDIT).first).to_be_visible()
    await expect(ana.get_by_role("heading", name="Claimed peer activity")).to_be_visible()
    link = paper(ana).get_by_role("link", name="PDF")
    await renewed(ana, "/certificates", link)
    async with ana.expect_download() as downloading:
        await link.click()
    download = await downloading.value
    assert download.suggested_filename.endswith("-v1.pdf")
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def check_the_paper(ana: Page, content: bytes) -> None:
    """Look it up by its code, and compare the file."""
    await paper(ana).get_by_role("link", name="Code").click()
    await expect(ana.get_by_text("It stands", exact=True)).to_be_visible()
    await expect(ana.get_by_text(CREDIT)).to_be_visible()
    await ana.get_by_label("The PDF you were given").set_input_files(
        {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    await ana.get_by_role("button", name="Compare it").click()
    await expect(ana.get_by_text("The same bytes", exact=True)).to_be_visible()


def on_roster(page: Page, name: str) -> Locator:
    return page.locator(".roster li", has_text=name)


def paper(page: Page) -> Locator:
    return page.locator("li.row", has_text=CREDIT)


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
    async with window(
        chromium, site, viewport={"width": width, "height": height}, color_scheme=scheme
    ) as page:
        await site.sign_in(page, who)
        for name, path in (await places(page, site, who)).items():
            await page.goto(path)
            await fit(page, f"{who.partition('@')[0]}-{name}-{size}-{scheme}")


@pytest.mark.parametrize("who", [ANA, JOY, PRIYANKA])
async def test_nothing_runs_off_a_narrow_screen_with_large_type(
    chromium: Browser, site: Demo, who: str
) -> None:
    async with window(chromium, site, viewport={"width": 320, "height": 640}) as page:
        await site.sign_in(page, who)
        for path in (await places(page, site, who)).values():
            await page.goto(path)
            await page.evaluate("document.documentElement.style.setProperty('font-size', '212.5%')")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_what_was_looked_up_in_lists_is_fit_on_a_narrow_screen(
    chromium: Browser, site: Demo
) -> None:
    narrow: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
    async with window(chromium, site, **narrow) as page:
        await site.sign_in(page, PRIYANKA)
        await page.goto("/admin/certificates")
        await page.get_by_label("The holder's name").fill("Anh")
        await page.get_by_role("button", name="Find theirs").click()
        found = page.locator("main a[href$='/revoke']")
        await expect(found.first).to_be_visible()
        await fit(page, "found-by-holder")
        code = re.search(r"code (\S+)\.", await page.locator("main").inner_text())
        assert code is not None
        await page.goto("/v")
        await page.get_by_label("Verification codes").fill(f"{code[1]}\n00000-00000-0000\nhello")
        await page.get_by_role("button", name="Check them").click()
        await expect(page.get_by_role("row")).to_have_count(4)
        words = await page.get_by_role("caption").bounding_box()
        assert words is not None
        assert words["width"] <= narrow["viewport"]["width"], "read whole, however wide the table"
        await fit(page, "many-checked")


async def offers(page: Page) -> dict[str, str]:
    """Return the pages about a provider, its approval and its program."""
    found: dict[str, str] = {}
    for name, start, link in (
        ("provider", "/admin/providers", "main a[href^='/admin/providers/']"),
        ("approval", "", "main a[href$='/withdraw']"),
        ("program", "", "main a[href^='/admin/programs/']"),
    ):
        await page.goto(start or found["provider"])
        found[name] = str(await page.locator(link).first.get_attribute("href"))
    return {
        **found,
        "retire": f"{found['program']}/retire",
        "correct": f"{found['provider']}/correct",
    }


async def places(page: Page, site: Demo, who: str) -> dict[str, str]:
    """Return the pages that are this person's to look at; together they are all there are."""
    if who == PRIYANKA:
        return {**(await offers(page)), **_ADMIN}
    await page.goto("/groups")
    group = str(await page.locator("main a[href^='/groups/']").first.get_attribute("href"))
    await page.goto(group)
    past = str(await page.locator("main a[href^='/meetings/']").last.get_attribute("href"))
    if who == JOY:
        led = {
            each: f"{site.tonight}/{each}"
            for each in ("door", "close", "void", "reports", "move", "call-off", "facilitator")
        }
        held = {
            f"group-{each}": f"{group}/{each}"
            for each in ("leave", "facilitator", "rhythm", "corridor")
        }
        remove = page.locator("main a[href$='/remove']").first
        held["group-remove"] = str(await remove.get_attribute("href"))
        await page.goto(past)
        times = page.locator("main a[href*='/presence/']").first
        return {
            **led,
            **held,
            "group": group,
            "past": past,
            "times": str(await times.get_attribute("href")),
        }
    await page.goto("/certificates")
    code = str(await page.locator("main a[href^='/v/']").first.get_attribute("href"))
    checks = str(await page.locator("main a[href$='/checks']").first.get_attribute("href"))
    await page.goto("/you")
    ends = str(await page.locator("main a[href$='/end']").first.get_attribute("href"))
    return {
        "home": "/", "groups": "/groups", "group": group, "meeting": site.tonight, "past": past,
        "corridor": f"{group}/corridor",
        "credits": "/credits", "renewals": "/renewals", "certificates": "/certificates",
        "certificate": code, "you": "/you",
        "verify": "/v", "unknown": "/v/00000-00000-0000", "checks": checks,
        "name": "/you/name", "leave": "/membership/leave", "licence": ends,
        "data": "/you/data", "calendar": "/you/calendar", "mails": "/you/mails",
    }  # fmt: skip
