"""Ten tries at the code of a room: on pages and by programs alike, each member for themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.builders import SIX_PM, minutes
from tests.support.pages import Pages

_WEEKS = iter(range(1, 500))
WRONG = "000000"


@pytest.fixture
async def opened(pages: Pages) -> UUID:
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.opened(f"meeting:{start}", start=start)
    await pages.real.drain()
    return meeting_id


@pytest.fixture
async def page(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.ana) as browser:
        yield browser


@pytest.fixture
async def program(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.program(pages.story.ana) as client:
        yield client


def right(pages: Pages, meeting_id: UUID) -> str:
    return pages.real.house.door_codes.current(meeting_id, pages.real.clock.now())


async def type_in(
    page: httpx.AsyncClient, meeting_id: UUID, code: str, key: UUID | None = None
) -> httpx.Response:
    form = {"door_code": code, "command_id": str(key or uuid4())}
    return await page.post(f"/meetings/{meeting_id}/check-in", data=form)


async def send(
    program: httpx.AsyncClient, meeting_id: UUID, code: str, **more: str
) -> httpx.Response:
    body = {"method": "door_code", "door_code": code} | more
    return await program.post(f"/api/v1/meetings/{meeting_id}/check-ins", json=body)


async def test_the_eleventh_try_waits_wherever_it_comes_from(
    pages: Pages, opened: UUID, page: httpx.AsyncClient, program: httpx.AsyncClient
) -> None:
    for _ in range(5):
        assert (await type_in(page, opened, WRONG)).status_code == 422
        assert (await send(program, opened, WRONG)).status_code == 422
    by_page = await type_in(page, opened, right(pages, opened))
    by_program = await send(program, opened, right(pages, opened))
    assert (by_page.status_code, by_program.status_code) == (429, 429)
    assert by_program.json()["code"] == "meeting.too_many_door_codes"
    assert by_page.headers["Retry-After"] == by_program.headers["Retry-After"] == "30"
    assert "many codes at once" in by_page.text
    assert 'name="door_code"' in by_page.text, "they stay where they are"
    assert await pages.count("meeting.checked_in", opened) == 0
    pages.real.clock.at += timedelta(seconds=30)
    assert (await type_in(page, opened, right(pages, opened))).status_code == 303


async def test_a_code_that_a_device_brings_along_is_a_try_too(
    pages: Pages, opened: UUID, program: httpx.AsyncClient
) -> None:
    noted = pages.real.clock.now().isoformat()
    for _ in range(10):
        answer = await send(program, opened, WRONG, method="offline", arrived_at=noted)
        assert answer.status_code == 422
    last = await send(program, opened, WRONG, method="offline", arrived_at=noted)
    assert last.status_code == 429


async def test_others_of_the_same_network_and_other_rooms_are_untouched(
    pages: Pages, opened: UUID, page: httpx.AsyncClient
) -> None:
    while (await type_in(page, opened, WRONG)).status_code == 422:
        pass
    async with await pages.browser(pages.story.bo) as bo:
        assert (await type_in(bo, opened, right(pages, opened))).status_code == 303
    other = await pages.story.plan(f"other {opened}", start=pages.real.clock.now() + minutes(10))
    await pages.real.drain()
    assert (await type_in(page, other, WRONG)).status_code == 422, "refused, but asked"


async def test_the_same_try_sent_again_costs_nothing_and_gets_its_first_answer(
    pages: Pages, opened: UUID, page: httpx.AsyncClient
) -> None:
    key = uuid4()
    again = [await type_in(page, opened, WRONG, key) for _ in range(12)]
    assert {answer.status_code for answer in again} == {422}
    for _ in range(9):
        await type_in(page, opened, WRONG)
    assert (await type_in(page, opened, WRONG)).status_code == 429
    assert (await type_in(page, opened, WRONG, key)).status_code == 422


async def test_the_facilitators_marks_are_no_tries(
    pages: Pages, opened: UUID, page: httpx.AsyncClient
) -> None:
    while (await type_in(page, opened, WRONG)).status_code == 422:
        pass
    async with await pages.browser(pages.story.joy) as joy:
        mark = {"member_id": str(pages.story.ana), "to": "here"}
        assert (await joy.post(f"/meetings/{opened}/roster", data=mark)).status_code == 303
