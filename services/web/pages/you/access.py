"""Why somebody has, or lacks, access: for the person themselves, and briefly for administrators.

Both may ask about a day that is over; they are told what was known at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.access.words import Why
from domain.errors import NotFound
from projections.people import queries as people
from services.access.reading import told_why
from services.days import zone_of
from services.house import House
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, calendar_day, email
from services.web.signing_in.session import administrator, signed_in
from services.web.subjects import TheHouse, subject_page

DAY_FORM: Final = Form(
    Field(
        name="on",
        label="On which day",
        hint="Leave it empty for now. A day that is over is told as it was known at its end.",
        parse=calendar_day,
        kind="date",
        required=False,
    ),
)
WHO_FORM: Final = Form(
    Field(
        name="email",
        label="Email address of a member",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStory:
    """What a page tells of somebody's access.

    Attributes:
        why: the answer; ``None`` while the day cannot be used.
        form: the question about a day.
        day: which day was asked about; ``None`` for now, since today is not over.
    """

    why: Why | None
    form: Filled
    day: date | None


class AccessController(Controller):
    """``/you/access``."""

    path = "/you/access"
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell me why something is, or is not, open to me."""
        story = await access_story(request, house, person_id)
        return await subject_page(
            request,
            "you/access.html",
            here="you",
            status=200 if story.form.ok else 400,
            story=story,
            takes_dues=house.takes_dues,
        )


class AdminAccessController(Controller):
    """``/admin/access``."""

    path = "/admin/access"
    guards = (administrator,)

    @get()
    async def ask(self, request: Asking) -> Response[str]:
        """Ask about whom."""
        return await _who_page(request, WHO_FORM.blank())

    @post()
    async def find(self, request: Asking, house: TheHouse) -> Response[Any]:
        """Lead to the person; their address stands in no address of ours."""
        form = WHO_FORM.read(await request.form())
        member_id = await house.vault.person_with_mail(form["email"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"email": "Nobody here has this address."})
        if not form.ok or member_id is None:
            return await _who_page(request, form, status=400)
        return Redirect(f"/admin/access/{member_id}", status_code=303)

    @get("/{member_id:uuid}")
    async def show(
        self, request: Asking, member_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell in one sentence whether somebody takes part; never amounts, cards or reasons."""
        async with house.views() as conn:
            person = await people.person(conn, member_id)
        if person is None:
            raise NotFound("There is no such person.")
        story = await access_story(request, house, member_id)
        return await subject_page(
            request,
            "admin/access_of.html",
            here="you",
            status=200 if story.form.ok else 400,
            story=story,
            person=person,
        )


async def access_story(request: Asking, house: House, member_id: UUID) -> AccessStory:
    """Return why somebody has, or lacks, access, on the day that the address names (``?on=``)."""
    form = DAY_FORM.read(FormMultiDict(request.query_params.multi_items()))
    async with house.views() as conn:
        zone = await zone_of(conn, member_id)
    now = house.clock.now()
    day: date | None = form["on"] if form.ok else None
    at = now if day is None else min(now, _end_of(day, zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    if day is not None and day > today:
        form = form.with_errors({"on": "Choose today, or a day that is over."})
    why = None
    if form.ok:
        why = await told_why(house.store, member_id, takes_dues=house.takes_dues, at=at, zone=zone)
    return AccessStory(why=why, form=form, day=None if day == today else day)


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.max, ZoneInfo(zone)) + timedelta(microseconds=1)


async def _who_page(request: Asking, form: Filled, *, status: int = 200) -> Response[str]:
    return await subject_page(request, "admin/access.html", here="you", status=status, form=form)
