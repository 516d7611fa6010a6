"""For administrators: practices that nobody looks after, and invitees who ask to come in."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import Stale
from projections.patrons import queries as patrons
from services.days import zone_of
from services.house import House
from services.practices.commands import NameSeatManager
from services.practices.entries import entries_asked
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form, was_given
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, email
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page

_VIEW: Final = "patrons"
MANAGER_FORM: Final = Form(
    Field(
        name="manager",
        label="Email address of a member of this house",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    )
)


class AdminPracticeController(Controller):
    """``/admin/practices``."""

    path = "/admin/practices"
    guards = (administrator,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List who asks to come in, and which practices have nobody."""
        return await _page(request, house, person_id)

    @post("/{practice_id:uuid}/managers")
    async def name_manager(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Name somebody who looks after a practice that has nobody; it is on record by whom.

        Raises:
            Stale: somebody looks after it by now.
        """
        sent = await request.form()
        form = MANAGER_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["manager"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"manager": "No member of this house has this address."})
        if not form.ok or member_id is None:
            return await _page(request, house, person_id, form=form, about=practice_id)
        order = order_from_form(request, sent, person_id)
        command = NameSeatManager(practice_id=practice_id, member_id=member_id, by=person_id)
        async with house.views() as conn:
            unmanaged = await patrons.unmanaged_practices(conn)
        waits = practice_id in {each.practice_id for each in unmanaged}
        if not waits and not await was_given(house, command, order):
            raise Stale("Somebody looks after this practice by now, or there is none. Look again.")
        refused = await attempt(give(house, command, order, _VIEW))
        if refused is not None:
            return await _page(
                request, house, person_id, form=form, about=practice_id, refused=refused
            )
        return Redirect("/admin/practices?done=practice_in_hands", status_code=303)


async def practices_waiting(house: House) -> int:
    """Return how much on this page waits for a person; who is a member by now was let in."""
    async with house.views() as conn:
        unmanaged = await patrons.unmanaged_practices(conn)
    return len(unmanaged) + sum(not each.is_member for each in await entries_asked(house))


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    about: UUID | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    async with house.views() as conn:
        unmanaged = await patrons.unmanaged_practices(conn)
        zone = await zone_of(conn, person_id)
    forms = {each.practice_id: MANAGER_FORM.blank() for each in unmanaged}
    if form is not None and about is not None:
        forms[about] = form
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "admin/practices.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        entries=await entries_asked(house),
        unmanaged=unmanaged,
        forms=forms,
        zone=zone,
        problem=refused.sentence if refused else "",
    )
