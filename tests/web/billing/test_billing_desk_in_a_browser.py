"""The desk for money in a real Chromium: a refund without script, axe, 320 pixels.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from domain.members.member import Role
from services.members.commands import GrantRole
from tests.support.billing_house import BillingHouse
from tests.support.browser import CHROMIUM, fit
from tests.web.billing.test_billing_desk import account_of, intent_of, paid, subscription_of
from tests.web.memberships.test_membership_in_a_browser import NARROW, window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
]
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
async def desk(dues: BillingHouse) -> BillingHouse:
    """Ana pays; Priyanka and Ana look after the house, so Ana's own money takes two."""
    story = dues.story
    await story.do(GrantRole(member_id=story.ana, role=Role.ADMINISTRATOR, by=story.admin))
    await dues.becomes_paying(story.ana)
    return dues


async def test_without_script_a_payer_is_found_and_paid_back_by_two(
    chromium: Browser, desk: BillingHouse
) -> None:
    story, ana = desk.story, desk.story.ana
    async with window(chromium, desk, ana, java_script_enabled=False, **NARROW) as page:
        await page.goto("/admin")
        await page.get_by_role("link", name="Money", exact=True).click()
        await page.get_by_label("Who, or what").fill("ana@example.org")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name="Pay back").first.click()
        await page.get_by_label("How much, in EUR").fill("6.00")
        await page.get_by_label("Something on our side had gone wrong").check()
        desk.real.clock.move(seconds=1)
        await page.get_by_role("button", name="Pay back").click()
        await expect(page.get_by_text("The refund is proposed.")).to_be_visible()
        await expect(page.get_by_role("button", name="Agree and pay back")).to_have_count(0)
    async with window(chromium, desk, story.admin, java_script_enabled=False, **NARROW) as page:
        await page.goto(account_of(ana))
        desk.real.clock.move(seconds=1)
        await page.get_by_role("button", name="Agree and pay back").click()
        await expect(page.get_by_text("You agreed, and the refund is ordered.")).to_be_visible()
        await desk.pass_by(seconds=60)
        await page.reload()
        await expect(page.get_by_text("6.00 EUR can go back")).to_be_visible()
        await page.get_by_role("link", name="Why does this person have, or lack, access?").click()
        await expect(page.get_by_role("heading", name="Nguyễn Thị Ánh")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
async def test_every_page_is_fit_for_everybody(
    chromium: Browser, desk: BillingHouse, size: dict[str, Any], scheme: Any
) -> None:
    story, ana, wide = desk.story, desk.story.ana, size["viewport"]["width"]
    await desk.real.running.pool.execute(
        "INSERT INTO drifts (kind, subject, ours, theirs, found_at, seen_at)"
        " VALUES ('differs', $1, 'status active', 'status paused', $2, $2) ON CONFLICT DO NOTHING",
        await subscription_of(desk, ana),
        desk.now,
    )
    refund = f"{account_of(ana)}/refunds/{await paid(desk, ana)}"
    async with window(chromium, desk, story.admin, color_scheme=scheme, **size) as page:
        for name, address in {
            "house": "/admin",
            "desk": "/admin/billing",
            "account": account_of(ana),
            "refund": refund,
            "audit": f"{account_of(ana)}/audit",
        }.items():
            await page.goto(address)
            await fit(page, f"billing-{name}-{wide}")
        await page.goto(refund)
        await page.get_by_role("button", name="Pay back").click()
        await fit(page, f"billing-refund-faulty-{wide}")
        if wide != NARROW["viewport"]["width"]:
            return
        await desk.stripe.hold()
        await desk.stripe.order("/disputes", payment_intent=await intent_of(desk, ana))
        await page.get_by_label("How much, in EUR").fill("1.00")
        await page.get_by_label("They asked for it").check()
        desk.real.clock.move(seconds=1)
        await page.get_by_role("button", name="Pay back").click()
        await expect(page.get_by_text("The refund is ordered.")).to_be_visible()
        await desk.real.drain()
        await desk.stripe.release()
        await desk.settle()
        await page.reload()
        await fit(page, f"billing-account-trouble-{wide}")
        await page.get_by_role("link", name="I have dealt with it").click()
        await fit(page, f"billing-settle-{wide}")
