"""Live pages: tells open browsers that a stream was written, and nothing about what.

A notice carries a stream id and a position. A browser that hears one fetches its page again, so
that what it shows always comes from the same query, guarded the same way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from litestar.response import Stream

from services.web.edge.refusals import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from uuid import UUID

RETRY_MS: Final = 3000
BEAT_SECONDS: Final = 15.0  # proxies cut streams that stay silent for 30 to 60 s
_WAITING: Final = 8  # notices a slow browser may have waiting; one is enough to fetch again
_MOST_LISTENERS: Final = 2000  # per process: file descriptors, not memory, are the limit


@dataclass(frozen=True, slots=True)
class Notice:
    """Position *position* of the log was written, in stream *stream_id*."""

    stream_id: UUID
    position: int


@dataclass(slots=True, eq=False)
class Listener:
    """One open page: a short queue in which the newest notice wins."""

    waiting: deque[Notice] = field(default_factory=lambda: deque(maxlen=_WAITING))
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    async def next(self, *, within: float) -> Notice | None:
        """Return the newest notice, or ``None`` after *within* seconds or at the end."""
        try:
            async with asyncio.timeout(within):
                await self.rung.wait()
        except TimeoutError:
            return None
        newest = self.waiting.pop() if self.waiting else None
        self.waiting.clear()  # older ones say nothing that fetching again would not show
        if not self.closed:
            self.rung.clear()
        return newest


class LiveHub:
    """Passes notices on to the open pages of this process.

    Args:
        most_listeners: how many pages may listen at once.
    """

    def __init__(self, *, most_listeners: int = _MOST_LISTENERS) -> None:
        self._listeners: dict[UUID, set[Listener]] = {}
        self._most = most_listeners
        self._count = 0
        self._closed = False

    @property
    def listening(self) -> int:
        """How many pages listen now."""
        return self._count

    def publish(self, stream_id: UUID, position: int) -> None:
        """Say that *stream_id* was written; call from the event loop's thread. Never waits."""
        notice = Notice(stream_id, position)
        for listener in self._listeners.get(stream_id, ()):
            listener.waiting.append(notice)
            listener.rung.set()

    async def run(self, feed: AsyncIterator[tuple[UUID, int]]) -> None:
        """Publish everything *feed* brings, until it ends."""
        async for stream_id, position in feed:
            self.publish(stream_id, position)

    @contextmanager
    def listen(self, stream_ids: Iterable[UUID]) -> Iterator[Listener]:
        """Hear about *stream_ids* as long as the context lasts.

        Raises:
            Unavailable: too many pages listen already, or the process is stopping.
        """
        if self._closed or self._count >= self._most:
            raise Unavailable(retry_after=10)
        listener, wanted = Listener(), frozenset(stream_ids)
        for stream_id in wanted:
            self._listeners.setdefault(stream_id, set()).add(listener)
        self._count += 1
        try:
            yield listener
        finally:
            self._count -= 1
            for stream_id in wanted:
                left = self._listeners[stream_id]
                left.discard(listener)
                if not left:
                    del self._listeners[stream_id]

    def close(self) -> None:
        """End every open stream, so that the process can stop; browsers ask again elsewhere."""
        self._closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.closed = True
                listener.rung.set()


def live_answer(hub: LiveHub, stream_ids: Iterable[UUID], *, beat: float = BEAT_SECONDS) -> Stream:
    """Return a stream of server-sent events, one for each time one of *stream_ids* is written.

    Args:
        hub: the process's hub.
        stream_ids: what the page shows; the handler's guard has decided that it may.
        beat: seconds of silence after which a comment keeps the connection open.
    """
    return Stream(
        _events(hub, frozenset(stream_ids), beat),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Cookie"},
    )


async def _events(hub: LiveHub, stream_ids: frozenset[UUID], beat: float) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    try:
        with hub.listen(stream_ids) as listener:
            while not listener.closed:
                notice = await listener.next(within=beat)
                if notice is not None:
                    yield (
                        f"id: {notice.position}\nevent: written\n"
                        f'data: {{"position":{notice.position}}}\n\n'
                    )
                elif not listener.closed:
                    yield ": still here\n\n"
    except Unavailable:
        return  # the browser asks again after its retry time
