"""The story of somebody's dues in a real browser: begun, failed, mended, paused, and read again.

Our pages and those of the simulated Stripe are served over HTTP, a worker runs beside them, and
Stripe's messages come to our own door. Only time is the test's: it goes on when the test says so.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at the pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from infra.database import ConnectKwargs
from services import worker
from services.meetings import commands as meetings
from services.web.signing_in.session import SESSION_COOKIE
from tests.support.billing_house import BillingHouse, billing_house
from tests.support.browser import CHROMIUM, fit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
VISA: Final = "4242 4242 4242 4242"
FAILS_LATER: Final = "4000 0000 0000 0341"
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
STORY: Final = [
    "An invoice was written: 0.00 EUR It asks for nothing. It is the first one",
    "An invoice was paid: 0.00 EUR It asked for nothing, so nothing was charged.",
    "An invoice was written: 12.00 EUR 12.00 EUR was asked for.",
    "An invoice was paid: 12.00 EUR 12.00 EUR was charged to you, for your membership dues.",
    "An invoice was written: 12.00 EUR 12.00 EUR was asked for.",
    "A payment did not go through: 12.00 EUR 12.00 EUR was to be charged, and nothing was.",
    "An invoice was paid: 12.00 EUR 12.00 EUR was charged to you, for your membership dues.",
    "An invoice was written: 0.77 EUR 0.77 EUR was asked for.",  # a month, less what was unused
    "An invoice was paid: 0.77 EUR 0.77 EUR was charged to you, for your membership dues.",
]
_PATIENCE: Final = 20  # seconds until what the worker did has to be on a page


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BillingHouse]:
    """A house with dues, and a worker that runs beside its web."""
    async with billing_house(database, tmp_path_factory.mktemp("house")) as opened:
        stopping = asyncio.Event()
        working = asyncio.create_task(worker.run(opened.real.running.chores, stopping))
        yield opened
        stopping.set()
        await working


@asynccontextmanager
async def window(chromium: Browser, house: BillingHouse, person_id: UUID) -> AsyncIterator[Page]:
    """A window of somebody signed in, which must end without a word in its console."""
    context = await chromium.new_context(
        base_url=house.real.house.origin, reduced_motion="reduce", locale="en-US", **PHONE
    )
    secret = await house.session(person_id)
    await context.add_cookies(  # a browser takes this name only from a page it holds for safe
        [{"name": SESSION_COOKIE, "value": secret, "url": "https://localhost", "secure": True}]
    )
    page = await context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield page
    await context.close()
    assert [words for words in said if "Failed to load resource" not in words] == []


async def test_a_card_fails_and_the_group_goes_on_until_all_is_mended_paused_and_read(
    chromium: Browser, house: BillingHouse
) -> None:
    async with window(chromium, house, house.story.ana) as ana:
        await subscribe(ana, house)
        await card_fails(ana, house)
        await stay_in_the_group(chromium, ana, house)
        await mend(ana, house)
        await pause(ana, house)
        await come_back(ana, house)
        await read_the_story(ana)


async def subscribe(ana: Page, house: BillingHouse) -> None:
    """See the price, begin a trial without a card, give one, and be charged for the first time."""
    await ana.goto("/you")
    await ana.get_by_role("link", name="Your membership").click()
    await ana.get_by_role("link", name="Begin").click()
    await ana.get_by_role("link", name="EUR").click()
    await ana.get_by_label("Monthly: 12.00 EUR").check()
    await ana.get_by_role("button", name="Begin the trial").click()
    await expect(ana.get_by_text("Simulated Stripe.")).to_be_visible()
    await expect(ana.get_by_text("0.00 EUR")).to_be_visible()
    await ana.get_by_label("Name").fill("Ana")
    await ana.get_by_label("Country").fill("DE")
    house.real.clock.move(seconds=1)
    await ana.get_by_role("button", name="Subscribe").click()
    await expect(ana.get_by_text("Your membership has begun. Welcome.")).to_be_visible()
    await give_card(ana, house, VISA)
    await goes_by(house, days=15)
    await renewed(ana, "/membership", ana.get_by_text("You take part."))


async def card_fails(ana: Page, house: BillingHouse) -> None:
    """Take a card that fails a month later; read since when, until when, and what to do."""
    await give_card(ana, house, FAILS_LATER)
    await goes_by(house, days=29)
    await renewed(ana, "/membership", ana.get_by_text("You take part; a payment is missing."))
    await expect(ana.get_by_text("Everything stays open until")).to_be_visible()
    await fit(ana, "dues-failed")


async def stay_in_the_group(chromium: Browser, ana: Page, house: BillingHouse) -> None:
    """Come to tonight's group as ever; whoever leads it reads nothing about money."""
    story, now = house.story, house.now
    meeting_id = await story.plan("tonight", start=now + timedelta(minutes=5))
    house.real.clock.at = max(now, house.now)
    await story.do(meetings.OpenMeeting(meeting_id=meeting_id, by=story.joy))
    await renewed(ana, f"/meetings/{meeting_id}", ana.get_by_label("Code in the room"))
    await ana.get_by_label("Code in the room").fill(story.codes.current(meeting_id, house.now))
    await ana.get_by_role("button", name="Check in").click()
    await expect(ana.get_by_text("You have been here since")).to_be_visible()
    async with window(chromium, house, story.joy) as joy:
        here = joy.locator(".roster li", has_text="Nguyễn Thị Ánh").get_by_text("here since")
        await renewed(joy, f"/meetings/{meeting_id}", here)
        seen = (await joy.locator("main").inner_text()).lower()
        assert not [word for word in ("payment", "card", "dues", "unpaid") if word in seen]


