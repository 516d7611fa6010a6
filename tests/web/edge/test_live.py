"""Open pages hear that something was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

import pytest
from litestar.response import Stream

from services.web.edge.refusals import Unavailable
from services.web.live import LiveHub, Notice, live_answer
from tests.support.web import ANA, BO

MEETING, OTHER = ANA, BO


def parts(answer: Stream) -> AsyncIterator[str]:
    return cast("AsyncIterator[str]", answer.iterator)


async def test_a_page_hears_of_its_own_streams_only() -> None:
    hub = LiveHub()
    with hub.listen([MEETING]) as listener:
        hub.publish(OTHER, 1)
        hub.publish(MEETING, 2)
        assert await listener.next(within=1) == Notice(MEETING, 2)
        assert await listener.next(within=0.001) is None


async def test_a_slow_page_hears_the_newest_and_holds_no_queue() -> None:
    hub = LiveHub()
    with hub.listen([MEETING]) as listener:
        for position in range(1, 10_001):
            hub.publish(MEETING, position)
        assert len(listener.waiting) < 10
        assert await listener.next(within=1) == Notice(MEETING, 10_000)
        assert await listener.next(within=0.001) is None


async def test_the_hub_forgets_pages_that_went_away() -> None:
    hub = LiveHub()
    with hub.listen([MEETING, OTHER]):
        assert hub.listening == 1
    assert hub.listening == 0
    assert hub._listeners == {}


async def test_the_hub_takes_no_more_pages_than_it_can_serve() -> None:
    hub = LiveHub(most_listeners=1)
    with hub.listen([MEETING]), pytest.raises(Unavailable), hub.listen([OTHER]):
        pass


async def test_a_feed_is_passed_on() -> None:
    async def feed() -> AsyncIterator[tuple[UUID, int]]:
        yield MEETING, 7

    hub = LiveHub()
    with hub.listen([MEETING]) as listener:
        await hub.run(feed())
        assert await listener.next(within=1) == Notice(MEETING, 7)


async def test_the_stream_speaks_the_language_of_event_source() -> None:
    hub = LiveHub()
    answer = live_answer(hub, [MEETING], beat=0.01)
    stream = parts(answer)
    assert await anext(stream) == "retry: 3000\n\n"
    assert await anext(stream) == ": still here\n\n"
    hub.publish(MEETING, 42)
    heard = await anext(stream)
    while heard.startswith(":"):
        heard = await anext(stream)
    assert heard == 'id: 42\nevent: written\ndata: {"position":42}\n\n'
    hub.close()
    assert [rest async for rest in stream if not rest.startswith(":")] == []
    assert hub.listening == 0


async def test_a_full_hub_ends_the_stream_and_leaves_asking_again_to_the_browser() -> None:
    hub = LiveHub()
    hub.close()
    answer = live_answer(hub, [MEETING])
    assert [part async for part in parts(answer)] == ["retry: 3000\n\n"]


async def test_the_answer_is_never_stored_or_buffered() -> None:
    headers = live_answer(LiveHub(), [MEETING]).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"


async def test_many_pages_hear_the_same_notice() -> None:
    hub = LiveHub()

    async def page() -> Notice | None:
        with hub.listen([MEETING]) as listener:
            return await listener.next(within=5)

    pages = [asyncio.create_task(page()) for _ in range(50)]
    await asyncio.sleep(0)  # each task runs until it waits
    assert hub.listening == 50
    hub.publish(MEETING, 3)
    heard: set[tuple[UUID, int] | None] = {
        (one.stream_id, one.position) if one else None for one in await asyncio.gather(*pages)
    }
    assert heard == {(MEETING, 3)}
