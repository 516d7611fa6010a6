"""The start page: what waits for somebody, and nothing that does not."""

from __future__ import annotations

from tests.support.pages import Pages, words_of


async def test_what_can_be_done_about_a_credit_waits_and_an_hour_that_came_to_nothing_does_not(
    pages: Pages,
) -> None:
    story = pages.story
    await story.held({story.ana: (0, 5), story.joy: (0, 60)}, name="short")
    await pages.real.drain()
    async with await pages.browser(story.ana) as ana:
        assert " held for " in words_of((await ana.get("/")).text)
        async with pages.real.house.views() as conn:  # as a text says that rounds down to hours
            await conn.execute("UPDATE held SET amount = 0 WHERE member_id = $1", story.ana)
        assert " held for " not in words_of((await ana.get("/")).text)
        assert "Evaluate the meeting." in words_of((await ana.get("/credits")).text)
