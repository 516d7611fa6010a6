"""Which mails about hours somebody wishes: on its page, theirs alone, until they say otherwise."""

from __future__ import annotations

import pytest

from domain.notices.notice import Wishes
from tests.support.pages import Pages, hidden, words_of

AT = "/you/mails"


async def test_both_are_sent_until_somebody_says_otherwise(pages: Pages) -> None:
    wishes = pages.real.house.wishes
    async with await pages.browser(pages.story.ana) as ana:
        asked = await ana.get(AT)
        assert asked.text.count(" checked") == 2
        assert "They go to ana@example.org, and to nobody else." in words_of(asked.text)
        told = await ana.post(
            AT, data={**hidden(asked.text), "changes": "on"}, follow_redirects=True
        )
        assert "It holds from the next mail on." in words_of(told.text)
        assert told.text.count(" checked") == 1
        ana_id = pages.story.ana
        assert await wishes.of_member(ana_id) == Wishes(member_id=ana_id, reminders=False)
        await ana.post(AT, data=hidden(asked.text))
        none = Wishes(member_id=ana_id, reminders=False, changes=False)
        assert await wishes.of_member(ana_id) == none
    bo = pages.story.bo
    assert await wishes.of_member(bo) == Wishes(member_id=bo), "they are one's own"


@pytest.mark.parametrize("typed", ["\x00", "é" * 300])
async def test_what_no_box_sends_is_refused_and_changes_nothing(pages: Pages, typed: str) -> None:
    chidi = pages.story.chidi
    async with await pages.browser(chidi) as browser:
        form = hidden((await browser.get(AT)).text)
        answer = await browser.post(AT, data={**form, "reminders": typed})
    assert answer.status_code == 400
    assert await pages.real.house.wishes.of_member(chidi) == Wishes(member_id=chidi)
