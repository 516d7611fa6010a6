"""Practices, scholarships, funds and gift months in a real Chromium: axe, reflow, the policy.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.support.billing_house import BillingHouse
from tests.support.browser import CHROMIUM, fit
from tests.web.memberships.test_membership_in_a_browser import NARROW, window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
STRANGER = "leila@example.org"
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


async def ask_to_come_in(chromium: Browser, dues: BillingHouse, link: str) -> None:
    """Open an invitation as somebody who is no member yet, and read at the desk that they ask."""
    async with window(chromium, dues, dues.story.eve, **NARROW) as page:
        await page.context.clear_cookies()  # whoever was invited and is no member yet
        await page.goto(link)
        await fit(page, "seat-invited-320")
        await page.get_by_role("button", name="Ask to come in").click()
        await expect(page.get_by_text("Whoever looks after this house reads it")).to_be_visible()
        await fit(page, "seat-asked-320")
    await dues.settle()
    async with window(chromium, dues, dues.story.admin, **NARROW) as page:
        await page.goto("/admin")
        await page.get_by_role("link", name="Practices (1 waits)").click()
        await expect(page.get_by_text("Invited by Harbour practice.")).to_be_visible()
        await fit(page, "admin-practices-320")


async def test_a_practice_begins_invites_and_its_colleague_sits(
    chromium: Browser, dues: BillingHouse
) -> None:
    joy, ana = dues.story.joy, dues.story.ana
    async with window(chromium, dues, joy, **NARROW) as page:
        await page.goto("/you")
        await page.get_by_role("link", name="Practices").click()
        await fit(page, "practices-empty-320")
        await page.get_by_label("What its people call the practice").fill("Harbour practice")
        await page.get_by_role("button", name="Open it").click()
        await fit(page, "practice-start-320")
        await page.get_by_label("How many seats").fill("many")
        await page.get_by_role("button", name="Go on to the payment page").click()
        await fit(page, "practice-start-faulty-320")
        await page.get_by_label("How many seats").fill("3")
        await page.get_by_label("Seats, monthly").check()
        await page.get_by_role("button", name="Go on to the payment page").click()
        await page.wait_for_url(f"{dues.stripe.address}/**")  # the policy lets the form lead there
        await page.get_by_label("Card number").fill("4242424242424242")
        await page.get_by_label("Name").fill("Joy")
        await page.get_by_label("Country").fill("DE")
        dues.real.clock.move(seconds=1)
        await page.locator("main button").last.click()
        await expect(page.get_by_text("The seats are paid for.")).to_be_visible()
        await fit(page, "practice-begun-320")
        for colleague in (STRANGER, "ana@example.org"):
            await page.get_by_label("Email address of a colleague").fill(colleague)
            await page.get_by_role("button", name="Send the invitation").click()
            await expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
        await fit(page, "practice-offered-320")
        await page.get_by_role("link", name="Change the number of seats").click()
        await fit(page, "practice-seats-320")
        await page.get_by_label("How many seats").fill("5")
        await page.get_by_role("button", name="Show what it costs").click()
        await fit(page, "practice-seats-preview-320")
    await dues.settle()
    links = {
        mail[0]: found[0]
        for mail in dues.real.mail.sent
        if (found := re.search(r"https?://\S+/seats/\S+", mail[2]))
    }
    await ask_to_come_in(chromium, dues, links[STRANGER])
    link = links["ana@example.org"]
    async with window(chromium, dues, ana, **NARROW) as page:
        await page.goto(link)
        await fit(page, "seat-320")
        await page.get_by_role("button", name="Take the seat").click()
        await expect(page.get_by_text("The seat is yours. Welcome.")).to_be_visible()
        await fit(page, "practices-seat-320")
        await page.goto(link)
        await fit(page, "seat-taken-320")
    async with window(chromium, dues, joy, color_scheme="dark", **WIDE) as page:
        for name, address in {"practices": "/practices", "invoices": "/invoices"}.items():
            await page.goto("/practices")
            if name == "invoices":
                await page.get_by_role("link", name="Harbour practice").click()
                await fit(page, "practice-1280")
                await page.goto(page.url.partition("?")[0] + address)
            await fit(page, f"{name}-1280")


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "light"), (WIDE, "dark")])
async def test_what_carries_others_is_fit_for_everybody(
    chromium: Browser, dues: BillingHouse, size: dict[str, Any], scheme: Any
) -> None:
    width = size["viewport"]["width"]
    name = f"For anybody {width}"
    async with window(chromium, dues, dues.story.admin, color_scheme=scheme, **size) as page:
        await page.goto("/admin/funds")
        await page.get_by_label("Name of the fund").fill(name)
        await page.get_by_label("Currency").fill("EUR")
        await page.get_by_role("button", name="Open it").click()
        await fit(page, f"admin-funds-{width}")
        await page.goto("/admin/gifts")
        await page.get_by_label("How many months").fill("2")
        await page.get_by_role("button", name="Give them").click()
        await fit(page, f"admin-gifts-{width}")
        link = await page.get_by_label("Link to hand on").first.input_value()
    async with window(chromium, dues, dues.story.bo, color_scheme=scheme, **size) as page:
        for each in ("scholarship", "funds", "gifts"):
            await page.goto(f"/{each}")
            await fit(page, f"{each}-{width}")
        await page.get_by_role("button", name="Go on to the payment page").click()
        await fit(page, f"gifts-faulty-{width}")
        await page.goto("/scholarship")
        await page.get_by_label("Half is carried").check()
        await page.get_by_role("button", name="This is right for me").click()
        await fit(page, f"scholarship-waits-{width}")
        await page.goto(link)
        await fit(page, f"gift-{width}")
        await page.get_by_role("button", name="Take them").click()
        await expect(page.get_by_text("The months are yours, from today on.")).to_be_visible()
        await page.goto(link)
        await fit(page, f"gift-mine-{width}")
        await page.goto("/funds")
        await page.locator("summary").first.click()
        if not await page.get_by_label("How much would you like to give").first.is_visible():
            await page.locator("summary").first.click()
        await page.get_by_label("How much would you like to give").first.fill("nothing")
        await page.get_by_role("button", name="Go on to the payment page").first.click()
        await fit(page, f"funds-faulty-{width}")
