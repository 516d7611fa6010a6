"""A house that takes no dues: a page that says so, and nothing to pay."""

from __future__ import annotations

from tests.support.pages import Pages, words_of


async def test_a_house_without_dues_says_so_and_asks_for_nothing(pages: Pages) -> None:
    async with await pages.browser(pages.story.ana) as browser:
        shown = words_of((await browser.get("/membership")).text)
        assert "This house takes no dues." in shown
        assert "Begin" not in shown
        assert 'href="/membership"' not in (await browser.get("/you")).text
        for address in (
            "/membership/start",
            "/membership/plan",
            "/membership/cancel",
        ):
            assert (await browser.get(address)).status_code == 404
            assert (await browser.post(address)).status_code == 404
        story = words_of((await browser.get("/membership/money")).text)
    assert "Whatever happens with your money will be here." in story
