"""Which mails about my hours I wish."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.notices.notice import Wishes
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import ticked
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_FORM: Final = Form(
    Field(
        name="reminders",
        label="The evening before an hour",
        hint="Not where you said that you cannot come.",
        kind="checkbox",
        parse=ticked,
        required=False,
    ),
    Field(
        name="changes",
        label="When an hour is moved or called off",
        hint="At once, whoever did it. Without this mail you may wait for somebody.",
        kind="checkbox",
        parse=ticked,
        required=False,
    ),
)
_HERE: Final = "/you/mails"


class MailController(Controller):
    """``/you/mails``."""

    path = _HERE
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Show which are sent."""
        wishes = await house.wishes.of_member(person_id)
        form = _FORM.blank(reminders=wishes.reminders or None, changes=wishes.changes or None)
        return await _page(request, house, person_id, form)

    @post()
    async def choose(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Keep what somebody wishes; a box that is not ticked is no."""
        form = _FORM.read(await request.form())
        if not form.ok:
            return await _page(request, house, person_id, form, status=400)
        wishes = Wishes(
            member_id=person_id,
            reminders=bool(form["reminders"]),
            changes=bool(form["changes"]),
        )
        await house.wishes.put(wishes)
        return Redirect(f"{_HERE}?done=mails", status_code=303)


async def _page(
    request: Asking, house: TheHouse, person_id: UUID, form: Filled, *, status: int = 200
) -> Response[str]:
    goes_to = await house.vault.mail_of(person_id)
    return await subject_page(
        request, "you/mails.html", status=status, here="you", form=form, goes_to=goes_to
    )
