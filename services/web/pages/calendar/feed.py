"""What a calendar program reads: whoever holds the address, without signing in."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from domain.errors import NotFound
from services.web.assets import is_known
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking
from services.web.pages.calendar.hours import calendar_of
from services.web.subjects import TheHouse

# Programs ask every few minutes at the most. One network is not counted: services that fetch
# calendars for everybody come from a few addresses, and the word in the address cannot be guessed.
_READINGS: Final = Throttle("calendar", limit=60, window=timedelta(hours=1))
_GONE: Final = "There is no such calendar, or its owner has another address for it now."


class CalendarFeedController(Controller):
    """``/calendar/{feed_id}/{word}/peerhour.ics``."""

    path = "/calendar/{feed_id:uuid}/{word:str}"

    @get("/peerhour.ics")
    async def read(
        self, request: Asking, feed_id: FromPath[UUID], word: FromPath[str], house: TheHouse
    ) -> Response[bytes]:
        """Return the hours, or 304 where nothing has changed since."""
        feed = await house.feeds.find(feed_id) if house.links.opens(feed_id, word) else None
        if feed is None:
            raise NotFound(_GONE)
        web = web_of(request)
        await take_turn(_READINGS, str(feed_id), web.ports, web.settings)
        await house.feeds.note_reading(feed_id, at=house.clock.now())
        body = house.draw_calendar(await calendar_of(house, feed))
        headers = {
            "Content-Type": "text/calendar; charset=utf-8",
            "ETag": f'"{sha256(body).hexdigest()[:32]}"',
            "X-Robots-Tag": "noindex",
        }
        if is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(b"", status_code=304, headers=headers)
        return Response(body, headers=headers)
