"""My hours in my own calendar: an address for it, what it says, another address, none."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.calendar.feed import Feed, Shows
from services.web.context import web_of
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_CHOICES: Final = (
    (Shows.GROUP.value, "The group’s name, how you meet, and a link to the hour"),
    (Shows.PEER_GROUP.value, "“Peer group”, how you meet, and a link to the hour"),
    (Shows.BUSY.value, "“Busy”, and nothing else"),
)
_FORM: Final = Form(
    Field(
        name="shows",
        label="What your calendar says of an hour",
        kind="radio",
        parse=one_of([each.value for each in Shows]),
        choices=_CHOICES,
        missing="Choose what it says.",
    )
)
_HERE: Final = "/you/calendar"


class CalendarController(Controller):
    """``/you/calendar``."""

    path = _HERE
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Show the address, if there is one, and what the calendar says."""
        return await _page(request, house, person_id)

    @post()
    async def choose(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Make the first address, or change what the calendar says; the address stays."""
        form = _FORM.read(await request.form())
        if not form.ok:
            return await _page(request, house, person_id, form)
        feed = Feed(
            feed_id=_new_id(house),
            member_id=person_id,
            shows=Shows(form["shows"]),
            made_at=house.clock.now(),
        )
        await house.feeds.begin(feed)
        return Redirect(f"{_HERE}?done=calendar", status_code=303)

    @post("/another")
    async def another(self, person_id: NamedDependency[UUID], house: TheHouse) -> Redirect:
        """Make another address; whoever holds the old one reads nothing more."""
        at = house.clock.now()
        await house.feeds.replace(person_id, _new_id(house), at=at)
        return Redirect(f"{_HERE}?done=calendar_another", status_code=303)

    @post("/end")
    async def end(self, person_id: NamedDependency[UUID], house: TheHouse) -> Redirect:
        """Take the address away."""
        await house.feeds.forget(person_id)
        return Redirect(f"{_HERE}?done=calendar_ended", status_code=303)


def _new_id(house: TheHouse) -> UUID:
    return UUID(bytes=house.randomness.token_bytes(16), version=4)


async def _page(
    request: Asking, house: TheHouse, person_id: UUID, form: Filled | None = None
) -> Response[str]:
    feed = await house.feeds.of_member(person_id)
    address = "" if feed is None else house.links.of_calendar(feed.feed_id)
    return await subject_page(
        request,
        "you/calendar.html",
        status=200 if form is None else 400,
        here="you",
        feed=feed,
        address=address,
        subscribe=f"webcal://{address.partition('://')[2]}",
        zone=await web_of(request).ports.people.zone_of(person_id),
        form=form or _FORM.blank(shows=Shows.GROUP if feed is None else feed.shows),
    )
