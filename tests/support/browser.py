"""The system's Chromium, and what every page must withstand in it.

Set ``PEERHOUR_SCREENSHOTS`` to a folder to look at every page that a test has looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

# The one without windows does a third less work; a page cannot tell them apart.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
SIZES = {"phone": (360, 780), "desktop": (1280, 800)}
# Pages that a browser shows in its own frame: without them a window takes a third less work.
FRAME = [
    "InitialWebUI", "WebUIToolbar", "WebUIReloadButton", "PreloadTopChromeWebUI",
    "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup",
]  # fmt: skip
# What Playwright switches off of what could touch a page: our list stands instead of its own.
UNASKED = [
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
]  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", f"--disable-features={','.join(FRAME + UNASKED)}",
]  # fmt: skip
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],  # what passes is not listed element by element
}


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start the browser; its windows are the tests' own, and share nothing."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def fit(page: Page, name: str) -> None:
    """Fail if axe finds fault, or if the page scrolls sideways."""
    found = await Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("PEERHOUR_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
