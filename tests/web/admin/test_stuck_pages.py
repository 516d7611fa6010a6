"""Stuck things on the administrator's page: tried again, or dealt with and why; both on record."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from domain.troubles import Place, Trouble, trouble_id
from infra.checkpoints import Checkpoints
from tests.support.pages import Pages, hidden, words_of

_SETTLE = re.compile(r'href="(/admin/settle[^"]+)"')


@pytest.fixture
async def effect_id(pages: Pages) -> UUID:
    """An effect that is dead: nobody performs it."""
    pool = pages.real.running.pool
    await pool.execute("TRUNCATE outbox, inbox, dead_letters")
    effect_id = uuid4()
    now = pages.real.clock.now()
    await pool.execute(
        "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)"
        " VALUES ($1, 'fax', $2, $3, $4, $4)",
        effect_id,
        msgspec.json.encode({}).decode(),
        uuid4(),
        now,
    )
    await pages.real.drain()
    return effect_id


async def asked(browser: httpx.AsyncClient, effect_id: UUID) -> dict[str, str]:
    """Return what the page's own forms send about the effect."""
    page = (await browser.get("/admin")).text
    return hidden(page) | {"where": "outbox", "key": str(effect_id)}


async def decided(pages: Pages, effect_id: UUID) -> list[str]:
    stream = await pages.real.house.store.load(trouble_id(Place.OUTBOX, str(effect_id)))
    return [type(each).__name__ for each in stream]


async def test_trying_again_is_recorded_and_done(pages: Pages, effect_id: UUID) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        form = await asked(browser, effect_id)
        answer = await browser.post("/admin/revive", data=form)
        again = await browser.post("/admin/revive", data=form)
    assert [each.status_code for each in (answer, again)] == [303, 303]
    assert await decided(pages, effect_id) == ["TakenUp", "TriedAgain"]
    await pages.real.drain()
    (row,) = await pages.real.house.desk.stuck()
    assert (row.key, row.attempts) == (str(effect_id), 1)


async def test_dealing_with_it_needs_a_reason_and_takes_it_off_the_list(
    pages: Pages, effect_id: UUID
) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        desk = (await browser.get("/admin")).text
        (address,) = _SETTLE.findall(desk)
        page = await browser.get(unescape(address))
        assert "nobody performs fax" in words_of(page.text)
        form = await asked(browser, effect_id) | {"seen": "nobody performs fax"}
        unsaid = await browser.post("/admin/settle", data=form)
        assert (unsaid.status_code, 'id="e-reason"' in unsaid.text) == (400, True)
        assert await decided(pages, effect_id) == []
        form |= {"reason": "Sent by letter."}
        for _ in range(2):
            answer = await browser.post("/admin/settle", data=form)
            assert (answer.status_code, answer.headers["location"]) == (
                303,
                "/admin?done=settled",
            )
        await pages.real.drain()
        assert "Nothing is stuck" in (await browser.get("/admin")).text
    assert await decided(pages, effect_id) == ["TakenUp", "Settled"]
    settled = (await pages.real.house.store.load(trouble_id(Place.OUTBOX, str(effect_id))))[-1]
    assert isinstance(settled, Trouble.Settled)
    assert (settled.reason.value, settled.by) == ("Sent by letter.", pages.story.admin)


async def test_a_page_that_showed_another_problem_decides_nothing(
    pages: Pages, effect_id: UUID
) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        form = await asked(browser, effect_id) | {"seen": "OSError", "reason": "Done."}
        for address in ("/admin/revive", "/admin/settle"):
            answer = await browser.post(address, data=form)
            assert (answer.status_code, "not stuck any more" in answer.text) == (409, True)
    assert await decided(pages, effect_id) == []


async def test_a_view_that_stands_still_is_shown_without_anything_to_press(pages: Pages) -> None:
    await pages.real.running.pool.execute("TRUNCATE outbox, inbox, dead_letters")
    head = await pages.real.house.store.head()
    await Checkpoints(pages.real.running.pool).note_failure("view.roster", head + 1, "KeyError")
    async with await pages.browser(pages.story.admin) as browser:
        page = (await browser.get("/admin")).text
        assert "It goes on by itself" in page
        assert _SETTLE.findall(page) == []
        form = hidden(page) | {"where": "reader", "key": f"view.roster/{head + 1}"}
        form |= {"seen": "KeyError", "reason": "Done."}
        for address in ("/admin/revive", "/admin/settle"):
            assert (await browser.post(address, data=form)).status_code == 409
    assert len(await pages.real.house.desk.stuck()) == 1


async def test_messages_that_are_nobodys_are_counted(pages: Pages) -> None:
    await pages.real.running.pool.execute("TRUNCATE outbox, inbox, dead_letters")
    payload = {"room": "nobody's", "at_ms": 1, "body": "{}", "position": 0}
    await pages.real.house.receive("zoom", "m1", payload)
    await pages.real.drain()
    async with await pages.browser(pages.story.admin) as browser:
        page = words_of((await browser.get("/admin")).text)
    assert "1 from rooms that no group is linked to (zoom)" in page


async def test_whoever_leads_sees_what_the_tools_messages_leave_open(pages: Pages) -> None:
    story = pages.story
    meeting_id = await story.opened("asked")
    await pages.real.drain()
    await pages.real.running.pool.execute(
        "INSERT INTO tool_questions VALUES ($1, 'webhook', 0, 'Did everybody know?')", meeting_id
    )
    for person, sees in ((story.joy, True), (story.ana, False)):
        async with await pages.browser(person) as browser:
            page = await browser.get(f"/meetings/{meeting_id}")
        assert ("Did everybody know?" in page.text) is sees