async def mend(ana: Page, house: BillingHouse) -> None:
    """Give a card that works, and pay the invoice at once."""
    await ana.goto("/membership")
    await give_card(ana, house, VISA)
    await ana.get_by_role("link", name="Pay the invoice now").click()
    await fill_card(ana, VISA)
    house.real.clock.move(seconds=1)
    await ana.get_by_role("button", name="Pay 12.00 EUR").click()
    await expect(ana.get_by_text("· paid")).to_be_visible()
    await renewed(ana, "/membership", ana.get_by_text("You take part.", exact=True))


async def pause(ana: Page, house: BillingHouse) -> None:
    """Ask for a leave; it is on leave only once the payments are paused."""
    await ana.get_by_role("link", name="Take leave").click()
    await expect(ana.get_by_text("Nothing is charged while you are away.")).to_be_visible()
    house.real.clock.move(seconds=1)
    await ana.get_by_role("button", name="Take leave").click()
    await renewed(ana, "/membership", ana.get_by_text("You are on leave.", exact=True).first)
    await fit(ana, "dues-on-leave")
    await goes_by(house, days=20)


async def come_back(ana: Page, house: BillingHouse) -> None:
    """Come back with one click; nothing was charged meanwhile."""
    await ana.goto("/membership")
    await ana.get_by_role("link", name="Come back").click()
    house.real.clock.move(seconds=1)
    await ana.get_by_role("button", name="I am back").click()
    await renewed(ana, "/membership", ana.get_by_text("You take part.", exact=True))


async def read_the_story(ana: Page) -> None:
    """Read every line of it in plain words, in the order in which it happened."""
    await ana.get_by_role("link", name="What happened with my money").click()
    lines = [" ".join(each.split()) for each in await ana.locator(".row").all_inner_texts()]
    told = zip(lines[::-1], STORY, strict=True)
    assert [words[: len(wanted)] for words, wanted in told] == STORY
    await fit(ana, "dues-story")


async def give_card(ana: Page, house: BillingHouse, number: str) -> None:
    """Change the card, on Stripe's page for it, and come back."""
    await ana.goto("/membership")
    await ana.get_by_role("button", name="Change the card").click()
    await expect(ana.get_by_text("Simulated Stripe.")).to_be_visible()
    await fill_card(ana, number)
    house.real.clock.move(seconds=1)
    await ana.get_by_role("button", name="Use this card").click()
    await expect(ana.get_by_role("heading", name="Your membership")).to_be_visible()


async def fill_card(page: Page, number: str) -> None:
    await page.get_by_label("Card number").fill(number)
    await page.get_by_label("Expires").fill("12 / 40")
    await page.get_by_label("Security code").fill("123")


async def goes_by(house: BillingHouse, *, days: float) -> None:
    """Let time go by for both; Stripe does what is due and tells our door, the worker the rest."""
    house.real.clock.at += timedelta(days=days)
    await house.stripe.advance()
    await house.stripe.drain()


async def renewed(page: Page, path: str, wanted: Locator) -> None:
    """Load a page until the worker's doings have reached it."""
    async with asyncio.timeout(_PATIENCE):
        await page.goto(path)
        while not await wanted.first.is_visible():
            await asyncio.sleep(0.1)
            await page.goto(path)
