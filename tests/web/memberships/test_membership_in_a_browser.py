"""Dues in a real Chromium: the way to the payment page and back without script, axe, 320 pixels.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from services.web.signing_in.session import SESSION_COOKIE
from tests.support.billing_house import BillingHouse
from tests.support.browser import CHROMIUM, fit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
PAGES = {
    "overview": "/membership",
    "plan": "/membership/plan",
    "preview": "/membership/plan?to=membership-annual",
    "leave": "/membership/leave",
    "cancel": "/membership/cancel",
    "invoices": "/membership/invoices",
    "money": "/membership/money",
}


@asynccontextmanager
async def window(
    chromium: Browser, dues: BillingHouse, person_id: UUID, **options: Any
) -> AsyncIterator[Page]:
    """A window of somebody signed in, which must end without a word in its console."""
    origin = dues.real.house.origin
    context = await chromium.new_context(
        base_url=origin, reduced_motion="reduce", locale="en-US", **options
    )
    secret = await dues.session(person_id)
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


async def test_without_script_somebody_begins_pays_turns_and_reads_their_story(
    chromium: Browser, dues: BillingHouse
) -> None:
    async with window(chromium, dues, dues.story.ana, java_script_enabled=False, **NARROW) as page:
        await page.goto("/you")
        await page.get_by_role("link", name="Your membership").click()
        await page.get_by_role("link", name="Begin").click()
        await page.get_by_role("link", name="EUR").click()
        await page.get_by_label("Monthly: 12.00 EUR").check()
        await page.get_by_role("button", name="Begin the trial").click()
        await page.wait_for_url(f"{dues.stripe.address}/**")  # the policy lets the form lead there
        await page.get_by_label("Name").fill("Ana")
        await page.get_by_label("Country").fill("DE")
        dues.real.clock.move(seconds=1)
        await page.locator("main button").last.click()
        await expect(page.get_by_text("Your membership has begun. Welcome.")).to_be_visible()
        await page.get_by_role("button", name="Change the card").click()
        await page.wait_for_url(f"{dues.stripe.address}/p/**")
        await dues.pass_by(seconds=60)
        await page.goto("/membership/cancel")
        await page.get_by_role("button", name="Cancel the membership").click()
        await expect(page.get_by_text("The end is asked for.")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "scheme"), [(NARROW, "light"), ({"viewport": {"width": 1280, "height": 800}}, "dark")]
)
async def test_every_page_is_fit_for_everybody(
    chromium: Browser, dues: BillingHouse, size: dict[str, Any], scheme: Any
) -> None:
    wide = size["viewport"]["width"]
    who = dues.story.bo if wide == NARROW["viewport"]["width"] else dues.story.joy
    async with window(chromium, dues, who, color_scheme=scheme, **size) as page:
        await page.goto("/membership/start")
        await fit(page, f"start-{wide}")
        await page.get_by_role("button", name="Begin the trial").click()
        await fit(page, f"start-faulty-{wide}")
        await dues.becomes_paying(who)
        for name, address in PAGES.items():
            await page.goto(address)
            await fit(page, f"{name}-{wide}")
        await page.goto("/membership/invoices")
        await page.get_by_role("link", name="Payment confirmation").first.click()
        await fit(page, f"confirmation-{wide}")
        await dues.add_card(who, "4000000000000341")
        await dues.pass_by(days=31)
        await page.goto("/membership")
        await expect(page.get_by_text("A payment did not go through")).to_be_visible()
        await fit(page, f"trouble-{wide}")
        async with dues.away():
            await page.goto("/membership/invoices")
            await fit(page, f"invoices-away-{wide}")


@pytest.mark.parametrize(
    ("size", "scheme"), [(NARROW, "dark"), ({"viewport": {"width": 1280, "height": 800}}, "light")]
)
async def test_without_script_a_bank_is_answered_beside_a_page_that_tells_the_truth(
    chromium: Browser, dues: BillingHouse, size: dict[str, Any], scheme: Any
) -> None:
    wide = size["viewport"]["width"]
    who = dues.story.chidi if wide == NARROW["viewport"]["width"] else dues.story.admin
    await dues.becomes_paying(who)
    await dues.take_card(who, "pm_card_authenticationRequired")
    async with window(
        chromium, dues, who, color_scheme=scheme, java_script_enabled=False, **size
    ) as page:
        await page.goto("/membership/plan?to=membership-annual")
        await page.get_by_role("button", name="Change to this plan").click()
        await dues.settle()
        await expect(  # the page looks again by itself
            page.get_by_role("heading", name="Your bank asks you to confirm")
        ).to_be_visible(timeout=20_000)
        async with page.context.expect_page() as opened:
            await page.get_by_role("link", name="Confirm the payment").click()
        bank = await opened.value
        await bank.get_by_role("link").last.click()
        await bank.wait_for_url("**/authenticate/**")
        await bank.get_by_role("button").first.click()
        await page.get_by_role("link", name="I have done it: look again").click()
        await expect(page.get_by_text("The other plan holds from now on.")).to_be_visible()
        await expect(page.get_by_text("Annual", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("size", "scheme"), [(NARROW, "light"), ({"viewport": {"width": 1280, "height": 800}}, "dark")]
)
async def test_what_waits_and_what_a_return_costs_is_fit_for_everybody(
    chromium: Browser, dues: BillingHouse, size: dict[str, Any], scheme: Any
) -> None:
    wide = size["viewport"]["width"]
    who = dues.story.chidi if wide == NARROW["viewport"]["width"] else dues.story.admin
    async with window(chromium, dues, who, color_scheme=scheme, **size) as page:
        await page.goto("/membership/plan?to=membership-monthly")
        async with dues.away("post /v1/subscriptions/*"):
            await page.get_by_role("button", name="Change to this plan").click()
            await fit(page, f"plan-asked-{wide}")
        await dues.pass_by(seconds=900)
        await dues.take_card(who, "pm_card_authenticationRequired")
        await page.goto("/membership/plan?to=membership-annual")
        await page.get_by_role("button", name="Change to this plan").click()
        await dues.settle()
        await page.goto("/membership/plan/change")
        await fit(page, f"plan-waits-{wide}")
        await page.goto("/membership")
        await fit(page, f"overview-plan-waits-{wide}")
        await dues.pass_by(days=1)
        await page.goto("/membership")
        await expect(page.get_by_text("its payment was not confirmed")).to_be_visible()
        await fit(page, f"overview-plan-in-vain-{wide}")
        await page.goto("/membership/leave")
        await page.get_by_role("button", name="Take leave").click()
        await dues.pass_by(days=20)
        await page.goto("/membership/leave")
        await page.get_by_text("How it comes about").click()
        await fit(page, f"return-{wide}")
        async with dues.away():
            await page.goto("/membership/leave")
            await fit(page, f"return-away-{wide}")


async def test_the_page_that_waits_is_fit_and_looks_again_without_script(
    chromium: Browser, dues: BillingHouse
) -> None:
    eve = dues.story.eve
    async with await dues.browser(eve) as browser:
        back = await dues.pay(await dues.open_checkout(browser))
    async with window(chromium, dues, eve, **NARROW) as page:
        async with dues.away("get /v1/subscriptions/*"):
            await page.goto(back)
            await expect(page.get_by_text("You are through, setting up")).to_be_visible()
            await fit(page, "setting-up-320")
        dues.real.clock.move(seconds=5)
        await expect(page.get_by_text("Your membership has begun. Welcome.")).to_be_visible(
            timeout=20_000
        )
